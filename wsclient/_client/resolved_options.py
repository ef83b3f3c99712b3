"""Check of client options, and the configuration, retry policy and middleware that they resolve to."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from wsclient._client.option_table import KINDS
from wsclient._core.argument_checks import OptionTable
from wsclient._core.errors import ConfigurationError
from wsclient.config._client_config import ClientConfig
from wsclient.retries._policy import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._client.client_options import CheckedOptions
    from wsclient._core.model.operations import Service
    from wsclient.config._client_config import SettingArguments
    from wsclient.middleware import Middleware


def check_options(owner: str, options: Mapping[str, object]) -> CheckedOptions:
    """Return a client's options with their values converted; owner is what takes them, for messages.

    Raises TypeError for an unknown name, ConfigurationError for a value of the wrong kind.
    """
    return cast("CheckedOptions", OptionTable(owner, KINDS).check(options))


class _HiddenOptions(dict[str, object]):
    """Options whose repr shows their names only: a proxy may contain a password."""

    def __repr__(self) -> str:
        """Return the names."""
        return f"<options {', '.join(self)}>"


def hidden_options(options: CheckedOptions) -> CheckedOptions:
    """Return options whose repr hides their values."""
    return cast("CheckedOptions", _HiddenOptions(cast("Mapping[str, object]", options)))


def resolve_config(service: Service, options: CheckedOptions, environ: Mapping[str, str] | None = None) -> ClientConfig:
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


def retry_policy(options: CheckedOptions, config: ClientConfig) -> RetryPolicy:
    """Return the retry= argument, or the retry policy from the configuration."""
    return options.get("retry") or RetryPolicy(mode=config.retry_mode.value, max_attempts=config.max_attempts.value)


def resolve_middleware(options: CheckedOptions) -> tuple[Middleware, ...]:
    """Return the middleware of each attempt; raise ConfigurationError for invalid values."""
    middleware = options.get("middleware", ())
    if middleware == ():
        return ()
    from wsclient._pipeline.middleware_chain import validate_middleware  # noqa: PLC0415 - few clients have any

    return validate_middleware(middleware)
