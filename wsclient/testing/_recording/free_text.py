"""Secrets in texts that are neither JSON nor XML, recognized by their form or by a name before them."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from wsclient.testing._recording.secret_index import decoded_layers
from wsclient.testing._recording.secret_names import is_page_token, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wsclient.testing._recording.secret_index import Span

_REDACTED = "[redacted]"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # "IAM unique identifiers", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)(?!REDACTED)[A-Z0-9]{12,}",
        # Session tokens of STS begin with these characters: base64 of their fixed header.
        r"(?<![A-Za-z0-9+/])(?:IQoJ|FwoG|FQoG|AQoD)[A-Za-z0-9+/=]{32,}",
        r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",
        r"(?s)-----BEGIN [A-Z ]{0,20}PRIVATE KEY.*",
        r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{16,}",
        r"(?<=://)[^\s/@]{1,256}@",
    )
)
"""Texts that are secrets by their form: keys, session tokens, JSON Web Tokens, private keys, user names in URLs."""
_ASSIGNMENT = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{2,63})[\"'\\\s\])]{0,8}(?:=|:|>)[\"'\\\s>\[({]{0,8}(?=[^\s\"'\\])")
_SEQUENCE = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{2,63})[\"'\\]{0,8}[,\s][\"'\\,\s]{0,8}(?=[^\s\"'\\,]{16})(?!arn:)")
"""A name of a secret, and a value too long for a word of a sentence."""
_TAG = re.compile(r"<\s{0,8}([A-Za-z][A-Za-z0-9_.:-]{0,127})(?=[\s/>])")
_ARN = re.compile(r"\barn:[a-z0-9-]+:[^\s\"'<>?&=]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)|Signature=([^,\s]+)")


def find_secrets(text: str) -> Iterator[Span]:
    """Yield the places of secrets in a text. From a name of a secret and its value on, everything is one."""
    for layer, starts in decoded_layers(text):
        for form in _FORMS:
            for match in form.finditer(layer):
                yield starts[match.start()], starts[match.end()], _REDACTED
        if (start := _start_of_named_secret(layer)) is not None:
            yield starts[start], len(text), _REDACTED


def _start_of_named_secret(text: str) -> int | None:
    arns = [match.span() for match in _ARN.finditer(text)]
    found = [
        match.end()
        for pattern in (_ASSIGNMENT, _SEQUENCE, _TAG)
        for match in pattern.finditer(text)
        if (is_secret_name(match[1]) or is_page_token(match[1]))
        and not any(start <= match.start() < end for start, end in arns)
    ]
    return min(found, default=None)


def hides_document(text: str, redact: Callable[[str], str]) -> bool:
    """Return whether a text is base64 of a text with secrets."""
    if not _BASE64.fullmatch(text):
        return False
    data = text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    try:
        decoded = base64.b64decode(data + "=" * (-len(data) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return redact(decoded) != decoded


def header_secrets(value: str) -> Iterator[str]:
    """Yield the secrets in the value of a header such as Authorization, Cookie or X-Amz-Security-Token."""
    signed = [group for match in _CREDENTIAL.finditer(value) for group in match.groups() if group]
    if signed:
        yield from signed
        return
    yield value
    # A scheme and a token (Bearer), or cookies; of a cookie that is set the rest are attributes.
    scheme, _, token = value.strip().partition(" ")
    if token and "=" not in scheme:
        yield token
        if scheme.lower() == "basic":
            yield from _basic(token)
    for part in value.split(";"):
        name, separator, cookie = part.strip().partition("=")
        if separator and name.lower() not in {"path", "domain", "expires", "max-age", "samesite", "version"}:
            yield cookie.strip('"')


def _basic(token: str) -> Iterator[str]:
    try:
        yield base64.b64decode(token).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return
