"""The base of AWS's structures: frozen, typed, and able to speak AWS's own key names."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar

import msgspec

from wsclient._core.errors import PartialFailureError, RequestValidationError
from wsclient._core.reprs import short_repr
from wsclient._core.tables.columns import Tabular
from wsclient._core.utils import close_matches, is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    import polars as pl


Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant: an aware datetime."""


class Limits(msgspec.Struct, frozen=True):
    """What AWS's model says of a value: its least and greatest length, size or number, and its pattern."""

    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


class Structure(msgspec.Struct, Tabular, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """A structure of an AWS API: snake_case here, AWS's key names on the wire and in to_dict().

    None can be part of a circle, so that Python's collector need not look at them: it would at every one of thousands.
    """

    _required: ClassVar[frozenset[str]] = frozenset()
    """Members that AWS requires in a request."""

    def to_dict(self) -> dict[str, object]:
        """Return AWS's shape of this value, as boto3 has it, in types that JSON knows.

        Times become ISO 8601 strings, blobs base64; what is absent is left out.
        """
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]  # a Struct always becomes a dict

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the structure from AWS's shape: what to_dict() gives, and what boto3 takes and answers.

        Members that the model does not know are ignored. A wrong type raises RequestValidationError.
        """
        try:
            return msgspec.convert(drop_nulls(data), cls, strict=False)
        except msgspec.ValidationError as error:
            raise RequestValidationError(f"{cls.__name__}.from_dict: {error}") from None

    def __repr__(self) -> str:
        """Show the members that are there, the first of long lists, secrets as [redacted]; to_dict() has everything."""
        return short_repr(self)

    def _repr_html_(self) -> str:
        """Return a table of the members that are there, for notebooks."""
        from wsclient._core.tables.html import structure_html  # noqa: PLC0415 - of use in notebooks only

        return structure_html(self)


class Input(Structure, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """A structure that only goes out, so that a misspelt member in from_dict() can only be a mistake."""

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the structure from AWS's shape; a member the model does not know is refused with the nearest name."""
        for name in data:
            if name not in cls.__struct_encode_fields__:
                meant = close_matches(name, cls.__struct_encode_fields__, most=1)
                hint = f", did you mean {meant[0]}?" if meant else ""
                raise RequestValidationError(f"{cls.__name__} has no member {name}{hint}", path=name)
        return super().from_dict(data)


class ResponseMetadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an answer besides its content.

    request_id is what AWS support asks for; status the HTTP status; attempts how often the request was sent;
    headers the answer's own, names in lower case. was_reconciled says that an attempt's outcome was in doubt, and that
    this answer, or a part of it, was found by looking: then there may be no request_id.
    """

    request_id: str | None = None
    status: int = 200
    attempts: int = 1
    headers: tuple[tuple[str, str], ...] = ()
    was_reconciled: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return boto3's shape of ResponseMetadata."""
        return {
            "RequestId": self.request_id,
            "HTTPStatusCode": self.status,
            "HTTPHeaders": dict(self.headers),
            "RetryAttempts": self.attempts - 1,
        }


NO_METADATA = ResponseMetadata()


class Output(Structure, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """The answer of an operation; metadata says which request it answers and how that went."""

    _response_facts: ClassVar[frozenset[str]] = frozenset({"metadata"})

    metadata: ResponseMetadata = msgspec.field(default=NO_METADATA, name="ResponseMetadata")

    def to_dict(self) -> dict[str, object]:
        """Return boto3's shape of the answer, with its ResponseMetadata when it came from a service."""
        members = super().to_dict()
        if self.metadata is not NO_METADATA:
            members["ResponseMetadata"] = self.metadata.to_dict()
        return members

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the answer from boto3's shape; ResponseMetadata is left aside."""
        return super().from_dict({name: value for name, value in data.items() if name != "ResponseMetadata"})

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame of what this page lists, a row each; of an answer about one thing, one row.

        wsclient.tables tells which columns there are. Needs the extra wsclient[pandas], else ConfigurationError.
        """
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - who asks for a frame loads it

        return Table.of_pages([self]).to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame, as to_pandas() does. Needs the extra wsclient[polars], else ConfigurationError."""
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - as above

        return Table.of_pages([self]).to_polars()

    def raise_for_failures(self) -> Self:
        """Return the answer itself, or raise PartialFailureError when AWS lists items that failed."""
        failed: Sequence[object] = getattr(self, self._failures) if self._failures else ()
        if not failed:
            return self
        codes = Counter(str(getattr(item, "error_code", None) or "no code") for item in failed)
        told = ", ".join(f"{code} ({count})" for code, count in codes.most_common())
        request_id = self.metadata.request_id or "unknown"
        raise PartialFailureError(
            f"{len(failed)} of the items failed: {told}; see failed_requests [request id {request_id}]",
            failed_requests=failed,
        )


OutputT = TypeVar("OutputT", bound=Output)


def attach_metadata(output: OutputT, metadata: ResponseMetadata) -> OutputT:
    """Put the metadata into an answer that was just decoded, before anybody else sees it."""
    msgspec.structs.force_setattr(output, "metadata", metadata)
    return output


def sensitive_values(request: Structure) -> tuple[str, ...]:
    """Return the texts of a request that no message may show, should a service repeat them."""
    values = (getattr(request, name) for name in request._sensitive)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark
    return tuple(value for value in values if isinstance(value, str))


def drop_nulls(value: object) -> object:
    """Drop members that are null: AWS sends null for absent, and botocore reads it so."""
    if is_mapping(value):
        return {key: drop_nulls(item) for key, item in value.items() if item is not None}
    if is_list(value):
        return [drop_nulls(item) for item in value if item is not None]
    return value


class StringInterner:
    """Has equal texts of many structures be one object: ids of directories, bundles and keys come again and again.

    A long listing takes half the memory for it. What is remembered is bounded.
    """

    _MOST = 10_000

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def share(self, structures: Iterable[object]) -> None:
        """Put known texts in the place of equal ones in these structures, which nobody else has seen yet."""
        known = self._known
        if len(known) > self._MOST:
            known.clear()
        for structure in structures:
            if not isinstance(structure, Structure):
                continue
            for name in structure.__struct_fields__:
                value = getattr(structure, name)
                if type(value) is str and (shared := known.setdefault(value, value)) is not value:
                    msgspec.structs.force_setattr(structure, name, shared)
