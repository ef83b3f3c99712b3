"""Exceptions and attestations: what they mark, until when, and what they never do."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.reports import NOW, OTHER, SITE, exception, finding, report, reports, unknown
from wsclient.audit import AuditException, AuditFailedError, ExceptionKind, Reason, Resource, read_exceptions
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
[[exception]]
check = "access.web"
resource = "d-9*"
account = "123456789012"
reason = "kiosks need it"
owner = "security@example.com"
until = 2027-01-31

[[attestation]]
check = "image.hardening"
reason = "hardened in the image pipeline"
owner = "images@example.com"
until = 2027-06-30
"""


def test_exceptions_file_is_read(tmp_path: Path) -> None:
    """Resource and account may be left out."""
    path = tmp_path / "exceptions.toml"
    path.write_text(FILE, encoding="utf-8")
    kiosks, images = read_exceptions(path)
    assert (kiosks.kind, kiosks.resource, kiosks.account) == (ExceptionKind.EXCEPTION, "d-9*", "123456789012")
    assert (images.kind, images.until, images.resource) == (ExceptionKind.ATTESTATION, date(2027, 6, 30), "*")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[exception]]\ncheck = 'access.web'\nreason = 'r'\nowner = 'o'", "is not a file of exceptions.*until"),
        (FILE.replace("until = 2027-01-31", "until = '2027-01-31'"), "is not a file of exceptions.*date"),
        (FILE.replace('owner = "images', 'ownr = "images'), r"\[\[attestation\]\] 1 has no option 'ownr'.*'owner'"),
        ("[[exceptions]]\n", "has no option 'exceptions'; did you mean 'exception'"),
        ("[exception]\ncheck = 'access.web'", "is not a file of exceptions"),
        ("exception = 5", "is not a file of exceptions"),
        ("exception = [5]", "is not a file of exceptions"),
        ("\x00", "is not a TOML file"),
        (FILE.replace("until = 2027-01-31", "until = 2027-01-31T10:00:00"), "until"),
        (
            FILE.replace('owner = "images', 'owner = ""  # "images'),
            "AuditException.owner must be a text that is not empty",
        ),
    ],
)
def test_invalid_exceptions_file_is_rejected_with_place(tmp_path: Path, text: str, words: str) -> None:
    """A missing last day, a date in quotes, a name that is not known: the error names the file and the place."""
    path = tmp_path / "exceptions.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"exceptions\.toml.* ?{words}"):
        read_exceptions(path)


def test_an_exception_marks_a_failure_and_leaves_its_outcome() -> None:
    """The failure does not count for the exit code and raises nothing; the other one does."""
    kept, accepted = finding(resource=Resource(type="t", id="d-1")), finding(resource=Resource(type="t", id="d-2"))
    marked = report(kept, accepted).with_exceptions([exception(resource="d-2")])
    assert [each.exception for each in marked.failed] == [
        None,
        "kiosks need it (security@example.com, until 2027-01-31)",
    ]
    assert marked.failures() == (kept,)
    assert marked.counts == report(kept, accepted).counts
    assert not marked.warnings
    report(accepted).with_exceptions([exception()]).raise_for_failures("info")
    with pytest.raises(AuditFailedError):
        marked.raise_for_failures("info")


def test_expired_exception_no_longer_applies_and_is_reported() -> None:
    """On the last day it is in force, on the day after it is not."""
    last = report(finding()).with_exceptions([exception(until=NOW.date())])
    over = report(finding()).with_exceptions([exception(until=date(2026, 11, 27))])
    assert not last.failures()
    assert over.failures() == over.failed
    assert over.warnings == ("exception for access.web, resource *: ended on 2026-11-27; 1 finding counts again",)


def test_exception_that_matches_no_finding_is_a_warning() -> None:
    """A check, resource or account that no finding has."""
    wrong = [exception("access.webb"), exception(resource="d-2"), exception(account="999999999999")]
    marked = report(finding()).with_exceptions(wrong)
    assert len(marked.warnings) == 3
    assert all(line.endswith("no finding matches") for line in marked.warnings)


@pytest.mark.parametrize(
    "wrong",
    [{"reason": " "}, {"owner": None}, {"check": ""}, {"until": "2027-01-31"}, {"until": NOW}, {"resource": ""}],
)
def test_an_exception_without_a_reason_or_a_last_day_is_refused(wrong: dict[str, Any]) -> None:
    """In a program as in a file, before a report is marked with it."""
    with pytest.raises(ConfigurationError, match=f"AuditException.{next(iter(wrong))}"):
        exception(**wrong)


@pytest.mark.parametrize("account", ["123456789012", "main", None])
def test_exception_matches_an_account_by_id_or_name(account: str | None) -> None:
    """Another site's finding is not covered by either."""
    marked = report(finding(), finding(site=OTHER), sites=(SITE, OTHER)).with_exceptions([exception(account=account)])
    assert [each.site for each in marked.failures()] == ([] if account is None else [OTHER])


@pytest.mark.parametrize("reason", list(Reason))
def test_attestation_covers_only_findings_no_call_can_decide(reason: Reason) -> None:
    """It covers decided_elsewhere and no_api; a missing permission remains, and an exception covers neither."""
    attestation = exception("image.hardening", kind=ExceptionKind.ATTESTATION)
    for each in (attestation, exception("image.hardening")):
        marked = report(unknown(reason=reason)).with_exceptions([each])
        is_covered = each is attestation and reason in {Reason.DECIDED_ELSEWHERE, Reason.NO_API}
        assert bool(marked.unknown[0].exception) == is_covered
        assert marked.exit_code(fail_on_unknown=True) == (0 if is_covered else 3)


@given(reports(), st.lists(st.builds(exception, st.sampled_from(["access.web", "data.key"])), max_size=3))
def test_exceptions_change_no_outcome(made: object, exceptions: list[AuditException]) -> None:
    """Whatever the exceptions are, findings keep their outcomes and their number."""
    assert isinstance(made, type(report()))
    marked = made.with_exceptions(exceptions)
    assert [(each.key, each.outcome) for each in marked.findings] == [
        (each.key, each.outcome) for each in made.findings
    ]
    assert len(marked.exceptions) == len(exceptions)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, 0),
        ({"fail_on": "medium"}, 1),
        ({"fail_on": "high", "fail_on_unknown": True}, 3),
        ({"fail_on": "low", "fail_on_unknown": True}, 1),
    ],
)
def test_exit_code_of_a_report(arguments: dict[str, object], code: int) -> None:
    """1 for a failure at or above the severity, 3 for an unknown with fail_on_unknown; 1 comes before 3."""
    assert report(finding(), unknown()).exit_code(**arguments) == code  # type: ignore[arg-type]


def test_unknown_severity_is_rejected() -> None:
    """The error lists those that there are."""
    with pytest.raises(ConfigurationError, match="info, low, medium, high"):
        report().exit_code("critical")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_exception_for_a_check_that_did_not_run_is_no_warning() -> None:
    """A file for all checks goes with a run of some; a check that does not exist is a warning all the same."""
    marked = report(finding()).with_exceptions(
        [exception(), exception("data.root_volume"), exception("data.rot_volume")]
    )
    assert marked.warnings == ("exception for data.rot_volume, resource *: no finding matches",)
