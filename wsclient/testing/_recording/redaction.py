"""Redaction of secrets in recorded calls. Equal values get equal replacements, so that requests still match.

Secrets are recognized by the names of members, elements and parameters, in any case and nesting, and by their form. A
secret that was recognized once is replaced wherever it is repeated, whatever escapes or encoding it is in. Bodies are
redacted as parsed trees: what cannot be parsed is not recorded.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from wsclient._core.errors import ConfigurationError
from wsclient._core.protocols.xml import Element, XmlError, parse_xml
from wsclient._core.utils import is_list, is_mapping
from wsclient.testing._recording.free_text import find_secrets, header_secrets, hides_document
from wsclient.testing._recording.secret_index import SecretIndex, decoded_layers, replace_spans
from wsclient.testing._recording.secret_names import (
    is_access_key_id,
    is_page_token,
    is_pair_name,
    is_pair_value,
    is_secret_name,
    normalize,
)
from wsclient.testing._recording.xml_tree import all_texts, to_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REDACTED = "[redacted]"
KEY_ID = "ASIAREDACTEDREDACTED"
"""Replacement for an access key id; it has the format of one, so that parsers accept it."""
UNPARSED_BODY = "[not recorded: the body is neither a JSON object or array nor XML]"
NESTED_TOO_DEEPLY = "[not recorded: nested too deeply]"
_FAR_FUTURE, _FAR_FUTURE_SECONDS = "2999-01-01T00:00:00Z", 32_472_144_000
"""Replacements for the expiration of credentials: replayed credentials never expire."""
_PAGE_PLACEHOLDER = re.compile(r"page-[0-9a-f]{16}")
_PLACEHOLDERS = frozenset({REDACTED, KEY_ID})
_GENERATED_SESSION_NAME, _SESSION_NAME = re.compile(r"wsclient-\d+"), "wsclient-0"
"""Role session names that wsclient generates, unique to each session, and their replacement."""
_MIN_VALUE_LENGTH = 4
"""Minimum length in characters of a value in redact=: shorter values match unrelated text."""
_DOCUMENT_STARTS = ("{", "[", '"', "<")


@dataclass(slots=True)
class Redaction:
    """Replaces secrets in request and response bodies.

    replacements maps the caller's own values to their replacements; sensitive lists the names of members that AWS's
    models mark as sensitive. Page tokens are replaced by a hash of themselves, so that replayed pagination still works.
    """

    replacements: Mapping[str, str] = field(repr=False)
    sensitive: frozenset[str]
    _values: SecretIndex = field(default_factory=SecretIndex, repr=False)
    _secrets: SecretIndex = field(default_factory=SecretIndex, repr=False)
    _known: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """Redacted texts by text, until another secret is added."""

    def __post_init__(self) -> None:
        """Build the index of the caller's values, and compare the names of the models in any case."""
        self.sensitive = frozenset(map(normalize, self.sensitive))
        for value, replacement in self.replacements.items():
            self._values.add(value, replacement)

    def redact_response(self, content: bytes) -> dict[str, object] | list[object] | str:
        """Return a response body without secrets, a placeholder if it cannot be parsed."""
        if not content.strip():
            return ""
        try:
            clean = self._redact_document(content)
        except RecursionError:
            return NESTED_TOO_DEEPLY
        return clean if clean is not None else UNPARSED_BODY

    def _redact_document(self, content: bytes) -> dict[str, object] | list[object] | str | None:
        try:
            body: object = json.loads(content, object_pairs_hook=self._members)
        except ValueError:
            try:
                return to_xml(self._redact_element(parse_xml(content)))
            except XmlError:
                return None
        clean = self.redact_body(body)
        if is_mapping(clean):
            return {str(name): member for name, member in clean.items()}
        return list(clean) if is_list(clean) else None

    def _members(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Return the members of a JSON object; of repeated ones the last, but the secrets in all are registered."""
        members = dict(pairs)
        if len(members) != len(pairs):
            for name, value in pairs:
                self.redact_body(value, name)
        return members

    def redact_body(self, value: object, name: str = "", *, within_credentials: bool = False) -> object:
        """Return a JSON body value without secrets; name is the name of its member."""
        if self._is_secret(name):
            return self._blank(value, name)
        if is_mapping(value):
            return self._redact_mapping(value)
        if is_list(value):
            if len(value) == 2 and isinstance(value[0], str) and self._is_secret(value[0]):  # noqa: PLR2004 - a pair
                return [self.redact_text(value[0]), self._blank(value[1], value[0])]
            return [self.redact_body(item, name) for item in value]
        if within_credentials and normalize(name) == "expiration" and value is not None:
            return _FAR_FUTURE if isinstance(value, str) else _FAR_FUTURE_SECONDS
        return self._redact_scalar(value, name)

    def _redact_scalar(self, value: object, name: str) -> object:
        if isinstance(value, str):
            return self._redact_member(value, name)
        if value is None or isinstance(value, bool):
            return value
        text = str(value)
        redacted = self.redact_text(text)
        return value if redacted == text else redacted

    def _redact_mapping(self, value: Mapping[object, object]) -> dict[str, object]:
        members = [(str(name), member) for name, member in value.items()]
        within_credentials = any(normalize(name) == "secretaccesskey" for name, _ in members)
        # Forms have the path of a member in its name: Tags.member.1.Key.
        secret_pairs = {
            name.rpartition(".")[0]
            for name, member in members
            if isinstance(member, str) and is_pair_name(name.rpartition(".")[2]) and self._is_secret(member)
        }
        clean: dict[str, object] = {}
        for name, member in members:
            path, _, last = name.rpartition(".")
            if path in secret_pairs and is_pair_value(last):
                clean[self.redact_text(name)] = self._blank(member, last)
            else:
                redacted = self.redact_body(member, name, within_credentials=within_credentials)
                clean[self.redact_text(name)] = redacted
        return clean

    def _is_secret(self, name: str) -> bool:
        return is_secret_name(name) or normalize(name) in self.sensitive

    def _blank(self, value: object, name: str) -> object:
        """Return the placeholder of a secret of any type, and register the texts and numbers in it."""
        if is_mapping(value):
            for item in value.values():
                self._blank(item, name)
            return {}
        if is_list(value):
            return [self._blank(item, name) for item in value]
        if value is None or isinstance(value, bool):
            return value
        self.add_secrets(str(value))
        if not isinstance(value, str):
            return 0
        return KEY_ID if is_access_key_id(name) else REDACTED

    def _redact_member(self, value: str, name: str) -> str:
        if is_page_token(name):
            if _PAGE_PLACEHOLDER.fullmatch(value):
                return value
            placeholder = f"page-{hashlib.sha256(value.encode(errors='replace')).hexdigest()[:16]}"
            self._add_secret(value, placeholder)
            return placeholder
        if name == "RoleSessionName" and _GENERATED_SESSION_NAME.fullmatch(value):
            return _SESSION_NAME
        return self.redact_text(value)

    def _redact_element(self, element: Element) -> Element:
        """Return an XML tree without secrets; parse_xml has dropped prefixes, attributes and comments."""
        tag = element.tag if self.redact_text(element.tag) == element.tag else "redacted"
        if self._is_secret(element.tag):
            return self._blank_element(element, tag)
        is_secret_pair = any(is_pair_name(child.tag) and self._is_secret(child.text) for child in element.children)
        within_credentials = any(normalize(child.tag) == "secretaccesskey" for child in element.children)
        children = list[Element]()
        for child in element.children:
            if is_secret_pair and is_pair_value(child.tag):
                children.append(self._blank_element(child, child.tag))
            elif within_credentials and normalize(child.tag) == "expiration":
                children.append(Element(child.tag, _FAR_FUTURE))
            else:
                children.append(self._redact_element(child))
        content = element.text.strip()
        text = element.text.replace(content, self._redact_member(content, element.tag)) if content else element.text
        return Element(tag, text, children)

    def _blank_element(self, element: Element, tag: str) -> Element:
        texts = [text for text in all_texts(element) if text.strip()]
        self.add_secrets("".join(texts), *texts)
        return Element(tag, (KEY_ID if is_access_key_id(tag) else REDACTED) if texts else "")

    def redact_repeated(self, value: object) -> object:
        """Return a redacted value with the secrets that were registered since replaced in every text."""
        if is_mapping(value):
            return {str(self.redact_repeated(str(key))): self.redact_repeated(item) for key, item in value.items()}
        if is_list(value):
            return [self.redact_repeated(item) for item in value]
        if not isinstance(value, str):
            return value
        try:
            return replace_spans(value, _spans(value, self._secrets))
        except ValueError:
            return REDACTED

    def add_request_body(self, content: bytes) -> None:
        """Register the secrets in a JSON object or a form, repeated members included."""
        try:
            json.loads(content, object_pairs_hook=self._members)
        except (ValueError, RecursionError):
            self.add_headers((), content.decode(errors="replace"))

    def add_headers(self, headers: Iterable[tuple[str, str]], query: str = "") -> None:
        """Register the secrets in headers and in the query of a URL, which may be repeated in a body."""
        for name, value in headers:
            if self._is_secret(name):
                self.add_secrets(*header_secrets(value))
        for name, value in parse_qsl(query, errors="replace"):
            if self._is_secret(name):
                # A credential is a key and its scope.
                self.add_secrets(value.partition("/")[0] if normalize(name).endswith("credential") else value)

    def add_secrets(self, *values: str) -> None:
        """Register secrets, to be replaced everywhere else too, in whatever escapes."""
        for value in values:
            self._add_secret(value.strip(), REDACTED)

    def _add_secret(self, value: str, replacement: str) -> None:
        if value not in _PLACEHOLDERS and self._secrets.add_secret(value, replacement):
            self._known.clear()

    def redact_text(self, value: str) -> str:
        """Return a string without secrets: registered ones, the caller's values, and what looks like a secret."""
        known = self._known.get(value)
        if known is None:
            known = self._redact_string(value)
            self._known[value] = known
        return known

    def _redact_string(self, value: str) -> str:
        # Surrogates without a partner cannot be written to a file.
        value = value.encode(errors="replace").decode()
        nested = self._redact_nested(value) if value.lstrip().startswith(_DOCUMENT_STARTS) else None
        if nested is not None:
            return nested
        if hides_document(value, self.redact_text):
            return REDACTED
        try:
            return replace_spans(value, (*find_secrets(value), *_spans(value, self._secrets, self._values)))
        except ValueError:
            return REDACTED

    def _redact_nested(self, text: str) -> str | None:
        """Return a JSON or XML document in a string without secrets, None if the string is not one."""
        if text.lstrip().startswith("<"):
            try:
                return to_xml(self._redact_element(parse_xml(text.encode())))
            except XmlError:
                return None
        repeated = list[bool]()

        def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
            repeated.append(len(dict(pairs)) != len(pairs))
            return dict(pairs)

        try:
            document: object = json.loads(text, object_pairs_hook=members)
        except ValueError:
            return None
        clean = self.redact_body(document)
        return text if clean == document and not any(repeated) else json.dumps(clean)


def _spans(text: str, *indexes: SecretIndex) -> Iterator[tuple[int, int, str]]:
    for layer, starts in decoded_layers(text):
        for index in indexes:
            for start, end, replacement in index.find(layer):
                yield starts[start], starts[end], replacement


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
