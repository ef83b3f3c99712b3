"""Operation handlers of the emulator: functions from a call and a typed request to a typed result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from wsclient._core.model.structures import Output, Structure

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.model.operations import Operation
    from wsclient.testing._state.directory_services import DirectoryServiceRecord
    from wsclient.testing._state.identities import Identities
    from wsclient.testing._state.keyring import IssuedKey, KeyRing, Principal
    from wsclient.testing._state.network import Network
    from wsclient.testing._state.quotas import Quotas
    from wsclient.testing._state.store import Durations, Store
    from wsclient.testing._state.vpc_endpoints import VpcEndpoints

InputT = TypeVar("InputT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Context of one call: the caller, the resources of its account, and the settings of the emulator.

    caller is the principal, ANONYMOUS for an operation that needs no signature; caller_key is the key of the signature.
    store holds the resources of the caller's account in the region of the signature, with all changes up to now
    applied. keys issues credentials;
    identities holds roles, MFA devices and signed tokens. durations are the times of state changes, quotas the maximum
    numbers of resources. regions are the regions that the emulator serves. store_at returns the store of an account and
    a region, stores_in the stores of all accounts in a region. network, endpoints and directory_services are the VPCs,
    the VPC endpoints and the directories of AWS Directory Service, of all accounts.
    """

    caller: Principal
    caller_key: IssuedKey | None
    store: Store
    now: datetime
    keys: KeyRing
    identities: Identities
    durations: Durations
    quotas: Quotas
    regions: frozenset[str]
    store_at: Callable[[str, str], Store]
    stores_in: Callable[[str], list[Store]]
    network: Network
    endpoints: VpcEndpoints
    directory_services: Mapping[str, DirectoryServiceRecord]

    @property
    def caller_is_temporary(self) -> bool:
        """True for temporary credentials."""
        return self.caller_key is not None and self.caller_key.credentials.session_token is not None

    @property
    def caller_has_mfa(self) -> bool:
        """True if the caller's credentials were obtained with an MFA device."""
        return self.caller_key is not None and self.caller_key.has_mfa


Handler = Callable[[Call, Structure], Output]


@dataclass(frozen=True, slots=True)
class HandlerTable:
    """Handlers of one module, by operation name."""

    handlers: dict[str, Handler] = field(default_factory=dict[str, Handler])

    def emulates(
        self, operation: Operation[InputT, OutputT]
    ) -> Callable[[Callable[[Call, InputT], OutputT]], Callable[[Call, InputT], OutputT]]:
        """Return a decorator that registers a function as the handler of an operation.

        Type checkers verify the function against the operation's request and result types.
        """

        def register(function: Callable[[Call, InputT], OutputT]) -> Callable[[Call, InputT], OutputT]:
            self.handlers[operation.name] = cast("Handler", function)
            return function

        return register
