"""Renegotiation by the server (TLS 1.2), which the program openssl can request; Python's servers cannot."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.loops import on_a_loop
from tests.support.senders import CA, QUICK, TRUSTING, post
from wsclient._core.errors import ConnectionLostError
from wsclient._pipeline.transport.http_transport import HttpTransport

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

OPENSSL = shutil.which("openssl")
RENEGOTIATE = b"r\n"
"""Command of `openssl s_server` on its standard input."""

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs the program openssl")


@asynccontextmanager
async def _renegotiating(folder: Path) -> AsyncGenerator[str]:
    """Run a server that requests a second handshake when it has read a request; yield its URL."""
    pem = folder / "server.pem"
    CA.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(pem))
    server = await asyncio.create_subprocess_exec(
        *(str(OPENSSL), "s_server", "-accept", "127.0.0.1:0", "-tls1_2", "-cert", str(pem), "-key", str(pem)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    stdin, stdout = server.stdin, server.stdout

    async def answer() -> None:
        await stdout.readuntil(b"content-length")
        stdin.write(RENEGOTIATE)

    task = None
    try:
        line = await stdout.readuntil(b"\n")
        while not line.startswith(b"ACCEPT"):
            line = await stdout.readuntil(b"\n")
        task = asyncio.create_task(answer())
        yield f"https://localhost:{line.rpartition(b':')[2].decode().strip()}/"
    finally:
        server.kill()
        await server.wait()
        if task is not None:
            task.cancel()
            await asyncio.wait({task})


@on_a_loop
async def test_refused_renegotiation_is_the_reason_of_the_loss(tmp_path: Path) -> None:
    """A server that asks for a second handshake, as for a client certificate, is told from one that just closes."""
    async with _renegotiating(tmp_path) as url:
        sender = HttpTransport(TRUSTING)
        with pytest.raises(ConnectionLostError, match=r"refused to renegotiate TLS 1\.2: the server may") as caught:
            await sender.send(post(url), QUICK)
        assert (caught.value.is_ambiguous, caught.value.is_transient) == (True, False)
        await sender.aclose()
