"""The grammar of ~/.aws/config and ~/.aws/credentials, from text to values.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. What that page
leaves open (duplicates, comments, odd section names) is read as botocore reads it. A line of these files may hold a
key, so no message quotes one, and no error of another library, which would, is kept as context.
"""

from __future__ import annotations

import configparser
import shlex
from bisect import bisect_left
from codecs import BOM_UTF8
from collections.abc import Mapping
from difflib import get_close_matches
from typing import ClassVar

from wsclient._errors import ConfigurationError
from wsclient._guarded import Guarded

Value = str | Mapping[str, str]
"""A setting's value: text, or the settings nested below it."""
Section = Mapping[str, Value]
"""The settings of one section by their names in lower case."""

NAMES_SHOWN = 10
"""Profile names that a message lists when none is like the one that was asked for."""


class SharedFiles(Guarded, frozen=True, kw_only=True):
    """What the two files say: the profiles of each, and the sso-session and services sections of the config file.

    config_path and credentials_path are for messages; the sections may hold secrets, so none is in the repr.
    """

    _unseen: ClassVar[frozenset[str]] = frozenset({"profiles", "credentials", "sso_sessions", "services"})

    config_path: str
    credentials_path: str
    profiles: Mapping[str, Section]
    credentials: Mapping[str, Section]
    sso_sessions: Mapping[str, Section]
    services: Mapping[str, Section]

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
        near = get_close_matches(name, known, n=3)
        listed = ", ".join(known[:NAMES_SHOWN]) + (", ..." if len(known) > NAMES_SHOWN else "")
        hint = f"did you mean {' or '.join(near)}?" if near else f"profiles there: {listed or 'none'}"
        where = f"{self.config_path} or {self.credentials_path}"
        raise ConfigurationError(f"no profile {name} (chosen by {chosen_by}) in {where}; {hint}")

    def source_of(self, profile: str, key: str) -> str:
        """Say in which file a profile's setting stands."""
        path = self.credentials_path if key in self.credentials.get(profile, {}) else self.config_path
        return f"profile {profile} in {path}"


def text_of(section: Section, key: str, where: str) -> str:
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


def shared_files(config: tuple[str, bytes], credentials: tuple[str, bytes]) -> SharedFiles:
    """Read the two files, each given as (path, content); raises ConfigurationError with path and line."""
    (config_path, config_bytes), (credentials_path, credentials_bytes) = config, credentials
    sections = parse_sections(config_path, decode(config_path, config_bytes))
    return SharedFiles(
        config_path=config_path,
        credentials_path=credentials_path,
        profiles=_named("profile", sections),
        credentials=parse_sections(credentials_path, decode(credentials_path, credentials_bytes)),
        sso_sessions=_named("sso-session", sections),
        services=_named("services", sections),
    )


def decode(path: str, content: bytes) -> str:
    """Return a file's text; raises ConfigurationError with path and line when it is not UTF-8."""
    content = content.removeprefix(BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise ConfigurationError(f"{path}, line {line}, is malformed: it is not UTF-8 text")


def parse_sections(path: str, text: str) -> dict[str, Section]:
    """Return the sections of a file by their whole titles; raises ConfigurationError with path and line."""
    # StringIO, in which configparser reads, takes a line to end at \n alone; a file's line may end otherwise.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return {title: dict(map(_setting, section.items())) for title, section in _parsed(text)}
    except configparser.Error as error:
        problem = f"{path}{_line(error)} is malformed: {_what(error)}"
    except ValueError:
        problem = f"{path}, line {_badly_nested_line(text)}, is malformed: a nested line is no setting = value"
    raise ConfigurationError(problem)


def _parsed(text: str) -> list[tuple[str, dict[str, str]]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return [(title, dict(parser.items(title))) for title in parser.sections()]


def _setting(item: tuple[str, str]) -> tuple[str, Value]:
    """Return a setting with its value, or with the settings nested below it when that starts on the next line."""
    key, value = item
    if not value.startswith("\n"):
        return item
    nested: dict[str, str] = {}
    for line in filter(None, map(str.strip, value.splitlines())):
        name, equals, text = line.partition("=")
        if not equals:
            raise ValueError
        nested[name.strip()] = text.strip()
    return key, nested


def _badly_nested_line(text: str) -> int:
    """Return the number of the first nested line without =: the last of the shortest beginning that has one."""
    lines = text.split("\n")

    def is_bad(count: int) -> bool:
        try:
            for _, section in _parsed("\n".join(lines[:count])):
                list(map(_setting, section.items()))
        except ValueError:
            return True
        return False

    return bisect_left(range(len(lines)), x=True, key=is_bad)


def _named(kind: str, sections: Mapping[str, Section]) -> dict[str, Section]:
    """Return the sections of a kind ([profile x], [services "y z"]) by their own names; the later of two counts."""
    named: dict[str, Section] = {}
    for title, section in sections.items():
        if kind == "profile" and title == "default":
            named[title] = section
        elif title.startswith(kind) and (name := _second_word(title)) is not None:
            named[name] = section
    return named


def _second_word(title: str) -> str | None:
    try:
        _, name = shlex.split(title)
    except ValueError:  # an open quote, or not two words: no section of ours
        return None
    return name


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
            return "it is neither a [section] nor a setting = value"
