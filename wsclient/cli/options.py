"""Options and arguments that several commands have, so that they are spelled and explained alike."""

from __future__ import annotations

from typing import Annotated

import typer

USAGE_ERROR = 2
"""Exit code for options that cannot be used together, or whose value is not valid."""

Region = Annotated[str | None, typer.Option(help="AWS region, for example us-west-2.")]
Profile = Annotated[str | None, typer.Option(help="Profile in the shared AWS config files.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
