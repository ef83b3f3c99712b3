"""Emulator controls for tests: snapshots, inventories, the in-process transport and fault injection."""

from __future__ import annotations

from dataclasses import dataclass

from wsclient._core.argument_checks import checked
from wsclient._core.value_kinds import ACCOUNT_ID, NAME, PATH, SECONDS, either, instance_of, optional, whole_number
from wsclient.testing._emulator.inventory import Inventory
from wsclient.testing._emulator.inventory_loader import InventoryLoader
from wsclient.testing._emulator.network import EmulatedNetwork
from wsclient.testing._emulator.seeds import Seeder
from wsclient.testing._emulator.snapshot import EmulatorDefaults, Snapshot, restore_snapshot, take_snapshot
from wsclient.testing._files import PathLike
from wsclient.testing._server.lazy_dependencies import service_handler
from wsclient.testing._server.transport import EmulatorTransport
from wsclient.testing._state.argument_kinds import PLACE
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.faults import Failure, Fault, Latency

DEFAULT_REGION, DEFAULT_ACCOUNT = "us-west-2", "123456789012"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialState:
    """Account, region and initial resources of an emulator.

    directory_id is None if the inventory has no directory, and the emulator must create one.
    """

    region: str
    account_id: str
    inventory: Inventory | None
    directory_id: str | None


def initial_state(seed: Inventory | PathLike | None, region: str | None, account_id: str | None) -> InitialState:
    """Return the initial state of an emulator; explicit arguments take precedence over the inventory."""
    inventory = load_inventory(seed) if seed is not None else None
    source = inventory or Inventory()
    return InitialState(
        region=region or source.region or DEFAULT_REGION,
        account_id=account_id or source.owner or DEFAULT_ACCOUNT,
        inventory=inventory,
        directory_id=next((directory.directory_id for directory in source.directories), None),
    )


def load_inventory(seed: Inventory | PathLike) -> Inventory:
    """Return an inventory, loaded from its file if seed is a path.

    Texts in structures that a program made become members of their enumerations; ConfigurationError for a misspelt one.
    A file may have values that are newer than the model.
    """
    return seed.with_members() if isinstance(seed, Inventory) else Inventory.load(seed)


class Controls:
    """Part of Emulator that needs no server."""

    _world: EmulatorState
    _seeder: Seeder
    account_id: str
    region: str
    directory_id: str
    bundle_id: str

    @property
    def network(self) -> EmulatedNetwork:
        """Network of the account in the main region, as EC2 describes it."""
        return EmulatedNetwork(self._world, self.account_id, self.region)

    @checked({"account_id": ACCOUNT_ID, "region": optional(NAME)}, owner="Emulator.network_of")
    def network_of(self, account_id: str, region: str | None = None) -> EmulatedNetwork:
        """Return the network of another account or region."""
        return EmulatedNetwork(self._world, account_id, region or self.region)

    def snapshot(self) -> Snapshot:
        """Return the complete state, for restore() or to save to a file."""
        with self._world.lock:
            return take_snapshot(self._world, self._seeder, self._defaults)

    @checked(
        {"snapshot": either("a Snapshot or the path of its file", instance_of(Snapshot, expected=""), PATH)},
        owner="Emulator.restore",
    )
    def restore(self, snapshot: Snapshot | PathLike) -> None:
        """Replace the whole state with a Snapshot, or with the snapshot in a file.

        Raises ConfigurationError for a snapshot of another account or of regions that the emulator does not serve, and
        FileFormatError for an invalid file.
        """
        loaded = snapshot if isinstance(snapshot, Snapshot) else Snapshot.load(snapshot)
        with self._world.lock:
            defaults = restore_snapshot(self._world, self._seeder, self._defaults, loaded)
            self.directory_id, self.bundle_id = defaults.directory_id, defaults.bundle_id

    @property
    def _defaults(self) -> EmulatorDefaults:
        return EmulatorDefaults(
            account_id=self.account_id,
            region=self.region,
            directory_id=self.directory_id,
            bundle_id=self.bundle_id,
        )

    @checked(
        {
            "inventory": either("an Inventory or the path of its file", instance_of(Inventory, expected=""), PATH),
            **PLACE,
        },
        owner="Emulator.seed",
    )
    def seed(
        self, inventory: Inventory | PathLike, *, account_id: str | None = None, region: str | None = None
    ) -> None:
        """Add the resources of an Inventory, or of an inventory file, to an account in a region.

        Raises FileFormatError, with the location, for an invalid file and for resources that already exist; nothing is
        added then.
        """
        with self._world.lock:
            loader = InventoryLoader(
                world=self._world,
                store=self._seeder.store(account_id, region),
                inventory=load_inventory(inventory),
                directory_id=self.directory_id,
                bundle_id=self.bundle_id,
            )
            loader.load()

    def transport(self) -> EmulatorTransport:
        """Return an in-process httpx transport for clients; the emulator need not be running.

        WorkSpacesClient(region=aws.region, credentials=aws.credentials, transport=aws.transport()): signatures are
        checked, calls are logged and faults apply, as over sockets. Only TLS and host names are not emulated.
        """
        from wsclient.testing._server.transport import EmulatorTransport  # noqa: PLC0415 - imports httpx, which not every test needs

        return EmulatorTransport(service_handler(self._world))

    @checked({"operation": NAME, "times": optional(whole_number(1))}, owner="Emulator.fail")
    def fail(self, operation: str, *, with_: Failure, times: int | None = 1) -> None:
        """Inject a fault into the next calls of an operation: times of them, or with None all until clear_faults().

        operation is AWS's name, "*" for any operation. with_ is an error class of wsclient.errors or an instance of
        one, an HttpAnswer as from a proxy, Drop.BEFORE or Drop.AFTER the operation runs, or a Latency. A call can be
        both delayed and failed. Requests rejected for their signature or their values do not use up a fault. Raises
        ConfigurationError for an unknown operation or an invalid fault.
        """
        with self._world.lock:
            self._world.faults.add(Fault(operation=operation, with_=with_, left=times))

    @checked({"operation": NAME, "seconds": SECONDS, "times": optional(whole_number(1))}, owner="Emulator.delay")
    def delay(self, operation: str, *, seconds: float, times: int | None = None) -> None:
        """Delay the responses of an operation by a number of seconds after it runs, until clear_faults().

        times limits the number of delayed calls. The delay runs on the emulator's clock: aws.clock.advance(seconds=…)
        releases a response.
        """
        fault = Fault(operation=operation, with_=Latency(seconds=seconds), left=times)
        with self._world.lock:
            self._world.faults.add(fault, "Emulator.delay")

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Pending faults."""
        with self._world.lock:
            return tuple(self._world.faults.pending)

    @checked({"operation": optional(NAME)}, owner="Emulator.clear_faults")
    def clear_faults(self, operation: str | None = None) -> None:
        """Remove all faults, or those injected for one operation."""
        with self._world.lock:
            self._world.faults.clear(operation)
