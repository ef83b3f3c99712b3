"""Options of connections, as fleets and audits take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from wsclient.config._client_config import ClientConfig
from wsclient.tls._policy import TLSPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.endpoints._routing import StsRouting


class ConnectionOptions(TypedDict):
    """Options of a command that are those of its clients."""

    regions: Sequence[str]
    profiles: Sequence[str]
    vpc_endpoint: str | None
    private_dns: bool | None
    use_fips: bool | None
    use_dualstack: bool | None
    endpoint_url: str | None
    sts: StsRouting | None
    proxy: str | None
    expected_account: str | None


def tls_policy(ca_file: str | None, extra_ca_file: str | None, profile: str | None) -> TLSPolicy | None:
    """Return the TLS policy, None if no option says anything of it."""
    if ca_file is None and extra_ca_file is None:
        return None
    configured = ClientConfig.load("workspaces", profile=profile).ca_bundle.value
    return TLSPolicy(ca_file=ca_file or configured, extra_ca_file=extra_ca_file)
