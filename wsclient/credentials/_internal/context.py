"""Provider context: the environment, files, clock, network and processes that providers use.

Every provider gets them from this context, so that a whole chain can run without the real machine.
"""

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
    from wsclient.config._client_config import ClientConfig
    from wsclient.config._profiles import SharedFiles

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)

Send = Callable[[HttpRequest, Timeout], Awaitable[HttpResponse]]
"""Function that sends one request and returns the complete response of any status.

Raises TransportError or ResponseParseError.
"""

AskMfaCode = Callable[[str], Awaitable[str]]
"""Function that prompts the user for the MFA code of the device with that serial number; raises CredentialsError."""


class ProcessResult(RedactedStruct, frozen=True):
    """Exit status and output of a finished process; repr hides the output, which may hold credentials."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"stdout", "stderr"})

    status: int
    stdout: bytes
    stderr: bytes


RunProcess = Callable[[Sequence[str]], Awaitable[ProcessResult]]
"""Function that runs a command without a shell and waits until it exits; raises OSError if it cannot be started."""


class CallSts(Protocol):
    """Function that calls an STS operation at the endpoint of the caller's settings."""

    async def __call__(
        self, operation: Operation[InputT, OutputT], request: InputT, credentials: CredentialsProvider | None
    ) -> OutputT:
        """Return the typed response. credentials sign the call; None for operations that need no signature.

        Raises WsclientError: ServiceError if STS rejects the call, TransportError if STS is unreachable.
        """
        ...


class ProviderContext(RedactedStruct, frozen=True, kw_only=True):
    """Environment, files, clock, network, processes and MFA prompt of providers.

    send calls AWS services with the client's TLS policy and proxy. send_local calls the metadata service of an instance
    or a container, never through a proxy. Both accept any URL. config holds the settings of the client that uses the
    provider, or None; with has_given_config, the caller passed it to the client, and no other setting counts.
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
    config: ClientConfig | None = None
    has_given_config: bool = False

    async def shared_files(self) -> SharedFiles:
        """Read the shared config and credentials files in a thread. Raises ConfigurationError for a malformed file."""
        paths = shared_file_paths(self.environ, self.home)
        return await asyncio.to_thread(load_shared_files, paths, self.home)

    async def lookup(self, profile: str) -> SettingResolver:
        """Return a resolver that reads settings from the environment first, then from the profile."""
        return SettingResolver(environ=self.environ, files=await self.shared_files(), profile=profile)
