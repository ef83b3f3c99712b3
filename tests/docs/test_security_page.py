"""The security page: it has the sections of AWS's page, and what it says of streaming and FIPS holds."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

import wsclient
from wsclient import types
from wsclient.endpoints import EndpointKind
from wsclient.errors import PrivateLinkFipsError
from wsclient.testing import Emulator

PAGE = (Path(__file__).parents[2] / "docs" / "pages" / "security.md").read_text(encoding="utf-8")
SECTIONS = [
    "Calls over the network",
    "Network isolation",
    "Isolation on physical hosts",
    "Credential Guard with virtualization-based security",
    "Authorization of corporate users",
    "API requests through a VPC interface endpoint",
    "Streaming through interface endpoints",
    "A policy for the VPC endpoint",
    "Connecting a private network to the VPC",
]
"""Sections of "Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""


def test_security_page_follows_the_sections_of_aws() -> None:
    """The sections are there in AWS's order, each with a table of who does what."""
    # A heading may add search terms behind AWS's.
    headings = re.findall(r"^## ([^:\n]*)", PAGE, re.MULTILINE)
    assert [heading for heading in headings if heading in SECTIONS] == SECTIONS
    for section in SECTIONS:
        text = PAGE.partition(f"\n## {section}")[2].partition("\n## ")[0]
        assert "| who | does |" in text, section
        assert "| wsclient |" in text, section


def test_security_page_states_the_tls_minimum() -> None:
    """The page states that TLS 1.2 is required, and a client refuses a lower minimum."""
    assert "AWS requires TLS 1.2" in PAGE
    with pytest.raises(wsclient.errors.ConfigurationError):
        wsclient.TLSPolicy(minimum="1.1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - refused


def test_streaming_fips_and_api_privatelink_can_be_combined() -> None:
    """A client at a VPC endpoint sets FIPS and an endpoint for a directory's streaming; FIPS of its own is refused."""
    aws = Emulator()
    endpoint = aws.add_vpc_endpoint()

    async def main() -> types.WorkspaceDirectory:
        async with aws.client(vpc_endpoint=endpoint.dns_label) as ws:
            assert ws.endpoint.kind is EndpointKind.PRIVATELINK
            await ws.modify_endpoint_encryption_mode(
                directory_id=aws.directory_id, endpoint_encryption_mode="FIPS_VALIDATED"
            )
            streaming = types.AccessEndpoint(
                access_endpoint_type="STREAMING_WSP", vpc_endpoint_id="vpce-0123456789abcdef0"
            )
            await ws.modify_workspace_access_properties(
                resource_id=aws.directory_id,
                workspace_access_properties=types.WorkspaceAccessProperties(
                    access_endpoint_config=types.AccessEndpointConfig(access_endpoints=[streaming])
                ),
            )
            (directory,) = await ws.describe_workspace_directories().collect()
            return directory

    with aws:
        directory = asyncio.run(main())
    assert directory.endpoint_encryption_mode == "FIPS_VALIDATED"
    assert directory.workspace_access_properties is not None
    config = directory.workspace_access_properties.access_endpoint_config
    assert config is not None
    assert config.access_endpoints[0].access_endpoint_type == "STREAMING_WSP"
    with pytest.raises(PrivateLinkFipsError):
        wsclient.WorkSpacesClient(region=aws.region, vpc_endpoint=endpoint.dns_label, use_fips=True)
