"""Stage for scenarios about the emulator: boto3 clients call it, and every result is recorded."""

# botocore makes its clients at run time.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.session import Session

from tests.support.emulators import boto3_client
from wsclient._generated.workspaces.service import SERVICE
from wsclient.testing import Emulator, Quotas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Members = dict[str, Any]  # AWS's names, as boto3 has them

OTHER_ACCOUNT = "210987654321"
OTHER_REGION = "us-east-1"
FIPSLESS_REGION = "eu-west-1"
COMMON = frozenset({"ValidationException"})
"""Codes that every operation of AWS may answer, whatever its model says."""


@dataclass
class Log:
    """Results by operation: responses, checked responses, error codes, and codes of failed items."""

    answered: set[str] = field(default_factory=set[str])
    checked: set[str] = field(default_factory=set[str])
    errors: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    failed_items: dict[str, set[str]] = field(default_factory=dict[str, set[str]])


class Actor:
    """Calls operations as one account in one region."""

    def __init__(self, client: Any, log: Log) -> None:
        self._client = client
        self._log = log

    def ok(self, operation: str, **members: Any) -> Members:
        """Return the answer, which must be a success."""
        answer: Members = getattr(self._client, xform_name(operation))(**members)
        self._log.answered.add(operation)
        return answer

    def error(self, operation: str, code: str, **members: Any) -> None:
        """Expect an error code that is in the operation's model or common to all operations."""
        try:
            self.ok(operation, **members)
        except ClientError as error:
            seen = str(error.response["Error"]["Code"])
        else:
            raise AssertionError(f"{operation} was answered, with {members}")
        assert seen == code, f"{operation} gave {seen}, not {code}"
        modeled = {error.code for error in SERVICE.operations[operation].errors}
        assert code in modeled | COMMON, f"{operation} has no {code} in its model"
        self._log.errors.setdefault(operation, set()).add(code)

    def failed(self, operation: str, code: str, **members: Any) -> None:
        """Expect a success with a single failed item of this code."""
        answer = self.ok(operation, **members)
        items = answer.get("FailedRequests") or answer.get("FailedStandbyRequests") or []
        assert [item["ErrorCode"] for item in items] == [code], items
        self._log.failed_items.setdefault(operation, set()).add(code)


class Stage:
    """An emulator with two regions and several accounts, all under the same policy if any."""

    def __init__(self, aws: Emulator, log: Log, core: Session, policy: Mapping[str, object] | None = None) -> None:
        self.aws = aws
        self.log = log
        self._core = core
        self._policy = policy
        aws.add_user("emulator", policy=policy)
        self.here = self.actor()

    def actor(self, *, account_id: str | None = None, region: str | None = None) -> Actor:
        """Return an actor for an account and a region."""
        keys = self.aws.add_user("actor", account_id=account_id, policy=self._policy) if account_id else None
        return Actor(boto3_client(self.aws, "workspaces", keys, region=region, core=self._core), self.log)

    def verify(self, seen: object, expected: object, *operations: str) -> None:
        """Compare a result with the expected value; operations are those that it verifies."""
        assert seen == expected, f"{', '.join(operations)}: {seen} is not {expected}"
        assert set(operations) <= self.log.answered, operations
        self.log.checked.update(operations)

    def advance(self, **step: float) -> None:
        """Let time pass."""
        self.aws.clock.advance(**step)

    def directory(self, directory_id: str) -> Members:
        """Return the description of a directory of the account."""
        answer = self.here.ok("DescribeWorkspaceDirectories", DirectoryIds=[directory_id])
        found: Members = answer["Directories"][0]
        return found

    def workspace(self, workspace_id: str) -> Members:
        """Return the description of a WorkSpace of the account."""
        found: Members = self.here.ok("DescribeWorkspaces", WorkspaceIds=[workspace_id])["Workspaces"][0]
        return found


@dataclass(frozen=True)
class Scenario:
    """A scenario and the emulator it needs."""

    play: Callable[[Stage], None]
    quotas: Quotas = field(default_factory=Quotas)

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.play.__name__


@dataclass
class ScenarioSuite:
    """Scenarios to run, each at an emulator of its own."""

    scenarios: list[Scenario] = field(default_factory=list[Scenario])

    def scenario(self, play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        """Add a scenario."""
        self.scenarios.append(Scenario(play))
        return play

    def scenario_with(self, quotas: Quotas) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
        """Add a scenario that runs with other service quotas."""

        def add(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
            self.scenarios.append(Scenario(play, quotas))
            return play

        return add


def run_all(
    scenarios: list[Scenario], policy: Mapping[str, object] | None = None
) -> tuple[Log, dict[str, Exception | None]]:
    """Run every scenario; return the results, and each scenario's exception, if any."""
    log, core = Log(), Session()
    outcomes: dict[str, Exception | None] = {}
    for scenario in scenarios:
        with Emulator(other_regions=[OTHER_REGION, FIPSLESS_REGION], quotas=scenario.quotas) as aws:
            try:
                scenario.play(Stage(aws, log, core, policy))
            except Exception as error:  # noqa: BLE001 - the scenario's own test raises it
                outcomes[scenario.name] = error
            else:
                outcomes[scenario.name] = None
    return log, outcomes
