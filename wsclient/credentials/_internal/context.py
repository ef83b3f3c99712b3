"""What providers use of the world around them, handed in: a whole chain can run with nothing of the real machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient._core.model.structures import Output, Structure
from wsclient._core.reprs import RedactedStruct
from wsclient.config._profile_loader import load_shared_files, shared_file_paths
from wsclient.config._settings import SettingResolver

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wsclient._core.clock import TimeSource
    from wsclient._core.credentials import CredentialsProvider
    from wsclient._core.model.operations import Operation
    from wsclient._pipeline.transport.dialer import Resolver
    from wsclient.config._profiles import SharedFiles

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)

Send = Callable[[HttpRequest, Timeout], Awaitable[HttpResponse]]
"""Sends one request and returns its whole answer, whatever the status; raises TransportError or ResponseParseError."""

AskMfaCode = Callable[[str], Awaitable[str]]
"""Asks the person at the keyboard for the code of the MFA device of that serial number; raises CredentialsError."""


class ProcessResult(RedactedStruct, frozen=True):
    """What a finished process left: its exit status, and what it wrote; that may be credentials, so none is shown."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"stdout", "stderr"})

    status: int
    stdout: bytes
    stderr: bytes


RunProcess = Callable[[Sequence[str]], Awaitable[ProcessResult]]
"""Runs a command without a shell and waits for its end; raises OSError when it cannot be started."""


class CallSts(Protocol):
    """Calls an operation of AWS STS, where the caller's settings say STS is reached."""

    async def __call__(
        self, operation: Operation[InputT, OutputT], request: InputT, credentials: CredentialsProvider | None
    ) -> OutputT:
        """Return the typed answer; credentials sign the call, None for operations that need no signature.

        Raises WsclientError: ServiceError when STS refuses, TransportError when it is not reached.
        """
        ...


class ProviderContext(RedactedStruct, frozen=True, kw_only=True):
    """The environment, files, clock, network, processes and person that providers turn to.

    send reaches AWS services by the client's TLS policy and proxy; send_locally the metadata services of a machine or
    container, never through a proxy. Both take any URL.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"environ"})

    environ: Mapping[str, str]
    home: Path
    time: TimeSource
    send: Send
    send_local: Send
    resolve: Resolver
    call_sts: CallSts
    run_process: RunProcess
    ask_mfa_code: AskMfaCode

    async def shared_files(self) -> SharedFiles:
        """Read the AWS files, in a thread; raises ConfigurationError for a malformed one."""
        paths = shared_file_paths(self.environ, self.home)
        return await asyncio.to_thread(load_shared_files, paths, self.home)

    async def lookup(self, profile: str) -> SettingResolver:
        """Return what looks settings up in the environment, then in that profile."""
        return SettingResolver(environ=self.environ, files=await self.shared_files(), profile=profile)
