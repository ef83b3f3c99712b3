"""python -m wsclient.testing as a separate process for other languages, called by boto3 and by the AWS CLI."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.platforms import posix_only

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[2]
AWS = Path(sys.executable).with_name("aws")
VARIABLES = {
    "AWS_ENDPOINT_URL_WORKSPACES",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CA_BUNDLE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
}
SEED = {
    "Format": "wsclient-inventory",
    "Version": 1,
    "AccountId": "210987654321",
    "Region": "eu-west-1",
    "Images": [
        {"ImageId": "wsi-0123abcde", "Name": "golden", "OwnerAccountId": "210987654321"},
        {"ImageId": "wsi-0123abcdf", "Name": "old", "OwnerAccountId": "210987654321"},
    ],
    "Bundles": [{"BundleId": "wsb-0123abcde", "Owner": "210987654321", "Name": "ours", "ImageId": "wsi-0123abcde"}],
    "Workspaces": [{"WorkspaceId": "ws-0123abcde", "UserName": "jane"}],
}


class Serving:
    """A serving process, and the environment variables that it printed."""

    def __init__(self, process: subprocess.Popen[str], home: Path) -> None:
        assert process.stdout is not None
        self.process = process
        self.lines = list[str]()
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("unset"):
                break
        pairs = [shlex.split(line)[1].partition("=") for line in self.lines if line.startswith("export ")]
        self.variables = {name: value for name, _, value in pairs}
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(home), **self.variables}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program with the printed environment variables."""
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=self.environ)

    def aws(self, *arguments: str) -> Any:
        """Return the output of the AWS CLI."""
        run = self.run(sys.executable, str(AWS), *arguments)
        assert (run.returncode, run.stderr) == (0, ""), run.stderr
        return json.loads(run.stdout) if run.stdout else None

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal, and return the status and the errors that it ends with."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=60)
        return self.process.returncode, errors


@contextmanager
def serving(home: Path, *arguments: str) -> Generator[Serving]:
    """Run the command while the block runs."""
    command = [sys.executable, "-W", "error", "-m", "wsclient.testing", *arguments]
    environ = {**os.environ, "TMPDIR": str(home)}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environ,
    ) as process:
        try:
            yield Serving(process, home)
        finally:
            process.kill()


@posix_only("there is no SIGTERM that a program could handle")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_exits_cleanly_and_removes_its_files(tmp_path: Path, number: signal.Signals) -> None:
    """After any signal it exits with status 0, without output, and leaves no temporary files."""
    with serving(tmp_path, "--port", "0") as served:
        assert set(served.variables) == VARIABLES
        assert Path(served.variables["AWS_CA_BUNDLE"]).is_relative_to(tmp_path)
        assert served.end(number) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_aws_cli_commands_of_the_aws_page_work(tmp_path: Path) -> None:
    """The AWS CLI runs them with --endpoint-url, an https URL, and without the options of another service."""
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(SEED))
    with serving(tmp_path, "--seed", str(seed)) as served:
        url = served.variables["AWS_ENDPOINT_URL_WORKSPACES"]
        for name in ("AWS_ENDPOINT_URL_WORKSPACES", "AWS_ENDPOINT_URL_STS"):
            del served.environ[name]
        copied = served.aws(
            *("workspaces", "copy-workspace-image", "--endpoint-url", url, "--name", "copy"),
            *("--source-image-id", "wsi-0123abcde", "--source-region", "eu-west-1", "--region", "eu-west-1"),
        )
        assert copied["ImageId"].startswith("wsi-")
        deleted = ("workspaces", "delete-workspace-image", "--endpoint-url", url, "--image-id", "wsi-0123abcdf")
        assert served.aws(*deleted) is None
        bundles = served.aws("workspaces", "describe-workspace-bundles", "--endpoint-url", url)
        assert [bundle["BundleId"] for bundle in bundles["Bundles"]] == ["wsb-0123abcde"]
        images = served.aws("workspaces", "describe-workspace-images", "--endpoint-url", url)
        assert {image["ImageId"] for image in images["Images"]} == {"wsi-0123abcde", copied["ImageId"]}


def test_aws_cli_needs_only_the_environment(tmp_path: Path) -> None:
    """With the environment variables set, CLI commands for WorkSpaces and STS call the emulator."""
    with serving(tmp_path, "--workspaces", "3", "--region", "eu-central-1") as served:
        assert served.variables["AWS_REGION"] == "eu-central-1"
        assert len(served.aws("workspaces", "describe-workspaces")["Workspaces"]) == 3
        identity = served.aws("sts", "get-caller-identity")
        assert identity["Account"] == "123456789012"


@posix_only("there is no SIGTERM that a program could handle")
def test_command_serves_several_accounts_and_regions(tmp_path: Path) -> None:
    """Each account has its own resources in each region, a profile named by its id, and roles to be assumed."""
    accounts, regions = ("111122223333", "444455556666"), ("us-west-2", "eu-west-1")
    options = [*(f"--account={account}" for account in accounts), *(f"--region={region}" for region in regions)]
    script = (
        "import boto3, sys\n"
        "found = []\n"
        "for account in sys.argv[1].split(','):\n"
        "    session = boto3.Session(profile_name=account)\n"
        "    assert session.client('sts').get_caller_identity()['Account'] == account\n"
        "    for region in sys.argv[2].split(','):\n"
        "        pages = session.client('workspaces', region_name=region).describe_workspaces()\n"
        "        found += [desktop['WorkspaceId'] for desktop in pages['Workspaces']]\n"
        "        assert len(pages['Workspaces']) == 2, (account, region)\n"
        "assert len(set(found)) == len(found)\n"
        "role = f'arn:aws:iam::{account}:role/admin'\n"
        "boto3.client('sts').assume_role(RoleArn=role, RoleSessionName='night')\n"
        "print(boto3.client('sts').get_caller_identity()['Account'], boto3.Session().region_name)\n"
    )
    fleet = (
        "import asyncio, sys, wsclient\n"
        "async def main():\n"
        "    async with wsclient.WorkSpacesClient(profile=sys.argv[1], region='eu-west-1') as ws:\n"
        "        print(len(await ws.describe_workspaces().collect()), (await ws.whoami()).account_id)\n"
        "asyncio.run(main())\n"
    )
    with serving(tmp_path, "--workspaces", "2", *options) as served:
        assert set(served.variables) == VARIABLES | {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}
        run = served.run(sys.executable, "-c", script, ",".join(accounts), ",".join(regions))
        assert (run.stdout.split(), run.stderr) == ([accounts[0], regions[0]], "")
        served.environ["PYTHONPATH"] = str(ROOT)
        run = served.run(sys.executable, "-c", fleet, accounts[1])
        assert (run.stdout.split(), run.stderr) == (["2", accounts[1]], "")
        assert sum(line.startswith("# account ") for line in served.lines) == 3
        assert served.end(signal.SIGTERM) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_boto3_needs_only_the_environment(tmp_path: Path) -> None:
    """boto3 clients need no arguments, and calls above the rate limit are throttled."""
    script = (
        "import boto3, botocore.config\n"
        "client = boto3.client('workspaces', config=botocore.config.Config(retries={'total_max_attempts': 1}))\n"
        "print(len(client.describe_workspaces()['Workspaces']), boto3.client('sts').get_caller_identity()['Account'])\n"
        "try: client.describe_workspaces()\n"
        "except client.exceptions.ClientError as error: print(error.response['Error']['Code'])\n"
    )
    with serving(tmp_path, "--workspaces", "2", "--throttle", "0.001,1") as served:
        run = served.run(sys.executable, "-c", script)
        assert (run.stdout.split(), run.stderr) == (["2", "123456789012", "ThrottlingException"], "")


@posix_only("there is no sh")
def test_command_output_can_be_sourced(tmp_path: Path) -> None:
    """A shell can source the output, which unsets the shell's own session token."""
    with serving(tmp_path) as served:
        script = "\n".join([*served.lines, 'printf "%s" "$AWS_REGION-${AWS_SESSION_TOKEN-none}"'])
        environ = {"AWS_SESSION_TOKEN": "old", "PATH": os.environ["PATH"]}
        shell = ["/bin/sh", "-eu", "-c", script]
        run = subprocess.run(shell, capture_output=True, text=True, check=True, env=environ)
        assert run.stdout == "us-west-2-none"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--host", "0.0.0.0"), "host '0.0.0.0' is not loopback"),
        (("--seed", "/nonexistent.json"), "/nonexistent.json: cannot read the file"),
        (("--port", "70000"), "port 70000 is out of range"),
        (("--port", "x"), "invalid"),
        (("--throttle", "2"), "2 is not a valid rate limit; use calls per second and burst, as in 2,5"),
        (("--throttle", "0,5"), "0,5 is not a valid rate limit"),
        (("--account", "12"), "'12' is not an account id of 12 digits"),
        (("--workspaces", "-1"), "the number of WorkSpaces must not be negative (got -1)"),
        (("--insecure",), "unrecognized arguments: --insecure"),
    ],
)
def test_invalid_arguments_exit_2_before_serving(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    """An invalid argument ends it with status 2 and an error message, before it serves."""
    command = [sys.executable, "-m", "wsclient.testing", *arguments]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=60,
        env=environ,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []
