"""The emulator's public face: start it, point clients at it, put things into it, see what was called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError
from wsclient._generated.workspaces.enums import (
    Compute,
    OperatingSystemName,
    RunningMode,
    WorkSpaceApplicationState,
    WorkspaceState,
    WorkspaceType,
)
from wsclient.testing._emulator.clients import EmulatorClients
from wsclient.testing._emulator.controls import Controls, beginning
from wsclient.testing._emulator.seeds import Seeds
from wsclient.testing._server.extras import new_server, services_of
from wsclient.testing._server.host_names import certified_names
from wsclient.testing._server.metadata import ContainerCredentials, InstanceMetadata
from wsclient.testing._state.clock import DrivenClock
from wsclient.testing._state.identities import ISSUER, Identities, MfaDevice, Role, role_arn
from wsclient.testing._state.keyring import KeyRing, user_arn
from wsclient.testing._state.quotas import Quotas
from wsclient.testing._state.store import Durations
from wsclient.testing._state.throttle import Throttler, coerce_throttle
from wsclient.testing._state.world import EmulatorState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from wsclient._core.clock import Clock
    from wsclient._core.credentials import Credentials
    from wsclient.pacing._pace import Pace
    from wsclient.testing._emulator.inventory import Inventory
    from wsclient.testing._files import PathLike
    from wsclient.testing._server.server import Server
    from wsclient.testing._state.call_log import CallRecord
    from wsclient.testing._state.policies import Attached, PolicySource
    from wsclient.testing._state.throttle import Throttle


class Emulator(Controls, EmulatorClients):
    """A local Amazon WorkSpaces and AWS STS, over TLS and loopback, that checks signatures as AWS does.

    `async with Emulator() as aws:` or, in synchronous tests, `with Emulator() as aws:`. aws.client() is a client
    for it; others need aws.endpoint_url, aws.ca_file, aws.credentials and aws.region. It begins with one directory
    (aws.directory_id) and AWS's bundles (aws.bundle_id is one). What takes AWS minutes takes aws.advance(minutes=…), a
    clock that is wrong aws.clock.skew(minutes=…). What was changed or called stays when it is stopped. Needs the extra
    wsclient[testing].

    region is the one it serves, us-west-2 unless said, other_regions are more of them; account_id owns its credentials.
    seed is what the account has at first, an Inventory or the path of its file: with directories of its own it has none
    but those, and region and account_id are the inventory's unless said. durations says how
    long changes take, quotas how much an account may have in a region, clock what time it goes by. throttle is how fast
    an account may call in a region before it gets ThrottlingException: a Pace for all calls to WorkSpaces (AWS
    documents Pace(2, 5)), a Throttle to limit single operations too, None to let everything through. host must be
    loopback; port 0 takes a free one.
    """

    def __init__(
        self,
        *,
        region: str | None = None,
        other_regions: Sequence[str] = (),
        account_id: str | None = None,
        seed: Inventory | PathLike | None = None,
        durations: Durations | None = None,
        quotas: Quotas | None = None,
        throttle: Throttle | Pace | None = None,
        clock: Clock = SYSTEM_CLOCK,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        begun = beginning(seed, region, account_id)
        self.region = region = begun.region
        self.account_id = account_id = begun.account_id
        self.clock = DrivenClock(clock)
        keys = KeyRing()
        self.credentials: Credentials = keys.issue_user(account_id, "emulator")
        self._world = EmulatorState(
            clock=self.clock,
            keys=keys,
            identities=Identities(self.clock),
            durations=durations or Durations(),
            quotas=quotas or Quotas(),
            regions=frozenset({region, *other_regions}),
            buckets=Throttler(coerce_throttle(throttle)),
        )
        self._seeds = Seeds(self._world, account_id, region)
        self.bundle_id = self._seeds.add_amazon_bundles()
        self.directory_id = begun.directory_id or self._seeds.add_directory(
            registered=True, kind=WorkspaceType.PERSONAL
        )
        if begun.inventory is not None:
            self.seed(begun.inventory)
        self._where = (host, port)
        self._server: Server | None = None

    @property
    def endpoint_url(self) -> str:
        """Where it answers: https, a loopback address, and a port."""
        return self._running().endpoint_url

    @property
    def ca_file(self) -> str:
        """Path of the certificate authority's PEM file, there while it runs: what clients trust it by."""
        return self._running().ca_file

    @property
    def calls(self) -> tuple[CallRecord, ...]:
        """Every request so far, refused ones too."""
        with self._world.lock:
            return tuple(self._world.calls)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time pass for the service, as clock.advance does."""
        self.clock.advance(days=days, hours=hours, minutes=minutes, seconds=seconds)

    def add_directory(
        self,
        *,
        registered: bool = True,
        kind: WorkspaceType = WorkspaceType.PERSONAL,
        account_id: str | None = None,
        region: str | None = None,
    ) -> str:
        """Add a directory and return its id; one not registered is there for RegisterWorkspaceDirectory."""
        return self._seeds.add_directory(registered=registered, kind=kind, account_id=account_id, region=region)

    def add_bundle(self, name: str) -> str:
        """Add a custom bundle of the account, and the image it is of, and return its id."""
        return self._seeds.add_bundle(name)

    def add_image(self, name: str, *, operating_system: OperatingSystemName = OperatingSystemName.WINDOWS_10) -> str:
        """Add a custom image of the account and return its id."""
        return self._seeds.add_image(name, system=operating_system)

    def add_application(
        self,
        name: str,
        *,
        compute_types: Sequence[Compute] = tuple(Compute),
        operating_systems: Sequence[OperatingSystemName] = (OperatingSystemName.WINDOWS_10,),
        state: WorkSpaceApplicationState = WorkSpaceApplicationState.AVAILABLE,
        excludes: Sequence[str] = (),
    ) -> str:
        """Add an application that AWS offers the account and return its id.

        A WorkSpace can have it with these compute types and operating systems, and without the applications excluded.
        """
        return self._seeds.add_application(
            name, compute_types=compute_types, operating_systems=operating_systems, state=state, excludes=excludes
        )

    def add_ec2_image(self) -> str:
        """Add an image of EC2 that can be imported, and return its id."""
        return self._seeds.add_ec2_image()

    def allow_byol(self, *, account_id: str | None = None) -> None:
        """Enable an account for Bring Your Own License, as AWS does when asked."""
        self._seeds.allow_byol(account_id)

    def add_pool_session(self, pool_id: str, user_id: str) -> str:
        """Connect a user to a pool that is RUNNING, and return the session's id."""
        return self._seeds.add_pool_session(pool_id, user_id)

    def add_workspaces(
        self,
        count: int = 1,
        *,
        directory_id: str | None = None,
        bundle_id: str | None = None,
        running_mode: RunningMode = RunningMode.ALWAYS_ON,
        state: WorkspaceState = WorkspaceState.AVAILABLE,
    ) -> list[str]:
        """Add WorkSpaces that have long been created, each for a user of its own, and return their ids."""
        return self._seeds.add_workspaces(
            count,
            directory_id=directory_id or self.directory_id,
            bundle_id=bundle_id or self.bundle_id,
            running_mode=running_mode,
            state=state,
        )

    @property
    def root_credentials(self) -> Credentials:
        """Long-term keys of the account's root user."""
        with self._world.lock:
            return self._world.keys.issue_root(self.account_id)

    def add_user(self, name: str, *, account_id: str | None = None, policy: Attached | None = None) -> Credentials:
        """Add an IAM user and return its long-term keys.

        policy is one document, or several, that it is held to; a user without may do everything. Adding it once more
        gives it another key, and puts the new policy in the place of the old one.
        """
        account = account_id or self.account_id
        with self._world.lock:
            self._world.identities.policies.attach(user_arn(account, name), policy)
            return self._world.keys.issue_user(account, name)

    def add_role(
        self,
        name: str,
        *,
        account_id: str | None = None,
        trusts: Sequence[str] = ("*",),
        external_id: str | None = None,
        mfa_required: bool = False,
        max_session: int = 3600,
        policy: Attached | None = None,
    ) -> str:
        """Add a role and return its ARN; an account to which a role was added has none but such.

        trusts names who may assume it: ARNs of principals, accounts, or "*". max_session is in seconds, 3,600 to
        43,200. policy is what its sessions are held to, as a user is to its own. Until a role is added to an account,
        any role of it may be assumed by anybody.
        """
        role = Role(
            arn=role_arn(account_id or self.account_id, name),
            trusts=tuple(trusts),
            external_id=external_id,
            mfa_required=mfa_required,
            max_session=max_session,
        )
        with self._world.lock:
            self._world.identities.policies.attach(role.arn, policy)
            self._world.identities.add_role(role)
        return role.arn

    def add_policy(self, name: str, document: PolicySource) -> str:
        """Add a managed policy, or one of AWS's by its ARN, for sessions to be limited by; return its ARN."""
        arn = name if name.startswith("arn:") else f"arn:aws:iam::{self.account_id}:policy/{name}"
        with self._world.lock:
            self._world.identities.policies.add_managed(arn, document)
        return arn

    def add_mfa_device(self, name: str = "mfa") -> MfaDevice:
        """Add a virtual MFA device: its code() is good once, by the emulator's clock."""
        with self._world.lock:
            return self._world.identities.add_mfa_device(self.account_id, name)

    def web_identity_token(
        self,
        subject: str = "system:serviceaccount:default:desk",
        *,
        audience: str = "sts.amazonaws.com",
        expires_in: float = 3600,
    ) -> str:
        """Return a token for AssumeRoleWithWebIdentity, good for so many seconds; below zero it has expired."""
        identities = self._world.identities
        ends = int(identities.expiry(expires_in).timestamp())
        return identities.jwt({"iss": ISSUER, "sub": subject, "aud": [audience], "exp": ends})

    def saml_assertion(
        self, *, role_arn: str, provider: str = "idp", user: str = "mary@example.com", expires_in: float = 300
    ) -> str:
        """Return an assertion for AssumeRoleWithSAML in base64; the provider's ARN is saml_provider_arn(provider)."""
        identities = self._world.identities
        return identities.assertion(
            role_arn=role_arn,
            provider_arn=self.saml_provider_arn(provider),
            user=user,
            expires=identities.expiry(expires_in),
        )

    def saml_provider_arn(self, provider: str = "idp") -> str:
        """Return the ARN of a SAML identity provider of the account."""
        return f"arn:aws:iam::{self.account_id}:saml-provider/{provider}"

    def authorization_message(self, text: str) -> str:
        """Return an encoded message for DecodeAuthorizationMessage."""
        return self._world.identities.jwt({"message": text})

    def trade_in_token(self, *, account_id: str | None = None, expires_in: float = 300) -> str:
        """Return a token for GetDelegatedAccessToken."""
        identities = self._world.identities
        ends = int(identities.expiry(expires_in).timestamp())
        return identities.jwt({"account": account_id or self.account_id, "exp": ends})

    def instance_metadata(self, role: str | None = "instance", *, allow_v1: bool = False) -> InstanceMetadata:
        """Return an instance metadata service for with or async with; role is its name, None for an instance without.

        Its credentials are good for this emulator's services. allow_v1 makes it answer without a token as well.
        """
        return InstanceMetadata(
            self._world, account_id=self.account_id, region=self.region, role=role, allow_v1=allow_v1
        )

    def container_credentials(self, role: str = "task", *, token: str | None = None) -> ContainerCredentials:
        """Return a container's agent for with or async with; token is what it must be asked with, if anything.

        Its credentials are good for this emulator's services.
        """
        return ContainerCredentials(self._world, account_id=self.account_id, role=role, token=token)

    def set_workspace_state(self, workspace_id: str, state: WorkspaceState) -> None:
        """Put a WorkSpace into a state that no call leads to, such as UNHEALTHY; what was to come is dropped."""
        with self._world.lock:
            self._seeds.workspace(workspace_id).set_state(state, self.clock.now())

    def connect_user(self, workspace_id: str) -> None:
        """Let a WorkSpace's user connect to it; it must be AVAILABLE."""
        self._seeds.connect(workspace_id, is_connected=True)

    def disconnect_user(self, workspace_id: str) -> None:
        """Let a WorkSpace's user disconnect from it."""
        self._seeds.connect(workspace_id, is_connected=False)

    def start(self) -> Self:
        """Begin to answer; with does this, and stop() in the end, by itself."""
        if self._server is not None:
            raise ConfigurationError("Emulator.start: it is running already")
        names = certified_names(self._world.regions)
        server = new_server(services_of(self._world), *self._where, names=names)
        server.start()
        self._server = server
        return self

    def stop(self) -> None:
        """Stop answering, drop every connection, and leave nothing behind; stopping twice is no error."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    def _running(self) -> Server:
        if self._server is None:
            raise ConfigurationError("the emulator is not running: use it as `async with Emulator() as aws:`")
        return self._server

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        # Not in another thread: a start takes milliseconds, and one that is waited for could be cancelled half-way.
        return self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
