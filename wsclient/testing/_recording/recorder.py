"""A transport that records real calls once, with secrets taken out, and replays them for ever."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, cast

import httpx
from msgspec import to_builtins
from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpRequest
from wsclient._core.model.structures import Structure
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.sts import structures as sts_structures
from wsclient._generated.workspaces import structures as workspaces_structures
from wsclient.testing._files import converted
from wsclient.testing._protocols.aws_json import JsonWire
from wsclient.testing._protocols.aws_query import QueryWire
from wsclient.testing._protocols.base import header
from wsclient.testing._recording import recording as _recording
from wsclient.testing._recording.fake_transport import UnexpectedCallError
from wsclient.testing._recording.recording import HEADERS, RecordedCall
from wsclient.testing._recording.redaction import Redaction, words_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from wsclient.testing._files import PathLike
    from wsclient.testing._protocols.base import Wire

Mode = Literal["once", "record", "replay"]
_WIRES: tuple[Wire, ...] = (JsonWire(), QueryWire())
_SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/")
_SIGNATURE = re.compile(r"Signature=(?P<signature>[0-9a-f]+)")


class UnrecordedCallError(UnexpectedCallError):
    """A call was made that the recording does not have; the message says what differs."""


class Recorder(httpx.AsyncBaseTransport):
    """Records the calls of a client in a file, or answers them from it.

    async with Recorder("calls.json", transport=httpx.AsyncHTTPTransport()) as recorder: a client with
    transport=recorder calls AWS and is recorded when there is no such file yet, and replayed from then on. mode
    "record" makes the file anew, "replay" needs it; the default is "once". The file is written when the block ends
    without an exception, or by aclose().

    It never holds a signature, an access key, a session token, a Date, or a member that AWS's models call sensitive.
    redact names other values to leave out, such as account ids: a list, or what stands in for each. The same redact=
    is needed for replaying. Credentials that AWS answers become ones that never expire. Calls of other services, which
    the client may make for its credentials, are passed on and not recorded.

    Replaying is strict: each recorded call is answered once, those of the same request in their order, and any other
    call raises UnrecordedCallError, which names what differs. Failures of the network are replayed too. A client that
    replays needs credentials, of whatever kind: Credentials("AKIAREPLAY", "replay").
    """

    def __init__(
        self,
        path: PathLike,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        mode: Mode = "once",
        redact: Iterable[str] | Mapping[str, str] = (),
    ) -> None:
        if mode not in {"once", "record", "replay"}:
            raise ConfigurationError(f'Recorder: mode={mode!r:.40} is none of "once", "record", "replay"')
        self._path = Path(path)
        self._redaction = Redaction(words_for(redact), _sensitive_names())
        self.is_recording = mode == "record" or (mode == "once" and not self._path.exists())
        """Whether calls go out and are recorded; otherwise they are answered from the file."""
        if self.is_recording and transport is None:
            raise ConfigurationError(
                f"Recorder: to record {self._path.name} it needs transport=, such as httpx.AsyncHTTPTransport()"
            )
        self._transport = transport
        self._calls = [] if self.is_recording else _recording.load(self._path)
        self._is_saved = True

    @property
    def left(self) -> tuple[str, ...]:
        """What is recorded and was not called yet, when replaying."""
        return () if self.is_recording else tuple(call.name for call in self._calls)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on and record it, or answer it from the recording."""
        headers = tuple(request.headers.multi_items())
        sent = HttpRequest(request.method, str(request.url), headers, await request.aread())
        wire = next((wire for wire in _WIRES if wire.claims(sent)), None)
        if wire is None:
            return await self._passed_on(request)
        asked = self._asked(wire, sent)
        if not self.is_recording:
            return self._replayed(asked)
        self._is_saved = False
        try:
            response = await self._passed_on(request)
        except httpx.TransportError as error:
            self._calls.append(replace(asked, failure=type(error).__name__))
            raise
        self._calls.append(self._recorded(asked, response))
        return response

    def save(self) -> None:
        """Write the recording as it is now."""
        if self.is_recording:
            # Once more from the first call on: what was found out to be secret later may stand in it.
            clean = [converted(self._redaction.words(to_builtins(call)), RecordedCall) for call in self._calls]
            _recording.save(self._path, clean)
        self._is_saved = True

    async def aclose(self) -> None:
        """Write the recording, and close the transport that it went over."""
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
        """End; what was recorded until an exception is not the whole, and not kept."""
        if kind is None:
            self.save()
        self._is_saved = True
        await self._close_transport()

    async def _close_transport(self) -> None:
        if self._transport is not None:
            await self._transport.aclose()

    def __del__(self) -> None:
        """Say that a recording was made and never written."""
        if not getattr(self, "_is_saved", True):
            words = f"the recording {self._path.name} was never written: use `async with`"
            warnings.warn(words, ResourceWarning, stacklevel=2, source=self)

    async def _passed_on(self, request: httpx.Request) -> httpx.Response:
        """Have a request answered by the transport; also one of another service, for credentials perhaps."""
        if self._transport is None or not self.is_recording:
            raise UnrecordedCallError(f"{self._path.name}: {request.method} {request.url.host} is no recorded call")
        response = await self._transport.handle_async_request(request)
        content = await response.aread()
        headers = [pair for pair in response.headers.multi_items() if pair[0].lower() != "content-encoding"]
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _asked(self, wire: Wire, request: HttpRequest) -> RecordedCall:
        """Return what was asked, without secrets."""
        authorization = header(request, "authorization")
        scope, signature = _SCOPE.search(authorization), _SIGNATURE.search(authorization)
        self._redaction.note(header(request, "x-amz-security-token"))
        self._redaction.note(*(found[1] for found in (scope, signature) if found))
        return RecordedCall(
            service=wire.service.name,
            operation=wire.operation_name(request),
            region=scope["region"] if scope else None,
            request=cast("dict[str, object]", self._redaction.tree(wire.read(request))),
        )

    def _recorded(self, asked: RecordedCall, response: httpx.Response) -> RecordedCall:
        kept = {name: self._redaction.text(value) for name, value in response.headers.items() if name in HEADERS}
        text = response.content.decode(errors="replace")
        return replace(asked, status=response.status_code, headers=kept, answer=self._answer(text))

    def _answer(self, text: str) -> dict[str, object] | list[object] | str:
        try:
            body: object = json.loads(text)
        except (ValueError, RecursionError):
            return self._redaction.xml(text)
        clean = self._redaction.tree(body)
        if is_mapping(clean):
            return cast("dict[str, object]", clean)
        return list(clean) if is_list(clean) else self._redaction.text(text)

    def _replayed(self, asked: RecordedCall) -> httpx.Response:
        for number, call in enumerate(self._calls):
            if (call.operation, call.region, call.request) == (asked.operation, asked.region, asked.request):
                del self._calls[number]
                return call.response()
        raise UnrecordedCallError(f"{self._path.name}: {_why(asked, self._calls)}")


def _why(asked: RecordedCall, left: list[RecordedCall]) -> str:
    """Say what differs from what was recorded."""
    same = [call for call in left if call.operation == asked.operation]
    if not same:
        names = ", ".join(sorted({call.name for call in left})) or "nothing"
        return f"{asked.name} is not recorded, or not that often; {names} is left"
    here = [call for call in same if call.region == asked.region]
    if not here:
        return f"{asked.name} is not recorded; {same[0].name} is"
    nearest = min(here, key=lambda call: len(list(_recording.differences(call.request, asked.request))))
    return f"{asked.name} is not recorded with this request: " + _recording.told(
        _recording.differences(nearest.request, asked.request)
    )


def _sensitive_names() -> frozenset[str]:
    """Return every member that AWS's models call sensitive."""
    found = set[str]()
    for module in (workspaces_structures, sts_structures):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Structure):
                names = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
                found |= {wire for field, wire in names if field in kind._sensitive}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark
    return frozenset(found)
