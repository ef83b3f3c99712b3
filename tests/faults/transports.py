"""What carries a client's requests: the matrix of faults holds for each of these alike.

A transport that is given as such is closed at the end of a scene, with the client.
"""

from collections.abc import Callable, Mapping

from tests.support.senders import CA
from tests.support.tls_server import authority
from wsclient._options import ClientOptions
from wsclient.tls import TLSPolicy

POLICY = TLSPolicy(ca_data=authority(CA))


def _default() -> ClientOptions:
    return {"tls": POLICY}


TRANSPORTS: Mapping[str, Callable[[], ClientOptions]] = {"default": _default}
"""Options of a client that uses each kind, by its name; made anew for every scene."""
