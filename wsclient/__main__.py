"""Command line: python -m wsclient doctor, python -m wsclient endpoints. Needs the extra wsclient[cli]."""

import sys


def main() -> None:
    """Run a command; without the extra, print how to install it and exit with code 2."""
    try:
        from wsclient.cli.app import app  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        sys.stderr.write(f"the package {error.name} is missing; install it with: pip install 'wsclient[cli]'\n")
        sys.exit(2)
    app(prog_name="python -m wsclient")


if __name__ == "__main__":
    main()
