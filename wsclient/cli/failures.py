"""Errors that end a command, in terms of the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from wsclient.cli.common_options import USAGE_ERROR
from wsclient.cli.shell_terms import in_shell_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient._core.errors import WsclientError


def print_failure(error: WsclientError, phrases: Iterable[tuple[str, str]] = ()) -> None:
    """Print an error and its notes; phrases are the command's own, see in_shell_terms()."""
    notes = getattr(error, "__notes__", ())
    text = f"{error} ({'; '.join(notes)})" if notes else str(error)
    typer.echo(f"{type(error).__name__}: {in_shell_terms(text, phrases)}", err=True)


def end_with_error(error: WsclientError, phrases: Iterable[tuple[str, str]] = ()) -> NoReturn:
    """Print an error as print_failure() does, and end the command."""
    print_failure(error, phrases)
    raise typer.Exit(USAGE_ERROR) from None
