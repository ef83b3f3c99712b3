"""One server for a whole test session, begun when a test first needs it: its emulators answer one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.http import HttpResponse
from wsclient.testing._emulator.emulator import Emulator
from wsclient.testing._server.extras import new_server, services_of
from wsclient.testing._server.host_names import certified_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from wsclient._core.http import HttpRequest
    from wsclient.testing._plugin.marker import EmulatorOptions
    from wsclient.testing._server.server import Server

_NOBODY = HttpResponse(503, (("content-type", "text/plain"),), b"no emulator is running\n")


class SharedServer:
    """Servers, one for a set of regions, whose certificate, thread and port outlive the emulators that answer there."""

    def __init__(self) -> None:
        self._servers: dict[frozenset[str], Server] = {}
        self._answer: Callable[[HttpRequest], HttpResponse] | None = None

    def hand_over(self, answer: Callable[[HttpRequest], HttpResponse] | None) -> None:
        """Have requests answered by somebody else from now on, or by nobody."""
        self._answer = answer

    def running(self, regions: frozenset[str]) -> Server:
        """Return the server with a certificate for these regions' names, started when it is first asked for."""
        server = self._servers.get(regions)
        if server is None:
            server = new_server(self._respond, "127.0.0.1", 0, names=certified_names(regions))
            server.start()
            self._servers[regions] = server
        return server

    def stop(self) -> None:
        """Leave nothing behind; harmless when it never ran."""
        while self._servers:
            self._servers.popitem()[1].stop()

    def _respond(self, request: HttpRequest) -> HttpResponse:
        return _NOBODY if self._answer is None else self._answer(request)


class SharingEmulator(Emulator):
    """An emulator that answers at a shared server, unless it is started by itself."""

    def __init__(self, shared: SharedServer, **options: Unpack[EmulatorOptions]) -> None:
        super().__init__(**options)
        self._shared = shared
        shared.hand_over(services_of(self._world))

    def leave(self) -> None:
        """Answer no more, anywhere."""
        self.stop()
        self._shared.hand_over(None)

    def _running(self) -> Server:
        return self._server or self._shared.running(self._world.regions)
