"""uvicorn server of the emulator, in a thread with its own event loop, on loopback, over TLS.

The thread lets a test call the emulator from synchronous clients such as boto3. Each server creates its own certificate
authority. Only the certificate of the authority is written to a file, for clients to trust; its key stays in memory.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import trustme
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from wsclient._core.errors import ConfigurationError
from wsclient.testing._server.asgi import Application
from wsclient.testing._state.logs import SERVER_THREAD, quiet_libraries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from uvicorn.server import ServerState

    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient.testing._server.asgi import Scope

LOOPBACK = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6, "localhost": socket.AF_INET}
"""Addresses that the emulator may listen on. It is a test service and must not be reachable from a network."""

_START_TIMEOUT = 10
"""Maximum startup time of the server thread in seconds; usually it takes 50 ms."""


class Server:
    """HTTP server: start() returns when it accepts requests, stop() when all its resources are released.

    handler processes the requests, one at a time. is_tls is False for the metadata services, which use plain HTTP.
    names are the host names of the certificate, in addition to loopback. Raises ConfigurationError for a host that is
    not loopback.
    """

    def __init__(
        self,
        handler: Callable[[HttpRequest], HttpResponse],
        host: str,
        port: int,
        *,
        is_tls: bool = True,
        names: Sequence[str] = (),
    ) -> None:
        if host not in LOOPBACK:
            raise ConfigurationError(f"Emulator: host {host!r} is not loopback; choose one of {', '.join(LOOPBACK)}")
        self._socket = _listen(host, port)
        self._directory = tempfile.TemporaryDirectory(prefix="wsclient-emulator-")
        self.ca_file = str(Path(self._directory.name, "ca.pem"))
        context = _tls_context(self.ca_file, names) if is_tls else None
        bound_port: int = self._socket.getsockname()[1]
        scheme = "https" if is_tls else "http"
        self.endpoint_url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{bound_port}"
        self._ready = threading.Event()
        self._uvicorn = _Uvicorn(_uvicorn_config(Application(handler, self._drop), context), self._ready.set)
        self._thread = threading.Thread(target=self._run, name=SERVER_THREAD, daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Start accepting requests. Raises ConfigurationError if the server does not start."""
        quiet_libraries()
        self._thread.start()
        if not self._ready.wait(_START_TIMEOUT) or self._failure is not None:
            self.stop()
            raise ConfigurationError("Emulator: the server did not start") from self._failure

    def stop(self) -> None:
        """Abort all connections and release thread, socket and files."""
        self._uvicorn.stop()
        self._thread.join()
        self._socket.close()
        self._directory.cleanup()

    def _drop(self, scope: Scope) -> None:
        self._uvicorn.drop(cast("tuple[str, int]", scope["client"]))

    def _run(self) -> None:
        try:
            asyncio.run(self._uvicorn.serve(sockets=[self._socket]))
        except BaseException as error:  # noqa: BLE001 - the starting thread raises it
            self._failure = error
        finally:
            self._ready.set()


class _Uvicorn(uvicorn.Server):
    """uvicorn server that another thread can stop without the delay of uvicorn's polling."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._stopping: Future[None] = Future()

    def stop(self) -> None:
        """Stop the server; call it once, from any thread."""
        self._stopping.set_result(None)

    def drop(self, client: tuple[str, int]) -> None:
        """Abort the connection of a client, without a TLS close_notify."""
        for connection in self.server_state.connections:
            peer: tuple[str, int] = connection.transport.get_extra_info("peername")
            if tuple(peer[:2]) == tuple(client):
                connection.transport.abort()

    async def main_loop(self) -> None:
        """Signal that the server is ready, and wait for stop()."""
        self._on_ready()
        await asyncio.wrap_future(self._stopping)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Abort connections; clients with a connection pool would keep them open."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn keeps sets, no event
            await asyncio.sleep(0)


class _WithoutAccessLog(H11Protocol):
    """uvicorn's HTTP/1.1 without its access log.

    uvicorn's own option would clear the logger's handlers, which a server of the program in this process needs.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.access_log = False


def _listen(host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is IPPROTO_TCP; Nagle's algorithm costs 40 ms for each response.
    listener = socket.socket(LOOPBACK[host], socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            # On Windows this option would let a second server take a port that is in use.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1" if host == "localhost" else host, port))
        # From here on connections wait in the backlog until the server accepts them.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ConfigurationError(f"Emulator: cannot listen on {host}, port {port}: {error.strerror}") from None
    return listener


def _tls_context(ca_file: str, names: Sequence[str]) -> ssl.SSLContext:
    """Return a TLS context with a certificate of a new authority; write the authority's certificate to ca_file."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*LOOPBACK, *names).configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - trustme also accepts pyOpenSSL contexts
    return context


def _uvicorn_config(application: Application, context: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        application,
        http=_WithoutAccessLog,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=600,
    )
    config.load()
    # uvicorn loads certificates from files; set the context directly, so that the key is not written to one.
    config.ssl = context
    return config
