"""Policies of plans: sufficient and minimal permissions, scoped runs, and AWS's size limits."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.loops import on_a_loop
from tests.support.scale import IS_FULL
from wsclient import types
from wsclient.credentials import (
    AssumeRoleProvider,
    ProfileProvider,
    SamlProvider,
    ScopedCredentialsProvider,
    SessionTokenProvider,
    WebIdentityProvider,
    default_chain,
)
from wsclient.errors import AccessDeniedException, ConfigurationError, PackedPolicyTooLargeException
from wsclient.fleet import Fleet, Outcome, Site, where
from wsclient.fleet._actions.items import Parameters, PlanItem
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._plan_policy import site_policy
from wsclient.fleet._run.scoped_clients import ScopedClients
from wsclient.policy import Policy, PolicyTooLargeError
from wsclient.policy._size_limits import SESSION_POLICY_LENGTH, compact, fitted
from wsclient.testing import Emulator
from wsclient.workspaces._scoped import require_temporary_credentials

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.credentials import CredentialsProvider
    from wsclient.fleet import Plan

HERE = Site(account="main", region="us-west-2")
STATES = {"start": types.WorkspaceState.STOPPED}
OPTIONS: dict[str, dict[str, Any]] = {
    "modify": {"properties": types.WorkspaceProperties(running_mode="ALWAYS_ON")},
    "set_state": {"state": "ADMIN_MAINTENANCE"},
    "tag": {"tags": {"Team": "blue"}},
    "untag": {"keys": ["Team"]},
}
ACTIONS = sorted(ACTION_SPECS)


async def planned(aws: Emulator, fleet: Fleet, action: str, ids: list[str], bundle_id: str) -> Plan:
    """Plan an action for what there is."""
    if action == "create":
        request = types.WorkspaceRequest(
            directory_id=aws.directory_id,
            user_name="new",
            bundle_id=aws.bundle_id,
            tags=[types.Tag(key="a", value="b")],
        )
        return await fleet.create([request])
    options = OPTIONS.get(action, {})
    if action == "migrate":
        options = {"bundle_id": bundle_id}
    plan: Plan = await getattr(fleet, action)(ids=ids, **options)
    return plan


@pytest.mark.parametrize("is_whole", [True, False], ids=["its policy", "without its action"])
@pytest.mark.parametrize("action", ACTIONS)
@on_a_loop
async def test_plan_policy_is_sufficient_and_needed(action: str, is_whole: bool) -> None:
    """Every item is done under plan.policy(); without the action's operation every item fails, and the reads go on."""
    with Emulator() as aws:
        ids = aws.add_workspaces(2, running_mode="AUTO_STOP", state=STATES.get(action, types.WorkspaceState.AVAILABLE))
        bundle_id = aws.add_bundle("other")
        async with aws.client() as ws:
            plan = await planned(aws, Fleet.over(("main", ws)), action, ids, bundle_id)
            policy = plan.policy().to_dict()
            operation = f"workspaces:{ACTION_SPECS[action].operation.name}"
            if not is_whole:
                denial = {"Effect": "Deny", "Action": operation, "Resource": "*"}
                policy["Statement"] = [*policy["Statement"], denial]  # type: ignore[misc]
            keys = aws.add_user("operator", policy=policy)
        async with aws.client(credentials=keys) as ws:
            plan = await planned(aws, Fleet.over(("main", ws)), action, ids, bundle_id)
            report = await plan.run(expected_count=len(plan))
    expected = Outcome.DONE if is_whole else Outcome.FAILED
    assert {item.outcome for item in report.items if item.outcome is not Outcome.NOT_TRIED} == {expected}
    assert len(report.items) == len(plan) > 0


ALLOW_ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def sources(aws: Emulator, home: Path) -> dict[str, tuple[CredentialsProvider, str]]:
    """Return temporary credentials of every kind, each with the STS operation that narrows it."""
    role, keys = aws.add_role("operator", policy=ALLOW_ALL), aws.credentials
    (home / "config").write_text(f"[profile p]\nrole_arn = {role}\ncredential_source = Environment\n", encoding="utf-8")
    environ = {
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
    }
    assumed = AssumeRoleProvider(role_arn=role, source=keys, tags={"team": "blue"})
    return {
        "role": (assumed, "AssumeRole"),
        "web identity": (
            WebIdentityProvider(role_arn=role, token=aws.web_identity_token),
            "AssumeRoleWithWebIdentity",
        ),
        "profile": (ProfileProvider("p", environ=environ, home=home), "AssumeRole"),
        "chain": (default_chain(profile="p", environ=environ, home=home), "AssumeRole"),
        "chained role": (AssumeRoleProvider(role_arn=role, source=assumed), "AssumeRole"),
        "role with a policy": (
            AssumeRoleProvider(role_arn=role, source=keys, policy=ALLOW_ALL),
            "GetScopedCredentials",
        ),
        "user's session": (SessionTokenProvider(source=keys), "GetScopedCredentials"),
        "scoped": (ScopedCredentialsProvider(assumed, policy=ALLOW_ALL), "GetScopedCredentials"),
        "SAML": (
            SamlProvider(
                role_arn=role,
                principal_arn=aws.saml_provider_arn(),
                assertion=lambda: aws.saml_assertion(role_arn=role),
            ),
            "GetScopedCredentials",
        ),
    }


KINDS = (
    *("role", "web identity", "profile", "chain", "chained role", "role with a policy", "user's session", "scoped"),
    "SAML",
)


@pytest.mark.parametrize("kind", KINDS if IS_FULL else ("role", "role with a policy"))
@on_a_loop
async def test_scoped_run_uses_a_session_per_batch(kind: str, tmp_path: Path) -> None:
    """Each batch of 25 has its own session, whose policy allows only its WorkSpaces.

    A role is assumed again with a session policy; other temporary credentials are scoped by STS.
    """
    with Emulator() as aws:
        ids = aws.add_workspaces(60, running_mode="AUTO_STOP", state="AVAILABLE")
        provider, operation = sources(aws, tmp_path)[kind]
        async with aws.client(credentials=provider) as ws:
            plan = await Fleet.over(("main", ws)).stop(ids=ids)
            start = len(aws.calls)
            report = await plan.run(scoped=True)
        calls = list(aws.calls)[start:]
    assert report.counts[Outcome.DONE] == 60
    scoped = [call for call in calls if call.service == "sts" and "Policy" in call.parameters]
    stops = [call for call in calls if call.operation == "StopWorkspaces"]
    assert {call.operation for call in scoped} == {operation}
    assert len(scoped) == len(stops) == 3
    named = [{each for each in ids if each in str(call.parameters["Policy"])} for call in scoped]
    assert sorted(map(len, named)) == [10, 25, 25]
    assert set[str]().union(*named) == set(ids)
    assert not {call.operation for call in calls if call.service == "workspaces"} - {
        "StopWorkspaces",
        "DescribeWorkspaces",
    }


@pytest.mark.parametrize("kind", KINDS)
@on_a_loop
async def test_batch_session_allows_only_its_workspaces_and_action(kind: str, tmp_path: Path) -> None:
    """Another WorkSpace, another action and another resource are refused to the client of a batch."""
    with Emulator() as aws:
        mine, other = aws.add_workspaces(2, running_mode="AUTO_STOP", state="AVAILABLE")
        provider, _ = sources(aws, tmp_path)[kind]
        async with aws.client(credentials=provider) as ws:
            await require_temporary_credentials(ws, HERE)
            scoped = ScopedClients(ws, HERE, ACTION_SPECS["stop"], Parameters())
            items = [PlanItem(site=HERE, workspace_id=mine)]
            client = scoped.client_for(items)
            assert scoped.client_for(items) is client
            for call in (
                lambda: client.stop_workspaces(stop_workspace_requests=[types.StopRequest(workspace_id=other)]),
                lambda: client.terminate_workspaces(
                    terminate_workspace_requests=[types.TerminateRequest(workspace_id=mine)]
                ),
                lambda: client.delete_tags(resource_id=mine, tag_keys=["a"]),
            ):
                with pytest.raises(AccessDeniedException):
                    await call()
            await client.stop_workspaces(stop_workspace_requests=[types.StopRequest(workspace_id=mine)])
            await ws.start_workspaces(start_workspace_requests=[types.StartRequest(workspace_id=other)])


@on_a_loop
async def test_plan_policy_allows_calls_only_through_its_interface_endpoint(tmp_path: Path) -> None:
    """policy() and the sessions of a scoped run have the endpoint as a condition: the public host refuses them."""
    with Emulator() as aws:
        (workspace_id,) = aws.add_workspaces(1, running_mode="AUTO_STOP", state="AVAILABLE")
        interface = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
        through = {"aws:RequestedRegion": ["us-west-2"], "aws:SourceVpce": [interface.id]}
        provider, _ = sources(aws, tmp_path)["role"]
        async with aws.client(credentials=provider, vpc_endpoint=interface.dns_label) as ws:
            plan = await Fleet.over(("main", ws)).stop(ids=[workspace_id])
            assert [each.conditions for each in plan.policy().statements] == [{"StringEquals": through}] * 2
            narrow = ScopedClients(ws, HERE, ACTION_SPECS["stop"], Parameters()).client_for(plan.items)
            public = narrow.with_options(vpc_endpoint=None)
            with pytest.raises(AccessDeniedException):
                await public.describe_workspaces()
            report = await plan.run(scoped=True)
    assert report.counts[Outcome.DONE] == 1
    assert {call.vpc_endpoint for call in aws.calls if call.operation == "StopWorkspaces"} == {interface.id}


@pytest.mark.parametrize("operation", ["AssumeRole", "GetScopedCredentials"])
@on_a_loop
async def test_scoped_run_without_narrowed_credentials_changes_nothing(operation: str, tmp_path: Path) -> None:
    """If STS refuses, the run ends with an error of the credentials: the client's own are not used instead."""
    with Emulator() as aws:
        ids = aws.add_workspaces(1, running_mode="AUTO_STOP", state="AVAILABLE")
        kind = {"AssumeRole": "role", "GetScopedCredentials": "role with a policy"}[operation]
        async with aws.client(credentials=sources(aws, tmp_path)[kind][0]) as ws:
            plan = await Fleet.over(("main", ws)).stop(ids=ids)
            aws.fail(operation, with_=PackedPolicyTooLargeException, times=9)
            report = await plan.run(scoped=True)
    assert report.counts[Outcome.DONE] == 0
    assert "PackedPolicyTooLarge" in str(report)
    assert not [call for call in aws.calls if call.operation == "StopWorkspaces"]


def test_scoped_role_pickles_with_its_policy() -> None:
    """A provider that another process makes of a pickle is as narrow."""
    source = ProfileProvider("p")
    narrow = AssumeRoleProvider(role_arn="arn:aws:iam::123456789012:role/r", source=source).narrowed_to('{"a":1}')
    again = pickle.loads(pickle.dumps(narrow))
    assert again._request.policy == '{"a":1}'
    assert narrow is not None
    assert narrow.narrowed_to("{}") is None


@on_a_loop
async def test_scoped_run_rejects_long_term_keys_before_any_call() -> None:
    """The error names both ways to temporary credentials."""
    with Emulator() as aws:
        ids = aws.add_workspaces(1, running_mode="AUTO_STOP", state="AVAILABLE")
        async with aws.client() as ws:
            plan = await Fleet.over(("main", ws)).stop(ids=ids)
            with pytest.raises(ConfigurationError, match=r"AssumeRoleProvider.*SessionTokenProvider"):
                await plan.run(scoped=True)
        assert not [call for call in aws.calls if call.operation == "StopWorkspaces"]


VPCE = "vpce-0123456789abcdef0"


def policy_of(count: int, action: str = "stop") -> Policy:
    """Return the policy of so many WorkSpaces."""
    items = [PlanItem(site=HERE, workspace_id=f"ws-{number:09}") for number in range(count)]
    return site_policy(ACTION_SPECS[action], HERE, items, Parameters(), vpc_endpoint_id=VPCE)


def test_batch_of_25_fits_the_session_policy_limit() -> None:
    """The longest names of all actions included, and an interface endpoint."""
    for action in ACTIONS:
        assert len(compact(policy_of(25, action))) <= SESSION_POLICY_LENGTH, action


@given(st.integers(1, 400), st.integers(500, 7000))
def test_oversized_policy_is_widened_or_rejected(count: int, limit: int) -> None:
    """It fits or is refused with its length; widened, it allows what it allowed before."""
    policy = policy_of(count)
    length = len(compact(policy))
    if length <= limit:
        assert fitted(policy, limit, widen=False) == policy
        return
    with pytest.raises(PolicyTooLargeError) as refused:
        fitted(policy, limit, widen=False)
    assert (refused.value.length, refused.value.limit) == (length, limit)
    widened = fitted(policy, limit, widen=True)
    assert len(compact(widened)) <= limit
    arn = f"arn:aws:workspaces:us-west-2:123456789012:workspace/ws-{count - 1:09}"
    allowed = widened.evaluate(
        principal="arn:aws:iam::123456789012:role/r",
        action="workspaces:StopWorkspaces",
        resource=arn,
        context={"aws:RequestedRegion": "us-west-2", "aws:SourceVpce": VPCE},
    )
    assert allowed.is_allowed


def test_policy_above_every_form_of_the_limit_is_rejected() -> None:
    """A limit below every form of the policy is an error, with widen=True too."""
    with pytest.raises(PolicyTooLargeError, match="100 are allowed"):
        fitted(policy_of(50), 100, widen=True)


@on_a_loop
async def test_plan_policies_are_per_site() -> None:
    """A plan of two regions has a policy for each; policy() requires a single site."""
    with Emulator(other_regions=["eu-west-1"]) as aws:
        aws.add_workspaces(1, state="AVAILABLE", running_mode="AUTO_STOP")
        aws.add_workspaces(1, state="AVAILABLE", running_mode="AUTO_STOP", region="eu-west-1")
        async with aws.client() as ws, aws.client(region="eu-west-1") as there:
            plan = await Fleet.over(("main", ws), ("main", there)).stop(where=where.everything())
            assert {site.region for site in plan.policies()} == {"us-west-2", "eu-west-1"}
            with pytest.raises(ConfigurationError, match=r"use policies\(\)"):
                plan.policy()
