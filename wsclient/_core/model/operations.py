"""Operation and Service: static facts of the service model."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import msgspec

from wsclient._core.model.structures import Output, Structure
from wsclient._core.reprs import RedactedStruct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError

InputT_co = TypeVar("InputT_co", bound=Structure, covariant=True)
OutputT_co = TypeVar("OutputT_co", bound=Output, covariant=True)


class Effect(Enum):
    """Effect of executing an operation once and twice, which decides whether a retry is safe."""

    READ = "changes nothing"
    REPEATABLE = "changes something; sent twice, the outcome is the same"
    ONCE = "creates or disturbs something; sent twice, it would happen twice"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Batch operation: the input member that is a list, and the maximum number of its items per call."""

    member: str
    limit: int


class Operation(msgspec.Struct, Generic[InputT_co, OutputT_co], frozen=True, kw_only=True):
    """Operation of a service, as described by its model and AWS's documentation.

    items is the output member with the items of a page, None for operations without pages. is_signed is False for
    operations that authenticate by their input, such as AssumeRoleWithWebIdentity. idempotency_token is the input
    member by which AWS recognises a retry. natural_key has the input members, in AWS's names, by which a lookup finds
    what an earlier attempt created.
    """

    name: str
    input: type[InputT_co]
    output: type[OutputT_co]
    effect: Effect
    errors: tuple[type[ServiceError], ...] = ()
    result_wrapper: str | None = None
    items: str | None = None
    batch: Batch | None = None
    is_signed: bool = True
    idempotency_token: str | None = None
    natural_key: tuple[str, ...] = ()


AnyOperation = Operation[Structure, Output]


class Service(RedactedStruct, frozen=True, kw_only=True):
    """AWS service: names, protocol, signing name, errors and operations."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"errors", "operations"})

    name: str
    service_id: str
    api_version: str
    protocol: str
    signing_name: str
    target_prefix: str = ""
    xml_namespace: str = ""
    errors: Mapping[str, type[ServiceError]] = msgspec.field(default_factory=dict[str, "type[ServiceError]"])
    operations: Mapping[str, AnyOperation] = msgspec.field(default_factory=dict[str, "AnyOperation"])
