"""BaseClient: options and methods that the client of every service has."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import timedelta
from functools import partial
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar, Unpack, cast

import msgspec

from wsclient._client.builder import SharedState, build_client, rebuild_pipeline
from wsclient._client.constructor import Constructor
from wsclient._client.option_table import CALL_OPTIONS
from wsclient._client.pagination import Paginator
from wsclient._client.resolved_options import check_options, hidden_options
from wsclient._client.wrong_arguments import explain_arguments
from wsclient._core.clock import new_id
from wsclient._core.credentials import CredentialsProvider
from wsclient._core.errors import ConfigurationError, RequestValidationError
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.model.operations import Effect, Service
from wsclient._core.model.string_interner import StringInterner
from wsclient._core.model.structures import Output, Structure
from wsclient._core.model.unknown_members import misspelt_members
from wsclient._core.model.validation import validate
from wsclient._core.tracebacks import without_locals
from wsclient._core.unawaited import refuse_plain_with
from wsclient._core.utils import ShallowCopyMixin, closest, is_mapping
from wsclient._core.value_kinds import type_name
from wsclient._pipeline.call import Call
from wsclient._pipeline.pipeline import Pipeline
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER, Dialer
from wsclient._pipeline.transport.factory import TransportCache
from wsclient._pipeline.transport.http_transport import HttpTransport
from wsclient.config._client_config import ClientConfig
from wsclient.credentials._internal.base import bind
from wsclient.pacing._pace import PaceState
from wsclient.tls._inspection import NegotiatedTLS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import Never

    from wsclient._client import account_guard, client_options
    from wsclient._client.client_options import CheckedOptions, ClientOptions
    from wsclient._core.model.operations import Operation
    from wsclient._pipeline.reconciliation import Reconciler
else:
    account_guard = LazyModule("wsclient._client.account_guard")
    client_options = LazyModule("wsclient._client.client_options")

Extra = Mapping[str, object]
"""Members newer than the model, in AWS's names."""
OutputT = TypeVar("OutputT", bound=Output)
PageT = TypeVar("PageT", bound=Output)
ItemT = TypeVar("ItemT")
ClientT = TypeVar("ClientT", bound="BaseClient")
SelfT = TypeVar("SelfT", bound="BaseClient")

READ_PREFIXES = ("Describe", "List", "Get")
"""Prefixes by which operations newer than the model count as read operations."""


# The constructor is first, where jedi, which completes in notebooks, finds it: it looks for object's in each base.
class BaseClient(Constructor, ExplainedAttributes, ShallowCopyMixin):
    """Async client of one AWS service.

    It opens connections at its first call; leaving `async with`, or aclose(), closes them.
    """

    _service: ClassVar[Service]
    _sensitive_parameters: ClassVar[frozenset[str]] = frozenset()
    """Parameters of the service's operations that are secrets."""
    config: ClientConfig
    """Every setting, with the source of its value."""
    _pipeline: Pipeline
    _identity: CredentialsProvider
    _shared: SharedState
    _closeables: tuple[HttpTransport | TransportCache, ...]
    _dialer: Dialer = SYSTEM_DIALER
    _environ: Mapping[str, str] | None = None
    """Environment variables in place of the process's."""
    _has_given_config: bool

    def __init_subclass__(cls) -> None:
        """Hide the local variables of operations with sensitive parameters in tracebacks, and explain wrong arguments.

        extra= has members newer than the model, which may be secret: every operation has it.
        """
        if cls.__module__.partition(".")[0] != "wsclient":  # a class of the caller
            return
        sensitive = cls._sensitive_parameters | {"extra"}
        for name, method in list(vars(cls).items()):
            if isinstance(method, FunctionType) and sensitive.intersection(method.__code__.co_varnames):
                setattr(cls, name, without_locals(method, partial(explain_arguments, method)))

    def _set_up(self, options: CheckedOptions, base: Self | None = None, *, is_same_identity: bool = False) -> None:
        """Resolve the options; share the connections and the quota of the base client if their settings are equal."""
        self._options = hidden_options(options)
        given = options.get("config")
        # A copy gets the settings of its base as config=, which does not say where those came from.
        self._has_given_config = base._has_given_config if base and given is base.config else given is not None  # noqa: SLF001 - a client of this class
        parts = build_client(
            self._service,
            options,
            environ=self._environ,
            dialer=self._dialer,
            has_given_config=self._has_given_config,
            shared=None if base is None else base._shared,  # noqa: SLF001 - a client of this class
            identity=base._identity if base is not None and is_same_identity else None,  # noqa: SLF001 - as above
        )
        self.config = parts.config
        self.endpoint = parts.endpoint
        """Endpoint of the requests, resolved without network access."""
        self._shared, self._closeables = parts.shared, parts.closeables
        self._identity, self._provider_context = parts.identity, parts.provider_context
        self._pipeline = parts.pipeline

    @without_locals
    def with_options(self: SelfT, **changes: Unpack[client_options.ClientOptions]) -> SelfT:  # noqa: PYI019 - see __aenter__
        """Return a copy of this client with changed options; the arguments are those of the constructor.

        The copy shares connections and retry quota if its transport settings are equal, and cached credentials unless
        credentials, profile or config change. Closing the copy leaves shared connections open: they close with the
        client that opened them. A copy that changes only call options (retry, timeout, pace, priority, middleware,
        telemetry, on_retry, read_only) is cheap enough for a single call:
        `await ws.with_options(retry=RetryPolicy(max_attempts=10)).describe_workspaces()`.

        Raises as the constructor does: TypeError for an unknown option, ConfigurationError for a wrong value.
        """
        checked = check_options(type(self).__name__, changes)
        if changes.keys() <= CALL_OPTIONS:
            return self._with_call_options(checked)
        config = self._options.get("config") if "profile" in changes else self.config
        merged: CheckedOptions = {**self._options, "config": config, **checked}
        client = type(self).__new__(type(self))
        client._dialer, client._environ = self._dialer, self._environ  # noqa: SLF001 - a client of this class
        is_same_identity = not changes.keys() & {"credentials", "profile", "config"}
        client._set_up(merged, self, is_same_identity=is_same_identity)  # noqa: SLF001 - a client of this class
        return client

    def _with_call_options(self, changes: CheckedOptions) -> Self:
        client = copy(self)
        options: CheckedOptions = {**self._options, **changes}
        pipeline = rebuild_pipeline(self._pipeline, options, self.config, self._shared)
        client._options, client._closeables, client._pipeline = hidden_options(options), (), pipeline  # noqa: SLF001 - a client of this class
        return client

    @without_locals
    async def whoami(self) -> account_guard.Identity:
        """Return the account, ARN and user id whose credentials sign this client's calls, from STS GetCallerIdentity.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        from wsclient._client.account_guard import caller_identity  # noqa: PLC0415 - imports STS, which few clients need

        return await caller_identity(self._provider_context.call_sts, bind(self._identity, self._provider_context))

    @without_locals
    async def raw(self, operation: str, request: Mapping[str, object] | None = None) -> dict[str, object]:
        """Call an operation by its AWS name with plain values, for operations newer than wsclient's model.

        request and response use AWS's member names; the response has a ResponseMetadata member as in boto3. Nothing is
        validated, except that directory_id in place of DirectoryId, which AWS would ignore, raises
        RequestValidationError. An operation that the model lacks is retried after an ambiguous failure only if its name
        starts with Describe, List or Get.
        """
        model = self._service.operations.get(operation)
        if not operation.isascii() or not operation.isalnum():
            match = closest(operation, self._service.operations)
            hint = f" (did you mean {match!r}?)" if match else ""
            raise RequestValidationError(f"{operation!r} is not an operation name{hint}; nothing was sent")
        members: object = request
        if members is not None and not is_mapping(members):
            message = f"{operation}: the request must be a mapping from AWS's member names, not {type_name(members)}"
            raise RequestValidationError(f"{message}; nothing was sent", operation=operation)
        if model:
            _require_aws_names(operation, "the request", request or {}, model.input)
        # Without a model the effect is unknown: an operation that does not read is never sent twice.
        default_effect = Effect.READ if operation.startswith(READ_PREFIXES) else Effect.ONCE
        call = Call(operation, model.effect if model else default_effect, model)
        if call.effect is not Effect.READ:
            self._require_changes(call.name)
        running = self._pipeline.call_raw(call, request or {})
        members = request = None  # the caller's hooks may log their stack with its locals
        return await running

    def explain_credentials(self) -> str:
        """Return which provider supplies this client's credentials, and why earlier providers of the chain do not.

        Makes no request.
        """
        explain = getattr(self._identity, "explain", None)
        return str(explain()) if callable(explain) else type(self._identity).__name__

    def connection_info(self) -> NegotiatedTLS | None:
        """Return the TLS facts of the newest connection: version, cipher suite, group, certificate, endpoint kind.

        None before the first connection and over plain http.
        """
        negotiated = self._pipeline.transport.last_tls
        return msgspec.structs.replace(negotiated, endpoint_kind=self.endpoint.kind) if negotiated else None

    @property
    def pace(self) -> PaceState:
        """State of the rate limit: mode, rate, burst, waiting and throttled calls."""
        return self._pipeline.pacer.state() if self._pipeline.pacer else PaceState(mode="off")

    @property
    def clock_skew(self) -> timedelta | None:
        """Service time minus local time, negative when the service is behind; None before the first response.

        Measured from the Date header of every response of AWS. Signatures are corrected for a skew of more than four
        minutes; for one of more than four hours only after AWS has rejected a signature.
        """
        return self._shared.skew.measured

    async def warm_up(self, connections: int) -> int:
        """Open connections before calls need them; return the number of idle connections.

        The first calls of a burst then wait for no TLS handshake. connections is a whole number from 1 to
        max_connections; larger numbers open max_connections. Idle connections close after 15 seconds. Returns 0 through
        a proxy, over plain http and with transport=. Raises ConfigurationError for less than one connection and if
        the client closes meanwhile, and TransportError if connecting fails.
        """
        if type(connections) is not int or connections < 1:
            raise ConfigurationError(f"warm_up: connections must be a whole number, at least 1, not {connections!r}")
        transport = self._shared.transport
        warm_up = partial(transport.warm_up, self.endpoint.url, connections, self._pipeline.timeout)
        return await transport.calls.track(warm_up, _closed_while_warming_up)

    async def aclose(self) -> None:
        """Cancel the calls in flight and close the connections; later calls raise ConfigurationError. Idempotent."""
        for closeable in self._closeables:
            await closeable.aclose()

    # Not Self, which jedi takes for the class that defines the method: notebooks would complete no operation.
    async def __aenter__(self: SelfT) -> SelfT:  # noqa: PYI019 - see above
        """Return the client; it opens connections at its first call."""
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    if not TYPE_CHECKING:  # type checkers report a plain with by themselves
        __enter__ = __exit__ = refuse_plain_with

    def __reduce__(self) -> Never:
        """Raise ConfigurationError: connections, retry quota and rate limit belong to this process."""
        name = type(self).__name__
        raise ConfigurationError(
            f"a {name} cannot be pickled: its connections belong to this process. Pickle client.config and a "
            f"credentials provider, and create the client in the other process: {name}(config=config, "
            "credentials=provider)"
        )

    def __repr__(self) -> str:
        """Return the class, the endpoint's URL and the region of signatures."""
        return f"<{type(self).__name__} {self.endpoint.url}, {self.endpoint.signing_region}>"

    def _instead_of(self, name: str) -> str | None:
        from wsclient._client.other_names import instead_of  # noqa: PLC0415 - needed for errors only

        return instead_of(type(self).__name__, name, [each for each in dir(self) if not each.startswith("_")])

    async def _make_call(
        self,
        operation: Operation[Structure, OutputT],
        request: Structure,
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
        reconcile: bool = False,  # noqa: FBT001, FBT002 - as above
    ) -> OutputT:
        self._check(operation, request, validates=check)
        if extra is not None:
            _require_mapping(operation.name, extra)
            _require_aws_names(operation.name, "extra", extra, type(request))
        if operation.idempotency_token is not None and getattr(request, operation.idempotency_token) is None:
            # Once per call, not per attempt: AWS recognises a retry by the equal token.
            request = msgspec.structs.replace(request, **{operation.idempotency_token: new_id()})
        reconciler = cast("Reconciler[OutputT]", self._reconcilers()[operation.name]) if reconcile else None
        running = self._pipeline.call(operation, request, extra, reconciler)
        extra = None  # the caller's hooks may log their stack with its locals
        return await running

    _call = without_locals(_make_call)

    def _reconcilers(self) -> Mapping[str, Reconciler[Output]]:
        """Return the reconcilers of creations, by operation name."""
        return {}

    def _paginate(
        self,
        operation: Operation[Structure, PageT],
        request: Structure,
        items: Callable[[PageT], Sequence[ItemT]],
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - generated code calls it
    ) -> Paginator[PageT, ItemT]:
        strings: StringInterner | None = None

        def fetch(token: str | None) -> Awaitable[PageT]:
            nonlocal strings
            if token is None:
                return self._call(operation, request, extra, check)
            strings = strings or StringInterner()
            return self._fetch_next_page(operation, request, items, strings, extra, check, token)

        return Paginator(operation.name, fetch, items, lambda page: getattr(page, "next_token", None))

    @without_locals
    async def _fetch_next_page(
        self,
        operation: Operation[Structure, PageT],
        request: Structure,
        items: Callable[[PageT], Sequence[ItemT]],
        strings: StringInterner,
        extra: Extra | None,
        check: bool,  # noqa: FBT001 - as in _call
        token: str,
    ) -> PageT:
        page = await self._make_call(operation, msgspec.structs.replace(request, next_token=token), extra, check)
        strings.share(items(page))
        return page

    def _check(self, operation: Operation[Structure, Output], request: Structure, *, validates: bool) -> None:
        """Refuse a call that this client may not make, or that is invalid."""
        if operation.effect is not Effect.READ:
            self._require_changes(operation.name)
        if validates:
            validate(operation.name, request)

    def _require_changes(self, operation: str) -> None:
        """Raise RequestValidationError if this client is read_only, for an operation that does not read."""
        if self._options.get("read_only"):
            raise RequestValidationError(
                f"{operation} is not a read operation, and this client is read_only; nothing was sent",
                operation=operation,
                limit="read_only",
            )


def _require_mapping(operation: str, extra: object) -> None:
    if not is_mapping(extra):
        message = f"{operation}: extra must be a mapping from AWS's member names to values, not {type_name(extra)}"
        raise RequestValidationError(f"{message}; nothing was sent", operation=operation, path="extra", limit="mapping")


def _require_aws_names(operation: str, what: str, members: Mapping[str, object], structure: type[Structure]) -> None:
    """Raise RequestValidationError for a member that AWS would ignore, as its name is a Python name or misspelt."""
    for path, match in misspelt_members(structure, members):
        message = f"{operation}: {what} has {path}, which AWS would ignore; use AWS's name, {match}; nothing was sent"
        raise RequestValidationError(message, operation=operation, path=path)


def _closed_while_warming_up() -> ConfigurationError:
    return ConfigurationError("this client was closed while warm_up() opened connections; create a new client")


def with_dialer(
    client_type: type[ClientT], dialer: Dialer, options: ClientOptions, environ: Mapping[str, str] | None = None
) -> ClientT:
    """Return a client that connects through this dialer, for tests; see wsclient/_pipeline/transport/dialer.py.

    environ replaces the environment of the process, and with its home directory the files of AWS.
    """
    client = client_type.__new__(client_type)
    client._dialer = dialer  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - private to this module by design
    client._environ = environ  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    client._set_up(check_options(client_type.__name__, options))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return client
