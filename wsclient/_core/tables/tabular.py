"""Tabular: base of all classes that tables show."""

from __future__ import annotations

from typing import ClassVar

from wsclient._core.missing_attributes import AttributesOnly


class Tabular(AttributesOnly):
    """Base of all classes that tables show: AWS's structures, and rows of wsclient.

    Its class attributes start with an underscore, so that they cannot clash with members of AWS structures.
    """

    __slots__ = ()

    _sensitive: ClassVar[frozenset[str]] = frozenset()
    """Sensitive members, which reprs and tables do not show."""
    _failures: ClassVar[str | None] = None
    """Member that lists the items that failed although the response is HTTP 200."""
    _response_facts: ClassVar[frozenset[str]] = frozenset()
    """Members that wsclient adds to responses (metadata); they are not columns."""
