"""Transports of a client: the matrix of faults holds for each of them."""

from collections.abc import Callable, Mapping

from tests.support.bare_clients import have_it_use_httpx
from tests.support.senders import CA
from tests.support.tls_server import authority
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient.tls import TLSPolicy

POLICY = TLSPolicy(ca_data=authority(CA))


def _as_it_is(sender: HttpTransport) -> None:
    """Leave the transport unchanged: https uses the engine."""


TRANSPORTS: Mapping[str, Callable[[HttpTransport], None]] = {"engine": _as_it_is, "stock": have_it_use_httpx}
"""What makes a client's sender use each kind, by its name."""
