"""Snapshots of the complete state of an emulator, in memory or as a file, to restore later or in another emulator.

A file is a JSON object, "Format": "wsclient-snapshot", "Version": 1. It is not meant to be edited: a checksum detects
changes. For files written by hand use Inventory. A file contains no key, token or secret.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.model.structures import Timestamp
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.workspaces.structures import WorkspaceBundle
from wsclient.testing._emulator.state_codec import Decoder, encode
from wsclient.testing._files import FileFormatError, PathLike, convert, read_document, write_document
from wsclient.testing._state.call_log import CallRecord
from wsclient.testing._state.directory_services import DirectoryServiceRecord
from wsclient.testing._state.identities import Role
from wsclient.testing._state.network import Network
from wsclient.testing._state.store import Store
from wsclient.testing._state.visibility import ListVisibility
from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint

if TYPE_CHECKING:
    from wsclient.testing._emulator.seeds import Seeder
    from wsclient.testing._state.emulator_state import EmulatorState
    from wsclient.testing._state.faults import Fault
    from wsclient.testing._state.identities import MfaDevice
    from wsclient.testing._state.keyring import IssuedKey

T = TypeVar("T")

FORMAT, VERSION = "wsclient-snapshot", 1


class EmulatorDefaults(msgspec.Struct, frozen=True, kw_only=True):
    """Account and region of an emulator, and its default directory and bundle."""

    account_id: str
    region: str
    directory_id: str
    bundle_id: str


class _Members(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", forbid_unknown_fields=True):
    """Content of a snapshot file.

    advanced and skewed are in seconds of the emulator's clock; users is the number of generated user names.
    """

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
    network: object = None
    directory_services: dict[str, object] = {}
    endpoint_tokens: list[tuple[str, str, str, str, str]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class _InMemory:
    """State kept out of files: keys, MFA devices with the time window of their last code, and faults."""

    keys: dict[str, IssuedKey]
    devices: dict[str, tuple[MfaDevice, int]]
    token_keys: dict[tuple[str, str], bytes]
    faults: list[Fault]


class Snapshot:
    """Complete state of an emulator at one moment: created by aws.snapshot(), restored by aws.restore().

    In memory it contains resources, the call log, roles, policies, VPC endpoints, keys, MFA devices, faults, and how
    far the clock is advanced. A file does not contain keys, MFA devices and faults. After a restore, changes in
    progress have the same time left as in the snapshot; past events keep their timestamps. The state of the rate limits
    and of the eventual consistency of listings is not saved.
    """

    def __init__(self, members: _Members, in_memory: _InMemory | None) -> None:
        self._members = members
        self._in_memory = in_memory

    @property
    def taken_at(self) -> datetime:
        """Time of the snapshot, by the emulator's clock."""
        return self._members.taken_at

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Read a snapshot file. Raises FileFormatError for an invalid or modified file."""
        document = read_document(path, FORMAT, VERSION)
        try:
            _check_unchanged(document)
            members = convert(document, _Members)
            _decode_state(members, timedelta())
        except FileFormatError as error:
            raise error.of(path) from None
        return cls(members, None)

    def save(self, path: PathLike) -> None:
        """Write a snapshot file."""
        document: dict[str, object] = msgspec.to_builtins(self._members)
        write_document(path, FORMAT, VERSION, {"Checksum": _checksum(document), **document})

    def __repr__(self) -> str:
        """Show account, region and time."""
        return f"<Snapshot of account {self._members.account_id} in {self._members.region}, {self.taken_at}>"


def take_snapshot(world: EmulatorState, seeds: Seeder, defaults: EmulatorDefaults) -> Snapshot:
    """Return the state of an emulator; the caller holds its lock."""
    identities = world.identities
    members = _Members(
        taken_at=world.clock.now(),
        advanced=world.clock.advanced.total_seconds(),
        skewed=world.clock.skewed.total_seconds(),
        account_id=defaults.account_id,
        region=defaults.region,
        directory_id=defaults.directory_id,
        bundle_id=defaults.bundle_id,
        users=seeds.users,
        stores=[encode(store) for store in world.stores.values()],
        amazon_bundles={region: encode(bundles) for region, bundles in world.amazon_bundles.items()},
        calls=[encode(call) for call in world.calls],
        roles=[encode(role) for role in identities.roles.values()],
        passing_roles=[encode(role) for role in identities.implicit_roles.values()],
        policies=identities.policies.documents(),
        endpoints=[encode(endpoint) for endpoint in world.endpoints.all()],
        endpoint_policies=world.endpoints.documents(),
        network=encode(world.network),
        directory_services={key: encode(record) for key, record in world.directory_services.items()},
        endpoint_tokens=[(*key, *value) for key, value in world.endpoints.tokens.items()],
    )
    in_memory = _InMemory(
        keys=dict(world.keys.issued),
        devices={number: (device, device.last_used) for number, device in identities.devices.items()},
        token_keys={store_key: store.token_key for store_key, store in world.stores.items()},
        faults=list(world.faults.pending),
    )
    return Snapshot(members, in_memory)


def restore_snapshot(
    world: EmulatorState, seeds: Seeder, defaults: EmulatorDefaults, snapshot: Snapshot
) -> EmulatorDefaults:
    """Restore the state of an emulator and return its new defaults; the caller holds its lock.

    Raises ConfigurationError for a snapshot of another account or of regions that the emulator does not serve.
    """
    members = snapshot._members  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - Snapshot is defined in this module
    _check_account_and_regions(world, defaults, members)
    advanced = timedelta(seconds=members.advanced)
    decoded_now = world.clock.wall() - world.clock.skewed + timedelta(seconds=members.skewed) + advanced
    state = _decode_state(members, decoded_now - members.taken_at)
    world.clock.put_back(advanced, timedelta(seconds=members.skewed))
    world.stores = {(store.account_id, store.region): store for store in state.stores}
    world.amazon_bundles |= state.amazon_bundles
    world.calls[:] = state.calls
    for store in state.stores:
        store.lists = ListVisibility(appear=world.durations.appear, disappear=world.durations.disappear)
    # Rate limits are not part of a snapshot: every account starts with full token buckets.
    world.buckets.refill()
    world.endpoints.restore(state.endpoints, members.endpoint_policies)
    tokens = members.endpoint_tokens
    world.endpoints.tokens = {(account, region, token): (used, key) for account, region, token, used, key in tokens}
    world.network, world.directory_services = state.network, state.directory_services
    world.identities.policies.restore(members.policies)
    world.identities.roles = {role.arn: role for role in state.roles}
    world.identities.implicit_roles = {role.arn: role for role in state.passing_roles}
    seeds.users = members.users
    in_memory = snapshot._in_memory  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    if in_memory is not None:
        _restore_in_memory(world, in_memory)
    return EmulatorDefaults(
        account_id=defaults.account_id,
        region=defaults.region,
        directory_id=members.directory_id,
        bundle_id=members.bundle_id,
    )


def _restore_in_memory(world: EmulatorState, in_memory: _InMemory) -> None:
    world.keys.issued = dict(in_memory.keys)
    world.identities.devices = {number: device for number, (device, _) in in_memory.devices.items()}
    for device, last_used in in_memory.devices.values():
        device.last_used = last_used
    for store_key, token_key in in_memory.token_keys.items():
        world.stores[store_key].token_key = token_key
    world.faults.pending = list(in_memory.faults)


def _check_account_and_regions(world: EmulatorState, defaults: EmulatorDefaults, members: _Members) -> None:
    """Raise ConfigurationError for a snapshot of another account or of regions that the emulator does not serve."""
    if (defaults.account_id, defaults.region) != (members.account_id, members.region):
        raise ConfigurationError(
            f"Emulator.restore: the snapshot is of account {members.account_id} in {members.region}; create the "
            f'emulator with account_id="{members.account_id}", region="{members.region}"'
        )
    if missing := members.amazon_bundles.keys() - world.regions:
        raise ConfigurationError(
            f"Emulator.restore: the snapshot needs more regions; add {', '.join(sorted(missing))} to other_regions"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _DecodedState:
    stores: list[Store]
    amazon_bundles: dict[str, dict[str, WorkspaceBundle]]
    calls: list[CallRecord]
    roles: list[Role]
    passing_roles: list[Role]
    endpoints: list[InterfaceEndpoint]
    network: Network
    directory_services: dict[str, DirectoryServiceRecord]


def _decode_state(members: _Members, elapsed: timedelta) -> _DecodedState:
    decoder = Decoder(taken_at=members.taken_at, elapsed=elapsed)

    def decode_list(item_type: type[T], data: object, where: str) -> list[T]:
        values = decoder.decode(data, where)
        items = [value for value in values if isinstance(value, item_type)] if is_list(values) else []
        if not is_list(data) or len(items) != len(data):
            raise FileFormatError(f"must contain {item_type.__name__} items only", where=where)
        return items

    def decode_one(item_type: type[T], data: object, where: str) -> T:
        value = decoder.decode(data, where)
        if not isinstance(value, item_type):
            raise FileFormatError(f"must be a {item_type.__name__}", where=where)
        return value

    def decode_bundles(data: object, where: str) -> dict[str, WorkspaceBundle]:
        if not is_mapping(data):
            raise FileFormatError("must be an object of bundles by bundle id", where=where)
        bundles = {str(name): decoder.decode(bundle, f"{where}.{name}") for name, bundle in data.items()}
        for name, bundle in bundles.items():
            if not isinstance(bundle, WorkspaceBundle):
                raise FileFormatError("must be a WorkspaceBundle", where=f"{where}.{name}")
        return cast("dict[str, WorkspaceBundle]", bundles)

    return _DecodedState(
        stores=decode_list(Store, members.stores, "Stores"),
        amazon_bundles={
            region: decode_bundles(data, f"AmazonBundles.{region}") for region, data in members.amazon_bundles.items()
        },
        calls=decode_list(CallRecord, members.calls, "Calls"),
        roles=decode_list(Role, members.roles, "Roles"),
        passing_roles=decode_list(Role, members.passing_roles, "PassingRoles"),
        endpoints=decode_list(InterfaceEndpoint, members.endpoints, "Endpoints"),
        # A file of an earlier version has no network: the accounts' own VPCs are then made anew.
        network=Network() if members.network is None else decode_one(Network, members.network, "Network"),
        directory_services={
            key: decode_one(DirectoryServiceRecord, data, f"DirectoryServices.{key}")
            for key, data in members.directory_services.items()
        },
    )


def _check_unchanged(document: dict[str, object]) -> None:
    """Remove the checksum from a document. Raises FileFormatError if it does not match."""
    if document.pop("Checksum", None) != _checksum(document):
        raise FileFormatError("the file was modified after wsclient wrote it", where="Checksum")


def _checksum(document: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
