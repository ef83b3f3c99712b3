"""Comparisons of condition operators: one value of the request against one value of the policy.

"IAM JSON policy elements: Condition operators",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html. A malformed value
compares as None: IAM does not document what it does with it.
"""

from __future__ import annotations

import base64
import binascii
import operator as op
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from wsclient._core.errors import ConfigurationError
from wsclient.policy._request import Literal, Request, ascii_lower, split_sections
from wsclient.policy._resources import ARN_PARTS, tokens_of
from wsclient.policy._tristate import Tristate, all_of
from wsclient.policy._wildcards import matches

Compare = Callable[[str, str, Request], Tristate]
"""Comparison of a request's value with a policy's text."""

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EPOCH: Final = re.compile(r"[0-9]{1,3}|[0-9]{5,12}")
"""Seconds since 1970; four digits may be a year."""
_DATE: Final = re.compile(
    r"([0-9]{4}-[0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}:[0-9]{2})(?::([0-9]{2})(\.[0-9]{1,18})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?"
)
"""Formats of https://www.w3.org/TR/NOTE-datetime, except a year alone."""
_CIDR: Final = re.compile(r"[0-9A-Fa-f.:]+(/(0|[1-9][0-9]{0,2}))?")
_V6_DEFAULT_PREFIX: Final = 32


def equals(value: str, wanted: str, request: Request) -> Tristate:
    """StringEquals: the same characters."""
    text = request.literal(wanted)
    return None if text is None else text == value


def equals_ignoring_case(value: str, wanted: str, request: Request) -> Tristate:
    """StringEqualsIgnoreCase; which letters outside ASCII are equal is not documented."""
    text = request.literal(wanted)
    if text is None:
        return None
    if ascii_lower(text) == ascii_lower(value):
        return True
    return None if text.casefold() == value.casefold() or text.upper() == value.upper() else False


def like(value: str, wanted: str, request: Request) -> Tristate:
    """StringLike: * and ? match any characters."""
    resolved = request.resolve(request.template(wanted))
    return None if resolved is None else matches(tokens_of(resolved), value)


def arn_like(value: str, wanted: str, request: Request) -> Tristate:
    """ArnLike and ArnEquals: each of the six sections on its own; a wildcard matches a colon in the last one only."""
    template = request.template(wanted)
    value_parts = value.split(":", ARN_PARTS - 1)
    if template is None or len(value_parts) != ARN_PARTS:
        return None
    resolved = [request.resolve(section) for section in split_sections(template, ARN_PARTS)]
    sections = [section for section in resolved if section is not None]
    leading = [part for section in sections[: ARN_PARTS - 1] for part in section]
    if len(sections) != len(resolved) or any(isinstance(part, Literal) and ":" in part.text for part in leading):
        return None
    if len(sections) != ARN_PARTS:
        # Whether a last * stands for the missing sections is not documented.
        return None if wanted.endswith(("*", "}")) and like(value, wanted, request) else False
    return all_of(matches(tokens_of(section), part) for section, part in zip(sections, value_parts, strict=True))


def number(compare: Callable[[Decimal, Decimal], bool]) -> Compare:
    """Return the comparison of integers or decimals, such as 10 and 10.5."""

    def compared(value: str, wanted: str, _request: Request) -> Tristate:
        if not _NUMBER.fullmatch(value) or not _NUMBER.fullmatch(wanted):
            return None
        return compare(Decimal(value), Decimal(wanted))

    return compared


def date(compare: Callable[[Fraction, Fraction], bool]) -> Compare:
    """Return the comparison of dates: W3C formats of ISO 8601, or seconds since 1970."""

    def compared(value: str, wanted: str, _request: Request) -> Tristate:
        first, second = _instant(value), _instant(wanted)
        return None if first is None or second is None else compare(first, second)

    return compared


def _instant(text: str) -> Fraction | None:
    """Return seconds since 1970, exactly."""
    if _EPOCH.fullmatch(text):
        return Fraction(int(text))
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month, day, minute, second, fraction, offset = match.groups()
    iso = f"{month}-{day or '01'}T{minute or '00:00'}:{second or '00'}{offset or 'Z'}"
    try:
        seconds = (datetime.fromisoformat(iso) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return int(seconds) + Fraction(f"0{fraction}" if fraction else 0)


def boolean(value: str, wanted: str, _request: Request) -> Tristate:
    """Bool: true or false."""
    known = {"true", "false"}
    return value.lower() == wanted.lower() if {value.lower(), wanted.lower()} <= known else None


def binary(value: str, wanted: str, _request: Request) -> Tristate:
    """BinaryEquals: the same bytes, both in base64. Raises ConfigurationError for text outside ASCII."""
    for text, source in ((wanted, "the policy"), (value, "the request context")):
        if not text.isascii():
            raise ConfigurationError(f"{text!r:.80} in {source} is not base64: encode the bytes with base64.b64encode")
    first, second = _decoded(value), _decoded(wanted)
    return None if first is None or second is None else first == second


def _decoded(text: str) -> bytes | None:
    """Return the bytes of base64; None for text that no encoder writes (RFC 4648, section 3.5)."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return content if base64.b64encode(content).decode() == text else None


def address(value: str, wanted: str, _request: Request) -> Tristate:
    """IpAddress: an address within a range in CIDR format."""
    if not _CIDR.fullmatch(wanted) or not _CIDR.fullmatch(value):
        return None
    try:
        caller, network = ip_address(value), ip_network(wanted)
    except ValueError:
        return None
    if any(isinstance(address, IPv6Address) and address.ipv4_mapped for address in (caller, network.network_address)):
        return None
    return _is_within(caller, network, has_prefix="/" in wanted)


def _is_within(caller: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network, *, has_prefix: bool) -> Tristate:
    if caller in network:
        return True
    if isinstance(network, IPv4Network) or has_prefix or isinstance(caller, IPv4Address):
        return False
    # IAM's default prefix is /32, which its page does not limit to IPv4.
    return None if caller in network.supernet(new_prefix=_V6_DEFAULT_PREFIX) else False


POSITIVE: Final[Mapping[str, Compare]] = {
    "StringEquals": equals,
    "StringEqualsIgnoreCase": equals_ignoring_case,
    "StringLike": like,
    "NumericEquals": number(op.eq),
    "NumericLessThan": number(op.lt),
    "NumericLessThanEquals": number(op.le),
    "NumericGreaterThan": number(op.gt),
    "NumericGreaterThanEquals": number(op.ge),
    "DateEquals": date(op.eq),
    "DateLessThan": date(op.lt),
    "DateLessThanEquals": date(op.le),
    "DateGreaterThan": date(op.gt),
    "DateGreaterThanEquals": date(op.ge),
    "Bool": boolean,
    "BinaryEquals": binary,
    "IpAddress": address,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
}
NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
OPERATORS: Final = frozenset(POSITIVE) | frozenset(NEGATED) | {"Null"}
"""Condition operators, without a ForAllValues: or ForAnyValue: qualifier and without the suffix IfExists."""
