"""Command line `wsclient`, which is also `python -m wsclient`. Needs the extra wsclient[cli]."""

import sys
from pathlib import PurePath

_EXIT_USAGE = 2


def main() -> None:
    """Run a command; without the extra, print how to install it and exit with code 2."""
    try:
        from wsclient.cli.app import app  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        sys.stderr.write(f"the package {error.name} is missing; install it with: pip install 'wsclient[cli]'\n")
        sys.exit(_EXIT_USAGE)
    # The name decides about the shell completion: a script has one, `python -m wsclient` cannot.
    app(prog_name="python -m wsclient" if PurePath(sys.argv[0]).name == "__main__.py" else "wsclient")


if __name__ == "__main__":
    main()
