"""Renderer of wsclient/_client/operations: one typed method an operation, with a docstring of facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.facts import RECONCILED
from wsclient._codegen.model import shape_name
from wsclient._codegen.names import class_name, constant_name, member_name
from wsclient._codegen.operations import effect, page_items, shape_of
from wsclient._codegen.structures import SCALARS
from wsclient._codegen.text import api_page, describe, header, wrap

if TYPE_CHECKING:
    from wsclient._codegen.model import OperationModel, ServiceModel

CLASSES = {"workspaces": "WorkSpacesOperations", "sts": "StsOperations"}
EFFECTS = {
    "READ": "Changes nothing; tried again after any transient failure.",
    "REPEATABLE": "Changes something; sent twice, the outcome is the same, so it is tried again.",
    "ONCE": "Not safe to send twice; not tried again when an attempt may have been carried out.",
    "RECONCILED": "Not safe to send twice; when an attempt may have been carried out, looks before it tries again.",
}
LONGEST_REQUEST = 94
PAGES = "Await the result for one page, iterate it for all items."


def render_client(model: ServiceModel) -> str:
    """Return the text of a service's module of methods."""
    methods = "\n".join(_method(model, operation) for operation in model.document.operations.values())
    return "".join(
        [
            header(model, "Operations, one method each,"),
            "\nfrom typing import TYPE_CHECKING\n",
            "\nfrom wsclient._client.base_client import BaseClient\n",
            f"from wsclient._generated.{model.name} import operations as ops\n",
            f"from wsclient._generated.{model.name} import structures as s\n",
            "\nif TYPE_CHECKING:\n    from collections.abc import Sequence\n",
            "\n    from wsclient._client.base_client import Extra\n",
            f"    from wsclient._generated.{model.name} import enums as t\n" if model.enums() else "",
            "    from wsclient._client.pagination import Paginator\n" if _has_pages(model) else "",
            f"\n\nclass {CLASSES[model.name]}(BaseClient):\n",
            _class_docstring(model),
            "\n    _service = ops.SERVICE\n\n",
            methods,
        ]
    )


def _class_docstring(model: ServiceModel) -> str:
    return (
        f'    """The {len(model.document.operations)} operations of {model.document.metadata.service_full_name}.\n\n'
        "    Every method takes extra, members newer than the model in AWS's names, and validate=False, which sends\n"
        '    the request without looking at it first.\n    """\n'
    )


def _has_pages(model: ServiceModel) -> bool:
    return any(page_items(model, operation) for operation in model.document.operations.values())


def _method(model: ServiceModel, operation: OperationModel) -> str:
    name = member_name(operation.name)
    items = page_items(model, operation)
    parameters = "".join(f"        {line},\n" for line in _parameters(model, operation))
    result = f"s.{class_name(shape_name(operation.output))}"
    if items:
        answered = shape_of(model, operation.output)
        item = _annotation(
            model, shape_name(model.document.shapes[answered.members[items].shape].member), outgoing=False
        )
        result = f"Paginator[{result}, {item}]"
    start = "def" if items else "async def"
    signature = f"    {start} {name}(\n        self,\n        *,\n{parameters}    ) -> {result}:\n"
    return signature + _docstring(model, operation) + _body(model, operation, items)


def _parameters(model: ServiceModel, operation: OperationModel) -> list[str]:
    given = shape_of(model, operation.input)
    lines: list[str] = []
    for member in sorted(given.members, key=lambda name: name not in given.required):
        annotation = _annotation(model, given.members[member].shape, outgoing=True)
        optional = "" if member in given.required else " | None = None"
        lines.append(f"{member_name(member)}: {annotation}{optional}")
    if operation.name in RECONCILED:
        lines.append(f"reconcile: bool = {RECONCILED[operation.name][1]}")
    return [*lines, "extra: Extra | None = None", "validate: bool = True"]


def _annotation(model: ServiceModel, name: str, *, outgoing: bool) -> str:
    """Return a parameter's type as a caller reads it: limits stand in the docstring."""
    shape = model.document.shapes[name]
    if shape.type == "list":
        item = _annotation(model, shape_name(shape.member), outgoing=outgoing)
        return f"{'Sequence' if outgoing else 'list'}[{item}]"
    if shape.type == "map":
        parts = (_annotation(model, shape_name(ref), outgoing=outgoing) for ref in (shape.key, shape.value))
        return f"dict[{', '.join(parts)}]"
    if shape.type == "structure":
        return f"s.{class_name(name)}"
    if shape.enum:
        return f"t.{class_name(name)}"
    return SCALARS[shape.type]


def _docstring(model: ServiceModel, operation: OperationModel) -> str:
    given = shape_of(model, operation.input)
    lines = [f'        """Call {operation.name}.', "", f"        {_effect(operation)}"]
    lines += [f"        {PAGES}", ""] if page_items(model, operation) else [""]
    facts = [_fact(model, given.members[member].shape, member, given.required) for member in given.members]
    errors = [ref.shape for ref in operation.errors]
    facts += _reconciling(operation)
    if facts:
        lines += ["        Args:", *(f"            {fact}" for fact in facts), ""]
    if errors:
        lines += ["        Raises:", *wrap(errors, "            "), ""]
    lines += [f"        {api_page(model, operation.name)}", '        """']
    text = "\n".join(lines) + "\n"
    return text.replace('"""', 'r"""', 1) if "\\" in text else text


def _effect(operation: OperationModel) -> str:
    is_reconciled = RECONCILED.get(operation.name, ("", False))[1]
    return EFFECTS["RECONCILED" if is_reconciled else effect(operation.name)]


def _reconciling(operation: OperationModel) -> list[str]:
    if operation.name not in RECONCILED:
        return []
    listing, is_default = RECONCILED[operation.name]
    return [
        "reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding",
        f"    what it made ({listing}) before anything is sent",
        f"    again; {is_default} unless said.",
    ]


def _fact(model: ServiceModel, name: str, member: str, required: list[str]) -> str:
    shape = model.document.shapes[name]
    values = f"one of {', '.join(shape.enum)}" if shape.enum else describe(shape)
    inner = f"each {describe(model.document.shapes[shape_name(shape.member)])}" if shape.type == "list" else ""
    facts = [fact for fact in ("required" if member in required else "optional", values, inner) if fact.strip(" each")]
    return f"{member_name(member)}: {'; '.join(facts)}."


def _body(model: ServiceModel, operation: OperationModel, items: str | None) -> str:
    given = shape_of(model, operation.input)
    values = [f"{member_name(name)}={member_name(name)}" for name in given.members]
    request = f"s.{class_name(shape_name(operation.input))}({', '.join(values)})"
    if len(request) > LONGEST_REQUEST:
        filled = "\n".join(wrap(values, " " * 16))
        request = f"s.{class_name(shape_name(operation.input))}(\n{filled},\n            )"
    call = "self._paginate" if items else "await self._call"
    parts = [f"ops.{constant_name(operation.name)}", request, "extra", "validate"]
    if operation.name in RECONCILED:
        parts.append("reconcile")
    if items:
        parts.insert(2, f"lambda page: page.{member_name(items)}")
    if len(f"{call}({', '.join(parts)})") > LONGEST_REQUEST:
        lines = "".join(f"            {part},\n" for part in parts)
        return f"        return {call}(\n{lines}        )\n"
    return f"        return {call}({', '.join(parts)})\n"
