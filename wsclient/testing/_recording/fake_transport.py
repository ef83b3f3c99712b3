"""A transport that answers from a list, for unit tests that need no server: nothing is opened, nothing is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias, cast

import httpx

from wsclient._core.clock import new_id
from wsclient._core.errors import ConfigurationError, ServiceError
from wsclient._core.http import HttpRequest
from wsclient._core.model.shapes import members_of, plain
from wsclient._core.model.structures import Output
from wsclient._core.utils import is_list, is_mapping
from wsclient.testing._protocols.aws_json import JsonWire
from wsclient.testing._protocols.aws_query import QueryWire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.shapes import Shape
    from wsclient._core.model.structures import Structure
    from wsclient.testing._protocols.base import Wire

_WIRES: tuple[Wire, ...] = (JsonWire(), QueryWire())
_SECRET_HEADERS = frozenset({"authorization", "x-amz-security-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRequest:
    """A request as it was sent: the operation and its members in AWS's names; signature and token are left out."""

    service: str
    operation: str
    input: Mapping[str, object]
    url: str
    headers: tuple[tuple[str, str], ...]


Answer: TypeAlias = "Mapping[str, object] | Output | Exception | Callable[[FakeRequest], Answer]"
"""What an operation answers: members in AWS's names, a structure, an exception to raise (a ServiceError travels as the
service's own error answer), or a function of the request that returns one of these."""


class UnexpectedCallError(AssertionError):
    """An operation was called that the test has no answer for."""


class FakeTransport(httpx.AsyncBaseTransport):
    """Answers each operation as it is told, and remembers what was asked.

    FakeTransport({"DescribeWorkspaces": {"Workspaces": [...]}}) goes to a client as transport=. A list of answers is
    given out in turn, anything else again and again. A call without an answer raises UnexpectedCallError; a member
    that the operation's output does not have, at any depth, is a ConfigurationError, so that no test passes on a
    misspelling.
    """

    def __init__(self, answers: Mapping[str, Answer | Sequence[Answer]]) -> None:
        self._answers: dict[str, list[Answer]] = {}
        self._repeated: set[str] = set()
        self._requests: list[FakeRequest] = []
        for operation, answer in answers.items():
            if isinstance(answer, list | tuple):
                given = list(cast("Sequence[Answer]", answer))
            else:
                given = [cast("Answer", answer)]
                self._repeated.add(operation)
            for one in given:
                _check(operation, one)
            self._answers[operation] = given

    @property
    def requests(self) -> tuple[FakeRequest, ...]:
        """Every request so far, in order."""
        return tuple(self._requests)

    @property
    def left(self) -> tuple[str, ...]:
        """The operation of each answer of a list that was not given out yet."""
        return tuple(name for name, given in self._answers.items() if name not in self._repeated for _ in given)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = await request.aread()
        headers = tuple(request.headers.multi_items())
        sent = HttpRequest(request.method, str(request.url), headers, body)
        wire = next((wire for wire in _WIRES if wire.claims(sent)), None)
        if wire is None:
            raise UnexpectedCallError(f"FakeTransport: {request.method} {request.url} is no call of WorkSpaces or STS")
        fake = _fake_request(wire, sent)
        self._requests.append(fake)
        response = _response(wire, fake.operation, self._answer(fake))
        return httpx.Response(response.status, headers=list(response.headers), content=response.body)

    def _answer(self, request: FakeRequest) -> Mapping[str, object] | Output | Exception:
        answer = self._next(request.operation)
        while callable(answer):
            answer = answer(request)
            _check(request.operation, answer)
        return answer

    def _next(self, operation: str) -> Answer:
        given = self._answers.get(operation)
        if given is None:
            known = ", ".join(sorted(self._answers)) or "none"
            raise UnexpectedCallError(f"FakeTransport has no answer for {operation}; it has answers for: {known}")
        if not given:
            raise UnexpectedCallError(f"FakeTransport has given out every answer for {operation}")
        return given[0] if operation in self._repeated else given.pop(0)


def _fake_request(wire: Wire, sent: HttpRequest) -> FakeRequest:
    return FakeRequest(
        service=wire.service.name,
        operation=wire.operation_name(sent),
        input=wire.read(sent),
        url=sent.url,
        headers=tuple(pair for pair in sent.headers if pair[0].lower() not in _SECRET_HEADERS),
    )


def _response(wire: Wire, operation: str, answer: Mapping[str, object] | Output | Exception) -> HttpResponse:
    request_id = new_id()
    if isinstance(answer, ServiceError):
        response = wire.write_error(answer, request_id)
    elif isinstance(answer, Exception):
        raise answer
    else:
        members = plain(answer if isinstance(answer, Output) else dict(answer))
        response = wire.write(operation, cast("dict[str, object]", members), request_id)
    return type(response)(response.status, (*response.headers, ("x-amzn-requestid", request_id)), response.body)


def _check(operation: str, answer: object) -> None:
    """Refuse members that the output does not have; of an operation newer than the model nothing is known."""
    model = next((known for wire in _WIRES if (known := wire.service.operations.get(operation))), None)
    if model is None or not isinstance(answer, Mapping):
        return
    for place, hint in _misspelt(model.output, cast("Mapping[str, object]", answer), ""):
        raise ConfigurationError(f"FakeTransport: the output of {operation} has no member {place}{hint}")


def _misspelt(kind: type[Structure], members: Mapping[str, object], where: str) -> Iterator[tuple[str, str]]:
    """Yield each member that a structure does not have, however deep, with a hint at what may be meant."""
    shapes = {member.name: member.shape for member in members_of(kind)}
    for name, value in members.items():
        if name in shapes:
            yield from _misspelt_within(shapes[name], value, f"{where}{name}")
        else:
            near = get_close_matches(name, shapes, n=1)
            yield f"{where}{name}", f", did you mean {near[0]}?" if near else ""


def _misspelt_within(shape: Shape, value: object, where: str) -> Iterator[tuple[str, str]]:
    if shape.structure is not None and is_mapping(value):
        yield from _misspelt(shape.structure, cast("Mapping[str, object]", value), f"{where}.")
    elif shape.item is not None and is_list(value):
        for number, item in enumerate(value):
            yield from _misspelt_within(shape.item, item, f"{where}[{number}]")
