"""The emulator for programs in other languages.

python -m wsclient.testing prints what a shell sets so that the AWS CLI and every AWS SDK call it, and serves until
SIGINT or SIGTERM:

    python -m wsclient.testing --port 4566 --workspaces 3 > emulator.env &
    . ./emulator.env
    aws workspaces describe-workspaces

Its keys are good for this emulator alone, and end with it; so does the certificate authority.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.pacing._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from wsclient.testing._emulator.emulator import Emulator

_USAGE = 2
_HIGHEST_PORT = 65_535


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; return 0, or 2 for what cannot be served."""
    options = _parser().parse_args(arguments)
    with _signals() as signalled:
        try:
            aws = _emulator(options)
            with aws:
                sys.stdout.write(_exports(aws))
                sys.stdout.flush()
                signalled()
        except ConfigurationError as error:
            sys.stderr.write(f"{error}\n")
            return _USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wsclient.testing",
        description="A local Amazon WorkSpaces and AWS STS over TLS, on loopback only. Prints shell exports.",
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; default 127.0.0.1")
    parser.add_argument("--region", help="default us-west-2, or the region of --seed")
    parser.add_argument("--seed", metavar="FILE", help="an inventory that the account has at first")
    parser.add_argument("--throttle", type=_pace, metavar="RATE,BURST", help="as AWS documents: 2,5; default none")
    parser.add_argument("--workspaces", type=_count, default=0, metavar="N", help="WorkSpaces to begin with")
    return parser


def _emulator(options: argparse.Namespace) -> Emulator:
    from wsclient.testing._emulator.emulator import Emulator  # noqa: PLC0415 - not for --help

    aws = Emulator(
        host=options.host, port=options.port, region=options.region, seed=options.seed, throttle=options.throttle
    )
    if options.workspaces:
        aws.add_workspaces(options.workspaces)
    return aws


def _exports(aws: Emulator) -> str:
    """Return what a shell sets to call an emulator that runs."""
    keys = aws.credentials
    values = {
        "AWS_ENDPOINT_URL_WORKSPACES": aws.endpoint_url,
        "AWS_ENDPOINT_URL_STS": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_REGION": aws.region,
        "AWS_DEFAULT_REGION": aws.region,
    }
    lines = [
        f"# WorkSpaces and STS at {aws.endpoint_url}, certificate authority in {aws.ca_file}",
        f"# directory {aws.directory_id}, bundle {aws.bundle_id}",
        *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
        "unset AWS_SESSION_TOKEN",
    ]
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def _signals() -> Generator[Callable[[], object]]:
    """Give a function that waits until a signal to end came, from the moment this is entered; tidy up in between."""
    waiting, waking = socket.socketpair()
    waking.setblocking(False)  # noqa: FBT003 - as the socket module has it
    before = {number: signal.signal(number, _noted) for number in (signal.SIGINT, signal.SIGTERM)}
    wakeup = signal.set_wakeup_fd(waking.fileno())
    try:
        # The interpreter writes a byte for each signal: nothing is lost, and no handler breaks into what runs.
        yield lambda: waiting.recv(1)
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        waiting.close()
        waking.close()


def _noted(_number: int, _frame: object) -> None:
    """Do nothing: the byte that the interpreter has written is enough."""


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{port} is no port")
    return port


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError(f"{count} is no number of WorkSpaces")
    return count


def _pace(text: str) -> Pace:
    try:
        rate, burst = text.split(",")
        return Pace(float(rate), int(burst))
    except (ValueError, ConfigurationError):
        raise argparse.ArgumentTypeError(f"{text} is no pace; write calls a second and burst, as in 2,5") from None


if __name__ == "__main__":
    sys.exit(main())
