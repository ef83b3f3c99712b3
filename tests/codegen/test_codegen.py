"""The generator: the committed files are what it writes, and it says what another model changes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import botocore
import msgspec
import pytest

from wsclient import WorkSpacesClient
from wsclient import errors as wsclient_errors
from wsclient._client.base_client import BaseClient
from wsclient._client.operations.ds import DsOperations
from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.operations.iam import IamOperations
from wsclient._client.operations.sts import StsOperations
from wsclient._client.operations.workspaces import WorkSpacesOperations
from wsclient._codegen import __main__ as command
from wsclient._codegen.data import LOADER
from wsclient._codegen.diff import differences
from wsclient._codegen.enums import render_enums
from wsclient._codegen.facts import ONCE, REPEATABLE
from wsclient._codegen.model import Ref, ServiceModel, Shape, load_model, load_paginators, shape_name
from wsclient._codegen.names import enum_member, member_name
from wsclient._codegen.operations import effect, page_items, render_operations, render_service, unclassified
from wsclient._codegen.structures import render_structures
from wsclient._codegen.text import describe, limits, number, pattern_literal
from wsclient._core.model.operations import Effect
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.sts import StsClient

NOT_SAFE_TO_REPEAT = {
    "CreateWorkspaces",
    "CreateStandbyWorkspaces",
    "CreateWorkspacesPool",
    "CreateWorkspaceImage",
    "CreateUpdatedWorkspaceImage",
    "CopyWorkspaceImage",
    "ImportWorkspaceImage",
    "ImportCustomWorkspaceImage",
    "CreateWorkspaceBundle",
    "CreateIpGroup",
    "CreateConnectionAlias",
    "CreateConnectClientAddIn",
    "MigrateWorkspace",
    "RebootWorkspaces",
    "RebuildWorkspaces",
    "RegisterWorkspaceDirectory",
    "RestoreWorkspace",
}


def _changed(change: Callable[[dict[str, Shape]], None]) -> ServiceModel:
    model = load_model("workspaces")
    shapes = dict(model.document.shapes)
    change(shapes)
    return replace(model, document=msgspec.structs.replace(model.document, shapes=shapes))


def test_the_committed_files_are_what_the_generator_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """Writing again changes nothing, and --check and --diff say so."""
    pin = command.pinned_version()
    assert botocore.__version__ == pin, f"the generated code is held to botocore {pin}: pip install botocore=={pin}"
    files = command.render()
    committed = command.committed()
    assert {name: committed[name] for name in files} == files
    assert command.main(["--check"]) == 0
    assert command.main(["--diff"]) == 0
    assert "no difference" in capsys.readouterr().out


def test_models_of_the_home_directory_are_ignored() -> None:
    """Botocore reads ~/.aws/models first; the generator reads what botocore ships, on every machine."""
    assert LOADER.search_paths == [str(Path(botocore.__file__).parent / "data")]


def test_diff_lists_changed_members_limits_and_values() -> None:
    """A member, a limit and a value that differ are each named, with before and after."""

    def change(shapes: dict[str, Shape]) -> None:
        tag = shapes["Tag"]
        shapes["Tag"] = msgspec.structs.replace(tag, members={**tag.members, "Colour": Ref(shape="TagValue")})
        shapes["BundleIdList"] = msgspec.structs.replace(shapes["BundleIdList"], max=50)
        shapes["Tenancy"] = msgspec.structs.replace(shapes["Tenancy"], enum=["SHARED"])

    old, new = load_model("workspaces"), _changed(change)
    before = {"structures.py": render_structures(old), "enums.py": render_enums(old)}
    after = {"structures.py": render_structures(new), "enums.py": render_enums(new)}
    lines = differences(before, after)
    assert "+ structures.Tag.colour TagValue | None = None" in lines
    assert "- enums.Tenancy.DEDICATED 'DEDICATED'" in lines
    assert any(line.startswith("~ structures.DescribeWorkspaceBundlesRequest.bundle_ids") for line in lines)
    assert differences(before, before) == []


@pytest.mark.parametrize("service", ["workspaces", "sts"])
def test_every_error_of_the_models_is_public(service: str) -> None:
    """wsclient.errors has each error of the two services: a newer model adds none that cannot be caught by its name."""
    assert set(load_model(service).errors()) <= set(wsclient_errors.__all__)


def test_docstrings_that_count_operations_count_those_of_the_models() -> None:
    """The docstrings of the clients give the numbers of operations in the models."""
    counts = {name: len(load_model(name).document.operations) for name in command.SERVICES}
    for client in (WorkSpacesClient, StsClient):
        assert f"all {counts[client._service.name]} operations" in str(client.__doc__)


def test_paginated_operations_agree_with_botocore() -> None:
    """Operations with NextToken in input and output are paginated, with botocore's result key if it has a paginator."""
    model = load_model("workspaces")
    found = {name: page_items(model, operation) for name, operation in model.document.operations.items()}
    paged = {name: key for name, key in found.items() if key}
    assert len(paged) == 17
    assert load_paginators("workspaces").items() <= paged.items()
    assert {name for name, operation in OPERATIONS.items() if operation.items} == set(paged)


def test_non_idempotent_operations_are_those_documented() -> None:
    """The operations that are sent once are exactly those documented so; reads are never among them."""
    assert {name for name, operation in OPERATIONS.items() if operation.effect is Effect.ONCE} == NOT_SAFE_TO_REPEAT
    assert all(
        name.startswith(("Describe", "List", "Get")) for name, op in OPERATIONS.items() if op.effect is Effect.READ
    )


def test_every_operation_is_classified() -> None:
    """Each operation is a read, or facts.py says whether a second call changes more; no name is left over."""
    models = [load_model(service) for service in command.SERVICES]
    assert [name for model in models for name in unclassified(model)] == []
    assert {name for model in models for name in model.document.operations} >= ONCE | REPEATABLE
    assert not ONCE & REPEATABLE


def test_new_operation_is_not_repeatable_until_it_is_classified(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A change that a newer model adds is sent once, and the generator asks for its classification."""
    model = load_model("workspaces")
    operations = {**model.document.operations, "CreateCabinet": model.document.operations["CreateTags"]}
    document = msgspec.structs.replace(model.document, operations=operations)
    newer = replace(model, document=document)
    assert unclassified(newer) == ["CreateCabinet"]
    assert effect("CreateCabinet") == "ONCE"
    monkeypatch.setattr(command, "unclassified", lambda model: unclassified(newer) if model == newer else [])
    monkeypatch.setattr(command, "render", dict)
    monkeypatch.setattr(command, "load_model", lambda service: newer if service == "workspaces" else model)
    command.main(["--check"])
    assert "CreateCabinet is new: until it is in ONCE or REPEATABLE" in capsys.readouterr().err


@pytest.mark.parametrize("client", [DsOperations, Ec2Operations, IamOperations, StsOperations, WorkSpacesOperations])
def test_sensitive_parameters_are_those_of_the_requests(client: type[BaseClient]) -> None:
    """The parameters whose values tracebacks do not show are the secret members of all requests of the service."""
    requests = [operation.input for operation in client._service.operations.values()]
    assert client._sensitive_parameters == frozenset().union(*(request._sensitive for request in requests))


def test_client_tokens_and_batches() -> None:
    """The four invitation operations have a client token; batches know their limit."""
    tokens = {name for name, operation in OPERATIONS.items() if operation.idempotency_token}
    assert tokens == {f"{verb}AccountLinkInvitation" for verb in ("Accept", "Create", "Delete", "Reject")}
    limits_ = {name: operation.batch.limit for name, operation in OPERATIONS.items() if operation.batch}
    assert limits_ == {
        "CreateWorkspaces": 25,
        "RebootWorkspaces": 25,
        "RebuildWorkspaces": 1,
        "StartWorkspaces": 25,
        "StopWorkspaces": 25,
        "TerminateWorkspaces": 25,
    }


def test_unsupported_models_stop_the_generator() -> None:
    """A model with what the generator cannot decide stops it, instead of generating a guess."""

    def two_lists(shapes: dict[str, Shape]) -> None:
        result = shapes["DescribeWorkspacesResult"]
        members = {**result.members, "Others": result.members["Workspaces"]}
        shapes["DescribeWorkspacesResult"] = msgspec.structs.replace(result, members=members)

    def same_names(shapes: dict[str, Shape]) -> None:
        shapes["Tenancy"] = msgspec.structs.replace(shapes["Tenancy"], enum=["a.b", "a-b"])

    with pytest.raises(ValueError, match="page items are ambiguous"):
        render_operations(_changed(two_lists))
    with pytest.raises(ValueError, match="share a member name"):
        render_enums(_changed(same_names))
    with pytest.raises(ValueError, match="lacks a shape"):
        shape_name(None)
    model = load_model("workspaces")
    metadata = msgspec.structs.replace(model.document.metadata, protocols=["smithy-rpc-v2-cbor"])
    newer = replace(model, document=msgspec.structs.replace(model.document, metadata=metadata))
    with pytest.raises(ValueError, match="no longer offers json"):
        render_service(newer)


def test_python_names_and_limits_of_members() -> None:
    """Names are boto3's, keywords and digits get out of Python's way, limits read as the model means them."""
    assert member_name("DescribeConnectClientAddIns") == "describe_connect_client_add_ins"
    assert member_name("From") == "from_"
    assert member_name("Float") == "float_"
    assert enum_member("2x.large") == "VALUE_2X_LARGE"
    assert pattern_literal("\"a'b") == repr("\"a'b")
    assert (number(1.0), number(0.5)) == ("1", "0.5")
    assert limits(Shape(type="string", pattern="a")) == 'Limits(None, None, r"a")'
    assert describe(Shape(type="string", min=2)) == "at least 2 characters"
    assert describe(Shape(type="list", max=2)) == "at most 2 items"
