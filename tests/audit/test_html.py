"""HTML report: valid, complete, without anything active, and with the same elements whatever AWS names things."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from enum import Enum
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import html5lib
import msgspec
from hypothesis import example, given, settings

from tests.audit.reports import (
    HOSTILE,
    NOW,
    OTHER,
    SITE,
    call,
    exception,
    finding,
    report,
    reports,
    site_result,
    unknown,
)
from tests.support.loops import on_a_loop
from tests.support.scale import at_scale
from wsclient.audit import Audit, AuditSettings, Evidence, ExceptionKind, Outcome, Reason, Resource, Section, Severity
from wsclient.audit._render.html import html_parts, style
from wsclient.audit._render.text import visible
from wsclient.fleet import Fleet
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from wsclient.audit import AuditReport, Finding

PLACEHOLDER: Final = re.compile(r"⟦(\d+)⟧")
LOADING: Final = frozenset({"src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "style"})
"""Attributes by which a document loads, sends or runs something; those that begin with "on" run something too."""
ACTIVE: Final = frozenset(
    {"script", "iframe", "object", "embed", "form", "img", "link", "base", "svg", "video", "audio"}
)


def parsed(made: AuditReport) -> Element:
    """Parse the document of a report as browsers do; any fault of its syntax is an error."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse("".join(html_parts(made)))
    return root


def text_of(element: Element) -> str:
    """Return the text of an element and of those within it."""
    return "".join(element.itertext())


def flat(root: Element) -> Iterator[tuple[str, dict[str, str], str, str]]:
    """Yield every element with its attributes and the texts in it and after it."""
    for element in root.iter():
        yield str(element.tag), dict(element.attrib), element.text or "", element.tail or ""


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a report, or a part of one, with every text changed; numbers of controls stay, which select what is shown.

    Settings and the policy stay too: wsclient makes them.
    """
    if isinstance(value, str) and not isinstance(value, Enum):
        return value if re.fullmatch(r"CIS [\d.]+", value) else change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(each, change) for each in value)
    if isinstance(value, msgspec.Struct):
        names = [name for name in value.__struct_fields__ if name not in {"settings", "policy", "resources"}]
        return msgspec.structs.replace(value, **{name: with_texts(getattr(value, name), change) for name in names})
    return value


def named(text: str) -> Finding:
    """Return a failure in which each text from AWS is this one."""
    resource = Resource(type="AWS::WorkSpaces::Workspace", id=text, arn=text)
    evidence = (Evidence(member=text, value=text, call=1),)
    return finding(message=text, resource=resource, evidence=evidence, exception=text)


@settings(max_examples=at_scale(12, 300))
@example(report(*map(named, HOSTILE)))
@given(reports())
def test_hostile_names_are_escaped_in_html(made: AuditReport) -> None:
    """With harmless names the document has the same elements and attributes, and its texts differ in the names only.

    Every text is hostile, in checks, accounts and exceptions too: a report may have been read from an untrusted file.
    """
    marked = made.with_exceptions([exception(), exception("tls.version", account="other")])
    hostile = with_texts(marked, lambda text: text + HOSTILE[len(text) % len(HOSTILE)])
    originals: dict[str, int] = {}

    def harmless(text: str) -> str:
        return f"⟦{originals.setdefault(text, len(originals))}⟧" if text.strip() else text

    tame = with_texts(hostile, harmless)
    texts = list(originals)
    expected = [
        (name, attributes, *(PLACEHOLDER.sub(lambda match: visible(texts[int(match[1])]), text) for text in shown))
        for name, attributes, *shown in flat(parsed(tame))
    ]
    assert list(flat(parsed(hostile))) == expected


@settings(max_examples=at_scale(12, 300))
@given(reports())
def test_html_has_no_active_or_external_content(made: AuditReport) -> None:
    """No script, form, frame, image or handler; the policy of the document permits its own style sheet alone."""
    root = parsed(made)
    for element in root.iter():
        assert element.tag not in ACTIVE
        assert not [name for name in element.attrib if name in LOADING or name.startswith("on")]
        href = element.get("href", "#")
        assert href.startswith(("#", "https://docs.aws.amazon.com/"))
    (style,) = root.iter("style")
    digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
    (policy,) = [each.get("content") for each in root.iter("meta") if each.get("http-equiv")]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression", style.text or "")


@settings(max_examples=at_scale(12, 300))
@given(reports())
def test_html_is_accessible(made: AuditReport) -> None:
    """Language, landmarks with names, headings without a gap, cells with headers, links that lead somewhere."""
    root = parsed(made)
    assert root.get("lang") == "en"
    body = root.find("body")
    assert body is not None
    assert [each.tag for each in body] == ["header", "nav", "main", "footer"]
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    for each in root.iter():
        assert each.get("href", "#")[0] != "#" or each.get("href", "#")[1:] in {*ids, ""}
        assert each.get("aria-labelledby", ids[0]) in ids
    levels = [int(str(each.tag)[1]) for each in root.iter() if re.fullmatch("h[1-6]", str(each.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in root.iter("table"):
        width = len(table.findall("thead/tr/th[@scope='col']"))
        assert width > 1
        for row in table.findall("tbody/tr"):
            assert len(row) == width
            assert len(row.findall("th[@scope='row']")) == 1


def test_html_finding_shows_evidence_rationale_and_remedy() -> None:
    """Resource, what was read with operation, request id, time and site, why, remedy, IAM action, and who rates it."""
    evidence = (Evidence(member="DeviceTypeWeb", value="ALLOW", call=1),)
    root = parsed(report(finding(evidence=evidence), calls=(call(7), call(1, request_id="r-42"))))
    (shown,) = [each for each in root.iter("section") if each.get("class") == "check" and "access.web" in text_of(each)]
    text = text_of(shown)
    for expected in (
        "Fail, medium: it is so",
        "any computer with a browser can connect, managed or not",
        "ModifyWorkspaceAccessProperties with DeviceTypeWeb DENY",
        "medium, as rated by CIS level 1",
        "CIS 2.6",
        "workspaces:DescribeWorkspaceDirectories",
        "AWS::WorkSpaces::Directory, main/eu-west-1",
        "DeviceTypeWeb = ALLOW",
        "DescribeWorkspaceDirectories, 2026-11-28 12:00:00 UTC, request r-42",
    ):
        assert expected in text
    assert [each.get("open") for each in shown.iter("details")] == [""]


def test_html_head_shows_accounts_regions_time_and_counts() -> None:
    """By outcome and severity, an accepted failure apart; a site that was not read completely is not passed over."""
    sites = (site_result(SITE), site_result(OTHER, is_whole=False, left_out=3))
    found = (finding(), finding(severity=Severity.HIGH, site=OTHER), finding("data.key"), unknown())
    made = msgspec.structs.replace(report(*found), sites=sites).with_exceptions([exception("data.key")])
    text = text_of(parsed(made))
    for expected in (
        "accounts 123456789012, 210987654321 · eu-west-1, us-west-2 · 2026-11-28 12:00:00 UTC to",
        "✗ Fail 3? Unknown 1✓ Pass 0",
        "By severity: 1 high, 1 medium, 0 low, 0 info; 1 more accepted by exceptions.",
        "Not whole: a site was not read completely",
        "3 in termination left out",
        "as arn:aws:iam::123456789012:role/audit",
    ):
        assert expected in text


def test_exceptions_are_shown_with_reason_and_last_day() -> None:
    """Exceptions are shown at their findings and in a list; expired or unmatched exceptions have a warning."""
    exceptions = [
        exception(),
        exception("data.key", until=NOW.date().replace(year=2025)),
        exception("tls.version"),
        exception("image.hardening", kind=ExceptionKind.ATTESTATION, reason="a script hardens it"),
    ]
    root = parsed(report(finding(), finding("data.key"), unknown()).with_exceptions(exceptions))
    text = text_of(root)
    assert text.count("Accepted: kiosks need it (security@example.com, until 2027-01-31)") == 1
    assert text.count("Attested: a script hardens it (security@example.com, until 2027-01-31)") == 2
    assert "ended on 2025-11-28; 1 finding counts again" in text
    assert "exception for tls.version, resource *: no finding matches" in text


def test_unknown_findings_are_grouped_by_reason() -> None:
    """Each reason once, with the checks, the action that is missing, and the number of resources."""
    found = (
        unknown(resource=None, resources=9),
        unknown("data.key", Reason.NOT_PERMITTED, action="workspaces:DescribeWorkspaces"),
        unknown("tls.version", Reason.NOT_PERMITTED, action="workspaces:DescribeAccount"),
    )
    root = parsed(report(*found))
    (section,) = [each for each in root.iter("section") if each.get("aria-labelledby") == "undecided"]
    assert [each.text for each in section.iter("h3")] == ["A permission is missing", "It is decided elsewhere"]
    rows = [[text_of(cell) for cell in row] for row in section.iter("tr")]
    assert ["Images are hardened", "it is so", "9"] in rows
    assert [
        "TLS 1.2 or newer protects the API calls",
        "it is soMissing permission: workspaces:DescribeAccount",
        "1",
    ] in rows
    assert "Every check was decided." in text_of(parsed(report(finding())))


@on_a_loop
async def test_html_of_an_audited_account_has_every_section(tmp_path: Path) -> None:
    """The file of an audit has each section in the page's order, and ends with the policy that the audit needs."""
    with Emulator() as aws:
        async with aws.client() as ws:
            made = await Audit.over(Fleet.over(("main", ws))).run()
    path = await made.write_html(tmp_path / "audit.html")
    text = path.read_text(encoding="utf-8")
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    headings = [text_of(each) for each in root.iter("h2")]
    assert headings[2:9] == list(Section)
    assert headings[-3:] == ["Limits of this audit", "Permissions of the audit", "Calls"]
    (policy,) = root.iter("pre")
    assert json.loads(text_of(policy)) == made.policy
    requests = {each.request_id for each in made.calls if each.request_id is not None}
    assert all(name in text for name in requests)


def test_identical_findings_share_an_entry_that_lists_every_resource() -> None:
    """WorkSpaces that one call showed to be alike share a row; no part of the document grows with the account."""
    number = at_scale(5_000, 100_000)
    found = [
        finding(
            "data.user_volume",
            message="the volume is not encrypted",
            resource=Resource(type="AWS::WorkSpaces::Workspace", id=f"ws-{index:09}"),
            evidence=(Evidence(member="UserVolumeEncryptionEnabled", value="false", call=index // 25 + 1),),
        )
        for index in range(number)
    ]
    parts = list(html_parts(report(*found, calls=tuple(call(index + 1) for index in range(number // 25)))))
    assert max(map(len, parts)) < 32_000
    text = "".join(parts)
    assert len(text) < 80 * number + 200_000
    assert len(set(re.findall(r"ws-\d{9}", text))) == number
    assert text.count("Fail, medium") == 1


def test_entry_shows_500_differing_rows_and_names_the_rest() -> None:
    """An entry of 700 rows has 500 of them, folded, and the ids of the other resources."""
    found = [
        finding(
            "use.unused", message=f"nobody has connected for {days} days", resource=Resource(type="W", id=f"ws-{days}")
        )
        for days in range(31, 731)
    ]
    root = parsed(report(*found))
    (table,) = [each for each in root.iter("table") if each.get("class") == "findings"]
    assert len(table.findall("tbody/tr")) == 500
    assert "200 more, without what was read:" in text_of(root)
    assert "ws-730" in text_of(root)
    assert "700 findings" in text_of(root)


def test_sites_are_not_counted_as_resources() -> None:
    """A finding that is about no resource is one of a site, unless it stands for several resources."""
    nothing = finding(outcome=Outcome.NOT_APPLICABLE, resource=None, message="there is no such resource")
    text = text_of(parsed(report(nothing, msgspec.structs.replace(nothing, site=OTHER), sites=(SITE, OTHER))))
    assert "Not applicable: there is no such resource (2 sites)" in text
    text = text_of(parsed(report(unknown(resource=None, resources=2))))
    assert "it is so (2 resources)" in text


def test_the_limits_of_an_audit_are_listed() -> None:
    """WorkSpaces in termination, checks that were not chosen, settings that differ, and optional reads."""
    chosen = AuditSettings(idle_days=45, trusted_accounts=("210987654321",))
    sites = (site_result(left_out=3),)
    made = msgspec.structs.replace(report(finding(), settings=chosen, options=("tags",)), sites=sites)
    text = text_of(parsed(made))
    assert "3 WorkSpaces in a state of termination." in text
    assert "Checks that were not chosen: tls.pfs, tls.group" in text
    assert "Settings that differ from their defaults: trusted_accounts = 210987654321; idle_days = 45." in text
    assert "Optional reads: tags." in text


def test_every_colour_meets_wcag_contrast() -> None:
    """4.5 to 1 for text (WCAG 2.2, 1.4.3) on both backgrounds: light, dark, and in print."""
    themes = re.findall(r":root \{(.*?)\}", style()[0], re.DOTALL)
    assert len(themes) == 3
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): #(\w{6})", theme))
        for name in ("text", "quiet", "link", "fail", "unknown", "pass", "other"):
            for background in ("page", "soft"):
                assert contrast(colours[name], colours[background]) >= 4.5, (name, background, theme)


def contrast(first: str, second: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    darker, lighter = sorted(map(luminance, (first, second)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG defines it."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
