"""Factory of the default ProviderContext: the real machine, or replacements for parts of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.lazy_imports import LazyModule
from wsclient._pipeline.transport.custom_transport import validate_transport
from wsclient._pipeline.transport.dialer import system_resolve
from wsclient._pipeline.transport.factory import TransportCache, TransportFactory
from wsclient.config._client_config import ClientConfig, system_environment, system_home
from wsclient.credentials._internal.context import ProviderContext
from wsclient.credentials._internal.sts_client import StsCaller, StsRoute
from wsclient.endpoints._from_config import endpoint_parameters
from wsclient.endpoints._resolver import resolve_endpoint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from wsclient._pipeline.transport.custom_transport import AsyncTransport
    from wsclient.credentials._internal import mfa, subprocesses
    from wsclient.credentials._internal.context import AskMfaCode, RunProcess
else:
    # Needed by roles with MFA and by credential_process only.
    mfa = LazyModule("wsclient.credentials._internal.mfa")
    subprocesses = LazyModule("wsclient.credentials._internal.subprocesses")


def _ask_mfa_code(serial_number: str) -> Awaitable[str]:
    return mfa.ask_mfa_code(serial_number)


def provider_context(
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
    transport: AsyncTransport | None = None,
    time: TimeSource = SYSTEM_TIME,
    runner: RunProcess | None = None,
    ask_mfa: AskMfaCode = _ask_mfa_code,
    transports: TransportCache | None = None,
    sts_route: Callable[[], StsRoute] | None = None,
    config: ClientConfig | None = None,
    has_given_config: bool = False,
) -> ProviderContext:
    """Return a context of this machine, with each argument in place of the machine's own part.

    transport carries every request, to AWS and to metadata services. A client passes transports, sts_route and config.
    Without them, environment and profile configure the connections and the STS endpoint, and are read at the first
    request. Raises ConfigurationError for a transport that is not asynchronous.
    """
    if transport is not None:
        validate_transport(transport)
    environ = system_environment() if environ is None else environ
    home = system_home(environ) if home is None else home

    def settings() -> ClientConfig:
        return ClientConfig.load("sts", environ=environ, home=home, profile=profile)

    if transports is None:
        transports = TransportCache(lambda: TransportFactory(config=settings(), transport=transport))
    route = sts_route or partial(_configured_route, settings, transports, transport)
    return ProviderContext(
        environ=environ,
        home=home,
        time=time,
        send=transports.send,
        send_local=transports.send_local,
        resolve=system_resolve,
        call_sts=StsCaller(route, time, environ),
        # Not a partial: its repr would show the environment.
        run_process=(lambda argv: subprocesses.run_process(argv, environ=environ)) if runner is None else runner,
        ask_mfa_code=ask_mfa,
        config=config,
        has_given_config=has_given_config,
    )


def _configured_route(
    settings: Callable[[], ClientConfig], transports: TransportCache, transport: AsyncTransport | None
) -> StsRoute:
    """Return the STS endpoint and transport that environment and profile configure; reads files."""
    config = settings()
    parameters = endpoint_parameters("sts", config)
    endpoint = resolve_endpoint(parameters)
    network = TransportFactory(config=config, transport=transport)
    return StsRoute(endpoint=endpoint, transport=transports.get(network.for_endpoint(endpoint, parameters)))
