"""Structures in pydantic and FastAPI: response models and bodies, by AWS's names, with from_dict()'s strictness."""

import subprocess
import sys
from typing import Annotated, Any

import pydantic
import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from msgspec.structs import fields

from wsclient import types
from wsclient._core.model.structures import Output, ResponseMetadata, Structure

REQUEST = {"DirectoryId": "d-926722edaf", "UserName": "mary", "BundleId": "wsb-0zsvgp8fc"}
SERVICES: Any = (types, types.sts)


class Desk(pydantic.BaseModel):
    """Model of a user's program, with structures as fields."""

    workspace: types.Workspace
    rest: list[types.Workspace] = []


app = FastAPI()


@app.get("/workspaces")
def _list() -> list[types.Workspace]:
    return [types.Workspace(workspace_id="ws-0123456789", modification_states=[])]


@app.get("/page")
def _page() -> types.DescribeWorkspacesResult:
    metadata = ResponseMetadata(request_id="id", headers=(("x-amzn-requestid", "id"),))
    return types.DescribeWorkspacesResult(workspaces=[types.Workspace(user_name="mary")], metadata=metadata)


@app.get("/desk")
def _desk() -> Desk:
    return Desk(workspace=types.Workspace(state=types.WorkspaceState.AVAILABLE), rest=[types.Workspace()])


@app.post("/workspaces")
def _create(request: Annotated[types.WorkspaceRequest, Body()]) -> types.WorkspaceRequest:
    assert isinstance(request, types.WorkspaceRequest)
    return request


@pytest.fixture(scope="module")
def http() -> TestClient:
    """Give a client of the application."""
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/workspaces", [{"WorkspaceId": "ws-0123456789", "ModificationStates": []}]),
        ("/page", {"Workspaces": [{"UserName": "mary"}]}),
        ("/desk", {"workspace": {"State": "AVAILABLE"}, "rest": [{}]}),
    ],
)
def test_structures_are_fastapi_response_models(http: TestClient, path: str, answer: object) -> None:
    """A structure is a response model by itself, in a list, in a page and in a model; AWS's headers stay inside."""
    response = http.get(path)
    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({}, "DirectoryId"),
        (REQUEST | {"UserNam": "x"}, "did you mean UserName"),
        (REQUEST | {"Tags": [{}]}, "Tags[0]"),
        (REQUEST | {"Tags": 5}, "Tags"),
        ([], "object"),
        ("text", "object"),
        (5, "object"),
    ],
)
def test_invalid_body_is_a_422_with_the_reason(http: TestClient, body: object, problem: str) -> None:
    """A body that from_dict() refuses is a 422 that says what is wrong; a right one arrives as the structure."""
    response = http.post("/workspaces", json=body)
    assert response.status_code == 422
    assert problem in response.json()["detail"][0]["msg"]
    right = REQUEST | {"Tags": [{"Key": "team"}]}
    assert http.post("/workspaces", json=right).json() == right


def test_openapi_schema_names_the_members(http: TestClient) -> None:
    """OpenAPI has a schema for each structure, with AWS's names, what is required, and the values of enumerations."""
    schemas = http.get("/openapi.json").json()["components"]["schemas"]
    assert schemas["WorkspaceRequest"]["required"] == ["DirectoryId", "UserName", "BundleId"]
    assert schemas["Tag"]["required"] == ["Key"]
    assert schemas["Desk"]["properties"]["workspace"] == {"$ref": "#/components/schemas/Workspace"}
    assert "STOPPED" in schemas["Workspace"]["properties"]["State"]["examples"]
    assert "ResponseMetadata" not in schemas["DescribeWorkspacesResult"]["properties"]


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_every_structure_has_a_schema(mode: Any) -> None:
    """JSON Schema has every member of every structure, required where the structure requires it."""
    kinds = [getattr(module, name) for module in SERVICES for name in module.__all__]
    structures = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Structure)]
    assert len(structures) > 250
    adapters: list[Any] = [(kind, mode, pydantic.TypeAdapter(kind)) for kind in structures]
    references, document = pydantic.TypeAdapter.json_schemas(adapters)
    for kind in structures:
        schema = document["$defs"][references[kind, mode]["$ref"].rpartition("/")[2]]
        members = [field for field in fields(kind) if not (issubclass(kind, Output) and field.name == "metadata")]
        assert set(schema.get("properties", {})) == {member.encode_name for member in members}
        assert set(schema.get("required", [])) == {member.encode_name for member in members if member.required}


def test_structures_do_not_import_pydantic() -> None:
    """Importing and using structures imports no pydantic."""
    program = "import sys, wsclient; from wsclient import types; types.Tag.from_dict({'Key': 'a'}).to_dict()"
    check = "sys.exit('pydantic' in sys.modules or 'pydantic_core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", f"{program}; {check}"], check=False, timeout=60).returncode == 0
