"""Puts a client's parts together: the pipeline of its calls, and its road to STS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wsclient._client.options import middleware_of, retry_policy
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import Timeout
from wsclient._core.protocols import codec_for
from wsclient._pipeline.clock_skew import ClockSkew
from wsclient._pipeline.pipeline import Pipeline
from wsclient._pipeline.user_agent import user_agent
from wsclient.config._client_config import ClientConfig
from wsclient.credentials._internal.base import bound
from wsclient.credentials._internal.sts_client import StsRoad
from wsclient.endpoints._from_config import sts_parameters
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.pacing._adaptive import AdaptiveLimit
from wsclient.pacing._pacer import Pacer, Place, queues_for
from wsclient.pacing._queue import PaceQueue
from wsclient.retries._policy import RetryQuota
from wsclient.signing._signer import SigV4Signer

if TYPE_CHECKING:
    from wsclient._client.options import ClientOptions
    from wsclient._core.credentials import CredentialsProvider
    from wsclient._core.model.operations import Service
    from wsclient._pipeline.instrumentation import Telemetry
    from wsclient._pipeline.transport.factory import Network, Senders
    from wsclient._pipeline.transport.http_transport import HttpSender
    from wsclient.credentials._internal.context import Surroundings
    from wsclient.endpoints._types import Endpoint, EndpointParameters


def _adaptive_queue() -> PaceQueue:
    return PaceQueue(AdaptiveLimit(SYSTEM_CLOCK.monotonic()), SYSTEM_CLOCK)


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What a client shares with its copies: connections, and what it has learnt about the service."""

    sender: HttpSender
    quota: RetryQuota = msgspec.field(default_factory=RetryQuota)
    skew: ClockSkew = msgspec.field(default_factory=ClockSkew)
    adaptive: PaceQueue = msgspec.field(default_factory=_adaptive_queue)


def pipeline_of(
    service: Service,
    options: ClientOptions,
    config: ClientConfig,
    endpoint: Endpoint,
    shared: Shared,
    credentials: CredentialsProvider,
    surroundings: Surroundings,
) -> Pipeline:
    """Return the way of a client's calls."""
    provider = bound(credentials, surroundings)
    expected = options.get("expected_account")
    retry = retry_policy(options, config)
    return Pipeline(
        service=service,
        codec=codec_for(service),
        endpoint=endpoint,
        signer=SigV4Signer(endpoint.signing_name, endpoint.signing_region),
        sender=shared.sender,
        credentials=provider if expected is None else _guarded(provider, expected, surroundings),
        user_agent=user_agent(service.name, service.api_version, retry.mode, config.app_id.value),
        retry=retry,
        quota=shared.quota,
        timeout=options.get("timeout") or Timeout(),
        pacer=_pacer(service, options, endpoint, shared, is_adaptive=retry.mode == "adaptive"),
        skew=shared.skew,
        middleware=middleware_of(options),
        telemetry=_watching(options, service, endpoint, shared),
        on_retry=options.get("on_retry"),
    )


def _guarded(provider: CredentialsProvider, expected: str, surroundings: Surroundings) -> CredentialsProvider:
    from wsclient._client.account_guard import AccountGuard  # noqa: PLC0415 - brings STS along, which few clients call

    return AccountGuard(provider, expected, surroundings.call_sts)


def called_otherwise(pipeline: Pipeline, options: ClientOptions, config: ClientConfig, shared: Shared) -> Pipeline:
    """Return the same way for calls that are made otherwise: see OF_CALLS."""
    retry, service = retry_policy(options, config), pipeline.service
    return msgspec.structs.replace(
        pipeline,
        retry=retry,
        user_agent=user_agent(service.name, service.api_version, retry.mode, config.app_id.value),
        timeout=options.get("timeout") or Timeout(),
        pacer=_pacer(service, options, pipeline.endpoint, shared, is_adaptive=retry.mode == "adaptive"),
        middleware=middleware_of(options),
        telemetry=_watching(options, service, pipeline.endpoint, shared),
        on_retry=options.get("on_retry"),
    )


def _watching(options: ClientOptions, service: Service, endpoint: Endpoint, shared: Shared) -> Telemetry | None:
    """Return what watches the calls, once it knows what they share."""
    telemetry = options.get("telemetry")
    if telemetry is not None:
        if not hasattr(telemetry, "watch"):
            kind = type(telemetry).__name__
            raise ConfigurationError(f"telemetry= takes a wsclient.telemetry.OpenTelemetry(), not a {kind}")
        telemetry.watch(service, endpoint, shared.sender, shared.quota)
    return telemetry


def _pacer(service: Service, options: ClientOptions, endpoint: Endpoint, shared: Shared, *, is_adaptive: bool) -> Pacer:
    custom_url = endpoint.url if endpoint.kind is EndpointKind.CUSTOM else None
    return Pacer(
        options.get("pace", "auto"),
        Place(service.name, endpoint.signing_region, custom_url),
        queues_for(shared.sender.settings.transport),
        adaptive=shared.adaptive if is_adaptive else None,
        priority=options.get("priority", "interactive"),
    )


def road_to_sts(
    service: Service,
    options: ClientOptions,
    config: ClientConfig,
    beside: EndpointParameters,
    network: Network,
    senders: Senders,
    profile: str | None,
) -> StsRoad:
    """Return how STS is reached beside a client; reads files, so it is called in a thread."""
    routing = options.get("sts")
    if service.name == "sts" and routing is None:
        parameters = beside
    else:
        settings = ClientConfig.load("sts", profile=profile, region=beside.region)
        parameters = sts_parameters(beside, routing, settings)
    endpoint = resolve_endpoint(parameters)
    return StsRoad(
        endpoint=endpoint,
        sender=senders.sender(network.to_endpoint(endpoint, parameters)),
        retry=retry_policy(options, config),
        timeout=options.get("timeout") or Timeout(),
        app_id=config.app_id.value,
    )
