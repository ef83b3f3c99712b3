"""The wire protocols wsclient speaks: a typed value to bytes, and bytes to a typed value or error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.protocols.aws_json import JsonCodec

if TYPE_CHECKING:
    from wsclient._core.model.operations import Service
    from wsclient._core.protocols.codec import Codec

__all__ = ["codec_for"]


def codec_for(service: Service) -> Codec:
    """Return the codec of the protocol that a service speaks."""
    if service.protocol == "json":
        return JsonCodec(service)
    from wsclient._core.protocols.aws_query import QueryCodec  # noqa: PLC0415 - brings XML along, which STS alone speaks

    return QueryCodec(service)
