"""Container credential provider: Amazon ECS tasks, and Amazon EKS pods with Pod Identity.

"Container credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

import msgspec

from wsclient._core.argument_checks import checked
from wsclient._core.errors import CredentialsError, CredentialsRefreshError, NoCredentialsError
from wsclient._core.features import CONTAINER
from wsclient._core.http import HttpRequest, Timeout
from wsclient._core.reprs import Hidden
from wsclient._core.small_files import read_small_file
from wsclient._core.value_kinds import PATH, TEXT, optional, secret
from wsclient.config._profiles import expand_home
from wsclient.credentials._internal.fetch import fetch, parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpResponse
    from wsclient.credentials._internal.context import ProviderContext

RELATIVE: Final = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL: Final = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN: Final = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - a variable's name
TOKEN_FILE: Final = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - as above
ECS_AGENT: Final = "http://169.254.170.2"
AGENTS: Final = frozenset({ip_address("169.254.170.2"), ip_address("169.254.170.23"), ip_address("fd00:ec2::23")})
"""Addresses of the ECS and EKS agents, for which plain http is allowed."""
MAX_TOKEN_BYTES: Final = 64 * 1024
"""Bytes of a token file at most: a header of that length is more than any agent accepts."""
TIMEOUT: Final = Timeout(connect=2.0, read=2.0, write=2.0, pool=2.0, total=6.0)


def container_is_configured(environ: Mapping[str, str]) -> bool:
    """Return whether the environment configures a container agent."""
    return bool(environ.get(RELATIVE) or environ.get(FULL))


class _Agent(msgspec.Struct, frozen=True):
    """URL of the agent, and its Host header."""

    url: str
    host: str


class ContainerProvider(RefreshingProvider):
    """Provider that requests credentials from the container's agent, and refreshes them before they expire.

    Args:
        uri: URL of the agent; default AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, then AWS_CONTAINER_CREDENTIALS_FULL_URI.
            https, or http to loopback and to the ECS and EKS agents only. A host name over http is resolved once, and
            must resolve to loopback.
        token, token_file: authorization token, or the path (~ is expanded) of a file read for each request; default
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, then AWS_CONTAINER_AUTHORIZATION_TOKEN.

    No proxy is used. Each of three attempts waits at most 2 seconds for data, and takes at most 6.
    """

    name: ClassVar[str] = "the container's agent"
    _own_features: ClassVar[frozenset[str]] = frozenset({CONTAINER})
    _secret_arguments = frozenset({"token"})

    @checked({"uri": optional(TEXT), "token": secret(optional(TEXT)), "token_file": optional(PATH)})
    def __init__(
        self, *, uri: str | None = None, token: str | None = None, token_file: str | Path | None = None
    ) -> None:
        super().__init__()
        self._uri = uri
        self._token = Hidden(token)
        self._token_file = token_file

    async def _fetch(self, context: ProviderContext) -> Credentials:
        request, has_token_file = await self._request(context)
        try:
            response = await fetch(
                context.send_local, request, TIMEOUT, context, source=self.name, make_error=_error_from_response
            )
        except CredentialsRefreshError as error:
            # Another process keeps a token's file current: the agent may accept the next token.
            error.can_heal |= has_token_file
            raise
        return parse_credentials(parse_json_object(response.body, self.name), self.name)

    async def _request(self, context: ProviderContext) -> tuple[HttpRequest, bool]:
        """Return the request, and whether its token is from a file."""
        agent = await self._agent(context)
        headers = [("host", agent.host), ("accept", "application/json")]
        path, token = await self._authorization(context)
        if token:
            headers.append(("authorization", token))
        return HttpRequest("GET", agent.url, tuple(headers), b""), path is not None

    async def _agent(self, context: ProviderContext) -> _Agent:
        """Return the configured agent. Raises CredentialsError if its URL is not allowed."""
        environ = context.environ
        relative = None if self._uri else environ.get(RELATIVE)
        uri = f"{ECS_AGENT}{relative}" if relative else self._uri or environ.get(FULL)
        if not uri:
            raise NoCredentialsError([("container", f"{RELATIVE} and {FULL} are not set")])
        where = RELATIVE if relative else "uri=" if self._uri else FULL
        try:
            parts = urlsplit(uri)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
            parts = urlsplit("")
        if not host or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
            raise CredentialsError(f"{where} must be an http or https URL of a container agent")
        if parts.scheme == "https":
            return _Agent(uri, parts.netloc)
        address = await _allowed_address(context, host, port or 80, where)
        bracketed = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{bracketed}:{port}" if port else bracketed, fragment="")
        return _Agent(target.geturl(), parts.netloc)

    async def _authorization(self, context: ProviderContext) -> tuple[str | Path | None, str | None]:
        """Return the path of the token's file, if it has one, and the token, if there is one."""
        environ = context.environ
        has_argument = self._token.value is not None or self._token_file is not None
        path = self._token_file if has_argument else environ.get(TOKEN_FILE)
        token = self._token.value if has_argument else environ.get(TOKEN)
        where = TOKEN
        if path:
            where = str(path)
            token = await asyncio.to_thread(_read_token_file, expand_home(path, context.home))
        if token and not (token.isascii() and token.isprintable()):
            raise CredentialsError(
                f"the authorization token in {where} has a line break or another invalid header character"
            )
        return path or None, token or None


async def _allowed_address(context: ProviderContext, host: str, port: int, where: str) -> str:
    """Return the address to connect to over plain http: an agent's or loopback. Raises CredentialsError otherwise."""
    with suppress(ValueError):
        address = ip_address(host)
        if address.is_loopback or address in AGENTS:
            return host
        raise _forbidden_host_error(host, where)
    addresses: Sequence[str] = ()
    with suppress(OSError):
        addresses = await context.resolve(host, port)
    if not addresses or not all(ip_address(address.partition("%")[0]).is_loopback for address in addresses):
        raise _forbidden_host_error(host, where)
    return addresses[0]


def _forbidden_host_error(host: str, where: str) -> CredentialsError:
    return CredentialsError(
        f"{where} names {host}, which must not be called over plain http: use https, a loopback address, or an "
        f"agent's address ({', '.join(sorted(map(str, AGENTS)))}). Nothing was sent"
    )


def _error_from_response(response: HttpResponse) -> CredentialsRefreshError:
    return CredentialsRefreshError(
        f"the container's agent returned HTTP {response.status}{_error_code(response)}", can_heal=False
    )


def _error_code(response: HttpResponse) -> str:
    """Return the error code of an agent's response; its message is left out, because it may hold a secret."""
    try:
        code = parse_json_object(response.body, "").get("code")
    except CredentialsRefreshError:
        return ""
    return f" ({code})" if isinstance(code, str) and code.isascii() and code.isalnum() else ""


def _read_token_file(path: Path) -> str:
    try:
        return read_small_file(path, MAX_TOKEN_BYTES).decode("ascii")
    except OSError as error:
        problem = f"the authorization token file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = f"the authorization token file {path} must be ASCII text"
    # Raised outside the except block: the decoder's error, as context, would hold the file's content.
    raise CredentialsRefreshError(problem)
