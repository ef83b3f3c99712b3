"""Log records as a formatter for JSON shows them: facts in fields of their own, and no secrets."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

import wsclient
from tests.support.in_process import NO_SETTINGS
from wsclient import errors
from wsclient._core.clock import TimeSource
from wsclient._core.logging import PREFIX
from wsclient.credentials import ChainProvider
from wsclient.testing import FakeTransport

if TYPE_CHECKING:
    from collections.abc import Generator

KEYS = wsclient.Credentials("AKIDEXAMPLE0815", "hunter2", "hunter3")
NO_TAGS: dict[str, object] = {"TagList": []}
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What every record has."""


class _Json(logging.Formatter):
    """Shows a record as one line of JSON: its message, and whatever it has that not every record has."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in vars(record).items() if name not in OWN}
        found = {"logger": record.name, "level": record.levelname, "message": record.getMessage(), **fields}
        return json.dumps(found)


@contextmanager
def _logged(level: int) -> Generator[list[str]]:
    """Give the lines that wsclient's loggers write."""
    lines: list[str] = []
    formatter = _Json()

    class _Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    logger, handler = logging.getLogger("wsclient"), _Handler()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _client(transport: Any, **options: Any) -> wsclient.WorkSpacesClient:
    table: dict[str, Any] = {
        "credentials": KEYS,
        "config": wsclient.ClientConfig.load("workspaces", environ=NO_SETTINGS, region="us-west-2"),
        "transport": transport,
        **options,
    }
    ws = wsclient.WorkSpacesClient(**table)
    ws._pipeline = replace(ws._pipeline, time=TimeSource(random=lambda: 0.0))
    return ws


async def _described(ws: wsclient.WorkSpacesClient) -> object:
    return await ws.describe_tags(resource_id="ws-1")


def _records(transport: Any, *, level: int = logging.DEBUG, **options: Any) -> list[dict[str, Any]]:
    """Return the records of a call, however it ends."""

    async def main() -> None:
        with suppress(errors.WsclientError):
            await _described(_client(transport, **options))

    with _logged(level) as lines:
        asyncio.run(main())
    return [json.loads(line) for line in lines]


def test_attempt_log_record_has_its_fields() -> None:
    """Service, region, operation, attempt, invocation, status, request id and duration are fields of their own."""
    (record,) = _records(FakeTransport({"DescribeTags": NO_TAGS}))
    fields = {name.removeprefix(PREFIX): value for name, value in record.items() if name.startswith(PREFIX)}
    assert fields.pop("duration") >= 0
    assert len(fields.pop("invocation_id")) == 36
    assert fields.pop("request_id") in record["message"]
    assert fields == {
        "service": "workspaces",
        "region": "us-west-2",
        "operation": "DescribeTags",
        "attempt": 1,
        "status": 200,
    }
    assert (record["logger"], record["level"]) == ("wsclient", "DEBUG")


def test_retry_log_records_share_an_invocation_id() -> None:
    """Attempts and decisions of a call have one invocation id, and say which error led to which pause."""
    failing = errors.InternalServerException("user jane", status=500)
    records = _records(FakeTransport({"DescribeTags": [failing, NO_TAGS]}))
    assert [record["logger"] for record in records] == ["wsclient", "wsclient.retries", "wsclient"]
    assert len({record["wsclient_invocation_id"] for record in records}) == 1
    retry = records[1]
    assert retry["wsclient_error"] == "InternalServerException"
    assert (retry["wsclient_attempt"], retry["wsclient_delay"], retry["wsclient_quota_left"]) == (1, 0.0, 486)
    assert (retry["wsclient_service"], retry["wsclient_region"]) == ("workspaces", "us-west-2")
    assert [record.get("wsclient_attempt") for record in records] == [1, 1, 2]


def test_attempt_without_response_logs_its_error() -> None:
    """The record of an attempt without a response has no status; the retry record has the reason for stopping."""

    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("hunter4")

    attempt, retries = _records(httpx.MockTransport(lost), retry=wsclient.RetryPolicy(mode="off"))
    assert (attempt["wsclient_error"], "wsclient_status" in attempt) == ("ConnectionLostError", False)
    assert (retries["wsclient_error"], retries["wsclient_reason"]) == ("ConnectionLostError", "retries are off")


def test_credentials_log_record_names_provider_and_masked_key() -> None:
    """Provider and masked key are fields; the key itself is in no record."""

    class _Source:
        async def get_credentials(self) -> wsclient.Credentials:
            return KEYS

    records = _records(FakeTransport({"DescribeTags": NO_TAGS}), credentials=ChainProvider([_Source()]))
    found = [record for record in records if record["logger"] == "wsclient.credentials"]
    assert {record["wsclient_provider"] for record in found} == {"the credentials provider", "CachedProvider"}
    assert {record["wsclient_access_key"] for record in found} == {"...0815"}
    assert KEYS.access_key_id not in json.dumps(records)


@pytest.mark.parametrize("reply", [NO_TAGS, errors.InvalidParameterValuesException("hunter5 ws-1", status=400)])
def test_log_records_hold_no_secret(reply: Any) -> None:
    """Neither keys nor parameters nor the service's words are in a record, and every field has the prefix."""
    records = _records(FakeTransport({"DescribeTags": reply}))
    assert records
    assert not any(secret in json.dumps(records) for secret in ("hunter", KEYS.access_key_id, "AWS4", "ws-1"))
    names = {name for record in records for name in record} - {"logger", "level", "message"}
    assert all(name.startswith(PREFIX) for name in names)


def test_no_log_record_is_created_at_info() -> None:
    """At INFO, where most services run, a call leaves no record, failed or not."""
    failing = errors.InternalServerException("m", status=500)
    assert _records(FakeTransport({"DescribeTags": [failing, NO_TAGS]}), level=logging.INFO) == []
