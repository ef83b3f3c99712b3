"""Runner of a plan: create or change, wait, prove, switch private DNS, prove again.

Each call that changes something is made once: after an ambiguous outcome EC2 is read before anything is sent again,
and a creation is sent again with the same client token only.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal, TypeVar

import msgspec

from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._core.vpc_errors import (
    EndpointProofError,
    EndpointQuotaError,
    EndpointStateError,
    PrivateDnsConflictError,
    SeveralEndpointsError,
)
from wsclient._generated.ec2 import structures as s
from wsclient._generated.ec2.operations import CREATE_TAGS, CREATE_VPC_ENDPOINT, MODIFY_VPC_ENDPOINT
from wsclient.vpc._differences import differences
from wsclient.vpc._ensured_endpoint import EnsuredEndpoint
from wsclient.vpc._proof import NOT_REQUESTED, Proof, interface_addresses, prove, prove_private_dns, vpc_endpoint_of
from wsclient.vpc._reads import LIVE, find_endpoint, find_endpoints, permission_error, service_name, state_of
from wsclient.vpc._spec import MAX_TOKEN, TAG
from wsclient.vpc._steps import NEW, modification, private_dns
from wsclient.vpc._waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from wsclient._client.operations.ec2 import Ec2Operations
    from wsclient._core.clock import TimeSource
    from wsclient._core.model.structures import Output, ResponseMetadata
    from wsclient.vpc._plan_content import PlanContent
    from wsclient.vpc._proof import ProofPart
    from wsclient.vpc._session import Session
    from wsclient.vpc._steps import EndpointStep

OutputT = TypeVar("OutputT", bound="Output")

MAX_ATTEMPTS: Final = 4
"""Attempts of a changing call whose outcome is ambiguous; EC2 is read before each further one."""
MAX_TOKENS: Final = 5
"""Deleted endpoints of the same spec whose tokens are skipped."""
_MISMATCH: Final = "IdempotentParameterMismatch"
_CONFLICT: Final = "conflicting DNS domain"


class Runner:
    """One run of a plan."""

    def __init__(self, content: PlanContent, session: Session, time: TimeSource) -> None:
        self._content = content
        self._session = session
        self._time = time
        self._changes: list[str] = []
        self._has_created = False
        self._metadata: list[ResponseMetadata] = []

    async def dry_run(self) -> tuple[str, ...]:
        """Return the operations that EC2 permits, by its DryRun; raise EndpointPermissionError for a denied one."""
        permitted: list[str] = []
        async with self._session.ec2() as ec2:
            for step in self._content.steps:
                request = step.request
                if isinstance(request, s.ModifyVpcEndpointRequest) and request.vpc_endpoint_id == NEW:
                    continue  # of an endpoint that does not exist yet
                try:
                    await _send(ec2, msgspec.structs.replace(request, dry_run=True))
                except AccessDeniedException as error:
                    raise permission_error(f"ec2:{step.operation}", error) from error
                except ServiceError as error:
                    if error.code != "DryRunOperation":
                        raise
                permitted.append(step.operation)
        return tuple(permitted)

    async def run(self, *, require: Literal["path"] | None) -> EnsuredEndpoint:
        """Run the plan."""
        async with self._session.ec2() as ec2:
            existing, waiting = self._content.existing, Waiting(ec2, self._time)
            endpoint_id = await self._create(ec2, waiting) if existing is None else existing.vpc_endpoint_id or ""
            endpoint = await waiting.until_available(endpoint_id, is_new=existing is None)
            if existing is not None and await self._repair(ec2, endpoint):
                endpoint = await waiting.until_available(endpoint_id, is_new=False)
            addresses = await waiting.retry_read(partial(interface_addresses, ec2, endpoint))
            proof = await prove(self._session.client, endpoint, addresses, self._content.facts.cidrs)
            _check_proof(proof, endpoint_id, require)
            endpoint = await self._switch_private_dns(ec2, waiting, endpoint)
            part = await self._prove_private_dns(waiting, endpoint, addresses, proof)
            proof = msgspec.structs.replace(proof, private_dns=part)
        return EnsuredEndpoint(
            id=endpoint_id,
            created=self._has_created,
            changes=tuple(self._changes),
            proof=proof,
            vpc_endpoint=vpc_endpoint_of(endpoint, self._content.facts.cidrs),
            metadata=tuple(self._metadata),
        )

    async def _create(self, ec2: Ec2Operations, waiting: Waiting) -> str:
        (step, *_) = self._content.steps
        request = step.request
        assert isinstance(request, s.CreateVpcEndpointRequest)  # noqa: S101 - the first step of a creation, for the type checkers
        if (found := await self._found_before_creation(ec2, waiting)) is not None:
            return found
        endpoint_id = await self._create_with_tokens(ec2, step, request)
        self._check_only(await waiting.retry_read(partial(self._all, ec2)), endpoint_id)
        return endpoint_id

    async def _found_before_creation(self, ec2: Ec2Operations, waiting: Waiting) -> str | None:
        """Return the id of the endpoint that another run of this spec has created since the plan was made, if any.

        Raises SeveralEndpointsError for an endpoint that another tool has created since then.
        """
        live = [each for each in await waiting.retry_read(partial(self._all, ec2)) if state_of(each) in LIVE]
        if own := [each for each in live if self._is_own(each)]:
            return own[0].vpc_endpoint_id
        known = {each.vpc_endpoint_id for each in self._content.facts.endpoints}
        new = [each.vpc_endpoint_id or "" for each in live if each.vpc_endpoint_id not in known]
        if new:
            vpc_id = self._content.spec.vpc_id
            raise SeveralEndpointsError(
                f"since the plan was made, {vpc_id} got an endpoint of the service: {', '.join(new)}. Nothing was "
                "created: plan again to adopt it",
                endpoint_ids=new,
            )
        return None

    async def _create_with_tokens(
        self, ec2: Ec2Operations, step: EndpointStep, request: s.CreateVpcEndpointRequest
    ) -> str:
        endpoint = await self._create_or_find(ec2, step, request)
        for _ in range(MAX_TOKENS):
            if state_of(endpoint) in LIVE:
                break
            # EC2 remembers the token of a deleted endpoint: every process derives the same next token.
            token = self._next_token(endpoint.vpc_endpoint_id or "")
            endpoint = await self._create_or_find(ec2, step, msgspec.structs.replace(request, client_token=token))
        return endpoint.vpc_endpoint_id or ""

    def _next_token(self, deleted_id: str) -> str:
        facts = self._content.facts
        return self._content.spec.token(
            partition=facts.partition, account_id=facts.account_id, region=facts.region, after=deleted_id
        )

    async def _create_or_find(
        self, ec2: Ec2Operations, step: EndpointStep, request: s.CreateVpcEndpointRequest
    ) -> s.VpcEndpoint:
        """Send a creation until its outcome is certain; read EC2 before each further attempt."""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                answer = await self._call(step.operation, _create_call(ec2, request))
            except WsclientError as error:
                if isinstance(error, ServiceError) and error.code == _MISMATCH:
                    return await self._find_other(ec2, error)
                if not _is_ambiguous(error):
                    raise
                ambiguous = error
            else:
                if answer.vpc_endpoint is not None and answer.vpc_endpoint.vpc_endpoint_id:
                    # A token that EC2 has seen returns the endpoint that it created before.
                    self._has_created = state_of(answer.vpc_endpoint) == "pending"
                    return answer.vpc_endpoint
                raise EndpointStateError("the response to CreateVpcEndpoint has no endpoint", endpoint_id="", state="")
            if (found := await self._own(ec2)) is not None:
                return found
            if attempt == MAX_ATTEMPTS:
                raise ambiguous
            await self._time.sleep(attempt)
        raise AssertionError  # the loop returns or raises

    async def _find_other(self, ec2: Ec2Operations, error: ServiceError) -> s.VpcEndpoint:
        """Return the endpoint that another process created with the same token and other subnets, when EC2 shows it."""
        found = await Waiting(ec2, self._time).until_shown(partial(self._own, ec2))
        if found is None:
            raise EndpointStateError(
                "EC2 has seen the client token of this request with other parameters, and shows no endpoint of it: "
                f"{error}. "
                'Name the subnets instead of "auto", or add a tag: each changes the token',
                endpoint_id="",
                state="unknown",
            ) from error
        return found

    async def _own(self, ec2: Ec2Operations) -> s.VpcEndpoint | None:
        """Return the live endpoint that was created from this spec, by any process."""
        found = await self._all(ec2)
        return next((each for each in found if self._is_own(each) and state_of(each) in LIVE), None)

    def _is_own(self, endpoint: s.VpcEndpoint) -> bool:
        mark = self._content.token[: MAX_TOKEN // 2]
        return any(tag.key == TAG and tag.value == mark for tag in endpoint.tags)

    async def _all(self, ec2: Ec2Operations) -> list[s.VpcEndpoint]:
        spec, facts = self._content.spec, self._content.facts
        return list(await find_endpoints(ec2, spec.vpc_id, service_name(spec.service, facts.region)))

    def _check_only(self, found: Sequence[s.VpcEndpoint], endpoint_id: str) -> None:
        live = [each.vpc_endpoint_id or "" for each in found if state_of(each) in LIVE]
        unexpected = [each for each in live if each != endpoint_id]
        if unexpected:
            raise SeveralEndpointsError(
                f"while {endpoint_id} was created, {self._content.spec.vpc_id} got another endpoint of the service: "
                f"{', '.join(unexpected)}. Neither was deleted: keep one, and delete the other "
                "(InterfaceEndpoint.delete)",
                endpoint_ids=[endpoint_id, *unexpected],
            )

    async def _repair(self, ec2: Ec2Operations, endpoint: s.VpcEndpoint) -> bool:
        """Send what is still different, and return whether a call was made.

        After an ambiguous outcome the endpoint is read before anything is repeated.
        """
        content = self._content
        for attempt in range(1, MAX_ATTEMPTS + 1):
            wanted = [
                each
                for each in differences(endpoint, content.spec, content.subnet_ids)
                if each.part in content.repair and each.part != "private_dns"
            ]
            steps = modification(endpoint.vpc_endpoint_id or "", wanted, content.spec, endpoint)
            try:
                for step in steps:
                    await self._call(step.operation, _send(ec2, step.request))
            except WsclientError as error:
                if not _is_ambiguous(error) or attempt == MAX_ATTEMPTS:
                    raise
                await self._time.sleep(attempt)
                endpoint = await find_endpoint(ec2, endpoint.vpc_endpoint_id or "") or endpoint
            else:
                return bool(steps) or attempt > 1
        raise AssertionError  # the loop returns or raises

    async def _switch_private_dns(self, ec2: Ec2Operations, waiting: Waiting, endpoint: s.VpcEndpoint) -> s.VpcEndpoint:
        spec, endpoint_id = self._content.spec, endpoint.vpc_endpoint_id or ""
        is_planned = any(step.name == "private_dns" for step in self._content.steps)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            if not is_planned or bool(endpoint.private_dns_enabled) == spec.private_dns:
                break
            step = private_dns(endpoint_id, is_on=spec.private_dns)
            try:
                await self._call(step.operation, _send(ec2, step.request))
            except WsclientError as error:
                if not _is_ambiguous(error) or attempt == MAX_ATTEMPTS:
                    raise
                await self._time.sleep(attempt)
                endpoint = await find_endpoint(ec2, endpoint_id) or endpoint
            else:
                endpoint = await waiting.until_private_dns(endpoint_id, is_on=spec.private_dns)
        return endpoint

    async def _prove_private_dns(
        self, waiting: Waiting, endpoint: s.VpcEndpoint, addresses: frozenset[str], so_far: Proof
    ) -> ProofPart:
        if not endpoint.private_dns_enabled:
            return NOT_REQUESTED
        host = self._content.facts.service.private_dns_name or ""
        return await waiting.until_passed(lambda: prove_private_dns(self._session.client, host, addresses), so_far)

    async def _call(self, operation: str, call: Awaitable[OutputT]) -> OutputT:
        try:
            answer = await call
        except AccessDeniedException as error:
            raise permission_error(f"ec2:{operation}", error) from error
        except ServiceError as error:
            if error.code == "VpcEndpointLimitExceeded":
                raise EndpointQuotaError(
                    f"{error.message} Request a higher quota of interface endpoints per VPC"
                ) from error
            if _CONFLICT in error.message:
                raise PrivateDnsConflictError(error.message, vpc_id=self._content.spec.vpc_id) from error
            raise
        self._changes.append(operation)
        self._metadata.append(answer.metadata)
        return answer


def _check_proof(proof: Proof, endpoint_id: str, require: Literal["path"] | None) -> None:
    failed = [name for name in ("name", "path") if getattr(proof, name).outcome == "fail"]
    if require == "path" and proof.path.outcome != "pass":
        failed.append("path")
    if failed:
        raise EndpointProofError(
            f"{endpoint_id} exists, but the proof failed:\n{proof}\nPrivate DNS was not changed",
            endpoint_id=endpoint_id,
        )


def _is_ambiguous(error: WsclientError) -> bool:
    return error.is_ambiguous or (error.may_have_been_sent and not isinstance(error, ServiceError))


def _create_call(ec2: Ec2Operations, request: s.CreateVpcEndpointRequest) -> Awaitable[s.CreateVpcEndpointResult]:
    return ec2._call(CREATE_VPC_ENDPOINT, request, None, True)  # noqa: SLF001, FBT003  # pyright: ignore[reportPrivateUsage] - a request built before


def _send(
    ec2: Ec2Operations, request: s.CreateVpcEndpointRequest | s.ModifyVpcEndpointRequest | s.CreateTagsRequest
) -> Awaitable[Output]:
    call = ec2._call  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    if isinstance(request, s.CreateVpcEndpointRequest):
        return call(CREATE_VPC_ENDPOINT, request, None, True)  # noqa: FBT003 - checked
    if isinstance(request, s.ModifyVpcEndpointRequest):
        return call(MODIFY_VPC_ENDPOINT, request, None, True)  # noqa: FBT003 - as above
    return call(CREATE_TAGS, request, None, True)  # noqa: FBT003 - as above
