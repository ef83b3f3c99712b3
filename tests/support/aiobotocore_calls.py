"""Calls the emulator with aiobotocore, in an environment of its own: it pins a botocore that is not the tests'.

python aiobotocore_calls.py ENDPOINT CA_FILE ACCESS_KEY SECRET_KEY DIRECTORY BUNDLE
"""

import asyncio
import json
import sys

from aiobotocore.session import get_session  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

import wsclient


async def main(endpoint: str, ca_file: str, key: str, secret: str, directory: str, bundle: str) -> None:
    """Create, list and terminate a WorkSpace, assume a role, lend wsclient the session; print what came back."""
    options = {"region_name": "us-west-2", "endpoint_url": endpoint, "verify": ca_file}
    keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    session = get_session()
    async with session.create_client("workspaces", **options, **keys) as workspaces:
        request = {"DirectoryId": directory, "UserName": "aio", "BundleId": bundle}
        created = await workspaces.create_workspaces(Workspaces=[request])
        listed = await workspaces.describe_workspaces(DirectoryId=directory)
        ids = [{"WorkspaceId": workspace["WorkspaceId"]} for workspace in listed["Workspaces"]]
        gone = await workspaces.terminate_workspaces(TerminateWorkspaceRequests=ids)
    async with session.create_client("sts", **options, **keys) as sts:
        role = await sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/r", RoleSessionName="aio")
    session.set_credentials(key, secret)
    ours = wsclient.StsClient(
        region="us-west-2", endpoint_url=endpoint, credentials=session, tls=wsclient.TLSPolicy(ca_file=ca_file)
    )
    async with ours:
        who = await ours.whoami()
    found = {
        "pending": len(created["PendingRequests"]),
        "listed": len(ids),
        "failed": gone["FailedRequests"],
        "role": bool(role["Credentials"]["SessionToken"]),
        "account": who.account_id,
    }
    print(json.dumps(found))  # noqa: T201 - the answer to the test


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
