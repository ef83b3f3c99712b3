"""What carries a client's requests: the matrix of faults holds for each of these alike."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.senders import CA
from tests.support.tls_server import authority
from wsclient._transport import HttpSender
from wsclient.tls import TLSPolicy

POLICY = TLSPolicy(ca_data=authority(CA))


def _over_the_engine(sender: HttpSender) -> None:
    """Leave it as it is: https goes over the engine."""


def _over_stock(sender: HttpSender) -> None:
    """Have it send everything over httpx, as through a proxy and over plain http."""
    make = sender._connections

    def without_engine(context: ssl.SSLContext) -> Any:
        connections = make(context)
        connections.engine = None
        return connections

    sender._connections = without_engine  # type: ignore[method-assign]


TRANSPORTS: Mapping[str, Callable[[HttpSender], None]] = {"engine": _over_the_engine, "stock": _over_stock}
"""What makes a client's sender use each kind, by its name."""
