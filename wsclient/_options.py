"""What a client can be told, and what that and its settings come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError
from wsclient.config import ClientConfig
from wsclient.retries import RetryPolicy

if TYPE_CHECKING:
    from wsclient._client_options import ClientOptions
    from wsclient._operation import Service
    from wsclient.config import SettingArguments
    from wsclient.middleware import Middleware

OF_CALLS = frozenset({"middleware", "on_retry", "pace", "priority", "read_only", "retry", "telemetry", "timeout"})
"""Options that say how calls are made, not where to and by whom: a copy that changes only these is made of the same."""


def config_of(service: Service, options: ClientOptions) -> ClientConfig:
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


def middleware_of(options: ClientOptions) -> tuple[Middleware, ...]:
    """Return what stands around each attempt; raises ConfigurationError for what cannot."""
    given = options.get("middleware", ())
    if given == ():
        return ()
    from wsclient._around import middleware_given  # noqa: PLC0415 - few clients have any

    return middleware_given(given)
