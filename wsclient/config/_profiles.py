"""What ~/.aws/config and ~/.aws/credentials say, as values; wsclient/config/_profile_parser.py reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.utils import close_matches

Value = str | Mapping[str, str]
"""A setting's value: text, or the settings nested below it."""
Section = Mapping[str, Value]
"""The settings of one section by their names in lower case."""

NAMES_SHOWN = 10
"""Profile names that a message lists when none is like the one that was asked for."""


class SharedFiles(RedactedStruct, frozen=True, kw_only=True):
    """What the two files say: the profiles of each, and the sso-session and services sections of the config file.

    config_path and credentials_path are for messages; the sections may hold secrets, so none is in the repr.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"profiles", "credentials", "sso_sessions", "services"})

    config_path: str
    credentials_path: str
    profiles: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    credentials: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    sso_sessions: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])
    services: Mapping[str, Section] = msgspec.field(default_factory=dict[str, "Section"])

    def profile(self, name: str) -> Section:
        """Return the settings of a profile, those of the credentials file first; none when neither file has it."""
        return {**self.profiles.get(name, {}), **self.credentials.get(name, {})}

    def has_profile(self, name: str) -> bool:
        """Tell whether either file has a profile of that name."""
        return name in self.profiles or name in self.credentials

    def require_profile(self, name: str, chosen_by: str) -> None:
        """Raise ConfigurationError, with the files and the names that are near, when neither file has the profile."""
        if self.has_profile(name):
            return
        known = sorted({*self.profiles, *self.credentials})
        meant = close_matches(name, known)
        listed = ", ".join(known[:NAMES_SHOWN]) + (", ..." if len(known) > NAMES_SHOWN else "")
        hint = f"did you mean {' or '.join(meant)}?" if meant else f"profiles there: {listed or 'none'}"
        where = f"{self.config_path} or {self.credentials_path}"
        raise ConfigurationError(f"no profile {name} (chosen by {chosen_by}) in {where}; {hint}")

    def source_of(self, profile: str, key: str) -> str:
        """Say in which file a profile's setting stands."""
        path = self.credentials_path if key in self.credentials.get(profile, {}) else self.config_path
        return f"profile {profile} in {path}"


def setting_text(section: Section, key: str, where: str) -> str:
    """Return a setting's text, "" when it is not there or has settings below it.

    Raises ConfigurationError when it runs over several lines: an indented line, perhaps one with a key, belongs to
    the setting above it, and would be shown wherever that is.
    """
    value = section.get(key, "")
    text = value.strip() if isinstance(value, str) else ""
    if "\n" in text:
        raise ConfigurationError(
            f"{key} of {where} runs over several lines: an indented line belongs to the setting above it. Start each "
            "setting at the beginning of its line"
        )
    return text
