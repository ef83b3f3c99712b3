"""Python names of AWS's members, operations, shapes and enumeration values, the same as in boto3."""

from __future__ import annotations

import keyword
import re
from functools import cache
from typing import Final

import msgspec
from botocore import xform_name  # pyright: ignore[reportUnknownVariableType] - botocore has no type hints

ANNOTATION_NAMES: Final = frozenset({"bool", "bytes", "dict", "float", "int", "list", "str"})
"""Built-in types in annotations: a member of that name would take their place in those of the members behind it."""


def member_name(aws_name: str) -> str:
    """Return the snake_case name of a member or operation, as boto3 computes it; one that Python needs gets a _."""
    name: str = xform_name(aws_name)
    return f"{name}_" if keyword.iskeyword(name) or name in ANNOTATION_NAMES else name


def constant_name(aws_name: str) -> str:
    """Return the name of an operation's constant, for example DESCRIBE_WORKSPACES."""
    return member_name(aws_name).upper()


def class_name(aws_name: str) -> str:
    """Return the name of a shape's class or alias, capitalized: some shapes of STS begin in lower case."""
    return aws_name[0].upper() + aws_name[1:]


def enum_member(value: str) -> str:
    """Return the member name of an enumeration value: upper case, with underscores for characters Python forbids."""
    name = re.sub(r"\W", "_", value).upper()
    return f"VALUE_{name}" if name[0].isdigit() else name


@cache
def pascal(name: str) -> str:
    """Return a name converted by msgspec's rename="pascal": logo2x becomes Logo2X."""
    return msgspec.defstruct("Probe", [(name, str)], rename="pascal").__struct_encode_fields__[0]
