"""The whole state of an emulator as a value, and as a file: taken, and put back later or elsewhere.

A file is a JSON object, "Format": "wsclient-snapshot", "Version": 1, that wsclient writes and reads: a checksum tells
whether somebody changed it. What people write themselves is an Inventory. It holds no key, token or secret.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.model.structures import Timestamp  # noqa: TC001 - msgspec looks at the annotations
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.workspaces.structures import WorkspaceBundle
from wsclient.testing._emulator.state_codec import Decoder, encoded
from wsclient.testing._files import FileFormatError, PathLike, converted, read_document, write_document
from wsclient.testing._state.call_log import CallRecord
from wsclient.testing._state.identities import Role
from wsclient.testing._state.store import Store
from wsclient.testing._state.visibility import ListVisibility
from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint

if TYPE_CHECKING:
    from wsclient.testing._emulator.seeds import Seeds
    from wsclient.testing._state.faults import Fault
    from wsclient.testing._state.identities import MfaDevice
    from wsclient.testing._state.keyring import IssuedKey
    from wsclient.testing._state.world import EmulatorState

T = TypeVar("T")

FORMAT, VERSION = "wsclient-snapshot", 1


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Account and region of an emulator, and the directory and bundle that it starts with."""

    account_id: str
    region: str
    directory_id: str
    bundle_id: str


class _Members(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """What a file holds; advanced and skewed are seconds of the emulator's clock, users counts those made up."""

    taken_at: Timestamp
    advanced: float
    skewed: float
    account_id: str
    region: str
    directory_id: str
    bundle_id: str
    users: int
    stores: list[object]
    amazon_bundles: dict[str, object]
    calls: list[object]
    roles: list[object]
    passing_roles: list[object]
    policies: dict[str, dict[str, list[str]]]
    endpoints: list[object]
    endpoint_policies: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _InMemory:
    """What no file holds: keys, MFA devices with the window of their last code, and faults."""

    keys: dict[str, IssuedKey]
    devices: dict[str, tuple[MfaDevice, int]]
    token_keys: dict[tuple[str, str], bytes]
    faults: list[Fault]


class Snapshot:
    """The whole state of an emulator at a moment: aws.snapshot() takes it, aws.restore() puts it back.

    In memory everything is in it: resources, the log of calls, roles, policies, VPC endpoints, keys, faults, and how
    far the clock was advanced. A file leaves keys, MFA devices and faults out. What was under way is as far from its
    end when it is put back as it was; what had happened keeps its time. How fast an account has called is not kept, nor
    what lists leave out.
    """

    def __init__(self, members: _Members, in_memory: _InMemory | None) -> None:
        self._members = members
        self._in_memory = in_memory

    @property
    def taken_at(self) -> datetime:
        """When it was taken, by the emulator's clock."""
        return self._members.taken_at

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a file; raises FileFormatError for one that is none, or that was changed."""
        document = read_document(path, FORMAT, VERSION)
        try:
            _check_unchanged(document)
            members = converted(document, _Members)
            _decoded(members, timedelta())
        except FileFormatError as error:
            raise error.of(path) from None
        return cls(members, None)

    def save(self, path: PathLike) -> None:
        """Write a file."""
        document: dict[str, object] = msgspec.to_builtins(self._members)
        write_document(path, FORMAT, VERSION, {"Checksum": _checksum(document), **document})

    def __repr__(self) -> str:
        """Say whose it is, and from when."""
        return f"<Snapshot of account {self._members.account_id} in {self._members.region}, {self.taken_at}>"


def take(world: EmulatorState, seeds: Seeds, place: Place) -> Snapshot:
    """Return the state of an emulator; the caller holds its world's lock."""
    identities = world.identities
    members = _Members(
        taken_at=world.clock.now(),
        advanced=world.clock.advanced.total_seconds(),
        skewed=world.clock.skewed.total_seconds(),
        account_id=place.account_id,
        region=place.region,
        directory_id=place.directory_id,
        bundle_id=place.bundle_id,
        users=seeds.users,
        stores=[encoded(store) for store in world.stores.values()],
        amazon_bundles={region: encoded(bundles) for region, bundles in world.amazon_bundles.items()},
        calls=[encoded(call) for call in world.calls],
        roles=[encoded(role) for role in identities.roles.values()],
        passing_roles=[encoded(role) for role in identities.implicit_roles.values()],
        policies=identities.policies.documents(),
        endpoints=[encoded(endpoint) for endpoint in world.endpoints.all()],
        endpoint_policies=world.endpoints.documents(),
    )
    in_memory = _InMemory(
        keys=dict(world.keys.issued),
        devices={number: (device, device.last_used) for number, device in identities.devices.items()},
        token_keys={place: store.token_key for place, store in world.stores.items()},
        faults=list(world.faults.pending),
    )
    return Snapshot(members, in_memory)


def put_back(world: EmulatorState, seeds: Seeds, place: Place, snapshot: Snapshot) -> Place:
    """Bring an emulator into a state, and return its place there; the caller holds its world's lock.

    Raises ConfigurationError for a snapshot of another account or of regions that the emulator does not serve.
    """
    members = snapshot._members  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the value of this module
    _check_place(world, place, members)
    advanced = timedelta(seconds=members.advanced)
    then = world.clock.wall() - world.clock.skewed + timedelta(seconds=members.skewed) + advanced
    state = _decoded(members, then - members.taken_at)
    world.clock.put_back(advanced, timedelta(seconds=members.skewed))
    world.stores = {(store.account_id, store.region): store for store in state.stores}
    world.amazon_bundles |= state.amazon_bundles
    world.calls[:] = state.calls
    for store in state.stores:
        store.lists = ListVisibility(appear=world.durations.appear, disappear=world.durations.disappear)
    world.buckets.refill()
    world.endpoints.restore(state.endpoints, members.endpoint_policies)
    world.identities.policies.restore(members.policies)
    world.identities.roles = {role.arn: role for role in state.roles}
    world.identities.implicit_roles = {role.arn: role for role in state.passing_roles}
    seeds.users = members.users
    in_memory = snapshot._in_memory  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    if in_memory is not None:
        _put_back_in_memory(world, in_memory)
    return Place(
        account_id=place.account_id,
        region=place.region,
        directory_id=members.directory_id,
        bundle_id=members.bundle_id,
    )


def _put_back_in_memory(world: EmulatorState, kept: _InMemory) -> None:
    world.keys.issued = dict(kept.keys)
    world.identities.devices = {number: device for number, (device, _) in kept.devices.items()}
    for device, last_used in kept.devices.values():
        device.last_used = last_used
    for place, token_key in kept.token_keys.items():
        world.stores[place].token_key = token_key
    world.faults.pending = list(kept.faults)


def _check_place(world: EmulatorState, place: Place, members: _Members) -> None:
    """Refuse a state in which the emulator's account would not find its own, or regions that it does not serve."""
    if (place.account_id, place.region) != (members.account_id, members.region):
        raise ConfigurationError(
            f"Emulator.restore: the snapshot is of account {members.account_id} in {members.region}; make the emulator "
            f'with account_id="{members.account_id}", region="{members.region}"'
        )
    if missing := members.amazon_bundles.keys() - world.regions:
        raise ConfigurationError(
            f"Emulator.restore: the snapshot has {', '.join(sorted(missing))}; name them in other_regions"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    stores: list[Store]
    amazon_bundles: dict[str, dict[str, WorkspaceBundle]]
    calls: list[CallRecord]
    roles: list[Role]
    passing_roles: list[Role]
    endpoints: list[InterfaceEndpoint]


def _decoded(members: _Members, passed: timedelta) -> _State:
    decoder = Decoder(taken_at=members.taken_at, passed=passed)

    def all_of(kind: type[T], data: object, where: str) -> list[T]:
        values = decoder.value(data, where)
        found = [value for value in values if isinstance(value, kind)] if is_list(values) else []
        if not is_list(data) or len(found) != len(data):
            raise FileFormatError(f"it holds something that is no {kind.__name__}", where=where)
        return found

    def by_id(data: object, where: str) -> dict[str, WorkspaceBundle]:
        bundles = all_of(WorkspaceBundle, list(data.values()) if is_mapping(data) else None, where)
        return {bundle.bundle_id or "": bundle for bundle in bundles}

    return _State(
        stores=all_of(Store, members.stores, "Stores"),
        amazon_bundles={
            region: by_id(data, f"AmazonBundles.{region}") for region, data in members.amazon_bundles.items()
        },
        calls=all_of(CallRecord, members.calls, "Calls"),
        roles=all_of(Role, members.roles, "Roles"),
        passing_roles=all_of(Role, members.passing_roles, "PassingRoles"),
        endpoints=all_of(InterfaceEndpoint, members.endpoints, "Endpoints"),
    )


def _check_unchanged(document: dict[str, object]) -> None:
    """Take the checksum out, and raise FileFormatError where it is not this document's."""
    if document.pop("Checksum", None) != _checksum(document):
        raise FileFormatError("it was changed after it was written", where="Checksum")


def _checksum(document: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
