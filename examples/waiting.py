"""Use waiters: created, rebooted and terminated WorkSpaces, and one that fails.

python examples/waiting.py
"""

import asyncio
from datetime import UTC, datetime

import wsclient
from wsclient import types
from wsclient.testing import Emulator
from wsclient.waiters import Polling, WaiterError, WaitOptions, WaitProgress


async def main() -> None:
    """Start an emulator whose clock is advanced, and wait for one change after another."""
    async with Emulator() as aws:

        def tell(progress: WaitProgress) -> None:
            states = ", ".join(f"{state or 'not described'} {count}" for state, count in progress.states.items())
            print(
                f"  round {progress.round}: {progress.done} done, {progress.failed} failed {states and f'({states})'}"
            )
            aws.clock.advance(minutes=10)  # AWS's minutes, without the waiting

        # The default polling interval grows from 5 to 30 seconds.
        options: WaitOptions = {"on_progress": tell, "polling": Polling(first=0.02, longest=0.05)}
        async with wsclient.WorkSpacesClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=aws.credentials,
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        ) as workspaces:
            ids = await create(workspaces, aws, options)
            await reboot(workspaces, ids, options)
            await fail(workspaces, aws, ids, options)
            await terminate(workspaces, ids, options)
        described = sum(call.operation == "DescribeWorkspaces" for call in aws.calls)
        print(f"calls         {described} times DescribeWorkspaces")


async def create(workspaces: wsclient.WorkSpacesClient, aws: Emulator, options: WaitOptions) -> list[str]:
    """Create two WorkSpaces, and wait for the pending ones."""
    result = await workspaces.create_workspaces(
        workspaces=[
            types.WorkspaceRequest(directory_id=aws.directory_id, user_name=user, bundle_id=aws.bundle_id)
            for user in ("jane", "john")
        ]
    )
    ready = await workspaces.wait_until_available(result.raise_for_failures().pending_requests, **options)
    print(f"created       {', '.join(f'{workspace.user_name} at {workspace.ip_address}' for workspace in ready)}")
    return [workspace.workspace_id or "" for workspace in ready]


async def reboot(workspaces: wsclient.WorkSpacesClient, ids: list[str], options: WaitOptions) -> None:
    """Reboot them; they are AVAILABLE before and after, so pass the time of the request as since=."""
    since = datetime.now(UTC)  # noqa: TID251 - a program uses the machine's clock
    result = await workspaces.reboot_workspaces(
        reboot_workspace_requests=[types.RebootRequest(workspace_id=id_) for id_ in ids]
    )
    result.raise_for_failures()
    rebooted = await workspaces.wait_until_rebooted(ids, since=since, **options)
    print(f"rebooted      {len(rebooted)}")


async def fail(workspaces: wsclient.WorkSpacesClient, aws: Emulator, ids: list[str], options: WaitOptions) -> None:
    """Wait for an available and an unhealthy WorkSpace: the error has both."""
    aws.set_workspace_state(ids[1], types.WorkspaceState.UNHEALTHY)
    try:
        await workspaces.wait_until_available(ids, **options)
    except WaiterError as error:
        print(f"failed        {error}")
        print(f"              reached {len(error.reached)}, failed {len(error.failed)}, waiting {len(error.waiting)}")


async def terminate(workspaces: wsclient.WorkSpacesClient, ids: list[str], options: WaitOptions) -> None:
    """Terminate them, and wait until they are no longer described."""
    result = await workspaces.terminate_workspaces(
        terminate_workspace_requests=[types.TerminateRequest(workspace_id=id_) for id_ in ids]
    )
    result.raise_for_failures()
    ended = await workspaces.wait_until_terminated(ids, **options)
    print(f"terminated    {', '.join(workspace.user_name or '' for workspace in ended)}")


if __name__ == "__main__":
    asyncio.run(main())
