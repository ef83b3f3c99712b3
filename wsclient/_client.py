"""What the client of every service does: takes settings, opens late, sends, copies cheaply, closes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self, TypedDict, TypeVar

import msgspec

from wsclient._account import AccountGuard
from wsclient._clock import new_id
from wsclient._errors import ConfigurationError, EndpointResolutionError, RequestValidationError, TLSPolicyError
from wsclient._http import Timeout
from wsclient._operation import Effect
from wsclient._pagination import Paginator
from wsclient._pipeline import Call, Pipeline
from wsclient._protocols import codec_for
from wsclient._structure import Output, Structure
from wsclient._transport import DEFAULT_MAX_CONNECTIONS, HttpSender, SenderSettings
from wsclient._user_agent import user_agent
from wsclient._validation import validate as look_at
from wsclient.config import ClientConfig, proxy_for
from wsclient.credentials import resolve_provider
from wsclient.endpoints import EndpointKind, EndpointParameters, PrivateDns, resolve_endpoint
from wsclient.retries import RetryPolicy, RetryQuota
from wsclient.signing import SigV4Signer
from wsclient.tls import TLSPolicy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Unpack

    from wsclient._operation import Operation, Service
    from wsclient._transport import Transport
    from wsclient.credentials import Credentials, CredentialsProvider
    from wsclient.endpoints import Endpoint, StsRouting, VpcEndpoint
    from wsclient.retries import RetryEvent
    from wsclient.tls import NegotiatedTLS

Extra = Mapping[str, object]
"""Members newer than the model, in AWS's names."""
OutputT = TypeVar("OutputT", bound=Output)
PageT = TypeVar("PageT", bound=Output)
ItemT = TypeVar("ItemT")

ARGUMENT = "argument"
"""How settings name the source of what the caller passed."""
READ_PREFIXES = ("Describe", "List", "Get")
"""Operations newer than the model that are named so are taken to change nothing."""
INSIDE_THE_VPC = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
"""Kinds of endpoint that a proxy would carry out of the VPC again."""


class ClientOptions(TypedDict, total=False):
    """Everything a client can be told; what is not said is decided by environment, profile and default, in turn."""

    region: str | None
    endpoint_url: str | None
    vpc_endpoint: str | VpcEndpoint | None
    private_dns: bool | PrivateDns | None
    use_fips: bool | None
    use_dualstack: bool | None
    allow_unlisted: bool
    allow_http: bool
    sts: StsRouting | None
    profile: str | None
    credentials: Credentials | CredentialsProvider | None
    expected_account: str | None
    read_only: bool
    retry: RetryPolicy | None
    tls: TLSPolicy | ssl.SSLContext | None
    timeout: Timeout | None
    max_connections: int | None
    proxy: str | None
    app_id: str | None
    on_retry: Callable[[RetryEvent], None] | None
    transport: Transport | None
    config: ClientConfig | None


class Client(ABC):
    """A client of one service. It opens at its first call; `async with` or aclose() closes it.

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
        tls: a TLSPolicy, or an ssl.SSLContext, which is inspected.
        timeout: a Timeout, in seconds for each phase.
        max_connections: how many connections may be open at once.
        proxy: an http(s) URL of a proxy; HTTPS_PROXY and NO_PROXY are read otherwise.
        app_id: a name of up to 50 characters in the User-Agent, for CloudTrail.
        on_retry: called with a RetryEvent before each pause.
        transport: an httpx.AsyncBaseTransport that carries the requests instead.
        config: settings that were loaded already, with their profile; credentials are still looked for in the
            process's own environment and files.

    Raises ConfigurationError, EndpointResolutionError or TLSPolicyError for settings that cannot be, before anything
    is looked up or sent.
    """

    _service: ClassVar[Service]

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
        tls: TLSPolicy | ssl.SSLContext | None = None,
        timeout: Timeout | None = None,
        max_connections: int | None = None,
        proxy: str | None = None,
        app_id: str | None = None,
        on_retry: Callable[[RetryEvent], None] | None = None,
        transport: Transport | None = None,
        config: ClientConfig | None = None,
    ) -> None:
        self._options: ClientOptions = {
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
            "tls": tls,
            "timeout": timeout,
            "max_connections": max_connections,
            "proxy": proxy,
            "app_id": app_id,
            "on_retry": on_retry,
            "transport": transport,
            "config": config,
        }
        self.config = _config(self._service, self._options)
        """Every setting, and where its value came from."""
        self._parameters = _parameters(self._service, self.config, self._options)
        self.endpoint = resolve_endpoint(self._parameters)
        """Where requests go, known before the first call."""
        self._read_only = read_only
        self._owns_sender = True
        self._pipeline = self._assembled()

    def _assembled(self) -> Pipeline:
        options, config, endpoint = self._options, self.config, self.endpoint
        retry = options["retry"] or _retry_policy(config)
        return Pipeline(
            service=self._service,
            codec=codec_for(self._service),
            endpoint=endpoint,
            signer=SigV4Signer(endpoint.signing_name, endpoint.signing_region),
            sender=_sender(config, endpoint, options),
            credentials=self._provider(),
            user_agent=user_agent(self._service.name, self._service.api_version, retry.mode, config.app_id.value),
            retry=retry,
            quota=RetryQuota(),
            timeout=options["timeout"] or Timeout(),
            on_retry=options["on_retry"],
        )

    def _provider(self) -> CredentialsProvider:
        chosen = self.config.profile
        # Settings that were loaded for a profile go with that profile's credentials.
        profile = chosen.value if chosen.source == ARGUMENT else self._options["profile"]
        provider = resolve_provider(self._options["credentials"], profile=profile)
        expected = self._options["expected_account"]
        return provider if expected is None else AccountGuard(provider, expected, self._account_of)

    @abstractmethod
    async def _account_of(self, credentials: Credentials) -> str:
        """Ask AWS whose credentials these are."""

    def with_options(self, **changes: Unpack[ClientOptions]) -> Self:
        """Return a client with some options changed, cheaply: connections and quota are shared where they can be.

        Closing the copy leaves shared connections open; they close with the client that opened them.
        """
        config = self._options["config"] if "profile" in changes else self.config
        merged: ClientOptions = {**self._options, "config": config, **changes}
        other = type(self)(**merged)
        if other._pipeline.sender.settings == self._pipeline.sender.settings:  # noqa: SLF001 - a client of this class
            other._pipeline = replace(other._pipeline, sender=self._pipeline.sender, quota=self._pipeline.quota)  # noqa: SLF001 - as above
            other._owns_sender = False  # noqa: SLF001 - as above
        if not changes.keys() & {"credentials", "profile", "expected_account", "sts", "config"}:
            # What was found once is not looked for again.
            other._pipeline = replace(other._pipeline, credentials=self._pipeline.credentials)  # noqa: SLF001 - as above
        return other

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

    def connection_info(self) -> NegotiatedTLS | None:
        """Return what the newest connection negotiated: TLS version, suite, certificate; None before the first."""
        return self._pipeline.sender.last_tls

    async def aclose(self) -> None:
        """Close the connections. Calls made afterwards are refused."""
        if self._owns_sender:
            await self._pipeline.sender.aclose()

    async def __aenter__(self) -> Self:
        """Return the client itself: it opens at its first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    def __repr__(self) -> str:
        """Say where it calls."""
        return f"<{type(self).__name__} {self.endpoint.url}, {self.endpoint.signing_region}>"

    async def _call(
        self,
        operation: Operation[Structure, OutputT],
        request: Structure,
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
    ) -> OutputT:
        self._permit(operation.name, operation.effect)
        if check:
            look_at(operation.name, request)
        if operation.idempotency_token is not None and getattr(request, operation.idempotency_token) is None:
            # Made once a call, so that AWS recognises a later attempt as the same request.
            request = msgspec.structs.replace(request, **{operation.idempotency_token: new_id()})
        return await self._pipeline.call(operation, request, extra)

    def _paginate(
        self,
        operation: Operation[Structure, PageT],
        request: Structure,
        items: Callable[[PageT], Sequence[ItemT]],
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
    ) -> Paginator[PageT, ItemT]:
        async def fetch(token: str | None) -> PageT:
            page = request if token is None else msgspec.structs.replace(request, next_token=token)
            return await self._call(operation, page, extra, check)

        return Paginator(operation.name, fetch, items, lambda page: getattr(page, "next_token", None))

    def _permit(self, operation: str, effect: Effect) -> None:
        if self._read_only and effect is not Effect.READ:
            raise RequestValidationError(
                f"{operation} may change something and this client is read_only; nothing was sent",
                operation=operation,
                limit="read_only",
            )


def _config(service: Service, options: ClientOptions) -> ClientConfig:
    """Return the settings: loaded from environment and files, or given; what the caller says goes before either."""
    given = options["config"]
    if given is not None and options["profile"] not in {None, given.profile.value}:
        raise ConfigurationError(
            f"profile={options['profile']!r} and config= of profile {given.profile.value!r} name two identities; "
            "load the config with that profile"
        )
    if given is None:
        return ClientConfig.load(
            service.name,
            region=options["region"],
            profile=options["profile"],
            endpoint_url=options["endpoint_url"],
            use_fips=options["use_fips"],
            use_dualstack=options["use_dualstack"],
            proxy=options["proxy"],
            app_id=options["app_id"],
        )
    return given.override(
        region=options["region"],
        endpoint_url=options["endpoint_url"],
        use_fips=options["use_fips"],
        use_dualstack=options["use_dualstack"],
        proxy=options["proxy"],
        app_id=options["app_id"],
    )


def _parameters(service: Service, config: ClientConfig, options: ClientOptions) -> EndpointParameters:
    chosen = options["vpc_endpoint"] or options["private_dns"]
    url = config.endpoint_url.value
    if chosen and config.endpoint_url.source != ARGUMENT and "-fips" not in (url or ""):
        # A URL out of the environment never overrules where the caller said requests go; one that asks for FIPS is
        # not passed over, but refused with the rest.
        url = None
    return EndpointParameters(
        service=service.name,
        region=config.region.value,
        use_fips=config.use_fips.value,
        use_dualstack=config.use_dualstack.value,
        vpc_endpoint=options["vpc_endpoint"],
        private_dns=options["private_dns"],
        endpoint_url=url,
        allow_unlisted=options["allow_unlisted"],
        allow_http=options["allow_http"],
        sources={
            "region": config.region.source,
            "use_fips": config.use_fips.source,
            "use_dualstack": config.use_dualstack.source,
            "endpoint_url": config.endpoint_url.source,
        },
    )


def _retry_policy(config: ClientConfig) -> RetryPolicy:
    return RetryPolicy(mode=config.retry_mode.value, max_attempts=config.max_attempts.value)


def _sender(config: ClientConfig, endpoint: Endpoint, options: ClientOptions) -> HttpSender:
    tls, private_dns = options["tls"], options["private_dns"]
    policy = tls if isinstance(tls, TLSPolicy) else _default_policy(config)
    if endpoint.is_fips:
        policy = replace(policy, fips_ciphers=True)
    return HttpSender(
        SenderSettings(
            policy=policy,
            context=None if tls is None or isinstance(tls, TLSPolicy) else tls,
            proxy=_proxy(config, endpoint),
            max_connections=options["max_connections"] or DEFAULT_MAX_CONNECTIONS,
            transport=options["transport"],
            private_dns=PrivateDns() if private_dns is True else private_dns or None,
        )
    )


def _default_policy(config: ClientConfig) -> TLSPolicy:
    try:
        return TLSPolicy(ca_file=config.ca_bundle.value)
    except TLSPolicyError as error:
        raise TLSPolicyError(f"{error} (set by {config.ca_bundle.source})") from None


def _proxy(config: ClientConfig, endpoint: Endpoint) -> str | None:
    """Return the proxy to go through: none into a VPC, for it would carry the call out and resolve the name itself."""
    if endpoint.kind in INSIDE_THE_VPC:
        if config.https_proxy.source == ARGUMENT:
            raise EndpointResolutionError(
                f"proxy= conflicts with a {endpoint.kind} endpoint: the proxy would carry the call out of the VPC"
            )
        return None
    return proxy_for(endpoint.url, config.https_proxy.value, config.no_proxy.value)
