"""What the error of an untrusted certificate says about the configured CA bundle."""

import asyncio
from pathlib import Path

import pytest
import trustme

import wsclient
from tests.support.senders import CONTEXT
from tests.support.tls_server import authority, serving
from wsclient.config import ClientConfig
from wsclient.errors import TLSError


def test_the_error_says_what_aws_ca_bundle_is_set_to(tmp_path: Path) -> None:
    """A certificate that AWS_CA_BUNDLE's file does not vouch for: the error names the file and the variable."""
    path = tmp_path / "ca.pem"
    path.write_text(authority(trustme.CA()))
    config = ClientConfig.load("workspaces", environ={"AWS_CA_BUNDLE": str(path)}, home=tmp_path)

    async def main() -> None:
        async with serving(CONTEXT) as server:
            client = wsclient.WorkSpacesClient(
                region="us-west-2",
                endpoint_url=server.url,
                credentials=wsclient.Credentials("AKIDEXAMPLE", "hunter2"),
                config=config,
                retry=None,
            )
            with pytest.raises(TLSError, match="not trusted") as caught:
                await client.describe_workspaces()
            assert f"{path} (set by" in str(caught.value)
            assert "AWS_CA_BUNDLE" in str(caught.value)
            await client.aclose()

    asyncio.run(main())
