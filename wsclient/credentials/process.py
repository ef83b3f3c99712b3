"""Credentials that a program prints.

"Process credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, ClassVar

from wsclient._core.errors import ConfigurationError, CredentialsRefreshError
from wsclient.credentials._internal.fetch import parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.context import ProviderContext

VERSION = 1


class ProcessProvider(RefreshingProvider):
    """Runs a command, without a shell, that prints credentials as JSON; again before they expire.

    command is split into words as a shell would; where says for messages which setting it came from. The program
    prints Version 1, AccessKeyId, SecretAccessKey, and perhaps SessionToken, Expiration and AccountId; without
    Expiration it is asked once. Its failures are always raised: whoever wrote it decides when there are no credentials.
    What it writes is never shown.
    """

    name: ClassVar[str] = "credential_process"
    is_strict: ClassVar[bool] = True

    def __init__(self, command: str, *, where: str = "credential_process") -> None:
        super().__init__()
        self._argv = _words(command, where)
        self._where = where

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        try:
            result = await surroundings.run_process(self._argv)
        except OSError as error:
            raise CredentialsRefreshError(
                f"{self._where} cannot be started: {error.strerror or type(error).__name__}"
            ) from None
        if result.status != 0:
            raise CredentialsRefreshError(
                f"{self._where} ended with status {result.status} and wrote {len(result.stderr)} bytes of errors; run "
                "it by hand to see them"
            )
        members = parse_json_object(result.stdout, self._where)
        if members.get("Version") != VERSION:
            raise CredentialsRefreshError(f"{self._where} must print Version {VERSION}, and does not")
        return parse_credentials(members, self._where, session_member="SessionToken")


def _words(command: str, where: str) -> tuple[str, ...]:
    """Split a command as a shell would; on Windows a backslash is no escape."""
    is_windows = os.name == "nt"
    try:
        words = shlex.split(command, posix=not is_windows)
    except ValueError:
        words = []
    if not words:
        raise ConfigurationError(f"{where} is no command: it is empty, or a quote in it is not closed")
    return tuple(word.strip('"') for word in words) if is_windows else tuple(words)
