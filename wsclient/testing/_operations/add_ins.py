"""Operations of Amazon Connect client add-ins: at most one add-in in a directory."""

from __future__ import annotations

from msgspec.structs import replace

from wsclient._core.clock import new_id
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceAlreadyExistsException
from wsclient.testing._operations.common import check_directory_exists, not_found
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate

operations = HandlerTable()


@operations.emulates(ops.CREATE_CONNECT_CLIENT_ADD_IN)
def create_connect_client_add_in(
    call: Call, request: s.CreateConnectClientAddInRequest
) -> s.CreateConnectClientAddInResult:
    """Create a directory's add-in."""
    check_directory_exists(call.store, request.resource_id)
    if any(add_in.resource_id == request.resource_id for add_in in call.store.add_ins.values()):
        raise ResourceAlreadyExistsException("The directory already has an add-in.")
    add_in_id = new_id()
    call.store.add_ins[add_in_id] = s.ConnectClientAddIn(
        add_in_id=add_in_id, resource_id=request.resource_id, name=request.name, url=request.url
    )
    return s.CreateConnectClientAddInResult(add_in_id=add_in_id)


@operations.emulates(ops.DESCRIBE_CONNECT_CLIENT_ADD_INS)
def describe_connect_client_add_ins(
    call: Call, request: s.DescribeConnectClientAddInsRequest
) -> s.DescribeConnectClientAddInsResult:
    """List a directory's add-ins."""
    check_directory_exists(call.store, request.resource_id)
    add_ins = {key: add_in for key, add_in in call.store.add_ins.items() if add_in.resource_id == request.resource_id}
    page, token = paginate(call, request, add_ins, limit=request.max_results)
    return s.DescribeConnectClientAddInsResult(add_ins=page, next_token=token)


@operations.emulates(ops.UPDATE_CONNECT_CLIENT_ADD_IN)
def update_connect_client_add_in(
    call: Call, request: s.UpdateConnectClientAddInRequest
) -> s.UpdateConnectClientAddInResult:
    """Update the name or the URL of an add-in."""
    add_in = _add_in(call, request.add_in_id, request.resource_id)
    if request.name is None and request.url is None:
        raise InvalidParameterValuesException("Name or URL is required.")
    call.store.add_ins[request.add_in_id] = replace(
        add_in, name=request.name or add_in.name, url=request.url or add_in.url
    )
    return s.UpdateConnectClientAddInResult()


@operations.emulates(ops.DELETE_CONNECT_CLIENT_ADD_IN)
def delete_connect_client_add_in(
    call: Call, request: s.DeleteConnectClientAddInRequest
) -> s.DeleteConnectClientAddInResult:
    """Delete an add-in."""
    _add_in(call, request.add_in_id, request.resource_id)
    del call.store.add_ins[request.add_in_id]
    return s.DeleteConnectClientAddInResult()


def _add_in(call: Call, add_in_id: str, resource_id: str) -> s.ConnectClientAddIn:
    check_directory_exists(call.store, resource_id)
    add_in = call.store.add_ins.get(add_in_id)
    if add_in is None or add_in.resource_id != resource_id:
        raise not_found("add-in", add_in_id)
    return add_in
