"""Validation of requests before they are sent: what is rejected, and how the error says where and what to write."""

import pytest

from wsclient import types
from wsclient._core.errors import RequestValidationError
from wsclient._core.model.enums import OpenEnum
from wsclient._core.model.shapes import Member, structure_members
from wsclient._core.model.structures import Input, Structure
from wsclient._core.model.validation import _members, _validator_for, validate
from wsclient._generated.sts.operations import OPERATIONS as STS
from wsclient._generated.workspaces.operations import OPERATIONS as WORKSPACES

ROLE = "arn:aws:iam::123456789012:role/example"
REQUEST = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="jane", bundle_id="wsb-12345678")


def _refusal(request: Structure) -> RequestValidationError:
    with pytest.raises(RequestValidationError) as caught:
        validate("Operation", request)
    return caught.value


@pytest.mark.parametrize("operation", [*WORKSPACES.values(), *STS.values()], ids=lambda operation: operation.name)
def test_every_request_member_has_a_check(operation: object) -> None:
    """Each member of each operation's request has a check."""
    kind = operation.input  # type: ignore[attr-defined]  # parametrized
    assert len(_members(kind)) == len(kind.__struct_fields__)


@pytest.mark.parametrize(
    ("request_", "path", "limit", "size", "words"),
    [
        (types.DescribeWorkspacesRequest(workspace_ids=["ws-12345678"] * 26), "WorkspaceIds", "at most 25", 26, "must have at most 25 items (got 26)"),
        (types.DescribeWorkspacesRequest(workspace_ids=[]), "WorkspaceIds", "at least 1", 0, "must have at least 1 item (got 0)"),
        (types.DescribeWorkspacesRequest(workspace_ids="ws-1"), "WorkspaceIds", "list", None, "even with one item"),
        (types.DescribeWorkspacesRequest(workspace_ids=[1]), "WorkspaceIds[0]", "str", None, "must be a str, not an int"),  # type: ignore[list-item]
        (types.DescribeWorkspacesRequest(limit=0), "Limit", "at least 1", 0, "Limit must be at least 1 (got 0)"),
        (types.DescribeWorkspacesRequest(limit=True), "Limit", "int", None, "not a bool"),
        (types.DescribeWorkspacesRequest(limit="5"), "Limit", "int", None, "not a str"),  # type: ignore[arg-type]
        (types.CreateTagsRequest(resource_id="", tags=[]), "ResourceId", "at least 1", 0, "must have at least 1 character (got 0)"),
        (types.CreateTagsRequest(resource_id="r", tags=[{"Key": "a"}]), "Tags[0]", "Tag", None, "from_dict"),  # type: ignore[list-item]
        (types.CreateTagsRequest(resource_id="r", tags=[5]), "Tags[0]", "Tag", None, "not an int"),  # type: ignore[list-item]
        (types.CreateTagsRequest(resource_id="r", tags=[types.Tag(key=None)]), "Tags[0].Key", "required", None, "(key) is required"),  # type: ignore[arg-type]
        (types.CreateTagsRequest(resource_id=None, tags=[]), "ResourceId", "required", None, "required"),  # type: ignore[arg-type]
        (types.CreateWorkspacesRequest(workspaces=[REQUEST, types.WorkspaceRequest(directory_id=None, user_name="a", bundle_id="b")]), "Workspaces[1].DirectoryId", "required", None, "required"),  # type: ignore[arg-type]
        (types.ModifyWorkspaceAccessPropertiesRequest(resource_id="d-926722edaf", workspace_access_properties=types.WorkspaceAccessProperties(device_type_web=1)), "WorkspaceAccessProperties.DeviceTypeWeb", "str", None, "must be a str"),  # type: ignore[arg-type]
        (types.UpdateWorkspaceImagePermissionRequest(image_id="wsi-12345678", allow_copy_image="yes", shared_account_id="1" * 12), "AllowCopyImage", "bool", None, "True or False"),  # type: ignore[arg-type]
        (types.ImportClientBrandingRequest(resource_id="d-926722edaf", device_type_web=types.DefaultImportClientBrandingAttributes(logo="x")), "DeviceTypeWeb.Logo", "bytes", None, "must be a bytes"),  # type: ignore[arg-type]
        (types.ImportClientBrandingRequest(resource_id="d-926722edaf", device_type_web=types.DefaultImportClientBrandingAttributes(login_message=["x"])), "DeviceTypeWeb.LoginMessage", "dict", None, "must be a dict"),  # type: ignore[arg-type]
        (types.ImportClientBrandingRequest(resource_id="d-926722edaf", device_type_web=types.DefaultImportClientBrandingAttributes(login_message={"en_US": 5})), "DeviceTypeWeb.LoginMessage['en_US']", "str", None, "must be a str"),  # type: ignore[dict-item]
    ],
)  # fmt: skip
def test_invalid_members_are_rejected_with_path_and_limit(
    request_: Structure, path: str, limit: str, size: int | None, words: str
) -> None:
    """A mistake is refused with operation, path, limit and the size that was given."""
    error = _refusal(request_)
    assert (error.operation, error.path, error.limit, error.value_size) == ("Operation", path, limit, size)
    assert words in str(error)
    assert str(error).startswith("Operation: ")
    assert str(error).endswith("nothing was sent")


@pytest.mark.parametrize(
    "request_",
    [
        types.DescribeWorkspacesRequest(),
        types.DescribeWorkspacesRequest(workspace_ids=("not like the pattern",), limit=1000, next_token="x" * 5000),
        types.CreateWorkspacesRequest(workspaces=[REQUEST] * 25),
        types.DescribeWorkspaceImagesRequest(image_type="TOMORROW"),  # type: ignore[arg-type]
        types.CreateWorkspaceBundleRequest(
            bundle_name="b" * 1000,
            bundle_description="d",
            image_id="wsi-12345678",
            compute_type=types.ComputeType(name=types.Compute.VALUE),
            user_storage=types.UserStorage(capacity="10"),
        ),
        types.ImportClientBrandingRequest(
            resource_id="d-926722edaf",
            device_type_web=types.DefaultImportClientBrandingAttributes(logo=b"x", login_message={"en_US": "b"}),
        ),
    ],
)
def test_upper_limits_patterns_and_new_values_are_not_rejected(request_: Structure) -> None:
    """Greatest lengths and numbers, patterns and new enumeration values pass: AWS may have raised them."""
    validate("Operation", request_)


KINDS = [
    kind
    for module in (types, types.sts)
    for kind in (getattr(module, name) for name in dir(module))
    if isinstance(kind, type) and issubclass(kind, Input)
]
ENUMERATIONS = [
    (member, shape.enum) for kind in KINDS for member in structure_members(kind) if (shape := member.shape).enum
]


@pytest.mark.parametrize(
    ("member", "enum"), ENUMERATIONS, ids=lambda value: value.name if isinstance(value, Member) else ""
)
def test_misspelt_case_of_an_enum_value_is_rejected(member: Member, enum: type[OpenEnum]) -> None:
    """A value in lower case or with hyphens raises with AWS's spelling; AWS's values and values newer than those pass."""
    check = _validator_for(member.shape)
    for value in enum:
        check(value)
        check(value.value)
        for misspelt in {value.lower(), value.replace("_", "-")} - {each.value for each in enum}:
            check(enum(misspelt))
            with pytest.raises(Exception, match=f"must be spelled {value.value!r}"):
                check(misspelt)
    check("NEWER_THAN_THE_MODEL")


@pytest.mark.parametrize(
    ("request_", "hint"),
    [
        (types.CreateTagsRequest(resource_id="r", tags={"team": "red"}), "a list, even with one item, such as [types.Tag(key=…, value=…)], not a dict"),  # type: ignore[arg-type]
        (types.StopWorkspacesRequest(stop_workspace_requests=["ws-12345678"]), "a types.StopRequest (use types.StopRequest(workspace_id=…)), not a str"),  # type: ignore[list-item]
        (types.StopWorkspacesRequest(stop_workspace_requests=[types.Workspace()]), "a types.StopRequest (use types.StopRequest(workspace_id=…)), not a Workspace"),  # type: ignore[list-item]
        (types.DescribeWorkspacesRequest(workspace_ids={"ws-12345678"}), "a list (use list(…)), not a set"),  # type: ignore[arg-type]
        (types.DescribeWorkspacesRequest(workspace_ids=(each for each in ["ws-12345678"])), "a list (use list(…)), not a generator"),  # type: ignore[arg-type]
        (types.sts.AssumeRoleRequest(role_arn=ROLE, role_session_name="me", tags={"team": "red"}), "such as [types.sts.Tag(key=…, value=…)], not a dict"),  # type: ignore[arg-type]
        (types.sts.AssumeRoleRequest(role_arn=ROLE, role_session_name="me", tags=[{"Key": "team"}]), "a types.sts.Tag (use types.sts.Tag.from_dict(…)), not a dict"),  # type: ignore[list-item]
    ],
)  # fmt: skip
def test_mistyped_members_are_rejected_with_what_to_write(request_: Structure, hint: str) -> None:
    """The error shows the structure to write in place of an id, a dict or another structure, and list() for a set."""
    assert hint in str(_refusal(request_))


def test_validation_errors_do_not_contain_values() -> None:
    """A refusal tells sizes and types, not values."""
    error = _refusal(types.sts.GetSessionTokenRequest(token_code="hunter2", duration_seconds="hunter3"))  # type: ignore[arg-type]
    assert "hunter" not in str(error)
