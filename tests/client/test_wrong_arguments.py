"""Arguments that an operation does not take: the error names what it takes."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.in_process import client_of
from wsclient._generated.sts.operations import OPERATIONS as STS
from wsclient._generated.workspaces.operations import OPERATIONS as WORKSPACES
from wsclient.errors import RequestValidationError
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wsclient._core.model.operations import Operation
    from wsclient._core.model.structures import Input, Output

KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")
CLIENTS = [kind(region="us-west-2", credentials=KEYS) for kind in (wsclient.WorkSpacesClient, wsclient.StsClient)]


def _operations() -> Iterator[tuple[str, Callable[..., Any], inspect.Signature]]:
    """Yield each operation of both clients with its name in messages."""
    for client in CLIENTS:
        for name in dir(client):
            method = getattr(client, name)
            if not name.startswith("_") and inspect.ismethod(method):
                signature = inspect.signature(method)
                if "extra" in signature.parameters:
                    yield f"{type(client).__name__}.{name}", method, signature


OPERATIONS = list(_operations())


def _message(method: Callable[..., Any], *arguments: object, **keywords: object) -> str:
    async def main() -> None:
        await method(*arguments, **keywords)

    with pytest.raises(TypeError) as caught:
        asyncio.run(main())
    return str(caught.value)


def test_boto3s_name_of_each_parameter_leads_to_ours() -> None:
    """The most frequent mistake of code that comes from boto3: WorkspaceIds= leads to workspace_ids, and so on."""
    assert len(OPERATIONS) > 100
    for name, method, signature in OPERATIONS:
        for parameter in signature.parameters.keys() - {"extra", "validate", "reconcile"}:
            of_boto3 = "".join(part.capitalize() for part in parameter.split("_"))
            expected = f"{name} has no option {of_boto3!r}; did you mean {parameter!r}?"
            if of_boto3.lower() == of_boto3.replace("_", "").lower() and of_boto3 != parameter:
                assert _message(method, **{of_boto3: "x"}) == expected


@pytest.mark.parametrize(
    ("of_boto3", "parameter"), [("MaxResults", "limit"), ("PageSize", "limit"), ("StartingToken", "next_token")]
)
def test_boto3s_names_of_pages_lead_to_ours(of_boto3: str, parameter: str) -> None:
    """The size of a page is limit, whatever another operation or a paginator calls it."""
    client: Any = CLIENTS[0]
    message = _message(client.describe_workspaces, **{of_boto3: 5})
    assert message == f"WorkSpacesClient.describe_workspaces has no option {of_boto3!r}; did you mean {parameter!r}?"


@pytest.mark.parametrize("name", ["where", "state", "tags", "running_mode", "filters"])
def test_filters_that_aws_lacks_lead_to_the_inventory(name: str) -> None:
    """DescribeWorkspaces filters by ids, directory, user and bundle: for the rest the error names fleet.inventory()."""
    client: Any = CLIENTS[0]
    message = _message(client.describe_workspaces, **{name: "x"})
    assert message.startswith(f"WorkSpacesClient.describe_workspaces has no option {name!r}; AWS filters by ids")
    assert "fleet.inventory(where=…)" in message


def test_missing_and_positional_arguments_are_named() -> None:
    """A call without its required parameters names them; a positional argument names the first parameter."""
    for name, method, signature in OPERATIONS:
        required = [key for key, parameter in signature.parameters.items() if parameter.default is parameter.empty]
        if required:
            assert _message(method) == f"{name} needs {', '.join(f'{key}=' for key in required)}"
        first = next(iter(signature.parameters))
        assert _message(method, "x") == f"{name} takes keyword arguments only, such as {first}=…"


def test_a_type_error_within_a_call_stays_as_it_is() -> None:
    """Only the call's own arguments are explained: an error of the caller's code has its own message."""

    class Broken:
        async def get_credentials(self) -> wsclient.Credentials:
            raise TypeError("takes keyword arguments, it says")

    with Emulator() as aws:
        client = client_of(aws, credentials=Broken())
        with pytest.raises(wsclient.errors.CredentialsError) as caught:
            asyncio.run(client.describe_workspaces().collect())
    assert str(caught.value.__cause__) == "takes keyword arguments, it says"


def test_extra_is_a_mapping() -> None:
    """extra= of another type is refused before anything is sent."""
    client: Any = CLIENTS[0]
    with pytest.raises(RequestValidationError, match=r"DescribeWorkspaces: extra must be a mapping .* not an int"):
        asyncio.run(client.describe_workspaces(extra=3).collect())


@pytest.mark.parametrize("operation", [*WORKSPACES.values(), *STS.values()], ids=lambda operation: operation.name)
def test_python_names_in_raw_requests_and_extra_are_rejected(operation: Operation[Input, Output]) -> None:
    """AWS ignores members that it does not know: a Python name of a known member raises with AWS's, before sending."""
    client = CLIENTS[0] if operation.name in WORKSPACES else CLIENTS[1]
    for field, name in zip(operation.input.__struct_fields__, operation.input.__struct_encode_fields__, strict=True):
        if field == name:
            continue
        message = f"{operation.name}: the request has {field}, which AWS would ignore; use AWS's name, {name};"
        with pytest.raises(RequestValidationError, match=message):
            asyncio.run(client.raw(operation.name, {field: "x"}))


def test_nested_python_names_in_raw_requests_are_rejected() -> None:
    """The error has the path of the member; a name newer than the model is sent."""
    with pytest.raises(RequestValidationError, match=r"has Tags\[0\]\.key, .* use AWS's name, Key;"):
        asyncio.run(CLIENTS[0].raw("CreateTags", {"ResourceId": "ws-0123456789", "Tags": [{"key": "a"}]}))

    async def main() -> None:
        async with client_of(Emulator()) as client:
            assert await client.raw("DescribeWorkspaces", {"NewerMember": 1})
            assert await client.describe_workspaces(extra={"NewerMember": 1}) is not None
            with pytest.raises(RequestValidationError, match=r"extra has directory_id, .* AWS's name, DirectoryId;"):
                await client.describe_workspaces(extra={"directory_id": "d-1"})

    asyncio.run(main())
