"""States of the model in each waiter's definition: one that a newer model adds needs a decision."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from wsclient import WorkSpacesClient
from wsclient._generated.workspaces import enums
from wsclient.waiters import _definitions as definitions
from wsclient.waiters._acceptors import WaiterDefinition

ROOT = Path(__file__).parents[2]
CHANGING = "PENDING REBOOTING STARTING REBUILDING RESTORING MAINTENANCE ADMIN_MAINTENANCE UPDATING"
INSTALLING = "PENDING_INSTALL PENDING_INSTALL_DEPLOYMENT PENDING_UNINSTALL PENDING_UNINSTALL_DEPLOYMENT INSTALLING"
WAITING = {
    "AVAILABLE": f"{CHANGING} SUSPENDED STOPPING STOPPED",
    "STOPPED": f"{CHANGING} SUSPENDED AVAILABLE",
    "TERMINATED": f"{CHANGING} AVAILABLE IMPAIRED UNHEALTHY STOPPING STOPPED",
    "SUSPENDED": f"{CHANGING} AVAILABLE STOPPING STOPPED",
    "IMAGE_AVAILABLE": "PENDING",
    "BUNDLE_AVAILABLE": "PENDING",
    "DIRECTORY_REGISTERED": "",
    "DIRECTORY_DEREGISTERED": "REGISTERING",
    "POOL_RUNNING": "CREATING UPDATING",
    "POOL_STOPPED": "STARTING UPDATING",
    "APPLICATION_INSTALLED": INSTALLING,
    "APPLICATION_REMOVED": f"{INSTALLING} COMPLETED",
    "ALIAS_CREATED": "CREATING",
    "ALIAS_DELETED": "CREATING",
    "ALIAS_ASSOCIATED": "",
    "ALIAS_DISASSOCIATED": "PENDING_ASSOCIATION",
    "ACCOUNT_LINKED": "PENDING_ACCEPTANCE_BY_TARGET_ACCOUNT",
}
"""States that neither succeed nor fail, and of which the definition says nothing more, by waiter."""
SINCE = definitions.Since(at=0.0)
RENEWED = {
    "rebooted": definitions.rebooted(SINCE),
    "rebuilt": definitions.rebuilt(SINCE),
    "restored": definitions.restored(SINCE),
    "migrated": definitions.migrated(SINCE, ()),
    "modified": definitions.modified(SINCE, None, None),
}


def _named_states(definition: WaiterDefinition[Any]) -> frozenset[str]:
    failures = definition.failure_states | definition.failure_states_after_change
    return frozenset(map(str, definition.success_states | definition.transitional_states | failures))


def test_every_definition_is_listed() -> None:
    """The table has each waiter's definition."""
    assert {name for name, value in vars(definitions).items() if isinstance(value, WaiterDefinition)} == set(WAITING)


@pytest.mark.parametrize("name", WAITING)
def test_each_state_of_the_model_is_decided(name: str) -> None:
    """Every state of the resource is a success, a failure or a wait; a definition names none that the model lacks."""
    definition: WaiterDefinition[Any] = getattr(definitions, name)
    named, kind = (
        _named_states(definition),
        type(next(iter(definition.success_states | definition.transitional_states))),
    )
    assert issubclass(kind, StrEnum)
    states = {state.value for state in kind}
    assert states - named == set(WAITING[name].split())
    assert named <= states


@pytest.mark.parametrize("name", RENEWED)
def test_each_state_of_a_workspace_is_decided_after_a_change(name: str) -> None:
    """A WorkSpace that was rebooted, rebuilt, restored, migrated or modified waits in every state that is no end."""
    ends = {"AVAILABLE", "STOPPED", "ERROR", "UNHEALTHY", "IMPAIRED", "TERMINATING", "TERMINATED"}
    assert {state.value for state in enums.WorkspaceState} - _named_states(RENEWED[name]) <= {
        *CHANGING.split(),
        "STOPPING",
        "SUSPENDED",
    }
    assert ends <= _named_states(RENEWED[name])


def test_documented_number_of_waiters() -> None:
    """README and the site give the number of waiters that the client has."""
    count = len([name for name in dir(WorkSpacesClient) if name.startswith("wait_until_")])
    texts = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs/pages").rglob("*.md"))
    )
    named = re.findall(r"(\d+) waiters\b|\[(\d+)\]\(reference/waiters\.md\)", texts)
    others = re.findall(r"(\d+) other waiters\b", texts)
    assert {int(first or second) for first, second in named} == {count}
    assert {int(number) for number in others} == {count - 1}
