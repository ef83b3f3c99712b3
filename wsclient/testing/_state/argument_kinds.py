"""Kinds of values that the methods of an emulator take."""

from __future__ import annotations

import math
from contextlib import suppress
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.value_kinds import (
    ACCOUNT_ID,
    NAME,
    TEXT,
    Kind,
    either,
    instance_of,
    mapping_of,
    one_of,
    optional,
    satisfies,
    sequence_of,
)
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.enums import OpenEnum

MAX_WORKSPACES: Final = 1_000_000
"""Most WorkSpaces that one call adds: they take about two gigabytes of memory."""
_MAX_SPAN: Final = 100 * 365 * 86_400
_ZONES: Final = "abcdefghijklmnopqrstuvwxyz"


def whole_range(minimum: int, maximum: int, unit: str) -> Kind:
    """Return the kind of whole numbers in a range, both ends included; a bool is not a number."""
    return satisfies(
        f"a whole {unit} from {minimum:,} to {maximum:,}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum,
    )


def text_of(enum: type[OpenEnum]) -> Kind:
    """Return the kind of an enumeration's members and texts; the method looks the text up."""
    return satisfies(f"a {enum.__name__} or its text", lambda value: isinstance(value, str))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _is_span(value: object) -> bool:
    return _is_number(value) and abs(cast("float", value)) <= _MAX_SPAN


def _parses(parse: Callable[[str], object]) -> Callable[[object], bool]:
    """Return the test for texts that a function parses without a ValueError."""

    def test(value: object) -> bool:
        with suppress(ValueError):
            return isinstance(value, str) and parse(value) is not None
        return False

    return test


COUNT: Final = whole_range(0, MAX_WORKSPACES, "number")
NUMBER: Final = satisfies("a finite number", _is_number)
SPAN: Final = satisfies("a number of seconds, at most a hundred years", _is_span)
NETWORK: Final = satisfies("a network in CIDR notation", _parses(ip_network))
ADDRESS: Final = satisfies("an IP address", _parses(ip_address))
ZONE: Final = one_of("a", "b", "c")
ZONES: Final = satisfies(
    'letters of zones such as "abc"', lambda value: isinstance(value, str) and all(each in _ZONES for each in value)
)
NAMES: Final = sequence_of(NAME, "a list of strings that are not empty")
MEMBERS: Final = either("a string or a list of strings", TEXT, sequence_of(TEXT, ""))
"""Texts of an enumeration, which the method looks up: one or several."""
POLICY: Final = either(
    "a policy: JSON text, a mapping with strings as keys, or a Policy",
    TEXT,
    mapping_of(satisfies("", lambda _: True), ""),
    instance_of(Policy, expected=""),
)
POLICIES: Final = either("a policy, or a list of policies", POLICY, sequence_of(POLICY, ""))
PLACE: Final = {"account_id": optional(ACCOUNT_ID), "region": optional(NAME)}
"""Kinds of an account and a region, each the emulator's own by default."""
