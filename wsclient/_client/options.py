"""What a client can be told, and what that and its settings come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from wsclient._core.errors import ConfigurationError
from wsclient.config._client_config import ClientConfig
from wsclient.retries._policy import RetryPolicy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.http import Timeout
    from wsclient._core.model.operations import Service
    from wsclient._pipeline.instrumentation import Instrumentation
    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.config._client_config import SettingArguments
    from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
    from wsclient.endpoints._types import StsRouting
    from wsclient.middleware import Middleware
    from wsclient.pacing._pace import Pace, Priority
    from wsclient.retries._policy import RetryEvent
    from wsclient.tls._policy import TLSPolicy


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
    telemetry: Instrumentation | None
    on_retry: Callable[[RetryEvent], None] | None
    transport: Transport | None
    config: ClientConfig | None


CALL_OPTIONS = frozenset({"middleware", "on_retry", "pace", "priority", "read_only", "retry", "telemetry", "timeout"})
"""Options that say how calls are made, not where to and by whom: a copy that changes only these is made of the same."""


def resolve_config(service: Service, options: ClientOptions) -> ClientConfig:
    """Return the settings: loaded from environment and files, or given; what the caller says goes before either."""
    given, profile = options.get("config"), options.get("profile")
    if given is not None and profile not in {None, given.profile.value}:
        raise ConfigurationError(
            f"profile={profile!r} and config= of profile {given.profile.value!r} name two identities; "
            "load the config with that profile"
        )
    arguments: SettingArguments = {
        "region": options.get("region"),
        "endpoint_url": options.get("endpoint_url"),
        "use_fips": options.get("use_fips"),
        "use_dualstack": options.get("use_dualstack"),
        "proxy": options.get("proxy"),
        "app_id": options.get("app_id"),
    }
    if given is None:
        return ClientConfig.load(service.name, profile=profile, **arguments)
    return given.override(**arguments)


def retry_policy(options: ClientOptions, config: ClientConfig) -> RetryPolicy:
    """Return how failed attempts are repeated: as the caller says, or as configured."""
    return options.get("retry") or RetryPolicy(mode=config.retry_mode.value, max_attempts=config.max_attempts.value)


def resolve_middleware(options: ClientOptions) -> tuple[Middleware, ...]:
    """Return what stands around each attempt; raises ConfigurationError for what cannot."""
    given = options.get("middleware", ())
    if given == ():
        return ()
    from wsclient._pipeline.middleware_chain import validate_middleware  # noqa: PLC0415 - few clients have any

    return validate_middleware(given)
