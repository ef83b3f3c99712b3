"""Runs a command and takes what it writes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wsclient.credentials._surroundings import ProcessResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_OUTPUT = 1024 * 1024
"""Bytes that are kept of each output; credentials are a thousandth of it."""


async def run_process(argv: Sequence[str], *, environ: Mapping[str, str]) -> ProcessResult:
    """Run a command without a shell and wait for its end; its standard input is this process's, for prompts.

    A command whose caller is cancelled is killed. Raises OSError when it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=dict(environ)
    )
    try:
        stdout, stderr = await asyncio.gather(_output(process.stdout), _output(process.stderr))
        return ProcessResult(await process.wait(), stdout, stderr)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _output(stream: asyncio.StreamReader | None) -> bytes:
    """Return the first bytes of an output, and read the rest, so that the command does not wait for a reader."""
    kept = bytearray()
    while stream is not None and (chunk := await stream.read(65536)):
        kept += chunk[: MAX_OUTPUT - len(kept)]
    return bytes(kept)
