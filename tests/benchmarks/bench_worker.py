"""One client of the benchmark in a process of its own: `python -m tests.benchmarks.bench_worker NAME CA_FILE`.

Reads one measurement a line as JSON from standard input, {"port", "calls", "connections", "parse"}, and answers each
with a line of JSON: CPU and wall-clock seconds, latencies in seconds, peak memory in KiB. Imports nothing that its
client does not need, so that memory is the client's own.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import ssl
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TARGET = "WorkspacesService.DescribeWorkspaces"
JSON = "application/x-amz-json-1.1"
Call = Callable[[], Awaitable[object]]


class Client:
    """A client with this many connections: opened() returns a function that makes a call."""

    def __init__(self, url: str, ca_file: str, connections: int, parse: bool) -> None:
        self.url, self.ca_file, self.connections, self.parse = url, ca_file, connections, parse

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Close what was opened."""


class Wsclient(Client):
    """The client that this project is about, pacing and all."""

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        wsclient: Any = importlib.import_module("wsclient")
        self.client = wsclient.WorkSpacesClient(
            region="us-west-2",
            endpoint_url=self.url,
            credentials=wsclient.Credentials(*KEYS),
            tls=wsclient.TLSPolicy(ca_file=self.ca_file),
            max_connections=self.connections,
        )
        client = self.client

        async def call() -> object:
            return await client.describe_workspaces(limit=25)

        return call

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.client.aclose()


class Aiobotocore(Client):
    """The asynchronous botocore."""

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        session: Any = importlib.import_module("aiobotocore.session")
        config: Any = importlib.import_module("aiobotocore.config")
        self.context = session.get_session().create_client(
            "workspaces",
            region_name="us-west-2",
            endpoint_url=self.url,
            aws_access_key_id=KEYS[0],
            aws_secret_access_key=KEYS[1],
            verify=self.ca_file,
            config=config.AioConfig(max_pool_connections=self.connections),
        )
        client: Any = await self.context.__aenter__()
        return lambda: client.describe_workspaces(Limit=25)

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.context.__aexit__(None, None, None)


class Aiohttp(Client):
    """A bare POST of aiohttp, unsigned; json.loads for a page."""

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        aiohttp: Any = importlib.import_module("aiohttp")
        context = ssl.create_default_context(cafile=self.ca_file)
        connector = aiohttp.TCPConnector(limit=self.connections, ssl=context)
        self.session = aiohttp.ClientSession(connector=connector)
        session, url, parse = self.session, self.url, self.parse
        headers = {"content-type": JSON, "x-amz-target": TARGET}

        async def call() -> object:
            async with session.post(url, data=b'{"Limit":25}', headers=headers) as answer:
                body = await answer.read()
            return json.loads(body) if parse else body

        return call

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.session.close()


class Httpx(Client):
    """A bare POST of httpx, unsigned; json.loads for a page."""

    library = "httpx"

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        httpx: Any = importlib.import_module(self.library)
        limits = httpx.Limits(max_connections=self.connections, max_keepalive_connections=self.connections)
        context = ssl.create_default_context(cafile=self.ca_file)
        self.client = httpx.AsyncClient(verify=context, limits=limits, timeout=60)
        client, url, parse = self.client, self.url, self.parse
        headers = {"content-type": JSON, "x-amz-target": TARGET}

        async def call() -> object:
            answer = await client.post(url, content=b'{"Limit":25}', headers=headers)
            return json.loads(answer.content) if parse else answer.content

        return call

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.client.aclose()


class Httpx2(Httpx):
    """A bare POST of httpx2, unsigned; json.loads for a page."""

    library = "httpx2"


class Capo(Client):
    """The typed client that is generated from AWS's Smithy models, on an HTTP library of its own."""

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        capo: Any = importlib.import_module("capo_workspaces")
        zapros: Any = importlib.import_module("zapros")
        transport = zapros.AsyncIOTransport(ssl_context=ssl.create_default_context(cafile=self.ca_file))
        client = capo.AsyncWorkSpacesClient(
            zapros.AsyncStdNetworkHandler(transport=transport, http1={"max_connections_per_host": self.connections}),
            region="us-west-2",
            endpoint=self.url,
            credentials={"access_key": KEYS[0], "secret_key": KEYS[1]},
        )
        self.client = await client.__aenter__()
        return lambda: self.client.describe_workspaces(limit=25)

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.client.__aexit__(None, None, None)


class Streams(Client):
    """The limit: ready-made bytes on asyncio's streams, nothing signed, nothing pooled; json.loads for a page."""

    async def opened(self) -> Call:
        """Return a function that makes a call."""
        context = ssl.create_default_context(cafile=self.ca_file)
        port = int(self.url.rpartition(":")[2].strip("/"))
        head = f"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {JSON}\r\nx-amz-target: {TARGET}\r\n"
        request = f'{head}content-length: 12\r\n\r\n{{"Limit":25}}'.encode()
        self.free = [
            await asyncio.open_connection("127.0.0.1", port, ssl=context, limit=2**20) for _ in range(self.connections)
        ]
        free, parse = self.free, self.parse

        async def call() -> object:
            connection = free.pop()
            reader, writer = connection
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            start = head.index(b"Content-Length: ") + 16
            body = await reader.readexactly(int(head[start : head.index(b"\r", start)]))
            free.append(connection)
            return json.loads(body) if parse else body

        return call

    async def aclose(self) -> None:
        """Close what was opened."""
        for _, writer in self.free:
            writer.transport.abort()


ASYNC: dict[str, type[Client]] = {
    "wsclient": Wsclient,
    "aiobotocore": Aiobotocore,
    "aiohttp": Aiohttp,
    "httpx": Httpx,
    "httpx2": Httpx2,
    "capo": Capo,
    "streams": Streams,
}


async def measured(client: Client, calls: int) -> dict[str, float]:
    """Make this many calls over all connections; the first calls, which open them, do not count."""
    call = await client.opened()
    latencies: list[float] = []
    left = 0

    async def worker() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            start = time.perf_counter()
            await call()
            latencies.append(time.perf_counter() - start)

    async def run(total: int) -> None:
        nonlocal left
        left = total
        await asyncio.gather(*(worker() for _ in range(client.connections)))

    await run(4 * client.connections)
    latencies.clear()
    cpu, wall = time.process_time(), time.perf_counter()
    await run(calls)
    result = report(cpu, wall, latencies)
    await client.aclose()
    return result


def measured_boto3(url: str, ca_file: str, connections: int, calls: int) -> dict[str, float]:
    """Do the same with boto3, which takes a thread for each call under way."""
    boto3: Any = importlib.import_module("boto3")
    config: Any = importlib.import_module("botocore.config")
    client = boto3.client(
        "workspaces",
        region_name="us-west-2",
        endpoint_url=url,
        aws_access_key_id=KEYS[0],
        aws_secret_access_key=KEYS[1],
        verify=ca_file,
        config=config.Config(max_pool_connections=connections),
    )
    latencies: list[float] = []

    def work(count: int) -> None:
        for _ in range(count):
            start = time.perf_counter()
            client.describe_workspaces(Limit=25)
            latencies.append(time.perf_counter() - start)

    def run(count: int) -> None:
        threads = [threading.Thread(target=work, args=(count,)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    run(4)
    latencies.clear()
    cpu, wall = time.process_time(), time.perf_counter()
    run(max(1, calls // connections))
    result = report(cpu, wall, latencies)
    client.close()
    return result


def report(cpu: float, wall: float, latencies: list[float]) -> dict[str, float]:
    """Return what was measured since those points in time."""
    cpu, wall, count = time.process_time() - cpu, time.perf_counter() - wall, len(latencies)
    latencies.sort()
    return {
        "cpu_us": cpu / count * 1e6,
        "calls_per_second": count / wall,
        "p50_ms": latencies[count // 2] * 1e3,
        "p99_ms": latencies[min(count - 1, count * 99 // 100)] * 1e3,
        "peak_mib": peak(),
    }


def peak() -> float:
    """Return the most MiB that this program has had in memory; what its parent had before does not count."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main(name: str, ca_file: str) -> None:
    """Run the measurements that standard input requests."""
    os.sched_setaffinity(0, {0})
    for line in sys.stdin:
        requested = json.loads(line)
        url, connections = f"https://127.0.0.1:{requested['port']}/", requested["connections"]
        if name == "boto3":
            result = measured_boto3(url, ca_file, connections, requested["calls"])
        else:
            client = ASYNC[name](url, ca_file, connections, requested["parse"])
            result = asyncio.run(measured(client, requested["calls"]))
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
