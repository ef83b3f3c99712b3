"""Audits of whole accounts: every fault is found in the faulty one, none in the clean one, each at its own site."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.audit.accounts import make_clean, make_faulty
from tests.support.environments import interpreter
from tests.support.loops import on_a_loop
from tests.support.scale import IS_FULL
from wsclient.audit import Audit, AuditSettings, Outcome
from wsclient.fleet import Fleet
from wsclient.policy import only_through
from wsclient.testing import Emulator, Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient import WorkSpacesClient
    from wsclient.audit import AuditReport
    from wsclient.types.sts import Credentials

OPTIONS = ("tags", "interfaces", "probe_public")


async def audited(*clients: tuple[str, WorkSpacesClient], settings: AuditSettings | None = None) -> AuditReport:
    """Audit accounts with every check and every optional read."""
    audit = Audit.over(Fleet.over(*clients), settings=settings, reach="public")
    return await audit.run(keep="all", options=OPTIONS)


def checks_with(report: AuditReport, outcome: Outcome, account: str) -> set[str]:
    """Return the ids of the checks with this outcome in an account."""
    return {each.check for each in report.findings if (each.outcome, each.site.account) == (outcome, account)}


# The certificate's authority is the emulator's; the others have no operation, or need a setting.
NEVER_DECIDED = {"tls.issuer", "image.hardening", "monitoring.access_events", "bundle.approved"}
FAULTS = {
    "access.ip_groups",
    "access.trusted_devices",
    "access.web",
    "client.logs",
    "client.reconnect",
    "data.root_volume",
    "data.user_volume",
    "endpoint.enforced",
    "endpoint.exists",
    "iam.administrators",
    "identity.local_admin",
    "identity.mfa",
    "identity.radius_protocol",
    "identity.self_service",
    "lifecycle.pcoip",
    "network.internet_access",
    "network.nat",
    "network.own_vpc",
    "network.private_subnets",
    "network.public_addresses",
    "network.security_groups",
    "patch.maintenance",
    "signing.identity",
    "state.healthy",
    "tags.present",
}
"""Checks that fail in the faulty account."""


ACCEPTED = AuditSettings(administrators=("arn:aws:iam::123456789012:user/emulator",))
NOBODY = AuditSettings(administrators=())


async def auditor(aws: Emulator, vpc_endpoint: str) -> Credentials:
    """Return temporary credentials of a role that may audit, through this endpoint alone."""
    async with aws.client() as ws:
        policy = Audit.over(Fleet.over(("main", ws))).policy(options=OPTIONS)
    role = aws.add_role("auditor", policy=[policy.to_dict(), only_through(vpc_endpoint=vpc_endpoint).to_dict()])
    async with aws.sts_client() as sts:
        assumed = await sts.assume_role(role_arn=role, role_session_name="audit")
    assert assumed.credentials is not None
    return assumed.credentials


@on_a_loop
async def test_clean_account_has_no_failures_and_only_undecidable_unknowns() -> None:
    """Inside the VPC, under its own policy and through the endpoint alone, nothing fails, and the rest says why.

    The emulator's own user may do everything, from everywhere; the public host cannot be reached from inside the VPC.
    """
    with Emulator() as aws:
        async with aws.client() as ws:
            endpoint_id = await make_clean(aws, ws)
        keys = await auditor(aws, endpoint_id)
        first = len(aws.calls)
        async with aws.client(credentials=keys, private_dns=True) as inside:
            report = await audited(("main", inside), settings=ACCEPTED)
        through = {call.vpc_endpoint for call in aws.calls[first:] if call.service == "workspaces"}
    assert through == {endpoint_id}
    assert report.failed == ()
    assert report.is_whole
    undecided = checks_with(report, Outcome.UNKNOWN, "main")
    assert undecided - {"tls.group"} == {*NEVER_DECIDED, "endpoint.only_through", "endpoint.enforced"}
    assert ("tls.group" in undecided) is (sys.version_info < (3, 15))  # which reports the group first
    assert {"endpoint.used", "endpoint.private_dns", "network.nat"} <= checks_with(report, Outcome.PASS, "main")


@on_a_loop
async def test_failing_checks_are_exactly_the_seeded_faults() -> None:
    """The checks that fail are exactly those whose fault was seeded."""
    with Emulator() as aws:
        async with aws.client() as ws:
            await make_faulty(aws, ws)
            report = await audited(("main", ws), settings=NOBODY)
    assert checks_with(report, Outcome.FAIL, "main") == FAULTS


@on_a_loop
async def test_findings_of_two_accounts_do_not_mix() -> None:
    """In an audit of two accounts, each has its own findings; IAM is read once for each."""
    with Emulator() as clean, Emulator(account_id="210987654321") as faulty:
        async with clean.client() as first, faulty.client() as second:
            await make_clean(clean, first)
            await make_faulty(faulty, second)
            report = await audited(("clean", first), ("faulty", second), settings=ACCEPTED)
    assert checks_with(report, Outcome.FAIL, "faulty") == FAULTS
    assert checks_with(report, Outcome.FAIL, "clean") == {"endpoint.used", "endpoint.enforced", "signing.identity"}


@on_a_loop
async def test_iam_is_read_once_per_account() -> None:
    """Two regions of one account are two sites, and IAM is called once."""
    with Emulator(other_regions=["eu-west-1"]) as aws:
        async with aws.client() as west, aws.client(region="eu-west-1") as europe:
            report = await Audit.over(Fleet.over(("main", west), ("main", europe))).run(only=["iam.administrators"])
        calls = [call.operation for call in aws.calls if call.service == "iam"]
    assert calls == ["GetAccountAuthorizationDetails"]
    assert [finding.check for finding in report.findings] == ["iam.administrators"] * 2


OVERLAP = {
    "workspaces_volume_encryption_enabled": {"data.user_volume", "data.root_volume"},
    "workspaces_vpc_2private_1public_subnets_nat": {"network.private_subnets", "network.nat"},
    "directoryservice_supported_mfa_radius_enabled": {"identity.mfa"},
    "directoryservice_radius_server_security_protocol": {"identity.radius_protocol"},
}
"""Prowler's checks, and those here that ask the same."""


def prowler(aws: Emulator) -> dict[str, set[str]]:
    """Return the outcomes of Prowler's checks of an account, in an environment of its own."""
    keys = aws.credentials
    arguments = [aws.endpoint_url, aws.ca_file, keys.access_key_id, keys.secret_access_key, aws.account_id, aws.region]
    script = Path(__file__).parents[1] / "support" / "prowler_checks.py"
    command = [str(interpreter("prowler")), "-W", "ignore", str(script), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return {check: set(statuses.values()) for check, statuses in found.items()}


class Compared(NamedTuple):
    """A change of the clean account, and what each tool says of one check of Prowler after it; same: they agree."""

    change: Callable[[Emulator], object]
    check: str
    prowler: set[str]
    ours: Outcome
    judged: str


def behind_saml(aws: Emulator) -> None:
    """Take RADIUS from the directory, as where another account or a provider decides about sign-in."""
    aws.network.set_directory(aws.directory_id, kind="SharedMicrosoftAD")


def without_radius(aws: Emulator) -> None:
    """Make a directory without a RADIUS server that requires a smart card."""
    aws.network.set_directory(aws.directory_id, kind="MicrosoftAD", smart_cards="Enabled")


def nat_lost(aws: Emulator) -> None:
    """Send the directory's traffic to a NAT gateway that has failed."""
    network = aws.network
    nat = network.add_nat_gateway(network.public_subnet_ids[0], state="failed")
    routes = [Route(destination="0.0.0.0/0", target=nat)]
    network.add_route_table(network.vpc_id, subnet_ids=network.private_subnet_ids, routes=routes)


DIFFERENCES = [
    Compared(
        behind_saml,
        "directoryservice_supported_mfa_radius_enabled",
        {"FAIL"},
        Outcome.UNKNOWN,
        "another account owns the directory; Prowler's `if directory.radius_settings` is always true",
    ),
    Compared(
        without_radius,
        "directoryservice_radius_server_security_protocol",
        {"FAIL"},
        Outcome.NOT_APPLICABLE,
        "there is no RADIUS server whose protocol could be weak; the same fault of Prowler",
    ),
    Compared(
        without_radius,
        "directoryservice_supported_mfa_radius_enabled",
        {"FAIL"},
        Outcome.PASS,
        "smart cards are a second factor; Prowler does not read them",
    ),
    Compared(
        nat_lost,
        "workspaces_vpc_2private_1public_subnets_nat",
        {"PASS"},
        Outcome.FAIL,
        "Prowler sees that a route names a NAT gateway, and does not look at its state",
    ),
]


@pytest.mark.skipif(not IS_FULL, reason="installs Prowler in an environment of its own")
@on_a_loop
async def test_overlapping_checks_agree_with_prowler() -> None:
    """For the overlapping checks, Prowler passes the clean account and fails the faulty account, as this audit does."""
    for make, status in ((make_clean, "PASS"), (make_faulty, "FAIL")):
        with Emulator() as aws:
            async with aws.client() as ws:
                await make(aws, ws)
                report = await audited(("main", ws))
            reference = prowler(aws)
        failed = checks_with(report, Outcome.FAIL, "main")
        assert reference == {check: {status} for check in OVERLAP}
        assert {check: bool(ours & failed) for check, ours in OVERLAP.items()} == dict.fromkeys(
            OVERLAP, status == "FAIL"
        )


@pytest.mark.skipif(not IS_FULL, reason="installs Prowler in an environment of its own")
@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: f"{case.change.__name__}-{case.check}")
@on_a_loop
async def test_differences_from_prowler_are_those_of_the_table(case: Compared) -> None:
    """Prowler and this audit give the results stated in the table, which has the reason for each difference."""
    with Emulator() as aws:
        async with aws.client() as ws:
            await make_clean(aws, ws)
            case.change(aws)
            report = await audited(("main", ws))
        reference = prowler(aws)
    assert reference[case.check] == case.prowler
    assert any(each in checks_with(report, case.ours, "main") for each in OVERLAP[case.check]), case.judged
