"""Redaction of secrets in recorded calls. Equal values get equal replacements, so that requests still match."""

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
"""Replacement for an access key id; it has the format of one, so that parsers accept it."""
_FAR_FUTURE = "2999-01-01T00:00:00Z"
"""Replacement for the expiration of credentials: replayed credentials never expire."""
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
"""Members that are always redacted, and their replacements. A ClientToken differs with each call."""
_PAGE_TOKEN = "NextToken"  # noqa: S105 - a member's name
_PAGE_PLACEHOLDER = re.compile(r"page-[0-9a-f]{16}")
_GENERATED_SESSION_NAME, _SESSION_NAME = re.compile(r"wsclient-\d+"), "wsclient-0"
"""Role session names that wsclient generates, unique to each session, and their replacement."""
_MIN_VALUE_LENGTH = 4
"""Minimum length in characters of a value in redact=: shorter values match unrelated text."""
_MIN_SECRET_LENGTH = 16
"""Minimum length in characters of a secret that is also searched for elsewhere: keys and tokens, not 6-digit codes."""
_ELEMENT = re.compile(r"<(\w+)>([^<]*)</\1>")


@dataclass(slots=True)
class Redaction:
    """Replaces secrets in request and response bodies.

    replacements maps the caller's own values to their replacements; sensitive lists the names of sensitive members.
    Page tokens are replaced by a hash of themselves, so that replayed pagination still works.
    """

    replacements: Mapping[str, str]
    sensitive: frozenset[str]
    _secrets: set[str] = field(default_factory=set[str])

    def redact_body(self, value: object, name: str = "", *, within_credentials: bool = False) -> object:
        """Return a JSON body value without secrets; name is the name of its member."""
        if is_mapping(value):
            has_secret_key = "SecretAccessKey" in value
            return {
                self.redact_text(str(key)): self.redact_body(item, str(key), within_credentials=has_secret_key)
                for key, item in value.items()
            }
        if is_list(value):
            return [self.redact_body(item, name) for item in value]
        if within_credentials and name == "Expiration" and value is not None:
            return _FAR_FUTURE if isinstance(value, str) else value
        return self._redact_member(value, name) if isinstance(value, str) else value

    def _redact_member(self, value: str, name: str) -> str:
        if name == _PAGE_TOKEN:
            return (
                value
                if _PAGE_PLACEHOLDER.fullmatch(value)
                else f"page-{hashlib.sha256(value.encode()).hexdigest()[:16]}"
            )
        if name in _SECRET_MEMBERS or name in self.sensitive:
            self.add_secrets(value)
            return _SECRET_MEMBERS.get(name, REDACTED)
        if name == "RoleSessionName" and _GENERATED_SESSION_NAME.fullmatch(value):
            return _SESSION_NAME
        return self.redact_text(value)

    def redact_strings(self, value: object) -> object:
        """Return a value with the known secrets replaced in every string, whatever its member."""
        if is_mapping(value):
            return {self.redact_text(str(key)): self.redact_strings(item) for key, item in value.items()}
        if is_list(value):
            return [self.redact_strings(item) for item in value]
        return self.redact_text(value) if isinstance(value, str) else value

    def redact_xml(self, document: str) -> str:
        """Return an XML document without secrets."""
        has_secret_key = "<SecretAccessKey>" in document

        def element(match: re.Match[str]) -> str:
            name, content = match[1], match[2]
            if has_secret_key and name == "Expiration":
                return f"<{name}>{_FAR_FUTURE}</{name}>"
            return f"<{name}>{self._redact_member(content, name)}</{name}>"

        return self.redact_text(_ELEMENT.sub(element, document))

    def add_secrets(self, *values: str) -> None:
        """Register secrets, to be replaced everywhere else too: as they are, URL-encoded or XML-escaped."""
        for value in values:
            if len(value) >= _MIN_SECRET_LENGTH and value != _KEY_ID:
                self._secrets |= {value, quote(value, safe=""), escape(value)}

    def redact_text(self, value: str) -> str:
        """Return a string with the registered secrets and the caller's values replaced."""
        # Longest first: a secret may contain another one.
        for secret in sorted(self._secrets, key=len, reverse=True):
            value = value.replace(secret, REDACTED)
        for original, replacement in self.replacements.items():
            value = value.replace(original, replacement)
        return value


def parse_redact(redact: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """Return the replacement for each value in redact=, longest value first. Raises ConfigurationError if invalid."""
    if isinstance(redact, str):
        raise ConfigurationError(
            "Recorder: redact= must be a list of values or a mapping from value to replacement, not a str"
        )
    if is_mapping(redact):
        replacements = {str(value): str(word) for value, word in redact.items()}
    else:
        values = list(dict.fromkeys(redact))
        replacements = {value: f"[redacted-{number}]" for number, value in enumerate(values, start=1)}
    if any(len(value) < _MIN_VALUE_LENGTH for value in replacements):
        raise ConfigurationError(f"Recorder: each value in redact= must have at least {_MIN_VALUE_LENGTH} characters")
    return dict(sorted(replacements.items(), key=lambda pair: len(pair[0]), reverse=True))
