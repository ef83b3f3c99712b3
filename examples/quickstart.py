"""Use wsclient without an AWS account: calls go over TLS to an emulator on this machine.

python examples/quickstart.py
"""

import asyncio

import wsclient
from wsclient import types
from wsclient.credentials import AssumeRoleProvider
from wsclient.testing import Emulator


async def main() -> None:
    """Start the emulator, assume a role, create and list WorkSpaces, and pass contradictory settings."""
    async with Emulator() as aws:
        role = AssumeRoleProvider(
            role_arn=f"arn:aws:iam::{aws.account_id}:role/desktops",
            source=aws.credentials,
            role_session_name="quickstart",
        )
        async with wsclient.WorkSpacesClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=role,
            sts=wsclient.StsRouting(endpoint_url=aws.endpoint_url),
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        ) as workspaces:
            print(f"credentials   {(await workspaces.whoami()).arn}, temporary")
            await use(workspaces, aws)
    refused()


async def use(workspaces: wsclient.WorkSpacesClient, aws: Emulator) -> None:
    """Create two WorkSpaces, one of them twice, wait for them, and list them."""
    print(f"endpoint      {workspaces.endpoint.url} ({workspaces.endpoint.kind})")
    result = await workspaces.create_workspaces(
        workspaces=[
            types.WorkspaceRequest(directory_id=aws.directory_id, user_name=user, bundle_id=aws.bundle_id)
            for user in ("jane", "john", "jane")
        ]
    )
    if negotiated := workspaces.connection_info():
        print(f"TLS           {negotiated.version}, {negotiated.cipher}")
    print(f"created       {len(result.pending_requests)}, request id {result.metadata.request_id}")
    for failed in result.failed_requests:
        print(f"not created   {failed.error_code}: {failed.error_message}")

    aws.clock.advance(minutes=30)
    async for workspace in workspaces.describe_workspaces(directory_id=aws.directory_id):
        print(f"listed        {workspace.workspace_id} {workspace.user_name} {workspace.state}")


def refused() -> None:
    """Pass PrivateLink and FIPS, which AWS does not support together: an error before any DNS lookup."""
    try:
        wsclient.WorkSpacesClient(region="us-west-2", vpc_endpoint="vpce-0123456789abcdef0-abcdefgh", use_fips=True)
    except wsclient.errors.PrivateLinkFipsError as error:
        print(f"refused       {error}")


if __name__ == "__main__":
    asyncio.run(main())
