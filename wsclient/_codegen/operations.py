"""Renderers of operations.py and service.py: the static facts of operations and services that the pipeline uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.facts import (
    IDEMPOTENCY_TOKENS,
    NATURAL_KEYS,
    ONCE,
    PAGE_ITEMS,
    PROTOCOLS,
    READ_PREFIXES,
    READS_WITHOUT_PREFIX,
    REPEATABLE,
)
from wsclient._codegen.model import shape_name
from wsclient._codegen.names import class_name, constant_name, member_name
from wsclient._codegen.text import header, literal, number

if TYPE_CHECKING:
    from wsclient._codegen.model import OperationModel, Ref, ServiceModel, Shape

PAGE_MEMBER = "NextToken"


def render_operations(model: ServiceModel) -> str:
    """Return the text of a service's operations.py."""
    operations = [_operation(model, operation) for operation in model.document.operations.values()]
    has_errors = any(operation.errors for operation in model.document.operations.values())
    listed = "".join(f"        {constant_name(name)},\n" for name in model.document.operations)
    return "".join(
        [
            header(model, "Operations"),
            "\n",
            f"from wsclient._generated.{model.name} import errors as e\n" if has_errors else "",
            f"from wsclient._generated.{model.name} import structures as s\n",
            f"from wsclient._core.model.operations import {_operation_names(operations)}\n",
            *operations,
            "\nOPERATIONS: dict[str, AnyOperation] = {\n    operation.name: operation\n    for operation in (\n",
            f"{listed}    )\n}}\n",
        ]
    )


def _operation_names(operations: list[str]) -> str:
    batch = "Batch, " if any("batch=" in operation for operation in operations) else ""
    return f"AnyOperation, {batch}Effect, Operation"


def effect(name: str) -> str:
    """Return the Effect of an operation by name; a change that is not classified is never repeated on its own."""
    if name.startswith(READ_PREFIXES) or name in READS_WITHOUT_PREFIX:
        return "READ"
    return "REPEATABLE" if name in REPEATABLE else "ONCE"


def unclassified(model: ServiceModel) -> list[str]:
    """Return the operations of which facts.py does not say whether they may be repeated."""
    return [name for name in model.document.operations if effect(name) == "ONCE" and name not in ONCE]


def page_items(model: ServiceModel, operation: OperationModel) -> str | None:
    """Return the output member with a page's items, or None for an operation without NextToken in input and output."""
    input_shape, output_shape = structure(model, operation.input), structure(model, operation.output)
    if PAGE_MEMBER not in input_shape.members or PAGE_MEMBER not in output_shape.members:
        return None
    lists = [name for name, ref in output_shape.members.items() if model.document.shapes[ref.shape].type == "list"]
    if operation.name in PAGE_ITEMS:
        return PAGE_ITEMS[operation.name]
    if len(lists) != 1:
        raise ValueError(f"the output of {operation.name} has {len(lists)} lists, so its page items are ambiguous")
    return lists[0]


def structure(model: ServiceModel, ref: Ref | None) -> Shape:
    """Return the structure of an operation's input or output."""
    return model.document.shapes[shape_name(ref)]


def _operation(model: ServiceModel, operation: OperationModel) -> str:
    facts = [
        f"name={literal(operation.name)}",
        f"input=s.{class_name(shape_name(operation.input))}",
        f"output=s.{class_name(shape_name(operation.output))}",
        f"effect=Effect.{effect(operation.name)}",
        *_errors(operation),
        *_optional(model, operation),
    ]
    lines = "".join(f"    {fact},\n" for fact in facts)
    return f"\n{constant_name(operation.name)} = Operation(\n{lines})\n"


def _errors(operation: OperationModel) -> list[str]:
    names = [f"e.{ref.shape}" for ref in operation.errors]
    return [f"errors=({', '.join(names)}{',' if len(names) == 1 else ''})"] if names else []


def _optional(model: ServiceModel, operation: OperationModel) -> list[str]:
    input_shape, output_shape = structure(model, operation.input), structure(model, operation.output)
    facts: list[str] = []
    if operation.output and operation.output.result_wrapper:
        facts.append(f"result_wrapper={literal(operation.output.result_wrapper)}")
    if items := page_items(model, operation):
        facts.append(f"items={literal(member_name(items))}")
    if any(name.startswith("Failed") for name in output_shape.members):
        facts += _batches(model, input_shape)
    if operation.authtype == "none":
        facts.append("is_signed=False")
    facts += [
        f"idempotency_token={literal(member_name(name))}" for name in input_shape.members if name in IDEMPOTENCY_TOKENS
    ]
    if keys := NATURAL_KEYS.get(operation.name):
        facts.append(f"natural_key=({', '.join(map(literal, keys))}{',' if len(keys) == 1 else ''})")
    return facts


def _batches(model: ServiceModel, input_shape: Shape) -> list[str]:
    """Return the batch argument of an operation whose request has a bounded list; AWS has no request with two."""
    shapes = {name: model.document.shapes[input_shape.members[name].shape] for name in input_shape.required}
    return [
        f"batch=Batch(member={literal(member_name(name))}, limit={number(shape.max)})"
        for name, shape in shapes.items()
        if shape.type == "list" and shape.max is not None
    ]


def render_service(model: ServiceModel) -> str:
    """Return the text of a service's service.py."""
    metadata = model.document.metadata
    protocol = PROTOCOLS[model.name]
    if protocol not in metadata.protocols:
        raise ValueError(f"the model of {model.name} no longer offers {protocol}: {metadata.protocols}")
    facts = {
        "name": model.name,
        "service_id": metadata.service_id,
        "api_version": metadata.api_version,
        "protocol": protocol,
        "signing_name": metadata.signing_name or metadata.endpoint_prefix,
        "target_prefix": metadata.target_prefix,
        "xml_namespace": metadata.xml_namespace,
    }
    lines = "".join(f"    {name}={literal(value)},\n" for name, value in facts.items() if value)
    operations = literal(f"wsclient._generated.{model.name}.operations:OPERATIONS")
    return "".join(
        [
            header(model, "Names and protocol"),
            "\nfrom wsclient._core.lazy_imports import LazyMapping\n",
            "from wsclient._core.model.operations import Service\n",
            f"from wsclient._generated.{model.name} import errors as e\n",
            f"\nSERVICE = Service(\n{lines}    errors=e.BY_CODE,\n    operations=LazyMapping({operations}),\n)\n",
        ]
    )
