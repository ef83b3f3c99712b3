"""Environment variables for code under test that creates its own clients."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from wsclient.config._client_config import system_environment

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from wsclient.testing._emulator.emulator import Emulator

_PROXIES: Final = frozenset({"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"})
_ISOLATION: Final = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""Variables that hide the machine's own AWS settings."""


def set_environment(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Point the AWS SDKs at an emulator, and hide the machine's own AWS settings and proxies; return what was set."""
    for name in system_environment():
        if name.startswith("AWS_") or name.upper() in _PROXIES:
            monkeypatch.delenv(name)
    variables = {**aws.environ(), **_ISOLATION}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if (boto3 := sys.modules.get("boto3")) is not None:
        # boto3.client() keeps the credentials of its first call in this process: those of an earlier test's emulator.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return variables
