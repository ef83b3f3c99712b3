"""Service models of the installed botocore, as typed values."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from wsclient._codegen.data import load_service_file
from wsclient._codegen.facts import DROPPED_MEMBERS, PROTOCOLS, SUBSETS
from wsclient._codegen.members import REQUIRED
from wsclient._codegen.subsets import cut
from wsclient._codegen.traits import check_traits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TypeName = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"
]


class Ref(msgspec.Struct, frozen=True, rename="camel"):
    """Reference to a shape, which may rename, flatten or format it in the query protocol."""

    shape: str
    result_wrapper: str | None = None
    location_name: str | None = None
    flattened: bool = False
    timestamp_format: str | None = None


class ErrorTrait(msgspec.Struct, frozen=True):
    """Error trait of the query protocol: the error's code."""

    code: str


class Shape(msgspec.Struct, frozen=True):
    """Shape of a service model."""

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
    flattened: bool = False
    location_name: str | None = msgspec.field(default=None, name="locationName")
    timestamp_format: str | None = msgspec.field(default=None, name="timestampFormat")

    def references(self) -> list[Ref]:
        """Return the references to the shapes inside this shape."""
        return [*self.members.values(), *(ref for ref in (self.member, self.key, self.value) if ref)]


class OperationModel(msgspec.Struct, frozen=True):
    """Operation of a service model."""

    name: str
    input: Ref | None = None
    output: Ref | None = None
    errors: list[Ref] = []
    authtype: str = ""


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """Metadata of a service model."""

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
    """Content of a service-2 file."""

    metadata: Metadata
    operations: dict[str, OperationModel]
    shapes: dict[str, Shape]


class PaginatorModel(msgspec.Struct, frozen=True):
    """Pagination of an operation in botocore: one result key, or several."""

    result_key: str | list[str]


class Paginators(msgspec.Struct, frozen=True):
    """Content of a paginators-1 file."""

    pagination: dict[str, PaginatorModel]


@dataclass(frozen=True)
class ServiceModel:
    """Service model, with the sets of shapes derived from it."""

    name: str
    document: Document
    digest: str
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    """Members that the structures lack on purpose, by structure."""

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The shapes that can be part of a request."""
        return self._reachable(operation.input for operation in self.document.operations.values())

    @cached_property
    def outputs(self) -> frozenset[str]:
        """The shapes that can be part of a response."""
        return self._reachable(operation.output for operation in self.document.operations.values())

    @cached_property
    def requests(self) -> frozenset[str]:
        """The shapes that are the input of an operation."""
        return frozenset(operation.input.shape for operation in self.document.operations.values() if operation.input)

    @cached_property
    def results(self) -> frozenset[str]:
        """The shapes that are the output of an operation."""
        return frozenset(operation.output.shape for operation in self.document.operations.values() if operation.output)

    def structures(self) -> dict[str, Shape]:
        """Return the structures that are not errors, by name."""
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
        reached: set[str] = set()
        queue = [root.shape for root in roots if root is not None]
        while queue:
            name = queue.pop()
            if name not in reached:
                reached.add(name)
                queue.extend(ref.shape for ref in self.document.shapes[name].references())
        return frozenset(reached)


def shape_name(ref: Ref | None) -> str:
    """Return the name of a referenced shape; raises ValueError when the model has no reference."""
    if ref is None:
        raise ValueError("the model lacks a shape where the generator expects one")
    return ref.shape


def load_model(name: str) -> ServiceModel:
    """Read a service's model from the installed botocore; digest is the SHA-256 of its canonical JSON.

    Of a service in SUBSETS, the model has only those operations and what they reach, and so has the digest.
    """
    raw = load_service_file(name, "service-2")
    dropped: dict[str, tuple[str, ...]] = {}
    if name in SUBSETS:
        part = msgspec.convert(raw, dict[str, Any])
        raw, dropped = cut(part, SUBSETS[name], DROPPED_MEMBERS, protocol=PROTOCOLS[name])
    check_traits(msgspec.convert(raw, dict[str, Any]), PROTOCOLS[name])
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()
    document = _with_forgotten_members(msgspec.convert(raw, Document))
    return ServiceModel(name, document, hashlib.sha256(canonical).hexdigest(), dropped)


def _with_forgotten_members(document: Document) -> Document:
    """Return a model with the required members that it forgets; raises ValueError for one that it does not forget."""
    shapes = dict(document.shapes)
    for name in shapes.keys() & REQUIRED.keys():
        shape = shapes[name]
        if not set(REQUIRED[name]) <= shape.members.keys() - set(shape.required):
            raise ValueError(f"{name} lacks one of {REQUIRED[name]}, or the model requires it now: change members.py")
        shapes[name] = msgspec.structs.replace(shape, required=[*shape.required, *REQUIRED[name]])
    return msgspec.structs.replace(document, shapes=shapes)


def load_paginators(name: str) -> dict[str, str]:
    """Return the result key of each operation that has a paginator in botocore."""
    document = msgspec.convert(load_service_file(name, "paginators-1"), Paginators)
    found = {name: facts.result_key for name, facts in document.pagination.items()}
    return {name: key if isinstance(key, str) else key[0] for name, key in found.items()}
