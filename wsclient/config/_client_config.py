"""ClientConfig: an argument, else the environment, else the profile, else the default; each with its source.

"Settings reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html. Only this module reads
os.environ.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar, Unpack, cast

import msgspec
from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.value_kinds import BOOL, NAME, TEXT, TEXT_MAP, instance_of, one_of, optional, secret, whole_number
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
from wsclient.retries._policy import RetryMode

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ClientConfig", "Setting", "SettingArguments", "proxy_for", "system_environment", "system_home"]

T = TypeVar("T")

DEFAULT_MAX_ATTEMPTS: Setting[int] = Setting(3)
DEFAULT_RETRY_MODE: Setting[RetryMode] = Setting("standard")
IS_WINDOWS = os.name == "nt"
HOME_VARIABLE = "USERPROFILE" if IS_WINDOWS else "HOME"


def system_environment() -> Mapping[str, str]:
    """Return a read-only view of os.environ: a later read sees what has changed. It may contain secrets."""
    return MappingProxyType(os.environ)


def system_home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory; for a user without one, a path that does not exist."""
    return home_directory(environ, is_windows=IS_WINDOWS)


def home_directory(environ: Mapping[str, str], *, is_windows: bool) -> Path:
    """Return the home directory by a platform's variables; on Windows, HOME counts only without USERPROFILE."""
    text = (is_windows and environ.get("USERPROFILE")) or environ.get("HOME")
    # Path.home() raises for a user without an entry in the password database, which is common in containers.
    return Path(text or os.path.expanduser("~"))  # noqa: PTH111 - for the reason above


class SettingArguments(TypedDict, total=False):
    """Settings that can be passed as keyword arguments; None means "not set"."""

    region: str | None
    endpoint_url: str | None
    use_fips: bool | None
    use_dualstack: bool | None
    max_attempts: int | None
    retry_mode: str | None
    ca_bundle: str | None
    proxy: str | None
    app_id: str | None


_SETTINGS: Final = {
    **dict.fromkeys(("region", "endpoint_url", "ca_bundle", "proxy", "app_id"), optional(TEXT)),
    **dict.fromkeys(("use_fips", "use_dualstack"), optional(BOOL)),
    "max_attempts": optional(whole_number(1)),
    "retry_mode": optional(one_of(*RETRY_MODES)),
}
"""Kinds of the settings by name."""


class ClientConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a client that can be configured outside the program; access keys and tokens are not included.

    profile is the name of the profile that was read. region and endpoint_url are not validated. max_attempts includes
    the first attempt. retry_mode is "standard", "adaptive" or "off". ca_bundle is a path. https_proxy and no_proxy
    have the syntax of the environment variables. app_id is sent in the User-Agent. sts_endpoint_url, sso_endpoint_url
    and sso_oidc_endpoint_url are URLs of the services that credentials come from; ec2_endpoint_url, ds_endpoint_url and
    iam_endpoint_url those of the services that an audit and the management of interface endpoints call. Instances
    compare by value and can be pickled; their repr masks user names and passwords in URLs.
    """

    profile: Setting[str]
    region: Setting[str | None] = UNSET
    endpoint_url: Setting[str | None] = UNSET
    use_fips: Setting[bool] = SWITCHED_OFF
    use_dualstack: Setting[bool] = SWITCHED_OFF
    max_attempts: Setting[int] = DEFAULT_MAX_ATTEMPTS
    retry_mode: Setting[RetryMode] = DEFAULT_RETRY_MODE
    ca_bundle: Setting[str | None] = UNSET
    https_proxy: Setting[str | None] = UNSET
    no_proxy: Setting[str | None] = UNSET
    app_id: Setting[str | None] = UNSET
    sts_endpoint_url: Setting[str | None] = UNSET
    sso_endpoint_url: Setting[str | None] = UNSET
    sso_oidc_endpoint_url: Setting[str | None] = UNSET
    ec2_endpoint_url: Setting[str | None] = UNSET
    ds_endpoint_url: Setting[str | None] = UNSET
    iam_endpoint_url: Setting[str | None] = UNSET

    @classmethod
    @checked(
        {
            "service": one_of("workspaces", "sts", "ec2", "ds", "iam"),
            "environ": secret(optional(TEXT_MAP)),
            "home": optional(instance_of(Path, expected="a pathlib.Path")),
            "profile": optional(NAME),
        },
        keywords=_SETTINGS,
        owner="ClientConfig.load",
    )
    def load(
        cls,
        service: str,
        *,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        profile: str | None = None,
        **arguments: Unpack[SettingArguments],
    ) -> ClientConfig:
        """Load the settings of a client of a service. Blocks while it reads the two shared files.

        service is "workspaces", "sts", "ec2", "ds" or "iam". environ and home default to those of the process.
        arguments are those of override(); None means "not set". Raises ConfigurationError for an unknown profile, a
        malformed file or value, and for AWS_REGION and AWS_DEFAULT_REGION that differ.
        """
        environ = system_environment() if environ is None else environ
        home = system_home(environ) if home is None else home
        profile_setting = resolve_profile(environ, profile)
        files = load_shared_files(shared_file_paths(environ, home), home)
        if profile_setting.source != DEFAULT:
            files.require_profile(profile_setting.value, profile_setting.source)
        lookup = SettingResolver(environ=environ, files=files, profile=profile_setting.value)
        explicit = cls(profile=profile_setting).override(**arguments)
        return replace(
            explicit,
            region=_argument_or(explicit.region, lookup.region),
            endpoint_url=_argument_or(explicit.endpoint_url, lambda: lookup.endpoint_url(service)),
            use_fips=_argument_or(
                explicit.use_fips, lambda: lookup.boolean("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
            ),
            use_dualstack=_argument_or(
                explicit.use_dualstack, lambda: lookup.boolean("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
            ),
            max_attempts=_argument_or(explicit.max_attempts, lambda: lookup.max_attempts(DEFAULT_MAX_ATTEMPTS.value)),
            retry_mode=_argument_or(explicit.retry_mode, lookup.retry_mode),
            ca_bundle=_argument_or(explicit.ca_bundle, lambda: lookup.ca_bundle(home)),
            https_proxy=_argument_or(explicit.https_proxy, lambda: lookup.proxy("HTTPS_PROXY")),
            no_proxy=_argument_or(explicit.no_proxy, lambda: lookup.proxy("NO_PROXY")),
            app_id=_argument_or(explicit.app_id, lookup.app_id),
            sts_endpoint_url=_url_or_problem(lookup, "sts"),
            sso_endpoint_url=_url_or_problem(lookup, "sso"),
            sso_oidc_endpoint_url=_url_or_problem(lookup, "sso_oidc"),
            ec2_endpoint_url=_url_or_problem(lookup, "ec2"),
            ds_endpoint_url=_url_or_problem(lookup, "directory_service"),
            iam_endpoint_url=_url_or_problem(lookup, "iam"),
        )

    @checked({}, keywords=_SETTINGS, owner="ClientConfig.override")
    def override(self, **arguments: Unpack[SettingArguments]) -> ClientConfig:
        """Return a copy with the arguments applied; None leaves a setting unchanged, proxy="" disables the proxy.

        Raises ConfigurationError for an argument of the wrong type or value, TypeError for an unknown name.
        """
        proxy = arguments.get("proxy")
        return replace(
            self,
            region=from_argument(arguments.get("region")) or self.region,
            endpoint_url=from_argument(arguments.get("endpoint_url")) or self.endpoint_url,
            use_fips=from_argument(arguments.get("use_fips")) or self.use_fips,
            use_dualstack=from_argument(arguments.get("use_dualstack")) or self.use_dualstack,
            max_attempts=from_argument(arguments.get("max_attempts")) or self.max_attempts,
            retry_mode=from_argument(cast("RetryMode | None", arguments.get("retry_mode"))) or self.retry_mode,
            ca_bundle=from_argument(arguments.get("ca_bundle")) or self.ca_bundle,
            https_proxy=from_argument(proxy) or self.https_proxy,
            no_proxy=_no_proxy(proxy) or self.no_proxy,
            app_id=from_argument(arguments.get("app_id")) or self.app_id,
        )

    def describe(self) -> str:
        """Return a text table of setting, value and source. User names and passwords in URLs are masked."""
        rows = [("setting", "value", "source"), *self.rows()]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {source}" for name, value, source in rows)

    def __repr__(self) -> str:
        """Return the settings that are not default; credentials in URLs are masked."""
        return f"ClientConfig({', '.join(f'{name}={value}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return the settings that are not default, for rich; masked in the same way."""
        return [(name, value) for name, value, source in self.rows() if source != DEFAULT]

    def rows(self) -> list[tuple[str, str, str]]:
        """Return name, value and source of each setting as text. User names and passwords in URLs are masked."""
        settings = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, mask_user_info(setting.value), setting.source) for name, setting in settings]


def _argument_or(setting: Setting[T], resolve: Callable[[], Setting[T]]) -> Setting[T]:
    # An argument skips the lookup, so a malformed variable that it overrides raises no error.
    return setting if setting.source == ARGUMENT else resolve()


def _url_or_problem(lookup: SettingResolver, service: str) -> Setting[str | None]:
    """Return the URL of a service that the client may never call, or an empty URL whose source is the problem.

    An empty URL is refused when the service is called, with its source.
    """
    try:
        return lookup.endpoint_url(service)
    except ConfigurationError as error:
        return Setting("", str(error))


def _no_proxy(proxy: str | None) -> Setting[str | None] | None:
    # NO_PROXY belongs to the proxy of the environment; it does not apply to a proxy passed as an argument.
    return None if proxy is None else Setting(None, ARGUMENT)
