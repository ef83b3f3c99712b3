"""Settings: what the caller says, else the environment, else the profile, else the default; each with its source.

"Settings reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html. This is the one module
that reads the process's environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, TypeVar, cast

import msgspec
from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError
from wsclient.config._profile_loader import load_shared_files, shared_file_paths
from wsclient.config._proxies import proxy_for
from wsclient.config._settings import (
    ARGUMENT,
    DEFAULT,
    RETRY_MODES,
    SWITCHED_OFF,
    UNSET,
    Setting,
    SettingResolver,
    from_argument,
    mask_user_info,
    resolve_profile,
)
from wsclient.retries._policy import RetryMode  # noqa: TC001 - msgspec and dataclasses need no name, readers of annotations do

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Unpack

__all__ = ["ClientConfig", "Setting", "SettingArguments", "proxy_for", "system_environment", "system_home"]

T = TypeVar("T")

THREE_ATTEMPTS: Setting[int] = Setting(3)
STANDARD_MODE: Setting[RetryMode] = Setting("standard")
HOME_VARIABLE = {"nt": "USERPROFILE"}.get(os.name, "HOME")


def system_environment() -> Mapping[str, str]:
    """Return a snapshot of the process's environment; it may hold secrets, so nobody keeps it for long."""
    return dict(os.environ)


def system_home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory; a user who has none gets a directory that is not there."""
    # Not Path.home(), which raises for a user without an entry in the password file; containers have such users.
    return Path(environ.get(HOME_VARIABLE) or os.path.expanduser("~"))  # noqa: PTH111 - for the reason above


class SettingArguments(TypedDict, total=False):
    """The settings that a caller can say, under the names of the arguments; None says nothing."""

    region: str | None
    endpoint_url: str | None
    use_fips: bool | None
    use_dualstack: bool | None
    max_attempts: int | None
    retry_mode: str | None
    ca_bundle: str | None
    proxy: str | None
    app_id: str | None


class ClientConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting of a client that can be configured outside the program; keys and tokens are not among them.

    profile names the profile that was read; region and endpoint_url are as configured, unchecked; max_attempts counts
    the first attempt too; retry_mode is "standard", "adaptive" or "off"; ca_bundle is a path; https_proxy and no_proxy
    are as in the environment; app_id stands in the User-Agent. Equal, picklable, and without passwords of URLs in its
    repr.
    """

    profile: Setting[str]
    region: Setting[str | None] = UNSET
    endpoint_url: Setting[str | None] = UNSET
    use_fips: Setting[bool] = SWITCHED_OFF
    use_dualstack: Setting[bool] = SWITCHED_OFF
    max_attempts: Setting[int] = THREE_ATTEMPTS
    retry_mode: Setting[RetryMode] = STANDARD_MODE
    ca_bundle: Setting[str | None] = UNSET
    https_proxy: Setting[str | None] = UNSET
    no_proxy: Setting[str | None] = UNSET
    app_id: Setting[str | None] = UNSET

    @classmethod
    def load(
        cls,
        service: str,
        *,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        profile: str | None = None,
        **arguments: Unpack[SettingArguments],
    ) -> ClientConfig:
        """Read the settings of a client of "workspaces" or "sts". Blocks while it reads the two files.

        environ and home stand in for the process's own; arguments are what override() takes, and None says nothing.
        Raises ConfigurationError for an unknown profile, a malformed file or value, and region variables that differ.
        """
        environ = system_environment() if environ is None else environ
        home = system_home(environ) if home is None else home
        chosen = resolve_profile(environ, profile)
        files = load_shared_files(shared_file_paths(environ, home), home)
        if chosen.source != DEFAULT:
            files.require_profile(chosen.value, chosen.source)
        lookup = SettingResolver(environ=environ, files=files, profile=chosen.value)
        given = cls(profile=chosen).override(**arguments)
        return replace(
            given,
            region=_given_or(given.region, lookup.region),
            endpoint_url=_given_or(given.endpoint_url, lambda: lookup.endpoint_url(service)),
            use_fips=_given_or(given.use_fips, lambda: lookup.boolean("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")),
            use_dualstack=_given_or(
                given.use_dualstack, lambda: lookup.boolean("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
            ),
            max_attempts=_given_or(given.max_attempts, lambda: lookup.attempts(THREE_ATTEMPTS.value)),
            retry_mode=_given_or(given.retry_mode, lookup.retry_mode),
            ca_bundle=_given_or(given.ca_bundle, lambda: lookup.text("AWS_CA_BUNDLE", key="ca_bundle")),
            https_proxy=_given_or(given.https_proxy, lambda: lookup.proxy("HTTPS_PROXY")),
            no_proxy=_given_or(given.no_proxy, lambda: lookup.proxy("NO_PROXY")),
            app_id=_given_or(given.app_id, lambda: lookup.text("AWS_SDK_UA_APP_ID", key="sdk_ua_app_id")),
        )

    def override(self, **arguments: Unpack[SettingArguments]) -> ClientConfig:
        """Return the settings with what the caller says in place; None says nothing, proxy="" says no proxy."""
        if unknown := arguments.keys() - SettingArguments.__optional_keys__:
            raise TypeError(f"ClientConfig has no setting {min(unknown)!r}")
        proxy = arguments.get("proxy")
        return replace(
            self,
            region=from_argument("region", arguments.get("region"), str) or self.region,
            endpoint_url=from_argument("endpoint_url", arguments.get("endpoint_url"), str) or self.endpoint_url,
            use_fips=from_argument("use_fips", arguments.get("use_fips"), bool) or self.use_fips,
            use_dualstack=from_argument("use_dualstack", arguments.get("use_dualstack"), bool) or self.use_dualstack,
            max_attempts=_attempts(arguments.get("max_attempts")) or self.max_attempts,
            retry_mode=_mode(arguments.get("retry_mode")) or self.retry_mode,
            ca_bundle=from_argument("ca_bundle", arguments.get("ca_bundle"), str) or self.ca_bundle,
            https_proxy=from_argument("proxy", proxy, str) or self.https_proxy,
            no_proxy=_no_proxy(proxy) or self.no_proxy,
            app_id=from_argument("app_id", arguments.get("app_id"), str) or self.app_id,
        )

    def describe(self) -> str:
        """Return a table for people: setting, value, source. User names and passwords in URLs are masked."""
        rows = [("setting", "value", "source"), *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}" for name, value, source in rows)

    def __repr__(self) -> str:
        """Show the settings that are not default, credentials in URLs masked."""
        shown = (f"{name}={value}" for name, value, source in self._rows() if source != DEFAULT)
        return f"ClientConfig({', '.join(shown)})"

    def _rows(self) -> list[tuple[str, str, str]]:
        settings = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, mask_user_info(setting.value), setting.source) for name, setting in settings]


def _given_or(given: Setting[T], look_up: Callable[[], Setting[T]]) -> Setting[T]:
    # What the caller says is not looked up at all: a mistake in the environment does not matter then.
    return given if given.source == ARGUMENT else look_up()


def _attempts(value: int | None) -> Setting[int] | None:
    given = from_argument("max_attempts", value, int)
    if given and given.value < 1:
        raise ConfigurationError(f"max_attempts must be 1 or more, not {given.value}; 1 means no second attempt")
    return given


def _mode(value: str | None) -> Setting[RetryMode] | None:
    given = from_argument("retry_mode", value, str)
    if given is None:
        return None
    if given.value not in RETRY_MODES:
        raise ConfigurationError(f"retry_mode must be {' or '.join(RETRY_MODES)}, not {given.value[:40]!r}")
    return Setting(cast("RetryMode", given.value), ARGUMENT)


def _no_proxy(proxy: str | None) -> Setting[str | None] | None:
    # Exceptions that the environment makes to its own proxy say nothing about the one that the caller named.
    return None if proxy is None else Setting(None, ARGUMENT)
