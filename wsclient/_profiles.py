"""The grammar of ~/.aws/config and ~/.aws/credentials, from text to values.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from __future__ import annotations

import configparser
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from wsclient._errors import ConfigurationError

Value = str | Mapping[str, str]
"""A setting's value: text, or the settings nested below it."""
Section = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SharedFiles:
    """What the two files say: profiles of each, and the services sections of the config file.

    config_path and credentials_path are for messages; the sections may hold secrets, so none is in the repr.
    """

    config_path: str
    credentials_path: str
    profiles: Mapping[str, Section] = field(default_factory=dict, repr=False)
    credentials: Mapping[str, Section] = field(default_factory=dict, repr=False)
    services: Mapping[str, Section] = field(default_factory=dict, repr=False)

    def profile(self, name: str) -> Section:
        """Return the settings of a profile, those of the credentials file first; raises when neither file has it."""
        if name not in self.profiles and name not in self.credentials:
            raise ConfigurationError(self._unknown(name))
        return {**self.profiles.get(name, {}), **self.credentials.get(name, {})}

    def has_profile(self, name: str) -> bool:
        """Tell whether either file has a profile of that name."""
        return name in self.profiles or name in self.credentials

    def source_of(self, profile: str, key: str) -> str:
        """Say in which file a profile's setting stands."""
        path = self.credentials_path if key in self.credentials.get(profile, {}) else self.config_path
        return f"profile {profile} in {path}"

    def _unknown(self, name: str) -> str:
        known = sorted({*self.profiles, *self.credentials})
        near = get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known) or 'none'}"
        return f"no profile {name} in {self.config_path} or {self.credentials_path}; {hint}"


def shared_files(config: tuple[str, str], credentials: tuple[str, str]) -> SharedFiles:
    """Read the two files, each given as (path, text); raises ConfigurationError with path and line."""
    (config_path, config_text), (credentials_path, credentials_text) = config, credentials
    sections = parse_sections(config_path, config_text)
    return SharedFiles(
        config_path=config_path,
        credentials_path=credentials_path,
        profiles=_named("profile", sections) | {key: sections[key] for key in ("default",) if key in sections},
        credentials=parse_sections(credentials_path, credentials_text),
        services=_named("services", sections),
    )


def parse_sections(path: str, text: str) -> dict[str, Section]:
    """Return the sections of a file as they are named; raises ConfigurationError with path and line."""
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text.removeprefix("\ufeff"))
    except configparser.Error as error:
        # The library's own words repeat the line, which may hold a key.
        raise ConfigurationError(f"{path}{_line(error)} is malformed: {_what(error)}") from None
    return {
        section: {key: _value(path, section, key, value) for key, value in parser.items(section)}
        for section in parser.sections()
    }


def _value(path: str, section: str, key: str, value: str) -> Value:
    """Return a value, or the settings nested below it when it starts on the next line."""
    if not value.startswith("\n"):
        return value
    nested = [line.strip() for line in value.splitlines() if line.strip()]
    if any("=" not in line for line in nested):
        raise ConfigurationError(f"{path}, [{section}], {key}: a nested line has no =")
    pairs = (line.split("=", 1) for line in nested)
    return {name.strip(): text.strip() for name, text in pairs}


def _named(kind: str, sections: Mapping[str, Section]) -> dict[str, Section]:
    """Return the sections of a kind ([profile x], [services "y z"]) by their own names."""
    named: dict[str, Section] = {}
    for title, section in sections.items():
        if not title.startswith(kind):
            continue
        try:
            words = shlex.split(title)
        except ValueError:
            continue
        if len(words) == 2:  # noqa: PLR2004 - the kind and the name
            named[words[1]] = section
    return named


def _line(error: configparser.Error) -> str:
    number = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", [])), (None,))[0]
    return f", line {number}," if number else ""


def _what(error: configparser.Error) -> str:
    match error:
        case configparser.DuplicateSectionError():
            return "a section stands there twice"
        case configparser.DuplicateOptionError():
            return "a setting stands twice in its section"
        case configparser.MissingSectionHeaderError():
            return "a setting stands before the first [section]"
        case _:
            return "a line is neither a [section] nor a setting = value"
