"""Server shared by the emulators of a test session, which use it one after another; started on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.http import HttpResponse
from wsclient.testing._emulator.emulator import Emulator
from wsclient.testing._server.host_names import certified_names
from wsclient.testing._server.lazy_dependencies import new_server, service_handler

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from wsclient._core.http import HttpRequest
    from wsclient.testing._plugin.marker import EmulatorOptions
    from wsclient.testing._server.server import Server

_NO_EMULATOR = HttpResponse(503, (("content-type", "text/plain"),), b"no emulator is running\n")


class SharedServer:
    """Servers, one for each set of regions, whose certificate, thread and port outlive the emulators that use them."""

    def __init__(self) -> None:
        self._servers: dict[frozenset[str], Server] = {}
        self._handler: Callable[[HttpRequest], HttpResponse] | None = None

    def set_handler(self, handler: Callable[[HttpRequest], HttpResponse] | None) -> None:
        """Set the request handler; with None the servers answer 503."""
        self._handler = handler

    def server_for_regions(self, regions: frozenset[str]) -> Server:
        """Return the server whose certificate covers these regions' host names; start it on first use."""
        server = self._servers.get(regions)
        if server is None:
            server = new_server(self._respond, "127.0.0.1", 0, names=certified_names(regions))
            server.start()
            self._servers[regions] = server
        return server

    def stop(self) -> None:
        """Stop all servers and release their resources; safe if none runs."""
        while self._servers:
            self._servers.popitem()[1].stop()

    def _respond(self, request: HttpRequest) -> HttpResponse:
        return _NO_EMULATOR if self._handler is None else self._handler(request)


class SharingEmulator(Emulator):
    """Emulator served by a shared server, unless the test starts it with a server of its own."""

    def __init__(self, shared: SharedServer, **options: Unpack[EmulatorOptions]) -> None:
        super().__init__(**options)
        self._shared = shared
        shared.set_handler(service_handler(self._world))

    def detach(self) -> None:
        """Stop the emulator's own server, if any, and detach the emulator from the shared server."""
        self.stop()
        self._shared.set_handler(None)

    def _running_server(self) -> Server:
        return self._server or self._shared.server_for_regions(self._world.regions)
