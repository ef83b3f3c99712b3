"""Builder of clients: configuration, endpoint, connections, credentials and pipeline from a client's options."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from wsclient._client.resolved_options import resolve_config, resolve_middleware, retry_policy
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.http import Timeout
from wsclient._core.lazy_imports import LazyModule
from wsclient._pipeline.builder import build_pipeline
from wsclient._pipeline.clock_skew import ClockSkew
from wsclient._pipeline.transport.factory import TransportCache, TransportFactory
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient._pipeline.user_agent import user_agent
from wsclient.config._settings import ARGUMENT
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.sts_client import StsRoute
from wsclient.endpoints._from_config import endpoint_parameters
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import EndpointKind
from wsclient.pacing._adaptive import AdaptiveRateLimit
from wsclient.pacing._pacer import Pacer, RateLimitKey, queues_for_transport
from wsclient.pacing._queue import RateLimitQueue
from wsclient.retries._policy import RetryQuota

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._client.client_options import CheckedOptions
    from wsclient._core.credentials import CredentialsProvider
    from wsclient._core.model.operations import Service
    from wsclient._pipeline.instrumentation import Instrumentation
    from wsclient._pipeline.pipeline import Pipeline
    from wsclient._pipeline.transport.dialer import Dialer
    from wsclient.config._client_config import ClientConfig
    from wsclient.credentials._internal.context import ProviderContext
    from wsclient.endpoints import _other_services as other_services
    from wsclient.endpoints._types import Endpoint, EndpointParameters
else:
    other_services = LazyModule("wsclient.endpoints._other_services")


def _adaptive_queue() -> RateLimitQueue:
    return RateLimitQueue(AdaptiveRateLimit(SYSTEM_CLOCK.monotonic()), SYSTEM_CLOCK)


class SharedState(msgspec.Struct, frozen=True, kw_only=True):
    """State that a client shares with its copies: connections, retry quota, clock skew and adaptive rate limit."""

    transport: HttpTransport
    quota: RetryQuota = msgspec.field(default_factory=RetryQuota)
    skew: ClockSkew = msgspec.field(default_factory=ClockSkew)
    adaptive: RateLimitQueue = msgspec.field(default_factory=_adaptive_queue)


class ClientParts(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of a client: its settings, endpoint, connections, credentials and pipeline.

    closeables are the transports that closing the client closes.
    """

    config: ClientConfig
    endpoint: Endpoint
    shared: SharedState
    closeables: tuple[HttpTransport | TransportCache, ...]
    identity: CredentialsProvider
    provider_context: ProviderContext
    pipeline: Pipeline


def build_client(
    service: Service,
    options: CheckedOptions,
    *,
    environ: Mapping[str, str] | None,
    dialer: Dialer,
    has_given_config: bool,
    shared: SharedState | None,
    identity: CredentialsProvider | None,
) -> ClientParts:
    """Resolve the options of a client, without network access, and return its parts.

    shared is the state of the client that this one is a copy of, used if the transport settings are equal; identity is
    the provider of that client if the credentials are the same.
    """
    config = resolve_config(service, options, environ)
    factory = TransportFactory(
        config=config,
        tls=options.get("tls"),
        transport=options.get("transport"),
        max_connections=options.get("max_connections"),
        dialer=dialer,
    )
    parameters = resolve_parameters(service, options, config)
    endpoint = resolve_endpoint(parameters)
    transports = TransportCache(lambda: factory)
    settings = factory.for_endpoint(endpoint, parameters)
    closeables: tuple[HttpTransport | TransportCache, ...] = (transports,)
    if shared is None or shared.transport.settings != settings:
        shared = SharedState(transport=HttpTransport(settings))
        closeables = (shared.transport, transports)
    # No reference to the client: without a cycle, a dropped client is freed immediately, and its connections with it.
    context = provider_context(
        environ=environ,
        transports=transports,
        sts_route=partial(sts_route, service, options, config, parameters, factory, transports),
        config=config,
        has_given_config=has_given_config,
    )
    identity = identity or _resolve_provider(options, config)
    return ClientParts(
        config=config,
        endpoint=endpoint,
        shared=shared,
        closeables=closeables,
        identity=identity,
        provider_context=context,
        pipeline=client_pipeline(service, options, config, endpoint, shared, identity, context),
    )


def resolve_parameters(service: Service, options: CheckedOptions, config: ClientConfig) -> EndpointParameters:
    """Return the endpoint parameters; check the STS routing too, so that its errors are raised at creation."""
    parameters = endpoint_parameters(
        service.name,
        config,
        vpc_endpoint=options.get("vpc_endpoint"),
        private_dns=options.get("private_dns"),
        allow_unlisted=options.get("allow_unlisted", False),
        allow_http=options.get("allow_http", False),
    )
    if (routing := options.get("sts")) is not None:
        resolve_endpoint(other_services.sts_endpoint_parameters(parameters, routing, None))
    return parameters


def _resolve_provider(options: CheckedOptions, config: ClientConfig) -> CredentialsProvider:
    credentials = options.get("credentials")
    if credentials is not None:
        return as_provider(credentials)
    from wsclient.credentials.chain import default_chain  # noqa: PLC0415 - not needed with credentials=

    return default_chain(profile=_named_profile(options, config))


def _named_profile(options: CheckedOptions, config: ClientConfig) -> str | None:
    """Return the profile that the caller named, directly or by config=, whose credentials belong together."""
    return config.profile.value if config.profile.source == ARGUMENT else options.get("profile")


def client_pipeline(
    service: Service,
    options: CheckedOptions,
    config: ClientConfig,
    endpoint: Endpoint,
    shared: SharedState,
    credentials: CredentialsProvider,
    context: ProviderContext,
) -> Pipeline:
    """Return the pipeline of a client's calls."""
    provider = bind(credentials, context)
    expected = options.get("expected_account")
    retry = retry_policy(options, config)
    return build_pipeline(
        service=service,
        endpoint=endpoint,
        transport=shared.transport,
        credentials=provider if expected is None else _guard_account(provider, expected, context),
        retry=retry,
        timeout=options.get("timeout") or Timeout(),
        app_id=config.app_id.value,
        quota=shared.quota,
        skew=shared.skew,
        pacer=_pacer(service, options, endpoint, shared, is_adaptive=retry.mode == "adaptive"),
        middleware=resolve_middleware(options),
        telemetry=_instrument(options, service, endpoint, shared),
        on_retry=options.get("on_retry"),
        environ=context.environ,
    )


def _guard_account(provider: CredentialsProvider, expected: str, context: ProviderContext) -> CredentialsProvider:
    from wsclient._client.account_guard import AccountGuard  # noqa: PLC0415 - imports STS, which few clients need

    return AccountGuard(provider, expected, context.call_sts)


def rebuild_pipeline(
    pipeline: Pipeline, options: CheckedOptions, config: ClientConfig, shared: SharedState
) -> Pipeline:
    """Return a copy of a pipeline for other call options: see CALL_OPTIONS."""
    retry, service = retry_policy(options, config), pipeline.service
    return msgspec.structs.replace(
        pipeline,
        retry=retry,
        user_agent=user_agent(service.name, service.api_version, retry.mode, config.app_id.value, pipeline.endpoint),
        timeout=options.get("timeout") or Timeout(),
        pacer=_pacer(service, options, pipeline.endpoint, shared, is_adaptive=retry.mode == "adaptive"),
        middleware=resolve_middleware(options),
        telemetry=_instrument(options, service, pipeline.endpoint, shared),
        on_retry=options.get("on_retry"),
    )


def _instrument(
    options: CheckedOptions, service: Service, endpoint: Endpoint, shared: SharedState
) -> Instrumentation | None:
    """Return the instrumentation of the calls, with the client's transport and quota registered, or None."""
    telemetry = options.get("telemetry")
    if telemetry is not None:
        telemetry.watch(service, endpoint, shared.transport, shared.quota)
    return telemetry


def _pacer(
    service: Service, options: CheckedOptions, endpoint: Endpoint, shared: SharedState, *, is_adaptive: bool
) -> Pacer:
    custom_url = endpoint.url if endpoint.kind is EndpointKind.CUSTOM else None
    return Pacer(
        options.get("pace", "auto"),
        RateLimitKey(service.name, endpoint.signing_region, custom_url),
        queues_for_transport(shared.transport.settings.transport),
        adaptive=shared.adaptive if is_adaptive else None,
        priority=options.get("priority", "interactive"),
    )


def sts_route(
    service: Service,
    options: CheckedOptions,
    config: ClientConfig,
    parameters: EndpointParameters,
    factory: TransportFactory,
    transports: TransportCache,
) -> StsRoute:
    """Return the route for a client's STS calls; the configuration of the client decides alone."""
    routing = options.get("sts")
    if service.name != "sts" or routing is not None:
        settings = msgspec.structs.replace(config, endpoint_url=config.sts_endpoint_url)
        parameters = other_services.sts_endpoint_parameters(parameters, routing, settings)
    endpoint = resolve_endpoint(parameters)
    return StsRoute(
        endpoint=endpoint,
        transport=transports.get(factory.for_endpoint(endpoint, parameters)),
        retry=retry_policy(options, config),
        timeout=options.get("timeout") or Timeout(),
        app_id=config.app_id.value,
    )
