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
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.config._profiles import SharedFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.config._profiles import Section, Value


def parse_shared_files(config: tuple[str, bytes], credentials: tuple[str, bytes]) -> SharedFiles:
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
