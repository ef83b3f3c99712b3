"""Audits of accounts of the emulator: what is found, what is unknown, what it costs, and what it may read."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.endpoint_stage import ensure
from tests.support.loops import on_a_loop
from wsclient import Credentials, TLSPolicy, WorkSpacesClient
from wsclient.audit import (
    CHECKS,
    Audit,
    AuditFailedError,
    AuditReport,
    AuditSettings,
    Outcome,
    Reason,
    Severity,
)
from wsclient.audit._run import scoped_clients
from wsclient.credentials import AssumeRoleProvider, EnvironmentProvider, SessionTokenProvider
from wsclient.endpoints import StsRouting
from wsclient.errors import AccessDeniedException, ConfigurationError, InvalidParameterValuesException
from wsclient.fleet import Fleet
from wsclient.policy import Policy
from wsclient.testing import Emulator, Route, Rule
from wsclient.types import (
    AccessEndpoint,
    AccessEndpointConfig,
    IpRuleItem,
    StopRequest,
    WorkspaceAccessProperties,
)

if TYPE_CHECKING:
    from wsclient.audit import AuditProgress
    from wsclient.middleware import Answer, Attempt, Next


async def audited(aws: Emulator, ws: WorkSpacesClient | None = None, **settings: object) -> AuditReport:
    """Audit the emulator's account with every check."""
    async with ws or aws.client() as client:
        audit = Audit.over(Fleet.over(("main", client)), settings=AuditSettings(**settings))  # type: ignore[arg-type]
        return await audit.run(keep="all")


def outcomes(report: AuditReport) -> dict[str, Counter[Outcome]]:
    """Return the outcomes of each check."""
    found: dict[str, Counter[Outcome]] = {}
    for finding in report.findings:
        found.setdefault(finding.check, Counter())[finding.outcome] += 1
    return found


@on_a_loop
async def test_audit_covers_every_check_and_workspace() -> None:
    """Every check has a finding, WorkSpaces are judged each, and every finding with a call leads to its request id."""
    with Emulator() as aws:
        aws.add_workspaces(60)
        report = await audited(aws)
        requests = {call.request_id for call in aws.calls}
    assert report.is_whole
    assert set(outcomes(report)) == {check.id for check in CHECKS}
    assert outcomes(report)["data.user_volume"] == {Outcome.FAIL: 60}
    assert {call.request_id for call in report.calls} <= requests
    assert [call.number for call in report.calls] == list(range(1, len(report.calls) + 1))
    assert report.counts[Outcome.FAIL] == len(report.failed)
    rows = report.rows()
    assert len(rows) == len(report.findings)
    assert sum(row.resources for row in rows) == sum(report.counts.values())
    assert all(row.request_id for row in rows if row.check == "data.user_volume")


@on_a_loop
async def test_progress_counts_workspaces_and_calls() -> None:
    """Page by page; the last one has the numbers of the report, so that an estimate can be compared with it."""
    shown: list[AuditProgress] = []
    with Emulator() as aws:
        aws.add_workspaces(60)
        async with aws.client() as ws:
            report = await Audit.over(Fleet.over(("main", ws))).run(on_progress=shown.append)
    assert {0, 25, 50, 60} <= {each.workspaces for each in shown}
    last = shown[-1]
    assert (last.calls, last.workspaces, last.failed) == (len(report.calls), 60, report.counts[Outcome.FAIL])
    assert str(last).startswith(f"{last.calls} calls, 60 WorkSpaces, ")


@on_a_loop
async def test_identical_unknowns_of_all_workspaces_are_one_finding() -> None:
    """Tags that were not requested and bundles without a list make one finding each, which counts every WorkSpace."""
    with Emulator() as aws:
        aws.add_workspaces(60)
        report = await audited(aws)
    same = {finding.check: finding for finding in report.findings if finding.resources > 1}
    assert {name: same[name].resources for name in ("tags.present", "bundle.approved")} == {
        "tags.present": 60,
        "bundle.approved": 60,
    }
    assert all(finding.resource is None for finding in same.values())
    assert len(report.sites[0].resources["AWS::WorkSpaces::Workspace"]) == 60


@on_a_loop
async def test_audit_makes_the_calls_of_its_estimate() -> None:
    """An audit makes exactly the calls of its estimate, of each action, and reads tags on request alone."""
    with Emulator() as aws:
        aws.add_workspaces(60)
        aws.add_image("golden")
        aws.network.set_directory(aws.directory_id, kind="MicrosoftAD")
        async with aws.client() as ws:
            await (await ensure(aws, ws)).run()
            audit = Audit.over(Fleet.over(("main", ws)))
            for choice in ({}, {"only": ["data.*"]}, {"options": ["tags", "interfaces", "probe_public"]}):
                first = len(aws.calls)
                await audit.run(**choice)  # type: ignore[arg-type]
                made = Counter(f"{each.service}:{each.operation}" for each in aws.calls[first:])
                del made["sts:GetCallerIdentity"]
                size = {"workspaces": 60, "directories": 1, "vpcs": 1, "images": 1}
                estimate = audit.estimate(**size, **choice)  # type: ignore[arg-type]
                assert made == estimate.calls_by_action, choice
                assert estimate.calls == made.total()
                assert made["workspaces:DescribeTags"] == (60 if "options" in choice else 0)


def test_estimate_for_ten_thousand_workspaces() -> None:
    """400 calls read the WorkSpaces and as many their connections, if a check looks at these; tags on request."""
    audit = Audit(regions=["us-west-2"], accounts={"one": Credentials("AKIAIOSFODNN7EXAMPLE", "secret")})
    whole = audit.estimate(workspaces=10_000)
    assert whole.calls_by_action["workspaces:DescribeWorkspaces"] == 400
    assert (whole.calls, str(whole)) == (826, "826 calls a site, about 7 minutes at 2 calls a second")
    assert audit.estimate(workspaces=10_000, only=["data.*", "state.*"]).calls == 400
    assert audit.estimate(workspaces=10_000, options=["tags"]).calls == 10_826
    assert str(audit.estimate(workspaces=100_000, options=["tags"])).startswith(
        "108,026 calls a site, about 15.0 hours"
    )
    assert "about 5 seconds" in str(audit.estimate(workspaces=0, only=["network.*"], directories=1, vpcs=1))


ACTIONS = [
    "ds:DescribeClientAuthenticationSettings",
    "ds:DescribeDirectories",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "iam:GetAccountAuthorizationDetails",
    "workspaces:DescribeAccount",
    "workspaces:DescribeClientProperties",
    "workspaces:DescribeIpGroups",
    "workspaces:DescribeWorkspaceDirectories",
    "workspaces:DescribeWorkspaceImages",
    "workspaces:DescribeWorkspaces",
    "workspaces:DescribeWorkspacesConnectionStatus",
]


@pytest.mark.parametrize("missing", [None, *ACTIONS])
@on_a_loop
async def test_audit_policy_is_sufficient_and_minimal(missing: str | None) -> None:
    """Under its own policy nothing is unknown for want of a permission; without an action some checks are, none passes.

    A check that is unknown then names the action, and no outcome becomes a pass that was none. Compared with the whole
    report, no failure is fixed for want of a permission, or gone.
    """
    with Emulator() as aws:
        aws.add_workspaces(3)
        aws.network.set_directory(aws.directory_id, kind="MicrosoftAD")
        async with aws.client() as ws:
            group = await ws.create_ip_group(group_name="office", user_rules=[IpRuleItem(ip_rule="203.0.113.0/24")])
            await ws.associate_ip_groups(directory_id=aws.directory_id, group_ids=[group.group_id or ""])
            audit = Audit.over(Fleet.over(("main", ws)))
            await (await ensure(aws, ws)).run()
            whole = await audit.run(keep="all")
            statements = audit.policy().statements
        kept = [
            replace(statement, actions=actions)
            for statement in statements
            if (actions := [name for name in statement.actions or () if name != missing])
        ]
        policy = Policy(statements=kept)
        keys = aws.add_user("auditor", policy=policy.to_dict())
        report = await audited(aws, aws.client(credentials=keys))
    denied = [finding for finding in report.unknown if finding.reason is Reason.NOT_PERMITTED]
    assert {finding.action for finding in denied} == ({missing} if missing else set())
    difference = report.compare(whole)
    assert not difference.fixed
    # Another user audits.
    assert {finding.check for finding in difference.gone} == {"signing.identity"}
    passes = {finding.key for finding in report.findings if finding.outcome is Outcome.PASS}
    assert passes <= {finding.key for finding in whole.findings if finding.outcome is Outcome.PASS}
    assert report.is_whole


@on_a_loop
async def test_failed_page_makes_the_remaining_workspaces_unknown() -> None:
    """The WorkSpaces read so far are judged; one unknown finding stands for the others, and the site is not whole."""
    with Emulator() as aws:
        aws.add_workspaces(60)
        pages = iter([False, False, True])

        async def third_page_fails(attempt: Attempt, send: Next) -> Answer:
            if attempt.operation == "DescribeWorkspaces" and next(pages):
                aws.fail("DescribeWorkspaces", with_=InvalidParameterValuesException)
            return await send(attempt)

        report = await audited(aws, aws.client(middleware=[third_page_fails]))
    found = outcomes(report)["state.healthy"]
    assert found == {Outcome.PASS: 50, Outcome.UNKNOWN: 1}
    (lost,) = [finding for finding in report.unknown if finding.check == "state.healthy"]
    assert (lost.resource, lost.reason) == (None, Reason.INCOMPLETE)
    assert not report.is_whole
    assert "NOT WHOLE" in str(report)


@on_a_loop
async def test_unreachable_site_does_not_stop_other_sites() -> None:
    """Every check of the site is unknown, the other site is audited whole."""
    with Emulator() as aws:
        aws.add_workspaces(2)
        async with (
            aws.client() as ws,
            WorkSpacesClient(
                region="eu-west-1",
                endpoint_url="https://127.0.0.1:9/",
                credentials=aws.credentials,
                retry=None,
            ) as lost,
        ):
            report = await Audit.over(Fleet.over(("main", ws), ("lost", lost))).run(keep="all")
    by_site = Counter((finding.site.account, finding.outcome) for finding in report.findings)
    assert by_site["lost", Outcome.PASS] == 0
    assert by_site["main", Outcome.PASS] > 0
    assert {result.site.account: result.is_whole for result in report.sites} == {"main": True, "lost": False}


@on_a_loop
async def test_selected_checks_read_only_what_they_need() -> None:
    """The page's checks are those of its sections, CIS's those that name a control; a pattern selects by the id."""
    with Emulator() as aws:
        aws.add_workspaces(2)
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            page = await audit.run(benchmarks=["aws-page"])
            assert not any(call.operation == "DescribeWorkspaces" for call in aws.calls)
            cis = await audit.run(benchmarks=["cis-euc-1.2"])
            access = await audit.run(only=["access.*"])
    assert {each.id for each in page.checks} == {check.id for check in CHECKS if check.section.name != "BEYOND"}
    assert {each.id for each in cis.checks} == {
        check.id for check in CHECKS if any(name.startswith("CIS ") for name in check.same_as)
    }
    assert {each.id.partition(".")[0] for each in access.checks} == {"access"}
    assert cis.controls()["2.3"] is Outcome.FAIL
    assert cis.controls()["2.11"] is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"benchmarks": ["cis"]}, "unknown benchmark 'cis'"),
        ({"only": ["access.webb"]}, "access.web"),
        ({"options": ["tag"]}, "did you mean 'tags'"),
        ({"keep": "everything"}, "'problems' or 'all'"),
    ],
)
@on_a_loop
async def test_unknown_check_names_are_rejected_before_any_call(arguments: dict[str, object], words: str) -> None:
    """The error says what there is."""
    with Emulator() as aws:
        async with aws.client() as ws:
            with pytest.raises(ConfigurationError, match=words):
                await Audit.over(Fleet.over(("main", ws))).run(**arguments)  # type: ignore[arg-type]
        assert not aws.calls


@on_a_loop
async def test_streaming_check_fails_for_a_deleted_vpc_endpoint() -> None:
    """One call lists the endpoints of the API and those for streaming; a deleted one is a failure."""
    only = ["access.streaming_endpoint", "endpoint.zones"]
    with Emulator() as aws:
        api = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
        streams = aws.add_vpc_endpoint("sts", vpc_id=aws.network.vpc_id)
        async with aws.client() as ws:
            config = AccessEndpointConfig(
                access_endpoints=[AccessEndpoint(access_endpoint_type="STREAMING_WSP", vpc_endpoint_id=streams.id)]
            )
            await ws.modify_workspace_access_properties(
                resource_id=aws.directory_id,
                workspace_access_properties=WorkspaceAccessProperties(access_endpoint_config=config),
            )
            audit = Audit.over(Fleet.over(("main", ws)))
            whole = await audit.run(only=only, keep="all")
            listings = [call for call in aws.calls if call.operation == "DescribeVpcEndpoints"]
            aws.network.set_endpoint(streams.id, state="deleted")
            broken = await audit.run(only=only, keep="all")
    assert outcomes(whole)["access.streaming_endpoint"] == {Outcome.PASS: 1}
    assert [each.resource.id for each in whole.findings if each.check == "endpoint.zones" and each.resource] == [api.id]
    assert len(listings) == 1
    assert outcomes(broken)["access.streaming_endpoint"] == {Outcome.FAIL: 1}


@on_a_loop
async def test_failures_are_raised_at_or_above_a_severity() -> None:
    """The error carries the report; below the severity nothing is raised."""
    with Emulator() as aws:
        aws.add_workspaces(1)
        report = await audited(aws)
    with pytest.raises(AuditFailedError) as failed:
        report.raise_for_failures("medium")
    assert failed.value.report is report
    assert not any(finding.severity is Severity.HIGH for finding in report.failed)
    report.raise_for_failures()


@on_a_loop
async def test_findings_are_streamed_and_equal_those_of_a_report() -> None:
    """findings() yields what a report keeps with keep="all"."""
    with Emulator() as aws:
        aws.add_workspaces(30)
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            streamed = [finding async for finding in audit.findings()]
            report = await audit.run(keep="all")
    assert Counter((each.key, each.outcome) for each in streamed) == Counter(
        (each.key, each.outcome) for each in report.findings
    )


def test_duplicate_check_ids_and_empty_check_lists_are_rejected() -> None:
    """An id names one check; an audit without a check would find no failure."""
    with pytest.raises(ConfigurationError, match="is empty"):
        Audit(regions=["eu-west-1"], checks=())
    audit = Audit(regions=["eu-west-1"])
    for use in (audit.policy, partial(audit.estimate, workspaces=1)):
        with pytest.raises(ConfigurationError, match=r"no check is in aws-page and matches data\.\*"):
            use(benchmarks=["aws-page"], only=["data.*"])
    with pytest.raises(ConfigurationError, match=r"access\.web twice"):
        Audit(regions=["eu-west-1"], checks=(*CHECKS, *[check for check in CHECKS if check.id == "access.web"]))


async def seed_faults(aws: Emulator, ws: WorkSpacesClient) -> None:
    """Give the account one fault after another, that the network and the directory service show."""
    network, directory_id = aws.network, aws.directory_id
    network.set_directory(directory_id, kind="ADConnector", radius_status="Completed", radius_protocol="PAP")
    network.set_vpc(network.vpc_id, is_default=True)
    network.add_route_table(
        network.vpc_id,
        subnet_ids=network.private_subnet_ids,
        routes=[Route(destination="0.0.0.0/0", target="igw-12345678")],
    )
    (described,) = (await ws.describe_workspace_directories(directory_ids=[directory_id])).directories
    network.set_rules(described.workspace_security_group_id or "", [Rule(sources=("0.0.0.0/1", "128.0.0.0/1"))])


NETWORK_CHECKS = ["network.own_vpc", "network.private_subnets", "network.nat", "network.security_groups"]
SIGN_IN_CHECKS = ["identity.mfa", "identity.radius_protocol"]


@on_a_loop
async def test_network_checks_find_exactly_the_seeded_faults() -> None:
    """The checks that EC2 and Directory Service decide pass in a clean account, and fail in the faulty one."""
    with Emulator() as aws:
        aws.network.set_directory(
            aws.directory_id, kind="MicrosoftAD", radius_status="Completed", radius_protocol="MS-CHAPv2"
        )
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            only = [*NETWORK_CHECKS, *SIGN_IN_CHECKS]
            clean = await audit.run(only=only, keep="all")
            await seed_faults(aws, ws)
            faulty = await audit.run(only=only, keep="all")
    clean_ids = {finding.check for finding in clean.findings if finding.outcome is not Outcome.PASS}
    assert clean_ids == set()
    failed = {finding.check for finding in faulty.findings if finding.outcome is Outcome.FAIL}
    assert failed == {*NETWORK_CHECKS, "identity.radius_protocol"}


@on_a_loop
async def test_private_client_calls_no_public_endpoint_without_reach() -> None:
    """Behind a custom endpoint, EC2 and Directory Service are not called unless reach= says where."""
    with Emulator() as aws:
        async with WorkSpacesClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=aws.credentials,
            tls=TLSPolicy(ca_file=aws.ca_file),
        ) as ws:
            report = await Audit.over(Fleet.over(("main", ws))).run(only=["network.own_vpc", "identity.mfa"])
            used = await Audit.over(Fleet.over(("main", ws))).run(only=["endpoint.used"])
        services = {call.service for call in aws.calls}
    assert {finding.reason for finding in report.findings} == {Reason.NOT_REACHED}
    assert not services & {"ec2", "ds"}
    assert [each.is_whole for each in (report, used)] == [False, False]


@on_a_loop
async def test_image_sharing_is_unknown_without_the_account_id() -> None:
    """Without the caller's account, whose images these are is unknown: sharing is not "not applicable"."""
    with Emulator() as aws:
        aws.add_image("golden")
        async with aws.client(sts=StsRouting(endpoint_url="https://127.0.0.1:9/"), retry=None) as ws:
            report = await Audit.over(Fleet.over(("main", ws))).run(only=["image.*"], keep="all")
    by_check = {finding.check: finding.outcome for finding in report.findings}
    assert by_check["image.shared"] is by_check["image.age"] is Outcome.UNKNOWN


@on_a_loop
async def test_optional_reads_are_in_the_policy_and_the_estimate() -> None:
    """Each option adds its calls and its action, and nothing is read for a check that was not requested."""
    with Emulator() as aws:
        async with aws.client() as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            only = ["network.public_addresses", "endpoint.enforced"]
            assert audit.policy(only=only).statements == ()
            report = await audit.run(only=only)
            assert {finding.reason for finding in report.findings} == {Reason.NOT_REQUESTED}
            assert {call.service for call in aws.calls} <= {"sts"}
            options = ["interfaces", "probe_public"]
            estimate = audit.estimate(workspaces=2_500, only=only, options=options)
            (statement,) = audit.policy(only=only, options=options).statements
    assert estimate.calls_by_action["ec2:DescribeNetworkInterfaces"] == 3
    assert estimate.calls_by_action["workspaces:DescribeWorkspaceDirectories"] == 2
    assert set(statement.actions or ()) == set(estimate.calls_by_action)


@on_a_loop
async def test_every_check_has_a_rationale_and_its_iam_actions() -> None:
    """The actions of all checks are those of the policy with every option, and no check is without its reason."""
    with Emulator() as aws:
        async with aws.client() as ws:
            policy = Audit.over(Fleet.over(("main", ws))).policy(options=["tags", "interfaces", "probe_public"])
    permitted = {str(action) for statement in policy.statements for action in statement.actions or ()}
    assert {action for check in CHECKS for action in check.actions} == permitted
    assert all(check.why for check in CHECKS)


@on_a_loop
async def test_single_check_audit_calls_exactly_the_actions_of_its_policy() -> None:
    """The policy of one check has every action that its audit calls, and the calls are those of its estimate."""
    options = ["tags", "interfaces", "probe_public"]
    with Emulator() as aws:
        aws.add_workspaces(1)
        aws.network.set_directory(aws.directory_id, kind="MicrosoftAD")
        async with aws.client() as ws:
            image_id = aws.add_image("golden")
            await (await ensure(aws, ws)).run()
            audit = Audit.over(Fleet.over(("main", ws)))
            for check in CHECKS:
                first = len(aws.calls)
                await audit.run(only=[check.id], options=options)
                made = {f"{each.service}:{each.operation}" for each in aws.calls[first:] if each.service != "sts"}
                estimate = audit.estimate(workspaces=1, only=[check.id], options=options)
                statements = audit.policy(only=[check.id], options=options).statements
                allowed = {action for statement in statements for action in statement.actions or ()}
                assert made == allowed == set(estimate.calls_by_action), check.id
    assert image_id


@on_a_loop
async def test_scoped_audit_has_the_same_findings_with_narrowed_credentials() -> None:
    """The role is assumed again with the audit's policy; each call is of that session, which may change nothing."""
    with Emulator() as aws:
        aws.add_workspaces(3, running_mode="AUTO_STOP", state="AVAILABLE")
        aws.network.set_directory(aws.directory_id, kind="MicrosoftAD")
        everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        role = aws.add_role("operator", policy=everything)
        provider = AssumeRoleProvider(role_arn=role, source=aws.credentials)
        async with aws.client(credentials=provider) as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            whole = await audit.run(keep="all")
            first = len(aws.calls)
            scoped = await audit.run(keep="all", scoped=True)
            made = list(aws.calls)[first:]
            streamed = [each async for each in audit.findings(scoped=True)]
            assert outcomes(scoped) == outcomes(whole)
            assert len(streamed) == len(scoped.findings)
            (session,) = [call for call in made if call.operation == "AssumeRole"]
            assert json.loads(str(session.parameters["Policy"])) == audit.policy().to_dict()
            clients = await scoped_clients({audit.sites[0]: ws}, {audit.sites[0]: audit.policy()})
            (narrow,) = clients.values()
            workspace = (await narrow.describe_workspaces()).workspaces[0]
            with pytest.raises(AccessDeniedException):
                await narrow.stop_workspaces(
                    stop_workspace_requests=[StopRequest(workspace_id=workspace.workspace_id or "")]
                )
        async with aws.client() as ws:
            first = len(aws.calls)
            with pytest.raises(ConfigurationError, match="long-term keys"):
                await Audit.over(Fleet.over(("main", ws))).run(scoped=True)
            assert len(aws.calls) == first


@on_a_loop
async def test_scoped_audit_continues_without_a_site_that_has_no_credentials() -> None:
    """The site is not reached, and the others are audited with narrowed keys."""
    with Emulator() as aws:
        aws.add_workspaces(1)
        good = SessionTokenProvider(source=aws.credentials)
        nobody = EnvironmentProvider({})
        async with aws.client(credentials=good) as ws, aws.client(credentials=nobody) as lost:
            audit = Audit.over(Fleet.over(("main", ws), ("lost", lost)))
            report = await audit.run(only=["data.*"], scoped=True)
    assert {each.site.account: each.is_whole for each in report.sites} == {"main": True, "lost": False}
