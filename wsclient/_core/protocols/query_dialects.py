"""The two dialects of the query protocol: AWS query, of STS and IAM, and EC2 query; names of members, form of lists.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"AWS EC2 Query protocol", https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.model.shapes import ShapeKind

if TYPE_CHECKING:
    from wsclient._core.model.shapes import Shape


class QueryDialect(msgspec.Struct, frozen=True, kw_only=True):
    """AWS query: lists are Name.member.1, an empty one is sent, and results have an element of their own.

    item is the name of a list's items in a response without a model; max_bytes and max_elements bound a response.
    """

    item: str = "member"
    is_ec2: bool = False
    max_bytes: int = 1024 * 1024
    max_elements: int = 10_000

    def field_name(self, name: str, shape: Shape | None) -> str:
        """Return the name of a member in the form of a request; shape is None if the model lacks the member."""
        return (shape.wire.name if shape else None) or name

    def element_name(self, name: str, shape: Shape) -> str:
        """Return the name of a member's element in a response: a flattened list goes by the name of its items."""
        if shape.kind is ShapeKind.LIST and shape.wire.flattened and shape.wire.item:
            return shape.wire.item
        return shape.wire.name or name


class Ec2Dialect(QueryDialect, frozen=True, kw_only=True):
    """EC2 query: names are capitalized in requests and lower-case first in responses, lists are Name.1.

    Descriptions of a network are long: 100 security groups have some 30,000 elements.
    """

    item: str = "item"
    is_ec2: bool = True
    max_bytes: int = 8 * 1024 * 1024
    max_elements: int = 100_000

    def field_name(self, name: str, shape: Shape | None) -> str:
        """Return the name of a member in the form of a request."""
        name = super().field_name(name, shape)
        return name[:1].upper() + name[1:]

    def element_name(self, name: str, shape: Shape) -> str:
        """Return the name of a member's element in a response."""
        return shape.wire.name or name[:1].lower() + name[1:]


QUERY: Final = QueryDialect()
EC2: Final = Ec2Dialect()
DIALECTS: Final = {"query": QUERY, "ec2": EC2}
"""Dialects by the protocol's name in AWS's models."""
