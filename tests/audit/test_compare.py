"""Comparison of two reports: what is new, fixed, gone or undecided, and what is not compared, and why."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.reports import (
    BY_ID,
    NOW,
    OTHER,
    SITE,
    finding,
    report,
    reports,
    site_result,
    unknown,
)
from tests.support.loops import on_a_loop
from tests.support.scale import at_scale
from wsclient.audit import (
    CHECKS,
    Audit,
    AuditedCheck,
    AuditReport,
    AuditSettings,
    Change,
    Finding,
    FindingState,
    Outcome,
    Reason,
    Resource,
)
from wsclient.fleet import Fleet, Site
from wsclient.testing import Emulator
from wsclient.types import TerminateRequest

if TYPE_CHECKING:
    from wsclient.audit import AuditDifference

WORKSPACE = "AWS::WorkSpaces::Workspace"
LATER = NOW + timedelta(days=30)
ALL = frozenset({"ws-1", "ws-2", "ws-3"})


def about(resource: str, outcome: Outcome = Outcome.FAIL, check: str = "data.root_volume", **members: Any) -> Finding:
    """Return a finding about a WorkSpace."""
    reason = Reason.INCOMPLETE if outcome is Outcome.UNKNOWN else None
    members = {"reason": reason, "resource": Resource(type=WORKSPACE, id=resource), **members}
    return finding(check, outcome=outcome, **members)


def of_site(*found: Finding, there: frozenset[str] = ALL, at: Any = NOW, **members: Any) -> AuditReport:
    """Return the report of a site with these WorkSpaces."""
    timed = [msgspec.structs.replace(each, at=at) for each in found]
    sites = (site_result(resources={WORKSPACE: set(there)}, started=at, ended=at),)
    return msgspec.structs.replace(report(*timed), **{"sites": sites, **members})


def of_everything(difference: AuditDifference) -> dict[Change, list[str]]:
    """Return the ids of the resources with each change."""
    return {
        change: [each.resource.id for each in found if each.resource]
        for change in Change
        if (found := difference.of(change))
    }


def test_a_failure_is_new_fixed_gone_undecided_or_unchanged() -> None:
    """One of each, with its state before and after, counted."""
    earlier = of_site(*map(about, ("ws-1", "ws-2", "ws-3", "ws-4")), there=ALL | {"ws-4"})
    later = of_site(
        about("ws-1", message="still"), about("ws-3", Outcome.UNKNOWN), about("ws-5"), there=ALL | {"ws-5"}, at=LATER
    )
    difference = later.compare(earlier)
    assert of_everything(difference) == {
        Change.NEW: ["ws-5"],
        Change.NOW_UNKNOWN: ["ws-3"],
        Change.GONE: ["ws-4"],
        Change.FIXED: ["ws-2"],
        Change.UNCHANGED: ["ws-1"],
    }
    assert dict(difference.counts) == dict.fromkeys(Change, 1)
    states = {each.change: (each.before, each.after) for each in difference.changes}
    fail = FindingState.FAIL
    assert states == {
        Change.NEW: (FindingState.ABSENT, fail),
        Change.NOW_UNKNOWN: (fail, FindingState.UNKNOWN),
        Change.GONE: (fail, FindingState.ABSENT),
        Change.FIXED: (fail, FindingState.NO_FAILURE),
        Change.UNCHANGED: (fail, fail),
    }
    assert [each.message for each in difference.unchanged] == ["still"]
    assert (difference.earlier, difference.later) == (NOW, LATER)
    assert not difference.not_compared


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (of_site(about("ws-1", Outcome.PASS)), FindingState.NO_FAILURE),
        (of_site(about("ws-1", Outcome.NOT_APPLICABLE)), FindingState.NO_FAILURE),
        (of_site(), FindingState.NO_FAILURE),
        (of_site(there=frozenset({"ws-2"})), FindingState.ABSENT),
        # The listing could not be read: that the resource is missing from it proves nothing.
        (of_site(unknown("data.root_volume", resource=None), there=frozenset()), FindingState.UNKNOWN),
        # One finding for several resources of a complete listing.
        (of_site(unknown("data.root_volume", resource=None, resources=2)), FindingState.UNKNOWN),
        (
            of_site(unknown("data.root_volume", resource=None, resources=2), there=frozenset({"ws-2", "ws-3"})),
            FindingState.ABSENT,
        ),
        (of_site(unknown("data.user_volume", resource=None)), FindingState.NO_FAILURE),
    ],
)
def test_failure_without_a_later_finding_is_fixed_or_gone_only_with_proof(
    later: AuditReport, expected: FindingState
) -> None:
    """Fixed only if the resource was judged again; gone only if a complete listing lacks it."""
    checks = tuple(map(BY_ID.__getitem__, ("data.user_volume", "data.root_volume")))
    earlier = of_site(about("ws-1"), checks=checks)
    (change,) = msgspec.structs.replace(later, checks=checks).compare(earlier).changes
    assert change.after is expected


def changed_check(**members: Any) -> tuple[AuditedCheck, ...]:
    """Return the checks of a report, with members of data.root_volume changed."""
    checks = report(about("ws-1")).checks
    return tuple(msgspec.structs.replace(each, **members) if each.id == "data.root_volume" else each for each in checks)


@pytest.mark.parametrize(
    ("earlier", "later", "place", "reason"),
    [
        (
            of_site(about("ws-1"), sites=(site_result(is_whole=False),)),
            of_site(about("ws-1")),
            "123456789012/eu-west-1",
            "the earlier report did not read it completely",
        ),
        (
            of_site(about("ws-1")),
            of_site(sites=(site_result(is_whole=False),), checks=changed_check()),
            "123456789012/eu-west-1",
            "the later report did not read it completely",
        ),
        (
            of_site(about("ws-1"), sites=(site_result(is_whole=False),)),
            of_site(sites=(site_result(is_whole=False),), checks=changed_check()),
            "123456789012/eu-west-1",
            "neither report read it completely",
        ),
        (
            of_site(about("ws-1")),
            of_site(sites=(), checks=changed_check()),
            "123456789012/eu-west-1",
            "only the earlier report has this site",
        ),
        (
            of_site(about("ws-1")),
            of_site(checks=changed_check(revision=2)),
            "data.root_volume",
            "its rule has changed, from revision 1 to 2",
        ),
        (of_site(about("ws-1")), of_site(), "data.root_volume", "only the earlier report has this check"),
        (
            of_site(about("ws-1"), checks=changed_check(settings=("idle_days",))),
            of_site(checks=changed_check(settings=("idle_days",)), settings=AuditSettings(idle_days=31)),
            "data.root_volume",
            "these settings of it differ: idle_days",
        ),
    ],
)
def test_checks_that_cannot_be_compared_are_listed_with_a_reason(
    earlier: AuditReport, later: AuditReport, place: str, reason: str
) -> None:
    """Nothing of it is new, fixed or gone; the failures in it are counted, once."""
    difference = later.compare(earlier)
    assert not difference.changes
    found = {each.site or each.check: each for each in difference.not_compared}
    assert found[place].reason == reason
    assert sum(each.earlier_failures for each in difference.not_compared) == 1
    assert f"not compared: {place}: {reason} (1 failures before, {len(later.failed)} now)" in str(difference)


def test_changed_undeclared_setting_makes_no_check_comparable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check could depend on it."""
    monkeypatch.setattr("wsclient.audit._compare.CHECKS", ())
    difference = of_site(settings=AuditSettings(image_days=9), checks=changed_check()).compare(of_site(about("ws-1")))
    assert not difference.changes
    (part,) = difference.not_compared
    assert (part.site, part.check, part.earlier_failures) == (None, None, 1)
    assert "image_days" in part.reason


def test_every_setting_is_declared_by_a_check() -> None:
    """So that another value of it leaves the other checks comparable."""
    declared = {name for check in CHECKS for name in check.settings}
    assert declared == {field.name for field in fields(AuditSettings)}


def test_compared_accounts_are_matched_by_id_before_name() -> None:
    """The profile has another name in the later report; without an id, the name counts."""
    renamed = Site(account="renamed", region=SITE.region)

    def named(site: Site, account_id: str) -> AuditReport:
        made = of_site(about("ws-1", site=site))
        return msgspec.structs.replace(made, sites=(site_result(site, {WORKSPACE: {"ws-1"}}, account_id=account_id),))

    assert named(renamed, "1").compare(named(SITE, "1")).counts[Change.UNCHANGED] == 1
    assert [each.site for each in named(renamed, "").compare(named(SITE, "")).not_compared] == [
        "main/eu-west-1",
        "renamed/eu-west-1",
    ]
    assert named(SITE, "").compare(named(SITE, "")).counts[Change.UNCHANGED] == 1


@st.composite
def report_of_few_resources(draw: st.DrawFn) -> AuditReport:
    """Draw a report on few resources: a site may be missing or incomplete, a revision or a setting may differ."""
    made = draw(reports(st.sampled_from(["a", "b", "c"])))
    resources = {
        site: {each.resource.id for each in made.findings if each.resource and each.site == site}
        for site in (SITE, OTHER)
    }
    is_whole = {site: draw(st.sampled_from([True, True, False, None])) for site in (SITE, OTHER)}
    audited = {site: whole for site, whole in is_whole.items() if whole is not None}
    sites = [site_result(site, {WORKSPACE: resources[site]}, is_whole=whole) for site, whole in audited.items()]
    revision = draw(st.sampled_from([1, 1, 2]))
    return msgspec.structs.replace(
        made,
        sites=tuple(sites),
        findings=tuple(each for each in made.findings if each.site in audited),
        checks=tuple(
            msgspec.structs.replace(each, revision=revision) if each.id == "access.web" else each
            for each in made.checks
        ),
        settings=AuditSettings(expected_issuers=("Amazon", "A"), aws_managed_key=draw(st.booleans())),
    )


@settings(max_examples=at_scale(60, 2_000))
@given(reports())
def test_a_report_compared_with_itself_has_no_change(made: AuditReport) -> None:
    """Each failure is unchanged, or in a site that was not read completely."""
    difference = made.compare(made)
    assert {each.change for each in difference.changes} <= {Change.UNCHANGED}
    keys = {(each.check, each.site, each.resource.id if each.resource else "") for each in made.failed}
    left_out = sum(each.later_failures for each in difference.not_compared)
    assert len(difference.changes) + left_out == len(keys)
    continued = made.continued_from(made)
    assert continued.continued_from(continued) == continued


@settings(max_examples=at_scale(100, 3_000))
@given(report_of_few_resources(), report_of_few_resources())
def test_comparing_in_reverse_mirrors_the_changes(first: AuditReport, second: AuditReport) -> None:
    """A change that is new in one direction is fixed, gone or undecided in the other; the rest is the same in both.

    Every failure of either report is in one change or in one part that is not compared.
    """
    there, back = second.compare(first), first.compare(second)
    for made, numbers in (
        (first, [each.earlier_failures for each in there.not_compared]),
        (second, [each.later_failures for each in there.not_compared]),
    ):
        state = "before" if made is first else "after"
        found = [each for each in there.changes if getattr(each, state) is FindingState.FAIL]
        assert len(found) + sum(numbers) == len({each.key for each in made.failed})

    def keys(difference: AuditDifference, *changes: Change) -> set[object]:
        return {(each.finding.key, each.before, each.after) for each in difference.changes if each.change in changes}

    def turned(pairs: set[Any]) -> set[object]:
        return {(key, after, before) for key, before, after in pairs}

    ended = (Change.FIXED, Change.GONE, Change.NOW_UNKNOWN)
    assert keys(there, Change.NEW) == turned(keys(back, *ended))
    assert turned(keys(there, *ended)) == keys(back, Change.NEW)
    assert keys(there, Change.UNCHANGED) == keys(back, Change.UNCHANGED)
    left_out = {(each.site, each.check, each.earlier_failures, each.later_failures) for each in there.not_compared}
    assert left_out == {
        (each.site, each.check, each.later_failures, each.earlier_failures) for each in back.not_compared
    }


def test_first_seen_is_carried_forward() -> None:
    """From report to report while the outcome is the same by the same rule; ASFF has it as CreatedAt."""
    january, february, march = NOW, NOW + timedelta(days=31), NOW + timedelta(days=59)
    first = of_site(about("ws-1"), at=january)
    second = of_site(about("ws-1"), about("ws-2"), at=february).continued_from(first)
    third = of_site(about("ws-1"), about("ws-2"), about("ws-3"), at=march).continued_from(second)
    assert [each.first_seen for each in third.findings] == [january, february, march]
    assert third.to_asff()[0]["CreatedAt"] == "2026-11-28T12:00:00Z"
    assert [each["activity_name"] for each in third.to_ocsf()] == ["Update", "Update", "Create"]
    difference = of_site(about("ws-1"), at=march).compare(first)
    assert difference.unchanged[0].first_seen == january
    other_rule = of_site(about("ws-1", revision=2), at=march).continued_from(first)
    assert other_rule.findings[0].first_seen == march
    passed = of_site(about("ws-1", Outcome.PASS), at=march).continued_from(first)
    assert passed.findings[0].first_seen == march


def test_comparison_renders_as_rows_table_text_and_json() -> None:
    """Each has every change; hostile names are visible in the text; the JSON document has its schema's name."""
    difference = of_site(about("ws-\u202e1"), *(about(f"ws-{each:03}") for each in range(30))).compare(
        of_site(checks=changed_check())
    )
    assert [row.change for row in difference.rows()] == ["new"] * 31
    frame = difference.to_pandas()
    assert (len(frame), frame["before"].iloc[0]) == (31, "absent")
    assert difference.to_polars().height == 31
    text = str(difference)
    assert text.splitlines()[0] == "failures: new 31, now unknown 0, gone 0, fixed 0, unchanged 0"
    assert "and 11 more new" in text
    assert "\u202e" not in text
    assert "<table" in difference._repr_html_()
    document = json.loads(difference.to_json())
    assert document["schema"] == "wsclient.audit-difference/1"
    assert (document["counts"]["new"], len(document["changes"])) == (31, 31)


@on_a_loop
async def test_comparison_of_an_emulated_account_before_and_after_repair() -> None:
    """Of an emulated account, against a report that was read back: one WorkSpace gone, one new, one unchanged."""
    with Emulator() as aws:
        first, second = aws.add_workspaces(2)
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            earlier = AuditReport.from_json((await audit.run(only=["data.*", "access.web"])).to_json())
            await ws.terminate_workspaces(terminate_workspace_requests=[TerminateRequest(workspace_id=first)])
            aws.advance(hours=1)
            (third,) = aws.add_workspaces(1)
            later = await audit.run(only=["data.*", "access.web"])
    difference = later.compare(earlier)
    gone = {each.resource.id for each in difference.gone if each.resource}
    new = {each.resource.id for each in difference.new if each.resource}
    kept = {each.resource.id for each in difference.unchanged if each.resource}
    assert (gone, new, kept) == ({first}, {third}, {second})
    assert not difference.not_compared
