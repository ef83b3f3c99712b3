"""Query codec on models with generated shapes, compared with botocore's serializer and parser."""
# botocore's cached properties have no types.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.models import normal
from tests.support.query_shapes import botocore_operation, documents, response_body, service
from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for
from wsclient._generated.sts.service import SERVICE as STS

EXAMPLES = settings(max_examples=150, suppress_health_check=list(HealthCheck))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=6)
SECONDS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
INTEGERS = st.integers(-(2**31), 2**31 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False, width=32)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": INTEGERS,
    "long": INTEGERS,
    "float": FLOATS,
    "double": FLOATS,
    "boolean": st.booleans(),
    "timestamp": SECONDS,
    "blob": st.binary(max_size=8),
}


def _values(shape: Any) -> st.SearchStrategy[Any]:
    """Return a strategy of values of a shape."""
    if shape.type_name == "structure":
        return st.fixed_dictionaries({}, optional={name: _values(member) for name, member in shape.members.items()})
    if shape.type_name == "list":
        return st.lists(_values(shape.member), max_size=3)
    if shape.type_name == "map":
        return st.dictionaries(TEXTS, _values(shape.value), max_size=3)
    return SCALARS[shape.type_name]


DIALECTS = st.sampled_from(["query", "ec2"]).flatmap(documents)


@EXAMPLES
@given(DIALECTS, st.data())
def test_requests_of_generated_shapes_equal_botocores(document: dict[str, Any], data: st.DataObject) -> None:
    """A structure, extra= and raw() give botocore's form for lists and maps, flattened and named, at any depth."""
    operation = botocore_operation(document)
    request = data.draw(_values(operation.input_shape))
    protocol = document["metadata"]["protocol"]
    reference = create_serializer(protocol, include_validation=False).serialize_to_request(request, operation)["body"]
    expected = {key: str(value) for key, value in reference.items()}
    model = service(document)
    codec = codec_for(model)
    typed = model.operations["New"].input
    for payload in (
        codec.serialize("New", typed.from_dict(request), None),
        codec.serialize("New", typed.from_dict({}), request),
        codec.serialize_raw("New", request),
    ):
        fields = parse_qsl(payload.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert dict(fields) == expected
        assert len(fields) == len(expected)


@EXAMPLES
@given(DIALECTS, st.data())
def test_responses_of_generated_shapes_equal_botocores(document: dict[str, Any], data: st.DataObject) -> None:
    """A response reads as botocore reads it, for lists and maps, flattened and named, at any depth."""
    operation = botocore_operation(document)
    body = response_body(operation, data.draw(_values(operation.output_shape)))
    parser = create_parser(document["metadata"]["protocol"])
    reference = parser.parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
    reference.pop("ResponseMetadata", None)
    model = service(document)
    ours = codec_for(model).parse(model.operations["New"], HttpResponse(200, (), body))
    assert normal(ours.to_dict()) == normal(reference)


@EXAMPLES
@given(documents(), st.data())
def test_raw_responses_keep_every_text(document: dict[str, Any], data: st.DataObject) -> None:
    """A raw response has botocore's members if the model knows the operation, and every text of the XML without one."""
    operation = botocore_operation(document)
    body = response_body(operation, data.draw(_values(operation.output_shape)))
    reference = create_parser("query").parse({"body": body, "headers": {}, "status_code": 200}, operation.output_shape)
    reference.pop("ResponseMetadata", None)
    with_model = codec_for(service(document)).parse_raw("New", HttpResponse(200, (), body))
    assert _form(with_model) == _form(reference)
    without_model = codec_for(STS).parse_raw("New", HttpResponse(200, (), body))
    leaves = Counter(element.text or "" for element in ET.fromstring(body).iter() if not len(element))
    del leaves[""]
    assert leaves <= Counter(_texts(without_model))


def test_repeated_xml_elements_become_lists_or_dicts() -> None:
    """Repeated elements become a list, entries of keys and values a dict, unless a key comes twice."""
    flattened = b"<Tag><K>a</K></Tag><Tag><K>b</K></Tag><Other>x</Other>"
    entry = b"<entry><key>a</key><value><member>1</member></value></entry>"
    for inner, expected in (
        (flattened, {"Tag": [{"K": "a"}, {"K": "b"}], "Other": "x"}),
        (b"<S>" + flattened + b"</S>", {"S": {"Tag": [{"K": "a"}, {"K": "b"}], "Other": "x"}}),
        (b"<M>" + entry + b"</M>", {"M": {"a": ["1"]}}),
        (b"<M>" + entry * 2 + b"</M>", {"M": [{"key": "a", "value": ["1"]}] * 2}),
        (b"<L><member>a</member><member>a</member></L>", {"L": ["a", "a"]}),
    ):
        body = b"<NewResponse><NewResult>" + inner + b"</NewResult></NewResponse>"
        assert codec_for(STS).parse_raw("New", HttpResponse(200, (), body)) == expected


def _form(value: Any) -> Any:
    """Return the lists, dicts and names of a value, without its scalars."""
    if isinstance(value, dict):
        return {name: _form(item) for name, item in value.items()}
    return [_form(item) for item in value] if isinstance(value, list) else None


def _texts(value: Any) -> list[str]:
    """Return all names and texts in a value."""
    if isinstance(value, dict):
        return [text for name, item in value.items() for text in (name, *_texts(item))]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else [value]
