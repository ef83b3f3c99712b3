"""Reads the service models that the installed botocore ships, as typed values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from botocore.loaders import Loader

if TYPE_CHECKING:
    from collections.abc import Iterable

TypeName = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"
]


class Ref(msgspec.Struct, frozen=True):
    """A mention of a shape."""

    shape: str
    result_wrapper: str | None = msgspec.field(default=None, name="resultWrapper")


class ErrorTrait(msgspec.Struct, frozen=True):
    """How the query protocol names an error."""

    code: str


class Shape(msgspec.Struct, frozen=True):
    """One shape of a service model."""

    type: TypeName
    members: dict[str, Ref] = {}
    required: list[str] = []
    member: Ref | None = None
    key: Ref | None = None
    value: Ref | None = None
    enum: list[str] | None = None
    min: float | None = None
    max: float | None = None
    pattern: str | None = None
    sensitive: bool = False
    exception: bool = False
    error: ErrorTrait | None = None


class OperationModel(msgspec.Struct, frozen=True):
    """One operation of a service model."""

    name: str
    input: Ref | None = None
    output: Ref | None = None
    errors: list[Ref] = []
    authtype: str = ""


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """The head of a service model."""

    api_version: str
    endpoint_prefix: str
    service_id: str
    service_full_name: str
    protocols: list[str]
    uid: str
    signing_name: str | None = None
    target_prefix: str = ""
    xml_namespace: str = ""


class Document(msgspec.Struct, frozen=True):
    """A whole service-2 document."""

    metadata: Metadata
    operations: dict[str, OperationModel]
    shapes: dict[str, Shape]


class PaginatorModel(msgspec.Struct, frozen=True):
    """How botocore pages through an operation: one result key, or several."""

    result_key: str | list[str]


class Paginators(msgspec.Struct, frozen=True):
    """A whole paginators-1 document."""

    pagination: dict[str, PaginatorModel]


@dataclass(frozen=True)
class ServiceModel:
    """A service's model and what follows from it alone."""

    name: str
    document: Document
    digest: str

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The shapes that can be part of a request."""
        return self._reachable(operation.input for operation in self.document.operations.values())

    @cached_property
    def outputs(self) -> frozenset[str]:
        """The shapes that can be part of an answer."""
        return self._reachable(operation.output for operation in self.document.operations.values())

    @cached_property
    def results(self) -> frozenset[str]:
        """The shapes that are the answer of an operation."""
        return frozenset(operation.output.shape for operation in self.document.operations.values() if operation.output)

    def structures(self) -> dict[str, Shape]:
        """Return the structures that are no errors, by name."""
        return {
            name: shape
            for name, shape in sorted(self.document.shapes.items())
            if shape.type == "structure" and not shape.exception and name in self.inputs | self.outputs
        }

    def errors(self) -> dict[str, Shape]:
        """Return the structures that are errors, by name."""
        return {name: shape for name, shape in sorted(self.document.shapes.items()) if shape.exception}

    def enums(self) -> dict[str, list[str]]:
        """Return the values of each enumeration, by name."""
        return {name: shape.enum for name, shape in sorted(self.document.shapes.items()) if shape.enum}

    def _reachable(self, roots: Iterable[Ref | None]) -> frozenset[str]:
        seen: set[str] = set()
        waiting = [root.shape for root in roots if root is not None]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(ref.shape for ref in _mentions(self.document.shapes[name]))
        return frozenset(seen)


def shape_name(ref: Ref | None) -> str:
    """Return what a mention names, where the generator relies on there being one."""
    if ref is None:
        raise ValueError("the model lacks a shape where the generator expects one")
    return ref.shape


def load_model(name: str) -> ServiceModel:
    """Read a service's model from the installed botocore; digest is the SHA-256 of its canonical JSON."""
    raw = _document(name, "service-2")
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()
    return ServiceModel(name, msgspec.convert(raw, Document), hashlib.sha256(canonical).hexdigest())


def load_paginators(name: str) -> dict[str, str]:
    """Return the result key of each operation for which botocore has a paginator."""
    document = msgspec.convert(_document(name, "paginators-1"), Paginators)
    return {operation: str(facts.result_key) for operation, facts in document.pagination.items()}


def _document(name: str, kind: str) -> object:
    loader: Any = Loader()  # botocore has no types
    return loader.load_service_model(name, kind)


def _mentions(shape: Shape) -> list[Ref]:
    return [*shape.members.values(), *(ref for ref in (shape.member, shape.key, shape.value) if ref)]
