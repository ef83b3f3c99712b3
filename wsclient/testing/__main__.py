"""Command that runs the emulator for the AWS CLI and AWS SDKs in any language.

python -m wsclient.testing prints shell exports that point the AWS CLI and AWS SDKs at the emulator, and serves until
SIGINT or SIGTERM:

    python -m wsclient.testing --port 4566 --workspaces 3 > emulator.env &
    . ./emulator.env
    aws workspaces describe-workspaces

--account and --region may be repeated: every account has resources in every region, and a profile named by its id,

    python -m wsclient.testing --account 111122223333 --account 444455556666 --region us-west-2 --region eu-west-1
    aws --profile 444455556666 --region eu-west-1 workspaces describe-workspaces

The keys and the certificate authority are valid for this emulator only, and only while it runs.
"""

from __future__ import annotations

import argparse
import os
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
    from wsclient.testing._emulator.sites import EmulatorSite

_EXIT_USAGE = 2
_MAX_PORT = 65_535
_ACCOUNT_DIGITS = 12


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM. Return the exit code: 0, or 2 if the options cannot be served."""
    options = _parser().parse_args(arguments)
    from wsclient.testing._emulator.sites import add_sites, config_file  # noqa: PLC0415 - not for --help

    with _termination_signals() as wait_for_signal:
        try:
            aws = _new_emulator(options)
            sites = add_sites(aws, options.account[1:], options.region[1:], options.workspaces)
            with aws, config_file(aws, sites) as config:
                sys.stdout.write(_exports(aws, sites, config))
                sys.stdout.flush()
                wait_for_signal()
        except ConfigurationError as error:
            sys.stderr.write(f"{error}\n")
            return _EXIT_USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m wsclient.testing",
        description="A local Amazon WorkSpaces and AWS STS over TLS, on loopback only. Prints shell exports.",
    )
    parser.add_argument("--port", type=_parse_port, default=0, help="TCP port; 0, the default, selects a free one")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address; default 127.0.0.1")
    parser.add_argument(
        "--region",
        action="append",
        default=[],
        help="AWS region; default us-west-2, or the region of --seed; repeatable: the first is the main one",
    )
    parser.add_argument(
        "--account",
        action="append",
        default=[],
        type=_parse_account,
        metavar="ID",
        help="account id of 12 digits; default 123456789012, or the account of --seed; repeatable, as --region",
    )
    parser.add_argument("--seed", metavar="FILE", help="inventory file with the initial resources of the account")
    parser.add_argument(
        "--throttle",
        type=_parse_pace,
        metavar="RATE,BURST",
        help="rate limit in calls per second and burst; AWS documents 2,5; default none",
    )
    parser.add_argument(
        "--workspaces",
        type=_parse_count,
        default=0,
        metavar="N",
        help="WorkSpaces of each account in each region; default 0",
    )
    return parser


def _new_emulator(options: argparse.Namespace) -> Emulator:
    from wsclient.testing._emulator.emulator import Emulator  # noqa: PLC0415 - not for --help

    return Emulator(
        host=options.host,
        port=options.port,
        region=next(iter(options.region), None),
        other_regions=options.region[1:],
        account_id=next(iter(options.account), None),
        seed=options.seed,
        throttle=options.throttle,
    )


def _exports(aws: Emulator, sites: Sequence[EmulatorSite], config: str | None) -> str:
    """Return the shell exports for a running emulator; config is the file of its profiles."""
    values = aws.environ()
    if config is not None:
        values |= {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    lines = [
        f"# WorkSpaces and STS at {aws.endpoint_url}, certificate authority in {aws.ca_file}",
        f"# directory {aws.directory_id}, bundle {aws.bundle_id}",
        *(f"# account {site.account_id} in {site.region}: directory {site.directory_id}" for site in sites[1:]),
        *(f"export {name}={shlex.quote(value)}" for name, value in values.items()),
        "unset AWS_SESSION_TOKEN",
    ]
    return "".join(f"{line}\n" for line in lines)


@contextmanager
def _termination_signals() -> Generator[Callable[[], object]]:
    """Yield a function that blocks until SIGINT or SIGTERM arrives; restore the previous handlers on exit."""
    receiver, sender = socket.socketpair()
    sender.setblocking(False)  # noqa: FBT003 - the socket module takes it by position only
    previous_handlers = {number: signal.signal(number, _ignore_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    previous_wakeup_fd = signal.set_wakeup_fd(sender.fileno())
    try:
        # The interpreter writes a byte for each signal (signal.set_wakeup_fd), so that no signal is lost and no handler
        # interrupts running code.
        yield lambda: receiver.recv(1)
    finally:
        signal.set_wakeup_fd(previous_wakeup_fd)
        for number, handler in previous_handlers.items():
            signal.signal(number, handler)
        receiver.close()
        sender.close()


def _ignore_signal(_number: int, _frame: object) -> None:
    """Do nothing: the byte that the interpreter writes to the wakeup file descriptor is enough."""


def _parse_port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= _MAX_PORT:
        raise argparse.ArgumentTypeError(f"port {port} is out of range; use 0 to {_MAX_PORT}")
    return port


def _parse_count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError(f"the number of WorkSpaces must not be negative (got {count})")
    return count


def _parse_account(text: str) -> str:
    if len(text) != _ACCOUNT_DIGITS or not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r:.40} is not an account id of {_ACCOUNT_DIGITS} digits")
    return text


def _parse_pace(text: str) -> Pace:
    try:
        rate, burst = text.split(",")
        return Pace(float(rate), int(burst))
    except (ValueError, ConfigurationError):
        raise argparse.ArgumentTypeError(
            f"{text} is not a valid rate limit; use calls per second and burst, as in 2,5"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
