"""Credentials of a container: Amazon ECS tasks, and pods of Amazon EKS with Pod Identity.

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

from wsclient._core.errors import CredentialsError, CredentialsRefreshError, NoCredentialsError
from wsclient._core.http import HttpRequest, Timeout
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
"""The agents of ECS and EKS, which may be spoken to over plain http."""
TIMEOUT: Final = Timeout(connect=2.0, read=2.0, write=2.0, pool=2.0)


def container_is_configured(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment says that a container agent gives credentials."""
    return bool(environ.get(RELATIVE) or environ.get(FULL))


class _Agent(msgspec.Struct, frozen=True):
    """Where the agent is: the URL to connect to, and the host that it goes by."""

    url: str
    host: str


class ContainerProvider(RefreshingProvider):
    """Asks the agent that the container's environment names; again before the credentials expire.

    Args:
        uri: URL of the agent; the environment's otherwise, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI before
            AWS_CONTAINER_CREDENTIALS_FULL_URI. https, or http to loopback and to the agents of ECS and EKS alone. A
            name over http is resolved once, and must be loopback.
        token, token_file: what authorizes the question, or the file that holds it, which is read each time; the
            environment's otherwise, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE before AWS_CONTAINER_AUTHORIZATION_TOKEN.

    No proxy is used. Each of three attempts takes 2 seconds at most.
    """

    name: ClassVar[str] = "the container's agent"
    _secret_arguments = frozenset({"token"})

    def __init__(
        self, *, uri: str | None = None, token: str | None = None, token_file: str | Path | None = None
    ) -> None:
        super().__init__()
        self._uri = uri
        self._token = token
        self._token_file = token_file

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        agent = await self._agent(surroundings)
        headers = [("host", agent.host), ("accept", "application/json")]
        if token := await self._authorization(surroundings):
            headers.append(("authorization", token))
        request = HttpRequest("GET", agent.url, tuple(headers), b"")
        answer = await fetch(surroundings.send_local, request, TIMEOUT, surroundings, whom=self.name, refusal=_refused)
        return parse_credentials(parse_json_object(answer.body, self.name), self.name)

    async def _agent(self, surroundings: ProviderContext) -> _Agent:
        """Return the agent that may be asked; raises CredentialsError for one that may not."""
        environ = surroundings.environ
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
            raise CredentialsError(f"{where} is no http or https URL of a container's agent")
        if parts.scheme == "https":
            return _Agent(uri, parts.netloc)
        address = await _allowed_address(surroundings, host, port or 80, where)
        shown = f"[{address}]" if ":" in address else address
        target = parts._replace(netloc=f"{shown}:{port}" if port else shown, fragment="")
        return _Agent(target.geturl(), parts.netloc)

    async def _authorization(self, surroundings: ProviderContext) -> str | None:
        environ = surroundings.environ
        given = self._token is not None or self._token_file is not None
        path = self._token_file if given else environ.get(TOKEN_FILE)
        token = self._token if given else environ.get(TOKEN)
        where = TOKEN
        if path:
            where = str(path)
            token = await asyncio.to_thread(_content, Path(path))
        if token and not (token.isascii() and token.isprintable()):
            raise CredentialsError(f"the authorization token in {where} holds a line break or what no header may hold")
        return token or None


async def _allowed_address(surroundings: ProviderContext, host: str, port: int, where: str) -> str:
    """Return the address to connect to over plain http: the agents' own, or loopback."""
    with suppress(ValueError):
        address = ip_address(host)
        if address.is_loopback or address in AGENTS:
            return host
        raise _not_allowed(host, where)
    addresses: Sequence[str] = ()
    with suppress(OSError):
        addresses = await surroundings.resolve(host, port)
    if not addresses or not all(ip_address(address.partition("%")[0]).is_loopback for address in addresses):
        raise _not_allowed(host, where)
    return addresses[0]


def _not_allowed(host: str, where: str) -> CredentialsError:
    return CredentialsError(
        f"{where} names {host}, which may not be asked over plain http: use https, a loopback address, or an agent's "
        f"own ({', '.join(sorted(map(str, AGENTS)))}). Nothing was sent"
    )


def _refused(answer: HttpResponse) -> CredentialsRefreshError:
    return CredentialsRefreshError(
        f"the container's agent answered HTTP {answer.status}{_reason(answer)}", can_heal=False
    )


def _reason(answer: HttpResponse) -> str:
    """Return the code in an agent's refusal; its message may hold anything, so it is left out."""
    try:
        code = parse_json_object(answer.body, "").get("code")
    except CredentialsRefreshError:
        return ""
    return f" ({code})" if isinstance(code, str) and code.isascii() and code.isalnum() else ""


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii")
    except OSError as error:
        problem = f"the authorization token file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = f"the authorization token file {path} holds no token: it is not ASCII text"
    # Raised here, since the decoder's error holds the file's content.
    raise CredentialsRefreshError(problem)
