"""One server for a whole test session, begun when a test first needs it: its emulators answer one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._http import HttpResponse
from wsclient.testing._emulator import Emulator
from wsclient.testing._extra import new_server, services_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from wsclient._http import HttpRequest
    from wsclient.testing._marker import EmulatorOptions
    from wsclient.testing._server import Server

_NOBODY = HttpResponse(503, (("content-type", "text/plain"),), b"no emulator is running\n")


class SharedServer:
    """A server whose certificate, thread and port outlive the emulators that answer there."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._answer: Callable[[HttpRequest], HttpResponse] | None = None

    def hand_over(self, answer: Callable[[HttpRequest], HttpResponse] | None) -> None:
        """Have requests answered by somebody else from now on, or by nobody."""
        self._answer = answer

    def running(self) -> Server:
        """Return the server, which is started when it is first asked for."""
        if self._server is None:
            server = new_server(self._respond, "127.0.0.1", 0)
            server.start()
            self._server = server
        return self._server

    def stop(self) -> None:
        """Leave nothing behind; harmless when it never ran."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

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
        return self._server or self._shared.running()
