"""Members that a response lacks: stand-ins for those that AWS always sends, gaps filled where AWS requires a value."""

import asyncio
import copy
import dataclasses
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

import wsclient
from wsclient import WorkSpacesClient, types
from wsclient._codegen.members import ALWAYS_SENT, REQUIRED
from wsclient._codegen.model import load_model
from wsclient._codegen.names import class_name, member_name
from wsclient._codegen.structures import Structures
from wsclient._core.absence import NOT_GIVEN, NOT_SENT, is_absent, present
from wsclient._core.errors import RequestValidationError
from wsclient._core.model.fields import structure_fields
from wsclient._core.model.structures import Input, Output, Structure, TimestampFormat
from wsclient._core.protocols.values import structure_to_wire
from wsclient._core.site import Site
from wsclient._core.tables.columns import columns_of
from wsclient.fleet import Fleet
from wsclient.fleet._actions.items import Parameters, digest_parameters
from wsclient.fleet._inventory.site_reader import DuplicateSiteDetector
from wsclient.testing import FakeTransport
from wsclient.waiters._resources import WORKSPACE
from wsclient.workspaces._reconcilers import _WorkspacesReconciler

SERVICES: Any = (types, types.sts)
KINDS: list[type[Structure]] = [
    kind
    for module in SERVICES
    for name in module.__all__
    if isinstance(kind := getattr(module, name), type) and issubclass(kind, Structure)
]
SENT = [(kind, member) for kind in KINDS for member in ALWAYS_SENT.get(kind.__name__, ())]


def _required(kind: type[Structure]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind) if field.required}


def test_required_members_have_no_default() -> None:
    """A structure without a required member fails at run time, requests and responses alike."""
    kinds = [kind for kind in KINDS if _required(kind)]
    assert len(kinds) > 90
    for kind in kinds:
        with pytest.raises(TypeError, match=r"Missing required argument| needs "):
            kind()


def test_from_dict_requires_members_of_requests_and_fills_responses() -> None:
    """from_dict() refuses a request that lacks a required member, and fills it in a response."""
    for kind in KINDS:
        if issubclass(kind, Input) and _required(kind):
            with pytest.raises(RequestValidationError, match="missing required"):
                kind.from_dict({})
        else:
            assert kind.from_dict({}).to_dict().keys() == _required(kind)
    pool = types.WorkspacesPool.from_dict({"PoolId": "wspool-012345678"})
    assert (pool.pool_name, pool.state, pool.created_at) == ("", "", datetime(1970, 1, 1, tzinfo=UTC))
    assert pool.capacity_status.active_user_sessions == 0
    assert pool.state.is_unknown


@pytest.mark.parametrize(("kind", "member"), SENT, ids=lambda value: getattr(value, "__name__", value))
def test_absent_required_response_members_get_a_placeholder(kind: type[Structure], member: str) -> None:
    """Its placeholder is absent from to_dict(), repr, HTML, tables and present(); a value sent by AWS isn't."""
    empty = kind.from_dict({})
    value = getattr(empty, member_name(member))
    assert value is not None
    assert is_absent(value)
    assert present(value) is None
    assert member not in empty.to_dict()
    assert f"{member_name(member)}=" not in repr(empty)
    assert f">{member_name(member)}" not in empty._repr_html_()
    cells = [column.read(empty) for column in columns_of(kind) if column.name.startswith(member_name(member))]
    assert set(cells) <= {None, ()}
    if isinstance(value, str):
        found = kind.from_dict({member: "told"})
        assert (getattr(found, member_name(member)), found.to_dict()) == ("told", {member: "told"})


def test_absence_tables_name_existing_members() -> None:
    """Each entry is a structure of a model with these members, and an enumeration's stand-in is unknown."""
    models = [load_model(name).document.shapes for name in ("workspaces", "sts")]
    for name, members in [*ALWAYS_SENT.items(), *REQUIRED.items()]:
        assert any(set(members) <= shapes[name].members.keys() for shapes in models if name in shapes), name
    assert not {(name, member) for name in REQUIRED for member in REQUIRED[name]} & {
        (class_name(name), member) for name, members in ALWAYS_SENT.items() for member in members
    }


def test_generator_rejects_placeholders_for_numbers_and_times() -> None:
    """The generator refuses a stand-in that could be taken for a value."""
    writer = Structures(load_model("workspaces"))
    for shape in ("Timestamp", "Limit", "WorkspacesPool", "BooleanObject"):
        with pytest.raises(ValueError, match="no harmless value"):
            writer._stand_in(shape)


def test_absent_id_is_not_taken_for_an_id() -> None:
    """A waiter refuses a structure without an id, and two sites that list WorkSpaces without ids are not one."""
    assert WORKSPACE.key_of(types.Workspace()) is None
    assert WORKSPACE.key_of(types.MigrateWorkspaceResult()) is None
    assert not WORKSPACE.was_described(types.Workspace(workspace_id="ws-0123456789"))
    detector = DuplicateSiteDetector()
    for account in ("lab", "office"):
        detector.check(Site(account=account, region="us-west-2"), types.Workspace(directory_id="d-926722edaf"))


def test_an_absent_directory_is_not_looked_up() -> None:
    """A join makes no call for a WorkSpace whose directory or bundle AWS left out."""
    fake = FakeTransport({"DescribeWorkspaces": {"Workspaces": [{"WorkspaceId": "ws-0123456789"}]}})

    async def rows() -> None:
        keys = wsclient.Credentials("AKIDEXAMPLE", "secret")
        async with Fleet(regions=["us-west-2"], accounts={"lab": keys}, transport=fake) as fleet:
            (row,) = await fleet.inventory(join=["directory", "bundle"]).collect()
            assert (row.directory, row.bundle, row.state) == (None, None, None)
            assert row.to_dict()["directory_id"] is None

    asyncio.run(rows())
    assert [request.operation for request in fake.requests] == ["DescribeWorkspaces"]


def test_failed_item_without_its_request_is_kept() -> None:
    """Merging what a lookup found with the rest drops no failure that names no request."""
    reconciler = _WorkspacesReconciler(client=WorkSpacesClient(region="us-west-2"))
    found = types.CreateWorkspacesResult(pending_requests=[types.Workspace()])
    rest = types.CreateWorkspacesResult(failed_requests=[types.FailedCreateWorkspaceRequest(error_code="E")])
    assert reconciler.merge(found, rest).failed_requests == rest.failed_requests
    assert reconciler.already_existing(rest) is None


def test_absent_list_survives_copy_pickle_and_json() -> None:
    """It copies, pickles, and goes through dataclasses.asdict() and JSON as an empty list."""
    holder = dataclasses.make_dataclass("Holder", ["items"])
    for absent in (NOT_SENT, NOT_GIVEN):
        assert pickle.loads(pickle.dumps(absent)) is copy.deepcopy(absent) is absent
        again = dataclasses.asdict(holder(absent))["items"]
        assert (again, pickle.loads(pickle.dumps(again))) == ([], absent)
        assert (json.dumps(absent), absent.copy(), [*absent, "a"]) == ("[]", [], ["a"])
        assert type(absent.copy()) is list


def test_none_for_a_request_list_is_omitted() -> None:
    """None for a list of a request is the same as nothing: in the wire form, in to_dict() and in a plan's digest."""
    options: dict[str, Any] = {"directory_id": "d-926722edaf", "user_name": "mary", "bundle_id": "wsb-0zsvgp8fc"}
    without, with_none = types.WorkspaceRequest(**options), types.WorkspaceRequest(**options, tags=None)
    empty = types.WorkspaceRequest(**options, tags=[])
    epoch = TimestampFormat.EPOCH_SECONDS
    assert structure_to_wire(without, epoch) == structure_to_wire(with_none, epoch)
    assert without.to_dict() == with_none.to_dict()
    assert structure_to_wire(empty, epoch)["Tags"] == empty.to_dict()["Tags"] == []
    digests = {digest_parameters(Parameters(), [request]) for request in (without, with_none, empty)}
    assert len(digests) == 2
    properties = [types.WorkspaceProperties(), types.WorkspaceProperties(protocols=None)]
    assert len({digest_parameters(Parameters(properties=each)) for each in properties}) == 1


def test_optional_response_members_are_none_when_absent() -> None:
    """Members that a healthy resource can lack, and all numbers and times, are None if AWS omits them."""
    workspace, directory = types.Workspace(), types.WorkspaceDirectory()
    assert [workspace.ip_address, workspace.subnet_id, workspace.computer_name, workspace.error_message] == [None] * 4
    assert (directory.registration_code, directory.directory_name) == (None, None)
    numbers: set[object] = {int, float, bool, datetime}
    for kind in KINDS:
        empty = kind.from_dict({}) if not issubclass(kind, Input) else None
        for field in structure_fields(kind) if empty is not None else ():
            if field.annotation in numbers and not field.required:
                assert getattr(empty, field_name(kind, field.name)) is None


@pytest.mark.parametrize("member", ["WorkspaceId", "State", "WorkspaceProperties", "ModificationStates", "IpAddress"])
def test_null_member_equals_absent_member(member: str) -> None:
    """A null of AWS reads as a member that it left out."""
    assert types.Workspace.from_dict({member: None}) == types.Workspace()
    assert types.Workspace.from_dict({member: None}).to_dict() == {}


def field_name(kind: type[Structure], aws_name: str) -> str:
    """Return the attribute of a member."""
    return dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))[aws_name]


def test_empty_text_member_is_not_the_placeholder() -> None:
    """A structure whose only member is a text that AWS sent empty is not the stand-in of one that AWS left out."""
    seen = 0
    for kind in KINDS:
        if _required(kind) or issubclass(kind, Output):
            continue
        assert is_absent(kind())
        for field in msgspec.structs.fields(kind):
            if field.default is None:
                seen += 1
                assert not is_absent(kind(**{field.name: ""}))
    assert seen > 100
