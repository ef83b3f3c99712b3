"""User-Agent header, by which CloudTrail shows the caller's SDK and application, and AWS how a call was made."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.features import ENDPOINT_OVERRIDE, NO_FEATURES, RETRY_MODES
from wsclient._version import __version__
from wsclient.config._settings import MAX_APP_ID
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient.endpoints._types import Endpoint

_NOT_APP_ID = re.compile(r"[^A-Za-z0-9!#$%&'*+\-.^_`|~]")
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_OVERRIDES = frozenset({EndpointKind.CUSTOM, EndpointKind.PRIVATELINK})
"""Kinds of endpoints whose host a URL or a VPC endpoint sets, and not the region alone."""


class UserAgent(msgspec.Struct, frozen=True, eq=False):
    """User-Agent of a client: the parts before and after the features, and the features of all calls.

    Compared by identity, since every attempt looks its header up.
    """

    head: str
    tail: str
    features: frozenset[str] = NO_FEATURES

    def header(self, used: frozenset[str], source: frozenset[str]) -> str:
        """Return the header of a call: used are the features of the call, source those of its credentials."""
        return _header(self, used, source)


@lru_cache(maxsize=256)
def _header(agent: UserAgent, used: frozenset[str], source: frozenset[str]) -> str:
    features = ",".join(sorted(agent.features | used | source))
    return " ".join(filter(None, (agent.head, f"m/{features}" if features else "", agent.tail)))


def user_agent(service: str, api_version: str, retry_mode: str, app_id: str | None, endpoint: Endpoint) -> UserAgent:
    """Return the User-Agent in the AWS SDKs' grammar: name/value pairs, with hyphens for characters outside its own."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    head = [
        f"wsclient/{__version__}",
        "ua/2.1",
        f"api/{service}#{api_version}",
        f"os/{_SYSTEMS.get(sys.platform, 'other')}",
        f"lang/python#{python}",
        f"md/pyimpl#{sys.implementation.name}",
    ]
    tail = [f"cfg/retry-mode#{retry_mode}", *([] if app_id is None else [f"app/{_valid_app_id(app_id)}"])]
    features = [RETRY_MODES[retry_mode]] if retry_mode in RETRY_MODES else []
    features += [ENDPOINT_OVERRIDE] if endpoint.kind in _OVERRIDES else []
    return UserAgent(" ".join(head), " ".join(tail), frozenset(features))


def _valid_app_id(app_id: str) -> str:
    if not app_id or len(app_id) > MAX_APP_ID:
        raise ConfigurationError(f"app_id must have 1 to {MAX_APP_ID} characters (got {len(app_id)})")
    return _NOT_APP_ID.sub("-", app_id)
