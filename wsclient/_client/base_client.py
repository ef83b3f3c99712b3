"""What the client of every service does: takes settings, opens late, sends, copies cheaply, closes."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeVar, cast

import msgspec

from wsclient._client.builder import SharedState, client_pipeline, rebuild_pipeline, sts_route
from wsclient._client.options import CALL_OPTIONS, resolve_config
from wsclient._client.pagination import Paginator
from wsclient._core.clock import new_id
from wsclient._core.errors import ConfigurationError, RequestValidationError
from wsclient._core.model.operations import Effect
from wsclient._core.model.structures import Output, StringInterner, Structure
from wsclient._core.model.validation import validate as look_at
from wsclient._core.utils import ShallowCopyMixin
from wsclient._pipeline.call import Call
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER
from wsclient._pipeline.transport.factory import TransportCache, TransportFactory
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient.config._settings import ARGUMENT
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.endpoints._from_config import endpoint_parameters, sts_endpoint_parameters
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.pacing._pace import PaceState

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from types import TracebackType
    from typing import Never, Unpack

    from wsclient._client.account_guard import Identity
    from wsclient._client.options import ClientOptions
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.http import Timeout
    from wsclient._core.model.operations import Operation, Service
    from wsclient._pipeline.instrumentation import Instrumentation
    from wsclient._pipeline.pipeline import Pipeline
    from wsclient._pipeline.reconciliation import Reconciler
    from wsclient._pipeline.transport.dialer import Dialer
    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.config._client_config import ClientConfig
    from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
    from wsclient.endpoints._types import EndpointParameters, StsRouting
    from wsclient.middleware import Middleware
    from wsclient.pacing._pace import Pace, Priority
    from wsclient.retries._policy import RetryEvent, RetryPolicy
    from wsclient.tls._inspection import NegotiatedTLS
    from wsclient.tls._policy import TLSPolicy

Extra = Mapping[str, object]
"""Members newer than the model, in AWS's names."""
OutputT = TypeVar("OutputT", bound=Output)
PageT = TypeVar("PageT", bound=Output)
ItemT = TypeVar("ItemT")
ClientT = TypeVar("ClientT", bound="BaseClient")

READ_PREFIXES = ("Describe", "List", "Get")
"""Operations newer than the model that are named so are taken to change nothing."""


class BaseClient(ShallowCopyMixin, ABC):
    """A client of one service. It opens at its first call; `async with` or aclose() closes it."""

    _service: ClassVar[Service]
    _pipeline: Pipeline
    _identity: CredentialsProvider
    _shared: SharedState
    _closeables: tuple[HttpTransport | TransportCache, ...]
    _dialer: Dialer = SYSTEM_DIALER

    def __init__(
        self,
        *,
        region: str | None = None,
        endpoint_url: str | None = None,
        vpc_endpoint: str | VpcEndpoint | None = None,
        private_dns: bool | PrivateDns | None = None,
        use_fips: bool | None = None,
        use_dualstack: bool | None = None,
        allow_unlisted: bool = False,
        allow_http: bool = False,
        sts: StsRouting | None = None,
        profile: str | None = None,
        credentials: Credentials | CredentialsProvider | None = None,
        expected_account: str | None = None,
        read_only: bool = False,
        retry: RetryPolicy | None = None,
        pace: Pace | Literal["auto"] | None = "auto",
        priority: Priority = "interactive",
        tls: TLSPolicy | ssl.SSLContext | None = None,
        timeout: Timeout | None = None,
        max_connections: int | None = None,
        proxy: str | None = None,
        app_id: str | None = None,
        middleware: Sequence[Middleware] = (),
        telemetry: Instrumentation | None = None,
        on_retry: Callable[[RetryEvent], None] | None = None,
        transport: Transport | None = None,
        config: ClientConfig | None = None,
    ) -> None:
        """Take what the client is told; nothing is looked up or sent.

        Args:
            region: AWS region, as us-west-2; rules host and signature.
            endpoint_url: a URL to call instead; https only unless allow_http.
            vpc_endpoint: id of an interface endpoint (PrivateLink), or a VpcEndpoint.
            private_dns: True or a PrivateDns: the public host, and only while it is reached at private addresses.
            use_fips, use_dualstack: ask for FIPS and dual-stack hosts.
            allow_unlisted: let through regions in which AWS lists no such endpoint.
            allow_http: permit plain http to loopback, private addresses and single-label hosts.
            sts: where the STS calls that make or check credentials go.
            profile: profile of the AWS files; an explicit one beats keys in the environment.
            credentials: Credentials or a CredentialsProvider; otherwise the default chain looks for some.
            expected_account: 12-digit account; credentials of another one are refused before the first call.
            read_only: refuse every operation that changes something, before it is sent.
            retry: a RetryPolicy; standard mode with 3 attempts unless configured otherwise.
            pace: "auto" lets calls run free until AWS throttles one, and learns from there how fast they may go; a Pace
                is kept from the first call on; None paces nothing. Shared by all clients of an account and region.
            priority: "background" lets the calls of others go first while they all wait for the pace.
            tls: a TLSPolicy, or an ssl.SSLContext, which is inspected.
            timeout: a Timeout, in seconds for each phase; without it connect=5, read=60, write=30, and no total.
            max_connections: how many connections may be open at once; 50 unless said.
            proxy: an http(s) URL of a proxy; HTTPS_PROXY and NO_PROXY are read otherwise.
            app_id: a name of up to 50 characters in the User-Agent, for CloudTrail.
            middleware: async functions that stand around each attempt, the first outermost: see wsclient.middleware.
            telemetry: a wsclient.telemetry.OpenTelemetry, for spans and metrics.
            on_retry: called with a RetryEvent before each pause.
            transport: an httpx.AsyncBaseTransport that carries the requests instead.
            config: settings that were loaded already, with their profile; credentials are still looked for in the
                process's own environment and files.

        Raises ConfigurationError, EndpointResolutionError or TLSPolicyError for settings that cannot be.
        """
        options: ClientOptions = {
            "region": region,
            "endpoint_url": endpoint_url,
            "vpc_endpoint": vpc_endpoint,
            "private_dns": private_dns,
            "use_fips": use_fips,
            "use_dualstack": use_dualstack,
            "allow_unlisted": allow_unlisted,
            "allow_http": allow_http,
            "sts": sts,
            "profile": profile,
            "credentials": credentials,
            "expected_account": expected_account,
            "read_only": read_only,
            "retry": retry,
            "pace": pace,
            "priority": priority,
            "tls": tls,
            "timeout": timeout,
            "max_connections": max_connections,
            "proxy": proxy,
            "app_id": app_id,
            "middleware": middleware,
            "telemetry": telemetry,
            "on_retry": on_retry,
            "transport": transport,
            "config": config,
        }
        self._set_up(options)

    def _set_up(self, options: ClientOptions, beside: Self | None = None, *, is_same_identity: bool = False) -> None:
        """Take the options; what the client beside has already, connections and quota, is shared where it can be."""
        self._options = options
        self.config = resolve_config(self._service, options)
        """Every setting, and where its value came from."""
        network = TransportFactory(
            config=self.config,
            tls=options.get("tls"),
            transport=options.get("transport"),
            max_connections=options.get("max_connections"),
            dialer=self._dialer,
        )
        self._parameters = self._routing()
        self.endpoint = resolve_endpoint(self._parameters)
        """Where requests go, known before the first call."""
        self._transports = TransportCache(lambda: network)
        settings = network.for_endpoint(self.endpoint, self._parameters)
        if beside is not None and beside._shared.transport.settings == settings:  # noqa: SLF001 - a client of this class
            self._shared, self._closeables = beside._shared, (self._transports,)  # noqa: SLF001 - as above
        else:
            self._shared = SharedState(transport=HttpTransport(settings))
            self._closeables = (self._shared.transport, self._transports)
        profile = self._named_profile()
        # Nothing here holds the client: one that is dropped goes at once, and its connections with it.
        road = partial(
            sts_route, self._service, options, self.config, self._parameters, network, self._transports, profile
        )
        self._provider_context = provider_context(profile=profile, transports=self._transports, sts_route=road)
        theirs = beside._identity if beside is not None and is_same_identity else None  # noqa: SLF001 - as above
        self._identity = theirs or self._given_identity()
        self._pipeline = client_pipeline(
            self._service, options, self.config, self.endpoint, self._shared, self._identity, self._provider_context
        )

    def _routing(self) -> EndpointParameters:
        """Return what is asked of the endpoint; a road to STS that cannot be is refused now, not at its first call."""
        options = self._options
        parameters = endpoint_parameters(
            self._service.name,
            self.config,
            vpc_endpoint=options.get("vpc_endpoint"),
            private_dns=options.get("private_dns"),
            allow_unlisted=options.get("allow_unlisted", False),
            allow_http=options.get("allow_http", False),
        )
        if (routing := options.get("sts")) is not None:
            resolve_endpoint(sts_endpoint_parameters(parameters, routing, None))
        return parameters

    def _named_profile(self) -> str | None:
        """Return the profile that the caller named: settings loaded for one go with that one's credentials."""
        chosen = self.config.profile
        return chosen.value if chosen.source == ARGUMENT else self._options.get("profile")

    def _given_identity(self) -> CredentialsProvider:
        given = self._options.get("credentials")
        if given is not None:
            return as_provider(given)
        from wsclient.credentials.chain import default_chain  # noqa: PLC0415 - who gives credentials needs no provider

        return default_chain(profile=self._named_profile())

    def with_options(self, **changes: Unpack[ClientOptions]) -> Self:
        """Return a client with some options changed, cheaply: connections and quota are shared where they can be.

        Credentials that were found are shared too, unless the change is about them. Closing the copy leaves shared
        connections open; they close with the client that opened them. A change of how calls are made (retry, timeout,
        pace, priority, middleware, telemetry, on_retry, read_only) is cheap enough for a single call:
        `await ws.with_options(retry=RetryPolicy(max_attempts=10)).describe_workspaces()`.
        """
        if changes.keys() <= CALL_OPTIONS:
            return self._with_call_options(changes)
        config = self._options.get("config") if "profile" in changes else self.config
        merged: ClientOptions = {**self._options, "config": config, **changes}
        other = type(self).__new__(type(self))
        other._dialer = self._dialer  # noqa: SLF001 - a client of this class
        is_same_identity = not changes.keys() & {"credentials", "profile", "config"}
        other._set_up(merged, self, is_same_identity=is_same_identity)  # noqa: SLF001 - a client of this class
        return other

    def _with_call_options(self, changes: ClientOptions) -> Self:
        other = copy(self)
        options: ClientOptions = {**self._options, **changes}
        pipeline = rebuild_pipeline(self._pipeline, options, self.config, self._shared)
        other._options, other._closeables, other._pipeline = options, (), pipeline  # noqa: SLF001 - a client of this class
        return other

    async def whoami(self) -> Identity:
        """Ask STS whose credentials sign this client's calls: account, ARN and user id, as GetCallerIdentity tells.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        from wsclient._client.account_guard import caller_identity  # noqa: PLC0415 - brings STS along, which few clients call

        return await caller_identity(self._provider_context.call_sts, bind(self._identity, self._provider_context))

    async def raw(self, operation: str, request: Mapping[str, object] | None = None) -> dict[str, object]:
        """Call an operation by AWS's name, with AWS's shapes both ways: for operations newer than the model.

        Nothing is validated. An operation that the model does not know is sent again after a failure only when its
        name says that it reads. The answer has boto3's ResponseMetadata.
        """
        model = self._service.operations.get(operation)
        if not operation.isascii() or not operation.isalnum():
            raise RequestValidationError(f"{operation!r} is no name of an operation; nothing was sent")
        unknown = Effect.READ if operation.startswith(READ_PREFIXES) else Effect.ONCE
        call = Call(operation, model.effect if model else unknown, model)
        self._permit(call.name, call.effect)
        return await self._pipeline.call_raw(call, request or {})

    def explain_credentials(self) -> str:
        """Say which provider gives this client's credentials, and why those before it do not; asks nothing."""
        explain = getattr(self._identity, "explain", None)
        return str(explain()) if callable(explain) else type(self._identity).__name__

    def connection_info(self) -> NegotiatedTLS | None:
        """Return what the newest connection negotiated: TLS version, suite, group, certificate, kind of endpoint.

        None before the first connection, and over plain http.
        """
        negotiated = self._pipeline.transport.last_tls
        return msgspec.structs.replace(negotiated, endpoint_kind=self.endpoint.kind) if negotiated else None

    @property
    def pace(self) -> PaceState:
        """How calls are paced now, and what was learnt about how fast they may go."""
        return self._pipeline.pacer.state() if self._pipeline.pacer else PaceState(mode="off")

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the service's clock is ahead of this machine's, negative when behind; None before the first answer.

        Measured on every answer that tells. Signatures are corrected for it when it is over four minutes.
        """
        return self._shared.skew.measured

    async def warm_up(self, connections: int) -> int:
        """Open connections ahead of the calls that will need them; return how many are open and idle.

        So the first calls of a burst wait for no handshake. max_connections is the limit. An idle connection is kept
        for 15 seconds. Through a proxy, over plain http and with transport= there is nothing to open: 0. Raises
        ConfigurationError for less than one connection, else what a call raises that cannot connect.
        """
        if type(connections) is not int or connections < 1:
            raise ConfigurationError(f"warm_up: {connections!r} is no number of connections; use a whole one from 1 on")
        return await self._shared.transport.warm_up(self.endpoint.url, connections, self._pipeline.timeout)

    async def aclose(self) -> None:
        """Close the connections. Calls made afterwards are refused."""
        for part in self._closeables:
            await part.aclose()

    async def __aenter__(self) -> Self:
        """Return the client itself: it opens at its first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    def __reduce__(self) -> Never:
        """Refuse to be pickled: connections, quota and pace belong to this process."""
        kind = type(self).__name__
        raise ConfigurationError(
            f"a {kind} is not pickled: its connections belong to this process. Send client.config and a credentials "
            f"provider, and make the client where it is used: {kind}(config=config, credentials=provider)"
        )

    def __repr__(self) -> str:
        """Say where it calls."""
        return f"<{type(self).__name__} {self.endpoint.url}, {self.endpoint.signing_region}>"

    async def _call(
        self,
        operation: Operation[Structure, OutputT],
        request: Structure,
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
        reconcile: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> OutputT:
        self._permit(operation.name, operation.effect)
        if check:
            look_at(operation.name, request)
        if operation.idempotency_token is not None and getattr(request, operation.idempotency_token) is None:
            # Made once a call, so that AWS recognises a later attempt as the same request.
            request = msgspec.structs.replace(request, **{operation.idempotency_token: new_id()})
        lookup = cast("Reconciler[OutputT]", self._reconcilers()[operation.name]) if reconcile else None
        return await self._pipeline.call(operation, request, extra, lookup)

    def _reconcilers(self) -> Mapping[str, Reconciler[Output]]:
        """Return how what operations create is found again, by operation."""
        return {}

    def _paginate(
        self,
        operation: Operation[Structure, PageT],
        request: Structure,
        items: Callable[[PageT], Sequence[ItemT]],
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
    ) -> Paginator[PageT, ItemT]:
        texts = StringInterner()

        async def fetch(token: str | None) -> PageT:
            if token is None:
                return await self._call(operation, request, extra, check)
            page = await self._call(operation, msgspec.structs.replace(request, next_token=token), extra, check)
            texts.share(items(page))
            return page

        return Paginator(operation.name, fetch, items, lambda page: getattr(page, "next_token", None))

    def _permit(self, operation: str, effect: Effect) -> None:
        if self._options.get("read_only") and effect is not Effect.READ:
            raise RequestValidationError(
                f"{operation} may change something and this client is read_only; nothing was sent",
                operation=operation,
                limit="read_only",
            )


def with_dialer(kind: type[ClientT], wires: Dialer, options: ClientOptions) -> ClientT:
    """Return a client whose connections are made by these wires: for tests, see _wires.py."""
    client = kind.__new__(kind)
    client._dialer = wires  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the seam of this module
    client._set_up(options)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return client
