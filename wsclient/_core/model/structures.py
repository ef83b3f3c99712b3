"""Structure, Input and Output: bases of the generated structures, frozen and typed, with AWS's names in dicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, ClassVar, Self, TypeVar, cast

import msgspec

from wsclient._core.absence import FrozenEmptyList, defaults_of, member_value
from wsclient._core.decodable import decodable
from wsclient._core.errors import PartialFailureError, RequestValidationError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.unknown_members import unknown_members
from wsclient._core.reprs import RedactedStruct, short_repr, shown_members
from wsclient._core.tables.tabular import Tabular
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import polars as pl

    from wsclient._core.errors import FailedItem
    from wsclient._core.model.pydantic_schema import SchemaHandler
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")


Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
"""Point in time: an aware datetime."""


class Limits(msgspec.Struct, frozen=True):
    """Constraints of AWS's model: minimum and maximum of a length, size or number, and a pattern."""

    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


class TimestampFormat(Enum):
    """Formats of timestamps in requests, by their names in AWS's models."""

    ISO8601 = "iso8601"
    EPOCH_SECONDS = "unixTimestamp"
    HTTP_DATE = "rfc822"


class Wire(msgspec.Struct, frozen=True):
    """Form of a member in the query protocol, where the model differs from the defaults.

    name replaces the member's name; items of a flattened list or map are not inside an element of their own; item, key
    and value replace the names member, key and value; timestamps is the format of a timestamp.
    """

    name: str | None = None
    flattened: bool = False
    item: str | None = None
    key: str = "key"
    value: str = "value"
    timestamps: TimestampFormat | None = None


class Structure(msgspec.Struct, Tabular, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """Structure of an AWS API: attributes in snake_case, AWS's member names in requests, responses and to_dict().

    A member that AWS requires has no default. A member that AWS always sends is never None: if a response lacks it
    nevertheless, it is an empty string, an enumeration value "" or an empty structure. A list that AWS left out is an
    empty list that cannot be changed.

    gc=False: structures never form reference cycles, and the garbage collector would traverse thousands of them.
    """

    _dropped: ClassVar[frozenset[str]] = frozenset()
    """Secrets in responses, in AWS's names, that the structure lacks on purpose."""
    _forgotten: ClassVar[frozenset[str]] = frozenset()
    """Members of requests, in AWS's names, that are required although AWS's model does not say so."""

    def to_dict(self) -> dict[str, object]:
        """Return a dict with AWS's member names and values that JSON can represent; to_boto3() returns boto3's.

        Times become ISO 8601 strings, blobs base64; members that AWS left out are omitted, unless AWS requires them.
        """
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]  # a Struct always becomes a dict

    def to_boto3(self) -> dict[str, object]:
        """Return the dict that boto3 returns for the same response: AWS's member names, datetimes and bytes.

        Members that AWS left out are omitted, and a list that AWS sent empty is [].
        """
        members = zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True)
        values = ((name, member_value(self, field)) for field, name in members if field not in self._response_facts)
        sent = ((name, value) for name, value in values if value is not None and not isinstance(value, FrozenEmptyList))
        return {name: _as_boto3(value) for name, value in sent}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the structure from a dict with AWS's member names, as from to_dict() or boto3.

        Members that the model does not define are ignored, and required ones that are missing become empty. Raises
        RequestValidationError for a wrong type.
        """
        return _convert(fill_gaps(drop_nulls(data), cls), cls)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: SchemaHandler) -> dict[str, object]:
        """Return the schema by which pydantic and FastAPI validate, write and document the structure."""
        from wsclient._core.model.pydantic_schema import core_schema  # noqa: PLC0415 - needed with pydantic only

        return core_schema(cls, handler, cls.from_dict, cls.to_dict, frozenset())

    def _instead_of(self, name: str) -> str | None:
        fields = dict(zip(self.__struct_encode_fields__, self.__struct_fields__, strict=True))
        return f"did you mean {fields[name]!r}?" if name in fields else super()._instead_of(name)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy without the members that were left out, so that the copy knows which these were."""
        defaults = dict(defaults_of(type(self)))
        members = ((name, getattr(self, name)) for name in self.__struct_fields__)
        sent = {name: value for name, value in members if name not in defaults or value is not defaults[name]}
        return _rebuild, (type(self), sent)

    def __repr__(self) -> str:
        """Return a short repr: identifying members first, lists truncated, sensitive members as [redacted]."""
        return short_repr(self)

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return the members that have a value, for rich; sensitive members as [redacted]."""
        return shown_members(self)

    def _repr_html_(self) -> str:
        """Return an HTML table of the members that have a value, for notebooks."""
        from wsclient._core.tables.html import structure_html  # noqa: PLC0415 - needed in notebooks only

        return structure_html(self)


class Input(Structure, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """Structure that requests contain, so that from_dict() rejects unknown members as misspelt."""

    def to_dict(self) -> dict[str, object]:
        """Return a dict as Structure.to_dict() does; a list that is None in a request is left out, as other members."""
        return cast("dict[str, object]", drop_nulls(super().to_dict()))

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the structure from a dict with AWS's member names.

        Raises RequestValidationError for a missing or mistyped member, and, with the path and the closest name, for one
        that the model does not define, at any depth.
        """
        for path, match in unknown_members(cls, data):
            hint = f"; did you mean {match}?" if match else ""
            raise RequestValidationError(f"{cls.__name__} has no member {path}{hint}", path=path)
        return _convert(drop_nulls(data), cls)


class ResponseMetadata(RedactedStruct, frozen=True, kw_only=True):
    """Metadata of a response.

    request_id is the id that AWS Support needs; status the HTTP status; attempts the number of attempts; headers those
    of the response, names in lower case. was_reconciled is True if an attempt's outcome was ambiguous and lookups found
    all or part of this response; request_id may then be None. repr leaves out the headers.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    request_id: str | None = None
    status: int = 200
    attempts: int = 1
    headers: tuple[tuple[str, str], ...] = ()
    was_reconciled: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return ResponseMetadata as a dict, as in boto3."""
        return {
            "RequestId": self.request_id,
            "HTTPStatusCode": self.status,
            "HTTPHeaders": dict(self.headers),
            "RetryAttempts": self.attempts - 1,
        }


NO_METADATA = ResponseMetadata()


class Output(Structure, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """Response of an operation; metadata has its request id, status, attempts and headers."""

    _response_facts: ClassVar[frozenset[str]] = frozenset({"metadata"})

    metadata: ResponseMetadata = msgspec.field(default=NO_METADATA, name="ResponseMetadata")

    def to_dict(self) -> dict[str, object]:
        """Return the response as a dict for JSON, with ResponseMetadata if it came from a service."""
        members = self._own_members()
        if self.metadata is not NO_METADATA:
            members["ResponseMetadata"] = self.metadata.to_dict()
        return members

    def _own_members(self) -> dict[str, object]:
        members = super().to_dict()
        members.pop("ResponseMetadata", None)
        return members

    def to_boto3(self) -> dict[str, object]:
        """Return the dict that boto3 returns for the same response, with ResponseMetadata if it came from a service."""
        members = super().to_boto3()
        if self.metadata is not NO_METADATA:
            members["ResponseMetadata"] = drop_nulls(self.metadata.to_dict())
        return members

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Build the response from a dict as in boto3; ResponseMetadata is ignored."""
        return super().from_dict({name: value for name, value in data.items() if name != "ResponseMetadata"})

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, handler: SchemaHandler) -> dict[str, object]:
        """Return the schema as for any structure, without the metadata, which holds headers of AWS."""
        from wsclient._core.model.pydantic_schema import core_schema  # noqa: PLC0415 - as above

        return core_schema(cls, handler, cls.from_dict, cls._own_members, frozenset({"ResponseMetadata"}))

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame with one row per listed item, or one row if the response lists nothing.

        wsclient.tables describes the columns. Raises ConfigurationError without the extra wsclient[pandas].
        """
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - needed for data frames only

        return Table.of_pages([self]).to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return a polars DataFrame, as to_pandas() does; raise ConfigurationError without wsclient[polars]."""
        from wsclient._core.tables.table import Table  # noqa: PLC0415 - as above

        return Table.of_pages([self]).to_polars()

    def raise_for_failures(self) -> Self:
        """Return the response itself, or raise PartialFailureError if it lists failed items."""
        failed: Sequence[FailedItem] = getattr(self, self._failures) if self._failures else ()
        if not failed:
            return self
        codes = Counter(item.error_code or "no code" for item in failed)
        summary = ", ".join(f"{code} ({count})" for code, count in codes.most_common())
        request_id = self.metadata.request_id or "unknown"
        raise PartialFailureError(
            f"{len(failed)} of the items failed: {summary}; see failed_requests [request id {request_id}]",
            failed_requests=failed,
        )


def _as_boto3(value: object) -> object:
    """Return a member's value as boto3 has it."""
    if isinstance(value, Structure):
        return value.to_boto3()
    if is_list(value):
        return [_as_boto3(item) for item in value]
    if is_mapping(value):
        return {name: _as_boto3(item) for name, item in value.items()}
    return value.value if isinstance(value, Enum) else value


OutputT = TypeVar("OutputT", bound=Output)
StructureT = TypeVar("StructureT", bound=Structure)


def _convert(data: object, structure: type[StructureT]) -> StructureT:
    try:
        return msgspec.convert(data, decodable(structure), strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:  # ValueError for the year 10000
        raise RequestValidationError(f"{structure.__name__}.from_dict: {error}") from None


def _rebuild(structure: type[StructureT], members: Mapping[str, object]) -> StructureT:
    """Return a structure from a pickle or a deep copy."""
    return structure(**members)


def public_name(structure: type[msgspec.Struct]) -> str:
    """Return the name by which programs know a structure: types.Tag, types.sts.Tag."""
    return f"{structure.__module__.removeprefix('wsclient.')}.{structure.__name__}"


def attach_metadata(output: OutputT, metadata: ResponseMetadata) -> OutputT:
    """Set the metadata of a response that was just decoded, before other code can see the frozen structure."""
    msgspec.structs.force_setattr(output, "metadata", metadata)
    return output


def drop_nulls(value: object) -> object:
    """Drop null members and items: AWS sends null for absent values, and botocore treats it so."""
    if is_mapping(value):
        return {key: drop_nulls(item) for key, item in value.items() if item is not None}
    if is_list(value):
        return [drop_nulls(item) for item in value if item is not None]
    return value
