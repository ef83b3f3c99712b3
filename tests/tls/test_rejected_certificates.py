"""Errors of rejected certificates: which names are valid, and which certificate of a chain has expired."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.support.senders import CA, QUICK, TRUSTING, post
from tests.support.tls_server import server_context, shaking_hands
from wsclient._core.errors import TLSError
from wsclient._pipeline.transport.failed_request import FailedRequest
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient._pipeline.transport.tls_errors import certificate_error, handshake_error
from wsclient.tls import _inspection

if TYPE_CHECKING:
    import trustme

EXPIRED = 10
MISMATCH = 62


def _rejection(certificate: trustme.LeafCert) -> str:
    """Return the error of a server with this certificate."""

    async def main(url: str) -> None:
        sender = HttpTransport(TRUSTING)
        try:
            await sender.send(post(url), QUICK)
        finally:
            await sender.aclose()

    with shaking_hands(server_context(certificate)) as server, pytest.raises(TLSError) as caught:
        asyncio.run(main(server.url))
    return str(caught.value)


def _noted(code: int, chain: list[dict[str, object]]) -> ssl.SSLCertVerificationError:
    """Return OpenSSL's error for a rejected chain, as ReportingSSLObject describes it."""
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] failed")
    error.verify_code, error.verify_message = code, "certificate has expired" if code == EXPIRED else "mismatch"
    for note in _inspection._chain_notes(chain):
        error.add_note(note)
    return error


def _facts(name: str, issuer: str, end: str, *names: str) -> dict[str, object]:
    subject, author = (((("commonName", text),),) for text in (name, issuer))
    alternatives = {"subjectAltName": tuple(("DNS", name) for name in names)} if names else {}
    return {"subject": subject, "issuer": author, "notAfter": end, **alternatives}


def _message(error: ssl.SSLError) -> str:
    failure = FailedRequest(error=error, peer="h.example:443", proxy=None, is_in_vpc=False, is_sent=False)
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(certificate_error(error, failure))
    return str(handshake_error(error, failure))


def test_mismatch_lists_the_names_of_the_certificate() -> None:
    """A certificate of another host is told by its names, as that of a captive portal or another VPC endpoint is."""
    assert "It is valid for other.example, *.bank.example; nothing was sent" in _rejection(
        CA.issue_cert("other.example", "*.bank.example")
    )
    many = [_facts("l", "ca", "", *(f"{number}.example" for number in range(9)))]
    assert "It is valid for 0.example, 1.example, 2.example, 3.example, 4.example, …;" in _message(
        _noted(MISMATCH, many)
    )
    hostile = [_facts("l", "ca", "", "a\r\nlog line\x1b[31m" + "x" * 999)]
    message = _message(_noted(MISMATCH, hostile))
    assert "It is valid for a??log line?[31mxxx" in message
    assert len(message) < 600


def test_mismatch_without_alternative_names_says_so() -> None:
    """A certificate with a common name only looks valid: the error says that the name does not count."""
    assert "It has no subjectAltName; a common name does not count" in _rejection(
        CA.issue_cert(common_name="localhost")
    )


def test_expired_certificate_is_named_with_its_day() -> None:
    """The certificate of the chain that has expired may be that of an issuer, not the one of the host."""
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    text = _rejection(CA.issue_cert("localhost", not_after=yesterday, not_before=yesterday - dt.timedelta(days=9)))
    assert "The first certificate of its chain to expire is O=trustme" in text
    assert f", on {yesterday:%Y-%m-%d}. If the certificate is valid now" in text
    chain = [_facts("l", "Issuing", "Jan  1 00:00:00 2030 GMT"), _facts("Issuing", "Root", "Feb  3 00:00:00 2025 GMT")]
    assert "to expire is CN=Issuing, on 2025-02-03." in _message(_noted(EXPIRED, chain))
    assert "to expire" not in _message(_noted(EXPIRED, [_facts("l", "Issuing", "unreadable")]))


def test_error_of_python_code_has_no_attributes_of_openssl() -> None:
    """A rejection that a caller's transport raises itself has neither code nor reason, and is a TLSError."""
    message = _message(ssl.SSLCertVerificationError("hunter2"))
    assert "is not trusted: unknown reason" in message
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[SSL] tlsv1 alert no application protocol (_ssl.c:1006)",
            "(tlsv1 alert no application protocol); it does not",
        ),
        ("[SSL] secret=hunter2 (_ssl.c:1006)", "(unknown reason); nothing was sent"),
        ("anything else", "(unknown reason); nothing was sent"),
    ],
)
def test_reason_without_an_identifier_is_read_from_the_text(text: str, words: str) -> None:
    """Python has identifiers for the reasons of older versions of OpenSSL only; the text has the others."""
    assert words in _message(ssl.SSLError(1, text))
