"""A program of its own: says which credentials botocore's chain finds in each of the situations it is given.

A program, because botocore reads the process's environment. It reads a JSON list of {environ, profile} from its
standard input and writes a JSON list of outcomes: the three parts of the credentials, null, or an error's name.
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
import os
import sys
from typing import Any

import botocore.session


def outcome(environ: dict[str, str], profile: str | None) -> Any:  # JSON
    """Return what the chain finds."""
    os.environ.clear()
    os.environ.update(environ)
    try:
        session = botocore.session.Session(profile=profile)
        credentials = session.get_credentials()
        if credentials is None:
            return None
        frozen = credentials.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - whichever it is, it is the outcome
        return f"error: {type(error).__name__}"
    return [frozen.access_key, frozen.secret_key, frozen.token]


if __name__ == "__main__":
    situations = json.load(sys.stdin)
    json.dump([outcome(one["environ"], one["profile"]) for one in situations], sys.stdout)
