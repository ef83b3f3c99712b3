"""Everything a client can be told, for type checkers: nobody imports it while a program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from wsclient._http import Timeout
    from wsclient._stock import Transport
    from wsclient._watching import Telemetry
    from wsclient.config import ClientConfig
    from wsclient.credentials import Credentials, CredentialsProvider
    from wsclient.endpoints import PrivateDns, StsRouting, VpcEndpoint
    from wsclient.middleware import Middleware
    from wsclient.pacing import Pace, Priority
    from wsclient.retries import RetryEvent, RetryPolicy
    from wsclient.tls import TLSPolicy


class ClientOptions(TypedDict, total=False):
    """Everything a client can be told; what is not said is decided by environment, profile and default, in turn."""

    region: str | None
    endpoint_url: str | None
    vpc_endpoint: str | VpcEndpoint | None
    private_dns: bool | PrivateDns | None
    use_fips: bool | None
    use_dualstack: bool | None
    allow_unlisted: bool
    allow_http: bool
    sts: StsRouting | None
    profile: str | None
    credentials: Credentials | CredentialsProvider | None
    expected_account: str | None
    read_only: bool
    retry: RetryPolicy | None
    pace: Pace | Literal["auto"] | None
    priority: Priority
    tls: TLSPolicy | ssl.SSLContext | None
    timeout: Timeout | None
    max_connections: int | None
    proxy: str | None
    app_id: str | None
    middleware: Sequence[Middleware]
    telemetry: Telemetry | None
    on_retry: Callable[[RetryEvent], None] | None
    transport: Transport | None
    config: ClientConfig | None
