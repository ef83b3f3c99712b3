"""What an operation of the emulator is: one function from a call and a typed request to a typed result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from wsclient._core.model.structures import Output, Structure

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.model.operations import Operation
    from wsclient.testing._state.identities import Identities
    from wsclient.testing._state.keyring import KeyRing, Principal
    from wsclient.testing._state.quotas import Quotas
    from wsclient.testing._state.store import Durations, Store

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operation sees besides its request.

    caller is who calls, ANONYMOUS where no signature is needed; caller_is_temporary tells whether with temporary
    credentials, caller_has_mfa whether an MFA device was shown for them; store holds what the caller's account has in
    the region the request was signed for, settled to now; keys issues credentials, identities knows roles and proofs;
    durations says how long changes take, quotas how much there may be. regions are all that are served; store_at gives
    what another account or region has, stores_in what all accounts have in a region.
    """

    caller: Principal
    caller_is_temporary: bool
    caller_has_mfa: bool
    store: Store
    now: datetime
    keys: KeyRing
    identities: Identities
    durations: Durations
    quotas: Quotas
    regions: frozenset[str]
    store_at: Callable[[str, str], Store]
    stores_in: Callable[[str], list[Store]]


Handler = Callable[[Call, Structure], Output]


@dataclass(frozen=True, slots=True)
class HandlerTable:
    """The operations that a module emulates, by name."""

    handlers: dict[str, Handler] = field(default_factory=dict[str, Handler])

    def emulates(
        self, operation: Operation[InputT, OutputT]
    ) -> Callable[[Callable[[Call, InputT], OutputT]], Callable[[Call, InputT], OutputT]]:
        """Register the function below as that operation; type checkers hold it to the operation's own types."""

        def register(function: Callable[[Call, InputT], OutputT]) -> Callable[[Call, InputT], OutputT]:
            self.handlers[operation.name] = cast("Handler", function)
            return function

        return register
