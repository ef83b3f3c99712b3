"""Takes out of recorded calls what is nobody's business, so that the same value always becomes the same word."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REDACTED = "[redacted]"
_KEY_ID = "ASIAREDACTEDREDACTED"
"""In place of an access key: of the form of one, so that what reads it can go on."""
_FOR_EVER = "2999-01-01T00:00:00Z"
"""In place of when credentials expire: those of a recording never do."""
_SECRET_MEMBERS: Mapping[str, str] = {
    "AccessKeyId": _KEY_ID,
    "SecretAccessKey": REDACTED,
    "SessionToken": REDACTED,
    "TokenCode": REDACTED,
    "SAMLAssertion": REDACTED,
    "WebIdentityToken": REDACTED,
    "TradeInToken": REDACTED,
    "EncodedMessage": REDACTED,
    "DecodedMessage": REDACTED,
    "ClientToken": REDACTED,
}
"""Members that hold a secret wherever they are, and what stands in for it. A ClientToken differs with each call."""
_PAGE_TOKEN = "NextToken"  # noqa: S105 - a member's name
_PAGE_WORD = re.compile(r"page-[0-9a-f]{16}")
_MADE_UP, _SESSION_NAME = re.compile(r"wsclient-\d+"), "wsclient-0"
"""Session names of wsclient's own, of which each is another, and what stands in for them."""
_SHORTEST = 4
"""Characters of the shortest value that a user may have redacted: a shorter one is in everything."""
_TELLING = 16
"""Characters from which on a secret is looked for in other places: keys and tokens are longer, a code of six is not."""
_ELEMENT = re.compile(r"<(\w+)>([^<]*)</\1>")


@dataclass(slots=True)
class Redaction:
    """Turns what is secret into words: values are the user's own, with what stands in for each; sensitive are members.

    Page tokens become words that are made of them, so that a recording can be followed from page to page.
    """

    values: Mapping[str, str]
    sensitive: frozenset[str]
    _secrets: set[str] = field(default_factory=set[str])

    def tree(self, value: object, name: str = "", *, within_credentials: bool = False) -> object:
        """Return a value of a body without secrets; name is the member's that it stands under."""
        if is_mapping(value):
            inside = "SecretAccessKey" in value
            return {
                self.text(str(key)): self.tree(item, str(key), within_credentials=inside) for key, item in value.items()
            }
        if is_list(value):
            return [self.tree(item, name) for item in value]
        if within_credentials and name == "Expiration" and value is not None:
            return _FOR_EVER if isinstance(value, str) else value
        return self._leaf(value, name) if isinstance(value, str) else value

    def _leaf(self, value: str, name: str) -> str:
        if name == _PAGE_TOKEN:
            return value if _PAGE_WORD.fullmatch(value) else f"page-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
        if name in _SECRET_MEMBERS or name in self.sensitive:
            self.note(value)
            return _SECRET_MEMBERS.get(name, REDACTED)
        if name == "RoleSessionName" and _MADE_UP.fullmatch(value):
            return _SESSION_NAME
        return self.text(value)

    def words(self, value: object) -> object:
        """Return a value in which every text is without secrets, whatever member it stands under."""
        if is_mapping(value):
            return {self.text(str(key)): self.words(item) for key, item in value.items()}
        if is_list(value):
            return [self.words(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def xml(self, document: str) -> str:
        """Return a document without secrets."""
        inside = "<SecretAccessKey>" in document

        def element(found: re.Match[str]) -> str:
            name, content = found[1], found[2]
            if inside and name == "Expiration":
                return f"<{name}>{_FOR_EVER}</{name}>"
            return f"<{name}>{self._leaf(content, name)}</{name}>"

        return self.text(_ELEMENT.sub(element, document))

    def note(self, *values: str) -> None:
        """Remember secrets that were seen, so that they go wherever else they stand, in whatever writing."""
        for value in values:
            if len(value) >= _TELLING and value != _KEY_ID:
                self._secrets |= {value, quote(value, safe=""), escape(value)}

    def text(self, value: str) -> str:
        """Return a text without the user's values and the secrets that were seen."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            value = value.replace(secret, REDACTED)
        for given, word in self.values.items():
            value = value.replace(given, word)
        return value


def words_for(redact: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """Return what stands in for each of a user's values, longest first; one value always becomes the same word."""
    if isinstance(redact, str):
        raise ConfigurationError("Recorder: redact= is a list of values, or what stands in for each; not one text")
    if is_mapping(redact):
        words = {str(value): str(word) for value, word in redact.items()}
    else:
        values = list(dict.fromkeys(redact))
        words = {value: f"[redacted-{number}]" for number, value in enumerate(values, start=1)}
    if any(len(value) < _SHORTEST for value in words):
        raise ConfigurationError(f"Recorder: a value to redact has {_SHORTEST} characters or more")
    return dict(sorted(words.items(), key=lambda pair: len(pair[0]), reverse=True))
