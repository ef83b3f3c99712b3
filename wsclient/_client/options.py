"""Client options, and the configuration, retry policy and middleware that they resolve to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from wsclient._core.errors import ConfigurationError
from wsclient.config._client_config import ClientConfig
from wsclient.retries._policy import RetryPolicy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.http import Timeout
    from wsclient._core.model.operations import Service
    from wsclient._generated.sts.structures import Credentials as StsCredentials
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
    """Options of a client; the environment, the profile and the default, in this order, supply missing settings."""

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
    credentials: Credentials | StsCredentials | CredentialsProvider | None
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
"""Options that affect neither endpoint nor credentials: a copy that changes only these shares all connections."""


def resolve_config(service: Service, options: ClientOptions, environ: Mapping[str, str] | None = None) -> ClientConfig:
    """Return the settings: config= or those loaded from environment and files; arguments override both."""
    config, profile = options.get("config"), options.get("profile")
    if config is not None and profile not in {None, config.profile.value}:
        raise ConfigurationError(
            f"profile={profile!r} conflicts with config=, which was loaded for profile {config.profile.value!r}; "
            f"load the config with profile={profile!r}"
        )
    arguments: SettingArguments = {
        "region": options.get("region"),
        "endpoint_url": options.get("endpoint_url"),
        "use_fips": options.get("use_fips"),
        "use_dualstack": options.get("use_dualstack"),
        "proxy": options.get("proxy"),
        "app_id": options.get("app_id"),
    }
    if config is None:
        return ClientConfig.load(service.name, environ=environ, profile=profile, **arguments)
    return config.override(**arguments)


def retry_policy(options: ClientOptions, config: ClientConfig) -> RetryPolicy:
    """Return the retry= argument, or the retry policy from the configuration."""
    return options.get("retry") or RetryPolicy(mode=config.retry_mode.value, max_attempts=config.max_attempts.value)


def resolve_middleware(options: ClientOptions) -> tuple[Middleware, ...]:
    """Return the middleware of each attempt; raise ConfigurationError for invalid values."""
    middleware = options.get("middleware", ())
    if middleware == ():
        return ()
    from wsclient._pipeline.middleware_chain import validate_middleware  # noqa: PLC0415 - few clients have any

    return validate_middleware(middleware)
