"""A creation with an unparsable response has an ambiguous outcome, and is reconciled."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import types
from wsclient.testing import Emulator


@pytest.mark.parametrize("answer", [b"<html>", b'{"PendingRequests": [{"Wor', b'{"PendingRequests": 1}'])
def test_unreadable_creation_response_is_reconciled(answer: bytes) -> None:
    """After status 200 with an unparsable body, the WorkSpace is found by a read, and not created again."""

    async def main() -> None:
        aws = Emulator(clock=VirtualClock())

        async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            response = execute()
            is_creation = request.headers["x-amz-target"].endswith(".CreateWorkspaces")
            return httpx.Response(200, content=answer) if is_creation else response

        ws = driven_client(aws, InProcess(aws, around=around))
        requested = types.WorkspaceRequest(directory_id=aws.directory_id, user_name="mary", bundle_id=aws.bundle_id)
        result = await ws.create_workspaces(workspaces=[requested])
        assert [workspace.user_name for workspace in result.pending_requests] == ["mary"]
        assert (result.metadata.was_reconciled, result.metadata.attempts) == (True, 1)
        assert [call.operation for call in aws.calls].count("CreateWorkspaces") == 1

    run_in_virtual_time(main())
