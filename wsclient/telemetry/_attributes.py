"""Semantic convention names, and the attributes that calls and attempts share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from wsclient._core.model.operations import Service
    from wsclient.endpoints._types import Endpoint


Attributes = dict[str, str | int]

SCOPE = "wsclient"
SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0"
"""Version of the semantic conventions that the names follow."""
METHOD = "POST"
_PORTS = {"https": 443, "http": 80}


def call_attributes(service: Service, endpoint: Endpoint) -> Attributes:
    """Return the attributes that the spans and metrics of all calls of a client share."""
    return {
        "rpc.system": "aws-api",
        "rpc.service": service.service_id,
        "cloud.region": endpoint.signing_region,
        **server_attributes(endpoint.url),
    }


@lru_cache(maxsize=64)
def _server(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme]


def server_attributes(url: str) -> Attributes:
    """Return the server attributes of a URL: host and port."""
    host, port = _server(url)
    return {"server.address": host, "server.port": port}
