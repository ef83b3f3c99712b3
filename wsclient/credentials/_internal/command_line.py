"""Command line of credential_process, split into arguments by the rules of the platform.

"Process credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html;
"Parsing C command-line arguments",
https://learn.microsoft.com/en-us/cpp/c-language/parsing-c-command-line-arguments
"""

from __future__ import annotations

import os
import re
import shlex

from wsclient._core.errors import ConfigurationError

# Backslashes count as escapes only in front of a double quote.
_WINDOWS_PART = re.compile(r'(?P<escapes>\\*)"|(?P<space>[ \t]+)|(?P<text>\\+|[^\\" \t]+)')


def split_command(command: str, where: str, *, is_windows: bool = os.name == "nt") -> tuple[str, ...]:
    """Split a command into arguments: by POSIX shell rules, or by Microsoft's on Windows.

    Raises ConfigurationError, with the setting's name where, for an empty command and an unclosed quote.
    """
    try:
        words = _split_windows(command) if is_windows else shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise ConfigurationError(f"{where} must be a command: it is empty, or has an unclosed quote")
    return tuple(words)


def _split_windows(command: str) -> list[str]:
    """Split by Microsoft's rules: only space and tab separate, only double quotes quote, single quotes are text."""
    words: list[str] = []
    word: str | None = None
    is_quoted = False
    for part in _WINDOWS_PART.finditer(command):
        if part["space"] is not None and not is_quoted:
            words += [] if word is None else [word]
            word = None
        elif part["escapes"] is not None:
            count = len(part["escapes"])
            is_escaped = count % 2 == 1
            word = (word or "") + "\\" * (count // 2) + ('"' if is_escaped else "")
            is_quoted ^= not is_escaped
        else:
            word = (word or "") + part[0]
    if is_quoted:
        raise ValueError("unclosed quote")
    return words if word is None else [*words, word]
