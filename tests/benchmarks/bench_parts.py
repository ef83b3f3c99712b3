"""The parts of a call alone, each in a process of its own: `python -m tests.benchmarks.bench_parts NAME [ARGUMENT …]`.

Prints one line of JSON. signing and parsing give microseconds for wsclient and for botocore; memory-wsclient and
memory-boto3 give the MiB that 100,000 WorkSpaces take once they are read; stream PORT CA_FILE reads 4,000 pages from
the benchmark's server and gives the MiB in use after 400 of them and at the end.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import sys
import timeit
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.bench_server import page
from tests.benchmarks.bench_worker import JSON, KEYS, TARGET

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = 4000
URL = "https://workspaces.us-west-2.amazonaws.com/"
FROM_AWS = (("x-amzn-requestid", "11111111-2222-3333-4444-555555555555"),)
HEADERS = (
    ("content-type", JSON),
    ("x-amz-target", TARGET),
)
"""Headers that a call signs."""


def best(run: Callable[[], object], number: int) -> float:
    """Return the microseconds of one run, in the best of several rounds."""
    run()
    return min(timeit.repeat(run, number=number, repeat=7)) / number * 1e6


def signing() -> dict[str, float]:
    """Sign the same request with both."""
    wsclient: Any = importlib.import_module("wsclient")
    auth: Any = importlib.import_module("botocore.auth")
    request: Any = importlib.import_module("botocore.awsrequest")
    credentials: Any = importlib.import_module("botocore.credentials")
    signer, ours, now = wsclient.SigV4Signer("workspaces", "us-west-2"), wsclient.Credentials(*KEYS), datetime.now(UTC)
    reference = auth.SigV4Auth(credentials.Credentials(*KEYS), "workspaces", "us-west-2")
    body = b'{"Limit":25}'

    def by_botocore() -> None:
        reference.add_auth(request.AWSRequest("POST", URL, dict(HEADERS), body))

    return {
        "wsclient": best(lambda: signer.sign("POST", URL, HEADERS, body, ours, now), 20_000),
        "botocore": best(by_botocore, 3000),
    }


def _readers() -> tuple[Callable[[bytes], object], Callable[[bytes], object]]:
    """Return what reads a page of WorkSpaces: wsclient's codec, and botocore's parser."""
    http: Any = importlib.import_module("wsclient._core.http")
    protocols: Any = importlib.import_module("wsclient._core.protocols")
    operations: Any = importlib.import_module("wsclient._generated.workspaces.operations")
    service: Any = importlib.import_module("wsclient._generated.workspaces.service")
    codec, operation = protocols.codec_for(service.SERVICE), operations.DESCRIBE_WORKSPACES
    session: Any = importlib.import_module("botocore.session")
    parsers: Any = importlib.import_module("botocore.parsers")
    model = session.get_session().get_service_model("workspaces").operation_model("DescribeWorkspaces")
    parser = parsers.JSONParser()

    def by_botocore(body: bytes) -> object:
        return parser.parse({"status_code": 200, "headers": {}, "body": body}, model.output_shape)

    return lambda body: codec.parse(operation, http.HttpResponse(200, FROM_AWS, body)), by_botocore


def parsing() -> dict[str, float]:
    """Parse the same page of 25 with both."""
    ours, reference = _readers()
    body = page(25)
    return {"wsclient": best(lambda: ours(body), 3000), "botocore": best(lambda: reference(body), 300)}


def resident() -> float:
    """Return the MiB that this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def held(reader: int) -> dict[str, float]:
    """Read 100,000 WorkSpaces and keep them, as a listing of each does."""
    read = _readers()[reader]
    interning: Any = importlib.import_module("wsclient._core.model.string_interner")
    strings = interning.StringInterner()
    pages: list[Any] = [read(page(25))]
    gc.collect()
    before = resident()
    for number in range(PAGES):
        read_page: Any = read(page(25).replace(b"user", b"u%d" % number))
        if reader == 0:
            strings.share(read_page.workspaces)
        pages.append(read_page)
    del strings
    gc.collect()
    return {"mib": resident() - before}


async def streamed(port: str, ca_file: str) -> dict[str, float]:
    """Read a long listing, a page at a time, and keep none."""
    wsclient: Any = importlib.import_module("wsclient")
    client = wsclient.WorkSpacesClient(
        region="us-west-2",
        endpoint_url=f"https://127.0.0.1:{port}",
        credentials=wsclient.Credentials(*KEYS),
        tls=wsclient.TLSPolicy(ca_file=ca_file),
    )
    early, count = 0.0, 0
    async for _ in client.describe_workspaces(limit=25).pages():
        count += 1
        if count == PAGES // 10:
            early = resident()
        if count == PAGES:
            break
    await client.aclose()
    return {"after_400": early, "after_4000": resident()}


def main(name: str, *arguments: str) -> dict[str, float]:
    """Measure one part."""
    if name == "stream":
        return asyncio.run(streamed(*arguments))
    parts: dict[str, Callable[[], dict[str, float]]] = {
        "signing": signing,
        "parsing": parsing,
        "memory-wsclient": lambda: held(0),
        "memory-boto3": lambda: held(1),
    }
    return parts[name]()


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)
