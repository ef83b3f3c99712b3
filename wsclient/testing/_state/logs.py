"""Logs of the emulator. They reach the program's logging only when a level is set for the logger wsclient.testing."""

from __future__ import annotations

import logging
from typing import Final

SERVER_THREAD: Final = "wsclient-emulator"
"""Name of the threads in which servers of the emulator run."""
_LIBRARIES: Final = ("asyncio", "uvicorn.access", "uvicorn.asgi", "uvicorn.error")
"""Loggers of the libraries that serve the emulator's requests; the program may use them too."""
_SILENT: Final = logging.CRITICAL + 1

logger: Final = logging.getLogger("wsclient.testing")
if logger.level == logging.NOTSET:
    logger.setLevel(_SILENT)


def quiet_libraries() -> None:
    """Keep what the libraries log in the emulator's threads from the program's logging, as the emulator's own logs."""
    for name in _LIBRARIES:
        logging.getLogger(name).addFilter(_is_wanted)  # adding it again changes nothing


def _is_wanted(record: logging.LogRecord) -> bool:
    return record.threadName != SERVER_THREAD or logger.isEnabledFor(record.levelno)
