"""Summary of an audit for people: counts, failures with their remedies, and last what could not be decided."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from wsclient._core.utils import counted
from wsclient.cli.shell_terms import in_shell_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from wsclient._core.site import Site
    from wsclient.audit import AuditReport, Finding
    from wsclient.audit._model import SeverityText

MAX_RESOURCES: Final = 5
"""Resources that are listed for one message of a check."""
MAX_MESSAGES: Final = 3
"""Different messages that are listed for one check."""
SEVERITY_WIDTH: Final = len("medium")
INDENT: Final = SEVERITY_WIDTH + 2
HANGING: Final = 2
HINTS: Final = {"not_requested": ": add --with interfaces, --with probe_public or --with tags"}
PHRASES: Final = (
    ("administrators= was not given", "administrators is not in --settings"),
    ("approved_bundles= was not given", "approved_bundles is not in --settings"),
    ("wsclient.policy.only_through()", "the policy that wsclient endpoint show ID --only-through prints"),
    ("the policy of what they do: plan.policy()", "a policy of what they do"),
    ("an https endpoint_url", "an https --endpoint-url"),
    ("the transport= of the client does not report them, or no connection was opened", "no connection was opened"),
)
COLOURS: Final = {"high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}


def show(console: Console, report: AuditReport, fail_on: SeverityText) -> None:
    """Print the summary; fail_on is the severity from which failures count."""
    out = _Printer(console)
    _show_head(out, report)
    unaccepted = [finding for finding in report.failed if finding.exception is None]
    _show_findings(out, "FAILED", unaccepted)
    _show_findings(out, "ACCEPTED", [finding for finding in report.failed if finding.exception is not None])
    lost = _not_audited(report)
    _show_unknown(
        out, [finding for finding in report.unknown if finding.exception is None and finding.site not in lost]
    )
    for site, reason in lost.items():
        out.line(f"NOT AUDITED {site}: {in_shell_terms(reason, PHRASES)}", style="bold red")
    for warning in report.warnings:
        out.line(f"warning: {warning}", style="yellow")
    if len(lost) == len(report.sites):
        out.line("no site was audited", style="bold")
        return
    failures = len(report.failures(fail_on))
    none = f"{counted(len(unaccepted), 'finding')} failed, none" if unaccepted else "nothing failed"
    out.line(
        f"{counted(failures, 'finding')} failed at severity {fail_on} or above"
        if failures
        else f"{none} at severity {fail_on} or above",
        style="bold",
    )
    if not report.is_whole and not lost:
        out.line("NOT WHOLE: a site was not read completely", style="bold red")


class _Printer:
    """Prints lines, wrapped to the width of the console, in which nothing is obeyed or padded."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Print a text; what does not fit on its first line is indented by two more."""
        margin, width = " " * indent, self._console.width
        content = Text(_inert(text), style=style)
        first, *rest = content.wrap(self._console, max(width - indent, 1)) or [Text()]
        self._print(margin, first)
        if rest:
            remainder = Text(content.plain[len(first.plain) :].lstrip(), style=style)
            for each in remainder.wrap(self._console, max(width - indent - HANGING, 1)):
                self._print(f"{margin}{' ' * HANGING}", each)

    def severity(self, severity: str, check: str) -> None:
        """Print the severity in its colour, and the check."""
        name = Text(f"{severity:{SEVERITY_WIDTH}}  ", style=COLOURS.get(severity, ""))
        self._console.print(name + Text(_inert(check), style="bold"), soft_wrap=True)

    def _print(self, margin: str, line: Text) -> None:
        line.rstrip()
        self._console.print(Text(margin) + line, soft_wrap=True)


def _show_head(out: _Printer, report: AuditReport) -> None:
    for result in report.sites:
        account = f"account {result.account_id}" if result.account_id else "account not known"
        out.line(f"{result.site}, {account}, {counted(result.workspaces, 'WorkSpace')}")
    ended = f"{report.ended:%Y-%m-%d %H:%M} UTC, " if report.ended else ""
    out.line(f"{ended}{counted(len(report.calls), 'call')}, {counted(len(report.checks), 'check')}")
    out.line("  ".join(f"{outcome.replace('_', ' ')} {count:,}" for outcome, count in report.counts.items()))
    out.line("")


def _show_findings(out: _Printer, heading: str, findings: Sequence[Finding]) -> None:
    """Print findings by check: each message with the resources that it is about, then the remedy."""
    by_check: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_check.setdefault((finding.severity.value, finding.check), []).append(finding)
    if not by_check:
        return
    out.line(heading, style="bold")
    are_sites_named = len({finding.site for finding in findings}) > 1
    for (severity, check), of_check in by_check.items():
        out.severity(severity, check)
        for message, resources in _messages(of_check, are_sites_named=are_sites_named):
            out.line(message, indent=INDENT)
            out.line(resources, indent=INDENT + HANGING, style="dim")
        if of_check[0].remedy and not of_check[0].exception:
            out.line(f"-> {in_shell_terms(of_check[0].remedy, PHRASES)}", indent=INDENT)
    out.line("")


def _not_audited(report: AuditReport) -> dict[Site, str]:
    """Return the sites without a response, each with the first error; nothing else is known of them."""
    answered = {call.site for call in report.calls}
    lost: dict[Site, str] = {}
    for finding in report.unknown:
        if finding.site not in answered and finding.reason == "not_reached":
            lost.setdefault(finding.site, finding.message)
    return lost


def _messages(findings: Sequence[Finding], *, are_sites_named: bool) -> Iterator[tuple[str, str]]:
    """Yield each message, up to a number, with the resources that it is about."""
    by_message: dict[str, list[Finding]] = {}
    for finding in findings:
        by_message.setdefault(finding.exception or finding.message, []).append(finding)
    for message, alike in list(by_message.items())[:MAX_MESSAGES]:
        resources = [_resource(finding, is_site_named=are_sites_named) for finding in alike[:MAX_RESOURCES]]
        rest = len(alike) - len(resources)
        yield in_shell_terms(message, PHRASES), f"{', '.join(resources)}{f' and {rest:,} more' if rest else ''}"
    unlisted = [finding for alike in list(by_message.values())[MAX_MESSAGES:] for finding in alike]
    if unlisted:
        yield f"and {counted(len(unlisted), 'finding')} with other values", _resource(unlisted[0], is_site_named=True)


def _show_unknown(out: _Printer, findings: Sequence[Finding]) -> None:
    """Print what could not be decided: for each reason the checks, and last the permissions to grant."""
    permissions: dict[str, set[str]] = {}
    by_reason: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.action is not None:
            permissions.setdefault(finding.action, set()).add(finding.check)
        else:
            by_reason.setdefault(finding.reason or "", []).append(finding)
    if findings:
        out.line("COULD NOT BE DECIDED", style="bold")
    for reason, of_reason in by_reason.items():
        out.line(f"{reason.replace('_', ' ')}{HINTS.get(reason, '')}")
        for line in _by_message(of_reason):
            out.line(line, indent=HANGING)
    if permissions:
        out.line("not permitted: grant these actions (--policy prints the whole policy)")
        for action, checks in sorted(permissions.items()):
            out.line(f"{action}: {', '.join(sorted(checks))}", indent=HANGING)
    if findings:
        out.line("")


def _by_message(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield each message once, with the checks that give it; of one check, up to a number."""
    checks: dict[str, dict[str, int]] = {}
    for finding in findings:
        of_message = checks.setdefault(finding.message, {})
        of_message[finding.check] = of_message.get(finding.check, 0) + finding.resources
    shown = Counter[str]()
    for message, counts in checks.items():
        first = next(iter(counts))
        shown[first] += 1
        if shown[first] <= MAX_MESSAGES:
            count = max(counts.values())
            several = f" ({counted(count, 'resource')})" if count > 1 else ""
            yield f"{', '.join(counts)}: {in_shell_terms(message, PHRASES)}{several}"
    for check, count in shown.items():
        if count > MAX_MESSAGES:
            yield f"{check}: and {counted(count - MAX_MESSAGES, 'more message')}"


def _resource(finding: Finding, *, is_site_named: bool) -> str:
    name = finding.resource.id if finding.resource else counted(finding.resources, "resource")
    return f"{finding.site} {name}" if is_site_named else name


def _inert(text: str) -> str:
    """Return a text without control characters, which a terminal would obey."""
    from wsclient.audit._render.text import visible  # noqa: PLC0415 - other commands do not wait for the audit's import

    return visible(text)
