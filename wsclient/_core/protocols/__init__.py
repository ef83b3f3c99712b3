"""Codecs of the AWS protocols: typed requests to bytes, and bytes to typed responses and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.protocols.aws_json import JsonCodec

if TYPE_CHECKING:
    from wsclient._core.model.operations import Service
    from wsclient._core.protocols.codec import Codec

__all__ = ["codec_for"]


def codec_for(service: Service) -> Codec:
    """Return the codec for a service's protocol."""
    if service.protocol == "json":
        return JsonCodec(service)
    from wsclient._core.protocols.aws_query import QueryCodec  # noqa: PLC0415 - imports XML, which WorkSpaces does not use

    return QueryCodec(service)
