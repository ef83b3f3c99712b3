"""The inventory of tests/benchmarks/inventory.py as a program with aiobotocore makes it, in aiobotocore's environment.

Reads the service's facts as JSON from its argument, writes JSON lines with the same joins (directory, bundle,
connection) page by page, and prints rows, CPU seconds, seconds, when it began and the peak of memory in bytes as JSON,
each from the first call on. Imports nothing of wsclient.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any


def _text(value: object) -> str:
    """Return a time as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


async def _lookups(client: Any, workspaces: list[Any], known: dict[str, Any]) -> dict[str, Any]:
    """Look up the connections of a page, and the directories and bundles that are new."""
    directories = sorted({workspace["DirectoryId"] for workspace in workspaces} - known.keys())
    bundles = sorted({workspace["BundleId"] for workspace in workspaces} - known.keys())
    status = client.describe_workspaces_connection_status(
        WorkspaceIds=[workspace["WorkspaceId"] for workspace in workspaces]
    )
    if directories:
        answer = await client.describe_workspace_directories(DirectoryIds=directories)
        known.update({directory["DirectoryId"]: directory for directory in answer["Directories"]})
    if bundles:
        answer = await client.describe_workspace_bundles(BundleIds=bundles)
        known.update({bundle["BundleId"]: bundle for bundle in answer["Bundles"]})
    return {workspace["WorkspaceId"]: workspace for workspace in (await status)["WorkspacesConnectionStatus"]}


async def main(service: dict[str, str]) -> dict[str, float]:
    """Write the inventory to a file, and drop it."""
    session: Any = importlib.import_module("aiobotocore.session")
    rows, known = 0, dict[str, Any]()
    with tempfile.TemporaryDirectory() as folder:
        async with session.get_session().create_client(
            "workspaces",
            region_name="us-west-2",
            endpoint_url=service["url"],
            aws_access_key_id=service["access_key_id"],
            aws_secret_access_key=service["secret_access_key"],
            verify=service["ca_file"],
        ) as client:
            start, cpu = time.monotonic(), time.process_time()
            with Path(folder, "all.jsonl").open("w", encoding="utf-8") as file:  # noqa: ASYNC230 - as such scripts do
                async for page in client.get_paginator("describe_workspaces").paginate():
                    connections = await _lookups(client, page["Workspaces"], known)
                    for workspace in page["Workspaces"]:
                        row = {
                            **workspace,
                            "Directory": known.get(workspace["DirectoryId"]),
                            "Bundle": known.get(workspace["BundleId"]),
                            "Connection": connections.get(workspace["WorkspaceId"]),
                        }
                        file.write(json.dumps(row, default=_text) + "\n")
                        rows += 1
            cpu, seconds = time.process_time() - cpu, time.monotonic() - start
    import resource  # noqa: PLC0415 - does not exist on Windows

    return {
        "rows": rows,
        "cpu": cpu,
        "begun": start,
        "seconds": seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
