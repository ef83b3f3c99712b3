"""Memory of an audit of many WorkSpaces."""

from __future__ import annotations

import gc
import logging
import tracemalloc
from typing import TYPE_CHECKING, Any

from tests.benchmarks.audit import WAYS, Service, audit_of, measured
from tests.benchmarks.audit import streamed as streamed_to_the_end
from tests.support.loops import on_a_loop
from tests.support.scale import at_scale
from wsclient._core.model.string_interner import StringInterner
from wsclient.audit import AuditCall

if TYPE_CHECKING:
    import pytest

WORKSPACES = at_scale(4_000, 100_000)
CALLS = WORKSPACES // 25 * 2
LOOKS = WORKSPACES // 4, WORKSPACES // 4 + 400, WORKSPACES - 800
"""Where memory is looked at: from the first number of findings to the second, and after the third."""


def in_use() -> int:
    """Return the bytes in use, without garbage."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def grown(**options: Any) -> int:
    """Return the bytes by which a stream's memory grew from its first quarter to its end.

    At either place the least of some looks counts: pages that wait for the consumer come and go.
    """
    audit, client = audit_of(Service(WORKSPACES))
    early, later = list[int](), list[int]()
    tracemalloc.start()
    async with client:
        seen = 0
        async for _ in audit.findings(only=["use.unused"], **options):
            seen += 1
            if seen % 15 == 0:
                observations = early if LOOKS[0] <= seen < LOOKS[1] else later if seen >= LOOKS[2] else None
                if observations is not None:
                    observations.append(in_use())
    tracemalloc.stop()
    return min(later) - min(early)


@on_a_loop
async def test_streamed_findings_use_constant_memory(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Thousands of WorkSpaces later, a stream holds what it held before; kept calls grow with the WorkSpaces."""
    caplog.set_level(logging.WARNING, "wsclient")  # pytest keeps every record
    monkeypatch.setattr(StringInterner, "_MAX_STRINGS", 100)  # it fills within the first 10,000 strings
    calls = list[AuditCall]()
    await streamed_to_the_end(Service(1_000))  # what is made once, is made before
    streamed, kept = await grown(), await grown(on_call=calls.append)
    # The tokens of the pages are kept, so that a listing that goes in circles ends: some 90 bytes a call. The responses
    # would take thousands.
    assert streamed < 250 * CALLS
    assert kept - streamed > 75 * CALLS
    assert [call.number for call in calls] == list(range(1, CALLS + 1))


@on_a_loop
async def test_audit_benchmark_measures_streamed_and_kept_findings() -> None:
    """The calls are those of the estimate, and there is a figure for each column."""
    for way in WAYS:
        result = await measured(way, 100)
        assert result.calls == result.estimated
        assert result.findings > 0
        assert result.line().startswith(way)
