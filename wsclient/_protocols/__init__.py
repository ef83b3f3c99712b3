"""The wire protocols wsclient speaks: a typed value to bytes, and bytes to a typed value or error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._protocols.json import JsonCodec
from wsclient._protocols.query import QueryCodec

if TYPE_CHECKING:
    from wsclient._operation import Service
    from wsclient._protocols.base import Codec

__all__ = ["codec_for"]

CODECS: dict[str, type[Codec]] = {"json": JsonCodec, "query": QueryCodec}


def codec_for(service: Service) -> Codec:
    """Return the codec of the protocol that a service speaks."""
    return CODECS[service.protocol](service)
