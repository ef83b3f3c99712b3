"""Request context of an evaluation, and the policy variables that it resolves.

"IAM policy elements: Variables and tags",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list
from wsclient.policy._documents import CURRENT_VERSION

Context = Mapping[str, str | Sequence[str]]
"""Condition keys of the request with their values; a key that it does not contain is not in the request."""

_VARIABLE: Final = re.compile(r"\$\{(?:([*?$])|([^${},'*?]+)(?:, '([^'${}*?]*)')?)\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """Policy variable ${name} or ${name, 'default'}; its value is literal text, wildcards included."""

    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """Text without wildcards: the value of a variable, or of ${*}, ${?} and ${$}."""

    text: str


Template = tuple[str | Variable | Literal, ...]
"""Text of a policy: strings with wildcards, variables, and literal text."""
Resolved = tuple[str | Literal, ...]
"""Text of a policy whose variables have their values."""


class Request:
    """Condition keys of a request and the version of the policy.

    Raises ConfigurationError for a value that is neither a string nor a list of strings.
    """

    def __init__(self, context: Context | None, version: str | None) -> None:
        self._is_known = context is not None
        self._ambiguous: set[str] = set()
        self._folded: dict[str, set[str]] = {}
        self._values: dict[str, tuple[str, ...]] = {}
        self._single: dict[str, str] = {}
        for key, value in (context or {}).items():
            if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance] - of unchecked callers
                raise ConfigurationError(f"a context key must be a string, not {type(key).__name__}")
            name = ascii_lower(key)
            self._folded.setdefault(key.casefold(), set()).add(name)
            if name in self._values:
                self._ambiguous.add(name)
            self._values[name] = _as_tuple(key, value)
            if isinstance(value, str):
                self._single[name] = value
        # Policies of version 2008-10-17 treat ${…} as plain text.
        self._has_variables = version == CURRENT_VERSION

    def is_known(self, key: str) -> bool:
        """Return whether the values of a key are known: not for a key given twice in different case.

        Which letters outside ASCII are equal is not documented.
        """
        name = ascii_lower(key)
        return self._is_known and name not in self._ambiguous and self._folded.get(key.casefold(), {name}) == {name}

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values of a condition key; empty if the request does not have the key."""
        return self._values.get(ascii_lower(key), ())

    def template(self, text: str) -> Template | None:
        """Return a policy's text with its variables separated, or None for a malformed variable."""
        parts: list[str | Variable | Literal] = []
        end = 0
        while self._has_variables and (start := text.find("${", end)) >= 0:
            match = _VARIABLE.match(text, start)
            if match is None:
                return None
            special, name, default = match.groups()
            if not special and name != name.strip():
                return None
            parts += [text[end:start], Literal(special) if special else Variable(name, default)]
            end = match.end()
        return (*parts, text[end:])

    def resolve(self, template: Template | None) -> Resolved | None:
        """Return the template with the values of its variables, or None if a variable has no known value."""
        parts: list[str | Literal] = []
        for part in template or ():
            value = self._value(part) if isinstance(part, Variable) else part
            if value is None:
                return None
            parts.append(value)
        return None if template is None else tuple(parts)

    def literal(self, text: str) -> str | None:
        """Return a policy's text with the values of its variables, or None if a variable has no known value."""
        parts = self.resolve(self.template(text))
        return None if parts is None else "".join(part if isinstance(part, str) else part.text for part in parts)

    def _value(self, variable: Variable) -> Literal | None:
        """Return a variable's value; AWS does not allow multivalued keys as variables."""
        name = ascii_lower(variable.name)
        if not self.is_known(name):
            return None
        text = self._single.get(name, variable.default if name not in self._values else None)
        # IAM documents neither whether an empty value counts as a missing one.
        return Literal(text) if text else None


def ascii_lower(text: str) -> str:
    """Return text with its ASCII letters in lower case: str.lower() turns a Kelvin sign (U+212A) into k."""
    return text.encode(errors="surrogatepass").lower().decode(errors="surrogatepass")


def split_sections(template: Template, count: int) -> list[Template]:
    """Return a template's sections at its first colons, count at most; colons of variables do not separate."""
    sections: list[Template] = [()]
    for part in template:
        first, *others = part.split(":", count - len(sections)) if isinstance(part, str) else (part,)
        sections[-1] = (*sections[-1], first)
        sections += [(text,) for text in others]
    return sections


def _as_tuple(key: str, value: object) -> tuple[str, ...]:
    items = value if is_list(value) else (value,)
    texts = tuple(item for item in items if isinstance(item, str))
    if len(texts) != len(items):
        wrong = next(item for item in items if not isinstance(item, str))
        raise ConfigurationError(
            f"the context key {key} must be a string or a list of strings, not {type(wrong).__name__}: "
            "write numbers and booleans as text, such as 'true'"
        )
    return texts
