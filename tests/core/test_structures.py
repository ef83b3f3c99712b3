"""Structures and enumerations: frozen, picklable, boto3's shapes both ways, secrets unseen."""

import copy
import json
import pickle
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient import types
from wsclient._core.errors import PartialFailureError, RequestValidationError
from wsclient._core.model.enums import OpenEnum
from wsclient._core.model.string_interner import StringInterner
from wsclient._core.model.structures import Output, ResponseMetadata, Structure, attach_metadata

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
RESULT = types.CreateWorkspacesResult(
    failed_requests=[
        types.FailedCreateWorkspaceRequest(error_code="ResourceExists.WorkSpace", error_message="m"),
        types.FailedCreateWorkspaceRequest(error_code="ResourceExists.WorkSpace"),
        types.FailedCreateWorkspaceRequest(),
    ]
)


def _structures() -> list[type[Structure]]:
    kinds = [getattr(types, name) for name in types.__all__] + [getattr(types.sts, name) for name in types.sts.__all__]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Structure)]


def _enums() -> list[type[OpenEnum]]:
    kinds = [getattr(types, name) for name in types.__all__]
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, OpenEnum)]


def test_structures_are_frozen_and_keyword_only() -> None:
    """Nothing changes a structure, and nothing is given by position."""
    tag = types.Tag(key="a")
    with pytest.raises(AttributeError):
        tag.key = "b"  # type: ignore[misc]  # the mistake under test
    with pytest.raises(TypeError):
        types.Tag("a")  # type: ignore[call-arg]  # the mistake under test


@pytest.mark.parametrize("kind", _structures(), ids=lambda kind: kind.__name__)
def test_every_structure_pickles_copies_and_prints(kind: type[Structure]) -> None:
    """Each structure survives pickling, copying and its own dict."""
    empty = msgspec.convert(dict.fromkeys(kind.__struct_encode_fields__[:0]), kind) if not _needed(kind) else None
    if empty is None:
        return
    assert pickle.loads(pickle.dumps(empty)) == copy.deepcopy(empty) == empty
    assert kind.from_dict(empty.to_dict()) == empty
    assert repr(empty).startswith(f"{kind.__name__}(")


def _needed(kind: type[Structure]) -> bool:
    return any(member.required for member in msgspec.structs.fields(kind))


@pytest.mark.parametrize("kind", _enums(), ids=lambda kind: kind.__name__)
def test_every_enumeration_pickles_unknown_values(kind: type[OpenEnum]) -> None:
    """Known and unknown values survive pickling and copying; unknown ones do not become members."""
    count = len(kind)
    unknown = kind("A VALUE OF TOMORROW")
    assert unknown.is_unknown
    assert unknown == "A VALUE OF TOMORROW"
    assert f"{unknown}" == str(unknown) == unknown.value == "A VALUE OF TOMORROW"
    assert pickle.loads(pickle.dumps(unknown)) == copy.deepcopy(unknown) == unknown
    assert hash(pickle.loads(pickle.dumps(unknown))) == hash(unknown)
    assert unknown.__reduce_ex__(2) == (kind, (unknown.value,))  # by value in every version of Python
    assert len(kind) == count
    assert not any(member.is_unknown for member in kind)
    assert all(pickle.loads(pickle.dumps(member)) is member for member in kind)


def test_an_enumeration_takes_strings_only() -> None:
    """A number isn't accepted as the value of an enumeration."""
    with pytest.raises(ValueError, match="5"):
        types.WorkspaceState(5)  # type: ignore[arg-type]  # the mistake under test


def test_to_dict_uses_boto3_shapes() -> None:
    """to_dict() gives AWS's names and JSON's types; from_dict() takes that, and boto3's datetimes and bytes."""
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    snapshot = types.Snapshot(snapshot_time=at)
    assert snapshot.to_dict() == {"SnapshotTime": "2026-01-02T03:04:05Z"}
    assert types.Snapshot.from_dict(json.loads(json.dumps(snapshot.to_dict()))) == snapshot
    assert types.Snapshot.from_dict({"SnapshotTime": at}) == snapshot
    logo = types.DefaultImportClientBrandingAttributes(logo=b"\x00\x01")
    assert logo.to_dict() == {"Logo": "AAE="}
    assert types.DefaultImportClientBrandingAttributes.from_dict({"Logo": b"\x00\x01"}) == logo


def test_irregular_wire_names_are_kept() -> None:
    """Members whose wire name isn't PascalCase keep that name."""
    group = types.WorkspacesIpGroup(group_id="wsipg-1", user_rules=[types.IpRuleItem(ip_rule="10.0.0.0/8")])
    assert group.to_dict() == {"groupId": "wsipg-1", "userRules": [{"ipRule": "10.0.0.0/8"}]}
    assert types.WorkspacesIpGroup.from_dict(group.to_dict()) == group


def test_from_dict_rejects_mistakes() -> None:
    """A wrong type, a naive time, and in a request a misspelt member, are each refused with what is wrong."""
    with pytest.raises(RequestValidationError, match=r"Tag.from_dict: .*Key"):
        types.Tag.from_dict({"Key": 5})
    with pytest.raises(RequestValidationError, match=r"Snapshot\.from_dict"):
        types.Snapshot.from_dict({"SnapshotTime": "2026-01-02T03:04:05"})
    with pytest.raises(RequestValidationError, match="did you mean DirectoryId") as caught:
        types.DescribeWorkspacesRequest.from_dict({"DirectoryID": "d-1234567890"})
    assert caught.value.path == "DirectoryID"
    with pytest.raises(RequestValidationError, match=r"has no member Zebra$"):
        types.DescribeWorkspacesRequest.from_dict({"Zebra": 1})
    assert types.Workspace.from_dict({"Zebra": 1}) == types.Workspace()


def test_absent_response_lists_are_empty() -> None:
    """An absent list of a response is a shared immutable empty list; an absent list of a request is None."""
    absent = types.DescribeWorkspacesResult().workspaces
    assert absent == []
    assert absent is types.DescribeWorkspacesResult().workspaces
    for change in (
        lambda: absent.append(types.Workspace()),
        lambda: absent.extend([types.Workspace()]),
        lambda: absent.insert(0, types.Workspace()),
        lambda: absent.__iadd__([types.Workspace()]),
        lambda: absent.__setitem__(slice(0), [types.Workspace()]),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert absent == []
    assert types.DescribeWorkspacesRequest().workspace_ids is None


def test_to_dict_distinguishes_absent_and_empty_lists() -> None:
    """to_dict() keeps the [] that AWS sent and omits a list that it left out, in a pickle and a copy too."""
    answers: list[dict[str, object]] = [{}, {"Workspaces": []}, {"Workspaces": [{"ModificationStates": []}]}]
    for answer in answers:
        page = types.DescribeWorkspacesResult.from_dict(answer)
        for same in (
            page,
            copy.copy(page),
            copy.deepcopy(page),
            pickle.loads(pickle.dumps(page)),
            msgspec.structs.replace(page),
        ):
            assert same.to_dict() == answer
            assert same == page


def test_sts_reprs_hide_secrets() -> None:
    """Keys, tokens and codes of STS are redacted, members that are absent left out."""
    shown = repr(
        types.sts.Credentials(
            access_key_id="AKID", secret_access_key="hunter2", session_token="hunter3", expiration=NOON
        )
    )
    members = "access_key_id='AKID', secret_access_key=[redacted], session_token=[redacted]"
    assert shown == f"Credentials({members}, expiration={NOON})"
    for kind, member in (
        (types.sts.GetSessionTokenRequest, "token_code"),
        (types.sts.AssumeRoleRequest, "token_code"),
        (types.sts.AssumeRoleWithWebIdentityRequest, "web_identity_token"),
        (types.sts.AssumeRoleWithSAMLRequest, "saml_assertion"),
    ):
        assert member in kind._sensitive


def test_raise_for_failures_raises_for_failed_items() -> None:
    """raise_for_failures() raises with the codes counted and the records kept; without failures it gives the answer."""
    answer = attach_metadata(RESULT, ResponseMetadata(request_id="id-1"))
    with pytest.raises(PartialFailureError) as caught:
        answer.raise_for_failures()
    assert str(caught.value) == (
        "3 of the items failed: ResourceExists.WorkSpace (2), no code (1); see failed_requests [request id id-1]"
    )
    assert caught.value.failed_requests == tuple(RESULT.failed_requests)
    assert pickle.loads(pickle.dumps(caught.value)).failed_requests == caught.value.failed_requests
    fine = types.CreateWorkspacesResult()
    assert fine.raise_for_failures() is fine
    plain = types.DescribeTagsResult()
    assert plain.raise_for_failures() is plain


def test_responses_with_failed_items_expose_them() -> None:
    """Each answer that lists failed items says so, CreateStandbyWorkspaces by its own name."""
    marked = {kind.__name__ for kind in _structures() if issubclass(kind, Output) and kind._failures}
    assert marked == {
        "CreateStandbyWorkspacesResult",
        "CreateWorkspacesResult",
        "RebootWorkspacesResult",
        "RebuildWorkspacesResult",
        "StartWorkspacesResult",
        "StopWorkspacesResult",
        "TerminateWorkspacesResult",
    }


def test_metadata_has_boto3_s_shape() -> None:
    """An answer's dict holds boto3's ResponseMetadata, and reads back without it."""
    metadata = ResponseMetadata(request_id="id", status=200, attempts=3, headers=(("a", "b"),))
    answer = attach_metadata(types.DescribeTagsResult(), metadata)
    assert answer.to_dict()["ResponseMetadata"] == {
        "RequestId": "id",
        "HTTPStatusCode": 200,
        "HTTPHeaders": {"a": "b"},
        "RetryAttempts": 2,
    }
    assert types.DescribeTagsResult.from_dict(answer.to_dict()) == types.DescribeTagsResult()
    assert pickle.loads(pickle.dumps(answer)).metadata == metadata


def test_equal_texts_of_a_listing_are_interned() -> None:
    """Equal texts become one object, whatever structure they are in; values, other types and defaults stay."""

    def made(number: int) -> types.Workspace:
        return types.Workspace(
            workspace_id=f"ws-{number}", directory_id=f"d-{number - number}", state=types.WorkspaceState.AVAILABLE
        )

    workspaces = [made(number) for number in range(3)]
    texts = StringInterner()
    texts.share(workspaces[:1])
    texts.share([*workspaces[1:], "no structure", 1])
    assert workspaces == [made(number) for number in range(3)]
    assert len({id(workspace.directory_id) for workspace in workspaces}) == 1
    assert type(workspaces[2].state) is types.WorkspaceState


ROWS = st.builds(
    types.Workspace,
    workspace_id=st.uuids().map(str),
    directory_id=st.sampled_from(["d-1", "d-2", ""]).map(lambda text: text[:1] + text[1:]),
    subnet_id=st.none() | st.sampled_from(["subnet-1", "subnet-2"]).map(lambda text: text[:1] + text[1:]),
)


@given(pages=st.lists(st.lists(ROWS | st.text(max_size=3) | st.builds(types.Tag, key=st.text(max_size=1)), max_size=8)))
def test_interning_changes_no_value(pages: list[list[object]]) -> None:
    """A listing's structures stay equal to what they were, and equal texts of two pages are one object."""
    texts, before = StringInterner(), [[copy.copy(item) for item in page] for page in pages]
    for page in pages:
        texts.share(page)
    assert pages == before
    ids = [item.directory_id for page in pages for item in page if isinstance(item, types.Workspace)]
    assert len({id(workspace_id) for workspace_id in ids if workspace_id}) == len(set(filter(None, ids)))


def test_string_interner_forgets_unique_texts() -> None:
    """Non-repeating ids are remembered for 500 items only; repeating texts are shared for all items."""
    texts = StringInterner()
    workspaces = [
        types.Workspace(workspace_id=f"ws-{number}", directory_id=f"d-{number % 3}") for number in range(2000)
    ]
    for start in range(0, 2000, 25):
        texts.share(workspaces[start : start + 25])
    assert len(texts._known) == 500 + 3
    assert len({id(workspace.directory_id) for workspace in workspaces}) == 3


def test_string_interner_memory_is_bounded() -> None:
    """However long a listing is, the memory of its texts does not grow with it."""
    texts = StringInterner()
    for number in range(30_000):
        texts.share([types.Workspace(workspace_id=f"ws-{number}")])
    assert len(texts._known) <= StringInterner._MAX_STRINGS + 1
