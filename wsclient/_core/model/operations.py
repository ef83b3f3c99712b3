"""What the pipeline knows of an operation and of its service: facts, no behaviour."""

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
    """What sending an operation does, and what sending it twice would do."""

    READ = "changes nothing"
    REPEATABLE = "changes something; sent twice, the outcome is the same"
    ONCE = "creates or disturbs something; sent twice, it would happen twice"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """An operation over a list: which input member holds it and how many items a call may carry."""

    member: str
    limit: int


class Operation(msgspec.Struct, Generic[InputT_co, OutputT_co], frozen=True, kw_only=True):
    """One operation of a service, as its model and AWS's documentation describe it.

    items names the output member that holds a page's items, where the operation has pages; is_signed is False for the
    few that carry their proof within; idempotency_token the input member that lets AWS recognise a repetition;
    natural_key the input members, in AWS's names, that tell whether an earlier attempt succeeded.
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
    """One AWS service: how it is named, signed and spoken to."""

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
