"""Lazy imports of the modules that need the extra wsclient[testing]."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient.testing._server.server import Server
    from wsclient.testing._state.emulator_state import EmulatorState


def new_server(
    handler: Callable[[HttpRequest], HttpResponse],
    host: str,
    port: int,
    *,
    is_tls: bool = True,
    names: Sequence[str] = (),
) -> Server:
    """Return a server for a request handler. Raises ConfigurationError if the extra is not installed."""
    with _extra_required():
        from wsclient.testing._server.server import Server  # noqa: PLC0415 - uvicorn and trustme come with the extra
    return Server(handler, host, port, is_tls=is_tls, names=names)


def service_handler(world: EmulatorState) -> Callable[[HttpRequest], HttpResponse]:
    """Return the request handler of the services. Raises ConfigurationError if the extra is not installed."""
    with _extra_required():
        from wsclient.testing._server.dispatcher import handle_request  # noqa: PLC0415 - it speaks CBOR, which comes with the extra
    return lambda request: handle_request(world, request)


@contextmanager
def _extra_required() -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Emulator: the package {error.name} is missing; install it with: pip install 'wsclient[testing]'"
        ) from None
