"""EndpointPlan: what exists, what differs, and the calls that will be made, to be reviewed before they are run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, overload

import msgspec

from wsclient._core.argument_checks import checked
from wsclient._core.clock import TimeSource
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.printable import printable
from wsclient._core.tables.columns import Row
from wsclient._core.value_kinds import BOOL, one_of, optional
from wsclient._core.vpc_errors import VpcEndpointError
from wsclient.policy._policy import Policy
from wsclient.vpc._differences import Difference
from wsclient.vpc._ensured_endpoint import EnsuredEndpoint
from wsclient.vpc._permissions import plan_policy
from wsclient.vpc._plan_content import PlanContent
from wsclient.vpc._runner import Runner
from wsclient.vpc._session import Session
from wsclient.vpc._steps import EndpointStep

PRICE = "AWS charges an endpoint by the hour and zone, and by the data: https://aws.amazon.com/privatelink/pricing/"


class EndpointPlanRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """Row of a plan's table: a call that will be made, or a difference that will stay.

    kind is "call" or "difference"; name is the operation, or the part of the endpoint; detail has the parameters.
    """

    kind: str
    name: str
    detail: str


class EndpointPlan(ExplainedAttributes):
    """Plan of InterfaceEndpoint.ensure(): print it, then run it. Making it changed nothing.

    endpoint_id is the id of the endpoint that exists, None if one will be created. differences are those of it from
    what was requested; only those that repair= names are changed. notes are warnings.
    """

    _other_names = dict.fromkeys(("apply", "commit", "create", "execute"), "write await plan.run()")

    def __init__(self, content: PlanContent, session: Session, time: TimeSource) -> None:
        self._content = content
        self._session = session
        self._time = time

    @property
    def endpoint_id(self) -> str | None:
        """Id of the endpoint that exists, None if one will be created."""
        return self._content.existing.vpc_endpoint_id if self._content.existing else None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Differences between the endpoint that exists and what was requested."""
        return self._content.differences

    @property
    def steps(self) -> tuple[EndpointStep, ...]:
        """Calls that will be made, in their order, each with its parameters."""
        return self._content.steps

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings and remarks."""
        return self._content.notes

    def policy(self) -> Policy:
        """Return the IAM policy that running this plan needs: exact actions, resources and conditions."""
        content = self._content
        return plan_policy(content.spec, content.facts, content.subnet_ids, content.steps, self.endpoint_id)

    def rows(self) -> Sequence[EndpointPlanRow]:
        """Return the calls, and the differences that will stay, as rows."""
        calls = [EndpointPlanRow(kind="call", name=step.operation, detail=str(step)) for step in self.steps]
        left = [each for each in self.differences if not self._is_changed(each)]
        return [*calls, *(EndpointPlanRow(kind="difference", name=each.part, detail=str(each)) for each in left)]

    @overload
    async def run(
        self, *, dry_run: Literal[False] = False, require: Literal["path"] | None = None, scoped: bool = False
    ) -> EnsuredEndpoint: ...

    @overload
    async def run(
        self, *, dry_run: Literal[True], require: Literal["path"] | None = None, scoped: bool = False
    ) -> tuple[str, ...]: ...

    @checked({"dry_run": BOOL, "require": optional(one_of("path")), "scoped": BOOL}, error=VpcEndpointError)
    async def run(
        self, *, dry_run: bool = False, require: Literal["path"] | None = None, scoped: bool = False
    ) -> EnsuredEndpoint | tuple[str, ...]:
        """Make the calls, wait until the endpoint is available, prove it, and switch private DNS on last.

        Run it again after any failure, or from several processes: there is one endpoint.

        Args:
            dry_run: send each call with DryRun, which changes nothing, and return the operations that EC2 permits.
            require: "path" makes it an error when a signed call through the endpoint cannot be tried from here.
            scoped: make every call with credentials that AWS STS has narrowed to policy(), so that nothing else can be
                done with them. Needs temporary credentials.

        Raises VpcEndpointError, and with scoped=True ConfigurationError for long-term keys; nothing was sent then.
        """
        session = await self._session.narrowed_to(self.policy()) if scoped else self._session
        runner = Runner(self._content, session, self._time)
        return await runner.dry_run() if dry_run else await runner.run(require=require)

    def _is_changed(self, difference: Difference) -> bool:
        names = {step.name for step in self.steps}
        if difference.part == "private_dns":
            return "private_dns" in names
        return difference.part in self._content.repair

    def __str__(self) -> str:
        """Return the whole plan as text."""
        content, facts = self._content, self._content.facts
        where = f"{content.spec.vpc_id}, account {facts.account_id}, {facts.region}"
        lines = [
            f"Interface endpoint of {facts.service.service_name} in {where}",
            f"exists: {self._existing()}",
            *(f"differs: {each}{self._remark(each)}" for each in self.differences),
            *(f"call {number}: {step}" for number, step in enumerate(self.steps, start=1)),
            *([] if self.steps else ["no call changes anything"]),
            "then: wait until available, prove name and path, and private DNS last",
            *(f"note: {note}" for note in self.notes),
        ]
        return "\n".join(map(printable, lines))

    def _remark(self, difference: Difference) -> str:
        return "" if self._is_changed(difference) else " (stays; repair= changes it)"

    def _existing(self) -> str:
        endpoint = self._content.existing
        return "none" if endpoint is None else f"{endpoint.vpc_endpoint_id}, {endpoint.state}"

    def __repr__(self) -> str:
        """Return the VPC, the endpoint and the number of calls."""
        return f"<EndpointPlan for {self._content.spec.vpc_id}: {self._existing()}; {len(self.steps)} calls>"
