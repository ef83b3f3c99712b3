"""A single endpoint: ensured twice, by concurrent processes, killed at every step, with every response lost."""

# Looks at what the emulator keeps to itself.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.support.doc_blocks import ROOT
from tests.support.endpoint_stage import changing, delete, ensure, live
from tests.support.scale import IS_FULL
from wsclient import RetryPolicy
from wsclient.errors import ThrottlingException, WsclientError
from wsclient.testing import Drop, Durations, Emulator, HttpAnswer
from wsclient.vpc import SeveralEndpointsError

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.middleware import Answer, Attempt
    from wsclient.testing import InterfaceEndpoint


READS = 8
"""Calls of a plan before the first that changes something; killed at one of them, nothing has happened yet."""


class Killed(BaseException):
    """The process ends here."""


class KillingTransport:
    """Middleware that ends the process before, or after, a number of calls."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left = at
        self.after = after

    async def __call__(self, attempt: Attempt, proceed: Any) -> Answer:
        """Make the call, or end."""
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        try:
            answer: Answer = await proceed(attempt)
        except WsclientError:
            if self.left == 0:
                raise Killed from None
            raise
        if self.left == 0:
            raise Killed
        return answer


@pytest.mark.parametrize("after", [False, True])
def test_run_killed_at_any_step_is_completed_by_the_next(aws: Emulator, *, after: bool) -> None:
    """A run that ends before or after any call is completed by the next run: one endpoint, private DNS on."""
    vpc = aws.network.vpc_id
    at_first = aws.snapshot()

    async def killed(at: int) -> bool:
        """Run until the call number at; return whether the process ended there."""
        async with aws.client(vpc=vpc, middleware=(KillingTransport(at, after=after),)) as ws:
            try:
                await (await ensure(aws, ws)).run()
            except Killed:
                return True
        return False

    async def main() -> int:
        step = 0 if IS_FULL else READS
        while True:
            step += 1
            aws.restore(at_first)
            if not await killed(step):
                return step
            async with aws.client(vpc=vpc) as ws:
                made = await (await ensure(aws, ws)).run()
                assert made.proof.private_dns.outcome == "pass", step
            (endpoint,) = live(aws)
            assert endpoint.id == made.id
            assert changing(aws).count("CreateVpcEndpoint") <= 2

    assert asyncio.run(main()) > 18


LOST = [Drop.AFTER, Drop.BEFORE, HttpAnswer(status=502), HttpAnswer(status=200, body="<html>proxy</html>")]


@pytest.mark.parametrize("failure", LOST, ids=["after", "before", "gateway", "proxy"])
def test_lost_responses_create_one_endpoint(aws: Emulator, failure: Any) -> None:
    """If each changing call loses its response twice, EC2 is read before a retry, and one endpoint exists."""
    for operation in ("CreateVpcEndpoint", "ModifyVpcEndpoint"):
        aws.fail(operation, with_=failure, times=2)

    async def main() -> None:
        async with aws.client(vpc=aws.network.vpc_id) as ws:
            made = await (await ensure(aws, ws)).run()
            assert made.proof.private_dns.outcome == "pass"
            plan = await delete(aws, ws, made.id)
            aws.fail("DeleteVpcEndpoints", with_=failure, times=1)
            await plan.run(confirm=made.id)

    asyncio.run(main())
    assert live(aws) == []
    tokens = {call.parameters["ClientToken"] for call in aws.calls if call.operation == "CreateVpcEndpoint"}
    assert len(tokens) == 1
    sent = [call.operation for call in aws.calls if call.service == "ec2"]
    for first, second in pairwise(sent):
        # A changing call is never repeated without a read between, however its answer was lost.
        assert not (first == second and first in {"CreateVpcEndpoint", "ModifyVpcEndpoint"})


@pytest.mark.parametrize("failure", LOST, ids=["after", "before", "gateway", "proxy"])
def test_lost_responses_of_a_repair_are_verified(aws: Emulator, failure: Any) -> None:
    """A repair whose response is lost is verified by a read, and only missing changes are sent again."""
    network = aws.network

    async def main() -> None:
        async with aws.client(vpc=network.vpc_id) as ws:
            made = await (await ensure(aws, ws)).run()
            subnet, group = network.add_subnet(network.vpc_id, zone="a"), network.add_security_group(name="other")
            changes: dict[str, Any] = {"subnet_ids": [subnet], "security_group_ids": [group]}
            aws.fail("ModifyVpcEndpoint", with_=failure, times=2)
            count = len(aws.calls)
            repaired = await (await ensure(aws, ws, **changes, repair=["subnets", "groups"])).run()
            assert repaired.id == made.id
            assert (await ensure(aws, ws, **changes)).differences == ()
        sent = [call.operation for call in aws.calls[count:] if call.service == "ec2"]
        lost = [number for number, call in enumerate(aws.calls[count:]) if call.fault]
        assert len(lost) == 2
        assert sent.count("ModifyVpcEndpoint") <= 4

    asyncio.run(main())
    (endpoint,) = live(aws)
    assert len(endpoint.subnet_ids) == len(endpoint.group_ids) == 1


def test_endlessly_lost_responses_raise_and_the_next_run_completes(aws: Emulator) -> None:
    """If every response to the creation is lost, an error is raised; after the next run one endpoint exists."""
    aws.fail("CreateVpcEndpoint", with_=Drop.AFTER, times=None)
    aws.fail("DescribeVpcEndpoints", with_=HttpAnswer(status=502), times=None)

    async def main() -> None:
        async with aws.client(vpc=None, retry=RetryPolicy(max_attempts=1)) as ws:
            aws.clear_faults("DescribeVpcEndpoints")
            plan = await ensure(aws, ws)
            aws.fail("DescribeVpcEndpoints", with_=HttpAnswer(status=502), times=1)
            with pytest.raises(WsclientError):
                await plan.run()
            aws.clear_faults()
            await plan.run()

    asyncio.run(main())
    assert len(live(aws)) == 1


def test_waiting_survives_temporary_failures(aws: Emulator) -> None:
    """Temporary failures and throttling of reads do not end the wait for a new endpoint."""

    async def main() -> None:
        async with aws.client(vpc=None, retry=RetryPolicy(mode="off")) as ws:
            plan = await ensure(aws, ws)
            slept = plan._time.sleep

            async def sleep(seconds: float) -> None:
                await slept(seconds)
                aws.clear_faults()

            plan._time = replace(plan._time, sleep=sleep)
            aws.fail("DescribeVpcEndpoints", with_=ThrottlingException, times=None)
            made = await plan.run()
            assert made.proof.name.outcome == "pass"
            again = await ensure(aws, ws)
            again._time = plan._time
            aws.fail("DescribeVpcEndpoints", with_=HttpAnswer(status=502), times=None)
            assert (await again.run()).id == made.id

    asyncio.run(main())
    assert len(live(aws)) == 1


def test_concurrent_clients_create_one_endpoint(aws: Emulator) -> None:
    """Clients that plan and run concurrently send the same token, and return the same endpoint."""
    at_once = 6

    async def planned_and_run(barrier: asyncio.Barrier) -> str:
        async with aws.client(vpc=aws.network.vpc_id) as ws:
            plan = await ensure(aws, ws)
            await barrier.wait()
            return (await plan.run()).id

    async def main() -> set[str]:
        barrier = asyncio.Barrier(at_once)
        return set(await asyncio.gather(*(planned_and_run(barrier) for _ in range(at_once))))

    ids = asyncio.run(main())
    assert len(ids) == 1
    assert [endpoint.id for endpoint in live(aws)] == list(ids)
    tokens = {call.parameters["ClientToken"] for call in aws.calls if call.operation == "CreateVpcEndpoint"}
    assert len(tokens) == 1


def test_concurrent_processes_create_one_endpoint(tmp_path: Path) -> None:
    """Four concurrent processes that have all seen no endpoint create one endpoint with one token."""
    at_once = Durations(create_vpc_endpoint=timedelta(), switch_private_dns=timedelta())
    with Emulator(durations=at_once) as aws:
        keys = (aws.credentials.access_key_id, aws.credentials.secret_access_key)
        network = (aws.network.vpc_id, aws.network.add_security_group())
        command = [
            sys.executable,
            "-m",
            "tests.support.endpoint_process",
            aws.endpoint_url,
            aws.ca_file,
            *keys,
            *network,
        ]
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        start = partial(subprocess.Popen[str], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
        processes = [start(command) for _ in range(4)]
        try:
            for process in processes:
                assert process.stdout is not None
                assert process.stdout.readline() == "planned\n"
            ids = {process.communicate("go\n", timeout=60)[0].strip() for process in processes}
        finally:
            for process in processes:
                process.kill()
                process.wait()
        assert [endpoint.id for endpoint in live(aws)] == list(ids)
        assert live(aws)[0].has_private_dns
        sent = [call for call in aws.calls if call.operation == "CreateVpcEndpoint"]
        # A process that finds another process's endpoint does not create one again.
        assert 1 <= len(sent) <= 4
        assert len({call.parameters["ClientToken"] for call in sent}) == 1


def test_processes_with_different_subnets_share_the_endpoint(aws: Emulator) -> None:
    """Concurrent processes that choose different subnets send the same token, and share the first endpoint."""
    network = aws.network

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            first = await ensure(aws, ws)
            network.add_subnet(network.vpc_id, zone="c")
            second = await ensure(aws, ws)
            assert first.steps[0].parameters["SubnetIds"] != second.steps[0].parameters["SubnetIds"]
            made, same = await asyncio.gather(first.run(), second.run())
            assert made.id == same.id

    asyncio.run(main())
    assert len(live(aws)) == 1


def test_deleted_endpoint_can_be_created_again(aws: Emulator) -> None:
    """EC2 remembers the token of an endpoint that was deleted: the next token is the same for everyone."""

    async def main() -> None:
        seen: set[str] = set()
        async with aws.client(vpc=None) as ws:
            for _ in range(3):
                made = await (await ensure(aws, ws)).run()
                seen.add(made.id)
                await (await delete(aws, ws, made.id)).run(confirm=made.id)
        assert len(seen) == 3

    asyncio.run(main())


def test_outdated_plan_creates_nothing(aws: Emulator) -> None:
    """An endpoint that another tool, or another run of the same plan, has created since then is found before."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            plan, same = await ensure(aws, ws), await ensure(aws, ws)
            made = await plan.run()
            again = await same.run()
            assert (again.id, again.created, again.changes) == (made.id, False, ())
            await (await delete(aws, ws, made.id)).run(confirm=made.id)
            stale = await ensure(aws, ws)
            other = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
            count = len(aws.calls)
            with pytest.raises(SeveralEndpointsError, match=f"got an endpoint of the service: {other.id}") as caught:
                await stale.run()
            assert caught.value.endpoint_ids == (other.id,)
            assert changing(aws, count) == []

    asyncio.run(main())
    assert len(live(aws)) == 1


def test_endpoint_created_by_another_tool_is_reported(aws: Emulator) -> None:
    """If another tool creates an endpoint meanwhile, the error has both ids, and neither is deleted."""
    added: list[InterfaceEndpoint] = []

    async def another_tool(attempt: Attempt, proceed: Any) -> Answer:
        if attempt.operation == "CreateVpcEndpoint" and not added:
            added.append(aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id))
        answer: Answer = await proceed(attempt)
        return answer

    async def main() -> None:
        async with aws.client(vpc=None, middleware=(another_tool,)) as ws:
            plan = await ensure(aws, ws)
            with pytest.raises(SeveralEndpointsError) as caught:
                await plan.run()
            (other,) = added
            assert other.id in caught.value.endpoint_ids
            assert len(caught.value.endpoint_ids) == 2

    asyncio.run(main())
    assert len(live(aws)) == 2
