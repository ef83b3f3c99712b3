"""The emulator's query codec on generated shapes: it reads what the client sends, and botocore reads what it writes."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from botocore.parsers import create_parser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.test_query_shapes import SCALARS, TEXTS
from tests.support.models import normal
from tests.support.query_shapes import botocore_operation, documents, service
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.query_dialects import QUERY
from wsclient.testing._protocols.query_values import FormReader, XmlWriter

EXAMPLES = settings(max_examples=80, suppress_health_check=list(HealthCheck))


def _values(shape: Any, min_size: int = 0) -> st.SearchStrategy[Any]:
    """Return a strategy of values of a shape without empty structures and maps, which leave no field in a form.

    min_size is that of lists: an empty flattened one leaves no element in a response.
    """
    if shape.type_name == "structure":
        return st.fixed_dictionaries({name: _values(member, min_size) for name, member in shape.members.items()})
    if shape.type_name == "list":
        return st.lists(_values(shape.member, min_size), min_size=min_size, max_size=2)
    if shape.type_name == "map":
        return st.dictionaries(TEXTS, _values(shape.value, min_size), min_size=1, max_size=2)
    return SCALARS[shape.type_name]


def _form(value: Any) -> Any:
    """Return the lists, dicts and names of a value, without its scalars."""
    if isinstance(value, dict):
        return {name: _form(item) for name, item in value.items()}
    return [_form(item) for item in value] if isinstance(value, list) else None


@EXAMPLES
@given(documents(), st.data())
def test_generated_request_shapes_are_read(document: dict[str, Any], data: st.DataObject) -> None:
    """Lists and maps of a request, flattened and named, at any depth, arrive as they were sent."""
    request = data.draw(_values(botocore_operation(document).input_shape))
    model = service(document)
    payload = codec_for(model).serialize_raw("New", request)
    form = dict(parse_qsl(payload.body.decode(), keep_blank_values=True, strict_parsing=True))
    assert _form(FormReader(form, QUERY).structure(model.operations["New"].input, "")) == _form(request)


@EXAMPLES
@given(documents(), st.data())
def test_generated_response_shapes_are_readable_by_botocore(document: dict[str, Any], data: st.DataObject) -> None:
    """Lists and maps of a response, flattened and named, at any depth, are read by botocore as they were written."""
    operation = botocore_operation(document)
    result = data.draw(_values(operation.output_shape, 1))
    members = XmlWriter(QUERY).members(result, service(document).operations["New"].output)
    body = f"<NewResponse><NewResult>{members}</NewResult></NewResponse>".encode()
    reference = create_parser("query").parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
    reference.pop("ResponseMetadata", None)
    assert normal(reference) == normal(result)
