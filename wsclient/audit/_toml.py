"""TOML files of an audit: read, and checked for unknown names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsclient._core.argument_checks import unknown_option
from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    """Return the content of a TOML file; raise ConfigurationError for other content, and OSError."""
    try:
        # utf-8-sig: editors of Windows begin a file with a byte order mark, which TOML does not allow.
        return tomllib.loads(Path(path).read_bytes().decode("utf-8-sig"))
    # ValueError: TOMLDecodeError, UnicodeDecodeError, and that of an integer of thousands of digits.
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path} is not a TOML file: {error}") from None


def require_known(where: str, names: Iterable[object], known: Iterable[str]) -> None:
    """Raise ConfigurationError for an unknown name, with the closest known name."""
    options = tuple(known)
    for name in names:
        if name not in options:
            raise ConfigurationError(str(unknown_option(where, str(name), options)))
