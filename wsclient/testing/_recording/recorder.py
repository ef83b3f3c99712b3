"""httpx transport that records real calls to a file, without secrets, and replays them in later runs."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, cast

import httpx
from msgspec import to_builtins
from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError, ServiceError
from wsclient._core.http import HttpRequest
from wsclient._core.model.structures import Structure
from wsclient._core.public_names import publish_one
from wsclient._core.unawaited import refuse_plain_with
from wsclient._core.value_kinds import PATH, TEXT, TEXT_MAP, Kind, collection_of, either, one_of, optional
from wsclient._generated.ds import structures as ds_structures
from wsclient._generated.sts import structures as sts_structures
from wsclient._generated.workspaces import structures as workspaces_structures
from wsclient._pipeline.transport.custom_transport import AsyncTransport, validate_transport
from wsclient._pipeline.transport.httpx_adapter import handle_request, request_type
from wsclient._pipeline.transport.network_guard import check_network_access
from wsclient.testing._files import PathLike, convert
from wsclient.testing._protocols.base import header, path_and_query
from wsclient.testing._protocols.codecs import TEXT_CODECS
from wsclient.testing._recording import recording as _recording
from wsclient.testing._recording.fake_transport import UnexpectedCallError
from wsclient.testing._recording.recording import HEADERS, RecordedCall
from wsclient.testing._recording.redaction import NESTED_TOO_DEEPLY, Redaction, parse_redact

if TYPE_CHECKING:
    from wsclient.testing._protocols.base import ServerCodec

Mode = Literal["once", "record", "replay"]
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]{1,40})/")
_UNPARSED_REQUEST: Mapping[str, object] = {"Body": "[not recorded: the body of the request cannot be parsed]"}
"""Members that are recorded for a request whose body cannot be parsed."""


class UnrecordedCallError(UnexpectedCallError):
    """A replayed client made a call that the recording does not contain; the message names the differences."""


publish_one("wsclient.testing", UnrecordedCallError)

TRANSPORT = Kind("", lambda value: value)
"""Kind of transport=, which validate_transport checks, since it knows what to pass instead."""


class Recorder(httpx.AsyncBaseTransport):
    """httpx transport that records the calls of a client in a file, or replays them from the file.

    async with Recorder("calls.json", transport=httpx.AsyncHTTPTransport()) as recorder: a client with
    transport=recorder calls AWS and is recorded if the file does not exist; later runs replay the file. mode is
    "once" (this behavior, the default), "record" (always write a new file) or "replay" (the file must exist). The file
    is written when the block ends without an exception, or by aclose().

    The file never contains a signature, an access key, a session token, a Date header, a member that AWS's models mark
    as sensitive, or the value of a member, element or parameter whose name is one of a secret (password, token, secret,
    API key), in any case and nesting. What was recognized as a secret once is replaced in the whole file, escaped or in
    base64 too. Bodies are redacted as parsed trees: XML loses its prefixes, attributes and comments, and a body that is
    neither a JSON object or array nor XML, such as one that was cut, is replaced by a placeholder that says so.

    redact lists other values to redact, such as account ids: a list of values, or a mapping from each value to its
    replacement. Replaying needs the same redact=. Credentials in responses are replaced by placeholders that never
    expire. Calls to other services, which the client may make to get its credentials, and CBOR calls are forwarded and
    not recorded.

    Replay is strict: each recorded call is used once, identical requests in their recorded order. Any other call
    raises UnrecordedCallError, which names the differences. Network errors are replayed too. A client that replays
    needs credentials; any will do: Credentials("AKIAREPLAY", "replay").
    """

    @checked(
        {
            "path": PATH,
            "transport": optional(TRANSPORT),
            "mode": one_of("once", "record", "replay"),
            "redact": either(
                "a list of strings or a mapping from strings to strings", TEXT_MAP, collection_of(TEXT, "")
            ),
        }
    )
    def __init__(
        self,
        path: PathLike,
        *,
        transport: AsyncTransport | None = None,
        mode: Mode = "once",
        redact: Iterable[str] | Mapping[str, str] = (),
    ) -> None:
        self._path = Path(path).absolute()  # a test may change the folder before the recording is written
        self._redaction = Redaction(parse_redact(redact), _sensitive_names())
        self.is_recording = mode == "record" or (mode == "once" and not self._path.exists())
        """True if calls are sent and recorded, False if they are replayed from the file."""
        if self.is_recording and transport is None:
            raise ConfigurationError(
                f"Recorder: recording {self._path.name} needs transport=, such as httpx.AsyncHTTPTransport()"
            )
        if transport is not None:
            validate_transport(transport)
        self._transport = transport
        self._calls = [] if self.is_recording else _recording.load(self._path)
        self._is_saved = True

    @property
    def left(self) -> tuple[str, ...]:
        """Names of the recorded calls not replayed yet; empty when recording."""
        return () if self.is_recording else tuple(call.name for call in self._calls)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Forward a request and record it, or replay it from the recording."""
        # No local variable holds the headers: tracebacks may show local variables.
        sent = HttpRequest(
            request.method, str(request.url), tuple(request.headers.multi_items()), await request.aread()
        )
        codec = next((codec for codec in TEXT_CODECS if codec.matches(sent)), None)
        if codec is None:
            return await self._forward(request)
        call = self._redacted_call(codec, sent)
        if not self.is_recording:
            return self._replay(call)
        self._is_saved = False
        try:
            response = await self._forward(request)
        except Exception as error:
            if (name := _recording.transport_error_name(error)) is not None:
                self._calls.append(replace(call, failure=name))
            raise
        self._calls.append(self._with_response(call, response))
        return response

    def save(self) -> None:
        """Write the calls recorded so far."""
        if self.is_recording:
            # Redact every call again: a value that a later call revealed as secret may also be in an earlier call.
            clean = [convert(self._redaction.redact_repeated(to_builtins(call)), RecordedCall) for call in self._calls]
            _recording.save(self._path, clean)
        self._is_saved = True

    async def aclose(self) -> None:
        """Write the recording and close the transport."""
        self.save()
        await self._close_transport()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        """Write the recording and close the transport; after an exception the incomplete recording is discarded."""
        if kind is None:
            self.save()
        self._is_saved = True
        await self._close_transport()

    if not TYPE_CHECKING:  # type checkers report a plain with by themselves
        __enter__ = __exit__ = refuse_plain_with

    async def _close_transport(self) -> None:
        if self._transport is not None:
            await self._transport.aclose()

    def __del__(self) -> None:
        """Warn if a recording was never written."""
        if not getattr(self, "_is_saved", True):
            message = f"the recording {self._path.name} was never written: use `async with`"
            warnings.warn(message, ResourceWarning, stacklevel=2, source=self)

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the transport; it may be for another service, such as a credential endpoint."""
        if self._transport is None or not self.is_recording:
            raise UnrecordedCallError(
                f"{self._path.name}: {request.method} {request.url.host} is not recorded; only calls to WorkSpaces and "
                "STS are"
            )
        check_network_access(str(request.url), self._transport)
        response = await handle_request(self._transport, _for_library(self._transport, request))
        content = await response.aread()
        # aread() has decoded the content, so the header no longer applies.
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _redacted_call(self, codec: ServerCodec, request: HttpRequest) -> RecordedCall:
        """Return the request as a recorded call, without secrets."""
        self._redaction.add_headers(request.headers, path_and_query(request)[1])
        self._redaction.add_request_body(request.body)
        redact = self._redaction.redact_text
        return RecordedCall(
            service=codec.service.name,
            operation=redact(codec.operation_name(request)),
            region=_signing_region(request),
            request=self._redacted_request(codec, request),
        )

    def _redacted_request(self, codec: ServerCodec, request: HttpRequest) -> dict[str, object]:
        try:
            return cast("dict[str, object]", self._redaction.redact_body(codec.read(request)))
        except ServiceError:
            return dict(_UNPARSED_REQUEST)
        except RecursionError:
            return {"Body": NESTED_TOO_DEEPLY}

    def _with_response(self, call: RecordedCall, response: httpx.Response) -> RecordedCall:
        self._redaction.add_headers(response.headers.multi_items())
        # The body first: it may reveal secrets that the headers repeat.
        answer = self._redaction.redact_response(response.content)
        headers = {
            name: self._redaction.redact_text(value) for name, value in response.headers.items() if name in HEADERS
        }
        return replace(call, status=response.status_code, headers=headers, answer=answer)

    def _replay(self, call: RecordedCall) -> httpx.Response:
        for number, recorded in enumerate(self._calls):
            if (recorded.operation, recorded.region, recorded.request) == (call.operation, call.region, call.request):
                del self._calls[number]
                return recorded.response()
        raise UnrecordedCallError(f"{self._path.name}: {_mismatch(call, self._calls)}")


def _signing_region(request: HttpRequest) -> str | None:
    """Return the region in the credential scope of a request, None for an unsigned request."""
    scope = _SCOPE.search(header(request, "authorization"))
    return scope["region"] if scope else None


def _mismatch(call: RecordedCall, remaining: list[RecordedCall]) -> str:
    """Return why no remaining recorded call matches this call."""
    same_operation = [recorded for recorded in remaining if recorded.operation == call.operation]
    if not same_operation:
        names = ", ".join(sorted({recorded.name for recorded in remaining})) or "none"
        return f"no recorded call of {call.name} is left; recorded calls left: {names}"
    same_region = [recorded for recorded in same_operation if recorded.region == call.region]
    if not same_region:
        return f"{call.name} is not recorded; the recording has {same_operation[0].name}"
    closest = min(same_region, key=lambda recorded: len(list(_recording.differences(recorded.request, call.request))))
    differences = _recording.summarize(_recording.differences(closest.request, call.request))
    return f"{call.name} is not recorded with this request: {differences}"


@cache
def _sensitive_names() -> frozenset[str]:
    """Return the names of all members that AWS's models mark as sensitive."""
    found = set[str]()
    for module in (workspaces_structures, sts_structures, ds_structures):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Structure):
                names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
                found |= {name for field, name in names if field in value._sensitive}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - declared by the base class
                found |= value._dropped  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return frozenset(found)


def _for_library(transport: AsyncTransport, request: httpx.Request) -> httpx.Request:
    """Return the request, read before, as one of the library of the transport that is to send it."""
    kind = request_type(transport)
    if isinstance(request, kind):
        return request
    return kind(
        request.method,
        str(request.url),
        headers=request.headers.raw,
        content=request.content,
        extensions=request.extensions,
    )
