"""Runs the emulator's application on uvicorn: in a thread with a loop of its own, on loopback, over TLS.

A thread, so that synchronous clients such as boto3 can be tested from the same test. The certificate authority is
made for this server alone and forgotten with it; only its certificate is written down, for clients to trust.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, cast

import trustme
import uvicorn

from wsclient._core.errors import ConfigurationError
from wsclient.testing._server.asgi import Application

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient.testing._server.asgi import Scope

LOOPBACK = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6, "localhost": socket.AF_INET}
"""The addresses the emulator may listen on: it holds no secret worth a network, and shall never meet one."""

_START_SECONDS = 10
"""How long a thread may take to be ready before something must be wrong; usually it is a twentieth of a second."""


class Server:
    """One running server: start() returns once it answers, stop() once nothing of it is left.

    answer answers its requests, one at a time; is_tls is False for the metadata services, which speak plain http; names
    are what its certificate is good for besides loopback.
    """

    def __init__(
        self,
        answer: Callable[[HttpRequest], HttpResponse],
        host: str,
        port: int,
        *,
        is_tls: bool = True,
        names: Sequence[str] = (),
    ) -> None:
        if host not in LOOPBACK:
            raise ConfigurationError(f"Emulator: host {host!r} is not loopback; choose one of {', '.join(LOOPBACK)}")
        self._socket = _listening(host, port)
        self._directory = tempfile.TemporaryDirectory(prefix="wsclient-emulator-")
        self.ca_file = str(Path(self._directory.name, "ca.pem"))
        context = _tls_context(self.ca_file, names) if is_tls else None
        bound_port: int = self._socket.getsockname()[1]
        scheme = "https" if is_tls else "http"
        self.endpoint_url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{bound_port}"
        self._ready = threading.Event()
        self._uvicorn = _Uvicorn(_config(Application(answer, self._drop), context), self._ready.set)
        self._thread = threading.Thread(target=self._run, name="wsclient-emulator", daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        if not self._ready.wait(_START_SECONDS) or self._failure is not None:
            self.stop()
            raise ConfigurationError("Emulator: the server did not start") from self._failure

    def stop(self) -> None:
        """Drop every connection, and leave neither thread nor socket nor file behind."""
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
    """uvicorn, but stopped at once and from another thread, instead of at its next look at a flag."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping: Future[None] = Future()

    def stop(self) -> None:
        """End the server; may be called from any thread, once."""
        self._stopping.set_result(None)

    def drop(self, client: tuple[str, int]) -> None:
        """Break off the connection of a client, without a goodbye."""
        for connection in self.server_state.connections:
            peer: tuple[str, int] = connection.transport.get_extra_info("peername")
            if tuple(peer[:2]) == tuple(client):
                connection.transport.abort()

    async def main_loop(self) -> None:
        """Say that it answers, and wait until it is to stop."""
        self._ready()
        await asyncio.wrap_future(self._stopping)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's signature
        """Drop connections instead of waiting for clients that keep theirs in a pool."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - uvicorn keeps sets, no event
            await asyncio.sleep(0)


def _listening(host: str, port: int) -> socket.socket:
    # Saying TCP out loud is what makes asyncio switch Nagle's algorithm off: 40 ms for each answer.
    listening = socket.socket(LOOPBACK[host], socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1" if host == "localhost" else host, port))
        # From here on a client's connection waits in the queue until the server is ready for it.
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ConfigurationError(f"Emulator: cannot listen on {host}, port {port}: {error.strerror}") from None
    return listening


def _tls_context(ca_file: str, names: Sequence[str]) -> ssl.SSLContext:
    """Return a context with a certificate of a new authority, whose own certificate is written down."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*LOOPBACK, *names).configure_cert(context)  # pyright: ignore[reportUnknownMemberType] - knows pyOpenSSL too
    return context


def _config(application: Application, context: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        application,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=600,
    )
    config.load()
    # uvicorn takes files; the context has a key that was never in one of ours.
    config.ssl = context
    return config
