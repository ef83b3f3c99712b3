"""Starting and stopping an emulator: loopback only, over TLS, and without leftovers."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import httpx
import pytest

from wsclient._core.errors import ConfigurationError
from wsclient.testing import Emulator
from wsclient.testing._server.lazy_dependencies import service_handler
from wsclient.testing._server.server import Server


def connect(aws: Emulator, context: ssl.SSLContext) -> tuple[str | None, str]:
    """Return TLS version and cipher of a connection."""
    port = int(aws.endpoint_url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        cipher = connection.cipher()
        return connection.version(), cipher[0] if cipher else ""


def emulator_threads() -> list[threading.Thread]:
    """Return the threads that emulators run in."""
    return [thread for thread in threading.enumerate() if thread.name == "wsclient-emulator"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_non_loopback_address_is_rejected(host: str) -> None:
    """The emulator never meets a network."""
    with pytest.raises(ConfigurationError, match="is not loopback; choose one of"):
        Emulator(host=host).start()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_server_answers_at_endpoint_url(host: str) -> None:
    """endpoint_url and ca_file are all a client needs to get through."""
    with Emulator(host=host) as aws:
        trust = ssl.create_default_context(cafile=aws.ca_file)
        answer = httpx.post(aws.endpoint_url, verify=trust, trust_env=False)
    assert (answer.status_code, aws.calls[-1].error) == (400, "UnknownOperationException")


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_server_answers_over_ipv6() -> None:
    """An IPv6 address is in brackets in the URL, and the certificate is valid for it."""
    with Emulator(host="::1") as aws:
        trust = ssl.create_default_context(cafile=aws.ca_file)
        assert aws.endpoint_url.startswith("https://[::1]:")
        assert httpx.post(aws.endpoint_url, verify=trust, trust_env=False).status_code == 400


def test_server_accepts_tls_1_2_and_newer() -> None:
    """TLS 1.3 and 1.2 with forward secrecy are spoken, 1.1 is not."""
    with Emulator() as aws:
        for version, name in ((ssl.TLSVersion.TLSv1_3, "TLSv1.3"), (ssl.TLSVersion.TLSv1_2, "TLSv1.2")):
            context = ssl.create_default_context(cafile=aws.ca_file)
            context.minimum_version = context.maximum_version = version
            spoken, cipher = connect(aws, context)
            assert spoken == name
            assert cipher.startswith(("TLS_", "ECDHE-"))
        old = ssl.create_default_context(cafile=aws.ca_file)
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connect(aws, old)


def test_stopped_server_leaves_nothing() -> None:
    """Stopping closes open connections and unfinished handshakes, and leaves no thread, file or warning."""
    with Emulator() as aws:
        trust = ssl.create_default_context(cafile=aws.ca_file)
        port = int(aws.endpoint_url.rsplit(":", 1)[1])
        half_done = socket.create_connection(("127.0.0.1", port))
        client = httpx.Client(verify=trust, trust_env=False)
        client.post(aws.endpoint_url)
        ca_file = Path(aws.ca_file)
        assert ca_file.exists()
        assert emulator_threads()
        before = time.perf_counter()
    took = time.perf_counter() - before
    client.close()
    half_done.close()
    gc.collect()
    assert took < 1
    assert not ca_file.parent.exists()
    assert emulator_threads() == []
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


def test_restarted_emulator_keeps_its_state() -> None:
    """An emulator that was stopped can be started again; its WorkSpaces and its log are still there."""
    aws = Emulator()
    for _ in range(2):
        with aws:
            with pytest.raises(ConfigurationError, match="is already running"):
                aws.start()
            aws.add_workspaces()
    aws.stop()
    store = aws._world.store(aws.account_id, aws.region)
    assert len(store.workspaces) == 2


def test_properties_of_a_stopped_emulator_raise() -> None:
    """Before the emulator runs, endpoint_url and ca_file raise ConfigurationError with the way to start it."""
    aws = Emulator()
    for name in ("endpoint_url", "ca_file"):
        with pytest.raises(ConfigurationError, match="async with"):
            getattr(aws, name)


def test_occupied_port_is_a_typed_error() -> None:
    """Two emulators cannot share a port."""
    with Emulator() as aws, pytest.raises(ConfigurationError, match=r"cannot listen on 127\.0\.0\.1, port"):
        Emulator(port=int(aws.endpoint_url.rsplit(":", 1)[1])).start()


def test_failed_start_raises_with_its_cause() -> None:
    """If the server fails in its thread, start() raises ConfigurationError with the reason as its cause."""
    server = Server(service_handler(Emulator()._world), "127.0.0.1", 0)
    server._socket.close()
    with pytest.raises(ConfigurationError, match="the server did not start") as failed:
        server.start()
    assert isinstance(failed.value.__cause__, OSError | ValueError)
    assert not Path(server.ca_file).exists()
    assert emulator_threads() == []


def test_server_answers_while_the_callers_loop_is_blocked() -> None:
    """In async with, the server runs in a thread, so it answers while the caller's event loop is blocked."""

    async def use() -> int:
        async with Emulator() as aws:
            trust = ssl.create_default_context(cafile=aws.ca_file)
            # A synchronous call that blocks this loop: the emulator answers from its own.
            return httpx.post(aws.endpoint_url, verify=trust, trust_env=False).status_code  # noqa: ASYNC210 - meant

    assert asyncio.run(use()) == 400


def test_cancelled_task_stops_its_emulator() -> None:
    """A task cancelled at any time leaves the emulator's block, and no server continues to run."""

    async def use() -> None:
        async with Emulator():
            await asyncio.Event().wait()

    async def cancel_early() -> object:
        task = asyncio.create_task(use())
        await asyncio.sleep(0)
        task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        return ended

    assert isinstance(asyncio.run(cancel_early()), asyncio.CancelledError)
    assert emulator_threads() == []


@pytest.mark.parametrize("package", ["uvicorn", "trustme", "cbor2"])
def test_missing_emulator_extra_is_named(package: str) -> None:
    """Without the extra, the module can be imported, and starting an emulator names the extra to install."""
    script = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from wsclient.testing import Emulator\n"
        "from wsclient.errors import ConfigurationError\n"
        "try: Emulator().start()\n"
        "except ConfigurationError as error: print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert f"{package} is missing" in run.stdout
    assert "wsclient[testing]" in run.stdout


def test_testing_import_loads_no_extra_package() -> None:
    """Neither wsclient nor wsclient.testing imports packages that only a running emulator needs."""
    script = (
        "import sys, wsclient.testing; print(sorted({'uvicorn', 'trustme', 'cbor2', 'botocore'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert run.stdout.strip() == "[]"


def test_emulator_repr_says_whether_it_runs() -> None:
    """It has account, region and the URL to call."""
    aws = Emulator(account_id="123456789012", region="eu-west-1")
    assert repr(aws) == "<Emulator of account 123456789012 in eu-west-1, not running>"
    with aws:
        assert repr(aws) == f"<Emulator of account 123456789012 in eu-west-1, {aws.endpoint_url}>"
