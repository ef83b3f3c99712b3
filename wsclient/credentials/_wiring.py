"""Makes the surroundings of providers: the real machine's, or whatever parts of it are handed in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wsclient._clock import SYSTEM_CLOCK, uniform
from wsclient._clock import sleep as real_sleep
from wsclient._network import Network, Senders
from wsclient._private_name import system_resolve
from wsclient._routing import parameters_of
from wsclient.config import ClientConfig, system_environment, system_home
from wsclient.credentials._mfa import ask_mfa_code
from wsclient.credentials._runner import run_process
from wsclient.credentials._sts_calls import StsCalls, StsRoad
from wsclient.credentials._surroundings import Surroundings
from wsclient.endpoints import resolve_endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wsclient._clock import Clock, Random, Sleep
    from wsclient._stock import Transport
    from wsclient.credentials._surroundings import AskMfaCode, RunProcess


def make_surroundings(
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
    transport: Transport | None = None,
    clock: Clock = SYSTEM_CLOCK,
    sleep: Sleep = real_sleep,
    random: Random = uniform,
    runner: RunProcess | None = None,
    ask_mfa: AskMfaCode = ask_mfa_code,
    senders: Senders | None = None,
    road_to_sts: Callable[[], StsRoad] | None = None,
) -> Surroundings:
    """Return surroundings with what is given in place of the machine's own.

    transport carries every request, to AWS and to metadata services. Without senders and road_to_sts, which a client
    makes, connections and STS are what environment and profile say; these are read when the first one is needed.
    """
    environ = system_environment() if environ is None else environ
    home = system_home(environ) if home is None else home

    def settings() -> ClientConfig:
        return ClientConfig.load("sts", environ=environ, home=home, profile=profile)

    if senders is None:
        senders = Senders(lambda: Network(config=settings(), transport=transport))
    calls = road_to_sts or partial(_configured_road, settings, senders, transport)
    return Surroundings(
        environ=environ,
        home=home,
        clock=clock,
        random=random,
        sleep=sleep,
        send=senders.send,
        send_locally=senders.send_locally,
        resolve=system_resolve,
        call_sts=StsCalls(calls, clock=clock, sleep=sleep, random=random),
        run_process=partial(run_process, environ=environ) if runner is None else runner,
        ask_mfa_code=ask_mfa,
    )


def _configured_road(settings: Callable[[], ClientConfig], senders: Senders, transport: Transport | None) -> StsRoad:
    """Return the way to STS that environment and profile say; reads files."""
    config = settings()
    parameters = parameters_of("sts", config)
    endpoint = resolve_endpoint(parameters)
    network = Network(config=config, transport=transport)
    return StsRoad(endpoint=endpoint, sender=senders.sender(network.to_endpoint(endpoint, parameters)))
