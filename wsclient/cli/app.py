"""Command line `wsclient`: the root command, its global options, and the list of subcommands.

A subcommand is a module, or a package, of this package with a function whose annotated parameters are the options
(typer); a group of subcommands is a module with a typer.Typer. Either is registered here, in the order of the help.
Options that several commands have are in common_options.py.
"""

from __future__ import annotations

from typing import Annotated

import typer

from wsclient._version import __version__
from wsclient.cli.audit.command import audit
from wsclient.cli.doctor.command import doctor
from wsclient.cli.endpoint import app as endpoint
from wsclient.cli.endpoints import endpoints
from wsclient.cli.inventory import inventory


def new_app() -> typer.Typer:
    """Return a root command without subcommands; a group of subcommands starts from one too."""
    return typer.Typer(
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        # Local variables of a crash may hold credentials.
        pretty_exceptions_show_locals=False,
    )


app = new_app()


def _print_version(is_requested: bool) -> None:  # noqa: FBT001 - typer calls it
    if is_requested:
        typer.echo(f"wsclient {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Amazon WorkSpaces from the shell: audit and list accounts, diagnose connectivity, find and create endpoints."""


app.command()(audit)
app.command()(doctor)
app.command()(inventory)
app.command()(endpoints)
app.add_typer(endpoint, name="endpoint")
