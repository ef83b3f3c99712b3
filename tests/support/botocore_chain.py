"""A program of its own: says which credentials botocore's chain finds in each of the situations it is given.

A program, because botocore reads the process's environment. It reads a JSON list of {environ, profile} from its
standard input and writes a JSON list of outcomes: the three parts of the credentials and the feature ids in the
User-Agent of a call with them; null; or an error's name.
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import json
import os
import sys
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader
from botocore.utils import ContainerMetadataFetcher

LOADER = Loader()
"""Shared: it reads the model of WorkSpaces once."""
CHECKSUMS = {"Z", "b"}
"""Ids of botocore's checksum settings, of use to S3 alone."""

# Seconds between its attempts at a container's agent.
ContainerMetadataFetcher.SLEEP_TIME = 0


def outcome(environ: dict[str, str], profile: str | None) -> Any:  # JSON
    """Return what the chain finds."""
    os.environ.clear()
    os.environ.update(environ)
    try:
        session = botocore.session.Session(profile=profile)
        session.register_component("data_loader", LOADER)
        credentials = session.get_credentials()
        if credentials is None:
            return None
        frozen = credentials.get_frozen_credentials()
    except Exception as error:  # noqa: BLE001 - whichever it is, it is the outcome
        return f"error: {type(error).__name__}"
    return [frozen.access_key, frozen.secret_key, frozen.token, features(environ, profile)]


def features(environ: dict[str, str], profile: str | None) -> list[str]:
    """Return the sorted feature ids in the User-Agent of a WorkSpaces call, which is answered without sending."""
    session = botocore.session.Session(profile=profile)
    session.register_component("data_loader", LOADER)
    client = session.create_client("workspaces", region_name="us-west-2")
    sent: list[str] = []

    def answer(request: Any, **_: object) -> AWSResponse:  # botocore has no types
        sent.append(str(request.headers["User-Agent"], "ascii"))
        return _Answer(request.url, 200, {"Content-Type": "application/json"}, None)

    client.meta.events.register("before-send.workspaces", answer)
    client.describe_workspaces()
    (parts,) = [part for part in sent[0].split(" ") if part.startswith("m/")]
    return sorted(set(parts.removeprefix("m/").split(",")) - CHECKSUMS)


class _Answer(AWSResponse):  # type: ignore[misc]  # botocore has no types
    """Response without items."""

    @property
    def content(self) -> bytes:
        """Return an empty object."""
        return b"{}"


if __name__ == "__main__":
    situations = json.load(sys.stdin)
    json.dump([outcome(situation["environ"], situation["profile"]) for situation in situations], sys.stdout)
