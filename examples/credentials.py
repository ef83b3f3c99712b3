"""Assume three roles in a chain over three accounts, one with MFA, with an emulated STS; then use a wrong code.

python examples/credentials.py
"""

import asyncio

import wsclient
from wsclient.credentials import AssumeRoleProvider
from wsclient.testing import Emulator


async def main() -> None:
    """Assume the roles, call WorkSpaces in two regions with one session, and show a wrong code."""
    async with Emulator(other_regions=["eu-west-1"]) as aws:
        device = aws.add_mfa_device()
        hub = AssumeRoleProvider(
            role_arn=aws.add_role("hub", trusts=[aws.account_id]),
            source=aws.credentials,
        )
        partner = AssumeRoleProvider(
            role_arn=aws.add_role("partner", account_id="210987654321", external_id="contract-7"),
            source=hub,
            external_id="contract-7",
        )
        desktops = AssumeRoleProvider(
            role_arn=aws.add_role("desktops", account_id="321098765432", mfa_required=True),
            source=partner,
            mfa_serial=device.serial_number,
            mfa_code=device.code,  # without it, the terminal or notebook prompts for the code
        )
        for region in ("us-west-2", "eu-west-1"):
            async with client(aws, region, desktops) as workspaces:
                page = await workspaces.describe_workspaces()
                print(f"{region:<10} {(await workspaces.whoami()).arn}, {len(page.workspaces)} WorkSpaces")
        assumed = sum(call.operation == "AssumeRole" for call in aws.calls)
        print(f"sts        AssumeRole was called {assumed} times for 2 clients")

        wrong = AssumeRoleProvider(
            role_arn=f"arn:aws:iam::{aws.account_id}:role/hub",
            source=aws.credentials,
            mfa_serial=device.serial_number,
            mfa_code=device.code,  # a code is valid once
        )
        async with client(aws, "us-west-2", wrong) as workspaces:
            try:
                await workspaces.describe_workspaces()
            except wsclient.errors.CredentialsRefreshError as error:
                print(f"refused    {error}")


def client(aws: Emulator, region: str, credentials: AssumeRoleProvider) -> wsclient.WorkSpacesClient:
    """Return a client of the emulator in a region."""
    return wsclient.WorkSpacesClient(
        region=region,
        endpoint_url=aws.endpoint_url,
        credentials=credentials,
        sts=wsclient.StsRouting(endpoint_url=aws.endpoint_url),
        tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
    )


if __name__ == "__main__":
    asyncio.run(main())
