"""Table of emulated operations, written by the scenarios from what they observed.

`python -m tests.support.emulated` plays them and writes the table into examples/emulator.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import scenarios_accounts, scenarios_directories, scenarios_images, scenarios_workspaces
from tests.support.emulator_stage import run_all
from wsclient._generated.workspaces.service import SERVICE
from wsclient.testing._operations import HANDLERS

if TYPE_CHECKING:
    from tests.support.emulator_stage import Log

PAGE = Path(__file__).parents[2] / "examples" / "emulator.md"
MODULES = (scenarios_workspaces, scenarios_images, scenarios_directories, scenarios_accounts)
SCENARIOS = [scenario for module in MODULES for scenario in module.SUITE.scenarios]
HEAD = """# Emulated operations of wsclient.testing

What the emulator does for each operation, and which errors it returns. Written by `python -m tests.support.emulated`:
boto3 calls every operation of the model, compares the response with the state of the service afterwards, and provokes
each error of the last column. Every operation also returns `ValidationException` for a request that violates the
model's limits, and AWS's error codes for a wrong, missing or expired signature. Codes in *italics* belong to single
items of a successful response.

| operation | what is emulated | errors, *items* |
|---|---|---|
"""


def page(log: Log) -> str:
    """Return the whole page."""
    return HEAD + "".join(_row(name, log) for name in sorted(SERVICE.operations))


def _row(name: str, log: Log) -> str:
    errors = [f"`{code}`" for code in sorted(log.errors.get(name, ()))]
    errors += [f"*{code}*" for code in sorted(log.failed_items.get(name, ()))]
    text = (HANDLERS["workspaces"][name].__doc__ or "").splitlines()[0].replace("|", "\\|")
    return f"| {name} | {text} | {', '.join(errors)} |\n"


if __name__ == "__main__":
    seen, outcomes = run_all(SCENARIOS)
    failures = {name: error for name, error in outcomes.items() if error is not None}
    if failures:
        raise SystemExit(f"scenarios failed: {failures}")
    PAGE.write_text(page(seen))
