"""Each check by each outcome it can have: a row of the table is a resource, settings and what is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.facts import (
    ACCOUNT,
    NOW,
    Row,
    access,
    caller,
    client_settings,
    connected,
    connection,
    context,
    creation,
    directory,
    fact,
    group,
    image,
    shared,
    tagged,
    workspace,
)
from tests.audit.test_network_checks import TABLE as NETWORK_TABLE
from tests.audit.test_permission_checks import TABLE as PERMISSION_TABLE
from wsclient import types
from wsclient.audit import CHECKS, AuditSettings, Check, Outcome, Reason, Subject, Verdict, passed
from wsclient.audit._checks.network import covers_everything
from wsclient.audit._checks.registry import controls, selected
from wsclient.audit._facts.records import CheckContext, Fact, Problem, WorkspaceFacts
from wsclient.endpoints import EndpointKind
from wsclient.errors import ConfigurationError

PASS, FAIL, NOT_APPLICABLE, UNKNOWN = Outcome
BY_ID = {check.id: check for check in CHECKS}
FIPS = EndpointKind.FIPS
DENIED = Problem(Reason.NOT_PERMITTED, "no permission", "workspaces:DescribeIpGroups")
ALL_DENIED = dict.fromkeys(
    ("Windows", "Osx", "Web", "Ios", "Android", "ChromeOs", "ZeroClient", "Linux", "WorkSpacesThinClient"), "DENY"
)


ROLE = f"arn:aws:iam::{ACCOUNT}:role/desktops"
CLOSED = dict.fromkeys(("RebuildWorkspace", "ChangeComputeType", "IncreaseVolumeSize"), "DISABLED")


def old(days: int) -> types.WorkspaceImage:
    """Return an image of that age."""
    return image(Created=(NOW - timedelta(days=days)).timestamp())


def grouped(*rules: tuple[str, ...]) -> tuple[types.WorkspaceDirectory, dict[str, Fact[object]]]:
    """Return a directory with a group for each tuple of rules."""
    groups = [group(*each, group_id=f"wsipg-{number}") for number, each in enumerate(rules)]
    return directory(ipGroupIds=[each.group_id for each in groups]), {"ip_groups": fact(*groups)}


HALVES, KNOWN, EMPTY, WRONG, MIXED = (
    grouped(("0.0.0.0/1",), ("128.0.0.0/1",)),
    grouped(("203.0.113.0/24",)),
    grouped((), ("203.0.113.0/24",)),
    grouped(("anywhere",)),
    grouped(("::/0",)),
)
TABLE = [
    Row("tls.version", connection(), PASS),
    Row("tls.version", connection(version="TLSv1.2"), PASS),
    Row("tls.version", connection(version="TLSv1.1"), FAIL),
    Row("tls.version", connection(plain=True), FAIL),
    Row("tls.version", connection(plain=True, host="127.0.0.1"), NOT_APPLICABLE),
    Row("tls.pfs", connection(version="TLSv1.2", cipher="ECDHE-RSA-AES128-GCM-SHA256"), PASS),
    Row("tls.pfs", connection(), PASS),
    Row("tls.pfs", connection(version="TLSv1.2", cipher="AES128-GCM-SHA256"), FAIL),
    Row("tls.pfs", connection(plain=True), UNKNOWN, Reason.INCOMPLETE),
    Row("tls.group", connection(), UNKNOWN, Reason.NO_API),
    Row("tls.group", connection(group="X25519MLKEM768"), PASS),
    Row("tls.issuer", connection(), PASS),
    Row("tls.issuer", connection(issuer="CN=Corporate proxy"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("tls.issuer", connection(issuer="CN=x, O=Ours"), PASS, None, AuditSettings(expected_issuers=("Ours",))),
    Row("tls.issuer", connection(issuer="CN=Amazon Root, O=Proxies"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("tls.fips", connection(), NOT_APPLICABLE),
    Row("tls.fips", connection(fips=True, kind=FIPS, provider=True), PASS),
    Row("tls.fips", connection(fips=True, kind=FIPS), FAIL),
    Row("tls.fips", connection(), FAIL, None, AuditSettings(fips=True)),
    Row("fips.api", connection(), NOT_APPLICABLE),
    Row("fips.api", connection(kind=EndpointKind.FIPS_DUALSTACK, fips=True), PASS),
    Row("fips.api", connection(kind=EndpointKind.PRIVATELINK), FAIL, None, AuditSettings(fips=True)),
    Row("connect.path", connection(), NOT_APPLICABLE),
    Row("signing.identity", caller(), PASS),
    Row("signing.identity", caller(long_term=True), FAIL),
    Row("signing.identity", caller(f"arn:aws:iam::{ACCOUNT}:root"), FAIL),
    Row("signing.identity", caller(""), UNKNOWN, Reason.INCOMPLETE),
    Row("network.internet_access", creation(EnableInternetAccess=False), PASS),
    Row("network.internet_access", creation(EnableInternetAccess=True), FAIL),
    Row("network.internet_access", creation(), UNKNOWN, Reason.INCOMPLETE),
    Row("network.internet_access", directory(), UNKNOWN, Reason.INCOMPLETE),
    Row("access.ip_groups", KNOWN[0], PASS, facts=KNOWN[1]),
    Row("access.ip_groups", directory(), FAIL),
    Row("access.ip_groups", directory(ipGroupIds=[]), FAIL),
    Row("access.ip_groups", HALVES[0], FAIL, facts=HALVES[1]),
    Row("access.ip_groups", EMPTY[0], FAIL, facts=EMPTY[1]),
    Row("access.ip_groups", MIXED[0], FAIL, facts=MIXED[1]),
    Row("access.ip_groups", directory(ipGroupIds=["wsipg-9"]), UNKNOWN, Reason.INCOMPLETE, facts=KNOWN[1]),
    Row(
        "access.ip_groups",
        directory(ipGroupIds=["wsipg-9", "wsipg-0"]),
        FAIL,
        facts={"ip_groups": Fact(MIXED[1]["ip_groups"].items, problem=DENIED)},
    ),
    Row(
        "access.ip_groups",
        KNOWN[0],
        UNKNOWN,
        Reason.NOT_PERMITTED,
        facts={"ip_groups": Fact(KNOWN[1]["ip_groups"].items, problem=DENIED)},
    ),
    Row("access.ip_groups", WRONG[0], UNKNOWN, Reason.INCOMPLETE, facts=WRONG[1]),
    Row("access.ip_groups", KNOWN[0], UNKNOWN, Reason.NOT_PERMITTED, facts={"ip_groups": Fact(problem=DENIED)}),
    Row("access.ip_groups", directory(), FAIL, facts={"ip_groups": Fact(problem=DENIED)}),
    Row("access.web", access(Web="DENY"), PASS),
    Row("access.web", access(Web="ALLOW"), FAIL),
    Row("access.web", access(), UNKNOWN, Reason.INCOMPLETE),
    Row("access.web", access(Web="TRUST"), UNKNOWN, Reason.INCOMPLETE),
    Row("access.trusted_devices", access(**ALL_DENIED), PASS),
    Row("access.trusted_devices", access(**ALL_DENIED | {"Windows": "TRUST", "Osx": "TRUST"}), PASS),
    Row("access.trusted_devices", access(**ALL_DENIED | {"Osx": "ALLOW"}), FAIL),
    Row("access.trusted_devices", access(**ALL_DENIED | {"Ios": "ALLOW"}), FAIL),
    Row(
        "access.trusted_devices",
        access(**ALL_DENIED | {"Ios": "ALLOW"}),
        PASS,
        None,
        AuditSettings(uncertified_devices=("ios",)),
    ),
    Row("access.trusted_devices", access(**ALL_DENIED | {"Ios": "TRUST"}), UNKNOWN, Reason.INCOMPLETE),
    Row("access.trusted_devices", access(**ALL_DENIED | {"Linux": "ASK"}), UNKNOWN, Reason.INCOMPLETE),
    *(
        Row("access.trusted_devices", access(**ALL_DENIED | {device: "ALLOW"}), FAIL)
        for device in ALL_DENIED
        if device != "Web"
    ),
    Row("access.trusted_devices", access(Windows="DENY"), UNKNOWN, Reason.INCOMPLETE),
    Row("fips.streaming", directory(), UNKNOWN, Reason.INCOMPLETE, AuditSettings(fips=True)),
    Row("fips.streaming", directory(EndpointEncryptionMode="STANDARD_TLS"), NOT_APPLICABLE),
    Row("fips.streaming", directory(EndpointEncryptionMode="STANDARD_TLS"), FAIL, None, AuditSettings(fips=True)),
    Row("fips.streaming", directory(EndpointEncryptionMode="FIPS_VALIDATED"), PASS, None, AuditSettings(fips=True)),
    Row(
        "host.isolation",
        types.DescribeAccountResult(),
        NOT_APPLICABLE,
        facts={"directories": fact(directory(Tenancy="DEDICATED"))},
    ),
    Row("host.isolation", types.DescribeAccountResult(), UNKNOWN, Reason.NOT_REQUESTED),
    Row("identity.saml_fallback", directory(SamlProperties={"Status": "ENABLED"}), PASS),
    Row(
        "identity.saml_fallback",
        directory(SamlProperties={"Status": "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK"}),
        FAIL,
    ),
    Row("identity.saml_fallback", directory(SamlProperties={"Status": "DISABLED"}), NOT_APPLICABLE),
    Row("identity.saml_fallback", directory(), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.saml_fallback", directory(SamlProperties={"Status": "OTHER"}), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.local_admin", creation(UserEnabledAsLocalAdministrator=False), PASS),
    Row("identity.local_admin", creation(UserEnabledAsLocalAdministrator=True), FAIL),
    Row("identity.local_admin", creation(), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.self_service", directory(SelfservicePermissions=CLOSED | {"RestartWorkspace": "ENABLED"}), PASS),
    *(
        Row("identity.self_service", directory(SelfservicePermissions=CLOSED | {name: "ENABLED"}), FAIL)
        for name in CLOSED
    ),
    Row(
        "identity.self_service",
        directory(SelfservicePermissions={"RestartWorkspace": "ENABLED"}),
        UNKNOWN,
        Reason.INCOMPLETE,
    ),
    Row(
        "identity.self_service",
        directory(SelfservicePermissions=CLOSED | {"RebuildWorkspace": "ENABLED"}),
        PASS,
        None,
        AuditSettings(self_service=("rebuild_workspace",)),
    ),
    Row("identity.self_service", directory(), UNKNOWN, Reason.INCOMPLETE),
    Row("identity.instance_role", creation(), NOT_APPLICABLE),
    Row("identity.instance_role", creation(InstanceIamRoleArn="arn:r"), FAIL),
    Row("identity.instance_role", creation(InstanceIamRoleArn=ROLE), PASS, None, AuditSettings(instance_roles=(ROLE,))),
    Row("data.user_volume", workspace(UserVolumeEncryptionEnabled=True), PASS),
    Row("data.user_volume", workspace(UserVolumeEncryptionEnabled=False, RootVolumeEncryptionEnabled=True), FAIL),
    Row("data.user_volume", workspace(), FAIL),
    Row("data.user_volume", workspace(State="PENDING"), UNKNOWN, Reason.INCOMPLETE),
    Row("data.root_volume", workspace(RootVolumeEncryptionEnabled=True), PASS),
    Row("data.root_volume", workspace(UserVolumeEncryptionEnabled=True), FAIL),
    Row("data.root_volume", workspace(State="PENDING"), UNKNOWN, Reason.INCOMPLETE),
    Row("data.key", workspace(), NOT_APPLICABLE),
    Row("data.key", workspace(UserVolumeEncryptionEnabled=True), UNKNOWN, Reason.INCOMPLETE),
    Row("data.key", workspace(UserVolumeEncryptionEnabled=True, VolumeEncryptionKey="alias/ours"), PASS),
    Row("data.key", workspace(UserVolumeEncryptionEnabled=True, VolumeEncryptionKey="alias/aws/workspaces"), PASS),
    Row(
        "data.key",
        workspace(RootVolumeEncryptionEnabled=True, VolumeEncryptionKey="alias/aws/workspaces"),
        FAIL,
        None,
        AuditSettings(aws_managed_key=False),
    ),
    Row(
        "data.key",
        workspace(RootVolumeEncryptionEnabled=True, VolumeEncryptionKey="arn:aws:kms:eu-west-1:1:key/1"),
        UNKNOWN,
        Reason.NOT_REQUESTED,
    ),
    Row("image.age", old(89), PASS),
    Row("image.age", old(91), FAIL),
    Row("image.age", old(91), PASS, None, AuditSettings(image_days=100)),
    Row("image.age", image(), UNKNOWN, Reason.INCOMPLETE),
    Row("image.age", image(OwnerAccountId="999999999999"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("image.age", image(State="ERROR"), NOT_APPLICABLE),
    Row("image.updates", image(Updates={"UpdateAvailable": False}), PASS),
    Row("image.updates", image(Updates={"UpdateAvailable": True}), FAIL),
    Row("image.updates", image(), UNKNOWN, Reason.INCOMPLETE),
    Row("image.shared", shared(), PASS),
    Row("image.shared", shared("999999999999"), FAIL),
    Row("image.shared", shared("9" * 12), PASS, None, AuditSettings(trusted_accounts=("9" * 12,))),
    Row("image.hardening", None, UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("monitoring.access_events", None, UNKNOWN, Reason.NO_API),
    Row("bundle.approved", workspace(BundleId="wsb-1"), UNKNOWN, Reason.DECIDED_ELSEWHERE),
    Row("bundle.approved", workspace(BundleId="wsb-1"), PASS, None, AuditSettings(approved_bundles=("wsb-1",))),
    Row("bundle.approved", workspace(BundleId="wsb-1"), FAIL, None, AuditSettings(approved_bundles=("wsb-12",))),
    Row("bundle.approved", workspace(), UNKNOWN, Reason.INCOMPLETE, AuditSettings(approved_bundles=())),
    Row("patch.maintenance", creation(EnableMaintenanceMode=True), PASS),
    Row("patch.maintenance", creation(EnableMaintenanceMode=False), FAIL),
    Row("patch.maintenance", creation(), UNKNOWN, Reason.INCOMPLETE),
    Row("use.unused", connected(29), PASS),
    Row("use.unused", connected(31), FAIL),
    Row("use.unused", connected(31), PASS, None, AuditSettings(idle_days=60)),
    Row("use.unused", workspace(), UNKNOWN, Reason.INCOMPLETE),
    Row(
        "use.unused",
        WorkspaceFacts(types.Workspace(), connection_problem=DENIED),
        UNKNOWN,
        Reason.NOT_PERMITTED,
    ),
    *(Row("state.healthy", workspace(State=state), FAIL) for state in ("UNHEALTHY", "ERROR", "IMPAIRED")),
    *(Row("state.healthy", workspace(State=state), PASS) for state in ("AVAILABLE", "STOPPED", "PENDING")),
    Row("state.healthy", workspace(State="BROKEN"), UNKNOWN, Reason.INCOMPLETE),
    Row("state.healthy", WorkspaceFacts(types.Workspace()), UNKNOWN, Reason.INCOMPLETE),
    Row("client.reconnect", client_settings(ReconnectEnabled="DISABLED"), PASS),
    Row("client.reconnect", client_settings(ReconnectEnabled="ENABLED"), FAIL),
    Row("client.reconnect", client_settings(), UNKNOWN, Reason.INCOMPLETE),
    Row("client.reconnect", client_settings(ReconnectEnabled="MAYBE"), UNKNOWN, Reason.INCOMPLETE),
    Row("client.logs", client_settings(LogUploadEnabled="MAYBE"), UNKNOWN, Reason.INCOMPLETE),
    Row("client.logs", client_settings(LogUploadEnabled="ENABLED"), PASS),
    Row("client.logs", client_settings(LogUploadEnabled="DISABLED"), FAIL),
    Row("client.logs", client_settings(), UNKNOWN, Reason.INCOMPLETE),
    Row("lifecycle.pcoip", workspace(WorkspaceProperties={"Protocols": ["WSP"]}), PASS),
    Row("lifecycle.pcoip", workspace(WorkspaceProperties={"Protocols": ["WSP", "PCOIP"]}), FAIL),
    Row("lifecycle.pcoip", workspace(), UNKNOWN, Reason.INCOMPLETE),
    Row("lifecycle.pools", directory(WorkspaceType="PERSONAL"), PASS),
    Row("lifecycle.pools", directory(WorkspaceType="POOLS"), FAIL),
    Row("lifecycle.pools", directory(), UNKNOWN, Reason.INCOMPLETE),
    Row("tags.present", tagged("Team"), PASS),
    Row("tags.present", tagged(), FAIL),
    Row("tags.present", tagged("Team"), FAIL, None, AuditSettings(required_tags=("Team", "Cost"))),
    Row("tags.present", workspace(), UNKNOWN, Reason.NOT_REQUESTED),
    Row("tags.present", WorkspaceFacts(types.Workspace(), tag_problem=DENIED), UNKNOWN, Reason.NOT_PERMITTED),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.check}-{row.outcome}")
def test_each_outcome_of_each_check(row: Row) -> None:
    """The check's finding about this resource has the outcome of the table, and the reason where it is unknown."""
    (finding,) = BY_ID[row.check].findings(fact(row.item), context(row.settings, **(row.facts or {})))
    assert (finding.outcome, finding.reason) == (row.outcome, row.reason), finding
    assert finding.message
    assert finding.resource is not None
    assert bool(finding.remedy) == (row.outcome is FAIL)


OUTCOMES = [
    *((row.check, row.outcome) for row in TABLE),
    *((row.check, row.outcome) for row in NETWORK_TABLE),
    *((row.check, row.outcome) for row in PERMISSION_TABLE),
]
"""Cells of the three tables."""
CANNOT_BE: dict[str, set[Outcome]] = {
    "tls.group": {FAIL},
    "tls.issuer": {FAIL},
    "host.isolation": {PASS, FAIL},
    "connect.path": {PASS, FAIL},
    "endpoint.only_through": {FAIL},
    "image.hardening": {PASS, FAIL, NOT_APPLICABLE},
    "monitoring.access_events": {PASS, FAIL, NOT_APPLICABLE},
}
"""Outcomes that a check never has: it reports a fact, or nothing that it reads decides it."""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_outcome_of_every_check_has_a_test(check: Check) -> None:
    """Check by outcome: a row of a table each; a listing that failed makes unknown, an empty one not applicable."""
    tabled = {outcome for name, outcome in OUTCOMES if name == check.id}
    (lost,) = check.findings(Fact(problem=DENIED), context())
    tabled.add(lost.outcome)
    if check.subject is not Subject.NOTHING:
        empty = check.empty_listing_finding(context())
        assert (empty.outcome, empty.resource, bool(empty.message)) == (NOT_APPLICABLE, None, True)
        tabled.add(empty.outcome)
    assert set(Outcome) - tabled == CANNOT_BE.get(check.id, set())


@pytest.mark.parametrize(("days", "outcome"), [(None, UNKNOWN), (0, UNKNOWN), (29, UNKNOWN), (31, FAIL)])
def test_never_connected_workspace_is_unused_after_enough_earlier_audits(days: int | None, outcome: Outcome) -> None:
    """It is unused if an audit that long ago found no connection either; the evidence keeps the time of the first."""
    item, since = workspace(), NOW - timedelta(days=days or 0)
    seen = {} if days is None else {item.workspace.workspace_id: since}
    (finding,) = BY_ID["use.unused"].findings(fact(item), replace(context(), unconnected_since=seen))
    assert finding.outcome is outcome
    assert finding.evidence[-1].value == since.isoformat()


@given(st.lists(st.ip_addresses(v=4).map(lambda address: f"{address}/32"), max_size=5))
def test_only_full_address_ranges_count_as_open_to_everyone(blocks: list[str]) -> None:
    """Some addresses are not all of them; the two halves of the address space are, in any order, with others."""
    assert not covers_everything(blocks)
    assert covers_everything([*blocks, "128.0.0.0/1", "0.0.0.0/1"])
    assert covers_everything(["8000::/1", *blocks, "::/1"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_failed_listing_makes_a_check_unknown(check: Check) -> None:
    """Without the fact that a check judges, its one finding is unknown, with the problem's reason and action."""
    (finding,) = check.findings(Fact(problem=DENIED), context())
    assert (finding.outcome, finding.reason, finding.action) == (UNKNOWN, DENIED.reason, DENIED.action)
    assert finding.resource is None


def test_controls_of_other_cis_benchmarks_are_not_selected() -> None:
    """A check of one's own may name a control of a benchmark of CIS that is not the one of WorkSpaces."""
    own = replace(BY_ID["access.web"], id="own.web", same_as=("CIS EC2 5.1", "CIS", "CIS 2.6", "CIS 2.²"))
    assert controls([own]) == {"2.6": (own,)}
    assert selected([own], ["cis-euc-1.2"]) == (own,)
    with pytest.raises(ConfigurationError, match="no check is in"):
        selected([replace(own, same_as=("CIS EC2 5.1",))], ["cis-euc-1.2"])


WRONG_MEMBERS = [
    ({"id": "Own X"}, "Check.id: 'Own X'"),
    ({"id": "own"}, "group.name"),
    ({"needs": ("vcps",)}, "Check.needs of own.check: 'vcps' is not known; did you mean 'vpcs'"),
    ({"needs": ("workspaces",)}, "'workspaces' is not known"),
    ({"needs": "vpcs"}, "put a single name in a list"),
    ({"joins": ("tag",)}, "did you mean 'tags'"),
    ({"settings": ("idle",)}, "did you mean 'idle_days'"),
    ({"subject": "directory"}, "Check.subject must be a Subject"),
    ({"severity": "low"}, "Check.severity must be a Severity"),
    ({"judge": None}, "Check.judge must be a plain function"),
    ({"revision": 0}, "Check.revision"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG_MEMBERS)
def test_invalid_check_definitions_are_rejected(changes: dict[str, object], words: str) -> None:
    """Names that are not known and wrong types: the error says which, and what was meant."""
    good = replace(BY_ID["access.web"], id="own.check")
    with pytest.raises(ConfigurationError, match=words):
        replace(good, **changes)  # type: ignore[arg-type]


def test_custom_check_reads_its_declared_facts() -> None:
    """context.items() has them by name; without one of them the check is unknown."""

    def judge(item: types.WorkspaceDirectory, at: CheckContext) -> Verdict:
        return passed(f"{len(at.items('ip_groups'))} groups in {at.account}, {item.directory_id}")

    own = replace(BY_ID["access.web"], id="own.check", judge=judge, needs=("ip_groups",))
    (found,) = own.findings(fact(directory()), context(ip_groups=fact(group(), group())))
    assert found.message == f"2 groups in {ACCOUNT}, d-1234567890"
    (lost,) = own.findings(fact(directory()), context(ip_groups=Fact(problem=DENIED)))
    assert (lost.outcome, lost.reason) == (UNKNOWN, DENIED.reason)


def test_custom_check_that_raises_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in a check of one's own is logged, and ends neither the audit nor the judgement of other resources."""

    def judge(item: types.WorkspaceDirectory, at: CheckContext) -> Verdict:
        del at
        return passed({"POOLS": "a pool"}[str(item.workspace_type)])

    own = replace(BY_ID["access.web"], id="own.check", judge=judge)
    found = list(own.findings(fact(directory(), directory(), directory(WorkspaceType="POOLS")), context()))
    assert [(each.outcome, each.reason) for each in found] == [(UNKNOWN, Reason.INCOMPLETE)] * 2 + [(PASS, None)]
    assert found[0].message == "the check raised KeyError: 'None'"
    assert caplog.text.count("own.check raised an error") == 1
    silent = replace(own, judge=lambda item, at: None)  # type: ignore[arg-type, return-value]
    (nothing,) = silent.findings(fact(directory()), context())
    assert (nothing.outcome, nothing.message) == (
        UNKNOWN,
        "the check raised TypeError: judge returned None instead of a Verdict",
    )
