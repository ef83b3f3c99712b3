r"""Inventory of several accounts and regions on a Dask cluster, with a task for each, as one table; or stop them all.

    pip install 'wsclient[pandas,testing]' distributed
    python examples/dask_accounts.py --role ReadDesktops --accounts 111122223333 444455556666 \
        --regions us-west-2 eu-west-1 --scheduler tls://scheduler:8786 --out desktops.jsonl
    python examples/dask_accounts.py --emulator       # three accounts on this machine, without AWS
    python examples/dask_accounts.py --emulator --stop /shared/journals

No key travels. A task is handed a recipe: which role to assume, beginning with the credentials that the worker finds
on its own machine (its profile, container or instance). A provider that was made of keys refuses to be sent. Reading
may be done twice, so that Dask may repeat the task of a worker that dies.

With --stop, each task plans to stop the WorkSpaces of its account and region that are AVAILABLE in the running mode
AUTO_STOP, and runs the plan with a journal in a folder that every worker reaches, such as NFS version 4 or EFS. Dask
repeats the task of a worker that dies: the task loads the plan from its journal, verifies the calls that were in flight
and continues, so that no WorkSpace is stopped twice. A journal is locked: a second task for the same account and
region, as of a worker that Dask wrongly takes for dead, ends with JournalError and sends nothing.

AWS limits the rate of calls for each account and region, and wsclient keeps to it within a process. So an account and
region is one task: two tasks for it, in two processes, would each keep to the rate and together exceed it. Run one such
program at a time.

Exits with 0 when every account and region was read, or everything in them stopped, with 1 when one could not be, and
with 2 for invalid arguments.
"""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import argparse
import asyncio
import os
import sys
from concurrent.futures import Executor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from distributed import Client

from wsclient import types
from wsclient.credentials import AssumeRoleProvider, default_chain
from wsclient.errors import WsclientError
from wsclient.fleet import Fleet, inventory, where
from wsclient.testing import Emulator, Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from wsclient import CredentialsProvider


@dataclass(frozen=True)
class Part:
    """Result of a task in one account and region: a table of its WorkSpaces, or the reason why it failed."""

    account: str
    region: str
    rows: pd.DataFrame | None = None
    error: str = ""


def read(account: str, region: str, provider: CredentialsProvider) -> Part:
    """Read one account and region: on a worker, with an event loop, a client and credentials of its own."""
    try:
        rows = asyncio.run(_read(account, region, provider))
    except WsclientError as error:
        return Part(account, region, error=str(error))
    return Part(account, region, rows)


async def _read(account: str, region: str, provider: CredentialsProvider) -> pd.DataFrame:
    desktops = inventory(regions=[region], accounts={account: provider}, join=["directory", "bundle", "connection"])
    return await desktops.to_pandas()


def stop(folder: str, account: str, region: str, provider: CredentialsProvider) -> Part:
    """Stop the WorkSpaces of one account and region, or resume the run that the journal in the folder records."""
    try:
        rows = asyncio.run(_stop(Path(folder) / f"stop-{account}-{region}.jsonl", account, region, provider))
    except WsclientError as error:
        return Part(account, region, error=str(error))
    return Part(account, region, rows)


async def _stop(journal: Path, account: str, region: str, provider: CredentialsProvider) -> pd.DataFrame:
    running = where.state("AVAILABLE") & where.running_mode("AUTO_STOP")
    async with Fleet(regions=[region], accounts={account: provider}) as fleet:
        plan = await fleet.stop(where=running, journal=journal)
        report = await plan.run()
    return report.to_pandas(columns=["account", "region", "workspace_id", "user_name", "outcome", "code", "message"])


def spread(
    cluster: Executor,
    work: Callable[[str, str, CredentialsProvider], Part],
    accounts: Sequence[str],
    regions: Sequence[str],
    role: str,
) -> Iterator[Part]:
    """Send a task for each account and region, and give what they find or did as they end."""
    places = [(account, region) for account in accounts for region in regions]
    tasks = [cluster.submit(work, account, region, assumed(account, role)) for account, region in places]
    for task in as_completed(tasks):
        yield task.result()


def assumed(account: str, role: str) -> CredentialsProvider:
    """Return the credentials for an account: a role there, assumed by whatever credentials the worker has."""
    return AssumeRoleProvider(
        role_arn=f"arn:aws:iam::{account}:role/{role}", role_session_name="desktops", source=default_chain()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Spread the work, tell how it goes, and write the table."""
    options = _options(arguments)
    with ExitStack() as stack:
        if options.emulator:
            options.accounts, options.regions = _emulated(stack, options.role)
        cluster = stack.enter_context(_cluster(options.scheduler))
        parts = list[Part]()
        work = read if options.stop is None else partial(stop, options.stop)
        for part in spread(cluster, work, options.accounts, options.regions, options.role):
            parts.append(part)
            print(f"{part.account} {part.region:14} {part.error or f'{_count(part)} WorkSpaces'}", flush=True)
    return _reported(parts, options.out, "state" if options.stop is None else "outcome")


@contextmanager
def _cluster(scheduler: str | None) -> Generator[Executor]:
    """Connect to a cluster, or start one on this machine: two processes with some threads each."""
    # Without an address, Client starts a LocalCluster, and ends it.
    connected = Client(scheduler) if scheduler else Client(n_workers=2, threads_per_worker=4)
    # Tasks that look alike are not one: each is to look for itself, and now.
    with connected as client, client.get_executor(pure=False) as executor:
        yield executor


def _reported(parts: Sequence[Part], out: str | None, column: str) -> int:
    found = [part.rows for part in parts if part.rows is not None]
    missing = [part for part in parts if part.rows is None]
    if found:
        table = pd.concat(found, ignore_index=True)
        print(f"\n{table.groupby(['account', 'region', column]).size().to_string()}\n")
        print(f"{len(table)} WorkSpaces in {len(found)} accounts and regions")
        if out is not None:
            table.to_json(out, orient="records", lines=True, date_format="iso")
    if missing:
        names = ", ".join(f"{part.account}/{part.region}" for part in missing)
        print(f"NOT WHOLE: {names} could not be read", file=sys.stderr)
    is_done = column == "state" or all((rows[column] == "done").all() for rows in found)
    return 0 if is_done and not missing else 1


def _count(part: Part) -> int:
    return 0 if part.rows is None else len(part.rows)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take stock of many accounts and regions on a Dask cluster.")
    parser.add_argument("--accounts", nargs="+", default=[], metavar="ID", help="accounts, 12 digits each")
    parser.add_argument("--regions", nargs="+", default=[], metavar="REGION")
    parser.add_argument("--role", default="ReadDesktops", help="the role to assume in each; default ReadDesktops")
    parser.add_argument("--scheduler", help="address of a Dask scheduler; without one, a cluster on this machine")
    parser.add_argument("--out", metavar="FILE", help="write the table as JSON lines")
    parser.add_argument(
        "--stop", metavar="FOLDER", help="stop what runs; FOLDER, which workers share, has the journals"
    )
    parser.add_argument("--emulator", action="store_true", help="try it on a local service with three accounts")
    options = parser.parse_args(arguments)
    if not options.emulator and not (options.accounts and options.regions):
        parser.error("say --accounts and --regions, or --emulator")
    return options


def _emulated(stack: ExitStack, role: str) -> tuple[list[str], list[str]]:
    """Start a local service with three accounts in two regions, and have the workers find it and its keys."""
    accounts, regions = ["111122223333", "444455556666", "777788889999"], ["us-west-2", "eu-west-1"]
    aws = stack.enter_context(Emulator(region=regions[0], other_regions=regions[1:]))
    for account in accounts:
        aws.add_role(role, account_id=account, trusts=[aws.account_id])
        for region in regions:
            aws.seed(_desktops(account, region), account_id=account, region=region)
    os.environ.update(  # noqa: TID251 - the workers' own environment, where this were a cluster of machines
        AWS_ENDPOINT_URL=aws.endpoint_url,
        AWS_CA_BUNDLE=aws.ca_file,
        AWS_ACCESS_KEY_ID=aws.credentials.access_key_id,
        AWS_SECRET_ACCESS_KEY=aws.credentials.secret_access_key,
        AWS_EC2_METADATA_DISABLED="true",
    )
    return accounts, regions


def _desktops(account: str, region: str) -> Inventory:
    users = [f"user{number:02}" for number in range(int(account[0]) * 6)]
    return Inventory(
        workspaces=[
            types.Workspace(
                workspace_id=f"ws-{account[:4]}{region[:2]}{user[4:]}",
                user_name=user,
                state=types.WorkspaceState.AVAILABLE,
                workspace_properties=types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP),
            )
            for user in users
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
