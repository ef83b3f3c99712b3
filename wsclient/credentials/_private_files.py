"""Files that hold secrets: readable by their owner alone, and written in one piece."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_privately(path: Path, content: bytes) -> bool:
    """Put a file in place in one step, with mode 0600 in a directory of mode 0700; return whether that could be done.

    Who reads it meanwhile finds the old content or the new. A disk that cannot be written to is no error: what is
    kept there is a convenience.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes files of mode 0600.
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        return False
    return True
