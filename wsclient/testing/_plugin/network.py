"""Network guard of the pytest plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient._pipeline.transport.network_guard import NetworkAccess, network_access

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

VALUES: Final = (NetworkAccess.LOOPBACK.value, NetworkAccess.ANY.value)


def network_guard(value: object, setting: str) -> AbstractContextManager[None]:
    """Return a context manager that limits the hosts of requests. Raises ConfigurationError for an unknown value."""
    if not isinstance(value, str) or value not in VALUES:
        raise ConfigurationError(f"{setting} {value!r:.40} is not valid; use one of {', '.join(VALUES)}")
    return network_access(NetworkAccess(value))
