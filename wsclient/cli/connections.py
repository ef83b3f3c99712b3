"""Options of connections, as fleets and audits take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from wsclient.cli.common_options import sts_routing
from wsclient.config._client_config import ClientConfig
from wsclient.tls._policy import TLSPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.endpoints._routing import StsRouting


class ConnectionOptions(TypedDict):
    """Options of fleets and audits that say which sites they call, and how."""

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
    tls: TLSPolicy | None


def connection_options(
    *,
    region: Sequence[str] | None,
    profile: Sequence[str] | None,
    vpc_endpoint: str | None,
    private_dns: bool,
    fips: bool,
    dualstack: bool,
    endpoint_url: str | None,
    sts_endpoint: str | None,
    sts_vpc_endpoint: str | None,
    proxy: str | None,
    ca_file: str | None,
    extra_ca_file: str | None,
    expected_account: str | None,
) -> ConnectionOptions:
    """Return the options of a fleet or an audit for the options of a command, by their names there.

    Raises ConfigurationError for TLS settings that are not valid.
    """
    profiles = profile or ()
    return ConnectionOptions(
        regions=region or (),
        profiles=profiles,
        vpc_endpoint=vpc_endpoint,
        private_dns=private_dns or None,
        use_fips=fips or None,
        use_dualstack=dualstack or None,
        endpoint_url=endpoint_url,
        sts=sts_routing(sts_endpoint, sts_vpc_endpoint),
        proxy=proxy,
        expected_account=expected_account,
        tls=_tls_policy(ca_file, extra_ca_file, next(iter(profiles), None)),
    )


def _tls_policy(ca_file: str | None, extra_ca_file: str | None, profile: str | None) -> TLSPolicy | None:
    """Return the TLS policy, None if no option says anything of it."""
    if ca_file is None and extra_ca_file is None:
        return None
    configured = ClientConfig.load("workspaces", profile=profile).ca_bundle.value
    return TLSPolicy(ca_file=ca_file or configured, extra_ca_file=extra_ca_file)
