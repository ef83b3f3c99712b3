"""Texts of responses in errors: no control, format or separator character reaches a message, a log line or a pickle."""

from __future__ import annotations

import copy
import pickle
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient import errors, types
from wsclient._core.http import HttpResponse
from wsclient._core.printable import printable
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import service_error
from wsclient._core.waited_items import WaitedItem, summarize
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Callable

FORGED = "a\nERROR forged\r\n\x1b[2J\x9b1m\u202e\u2066\u200b\u2028\u2029\ud800\x00\x7f\ufeff\U000e0041\u0085z"
UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _is_safe(text: str) -> bool:
    return not any(unicodedata.category(character) in UNSAFE for character in text)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.items() for text in _texts(item)]
    return [text for item in value for text in _texts(item)] if isinstance(value, list | tuple) else []


@given(st.text())
def test_printable_text_is_idempotent_and_keeps_printable_text(text: str) -> None:
    """The result is printable, is the text itself if that was printable, and does not change a second time."""
    shown = printable(text)
    assert shown.isprintable()
    assert _is_safe(shown)
    assert printable(shown) == shown
    assert len(shown) <= len(text)
    if text.isprintable():
        assert shown == text


def test_white_space_becomes_a_space_and_controls_a_replacement() -> None:
    """White space of any kind becomes a plain space, everything else unprintable a replacement character."""
    assert printable("a\r\nb\tc\u2028d\x1be\u202ef é 漢 🙂") == "a b c d\ufffde\ufffdf é 漢 🙂"


ERRORS: dict[str, Callable[[], errors.WsclientError]] = {
    "service": lambda: errors.ServiceError(
        FORGED, code=FORGED, request_id=FORGED, details={FORGED: FORGED}, operation="x"
    ),
    "modeled": lambda: errors.ResourceNotFoundException(FORGED, details={"ResourceId": FORGED}),
    "unreadable": lambda: errors.ResponseParseError(FORGED, headers=[(FORGED, FORGED)]),
    "partial": lambda: errors.PartialFailureError(FORGED, failed_requests=[]),
    "waiter": lambda: errors.WaiterError(FORGED),
    "no credentials": lambda: errors.NoCredentialsError([(FORGED, FORGED)]),
    "refresh": lambda: errors.CredentialsRefreshError(FORGED),
    "TLS": lambda: errors.TLSError(FORGED),
    "timeout": lambda: errors.RequestTimeoutError(FORGED, phase="read", may_have_been_sent=True),
    "validation": lambda: errors.RequestValidationError(FORGED),
    "configuration": lambda: errors.EndpointResolutionError(FORGED),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_texts_are_printable(name: str) -> None:
    """Message, arguments and attributes of an error are printable when it is built, and so are copies and pickles."""
    error = ERRORS[name]()
    for each in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert _is_safe(str(each))
        assert all(_is_safe(text) for text in _texts([each.args, vars(each)]))


JSON = b'{"__type":"%","message":"%","%":"%"}'
TEXT = "a\\nb\\u001b[2Jc\\u202ed\\u2028e"


@pytest.mark.parametrize("service", [WORKSPACES, STS])
@pytest.mark.parametrize("status", [302, 400, 503])
def test_errors_of_responses_are_printable(service: Any, status: int) -> None:
    """An error response, JSON or XML, puts no control character into its error; nor does the host of a redirect."""
    json = JSON.replace(b"%", TEXT.encode())
    xml = "<E><Error><Code>a&#10;b</Code><Message>m&#10;\u202ex\u2028</Message><New>\u202e&#13;</New></Error></E>"
    for body in (json, xml.encode(), b""):
        headers = (("location", "https://a\u202eb\x1b[2J/"), ("x-amzn-requestid", "id\u202e"))
        response = HttpResponse(status, headers, body)
        error = service_error(codec_for(service).error_facts(response), response, service, "X", None)
        assert _is_safe(str(error))
        assert all(_is_safe(text) for text in _texts(vars(error)))


def test_errors_of_items_are_printable() -> None:
    """Codes and messages that AWS gives for single items are printable in the errors of batches and waits."""
    failed = types.FailedWorkspaceChangeRequest(error_code=FORGED, error_message=FORGED)
    with pytest.raises(errors.PartialFailureError) as caught:
        types.RebootWorkspacesResult(failed_requests=[failed]).raise_for_failures()
    assert _is_safe(str(caught.value))
    item = WaitedItem(id="ws-1", state=FORGED, reason=FORGED, error_code=FORGED, error_message=FORGED)
    assert _is_safe(str(item))
    assert _is_safe(summarize([item] * 9))
