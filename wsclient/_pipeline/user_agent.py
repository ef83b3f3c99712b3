"""User-Agent header, by which CloudTrail shows the caller's SDK and application."""

from __future__ import annotations

import re
import sys

from wsclient._core.errors import ConfigurationError
from wsclient._version import __version__

MAX_APP_ID = 50
"""Characters of an application id ("Application ID",
https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html)."""
_NOT_TOKEN = re.compile(r"[^A-Za-z0-9!$%&'*+\-.^_`|~]")
_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}


def user_agent(service: str, api_version: str, retry_mode: str, app_id: str | None) -> str:
    """Return the header in the AWS SDKs' grammar: name/value pairs, with hyphens for characters outside a token."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    parts = [
        f"wsclient/{__version__}",
        f"api/{service}#{api_version}",
        f"os/{_SYSTEMS.get(sys.platform, 'other')}",
        f"lang/python#{python}",
        f"md/pyimpl#{sys.implementation.name}",
        f"cfg/retry-mode#{retry_mode}",
    ]
    return " ".join(parts if app_id is None else [*parts, f"app/{_token(app_id)}"])


def _token(app_id: str) -> str:
    if not app_id or len(app_id) > MAX_APP_ID:
        raise ConfigurationError(f"app_id must have 1 to {MAX_APP_ID} characters (got {len(app_id)})")
    return _NOT_TOKEN.sub("-", app_id)
