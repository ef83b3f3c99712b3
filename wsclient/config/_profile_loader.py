"""Loader of the shared config and credentials files: locates and reads both."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient._core.tracebacks import without_locals
from wsclient.config._profiles import SharedFiles, expand_home

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_VARIABLE = r"(?a)\$(?:(\w+)|\{([^}]*)\})"
_WINDOWS_VARIABLE = rf"{_VARIABLE}|%([^%]+)%"


def shared_file_paths(environ: Mapping[str, str], home: Path) -> tuple[Path, Path]:
    """Return the paths of the config and the credentials file.

    AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE override ~/.aws/config and ~/.aws/credentials. A leading ~ and
    $VARIABLES in their values are expanded, as botocore does; on Windows %VARIABLES% too.
    """
    return (
        _expand_path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config", environ, home),
        _expand_path(environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", environ, home),
    )


@without_locals
def load_shared_files(paths: tuple[Path, Path], home: Path) -> SharedFiles:
    """Read the config and the credentials file; a missing file counts as empty. Blocks while it reads.

    Raises ConfigurationError for a malformed file and for a file that exists but cannot be read.
    """
    config, credentials = ((_display_path(path, home), _content(path)) for path in paths)
    if not config[1] and not credentials[1]:
        missing = None if any(map(os.path.isfile, paths)) else str(home)
        return SharedFiles(config_path=config[0], credentials_path=credentials[0], home=missing)
    from wsclient.config._profile_parser import parse_shared_files  # noqa: PLC0415 - imports configparser; needless without files

    return parse_shared_files(config, credentials)


def _expand_path(text: str, environ: Mapping[str, str], home: Path) -> Path:
    return expand_home(expand_variables(text, environ, is_windows=os.name == "nt"), home)


def expand_variables(text: str, environ: Mapping[str, str], *, is_windows: bool) -> str:
    """Replace the variables of a platform in a path by their values; unknown ones stay."""
    pattern = _WINDOWS_VARIABLE if is_windows else _VARIABLE
    return re.sub(pattern, lambda match: environ.get(match[match.lastindex or 0], match[0]), text)


def _display_path(path: Path, home: Path) -> str:
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _content(path: Path) -> bytes:
    # Path.is_file() raises when the directory belongs to another user; such a home is common in containers.
    if not os.path.isfile(path):  # noqa: PTH113 - for the reason above
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}. Make it readable or remove it") from None
