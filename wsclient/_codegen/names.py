"""AWS's names turned into Python's, the way boto3's users know them."""

from __future__ import annotations

import keyword
import re
from functools import cache

import msgspec
from botocore import xform_name  # pyright: ignore[reportUnknownVariableType] - botocore has no types


def member_name(aws_name: str) -> str:
    """Return a member's or an operation's snake_case name, boto3's own."""
    name: str = xform_name(aws_name)
    return f"{name}_" if keyword.iskeyword(name) else name


def constant_name(aws_name: str) -> str:
    """Return an operation's constant: DESCRIBE_WORKSPACES."""
    return member_name(aws_name).upper()


def class_name(aws_name: str) -> str:
    """Return a shape's name as a class or alias: STS starts some in lower case."""
    return aws_name[0].upper() + aws_name[1:]


def enum_member(value: str) -> str:
    """Return an enumeration value's member name: its own, in capitals, with what Python forbids as underscores."""
    name = re.sub(r"\W", "_", value).upper()
    return f"VALUE_{name}" if name[0].isdigit() else name


@cache
def pascal(name: str) -> str:
    """Return what msgspec's rename="pascal" makes of a name, by asking it: logo2x becomes Logo2X."""
    return msgspec.defstruct("Asked", [(name, str)], rename="pascal").__struct_encode_fields__[0]
