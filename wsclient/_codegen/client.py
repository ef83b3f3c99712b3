"""Renderer of wsclient/_client/operations: one typed method for each operation, with its limits in the docstring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.facts import RECONCILED, SUBSETS
from wsclient._codegen.model import shape_name
from wsclient._codegen.names import class_name, constant_name, member_name
from wsclient._codegen.operations import effect, page_items, structure
from wsclient._codegen.structures import SCALARS, argument_type, sensitive_members
from wsclient._codegen.text import api_page, describe, header, literal, wrap
from wsclient._codegen.words import OPERATIONS, PARAMETERS

if TYPE_CHECKING:
    from wsclient._codegen.model import OperationModel, ServiceModel

CLASSES = {
    "workspaces": "WorkSpacesOperations",
    "sts": "StsOperations",
    "ec2": "Ec2Operations",
    "ds": "DsOperations",
    "iam": "IamOperations",
}
PUBLIC_TYPES = {"workspaces": "wsclient.types", "sts": "wsclient.types.sts"}
"""Public modules of structures: loaded instead of the private ones, they have the structures report the public name."""
EFFECTS = {
    "READ": "Read-only; retried after any transient error.",
    "REPEATABLE": "Changes resources; idempotent, so it is retried after any transient error.",
    "ONCE": "Not idempotent; not retried after an ambiguous outcome (the request may have taken effect).",
    "RECONCILED": "Not idempotent; after an ambiguous outcome, reads what the request created before a retry.",
}
"""First paragraph of a method's docstring, by effect of the operation."""
MAX_REQUEST_LENGTH = 94
"""Maximum length of a request on one line; a longer one has one argument a line."""
COMMON = "extra, validate: members newer than the model, and False to skip validation; see the class."
"""Last line of the parameters of a method."""
PAGES = "Await the paginator for one page, or iterate it for all items."


def render_client(model: ServiceModel) -> str:
    """Return the text of a service's module of methods."""
    methods = "\n".join(_method(model, operation) for operation in model.document.operations.values())
    mapping = "Mapping, " if "Mapping[" in methods else ""
    return "".join(
        [
            header(model, "Operation methods"),
            f"\nfrom collections.abc import {mapping}Sequence\n" if "Sequence[" in methods or mapping else "",
            "from typing import TYPE_CHECKING\n",
            "\nfrom wsclient._client.base_client import BaseClient, Extra\n",
            "from wsclient._client.pagination import Paginator\n" if _has_pages(model) else "",
            "from wsclient._core.lazy_imports import LazyModule\n",
            f"from wsclient._generated.{model.name}.service import SERVICE\n",
            "\nif TYPE_CHECKING:\n",
            f"    from wsclient._generated.{model.name} import enums as t\n" if model.enums() else "",
            f"    from wsclient._generated.{model.name} import operations as ops\n",
            f"    from wsclient._generated.{model.name} import structures as s\n",
            _lazy_imports(model),
            f"\n\nclass {CLASSES[model.name]}(BaseClient):\n",
            _class_docstring(model),
            "\n    _service = SERVICE\n",
            _sensitive_parameters(model),
            f"\n{methods}",
        ]
    )


def _lazy_imports(model: ServiceModel) -> str:
    """Return the imports at the first call, so that a program pays for the structures of services that it calls."""
    structures = PUBLIC_TYPES.get(model.name, f"wsclient._generated.{model.name}.structures")
    return (
        "else:\n    # Imported at the first call, or when somebody resolves the annotations.\n"
        f"    ops = LazyModule({literal(f'wsclient._generated.{model.name}.operations')})\n"
        f"    s = LazyModule({literal(structures)})\n"
        + (f"    t = LazyModule({literal(f'wsclient._generated.{model.name}.enums')})\n" if model.enums() else "")
    )


def _sensitive_parameters(model: ServiceModel) -> str:
    """Return the attribute with the parameters that are secrets, or "" if there are none."""
    inputs = (structure(model, operation.input) for operation in model.document.operations.values())
    names = sorted({name for shape in inputs for name in sensitive_members(model, shape)})
    return f"    _sensitive_parameters = frozenset({{{', '.join(map(literal, names))}}})\n" if names else ""


def _class_docstring(model: ServiceModel) -> str:
    count = len(model.document.operations)
    subject = f"Some operations ({count})" if model.name in SUBSETS else f"The {count} operations"
    return (
        f'    """{subject} of {model.document.metadata.service_full_name}.\n\n'
        "    Every method accepts extra, request members newer than the model, by their AWS names, and\n"
        "    validate=False, which sends a request without client-side validation. Both are for what AWS\n"
        '    added after the model from which wsclient was generated.\n    """\n'
    )


def _has_pages(model: ServiceModel) -> bool:
    return any(page_items(model, operation) for operation in model.document.operations.values())


def _method(model: ServiceModel, operation: OperationModel) -> str:
    name = member_name(operation.name)
    items = page_items(model, operation)
    parameters = "".join(f"        {line},\n" for line in _parameters(model, operation))
    result = f"s.{class_name(shape_name(operation.output))}"
    if items:
        output = structure(model, operation.output)
        item_name = shape_name(model.document.shapes[output.members[items].shape].member)
        item = model.document.shapes[item_name]
        held = f"s.{class_name(item_name)}" if item.type == "structure" else SCALARS[item.type]
        result = f"Paginator[{result}, {held}]"
    start = "def" if items else "async def"
    signature = f"    {start} {name}(\n        self,\n        *,\n{parameters}    ) -> {result}:\n"
    return signature + _docstring(model, operation) + _body(model, operation, items)


def _parameters(model: ServiceModel, operation: OperationModel) -> list[str]:
    input_shape = structure(model, operation.input)
    lines: list[str] = []
    for member in sorted(input_shape.members, key=lambda name: name not in input_shape.required):
        annotation = argument_type(model, input_shape.members[member].shape, structures="s.")
        optional = "" if member in input_shape.required else " | None = None"
        lines.append(f"{member_name(member)}: {annotation}{optional}")
    if operation.name in RECONCILED:
        lines.append(f"reconcile: bool = {RECONCILED[operation.name][1]}")
    return [*lines, "extra: Extra | None = None", "validate: bool = True"]


def _docstring(model: ServiceModel, operation: OperationModel) -> str:
    input_shape = structure(model, operation.input)
    words = OPERATIONS.get(operation.name, f"Call {operation.name}")
    lines = [f'        """{words}.', "", f"        {_effect(operation)}"]
    lines += [f"        {PAGES}", ""] if page_items(model, operation) else [""]
    facts = [
        _fact(model, operation.name, input_shape.members[member].shape, member, input_shape.required)
        for member in input_shape.members
    ]
    errors = [ref.shape for ref in operation.errors]
    facts += _reconciling(operation)
    lines += ["        Args:", *(f"            {fact}" for fact in facts), f"            {COMMON}", ""]
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
        "reconcile: after an ambiguous outcome, spend up to half a minute on finding what the attempt created",
        f"    ({listing}),",
        f"    and retry only what is missing; default {is_default}.",
    ]


def _fact(model: ServiceModel, operation: str, name: str, member: str, required: list[str]) -> str:
    shape = model.document.shapes[name]
    values = f"one of {', '.join(shape.enum)}" if shape.enum else describe(shape)
    inner = f"each {describe(model.document.shapes[shape_name(shape.member)])}" if shape.type == "list" else ""
    words = PARAMETERS.get(f"{operation}.{member}") or (PARAMETERS.get(member, "") if operation in OPERATIONS else "")
    need = "required" if member in required else "optional"
    facts = [fact for fact in (words, need, values, inner) if fact.strip(" each")]
    return f"{member_name(member)}: {'; '.join(facts)}."


def _request(model: ServiceModel, operation: OperationModel, *, indent: int) -> str:
    """Return the expression of a request, from a line with this indent on."""
    names = [member_name(name) for name in structure(model, operation.input).members]
    values = [f"{name}={name}" for name in names]
    request = f"s.{class_name(shape_name(operation.input))}({', '.join(values)})"
    if len(request) <= MAX_REQUEST_LENGTH:
        return request
    filled = "\n".join(wrap(values, " " * (indent + 4)))
    return f"s.{class_name(shape_name(operation.input))}(\n{filled},\n{' ' * indent})"


def _body(model: ServiceModel, operation: OperationModel, items: str | None) -> str:
    input_shape = structure(model, operation.input)
    secrets = sensitive_members(model, input_shape)
    request = _request(model, operation, indent=8 if secrets else 12)
    before = ""
    if secrets:
        before = f"        request = {request}\n        # The caller's hooks may log their stack with its locals.\n"
        required = {member_name(name) for name in input_shape.required}
        before += "".join(f"        {name} = {literal('') if name in required else None}\n" for name in secrets)
        request = "request"
    call = "self._paginate" if items else "await self._call"
    parts = [f"ops.{constant_name(operation.name)}", request, "extra", "validate"]
    if operation.name in RECONCILED:
        parts.append("reconcile")
    if items:
        parts.insert(2, f"lambda page: page.{member_name(items)}")
    if len(f"{call}({', '.join(parts)})") > MAX_REQUEST_LENGTH:
        lines = "".join(f"            {part},\n" for part in parts)
        return f"{before}        return {call}(\n{lines}        )\n"
    return f"{before}        return {call}({', '.join(parts)})\n"
