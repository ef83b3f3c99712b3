"""Setting: a value with its source, and the lookup of a setting in environment and profile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast, get_args

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.utils import comment_hint
from wsclient.config._profiles import expand_home, setting_text
from wsclient.retries._policy import RetryMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wsclient.config._profiles import SharedFiles

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ARGUMENT = "argument"
DEFAULT = "default"
RETRY_MODES = get_args(RetryMode)
LEGACY_RETRY_MODE = "legacy"
"""Retry mode of other SDKs that environment and files may contain; wsclient uses "standard" instead."""
MAX_NUMBER_DIGITS = 9
MAX_APP_ID = 50
"""Characters of an application id ("Application ID",
https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html)."""
USER_INFO = r"(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@"
"""User name and password of a URL, or of a proxy without a scheme; the password may contain unescaped / and @."""

# botocore reads the variables in this order.
PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")


class Setting(msgspec.Struct, Generic[T_co], frozen=True):
    """Value of a setting and its source: "argument", a variable's name, a profile in a file, or "default"."""

    value: T_co
    source: str = DEFAULT

    def __repr__(self) -> str:
        """Return both; user names and passwords in a URL are masked."""
        value, source = (member for _, member in self.__rich_repr__())
        return f"Setting({value!r}, {source!r})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return both for rich, masked in the same way."""
        value = mask_user_info(self.value) if isinstance(self.value, str) else self.value
        return [("value", value), ("source", self.source)]


UNSET: Setting[None] = Setting(None)
SWITCHED_OFF: Setting[bool] = Setting(value=False)


def mask_user_info(value: object) -> str:
    """Return a value as text for display: a URL's user information up to the last @ becomes ***; None becomes ""."""
    return "" if value is None else re.sub(USER_INFO, r"\1***@", str(value))


def from_argument(value: T | None) -> Setting[T] | None:
    """Return an argument, whose type is checked, as a setting; None for None."""
    return None if value is None else Setting(value, ARGUMENT)


def resolve_profile(environ: Mapping[str, str], profile: str | None) -> Setting[str]:
    """Return the profile's name: the argument, else AWS_DEFAULT_PROFILE, else AWS_PROFILE, else "default"."""
    setting = from_argument(profile)
    if setting is not None:
        return setting
    names = [(environ[variable], variable) for variable in PROFILE_VARIABLES if environ.get(variable)]
    if not names:
        return Setting("default")
    name, variable = names[0]
    ignored = next((f", before {other} ({value})" for value, other in names if value != name), "")
    return Setting(name, f"{variable}{ignored}")


class SettingResolver(RedactedStruct, frozen=True, kw_only=True):
    """Lookup of settings in the environment, then in the profile; each result has its source."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"environ"})

    environ: Mapping[str, str]
    files: SharedFiles
    profile: str

    def text(self, *variables: str, key: str = "") -> Setting[str | None]:
        """Return the first variable that is set and not empty, else the profile's setting of that key, else None.

        Raises ConfigurationError when the profile's setting spans several lines.
        """
        for variable in variables:
            if text := self.environ.get(variable, "").strip():
                return Setting(text, variable)
        source = self.files.setting_source(self.profile, key)
        text = setting_text(self.files.profile(self.profile), key, source)
        return Setting(text, source) if text else UNSET

    def parse_setting(
        self, variable: str, key: str, parse: Callable[[str], T | None], expected: str, default: T
    ) -> Setting[T]:
        """Return a setting parsed from text; parse returns None for a malformed value.

        Raises ConfigurationError, with the source and what is expected, for a malformed value.
        """
        setting = self.text(variable, key=key)
        if setting.value is None:
            return Setting(default)
        value = parse(setting.value)
        if value is None:
            source = variable if setting.source == variable else f"{key} of {setting.source}"
            hint = comment_hint(setting.value)
            raise ConfigurationError(f"{source} must be {expected}, not {setting.value[:40]!r}{hint}")
        return Setting(value, setting.source)

    def boolean(self, variable: str, key: str) -> Setting[bool]:
        """Return a boolean setting; the default is False."""
        return self.parse_setting(
            variable, key, lambda text: {"true": True, "false": False}.get(text.lower()), "true or false", default=False
        )

    def max_attempts(self, default: int) -> Setting[int]:
        """Return the maximum number of attempts of a call, the first included."""
        expected = "a whole number of attempts, 1 or more"
        return self.parse_setting("AWS_MAX_ATTEMPTS", "max_attempts", _parse_positive, expected, default)

    def retry_mode(self) -> Setting[RetryMode]:
        """Return the retry mode; the source notes when "standard" replaces "legacy", which wsclient does not have."""
        known = (*RETRY_MODES, LEGACY_RETRY_MODE)
        setting = self.parse_setting(
            "AWS_RETRY_MODE",
            "retry_mode",
            lambda text: text.lower() if text.lower() in known else None,
            f"one of {', '.join(known)}",
            "standard",
        )
        if setting.value == LEGACY_RETRY_MODE:
            return Setting("standard", f"{setting.source} ({setting.value} is not supported; standard is used)")
        return Setting(cast("RetryMode", setting.value), setting.source)

    def app_id(self) -> Setting[str | None]:
        """Return the application id; the source notes when it is cut, since the AWS SDKs only warn of a longer one."""
        setting = self.text("AWS_SDK_UA_APP_ID", key="sdk_ua_app_id")
        length = len(setting.value or "")
        if setting.value is None or length <= MAX_APP_ID:
            return setting
        return Setting(setting.value[:MAX_APP_ID], f"{setting.source} (cut to {MAX_APP_ID} of {length} characters)")

    def region(self) -> Setting[str | None]:
        """Return the region; raises ConfigurationError when AWS_REGION and AWS_DEFAULT_REGION differ."""
        first, second = (self.environ.get(name, "").strip() for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
        if first and second and first != second:
            raise ConfigurationError(
                f"AWS_REGION is {first} and AWS_DEFAULT_REGION is {second}: set both to the same region, unset one, or "
                "pass region="
            )
        return self.text("AWS_REGION", "AWS_DEFAULT_REGION", key="region")

    def proxy(self, name: str) -> Setting[str | None]:
        """Return HTTPS_PROXY or NO_PROXY. The lower-case variable takes precedence, even when it is set but empty."""
        lower = name.lower()
        return self.text(lower if lower in self.environ else name)

    def ca_bundle(self, home: Path) -> Setting[str | None]:
        """Return the path of the CA bundle, with a leading ~ expanded.

        Without one, the source tells that REQUESTS_CA_BUNDLE, which botocore follows, is set and not followed.
        """
        setting = self.text("AWS_CA_BUNDLE", key="ca_bundle")
        if setting.value is not None:
            path = setting.value
            return Setting(str(expand_home(path, home)) if path.startswith("~") else path, setting.source)
        other = self.environ.get("REQUESTS_CA_BUNDLE", "").strip()
        return Setting(None, f"REQUESTS_CA_BUNDLE ({other}) is not followed: set AWS_CA_BUNDLE") if other else UNSET

    def endpoint_url(self, service: str) -> Setting[str | None]:
        """Return the configured endpoint URL.

        Precedence: AWS_ENDPOINT_URL_SERVICE, AWS_ENDPOINT_URL, the profile's services section, the profile's
        endpoint_url. AWS_IGNORE_CONFIGURED_ENDPOINT_URLS disables all four.

        "Service-specific endpoints", https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        ignored = self.boolean("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
        if ignored.value:
            return Setting(None, ignored.source)
        setting = self.text(f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL")
        return setting if setting.value else self._services_url(service) or self.text(key="endpoint_url")

    def _services_url(self, service: str) -> Setting[str | None] | None:
        """Return the service's URL in the services section that the profile names, or None if unset."""
        name = self.text(key="services")
        if name.value is None:
            return None
        source = f"[services {name.value}] in {self.files.config_path}"
        if name.value not in self.files.services:
            raise ConfigurationError(f"{name.source} refers to a section that does not exist: {source}")
        settings = self.files.services[name.value].get(service, {})
        url = "" if isinstance(settings, str) else settings.get("endpoint_url", "")
        return Setting(url, source) if url else None


def _parse_positive(text: str) -> int | None:
    # The limit on digits keeps int() cheap and the number plausible.
    is_number = text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_DIGITS
    return (int(text) or None) if is_number else None
