"""Remedies of failed steps, in terms of the shell: options, environment variables and pages of the docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConnectError, CredentialsError, RequestTimeoutError, ServiceError, TLSError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._pipeline.transport.proxy_errors import AUTHENTICATION_REQUIRED
from wsclient.cli import shell_terms

if TYPE_CHECKING:
    from wsclient._core.errors import WsclientError

PAGES: Final = {
    "credentials": 'the page "Configure credentials" (how-to/credentials)',
    "endpoints": 'the page "Configure endpoints" (how-to/endpoints)',
    "troubleshooting": 'the page "Troubleshooting" (troubleshooting)',
}
"""Pages of the documentation: title, and path below docs/pages."""

_TIMEOUTS: Final = tuple((f"Timeout.{phase}", "--timeout") for phase in ("connect", "read", "write"))
_TLS: Final = "if a corporate proxy inspects TLS, trust its CA certificate with --extra-ca-file FILE, or AWS_CA_BUNDLE"
_NOT_A_PROXY: Final = frozenset({400, 404, 405, 501, 505})
"""Statuses of web servers for the method CONNECT."""
_CLOCK: Final = "the secret key is wrong, or this machine's clock is"


def in_shell_terms(text: str) -> str:
    """Return a message of the library with options of the command in place of Python arguments."""
    return shell_terms.in_shell_terms(text, _TIMEOUTS)


def name_remedy(*, proxy: bool) -> str:
    """Return what to do about a host name that does not resolve."""
    if proxy:
        return "check the proxy's name in --proxy or HTTPS_PROXY"
    return "check --region, the endpoint and this machine's DNS resolver"


def connection_remedy(*, proxy: bool, is_in_vpc: bool) -> str:
    """Return what to do about a host that does not accept a connection."""
    if is_in_vpc:
        return (
            "from outside the VPC, use a VPN or Direct Connect; inside, allow inbound port 443 in the endpoint's "
            "security group"
        )
    if proxy:
        return "check the address and port in --proxy or HTTPS_PROXY"
    return (
        "check firewalls and routes; if a proxy is required, set --proxy or HTTPS_PROXY: one in the system settings of "
        "Windows or macOS is not read"
    )


def tls_remedy(error: WsclientError, peer: str, proxy: str | None) -> str:
    """Return what to do about a failed TLS handshake with a host:port, or a proxy that opens no tunnel to it."""
    if isinstance(error, TLSError):
        return _TLS
    if proxy is not None:
        return _proxy_remedy(error, peer, proxy)
    return "check that a server of AWS, and no other, listens there"


def _proxy_remedy(error: WsclientError, peer: str, proxy: str) -> str:
    status = error.proxy_status if isinstance(error, ConnectError) else None
    if status == AUTHENTICATION_REQUIRED:
        return "correct the user name and password in the URL of --proxy or HTTPS_PROXY"
    if status in _NOT_A_PROXY or (status is None and isinstance(error, ConnectError)):
        return connection_remedy(proxy=True, is_in_vpc=False)
    return f"allow {peer} in the proxy {proxy}, or list the host in NO_PROXY to connect directly"


def sts_remedy(error: WsclientError, peer: str, proxy: str | None) -> str:
    """Return what to do about STS, when no response of it arrives."""
    if isinstance(error, TLSError):
        return _TLS
    if proxy is not None:
        return tls_remedy(error, peer, proxy)
    if isinstance(error, ConnectError | RequestTimeoutError):
        return (
            f"allow connections to {peer}; in a private subnet, STS needs an interface endpoint of its own: "
            "--sts-vpc-endpoint ID, --sts-endpoint URL or AWS_ENDPOINT_URL_STS"
        )
    return f"see {PAGES['troubleshooting']}"


def credentials_remedy(error: WsclientError) -> str:
    """Return what to do about credentials that are missing or cannot be renewed."""
    if isinstance(error, CredentialsError):
        return f"set AWS_PROFILE or --profile, or log in; for the sources and their order, see {PAGES['credentials']}"
    return "correct the setting that the message names"


def account_remedy(expected: str) -> str:
    """Return what to do about credentials of another account."""
    return f"use credentials of account {expected}: check --profile, AWS_PROFILE and AWS_ACCESS_KEY_ID"


def service_remedy(error: ServiceError) -> str:
    """Return what to do about an error response."""
    if isinstance(error, AccessDeniedException):
        return "an IAM policy, an organization's policy or the VPC endpoint's policy denies it; see the message above"
    if error.code in {"InvalidSignatureException", "SignatureDoesNotMatch"}:
        return _CLOCK
    if "Expired" in error.code:
        return "the session has expired: log in again, or renew the credentials at their source"
    if error.code in {"UnrecognizedClientException", "InvalidClientTokenId"}:
        return "the access key does not exist, is inactive, or is of another partition: check the source of the key"
    return "contact AWS Support with the request id"
