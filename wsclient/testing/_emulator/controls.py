"""What a test does with an emulator besides filling it: call it in process, break it, put it into a state and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsclient.testing._emulator.inventory import Inventory
from wsclient.testing._emulator.inventory_loader import Seeding
from wsclient.testing._emulator.snapshot import Place, Snapshot, put_back, take
from wsclient.testing._server.extras import services_of
from wsclient.testing._state.faults import Failure, Fault, Latency

if TYPE_CHECKING:
    from wsclient.testing._emulator.seeds import Seeds
    from wsclient.testing._files import PathLike
    from wsclient.testing._server.transport import EmulatorTransport
    from wsclient.testing._state.world import EmulatorState


DEFAULT_REGION, DEFAULT_ACCOUNT = "us-west-2", "123456789012"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Whose emulator it is, where, and what it has at first; directory_id is None where it needs one of its own."""

    region: str
    account_id: str
    inventory: Inventory | None
    directory_id: str | None


def beginning(seed: Inventory | PathLike | None, region: str | None, account_id: str | None) -> Beginning:
    """Return what an emulator begins with; what was said explicitly goes before what the inventory says."""
    inventory = inventory_of(seed) if seed is not None else None
    theirs = inventory or Inventory()
    return Beginning(
        region=region or theirs.region or DEFAULT_REGION,
        account_id=account_id or theirs.owner or DEFAULT_ACCOUNT,
        inventory=inventory,
        directory_id=next((directory.directory_id for directory in theirs.directories), None),
    )


def inventory_of(seed: Inventory | PathLike) -> Inventory:
    """Return an inventory, read where a path was given."""
    return seed if isinstance(seed, Inventory) else Inventory.load(seed)


class Controls:
    """The part of Emulator that needs nothing but its world."""

    _world: EmulatorState
    _seeds: Seeds
    account_id: str
    region: str
    directory_id: str
    bundle_id: str

    def snapshot(self) -> Snapshot:
        """Return the whole state as a value that can be put back, and saved to a file."""
        with self._world.lock:
            return take(self._world, self._seeds, self._place)

    def restore(self, snapshot: Snapshot | PathLike) -> None:
        """Put a state back, a Snapshot or the path of its file, in place of all that there is.

        Raises ConfigurationError for the state of another account or of regions that are not served.
        """
        found = snapshot if isinstance(snapshot, Snapshot) else Snapshot.load(snapshot)
        with self._world.lock:
            place = put_back(self._world, self._seeds, self._place, found)
            self.directory_id, self.bundle_id = place.directory_id, place.bundle_id

    @property
    def _place(self) -> Place:
        return Place(
            account_id=self.account_id,
            region=self.region,
            directory_id=self.directory_id,
            bundle_id=self.bundle_id,
        )

    def seed(
        self, inventory: Inventory | PathLike, *, account_id: str | None = None, region: str | None = None
    ) -> None:
        """Add what an inventory lists, an Inventory or the path of its file, to an account in a region.

        Raises FileFormatError, which says where, for a file that cannot be read and for what is there already; then
        nothing was added.
        """
        with self._world.lock:
            seeding = Seeding(
                world=self._world,
                store=self._seeds.store(account_id, region),
                inventory=inventory_of(inventory),
                directory_id=self.directory_id,
                bundle_id=self.bundle_id,
            )
            seeding.run()

    def transport(self) -> EmulatorTransport:
        """Return a transport that carries a client's requests here without sockets; the emulator need not run.

        WorkSpacesClient(region=aws.region, credentials=aws.credentials, transport=aws.transport()): signatures are
        checked as ever, calls are logged, faults strike. Only TLS and names are left out.
        """
        from wsclient.testing._server.transport import EmulatorTransport  # noqa: PLC0415 - httpx, which not everybody needs

        return EmulatorTransport(services_of(self._world))

    def fail(self, operation: str, *, with_: Failure, times: int | None = 1) -> None:
        """Let the next calls of an operation go wrong, times of them, or with None all until they are cleared.

        operation is AWS's name, "*" for whichever comes. with_ is an error class of wsclient.errors or such an error,
        an HttpAnswer of somebody on the way, Drop.BEFORE or Drop.AFTER the operation was carried out, or a Latency.
        A call can be late and fail. Requests that are refused anyway, by their signature or their values, are not
        struck. Raises ConfigurationError for an operation or a failure that there is not.
        """
        with self._world.lock:
            self._world.faults.add(Fault(operation=operation, with_=with_, left=times))

    def delay(self, operation: str, *, seconds: float, times: int | None = None) -> None:
        """Let answers of an operation come so much later than it is carried out, until that is cleared.

        Time is the emulator's: aws.clock.advance(seconds=…) brings an answer on.
        """
        self.fail(operation, with_=Latency(seconds=seconds), times=times)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is still to go wrong."""
        with self._world.lock:
            return tuple(self._world.faults.pending)

    def clear_faults(self, operation: str | None = None) -> None:
        """Let nothing go wrong any more, or nothing that was said of that operation."""
        with self._world.lock:
            self._world.faults.clear(operation)
