"""Redaction of secrets in texts of a service: escapes, short values, values cut at the end of a text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.redaction import MIN_FREE_LENGTH, REDACTED, Secrets

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = 'wJalrX/Utn+FEMI="K7 <é&\\bPx'

ESCAPES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with Unicode": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON, all code units": lambda text: "".join(f"\\u{unit:04X}" for unit in map(ord, text)),
    "URL": lambda text: quote(text, safe=""),
    "URL with slashes": quote,
    "URL in lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "form": quote_plus,
    "XML": lambda text: escape(text, {'"': "&quot;"}),
    "XML with numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "XML with hexadecimal numbers": lambda text: "".join(f"&#x{ord(character):x};" for character in text),
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=MIN_FREE_LENGTH, max_size=40)


@pytest.mark.parametrize("first", ESCAPES)
@pytest.mark.parametrize("second", ESCAPES)
def test_escaped_secrets_are_redacted(first: str, second: str) -> None:
    """A secret is redacted under any two escapes on top of each other, and the text around it stays."""
    shown = Secrets([SECRET]).redact(f"before {ESCAPES[second](ESCAPES[first](SECRET))} after")
    assert shown == f"before {REDACTED} after"


@given(secret=TEXTS, surrounding=st.text(max_size=20), kind=st.sampled_from(sorted(ESCAPES)))
def test_long_secrets_are_redacted_in_any_text(secret: str, surrounding: str, kind: str) -> None:
    """The escaped form of a long secret is removed from any surrounding text; text without secrets is unchanged."""
    if secret.isspace() or (secret.isalpha() and secret.islower()) or any(ord(each) > 0xFFFF for each in secret):
        return
    written = ESCAPES[kind](secret)
    shown = Secrets([secret]).redact(f"{surrounding} {written} {surrounding}")
    assert written not in shown or written in REDACTED or written in surrounding
    assert Secrets(["another-secret-value"]).redact(surrounding) == surrounding


@pytest.mark.parametrize("value", ["t", "he", "sec", "curity", "token", "security", "tokens1"])
def test_short_secrets_are_redacted_as_whole_words(value: str) -> None:
    """A short value, or one that could be a word, is redacted as a whole word only."""
    secrets = Secrets([value])
    text = "The securityx of tokensets1 they_t"
    assert secrets.redact(text) == text
    assert secrets.redact(f"code={value}; '{value}' (%20{value})\\n{value}") == (
        f"code={REDACTED}; '{REDACTED}' (%20{REDACTED})\\n{REDACTED}"
    )


@pytest.mark.parametrize("length", range(4, 28))
@pytest.mark.parametrize("kind", ESCAPES)
def test_a_secret_cut_by_the_end_of_a_body_is_redacted(kind: str, length: int) -> None:
    """The beginning of a secret at the end of a cut body is redacted, even if the cut is within an escape."""
    written = ESCAPES[kind](SECRET)
    cut = f"x: {written}"[: 3 + length * len(written) // 28]
    shown = Secrets([SECRET]).redact_bytes(cut.encode(), is_cut=True).decode()
    assert SECRET[:4] not in shown
    assert ESCAPES[kind](SECRET[:4]) not in shown


def test_non_utf8_bytes_around_a_secret_are_kept() -> None:
    """Bytes that are not UTF-8 stay as they are around a redacted secret."""
    assert Secrets(["hunter2hunter2"]).redact_bytes(b"\xff hunter2hunter2 \xfe", is_cut=True) == (
        b"\xff [redacted] \xfe"
    )
    assert Secrets(["hunter2hunter2"]).redact_bytes(b"\xff\x00", is_cut=False) == b"\xff\x00"


def test_secrets_have_no_repr() -> None:
    """The repr of secrets shows only their number; empty values aren't counted."""
    assert repr(Secrets(["hunter2", "", None, " "])) == "<1 secrets>"
