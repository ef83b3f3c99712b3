"""Logins at a proxy: one at a time until the proxy has accepted one.

Directories lock an account after a few wrong passwords. A wrong one in a proxy's URL, sent by every concurrent call of
every client, would lock the account of all programs that use it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from wsclient._core.errors import ConnectError
from wsclient._pipeline.transport.proxy_errors import AUTHENTICATION_REQUIRED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

_LOGINS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bytes, ProxyLogin]]] = WeakKeyDictionary()
"""Logins by event loop and digest of the proxy's URL, which contains the password."""


def login_at(proxy: str | None) -> ProxyLogin | None:
    """Return the login that all transports of the running event loop share; None for a proxy without a user name."""
    if proxy is None or "@" not in proxy:
        return None
    logins = _LOGINS.setdefault(asyncio.get_running_loop(), {})
    return logins.setdefault(sha256(proxy.encode()).digest(), ProxyLogin())


class ProxyLogin:
    """Login at one proxy with one user name and password, on one event loop."""

    def __init__(self) -> None:
        self._is_accepted = False
        self._first: asyncio.Future[str | bool] | None = None
        """The login in progress while none is accepted. Its result is the message of a rejection; False if it was
        cancelled, so that the next request logs in; True after any other failure, which must not delay each request.
        """

    @asynccontextmanager
    async def attempt(self, after_wait: Callable[[], None] | None = None) -> AsyncGenerator[None]:
        """Run a request in the block, which calls accept() when its tunnel is open.

        Before, it waits for a login in progress, and calls after_wait. If the proxy rejects that login, the request
        raises the same ConnectError.
        """
        is_first = await self._wait_for_first(after_wait)
        own = asyncio.get_running_loop().create_future() if is_first else None
        self._first = own or self._first
        outcome: str | bool = False
        try:
            yield
        except ConnectError as error:
            is_rejected = error.proxy_status == AUTHENTICATION_REQUIRED
            self._is_accepted = self._is_accepted and not is_rejected
            outcome = str(error) if is_rejected else True
            raise
        except Exception:
            outcome = True
            raise
        finally:
            self._end(own, outcome=outcome)

    async def _wait_for_first(self, after_wait: Callable[[], None] | None) -> bool:
        """Wait for the login in progress; return True if the caller's is to be the first one."""
        outcome: str | bool | None = None
        while not self._is_accepted and not outcome and self._first is not None:
            first = self._first
            # asyncio.wait, because the cancellation of one request must not cancel the login of another.
            await asyncio.wait({first})
            outcome = first.result()
            if isinstance(outcome, str):
                raise ConnectError(outcome, is_transient=False, proxy_status=AUTHENTICATION_REQUIRED)
        if outcome is not None and after_wait is not None:
            after_wait()
        return not self._is_accepted and not outcome

    def accept(self) -> None:
        """Record that the proxy has opened a tunnel: further logins need not wait for one another."""
        self._is_accepted = True
        self._end(self._first, outcome=True)

    def _end(self, login: asyncio.Future[str | bool] | None, *, outcome: str | bool) -> None:
        if self._first is login:
            self._first = None
        if login is not None and not login.done():
            login.set_result(outcome)
