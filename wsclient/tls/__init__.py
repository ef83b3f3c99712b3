"""TLS policy and inspection: TLS 1.2 or newer, perfect forward secrecy, certificates and host names always verified.

This is at least as strict as AWS requires.

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from wsclient._core.public_names import publish
from wsclient.tls._inspection import NegotiatedTLS, inspect_connection
from wsclient.tls._policy import DEFAULT_POLICY, ClientCertificate, TLSPolicy

__all__ = [
    "DEFAULT_POLICY",
    "ClientCertificate",
    "NegotiatedTLS",
    "TLSPolicy",
    "inspect_connection",
]

publish(__name__, __all__)
