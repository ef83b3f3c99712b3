"""The doctor, over real TLS against the emulator: the good way, and each way in which it ends."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from typer.testing import CliRunner

import wsclient
from tests.support.tls_server import proxying
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.cli.app import app
from wsclient.cli.doctor import report
from wsclient.cli.doctor.diagnosis import Doctor
from wsclient.cli.doctor.report import Status, Step
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ["settings", "endpoint", "name", "connection", "TLS", "clock", "credentials", "identity", "call"]
CANARY = "canaryS3cr3tDoNotShow"


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Return an emulator of its own for each test."""
    with Emulator() as emulator:
        yield emulator


def _steps(aws: Emulator, policy: wsclient.TLSPolicy | None = None, **options: Any) -> list[Step]:
    return asyncio.run(_looked_at(aws, policy, **options))


async def _looked_at(aws: Emulator, policy: wsclient.TLSPolicy | None = None, **options: Any) -> list[Step]:
    policy = policy or wsclient.TLSPolicy(ca_file=aws.ca_file)
    table: dict[str, Any] = {
        "config": wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        "endpoint_url": aws.endpoint_url,
        "credentials": aws.credentials,
        "sts": wsclient.StsRouting(endpoint_url=aws.endpoint_url),
        "tls": policy,
        "retry": wsclient.RetryPolicy(mode="off"),
        **options,
    }
    async with wsclient.WorkSpacesClient(**table) as client:
        return await Doctor(client=client, clock=SYSTEM_CLOCK, seconds=3).steps()


def _ends_at(steps: list[Step], name: str) -> Step:
    """Return the step that failed, after which every step was skipped."""
    assert [step.name for step in steps] == NAMES
    place = NAMES.index(name)
    assert all(step.status in {Status.OK, Status.WARNING} for step in steps[:place])
    assert steps[place].status is Status.FAILED
    assert steps[place].advice
    assert all(step.status is Status.SKIPPED for step in steps[place + 1 :])
    assert report.exit_code(steps) == 1
    return steps[place]


def test_a_sound_way_is_walked_to_its_end(aws: Emulator) -> None:
    """Every step is ok and tells what was found; no secret is among it."""
    aws.add_workspaces(1)
    steps = _steps(aws)
    assert [(step.name, step.status) for step in steps] == [(name, Status.OK) for name in NAMES]
    told = report.as_json(steps)
    for words in (
        "TLSv1.3",
        "127.0.0.1",
        f"user/emulator in account {aws.account_id}",
        " s ahead",
        "(limit 1) has 1 WorkSpaces",
    ):
        assert words in told
    assert aws.credentials.secret_access_key not in told
    assert aws.credentials.access_key_id not in told
    assert report.exit_code(steps) == 0


def test_a_name_that_does_not_resolve(aws: Emulator) -> None:
    """The name is told, and where to look."""
    step = _ends_at(_steps(aws, endpoint_url="https://nowhere.invalid"), "name")
    assert "nowhere.invalid does not resolve" in step.detail


def test_nobody_listens(aws: Emulator) -> None:
    """The address is told, and what may be missing."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    step = _ends_at(_steps(aws, endpoint_url=f"https://127.0.0.1:{port}"), "connection")
    assert f"127.0.0.1:{port} (" in step.detail
    assert "firewall" in step.advice


def test_an_authority_that_is_not_trusted(aws: Emulator) -> None:
    """The certificate is refused, and the advice says how to trust a proxy's."""
    other = wsclient.TLSPolicy(ca_data=trustme.CA().cert_pem.bytes().decode())
    assert "AWS_CA_BUNDLE" in _ends_at(_steps(aws, other), "TLS").advice


def test_fips_without_its_provider(aws: Emulator) -> None:
    """Under fips_ciphers the TLS step warns when the interpreter runs no FIPS provider, and the way goes on."""
    policy = wsclient.TLSPolicy(ca_file=aws.ca_file, fips_ciphers=True)
    steps = {step.name: step for step in _steps(aws, policy)}
    expected = Status.WARNING if policy.warnings() else Status.OK
    assert steps["TLS"].status is expected
    assert all(warning in (steps["TLS"].advice or "") for warning in policy.warnings())
    assert steps["call"].status is Status.OK


def test_the_way_through_a_proxy(aws: Emulator) -> None:
    """With a proxy the name and the connection are the proxy's, and a tunnel that it refuses shows in the call."""

    async def main() -> tuple[list[Step], list[bytes]]:
        async with proxying(b"HTTP/1.1 403 Forbidden\r\n\r\n") as proxy:
            return await _looked_at(aws, endpoint_url=None, proxy=proxy.url), proxy.requests

    looked_at, tunnels = asyncio.run(main())
    steps = {step.name: step for step in looked_at}
    assert steps["name"].detail.startswith("the proxy localhost resolves to ")
    assert [steps[name].status for name in ("connection", "TLS", "clock", "identity", "call")] == [
        Status.OK,
        Status.SKIPPED,
        Status.SKIPPED,
        Status.OK,
        Status.FAILED,
    ]
    assert "403" in steps["call"].detail
    assert any(tunnel.startswith(b"CONNECT workspaces.us-west-2.amazonaws.com:443 ") for tunnel in tunnels)


def test_a_clock_that_is_wrong(aws: Emulator) -> None:
    """The skew is told before the service refuses the signature for it."""
    aws.clock.skew(minutes=-30)
    steps = _steps(aws)
    assert steps[5].status is Status.WARNING
    assert re.search(r"clock is (1799|180[0-9]) s ahead", steps[5].detail)
    assert "NTP" in steps[5].advice
    assert "clock" in _ends_at(steps, "identity").advice


def test_no_credentials(aws: Emulator) -> None:
    """Who had none is listed."""
    nobody = wsclient.credentials.ChainProvider([wsclient.credentials.EnvironmentProvider({})])
    assert "AWS_ACCESS_KEY_ID" in _ends_at(_steps(aws, credentials=nobody), "credentials").detail


def test_a_wrong_secret(aws: Emulator) -> None:
    """The service refuses the signature, and the secret is not shown."""
    wrong = wsclient.Credentials(aws.credentials.access_key_id, CANARY)
    steps = _steps(aws, credentials=wrong)
    assert "secret key is wrong" in _ends_at(steps, "identity").advice
    assert CANARY not in report.as_json(steps)


def test_a_session_that_has_expired(aws: Emulator) -> None:
    """The refusal's advice is to log in again."""

    async def session() -> wsclient.Credentials:
        provider = wsclient.credentials.SessionTokenProvider(source=aws.credentials, duration_seconds=900)
        sts = wsclient.StsClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=provider,
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        )
        async with sts:
            return await sts._pipeline.credentials.get_credentials()

    credentials = asyncio.run(session())
    aws.clock.advance(hours=1)
    assert "log in again" in _ends_at(_steps(aws, credentials=credentials), "identity").advice


def test_sts_out_of_reach_does_not_end_the_way(aws: Emulator) -> None:
    """A private subnet may reach WorkSpaces and not STS: the call is made all the same."""
    steps = _steps(aws, sts=wsclient.StsRouting(endpoint_url="https://nowhere.invalid"))
    assert [step.status for step in steps[6:]] == [Status.OK, Status.WARNING, Status.OK]
    assert "StsRouting" in steps[7].advice


def test_a_private_name_at_a_public_address(aws: Emulator) -> None:
    """Private DNS that leads outside, or to loopback, fails before a connection."""
    client = wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        credentials=aws.credentials,
        private_dns=True,
    )
    doctor = Doctor(client=client, clock=SYSTEM_CLOCK)
    step = asyncio.run(doctor._name("name"))
    assert step.status is Status.FAILED


def test_the_command_prints_for_people_and_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be end with 1 and say why; --json is a list of steps."""
    monkeypatch.setenv("COLUMNS", "80")
    runner = CliRunner(env={"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": ""})
    both = ["doctor", "--region", "us-west-2", "--fips", "--vpc-endpoint", "vpce-0123"]
    shown = runner.invoke(app, both)
    assert shown.exit_code == 1
    assert "failed  endpoint" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    as_json = runner.invoke(app, [*both, "--json"])
    assert [step["status"] for step in json.loads(as_json.stdout)] == ["failed"]
    unknown = runner.invoke(app, ["doctor", "--profile", "no-such-profile"])
    assert (unknown.exit_code, "failed  settings" in unknown.stdout) == (1, True)


def test_the_routing_table_is_printed() -> None:
    """One region or all, for people or machines; a misspelt region ends with 2 and the nearest names."""
    runner = CliRunner(env={"COLUMNS": "80"})
    one = runner.invoke(app, ["endpoints", "eu-west-1"]).stdout
    assert "workspaces.eu-west-1.amazonaws.com" in one
    assert "workspaces FIPS               -" in one
    everything = json.loads(runner.invoke(app, ["endpoints", "--json"]).stdout)
    assert everything["us-gov-west-1"]["sts"]["FIPS"] == "sts.us-gov-west-1.amazonaws.com"
    assert everything["us-west-2"]["workspaces"]["FIPS, PrivateLink"] == "-"
    assert everything["us-west-2"]["sts"]["FIPS, PrivateLink"] == "VPCE.sts-fips.us-west-2.vpce.amazonaws.com"
    wrong = runner.invoke(app, ["endpoints", "us-wset-2"])
    assert (wrong.exit_code, "did you mean us-west-2" in wrong.stderr) == (2, True)


def test_without_the_extra_one_line_says_what_to_install() -> None:
    """Python -m wsclient without its libraries ends with 2."""
    hidden = "import sys, runpy; sys.modules['typer'] = None; runpy.run_module('wsclient', run_name='__main__')"
    run = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (
        2,
        "the package typer is missing; install it with: pip install 'wsclient[cli]'\n",
    )


_CRASH = f"""
import runpy, sys
from wsclient.cli import app as commands, endpoints

def crash(region):
    secret_access_key = "{CANARY[:10]}" + "{CANARY[10:]}"
    raise RuntimeError("crashed on purpose")

endpoints.hosts = crash
sys.argv = ["wsclient", "endpoints", "eu-west-1", "--json"]
runpy.run_module("wsclient", run_name="__main__")
"""


@pytest.mark.parametrize("standard", ["", "1"])
def test_a_crash_shows_no_local_variables(standard: str) -> None:
    """The traceback of an unexpected exception names the error and no value of a local variable."""
    environ = {**os.environ, "TYPER_STANDARD_TRACEBACK": standard, "COLUMNS": "200"}
    run = subprocess.run([sys.executable, "-c", _CRASH], capture_output=True, text=True, check=False, env=environ)
    assert "RuntimeError: crashed on purpose" in run.stderr
    assert CANARY not in run.stdout + run.stderr


def test_every_command_line_app_hides_local_variables() -> None:
    """Each typer.Typer of the package is created with pretty_exceptions_show_locals=False."""
    package = Path(wsclient.__file__).parent
    calls = [
        node
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"typer.Typer", "Typer", "typer.run"}
    ]
    assert calls
    for call in calls:
        arguments = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert arguments.get("pretty_exceptions_show_locals") == "False", ast.unparse(call)
