"""What needs the extra wsclient[testing], imported only when an emulator runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient.testing._server.server import Server
    from wsclient.testing._state.world import EmulatorState


def new_server(
    answer: Callable[[HttpRequest], HttpResponse],
    host: str,
    port: int,
    *,
    is_tls: bool = True,
    names: Sequence[str] = (),
) -> Server:
    """Return a server that answers so; raises ConfigurationError where the extra is not installed."""
    with _needing_the_extra():
        from wsclient.testing._server.server import Server  # noqa: PLC0415 - only a running emulator needs the extra
    return Server(answer, host, port, is_tls=is_tls, names=names)


def services_of(world: EmulatorState) -> Callable[[HttpRequest], HttpResponse]:
    """Return what answers for the services; raises ConfigurationError where the extra is not installed."""
    with _needing_the_extra():
        from wsclient.testing._server.dispatcher import answer  # noqa: PLC0415 - it speaks CBOR, which comes with the extra
    return lambda request: answer(world, request)


@contextmanager
def _needing_the_extra() -> Generator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Emulator: the package {error.name} is missing; install it with: pip install 'wsclient[testing]'"
        ) from None
