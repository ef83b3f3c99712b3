"""Parser of ~/.aws/config and ~/.aws/credentials, from bytes to SharedFiles.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. Where that page
leaves a case open (duplicates, comments, unusual section names), the parser does what botocore does. A line of these
files may contain a secret key, so no message quotes a line, and configparser's errors, which do, are not chained.
"""

from __future__ import annotations

import configparser
import shlex
from bisect import bisect_left
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient._core.tracebacks import without_locals
from wsclient.config._profiles import SharedFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.config._profiles import Section, Value


PREFIXES = ("profile", "sso-session", "services")
"""Types of sections in the config file; the profile default needs none."""


@without_locals
def parse_shared_files(config: tuple[str, bytes], credentials: tuple[str, bytes]) -> SharedFiles:
    """Parse the two files, each given as (path, content); raises ConfigurationError with path and line."""
    (config_path, config_bytes), (credentials_path, credentials_bytes) = config, credentials
    sections = parse_sections(config_path, decode(config_path, config_bytes))
    return SharedFiles(
        config_path=config_path,
        credentials_path=credentials_path,
        profiles=_sections_by_name("profile", sections),
        credentials=parse_sections(credentials_path, decode(credentials_path, credentials_bytes)),
        sso_sessions=_sections_by_name("sso-session", sections),
        services=_sections_by_name("services", sections),
        unread=frozenset(title for title in sections if not title.startswith(PREFIXES) or _is_misread(title)),
    )


@without_locals
def decode(path: str, content: bytes) -> str:
    """Decode a file's content as UTF-8; raises ConfigurationError with path and line when it is not UTF-8."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ConfigurationError(f"{path} is UTF-16 text, as PowerShell writes it; save it as UTF-8")
    content = content.removeprefix(BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise ConfigurationError(f"{path}, line {line}, is malformed: it is not UTF-8 text")


@without_locals
def parse_sections(path: str, text: str) -> dict[str, Section]:
    """Parse the sections of a file, by their whole titles; raises ConfigurationError with path and line."""
    # configparser reads from StringIO, which splits lines at \n only; these files may have \r\n or \r.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return {title: dict(map(_parse_setting, section.items())) for title, section in _raw_sections(text)}
    except configparser.Error as error:
        problem = f"{path}{_line_text(error)} is malformed: {_error_text(error)}"
    except ValueError:
        line = _malformed_nested_line(text)
        problem = f"{path}, line {line}, is malformed: a nested line must have the form setting = value"
    # Raised outside the except clauses, so that configparser's error, which quotes the line, is not its context.
    raise ConfigurationError(problem)


def _raw_sections(text: str) -> list[tuple[str, dict[str, str]]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return [(title, dict(parser.items(title))) for title in parser.sections()]


def _parse_setting(item: tuple[str, str]) -> tuple[str, Value]:
    """Return a setting and its value: text, or nested settings when the value starts on the next line."""
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


def _malformed_nested_line(text: str) -> int:
    """Return the number of the first nested line without "=".

    configparser does not report line numbers of values, so this bisects for the shortest malformed prefix of the file.
    """
    lines = text.split("\n")

    def is_malformed(line_count: int) -> bool:
        try:
            for _, section in _raw_sections("\n".join(lines[:line_count])):
                list(map(_parse_setting, section.items()))
        except ValueError:
            return True
        return False

    return bisect_left(range(len(lines)), x=True, key=is_malformed)


def _sections_by_name(prefix: str, sections: Mapping[str, Section]) -> dict[str, Section]:
    """Return the sections of one type ([profile x], [services "y z"]) by their names; a later duplicate wins."""
    by_name: dict[str, Section] = {}
    for title, section in sections.items():
        if prefix == "profile" and title == "default":
            by_name[title] = section
        elif title.startswith(prefix) and (name := _section_name(title)) is not None:
            by_name[name] = section
    return by_name


def _section_name(title: str) -> str | None:
    try:
        _, name = shlex.split(title)
    except ValueError:  # an unclosed quote, as in [profile O'Brien], or not exactly two words
        return None
    return name


def _is_misread(title: str) -> bool:
    """Return whether a title of a profile needs quotes: unquoted, it gives no name, or not the name that it shows."""
    shown = title.removeprefix("profile").strip()
    return title.startswith("profile") and not shown.startswith(("'", '"')) and _section_name(title) != shown


def _line_text(error: configparser.Error) -> str:
    number = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", [])), (None,))[0]
    return f", line {number}," if number else ""


def _error_text(error: configparser.Error) -> str:
    match error:
        case configparser.DuplicateSectionError():
            return "duplicate section; move its settings to the first"
        case configparser.DuplicateOptionError():
            return "duplicate setting in the section; remove one of the two"
        case configparser.MissingSectionHeaderError():
            return "a setting before the first [section]"
        case _:
            return "neither a [section] nor setting = value"
