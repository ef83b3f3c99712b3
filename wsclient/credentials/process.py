"""Process credential provider: credentials that a program prints.

"Process credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from wsclient._core.argument_checks import checked
from wsclient._core.errors import CredentialsRefreshError
from wsclient._core.features import PROCESS
from wsclient._core.value_kinds import SECONDS, TEXT, secret
from wsclient.credentials._internal.command_line import split_command
from wsclient.credentials._internal.fetch import parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.context import ProviderContext

VERSION = 1
DEFAULT_TIMEOUT: Final = 60.0
"""Seconds a command may take; enough for a person to answer a prompt."""


NO_SHELL: Final = (
    "No shell runs it: write the program's whole path, without ~ and variables; for pipes, redirections and variables, "
    "run sh -c"
)
OPERATORS: Final = frozenset({"|", "||", "&&", ";", ">", ">>", "<", "2>&1", "2>/dev/null"})
"""Words that only a shell understands: a program gets them as arguments."""


class ProcessProvider(RefreshingProvider):
    """Provider that runs a command, without a shell, that prints credentials as JSON; again before they expire.

    command is split into words as a shell splits it, on Windows by Microsoft's rules. where names the setting that it
    came from, for error messages. The program prints Version 1, AccessKeyId, SecretAccessKey, and optionally
    SessionToken, Expiration and AccountId. Without Expiration it runs once. timeout is the number of seconds that it
    may take, 60 unless set: a program that takes longer is killed, and CredentialsRefreshError is raised.

    The program inherits standard input, for prompts. Its process group ends with it: background children are killed
    when it exits, times out, or the event loop ends, unless they moved to a session of their own. If standard input is
    a terminal, or on Windows, only the program itself is killed; output that its children keep open is not waited for.
    A cancelled get_credentials() leaves the program running for the next caller, within the timeout.

    A failure is always raised, even while cached credentials are valid: the program decides when access ends. Error
    messages never contain its output.
    """

    name: ClassVar[str] = "credential_process"
    _own_features: ClassVar[frozenset[str]] = frozenset({PROCESS})
    is_strict: ClassVar[bool] = True

    @checked({"command": secret(TEXT), "where": TEXT, "timeout": SECONDS})
    def __init__(
        self,
        command: str,
        *,
        where: str = "credential_process",
        timeout: float = DEFAULT_TIMEOUT,
        _account_id: str | None = None,
    ) -> None:
        super().__init__()
        self._argv = split_command(command, where)
        self._where = where
        self._timeout = timeout
        self._account_id = _account_id

    async def _fetch(self, context: ProviderContext) -> Credentials:
        try:
            async with asyncio.timeout(self._timeout):
                result = await context.run_process(self._argv)
        except TimeoutError:
            raise CredentialsRefreshError(
                f"{self._where} did not exit within {self._timeout:g} s and was killed; run the command in a terminal "
                "to see what it waits for, or allow more with ProcessProvider(timeout=…)"
            ) from None
        except OSError as error:
            raise CredentialsRefreshError(
                f"{self._where} cannot be started: {error.strerror or type(error).__name__}. {NO_SHELL}"
            ) from None
        if result.status != 0:
            hint = f". {NO_SHELL}" if OPERATORS.intersection(self._argv) else ""
            raise CredentialsRefreshError(
                f"{self._where} exited with status {result.status} and wrote {len(result.stderr)} bytes to stderr; run "
                f"the command in a terminal to see them{hint}"
            )
        members = parse_json_object(result.stdout, self._where)
        if members.get("Version") != VERSION:
            raise CredentialsRefreshError(f"{self._where} must print JSON with Version {VERSION}")
        if self._account_id is not None and not members.get("AccountId"):
            # The profile's aws_account_id, as in botocore: the program's own AccountId goes first.
            members = {**members, "AccountId": self._account_id}
        return parse_credentials(members, self._where, session_member="SessionToken")
