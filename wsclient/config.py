"""Settings: what the caller says, else the environment, else the profile, else the default; each with its source.

"Settings reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html. This is the one module
that reads the environment and the AWS files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from wsclient._errors import ConfigurationError
from wsclient._profiles import SharedFiles, shared_files
from wsclient._proxies import proxy_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ClientConfig", "Setting", "proxy_for", "read_shared_files", "system_environment", "system_home"]

T = TypeVar("T")

ARGUMENT = "argument"
DEFAULT = "default"
DEFAULT_MAX_ATTEMPTS = 3
RETRY_MODES = ("standard", "off")
OLDER_RETRY_MODES = ("legacy", "adaptive")
"""Modes of other SDKs' files that wsclient answers with its standard mode."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A value, and in words where it came from: argument, a variable's name, a profile in a file, or default."""

    value: T
    source: str = DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientConfig:
    """Every setting of a client that can be configured outside the program; secrets are not among them."""

    profile: Setting[str]
    region: Setting[str | None] = Setting(None)
    endpoint_url: Setting[str | None] = Setting(None)
    use_fips: Setting[bool] = Setting(False)  # noqa: FBT003 - the value of a setting
    use_dualstack: Setting[bool] = Setting(False)  # noqa: FBT003 - the value of a setting
    max_attempts: Setting[int] = Setting(DEFAULT_MAX_ATTEMPTS)
    retry_mode: Setting[Literal["standard", "off"]] = Setting("standard")
    ca_bundle: Setting[str | None] = Setting(None)
    https_proxy: Setting[str | None] = Setting(None)
    no_proxy: Setting[str | None] = Setting(None)
    app_id: Setting[str | None] = Setting(None)

    @classmethod
    def load(
        cls,
        service: str,
        *,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        profile: str | None = None,
        region: str | None = None,
        endpoint_url: str | None = None,
        use_fips: bool | None = None,
        use_dualstack: bool | None = None,
        proxy: str | None = None,
        app_id: str | None = None,
    ) -> ClientConfig:
        """Read the settings of a client of "workspaces" or "sts".

        environ and home stand in for the process's own. Raises ConfigurationError for an unknown profile, a malformed
        file or value, and region variables that differ.
        """
        environ = system_environment() if environ is None else environ
        home = system_home(environ) if home is None else home
        loaded = _Reader.of(service, environ, home, profile, wants_region=region is None).load()
        return loaded.override(
            region=region,
            endpoint_url=endpoint_url,
            use_fips=use_fips,
            use_dualstack=use_dualstack,
            proxy=proxy,
            app_id=app_id,
        )

    def override(
        self,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        use_fips: bool | None = None,
        use_dualstack: bool | None = None,
        proxy: str | None = None,
        app_id: str | None = None,
    ) -> ClientConfig:
        """Return the settings with what the caller says in place; None says nothing."""
        for name, value, kind in (
            ("use_fips", use_fips, bool),
            ("use_dualstack", use_dualstack, bool),
            ("region", region, str),
            ("endpoint_url", endpoint_url, str),
        ):
            if value is not None and not isinstance(value, kind):
                raise ConfigurationError(f"{name} must be a {kind.__name__}, not a {type(value).__name__}")
        return replace(
            self,
            region=_said(region, self.region),
            endpoint_url=_said(endpoint_url, self.endpoint_url),
            use_fips=_said(use_fips, self.use_fips),
            use_dualstack=_said(use_dualstack, self.use_dualstack),
            https_proxy=_said(proxy, self.https_proxy),
            app_id=_said(app_id, self.app_id),
        )

    def describe(self) -> str:
        """Return a table for people: setting, value, source. User names and passwords in URLs are masked."""
        rows = [(member.name, getattr(self, member.name)) for member in fields(self)]
        return "\n".join(f"{name:<14} {_masked(setting.value):<40} {setting.source}" for name, setting in rows)

    def __repr__(self) -> str:
        """Show the settings that are not default, credentials in URLs masked."""
        rows = [(member.name, getattr(self, member.name)) for member in fields(self)]
        said = (f"{name}={_masked(setting.value)}" for name, setting in rows if setting.source != DEFAULT)
        return f"ClientConfig({', '.join(said)})"


def _said(value: T | None, otherwise: Setting[T]) -> Setting[T]:
    return otherwise if value is None else Setting(value, ARGUMENT)


def system_environment() -> Mapping[str, str]:
    """Return a snapshot of the process's environment; it may hold secrets, so nobody keeps it for long."""
    return dict(os.environ)


def system_home(environ: Mapping[str, str]) -> Path:
    """Return the user's home directory."""
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or "~").expanduser()


def read_shared_files(environ: Mapping[str, str], home: Path) -> SharedFiles:
    """Read the AWS files; one that does not exist is empty. Blocks for as long as that takes."""
    paths = [
        _path(environ.get(variable) or str(home / ".aws" / name), home)
        for variable, name in (("AWS_CONFIG_FILE", "config"), ("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
    ]
    config, credentials = ((str(path), _text(path)) for path in paths)
    return shared_files(config, credentials)


def _path(text: str, home: Path) -> Path:
    return home / text.removeprefix("~").lstrip("/\\") if text == "~" or text.startswith(("~/", "~\\")) else Path(text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path} is not UTF-8 text") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Looks a setting up in environment and profile, in that order, and says where it stood."""

    service: str
    environ: Mapping[str, str]
    files: SharedFiles
    profile: Setting[str]
    wants_region: bool

    @classmethod
    def of(
        cls, service: str, environ: Mapping[str, str], home: Path, profile: str | None, *, wants_region: bool
    ) -> _Reader:
        """Choose the profile and read the files; a profile that somebody asked for must be there."""
        files = read_shared_files(environ, home)
        chosen = _profile(environ, profile)
        if chosen.source != DEFAULT and not files.has_profile(chosen.value):
            try:
                files.profile(chosen.value)
            except ConfigurationError as error:
                raise ConfigurationError(f"{error} (the profile was chosen by {chosen.source})") from None
        return cls(service, environ, files, chosen, wants_region)

    def load(self) -> ClientConfig:
        """Look up everything."""
        return ClientConfig(
            profile=self.profile,
            region=self._region(),
            endpoint_url=self._endpoint_url(),
            use_fips=self._look_up(("AWS_USE_FIPS_ENDPOINT",), "use_fips_endpoint", _boolean, default=False),
            use_dualstack=self._look_up(
                ("AWS_USE_DUALSTACK_ENDPOINT",), "use_dualstack_endpoint", _boolean, default=False
            ),
            max_attempts=self._look_up(("AWS_MAX_ATTEMPTS",), "max_attempts", _attempts, default=DEFAULT_MAX_ATTEMPTS),
            retry_mode=self._look_up(("AWS_RETRY_MODE",), "retry_mode", _retry_mode, default="standard"),
            ca_bundle=self._text(("AWS_CA_BUNDLE",), "ca_bundle"),
            https_proxy=self._text(("HTTPS_PROXY", "https_proxy"), None),
            no_proxy=self._text(("NO_PROXY", "no_proxy"), None),
            app_id=self._text(("AWS_SDK_UA_APP_ID",), "sdk_ua_app_id"),
        )

    def _text(self, variables: tuple[str, ...], key: str | None) -> Setting[str | None]:
        return self._look_up(variables, key, lambda text: text, default=None)

    def _look_up(
        self, variables: tuple[str, ...], key: str | None, read: Callable[[str], T], *, default: T
    ) -> Setting[T]:
        """Return the first that is there and not empty, read; raises ConfigurationError that names what is malformed."""
        for variable in variables:
            if text := self.environ.get(variable, "").strip():
                return Setting(_reading(read, text, variable), variable)
        if key is not None and (text := self._of_profile(key)):
            source = self.files.source_of(self.profile.value, key)
            return Setting(_reading(read, text, f"{key} of {source}"), source)
        return Setting(default)

    def _of_profile(self, key: str) -> str:
        if not self.files.has_profile(self.profile.value):
            return ""
        value = self.files.profile(self.profile.value).get(key, "")
        return value.strip() if isinstance(value, str) else ""

    def _region(self) -> Setting[str | None]:
        first, second = (self.environ.get(name, "").strip() for name in ("AWS_REGION", "AWS_DEFAULT_REGION"))
        if self.wants_region and first and second and first != second:
            raise ConfigurationError(
                f"AWS_REGION is {first} and AWS_DEFAULT_REGION is {second}: make them agree, unset one, or pass region="
            )
        return self._text(("AWS_REGION", "AWS_DEFAULT_REGION"), "region")

    def _endpoint_url(self) -> Setting[str | None]:
        """Return the configured URL: the service's variable, the general one, the services section, the profile's."""
        ignored = self._look_up(
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",), "ignore_configured_endpoint_urls", _boolean, default=False
        )
        if ignored.value:
            return Setting(None, ignored.source)
        found = self._text((f"AWS_ENDPOINT_URL_{self.service.upper()}", "AWS_ENDPOINT_URL"), None)
        return found if found.value else self._services_section() or self._text((), "endpoint_url")

    def _services_section(self) -> Setting[str | None] | None:
        name = self._of_profile("services")
        if not name:
            return None
        if name not in self.files.services:
            source = self.files.source_of(self.profile.value, "services")
            raise ConfigurationError(f"{source} names [services {name}], which {self.files.config_path} does not have")
        settings = self.files.services[name].get(self.service, {})
        url = settings.get("endpoint_url", "").strip() if not isinstance(settings, str) else ""
        return Setting(url, f"[services {name}] in {self.files.config_path}") if url else None


def _profile(environ: Mapping[str, str], profile: str | None) -> Setting[str]:
    if profile is not None:
        return Setting(profile, ARGUMENT)
    for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if environ.get(variable):
            return Setting(environ[variable], variable)
    return Setting("default")


def _reading(read: Callable[[str], T], text: str, where: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise ConfigurationError(f"{where} is {text!r}, which is not {error}") from None


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError("true or false")
    return text.lower() == "true"


def _attempts(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ValueError("a whole number of attempts, 1 or more")
    return int(text)


def _retry_mode(text: str) -> Literal["standard", "off"]:
    if text.lower() == "off":
        return "off"
    if text.lower() not in {*RETRY_MODES, *OLDER_RETRY_MODES}:
        raise ValueError(f"one of {', '.join((*RETRY_MODES, *OLDER_RETRY_MODES))}")
    return "standard"


def _masked(value: object) -> str:
    """Return a value for showing; what stands before the @ of a URL is hidden."""
    text = "" if value is None else str(value)
    authority = urlsplit(text).netloc if "://" in text else text.split("/", 1)[0]
    return text.replace(authority, f"***@{authority.rpartition('@')[2]}") if "@" in authority else text
