"""Schemas of structures for pydantic and FastAPI: validation by from_dict(), JSON by to_dict(), AWS's names in OpenAPI.

"Custom types", https://docs.pydantic.dev/latest/concepts/types/#custom-types. pydantic calls this module, which imports
nothing of it: a core schema consists of dicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, get_args, get_origin

import msgspec

from wsclient._core.errors import RequestValidationError
from wsclient._core.model.fields import structure_fields
from wsclient._core.utils import is_mapping

if TYPE_CHECKING:
    from typing import Any, TypeVar

    StructT = TypeVar("StructT", bound=msgspec.Struct)

CoreSchema: TypeAlias = dict[str, object]
_SCALARS: Final[Mapping[object, str]] = {str: "str", int: "int", float: "float", bool: "bool", datetime: "datetime"}


class SchemaHandler(Protocol):
    """Handler that pydantic passes to __get_pydantic_core_schema__."""

    def generate_schema(self, source_type: Any, /) -> Any:  # noqa: ANN401 - pydantic's signature
        """Return the schema of another type."""
        ...


def core_schema(
    structure: type[StructT],
    handler: SchemaHandler,
    from_dict: Callable[[Mapping[str, object]], StructT],
    to_dict: Callable[[StructT], dict[str, object]],
    own: frozenset[str],
) -> CoreSchema:
    """Return the schema of a structure, without its own members that AWS does not define, by their names."""

    def validate(value: object, _: object) -> StructT:
        if isinstance(value, structure):
            return value
        if not is_mapping(value):
            raise ValueError(f"must be an object with the members of {structure.__name__}, by AWS's names")
        try:
            return from_dict({str(name): item for name, item in value.items()})
        except RequestValidationError as error:
            raise ValueError(str(error)) from None

    fields = (field for field in structure_fields(structure) if field.name not in own)
    members: CoreSchema = {
        field.name: {
            "type": "typed-dict-field",
            "schema": _schema(field.annotation, handler),
            "required": field.required,
        }
        for field in fields
    }
    return {
        "type": "function-wrap",
        "function": {"type": "no-info", "function": validate},
        # For JSON Schema only: validate() decides alone.
        "schema": {"type": "typed-dict", "fields": members, "cls_name": structure.__name__},
        "serialization": {"type": "function-plain", "function": to_dict},
        "ref": f"{structure.__module__}.{structure.__qualname__}:{id(structure)}",
    }


def _schema(annotation: object, handler: SchemaHandler) -> CoreSchema:
    scalar = _SCALARS.get(annotation, "str")  # to_dict() writes a blob as base64
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, Sequence):
        return {"type": "list", "items_schema": _schema(arguments[0], handler)}
    if origin in (dict, Mapping):
        return {
            "type": "dict",
            "keys_schema": _schema(arguments[0], handler),
            "values_schema": _schema(arguments[1], handler),
        }
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        schema: CoreSchema = handler.generate_schema(annotation)
        return schema
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        # A string: an enum would tell generated clients to refuse values newer than the model.
        examples = [member.value for member in annotation]
        return {"type": "str", "metadata": {"pydantic_js_updates": {"examples": examples}}}
    return {"type": scalar}
