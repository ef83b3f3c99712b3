"""Makes the surroundings of providers: the real machine's, or whatever parts of it are handed in."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._pipeline.transport.dialer import system_resolve
from wsclient._pipeline.transport.factory import TransportCache, TransportFactory
from wsclient.config._client_config import ClientConfig, system_environment, system_home
from wsclient.credentials._internal.context import ProcessResult, ProviderContext
from wsclient.credentials._internal.mfa import ask_mfa_code
from wsclient.credentials._internal.sts_client import StsCaller, StsRoute
from wsclient.endpoints._from_config import endpoint_parameters
from wsclient.endpoints._resolver import resolve_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.credentials._internal.context import AskMfaCode, RunProcess


MAX_OUTPUT = 1024 * 1024
"""Bytes that are kept of each output; credentials are a thousandth of it."""


async def run_process(argv: Sequence[str], *, environ: Mapping[str, str]) -> ProcessResult:
    """Run a command without a shell and wait for its end; its standard input is this process's, for prompts.

    A command whose caller is cancelled is killed. Raises OSError when it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=dict(environ)
    )
    try:
        stdout, stderr = await asyncio.gather(_output(process.stdout), _output(process.stderr))
        return ProcessResult(await process.wait(), stdout, stderr)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _output(stream: asyncio.StreamReader | None) -> bytes:
    """Return the first bytes of an output, and read the rest, so that the command does not wait for a reader."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(65536)):
        kept += chunk[: MAX_OUTPUT - len(kept)]
    return bytes(kept)


def provider_context(
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
    transport: Transport | None = None,
    time: TimeSource = SYSTEM_TIME,
    runner: RunProcess | None = None,
    ask_mfa: AskMfaCode = ask_mfa_code,
    transports: TransportCache | None = None,
    sts_route: Callable[[], StsRoute] | None = None,
) -> ProviderContext:
    """Return surroundings with what is given in place of the machine's own.

    transport carries every request, to AWS and to metadata services. Without senders and road_to_sts, which a client
    makes, connections and STS are what environment and profile say; these are read when the first one is needed.
    """
    environ = system_environment() if environ is None else environ
    home = system_home(environ) if home is None else home

    def settings() -> ClientConfig:
        return ClientConfig.load("sts", environ=environ, home=home, profile=profile)

    if transports is None:
        transports = TransportCache(lambda: TransportFactory(config=settings(), transport=transport))
    calls = sts_route or partial(_configured_route, settings, transports, transport)
    return ProviderContext(
        environ=environ,
        home=home,
        time=time,
        send=transports.send,
        send_local=transports.send_local,
        resolve=system_resolve,
        call_sts=StsCaller(calls, time),
        run_process=partial(run_process, environ=environ) if runner is None else runner,
        ask_mfa_code=ask_mfa,
    )


def _configured_route(
    settings: Callable[[], ClientConfig], transports: TransportCache, transport: Transport | None
) -> StsRoute:
    """Return the way to STS that environment and profile say; reads files."""
    config = settings()
    parameters = endpoint_parameters("sts", config)
    endpoint = resolve_endpoint(parameters)
    network = TransportFactory(config=config, transport=transport)
    return StsRoute(endpoint=endpoint, transport=transports.get(network.for_endpoint(endpoint, parameters)))
