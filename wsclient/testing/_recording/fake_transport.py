"""httpx transport that returns canned responses, for unit tests: no sockets, and signatures are not checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import httpx

from wsclient._core.argument_checks import checked
from wsclient._core.clock import new_id
from wsclient._core.errors import ConfigurationError, ServiceError
from wsclient._core.http import HttpRequest, UnansweredRequestError
from wsclient._core.model.shapes import plain
from wsclient._core.model.structures import Output
from wsclient._core.model.unknown_members import unknown_members
from wsclient._core.public_names import publish_one
from wsclient._core.utils import closest
from wsclient._core.value_kinds import mapping_of, satisfies
from wsclient.testing._protocols.codecs import TEXT_CODECS

if TYPE_CHECKING:
    from wsclient._core.http import HttpResponse
    from wsclient.testing._protocols.base import ServerCodec

_OPERATION: Final = re.compile("[A-Z][A-Za-z0-9]*")
_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRequest:
    """Received request: the operation, and its members by their AWS names. Signature and session token are removed."""

    service: str
    operation: str
    input: Mapping[str, object]
    url: str
    headers: tuple[tuple[str, str], ...]


Answer: TypeAlias = Mapping[str, object] | Output | Exception | Callable[[FakeRequest], "Answer"]
"""Canned response of an operation: members by their AWS names, an output structure, an exception to raise (a
ServiceError is sent as the service's error response), or a function of the request that returns one of these."""


_ANSWER: Final = satisfies(
    "",
    lambda value: (
        isinstance(value, Mapping | Output | Exception | list | tuple)
        or (callable(value) and not isinstance(value, type))
    ),
)


class UnexpectedCallError(UnansweredRequestError):
    """The client called an operation for which the test has no canned response left."""


# Tests meet it without importing its public name, which would set it.
publish_one("wsclient.testing", UnexpectedCallError)


class FakeTransport(httpx.AsyncBaseTransport):
    """httpx transport that returns a canned response for each operation and records the requests.

    Pass FakeTransport({"DescribeWorkspaces": {"Workspaces": [...]}}) to a client as transport=. The responses in a
    list are used once each, in order; any other response is repeated for every call. A call without a response raises
    UnexpectedCallError. A member that the operation's output does not have, at any depth, raises ConfigurationError,
    so that no test passes on a misspelled name.
    """

    @checked({"answers": mapping_of(_ANSWER, "a mapping from operation names to answers")})
    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]]) -> None:
        self._answers: dict[str, list[Answer]] = {}
        self._repeated: set[str] = set()
        self._requests: list[FakeRequest] = []
        for operation, answer in answers.items():
            _check_operation(operation)
            if isinstance(answer, list | tuple):
                queued = list(cast("Sequence[Answer]", answer))
            else:
                queued = [cast("Answer", answer)]
                self._repeated.add(operation)
            for item in queued:
                _check_members(operation, item)
            self._answers[operation] = queued

    def __repr__(self) -> str:
        """Return the operations that have responses."""
        return f"<FakeTransport of {', '.join(self._answers) or 'no operation'}>"

    @property
    def requests(self) -> tuple[FakeRequest, ...]:
        """All requests so far, in order."""
        return tuple(self._requests)

    @property
    def left(self) -> tuple[str, ...]:
        """Operation names of the listed responses not used yet, one name for each response."""
        return tuple(name for name, queued in self._answers.items() if name not in self._repeated for _ in queued)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the canned response for a request."""
        body = await request.aread()
        headers = tuple(request.headers.multi_items())
        sent = HttpRequest(request.method, str(request.url), headers, body)
        codec = next((codec for codec in TEXT_CODECS if codec.matches(sent)), None)
        if codec is None:
            raise UnexpectedCallError(
                f"FakeTransport: {request.method} {request.url} is not a call to WorkSpaces or STS"
            )
        fake = _fake_request(codec, sent)
        self._requests.append(fake)
        response = _response(codec, fake.operation, self._resolve_answer(fake))
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)

    def _resolve_answer(self, request: FakeRequest) -> Mapping[str, object] | Output | Exception:
        answer = self._next_answer(request.operation)
        while callable(answer):
            answer = answer(request)
            _check_members(request.operation, answer)
        return answer

    def _next_answer(self, operation: str) -> Answer:
        queued = self._answers.get(operation)
        if queued is None:
            known = ", ".join(sorted(self._answers)) or "none"
            raise UnexpectedCallError(f"FakeTransport has no response for {operation}; it has responses for: {known}")
        if not queued:
            raise UnexpectedCallError(f"FakeTransport has no response left for {operation}; add one to its list")
        return queued[0] if operation in self._repeated else queued.pop(0)


def _fake_request(codec: ServerCodec, sent: HttpRequest) -> FakeRequest:
    return FakeRequest(
        service=codec.service.name,
        operation=codec.operation_name(sent),
        input=codec.read(sent),
        url=sent.url,
        headers=tuple(pair for pair in sent.headers if pair[0].lower() not in _SECRET_HEADERS),
    )


def _response(codec: ServerCodec, operation: str, answer: Mapping[str, object] | Output | Exception) -> HttpResponse:
    request_id = new_id()
    if isinstance(answer, ServiceError):
        response = codec.write_error(answer, request_id)
    elif isinstance(answer, Exception):
        raise answer
    else:
        members = plain(answer if isinstance(answer, Output) else dict(answer))
        response = codec.write(operation, cast("dict[str, object]", members), request_id)
    return type(response)(response.status, (*response.headers, ("x-amzn-requestid", request_id)), response.body)


def _check_operation(name: str) -> None:
    """Raise ConfigurationError for a name in another form than AWS's; operations newer than the model pass."""
    if not _OPERATION.fullmatch(name):
        match = closest(name, [known for codec in TEXT_CODECS for known in codec.service.operations])
        hint = f"; did you mean {match!r}?" if match else ""
        raise ConfigurationError(f"FakeTransport: {name!r} is not the name of an operation{hint}")


def _check_members(operation: str, answer: object) -> None:
    """Raise ConfigurationError for members that the output does not have; operations newer than the model pass."""
    model = next((known for codec in TEXT_CODECS if (known := codec.service.operations.get(operation))), None)
    if model is None or not isinstance(answer, Mapping):
        return
    for path, match in unknown_members(model.output, cast("Mapping[str, object]", answer)):
        hint = f"; did you mean {match}?" if match else ""
        raise ConfigurationError(f"FakeTransport: the output of {operation} has no member {path}{hint}")
