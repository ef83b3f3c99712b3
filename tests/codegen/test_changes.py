"""Descriptions of the changes between two models: each kind of change, in both directions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from wsclient._codegen import __main__ as command
from wsclient._codegen.changes import describe_changes
from wsclient._codegen.model import Document, Ref, Shape, load_model

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH = "_generated/workspaces"
Change = Callable[[Document], Document]


@cache
def _today() -> Mapping[str, str]:
    return _render(lambda document: document)


@cache
def _changed(kind: str) -> Mapping[str, str]:
    return _render(CASES[kind][0])


def _render(change: Change) -> Mapping[str, str]:
    model = load_model("workspaces")
    model = replace(model, document=change(model.document))
    return {f"{PATH}/{name}": renderer(model) for name, renderer in command.RENDERERS.items()}


def _shape(name: str, change: Callable[[Shape], Shape]) -> Change:
    def changed(document: Document) -> Document:
        return msgspec.structs.replace(document, shapes={**document.shapes, name: change(document.shapes[name])})

    return changed


def _limits(name: str, *, maximum: float) -> Change:
    return _shape(name, lambda shape: msgspec.structs.replace(shape, max=maximum))


def _with_member(owner: str, member: str, shape: str) -> Change:
    return _shape(owner, lambda old: msgspec.structs.replace(old, members={**old.members, member: Ref(shape=shape)}))


def _no_operation(name: str) -> Change:
    return lambda document: msgspec.structs.replace(
        document, operations={key: value for key, value in document.operations.items() if key != name}
    )


def _new_errors(name: str, errors: list[str]) -> Change:
    def changed(document: Document) -> Document:
        operation = msgspec.structs.replace(document.operations[name], errors=[Ref(shape=error) for error in errors])
        return msgspec.structs.replace(document, operations={**document.operations, name: operation})

    return changed


def _new_error(document: Document) -> Document:
    error = Shape(type="structure", exception=True)
    return msgspec.structs.replace(document, shapes={**document.shapes, "TooTiredException": error})


CASES: dict[str, tuple[Change, list[str]]] = {
    "an operation": (
        _no_operation("DescribeIpGroups"),
        ["workspaces operations:", "removed DescribeIpGroups(group_ids, next_token, max_results)"],
    ),
    "a member": (
        _with_member("Tag", "Colour", "TagKey"),
        ["workspaces members:", "added Tag.colour: str, 1 to 127"],
    ),
    "the type of a member": (
        _with_member("Tag", "Value", "BooleanObject"),
        ["workspaces members:", "changed Tag.value was str, at most 255, is bool"],
    ),
    "what is required": (
        _shape("Tag", lambda shape: msgspec.structs.replace(shape, required=["Key", "Value"])),
        ["workspaces members:", "changed Tag.value is now required"],
    ),
    "a limit": (
        _limits("TagKey", maximum=500),
        ["workspaces limits:", "changed TagKey was 1 to 127, is 1 to 500 (Tag.key)"],
    ),
    "the limit of a list": (
        _limits("TagList", maximum=50),
        ["workspaces limits:", "changed CreateTagsRequest.tags was Sequence[Tag], is Sequence[Tag], at most 50"],
    ),
    "a value": (
        _shape("Tenancy", lambda shape: msgspec.structs.replace(shape, enum=[*(shape.enum or ()), "NONE"])),
        ["workspaces enumerations:", "added Tenancy: NONE"],
    ),
    "an error": (_new_error, ["workspaces errors:", "added TooTiredException (TooTiredException)"]),
    "the errors of an operation": (
        _new_errors("DescribeTags", ["AccessDeniedException"]),
        [
            "workspaces errors:",
            "changed DescribeTags also raises AccessDeniedException",
            "changed DescribeTags no longer raises ResourceNotFoundException",
        ],
    ),
    "a batch": (
        _limits("StartWorkspaceRequests", maximum=30),
        ["changed StartWorkspaces: batch was Batch(member='start_workspace_requests', limit=25), is Batch(member="],
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_every_kind_of_model_change_is_reported(kind: str) -> None:
    """A change of the model is named under its heading, with what was and what is."""
    expected = CASES[kind][1]
    lines = [line.strip() for line in describe_changes(_today(), _changed(kind))]
    assert [part for part in expected if not any(line.startswith(part) for line in lines)] == [], lines


@pytest.mark.parametrize("kind", CASES)
def test_changes_read_the_other_way_round(kind: str) -> None:
    """From the newer model to the older, as many changes are named, and what was added is removed."""
    there, back = (
        describe_changes(*pair) for pair in ((_today(), _render(CASES[kind][0])),) for pair in (pair, pair[::-1])
    )
    assert len(there) == len(back)
    additions, removals = (
        sum(line.startswith(f"  {verb}") for line in lines) for lines, verb in ((there, "added"), (back, "removed"))
    )
    assert additions == removals


def test_equal_models_report_no_change() -> None:
    """Equal models give no line."""
    assert describe_changes(_today(), _today()) == []


def test_added_and_removed_regions_are_reported() -> None:
    """A region in a list of endpoints, and a partition's, are named with their list."""
    path = "_generated/partitions.py"
    today = command.committed()[path]
    newer = today.replace('"us-west-2",  # Amazon', '"us-west-9",  # Amazon', 1)
    assert newer != today
    lines = describe_changes({path: today}, {path: newer})
    assert lines == ["regions:", "  removed WORKSPACES_PUBLIC: us-west-2", "  added WORKSPACES_PUBLIC: us-west-9"]


def test_diff_command_prints_changes_in_words_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--diff names the installed botocore and the pin, then the changes in words, then the facts; --check the pin."""
    committed = command.committed()
    structures = "_generated/sts/structures.py"
    older = committed[structures].replace(
        "SourceIdentityType = Annotated[str, Limits(2, 256", "SourceIdentityType = Annotated[str, Limits(2, 64"
    )
    assert older != committed[structures]
    monkeypatch.setattr(command, "committed", lambda: {**committed, structures: older})
    assert command.main(["--diff"]) == 1
    first, _, heading, limit, *rest = capsys.readouterr().out.splitlines()
    assert f"the generated code is of botocore {command.pinned_version()}" in first
    assert heading == "sts limits:"
    assert limit.startswith(r"  changed SourceIdentityType was 2 to 64, pattern [\w+=,.@-]*, is 2 to 256")
    assert rest[:2] == ["", "as facts of the generated modules:"]
    assert command.main(["--check"]) == 1
    assert command.pinned_version() in capsys.readouterr().out
    monkeypatch.setattr(command, "committed", lambda: {**committed, structures: f"{committed[structures]}\n# text\n"})
    assert command.main(["--diff"]) == 1
    assert "only documentation has changed" in capsys.readouterr().out
