"""Errors of a proxy: statuses that refuse a tunnel (CONNECT), and the authentication schemes that it offers.

RFC 9110, HTTP Semantics, https://www.rfc-editor.org/rfc/rfc9110, section 9.3.6
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConnectError, may_pass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient._pipeline.transport.failed_request import FailedRequest

AUTHENTICATION_REQUIRED: Final = 407
_BASIC: Final = "Basic"
_SCHEMES: Final = (_BASIC, "Bearer", "Digest", "Kerberos", "Negotiate", "NTLM")
_CHALLENGE: Final = re.compile(r"(?:^|,)\s*([A-Za-z]+)(?=\s|,|$)")
"""Authentication scheme at the beginning of a challenge; a parameter has an equals sign after its name."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_NO_CREDENTIALS: Final = "it requires credentials, as in http://USER:PASSWORD@HOST"
_WRONG_CREDENTIALS: Final = "it does not accept the user name and password of its URL"
_OTHER_SCHEMES: Final = "for NTLM or Kerberos, use a local proxy that adds it"
_FORBIDDEN: Final = "it does not allow connections to that host and port; its administrator can allow them"
_UNREACHABLE: Final = "it cannot resolve or reach that host; check the endpoint, and the proxy's resolver and routes"
_NO_FORWARD_PROXY: Final = "it may be a web server or a reverse proxy; check the host and port of its URL"
_LOGIN: Final = "it asks for a login in a browser, as a captive portal does"
_HINTS: Final = {
    **dict.fromkeys((301, 302, 303, 307, 308, 511), _LOGIN),
    **dict.fromkeys((400, 405, 501, 505), _NO_FORWARD_PROXY),
    404: f"it does not know that host, or {_NO_FORWARD_PROXY}",
    **dict.fromkeys((401, 403, 451), _FORBIDDEN),
    **dict.fromkeys((500, 502, 503, 504), _UNREACHABLE),
}
_PERMANENT: Final = frozenset({501, 505, 511})


def offered_schemes(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, ...]:
    """Return the authentication schemes of the Proxy-Authenticate headers (RFC 9110, section 11.7.1), known ones only.

    A proxy may write anything into a header: an unknown name could be a secret that it repeats.
    """
    challenges = b",".join([value for name, value in headers if name.lower() == b"proxy-authenticate"])
    unquoted = _QUOTED.sub("", challenges.decode("latin-1"))
    offered = {name.lower() for name in _CHALLENGE.findall(unquoted)}
    return tuple([scheme for scheme in _SCHEMES if scheme.lower() in offered])


def rejected_tunnel(failure: FailedRequest, status: int) -> ConnectError:
    """Return the error for a proxy that refused to connect with this status.

    It is retried only if the proxy may connect later: wrong credentials, sent again with every call and attempt, lock
    accounts out of the directory that the proxy asks.
    """
    hint = _authentication_hint(failure) if status == AUTHENTICATION_REQUIRED else _HINTS.get(status)
    return ConnectError(
        f"the proxy {failure.proxy or 'of transport='} rejected the connection to {failure.peer} with HTTP {status}"
        f"{f': {hint}' if hint else ''}",
        is_transient=may_pass(status) and status not in _PERMANENT,
        proxy_status=status,
    )


def _authentication_hint(failure: FailedRequest) -> str:
    schemes = failure.proxy_schemes
    if schemes and _BASIC not in schemes:
        return f"it offers {' and '.join(schemes)}, and no Basic authentication; use a local proxy that adds it"
    if failure.proxy is None:
        return "it does not accept the user name and password of the transport, or there are none"
    if not failure.has_proxy_user:
        return _NO_CREDENTIALS
    return _WRONG_CREDENTIALS if schemes else f"{_WRONG_CREDENTIALS}, or no Basic authentication; {_OTHER_SCHEMES}"
