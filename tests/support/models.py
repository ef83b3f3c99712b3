"""Values made after botocore's models, as hypothesis strategies, and as the bytes a service would send."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from hypothesis import strategies as st

from wsclient._codegen.members import ALWAYS_SENT, REQUIRED

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=12)
MILLISECONDS = st.integers(0, 4_000_000_000_000)


@cache
def service_model(name: str) -> ServiceModel:
    """Return botocore's model of a service, which is read once."""
    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


def operations(name: str) -> list[str]:
    """Return the names of a service's operations."""
    return list(service_model(name).operation_names)


def values(shape: Shape, *, output: bool) -> st.SearchStrategy[Any]:
    """Return a strategy of values for a shape; answers may leave anything out and use values newer than the model."""
    return _STRATEGIES[shape.type_name](shape, output)


def _structures(shape: Any, output: bool) -> st.SearchStrategy[Any]:
    members = {name: values(member, output=output) for name, member in shape.members.items()}
    if shape.is_tagged_union:
        return st.one_of([st.fixed_dictionaries({name: member}) for name, member in members.items()])
    needed = [] if output else required(shape)
    return st.fixed_dictionaries(
        {name: members[name] for name in needed},
        optional={name: member for name, member in members.items() if name not in needed},
    )


def required(shape: Any) -> list[str]:
    """Return the members that a structure requires, with those that the model forgets."""
    return [*shape.required_members, *REQUIRED.get(shape.name, ())]


def corrected(shape: Any, value: Any) -> Any:
    """Return an answer that botocore has read with empty values for required members that it lacks.

    Empty texts of members that AWS always sends count as absent.
    """
    if shape.type_name == "structure":
        stand_ins = dict.fromkeys(ALWAYS_SENT.get(shape.name, ()), "")
        members = {name: corrected(shape.members[name], item) for name, item in value.items()}
        gaps = {name: _empty(shape.members[name]) for name in required(shape) if name not in value}
        return {name: item for name, item in (members | gaps).items() if item != stand_ins.get(name)}
    if shape.type_name == "list":
        return [corrected(shape.member, item) for item in value]
    if shape.type_name == "map":
        return {key: corrected(shape.value, item) for key, item in value.items()}
    return value


def _empty(shape: Any) -> Any:
    empty = {"string": "", "integer": 0, "boolean": False, "timestamp": datetime(1970, 1, 1, tzinfo=UTC), "list": []}
    return corrected(shape, {}) if shape.type_name == "structure" else empty[shape.type_name]


def _strings(shape: Any, output: bool) -> st.SearchStrategy[str]:
    # msgspec reads the word null in place of an enumeration's value as absent when numbers may be times, as they must.
    new_values = TEXTS.filter(lambda text: text.lower() != "null")
    return st.sampled_from(shape.enum) | new_values if shape.enum else TEXTS


_STRATEGIES: dict[str, Callable[[Any, bool], st.SearchStrategy[Any]]] = {
    "structure": _structures,
    "list": lambda shape, output: st.lists(values(shape.member, output=output), max_size=3),
    "map": lambda shape, output: st.dictionaries(TEXTS, values(shape.value, output=output), max_size=3),
    "string": _strings,
    "integer": lambda _shape, _output: st.integers(-(2**31), 2**31 - 1),
    "boolean": lambda _shape, _output: st.booleans(),
    "blob": lambda _shape, _output: st.binary(max_size=20),
    "timestamp": lambda _shape, _output: MILLISECONDS.map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC)),
}


def json_body(value: object) -> bytes:
    """Return a value as awsJson 1.1 sends it: times as seconds, blobs as base64."""
    plain = msgspec.to_builtins(value, builtin_types=(datetime,))
    return json.dumps(plain, default=lambda instant: instant.timestamp()).encode()


def xml_body(operation: OperationModel, value: dict[str, Any]) -> bytes:
    """Return a value as the query protocol sends it."""
    namespace = operation.service_model.metadata["xmlNamespace"]
    result = _xml(operation.output_shape.serialization["resultWrapper"], operation.output_shape, value)
    metadata = "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
    return f'<{operation.name}Response xmlns="{namespace}">{result}{metadata}</{operation.name}Response>'.encode()


def _xml(tag: str, shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        inner = "".join(_xml(name, shape.members[name], member) for name, member in value.items())
    elif shape.type_name == "list":
        inner = "".join(_xml("member", shape.member, item) for item in value)
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    elif isinstance(value, datetime):
        inner = value.isoformat().replace("+00:00", "Z")
    else:
        inner = escape(str(value))
    return f"<{tag}>{inner}</{tag}>"


def normal(value: Any) -> Any:
    """Return a value in one form for comparing: no nulls, times as ISO 8601, blobs as base64."""
    if isinstance(value, dict):
        return {key: normal(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [normal(item) for item in value]
    if isinstance(value, datetime):
        return msgspec.to_builtins(value.astimezone(UTC))
    return msgspec.to_builtins(value)
