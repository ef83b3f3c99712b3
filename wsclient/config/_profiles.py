"""SharedFiles: values of ~/.aws/config and ~/.aws/credentials; wsclient/config/_profile_parser.py parses them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.utils import close_matches, has_lone_surrogate

Value = str | Mapping[str, str]
"""A setting's value: text, or nested settings."""
Section = Mapping[str, Value]
"""Settings of one section, by lower-case name."""

MAX_LISTED_NAMES = 10
"""Maximum number of profile names in a message, when no name is close to the unknown one."""


class SharedFiles(RedactedStruct, frozen=True, kw_only=True):
    """Values of the two files: the profiles of each, and the sso-session and services sections of the config file.

    config_path and credentials_path are for messages. unread has the titles of sections of the config file that no tool
    reads under the name they show: they lack a type such as "profile", or quotes around the name. home is the home
    directory if neither file exists: with sudo, cron or systemd it may be another than expected. The sections may
    contain secrets, so the repr omits them.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"profiles", "credentials", "sso_sessions", "services"})

    config_path: str
    credentials_path: str
    profiles: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    credentials: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    sso_sessions: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    services: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    unread: frozenset[str] = frozenset()
    home: str | None = None

    def profile(self, name: str) -> Section:
        """Return the settings of a profile, or {} if it does not exist. The credentials file takes precedence."""
        return {**self.profiles.get(name, {}), **self.credentials.get(name, {})}

    def has_profile(self, name: str) -> bool:
        """Return whether either file has a profile of that name."""
        return name in self.profiles or name in self.credentials

    def require_profile(self, name: str, source: str) -> None:
        """Raise ConfigurationError, with the files and close names, when neither file has the profile.

        source is the argument or variable that selects the profile.
        """
        if self.has_profile(name):
            return
        known = sorted({*self.profiles, *self.credentials})
        matches = close_matches(name, known)
        listed = ", ".join(known[:MAX_LISTED_NAMES]) + (", ..." if len(known) > MAX_LISTED_NAMES else "")
        others = f"did you mean {' or '.join(matches)}?" if matches else f"existing profiles: {listed or 'none'}"
        hint = self.missing_hint(name) or others
        if has_lone_surrogate(name):  # Python has decoded a variable or argument by another encoding than the files'
            hint += "; the locale's encoding does not have its characters: set PYTHONUTF8=1"
        if name != name.strip():  # as a line of an .env file with a space or \r at its end
            name, hint = repr(name), "remove the white space around the name"
        paths = f"{self.config_path} or {self.credentials_path}"
        raise ConfigurationError(f"no profile {name} (chosen by {source}) in {paths}; {hint}")

    def missing_hint(self, name: str) -> str | None:
        """Return why a profile may be missing, or None: no file exists, or its title has a form which no tool reads."""
        if self.home is not None:
            known = f"~ is {self.home}" if self.home != "~" else "the user has no home directory: set HOME"
            is_in_home = any(path.startswith("~/") for path in (self.config_path, self.credentials_path))
            return f"neither file exists ({known})" if is_in_home else "neither file exists"
        titles = {" ".join(title.split()): title for title in self.unread}
        for shown in (name, f"profile {name}"):
            if shown in titles:
                return f"write [{titles[shown]}] in {self.config_path} as [{_title_of(name, titles[shown])}]"
        for title in {f"profile {name}", *(title for title in self.credentials if title.strip() == name)}:
            if title in self.credentials:
                return f"write [{title}] in {self.credentials_path} as [{name}]"
        return None

    def setting_source(self, profile: str, key: str) -> str:
        """Return the source of a profile's setting: the profile and the file that defines the setting."""
        path = self.credentials_path if key in self.credentials.get(profile, {}) else self.config_path
        return f"profile {profile} in {path}"


def _title_of(name: str, found: str) -> str:
    """Return the title of a profile in the config file, in place of one under which no tool finds it."""
    if name == "default":
        return name
    if found != f"profile {name}":
        return f"profile {name}"
    return f"profile '{name}'" if '"' in name else f'profile "{name}"'


def expand_home(text: str | Path, home: Path) -> Path:
    """Return a path with a leading ~/ replaced by the home directory; ~user is not expanded."""
    text = str(text)
    return home / text[1:].lstrip("/\\") if text.startswith(("~/", "~\\")) else Path(text)


def setting_text(section: Section, key: str, source: str) -> str:
    """Return a setting's text, or "" when it is missing or has nested settings.

    Raises ConfigurationError when the text spans several lines: an indented line continues the setting above it, so a
    secret key on that line would be shown wherever the setting is shown.
    """
    value = section.get(key, "")
    text = value.strip() if isinstance(value, str) else ""
    if "\n" in text:
        raise ConfigurationError(
            f"{key} of {source} spans several lines: an indented line continues the setting above it. Start each "
            "setting at the beginning of its line"
        )
    return text
