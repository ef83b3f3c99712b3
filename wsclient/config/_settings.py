"""One setting: its value with its source, how it is read from text, and where it is looked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar, cast, get_args

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient.config._profiles import setting_text
from wsclient.retries._policy import RetryMode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient.config._profiles import SharedFiles

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ARGUMENT = "argument"
DEFAULT = "default"
RETRY_MODES = get_args(RetryMode)
OLDER_RETRY_MODE = "legacy"
"""A mode that environment and files may hold for other SDKs; wsclient's standard mode answers for it."""
LONGEST_NUMBER = 9
USER_INFO = r"(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@"
"""What stands before the host of a URL, or of a proxy without a scheme; a password may hold / and @ as they are."""

# In this order, as botocore asks for them.
PROFILE_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")


class Setting(msgspec.Struct, Generic[T_co], frozen=True):
    """A value, and in words where it came from: argument, a variable's name, a profile in a file, or default."""

    value: T_co
    source: str = DEFAULT

    def __repr__(self) -> str:
        """Show both; user names and passwords in a URL are masked."""
        value = mask_user_info(self.value) if isinstance(self.value, str) else self.value
        return f"Setting({value!r}, {self.source!r})"


UNSET: Setting[None] = Setting(None)
SWITCHED_OFF: Setting[bool] = Setting(value=False)


def mask_user_info(value: object) -> str:
    """Return a value for showing; what stands before the last @ of a URL is hidden, and None is nothing."""
    return "" if value is None else re.sub(USER_INFO, r"\1***@", str(value))


def from_argument(name: str, value: object, kind: type[T]) -> Setting[T] | None:
    """Return an argument as a setting, None when it says nothing; raises ConfigurationError for another type."""
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigurationError(f"{name} must be a {kind.__name__}, not a {type(value).__name__}")
    return Setting(value, ARGUMENT)


def resolve_profile(environ: Mapping[str, str], profile: str | None) -> Setting[str]:
    """Return which profile applies: the argument, AWS_DEFAULT_PROFILE, AWS_PROFILE, or default."""
    given = from_argument("profile", profile, str)
    if given is not None:
        return given
    for variable in PROFILE_VARIABLES:
        if environ.get(variable):
            return Setting(environ[variable], variable)
    return Setting("default")


class SettingResolver(msgspec.Struct, frozen=True, kw_only=True):
    """Looks a setting up in environment and profile, in that order, and says where it stood."""

    environ: Mapping[str, str]
    files: SharedFiles
    profile: str

    def text(self, *variables: str, key: str = "") -> Setting[str | None]:
        """Return the first variable that is set and not empty, else the profile's setting of that key, else None.

        Raises ConfigurationError when the profile's runs over several lines.
        """
        for variable in variables:
            if text := self.environ.get(variable, "").strip():
                return Setting(text, variable)
        source = self.files.source_of(self.profile, key)
        text = setting_text(self.files.profile(self.profile), key, source)
        return Setting(text, source) if text else UNSET

    def parsed(self, variable: str, key: str, read: Callable[[str], T | None], wanted: str, default: T) -> Setting[T]:
        """Return a setting read; raises ConfigurationError that names where it stands when it is not what is wanted."""
        found = self.text(variable, key=key)
        if found.value is None:
            return Setting(default)
        value = read(found.value)
        if value is None:
            where = variable if found.source == variable else f"{key} of {found.source}"
            raise ConfigurationError(f"{where} must be {wanted}, not {found.value[:40]!r}")
        return Setting(value, found.source)

    def boolean(self, variable: str, key: str) -> Setting[bool]:
        """Return a setting that is true or false, by default false."""
        return self.parsed(
            variable, key, lambda text: {"true": True, "false": False}.get(text.lower()), "true or false", default=False
        )

    def attempts(self, default: int) -> Setting[int]:
        """Return how often a call is tried at most."""
        wanted = "a whole number of attempts, 1 or more"
        return self.parsed("AWS_MAX_ATTEMPTS", "max_attempts", _positive, wanted, default)

    def retry_mode(self) -> Setting[RetryMode]:
        """Return the retry mode; the source says so when standard stands in for one that wsclient does not have."""
        known = (*RETRY_MODES, OLDER_RETRY_MODE)
        found = self.parsed(
            "AWS_RETRY_MODE",
            "retry_mode",
            lambda text: text.lower() if text.lower() in known else None,
            f"one of {', '.join(known)}",
            "standard",
        )
        if found.value == OLDER_RETRY_MODE:
            return Setting("standard", f"{found.source} (says {found.value}, for which standard stands in)")
        return Setting(cast("RetryMode", found.value), found.source)

    def region(self) -> Setting[str | None]:
        """Return the region; raises ConfigurationError when the two variables for it differ."""
        first, second = (self.environ.get(name, "").strip() for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
        if first and second and first != second:
            raise ConfigurationError(
                f"AWS_REGION is {first} and AWS_DEFAULT_REGION is {second}: make them agree, unset one, or pass region="
            )
        return self.text("AWS_REGION", "AWS_DEFAULT_REGION", key="region")

    def proxy(self, name: str) -> Setting[str | None]:
        """Return HTTPS_PROXY or NO_PROXY; the lower-case variable goes first, and set but empty it means none."""
        lower = name.lower()
        return self.text(lower if lower in self.environ else name)

    def endpoint_url(self, service: str) -> Setting[str | None]:
        """Return the configured URL: the service's variable, the general one, the services section, the profile's.

        "Service-specific endpoints", https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        ignored = self.boolean("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")
        if ignored.value:
            return Setting(None, ignored.source)
        found = self.text(f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL")
        return found if found.value else self._services_url(service) or self.text(key="endpoint_url")

    def _services_url(self, service: str) -> Setting[str | None] | None:
        """Return the URL of the services section that the profile names, None when that has none for the service."""
        name = self.text(key="services")
        if name.value is None:
            return None
        where = f"[services {name.value}] in {self.files.config_path}"
        if name.value not in self.files.services:
            raise ConfigurationError(f"{name.source} names a section that is not there: {where}")
        settings = self.files.services[name.value].get(service, {})
        url = "" if isinstance(settings, str) else settings.get("endpoint_url", "")
        return Setting(url, where) if url else None


def _positive(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return (int(text) or None) if is_number else None
