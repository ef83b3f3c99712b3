"""The benchmarks run: each client in this environment makes its calls, and the results can be parsed."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.benchmarks import bench_parts, call_profile, growth, inventory
from tests.benchmarks.bench_process import running_server
from tests.benchmarks.bench_report import Goal, plotted, printed
from tests.benchmarks.bench_server import page
from tests.benchmarks.bench_worker import ASYNC, measured, measured_boto3
from wsclient.testing import Emulator

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[dict[str, int], str]]:
    """Run the benchmark's server; give its ports by kind of answer, and its authority's file."""
    with running_server() as ports_and_authority:
        yield ports_and_authority


@pytest.mark.parametrize("name", ["wsclient", "httpx", "streams"])  # the others have environments of their own
@pytest.mark.parametrize("kind", ["small", "page"])
def test_benchmark_runs_each_client(server: tuple[dict[str, int], str], name: str, kind: str) -> None:
    """A few calls over a few connections, and a figure for each column."""
    ports, ca_file = server
    client = ASYNC[name](f"https://127.0.0.1:{ports[kind]}/", ca_file, 3, kind == "page")
    result = asyncio.run(measured(client, 12))
    assert set(result) == {"cpu_us", "calls_per_second", "p50_ms", "p99_ms", "peak_mib"}
    assert all(value >= 0 for value in result.values())


def test_benchmark_runs_boto3_with_threads(server: tuple[dict[str, int], str]) -> None:
    """The same with threads."""
    ports, ca_file = server
    assert measured_boto3(f"https://127.0.0.1:{ports['page']}/", ca_file, 2, 4)["calls_per_second"] > 0


def test_benchmark_parsers_read_the_same_content() -> None:
    """In the benchmark wsclient and botocore parse the same page to the same content."""
    ours, reference = bench_parts._readers()
    body = page(25)
    read = ours(body)
    assert isinstance(read, object)
    assert read.to_dict()["Workspaces"][0]["WorkspaceId"] == reference(body)["Workspaces"][0]["WorkspaceId"]  # type: ignore[attr-defined, index]
    assert len(reference(body)["Workspaces"]) == len(read.workspaces) == 25  # type: ignore[attr-defined, index]


@pytest.mark.parametrize("name", ["memory-wsclient", "memory-boto3"])
def test_benchmark_measures_the_memory_of_a_listing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Either client's pages are read and kept, and there is a figure."""
    monkeypatch.setattr(bench_parts, "PAGES", 2)
    assert bench_parts.main(name).keys() == {"mib"}


def test_benchmark_streams_a_long_listing(monkeypatch: pytest.MonkeyPatch, server: tuple[dict[str, int], str]) -> None:
    """A long listing is read to its last page, with an early and a late memory figure."""
    ports, ca_file = server
    monkeypatch.setattr(bench_parts, "PAGES", 20)
    assert bench_parts.main("stream", str(ports["more"]), ca_file).keys() == {"after_400", "after_4000"}


def test_benchmark_report_gives_a_verdict_per_goal(tmp_path: Path) -> None:
    """Each goal has its verdict, each client its line, and the plot is a picture."""
    row = {"cpu_us": 50.0, "calls_per_second": 1.0, "p50_ms": 1.0, "p99_ms": 1.0, "peak_mib": 1.0}
    calls = {kind: {"16": {"wsclient": row, "boto3": row | {"cpu_us": 500.0}}} for kind in ("small", "page")}
    text = printed("a machine", calls, {"signing": {"wsclient": 1.0}}, [Goal("one", 0.5, 1), Goal("two", 2, 1)])
    assert "16 x boto3" in text
    assert [line.split()[-1] for line in text.splitlines()[-2:]] == ["met", "missed"]
    for name in ("plot.svg", "plot.png"):
        plotted("a machine", calls, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000


@pytest.mark.parametrize("way", inventory.WAYS)
def test_benchmark_measures_each_kind_of_inventory(way: str) -> None:
    """A small inventory is read completely in each way, with a figure for each column."""
    with Emulator(seed=inventory.seeded(60)) as aws:
        keys = aws.credentials
        service = inventory.Service(
            url=aws.endpoint_url,
            ca_file=aws.ca_file,
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
        )
        reading = asyncio.run(inventory.read(way, service))
    assert reading.rows == 60
    assert reading.seconds > 0
    assert reading.cpu > 0
    text = f"print({msgspec.json.encode(reading).decode()!r})"
    measured = inventory.watched(way, [sys.executable, "-c", text])
    assert measured.reading == reading
    assert measured.report_line(100).startswith(way)
    assert measured.start > 0


def test_benchmark_measures_and_plots_memory_growth(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each curve has a line with its growth, and the plot is a picture."""
    few = {unit: (measure, (2, 4), (2, 4)) for unit, (measure, _, _) in growth.CURVES.items()}
    monkeypatch.setattr(growth, "CURVES", few)
    growth.main(["--plot", str(tmp_path / "growth.svg")])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(few)
    assert all("growth" in line for line in lines)
    assert (tmp_path / "growth.svg").stat().st_size > 1000


def test_the_profile_attributes_a_call_to_its_parts(server: tuple[dict[str, int], str]) -> None:
    """The profile of a few calls counts the functions of one of them, by the parts of the client."""
    ports, ca_file = server
    profile = asyncio.run(call_profile.profiled("wsclient", ports["small"], ca_file, 2, 200))
    assert {"pipeline", "connection pool", "signature", "event loop"} <= profile.functions.keys()
    assert profile.lines()[-1].startswith("a call")
    assert signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
