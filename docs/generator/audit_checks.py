"""Page that lists all checks of wsclient.audit, by section of AWS's page, generated from the checks themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.audit import CHECKS, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wsclient.audit import Check

PATH: Final = "reference/audit-checks.md"
AWS_PAGE: Final = "https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html"
INTRODUCTION: Final = f"""# Audit checks

The {len(CHECKS)} checks of [`Audit`][wsclient.audit.Audit], by section of AWS's page
[Infrastructure security in Amazon WorkSpaces]({AWS_PAGE}), in the order of a report.
[Audit an account](../how-to/audit.md) shows how to run them. An id is stable; a check whose rule changes has another
revision.
"""


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {PATH: "\n".join([INTRODUCTION, *_sections()])}


def _sections() -> Iterator[str]:
    for section in Section:
        yield f"## {section}\n"
        yield from _table(check for check in CHECKS if check.section is section)
        yield ""


def _table(checks: Iterable[Check]) -> Iterator[str]:
    yield "| check | severity, source | remedy, and the same elsewhere |"
    yield "|---|---|---|"
    for check in checks:
        # Long names of other tools may break at an underscore, so that the table is not wider than the page.
        same = ", ".join(check.same_as).replace("_", "_<wbr>")
        cells = [
            f"{check.title}: {check.why}<br>`{check.id}`",
            f"{check.severity}, {check.severity_source}",
            "<br>".join(text for text in (check.remedy, f"*{same}*" if same else "") if text),
        ]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
