"""The example for Dask, on a real cluster of processes: what it finds, what it cannot, and what never travels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from tests.credentials.test_pickling import SAFE, UNSAFE
from wsclient.errors import ConfigurationError
from wsclient.testing import Emulator, Inventory, Latency
from wsclient.types import RunningMode, Workspace, WorkspaceProperties, WorkspaceState

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

EXAMPLE = Path(__file__).parents[2] / "examples" / "dask_accounts.py"
ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("us-west-2", "eu-west-1")


def _run(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(EXAMPLE), *arguments]
    environ = {**os.environ, **(environ or {})}
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=120, env=environ)


def _account(aws: Emulator, account: str, count: int, *, trusts: str) -> None:
    aws.add_role("ReadDesktops", account_id=account, trusts=[trusts])
    for region in REGIONS:
        ids = [f"ws-{account[:4]}{region[:2]}{number:03}" for number in range(count)]
        desktops = [
            Workspace(
                workspace_id=workspace_id,
                user_name=f"user-{workspace_id}",
                state=WorkspaceState.AVAILABLE,
                workspace_properties=WorkspaceProperties(running_mode=RunningMode.AUTO_STOP),
            )
            for workspace_id in ids
        ]
        aws.seed(Inventory(workspaces=desktops), account_id=account, region=region)


def test_dask_example_runs() -> None:
    """With its own emulator it reads three accounts in two regions, and sums them up."""
    run = _run("--emulator")
    assert run.returncode == 0, run.stderr
    assert "wsclient/_" not in run.stderr
    assert "144 WorkSpaces in 6 accounts and regions" in run.stdout


def test_unreadable_account_is_reported(tmp_path: Path) -> None:
    """If a role can't be assumed, the others are read, stderr names the missing parts, and the exit code is 1."""
    table = tmp_path / "desktops.jsonl"
    with Emulator(region=REGIONS[0], other_regions=REGIONS[1:]) as aws:
        _account(aws, ACCOUNTS[0], 3, trusts=aws.account_id)
        _account(aws, ACCOUNTS[1], 3, trusts="999999999999")
        run = _run(
            *("--accounts", *ACCOUNTS, "--regions", *REGIONS, "--out", str(table)),
            environ=_environ(aws),
        )
        callers = {call.account for call in aws.calls if call.operation == "DescribeWorkspaces"}
        secret = aws.credentials.secret_access_key
    assert run.returncode == 1, run.stderr
    assert callers == {ACCOUNTS[0]}
    for region in REGIONS:
        assert f"{ACCOUNTS[1]}/{region}" in run.stderr.partition("NOT WHOLE")[2]
    assert "AccessDenied" in run.stdout
    assert secret not in run.stdout + run.stderr
    rows = [json.loads(line) for line in table.read_text().splitlines()]
    assert sorted((row["account"], row["region"]) for row in rows) == sorted(
        (ACCOUNTS[0], region) for region in REGIONS for _ in range(3)
    )


def test_killed_worker_stops_no_workspace_twice(tmp_path: Path) -> None:
    """A worker dies during its calls; another continues from its journals, and each WorkSpace is stopped once."""
    count = 60
    with Emulator(region=REGIONS[0], other_regions=REGIONS[1:]) as aws:
        for account in ACCOUNTS:
            _account(aws, account, count, trusts=aws.account_id)
        aws.fail("StopWorkspaces", with_=Latency(seconds=1), times=None)
        options = ("--accounts", *ACCOUNTS, "--regions", REGIONS[0], "--stop", str(tmp_path))
        with _started(*options, environ=_environ(aws)) as program:
            _wait_until(lambda: any(call.operation == "StopWorkspaces" for call in aws.calls))
            workers = [item for item in psutil.Process(program.pid).children(recursive=True) if _is_worker(item)]
            workers[0].kill()
            shown, complaints = program.communicate(timeout=120)
        assert program.returncode == 0, complaints
        stopped = Counter(
            request["WorkspaceId"]
            for call in aws.calls
            if call.operation == "StopWorkspaces" and call.error is None
            for request in cast("list[dict[str, str]]", call.parameters["StopWorkspaceRequests"])
            if request["WorkspaceId"] not in call.failures
        )
    assert f"{count * 2} WorkSpaces in 2 accounts and regions" in shown
    assert len(workers) > 1
    assert (len(stopped), set(stopped.values())) == (count * 2, {1})
    assert len(list(tmp_path.glob("stop-*.jsonl"))) == 2


def _is_worker(process: psutil.Process) -> bool:
    return "spawn_main" in " ".join(process.cmdline())


def _wait_until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)  # the workers are processes of their own, by the machine's clock


def _environ(aws: Emulator) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def _started(*arguments: str, environ: Mapping[str, str]) -> Generator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        [sys.executable, str(EXAMPLE), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def test_missing_accounts_are_reported_before_the_cluster_starts() -> None:
    """Without accounts it says what to say, and starts no cluster."""
    run = _run("--regions", "us-west-2")
    assert run.returncode == 2
    assert "say --accounts and --regions, or --emulator" in run.stderr


def test_dask_pickles_providers_without_secrets() -> None:
    """Dask's own pickling, which falls back on cloudpickle, carries the same providers and refuses the same."""
    from distributed.protocol.pickle import dumps, loads  # noqa: PLC0415 - its import takes a second

    for make in SAFE.values():
        provider = make()
        assert type(loads(dumps(provider))) is type(provider)
    for refuse in UNSAFE.values():
        with pytest.raises(ConfigurationError, match="not pickled"):
            dumps(refuse())
