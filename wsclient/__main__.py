"""Command line `wsclient`, which is also `python -m wsclient`. Needs the extra wsclient[cli]."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from io import TextIOWrapper

_EXIT_USAGE = 2
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of an output that takes no more: disk full, quota exceeded, file too large."""


def main() -> None:
    """Run a command; without the extra, print how to install it and exit with code 2."""
    # Names of the account, and rich's own lines, are not limited to the characters of a terminal's encoding.
    with suppress(AttributeError):  # there may be no standard output, or one of the caller's own
        cast("TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")
    try:
        from wsclient.cli.app import app  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        sys.stderr.write(f"the package {error.name} is missing; install it with: pip install 'wsclient[cli]'\n")
        sys.exit(_EXIT_USAGE)
    # The name decides about the shell completion: a script has one, `python -m wsclient` cannot.
    try:
        app(prog_name="python -m wsclient" if PurePath(sys.argv[0]).name == "__main__.py" else "wsclient")
    except OSError as error:
        if error.errno not in _FULL or error.filename is not None:
            raise
        # Python flushes what is left at exit, and would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr.write(f"cannot write the output: {error.strerror}\n")
        sys.exit(_EXIT_USAGE)


if __name__ == "__main__":
    main()
