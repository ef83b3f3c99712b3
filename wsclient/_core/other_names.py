"""What to write in place of names of modules and errors of boto3, botocore and httpx that wsclient does not have."""

from __future__ import annotations

import sys
from typing import Final

from wsclient._core.missing_attributes import closest_attribute

_CLIENT: Final = 'create a client: wsclient.WorkSpacesClient(region="us-west-2") or wsclient.StsClient(region=…)'
_SESSION: Final = (
    "there is no session: pass region=, and profile= or credentials=, to wsclient.WorkSpacesClient, or for several "
    "accounts profiles= or accounts= to wsclient.fleet.Fleet"
)
_ERRORS: Final = "the errors are in wsclient.errors"
_LOGGING: Final = 'use logging.getLogger("wsclient").setLevel(logging.DEBUG)'
_CONFIGURATION: Final = "ConfigurationError is the error of settings that are missing or contradict each other"
_VALIDATION: Final = "RequestValidationError is the error of a request that is not sent"
_TIMEOUT: Final = "RequestTimeoutError has the phase; it is a TimeoutError too"
_CREDENTIALS: Final = "CredentialsError and its subclasses are the errors of credentials"

MODULES: Final = {
    "wsclient": {
        **dict.fromkeys(("AsyncClient", "Client", "client", "connect", "create_client", "resource"), _CLIENT),
        **dict.fromkeys(
            ("AioSession", "DEFAULT_SESSION", "Session", "get_session", "session", "setup_default_session"), _SESSION
        ),
        **dict.fromkeys(("ClientError", "exceptions"), _ERRORS),
        **dict.fromkeys(("set_stream_logger",), _LOGGING),
        **dict.fromkeys(
            ("AioConfig", "Config"),
            "settings are keyword arguments of the client; ClientConfig.load() reads them before",
        ),
        "Fleet": "write wsclient.fleet.Fleet",
        "Audit": "write wsclient.audit.Audit",
        "Emulator": "write wsclient.testing.Emulator",
    },
    "wsclient.errors": {
        **dict.fromkeys(("ClientError", "HTTPStatusError"), "ServiceError is the base of the errors that AWS returns"),
        **dict.fromkeys(("BotoCoreError", "HTTPError", "RequestError"), "WsclientError is the base of all errors"),
        **dict.fromkeys(("EndpointConnectionError", "HTTPClientError", "ProxyConnectionError"), "use ConnectError"),
        **dict.fromkeys(("SSLError",), "use TLSError"),
        **dict.fromkeys(("ConnectTimeout", "ConnectTimeoutError", "ReadTimeout", "ReadTimeoutError"), _TIMEOUT),
        **dict.fromkeys(("TimeoutException",), _TIMEOUT),
        **dict.fromkeys(("ConnectionClosedError", "ReadError", "RemoteProtocolError"), "use ConnectionLostError"),
        **dict.fromkeys(("ParamValidationError", "ValidationError"), _VALIDATION),
        **dict.fromkeys(
            ("NoRegionError", "ProfileNotFound", "UnknownEndpointError", "UnknownRegionError"), _CONFIGURATION
        ),
        **dict.fromkeys(("MetadataRetrievalError", "PartialCredentialsError", "SSOTokenLoadError"), _CREDENTIALS),
        **dict.fromkeys(("TokenRetrievalError", "UnauthorizedSSOTokenError"), _CREDENTIALS),
    },
}
"""What to write instead, by module and name."""

_RESPONSE: Final = "code, message, status, request_id and details of a ServiceError have what boto3's response has"
_TEXT: Final = "str(error) is the message"
ERRORS: Final = {
    **dict.fromkeys(("last_response", "response"), _RESPONSE),
    **dict.fromkeys(("error_code", "Code"), "did you mean 'code'?"),
    **dict.fromkeys(("HTTPStatusCode", "http_status", "http_status_code"), "did you mean 'status'?"),
    **dict.fromkeys(("MSG_TEMPLATE", "fmt", "kwargs", "msg"), _TEXT),
    "operation_name": "did you mean 'operation'?",
}
"""What to write in place of the attributes of other libraries' errors."""


def missing_name(module: str, name: str) -> AttributeError:
    """Return the AttributeError of a name that a module does not have."""
    message = f"module {module!r} has no attribute {name!r}"
    hint = None
    if not name.startswith("_"):
        hint = MODULES.get(module, {}).get(name) or closest_attribute(sys.modules[module], name)
    return AttributeError(f"{message}; {hint}" if hint else message, name=name)
