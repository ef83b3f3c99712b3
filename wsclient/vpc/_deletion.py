"""DeletionPlan: the deletion of an endpoint, which requires its id twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.clock import TimeSource
from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._core.vpc_errors import EndpointStateError, VpcEndpointError
from wsclient.vpc._described_endpoint import DescribedEndpoint, describe_endpoint
from wsclient.vpc._reads import NOT_FOUND, permission_error
from wsclient.vpc._session import Session
from wsclient.vpc._spec import TAG
from wsclient.vpc._waiting import Waiting

if TYPE_CHECKING:
    from wsclient._client.operations.ec2 import Ec2Operations

MAX_ATTEMPTS: Final = 3


class DeletionPlan:
    """Plan to delete one endpoint. Making it changed nothing; run(confirm=id) deletes it."""

    def __init__(self, endpoint: DescribedEndpoint, session: Session, time: TimeSource) -> None:
        self.endpoint = endpoint
        """Endpoint that will be deleted."""
        self._session = session
        self._time = time

    @property
    def notes(self) -> tuple[str, ...]:
        """Consequences of the deletion."""
        notes = [f"policies whose condition aws:SourceVpce is {self.endpoint.id} will deny every call"]
        if self.endpoint.private_dns:
            notes.append("names of the service will lead to its public endpoint again, in the whole VPC")
        return tuple(notes)

    async def run(self, *, confirm: str) -> None:
        """Delete the endpoint, and wait until it is gone. confirm must repeat its id.

        Raises VpcEndpointError for another id, and if EC2 does not delete the endpoint.
        """
        if confirm != self.endpoint.id:
            raise VpcEndpointError(
                f"confirm={confirm!r:.60} is not the id of the endpoint to delete, {self.endpoint.id}. Nothing was sent"
            )
        async with self._session.ec2() as ec2:
            await self._delete(ec2)
            await Waiting(ec2, self._time).until_gone(self.endpoint.id)

    async def _delete(self, ec2: Ec2Operations) -> None:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                answer = await ec2.delete_vpc_endpoints(vpc_endpoint_ids=[self.endpoint.id])
            except AccessDeniedException as error:
                raise permission_error("ec2:DeleteVpcEndpoints", error) from error
            except ServiceError:
                raise
            except WsclientError as error:
                # A deletion is repeatable: what is gone already is not found.
                if not error.may_have_been_sent or attempt == MAX_ATTEMPTS:
                    raise
                await self._time.sleep(attempt)
                continue
            # EC2 answers with success, and lists what it did not delete.
            for item in answer.unsuccessful:
                code = item.error.code if item.error else None
                if code not in NOT_FOUND:
                    message = item.error.message if item.error else ""
                    raise VpcEndpointError(f"EC2 did not delete {self.endpoint.id}: {code}: {message}")
            return

    def __str__(self) -> str:
        """Return the plan as text."""
        lines = [f"delete {self.endpoint.id} of {self.endpoint.service_name} in {self.endpoint.vpc_id}"]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def __repr__(self) -> str:
        """Return the id."""
        return f"<DeletionPlan of {self.endpoint.id}>"


async def plan_deletion(session: Session, endpoint_id: str, *, adopted: bool, time: TimeSource) -> DeletionPlan:
    """Read an endpoint, and return the plan of its deletion."""
    endpoint = await describe_endpoint(session, endpoint_id)
    if endpoint.is_requester_managed:
        raise VpcEndpointError(f"{endpoint_id} is managed by another AWS service, which deletes it itself")
    if TAG not in endpoint.tags and not adopted:
        raise VpcEndpointError(
            f"{endpoint_id} was not created by wsclient (it has no tag {TAG}); pass adopted=True to delete it"
        )
    if endpoint.state == "deleted":
        raise EndpointStateError(f"{endpoint_id} is deleted already", endpoint_id=endpoint_id, state="deleted")
    return DeletionPlan(endpoint, session, time)
