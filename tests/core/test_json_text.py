"""JSON texts that were cut within a character."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import service_error
from wsclient._core.protocols.json_text import decode_json
from wsclient._generated.workspaces.service import SERVICE

HEADERS = (("x-amzn-requestid", "id-1"), ("content-type", "application/x-amz-json-1.1"))
CODE_UNITS = st.lists(
    st.sampled_from(["a", "\\", '"', "d83d", "\ud83d", "\ude00", "\U0001f600", "\n"]), max_size=8
).map("".join)


@given(st.dictionaries(CODE_UNITS, CODE_UNITS, max_size=3))
@example({"a": "\\\ud83d"})
@example({"a": "\\ud83d"})
def test_lone_surrogate_escapes_become_replacement_characters(members: dict[str, str]) -> None:
    """As json reads it, with U+FFFD for each surrogate alone; pairs and other escapes stay."""
    text = json.dumps(members)
    reference = re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(json.loads(text), ensure_ascii=False))
    assert decode_json(msgspec.json.decode, text.encode()) == json.loads(reference)


@pytest.mark.parametrize("body", [b"", b"{", b"\\ud83d", b'{"a": "\\', b"\xff"])
def test_invalid_json_stays_an_error(body: bytes) -> None:
    """Only the text of strings is mended."""
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        decode_json(msgspec.json.decode, body)


def _response(body: Any, status: int) -> HttpResponse:
    return HttpResponse(status, HEADERS, json.dumps(body).encode())


def test_responses_with_lone_surrogates_are_parsed() -> None:
    """A success, raw() too, and an error, whose outcome would be unknown without its code."""
    codec, operation = codec_for(SERVICE), SERVICE.operations["DescribeTags"]
    response = _response({"TagList": [{"Key": "cut \ud83d"}]}, 200)
    assert codec.parse(operation, response).to_boto3()["TagList"] == [{"Key": "cut \ufffd"}]
    assert codec.parse_raw("DescribeTags", response) == {"TagList": [{"Key": "cut \ufffd"}]}
    refusal = _response({"__type": "AccessDeniedException", "message": "cut \ud83d"}, 400)
    error = service_error(codec.error_facts(refusal), refusal, SERVICE, "DescribeTags", operation)
    assert (error.code, error.message, error.is_ambiguous) == ("AccessDeniedException", "cut \ufffd", False)
