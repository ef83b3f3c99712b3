"""TLS as AWS asks for it and better: 1.2 or newer, perfect forward secrecy, every certificate and host name checked.

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from wsclient.tls._inspection import NegotiatedTLS, inspect_connection
from wsclient.tls._policy import DEFAULT_POLICY, ClientCertificate, TLSPolicy

__all__ = [
    "DEFAULT_POLICY",
    "ClientCertificate",
    "NegotiatedTLS",
    "TLSPolicy",
    "inspect_connection",
]
