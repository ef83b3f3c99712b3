"""boto3 calls every operation of the model against the emulator, over real TLS."""

from __future__ import annotations

import pytest

from tests.support.emulated import PAGE, SCENARIOS, page
from tests.support.emulator_stage import COMMON, Log, run_all
from tests.support.raised_errors import raised_by
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.policy._actions import RESOURCE_TYPES_BY_ACTION, WITHOUT_RESOURCE
from wsclient.testing._operations import HANDLERS

Played = tuple[Log, dict[str, Exception | None]]
OF_POLICIES = {"AccessDeniedException"}
"""What only a policy of IAM refuses."""


@pytest.fixture(scope="module")
def ran() -> Played:
    """Run every scenario once, for all tests of this module."""
    return run_all(SCENARIOS)


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_scenario_calls_have_their_expected_outcome(ran: Played, name: str) -> None:
    """Every call of the scenario is answered, or refused with the error that it names."""
    outcome = ran[1][name]
    if outcome is not None:
        raise outcome


def test_every_operation_of_the_models_is_emulated() -> None:
    """Each operation of both models has a handler, and each handler an operation."""
    assert set(HANDLERS["workspaces"]) == set(WORKSPACES.operations)
    assert set(HANDLERS["sts"]) == set(STS.operations)


def test_every_operation_succeeds_and_its_effect_is_read_back(ran: Played) -> None:
    """Every operation of the model was called successfully, and its effect was read back."""
    assert ran[0].checked == set(WORKSPACES.operations)


@pytest.mark.parametrize("name", sorted(WORKSPACES.operations))
def test_every_error_of_a_handler_is_modeled_and_provoked(ran: Played, name: str) -> None:
    """The errors that an operation's handler can raise are in its model, and each was provoked."""
    raised = raised_by(HANDLERS["workspaces"][name])
    assert raised <= {error.code for error in WORKSPACES.operations[name].errors} | COMMON
    assert ran[0].errors.get(name, set()) == raised


@pytest.mark.parametrize("name", sorted(WORKSPACES.operations))
def test_every_operation_with_modeled_errors_fails_once(ran: Played, name: str) -> None:
    """For each operation with modeled errors, at least one was provoked, directly or for an item."""
    named = {error.code for error in WORKSPACES.operations[name].errors} - OF_POLICIES
    seen = ran[0].errors.get(name, set()) | ran[0].failed_items.get(name, set())
    assert seen or not named


def test_operations_need_only_their_documented_resources() -> None:
    """All scenarios succeed under a policy that allows each action only on its documented resource types."""
    statements = [
        {
            "Effect": "Allow",
            "Action": f"workspaces:{action}",
            "Resource": [f"arn:aws:workspaces:*:*:{item}/*" for item in types],
        }
        for action, types in RESOURCE_TYPES_BY_ACTION.items()
    ]
    statements.append(
        {"Effect": "Allow", "Action": [f"workspaces:{item}" for item in WITHOUT_RESOURCE], "Resource": "*"}
    )
    log, outcomes = run_all(SCENARIOS, policy={"Version": "2012-10-17", "Statement": statements})
    assert {name: error for name, error in outcomes.items() if error is not None} == {}
    assert log.answered == set(WORKSPACES.operations)


def test_emulator_page_matches_the_recorded_results(ran: Played) -> None:
    """The committed page has the recorded results."""
    assert PAGE.read_text() == page(ran[0])
