"""Kinds of waits besides those for WorkSpaces: setup, completion and failures of each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from tests.support.driven_clients import driven_client
from tests.support.waiter_stage import Stage
from wsclient import types
from wsclient._generated.workspaces import enums
from wsclient.types import AssociationState, WorkspaceDirectoryState, WorkspacesPoolState


@dataclass(frozen=True)
class Case:
    """A kind of wait: its setup, completion, failures, and default timeout.

    make returns the reference to wait for; act is called when the wait has started; put sets a state without a call.
    """

    name: str
    make: Callable[[Stage], Awaitable[Any]]
    act: Callable[[Stage, Any], Awaitable[object]]
    ends: str | None
    put: Callable[[Stage, Any, str], None]
    failing: tuple[str, ...]
    stuck: str
    minutes: float
    state: str = "state"


async def _made_directory(stage: Stage) -> str:
    return stage.aws.add_directory(registered=False)


async def _registered(stage: Stage) -> str:
    return stage.aws.add_directory()


async def _register(stage: Stage, directory_id: str) -> object:
    return await stage.client.register_workspace_directory(directory_id=directory_id)


async def _deregister(stage: Stage, directory_id: str) -> object:
    return await stage.client.deregister_workspace_directory(directory_id=directory_id)


def put_directory(stage: Stage, directory_id: str, state: str) -> None:
    """Put a directory into a state, making it if need be."""
    record = stage.store.directories.get(directory_id) or stage.store.directories[stage.aws.directory_id]
    changed = replace(
        record.directory, directory_id=directory_id, state=WorkspaceDirectoryState(state), error_message="No room."
    )
    stage.store.directories[directory_id] = type(record)(directory=changed)


async def _image(stage: Stage) -> types.CopyWorkspaceImageResult:
    source = stage.aws.add_image("source")
    return await stage.client.copy_workspace_image(name="copy", source_image_id=source, source_region=stage.aws.region)


def put_image(stage: Stage, image: Any, state: str) -> None:
    """Put an image into a state."""
    record = stage.store.images[image.image_id]
    record.described = replace(
        record.described, state=enums.WorkspaceImageState(state), error_code="Sysprep", error_message="No room."
    )
    record.change = None


async def _bundle(stage: Stage) -> types.CreateWorkspaceBundleResult:
    made = await stage.client.create_workspace_bundle(
        bundle_name="own",
        bundle_description="own",
        image_id=stage.aws.add_image("source"),
        compute_type=types.ComputeType(name=types.Compute.STANDARD),
        user_storage=types.UserStorage(capacity="50"),
    )
    _put_bundle(stage, made, "PENDING")
    return made


async def _finish_bundle(stage: Stage, made: Any) -> object:
    _put_bundle(stage, made, "AVAILABLE")
    return made


def _put_bundle(stage: Stage, made: Any, state: str) -> None:
    bundle_id = made.workspace_bundle.bundle_id
    stage.store.bundles[bundle_id] = replace(stage.store.bundles[bundle_id], state=enums.WorkspaceBundleState(state))


async def _pool(stage: Stage) -> types.CreateWorkspacesPoolResult:
    directory_id = stage.aws.add_directory(kind=types.WorkspaceType.POOLS)
    return await stage.client.create_workspaces_pool(
        pool_name="pool",
        description="pool",
        bundle_id=stage.aws.bundle_id,
        directory_id=directory_id,
        capacity=types.Capacity(desired_user_sessions=1),
    )


async def _stopped_pool(stage: Stage) -> types.CreateWorkspacesPoolResult:
    made = await _pool(stage)
    await asyncio.sleep(301)
    return made


async def running_pool(stage: Stage) -> types.CreateWorkspacesPoolResult:
    """Return what creating a pool answered that is RUNNING by now."""
    made = await _stopped_pool(stage)
    put_pool(stage, made, "RUNNING")
    return made


def pool_id(made: Any) -> str:
    """Return the id of the pool that was created."""
    return str(made.workspaces_pool.pool_id)


async def _start_pool(stage: Stage, made: Any) -> object:
    return await stage.client.start_workspaces_pool(pool_id=pool_id(made))


async def _stop_pool(stage: Stage, made: Any) -> object:
    return await stage.client.stop_workspaces_pool(pool_id=pool_id(made))


def put_pool(stage: Stage, made: Any, state: str) -> None:
    """Put a pool into a state, with an error."""
    record = stage.store.pools[pool_id(made)]
    error = types.WorkspacesPoolError(
        error_code=types.WorkspacesPoolErrorCode.INTERNAL_SERVICE_ERROR, error_message="No room."
    )
    record.described = replace(record.described, state=WorkspacesPoolState(state), errors=[error])
    record.change = None


async def _associated(stage: Stage) -> types.AssociateWorkspaceApplicationResult:
    (workspace_id,) = stage.aws.add_workspaces()
    application_id = stage.aws.add_application("editor")
    return await stage.client.associate_workspace_application(workspace_id=workspace_id, application_id=application_id)


async def _installed(stage: Stage) -> tuple[str, str]:
    made = await _associated(stage)
    await _deploy(stage, made)
    await asyncio.sleep(1801)
    return _pair(made)


def _pair(made: Any) -> tuple[str, str]:
    if isinstance(made, tuple):
        return made
    return made.association.workspace_id, made.association.associated_resource_id


async def _deploy(stage: Stage, made: Any) -> object:
    return await stage.client.deploy_workspace_applications(workspace_id=_pair(made)[0])


async def _uninstall(stage: Stage, made: Any) -> object:
    workspace_id, application_id = _pair(made)
    await stage.client.disassociate_workspace_application(workspace_id=workspace_id, application_id=application_id)
    await asyncio.sleep(20)
    return await _deploy(stage, made)


def put_installation(stage: Stage, made: Any, state: str) -> None:
    """Put an application of a WorkSpace into a state, with a reason."""
    installed = stage.store.installations[_pair(made)]
    installed.set_state(AssociationState(state), stage.aws.clock.now())
    installed.due = None
    code = types.AssociationErrorCode.DEPLOYMENTERROR_INTERNALSERVERERROR
    installed.reason = types.AssociationStateReason(error_code=code, error_message="No room.")


async def _alias(stage: Stage) -> types.CreateConnectionAliasResult:
    return await stage.client.create_connection_alias(connection_string="desktop.example.com")


async def _created_alias(stage: Stage) -> types.CreateConnectionAliasResult:
    made = await _alias(stage)
    await asyncio.sleep(61)
    return made


async def _associated_alias(stage: Stage) -> types.CreateConnectionAliasResult:
    made = await _created_alias(stage)
    await _associate_alias(stage, made)
    await asyncio.sleep(61)
    return made


async def _associate_alias(stage: Stage, made: Any) -> object:
    return await stage.client.associate_connection_alias(alias_id=made.alias_id, resource_id=stage.aws.directory_id)


async def _disassociate_alias(stage: Stage, made: Any) -> object:
    return await stage.client.disassociate_connection_alias(alias_id=made.alias_id)


async def _delete_alias(stage: Stage, made: Any) -> object:
    return await stage.client.delete_connection_alias(alias_id=made.alias_id)


def _put_alias(stage: Stage, made: Any, state: str) -> None:
    record = stage.store.aliases[made.alias_id]
    record.described = replace(record.described, state=types.ConnectionAliasState(state))
    record.change = None


def _put_association(stage: Stage, made: Any, status: str) -> None:
    record = stage.store.aliases[made.alias_id]
    record.association = types.ConnectionAliasAssociation(association_status=types.AssociationStatus(status))
    record.association_change = None


async def _invited(stage: Stage) -> types.CreateAccountLinkInvitationResult:
    return await stage.client.create_account_link_invitation(target_account_id="210987654321")


def _accept_link(stage: Stage, made: Any) -> Awaitable[object]:
    other = driven_client(stage.aws, stage.transport, stage.clock, seed=2)
    keys = stage.aws.add_user("them", account_id="210987654321")
    them = other.with_options(credentials=keys)
    return them.accept_account_link_invitation(link_id=made.account_link.account_link_id)


def _put_link(stage: Stage, made: Any, state: str) -> None:
    link_id = made.account_link.account_link_id
    link = stage.store.links[link_id]
    stage.store.links[link_id] = replace(link, account_link_status=types.AccountLinkStatusEnum(state))


async def _nothing(stage: Stage, _: Any) -> object:
    return stage


CASES = [
    Case("image_available", _image, _nothing, "AVAILABLE", put_image, ("ERROR",), "PENDING", 300),
    Case("bundle_available", _bundle, _finish_bundle, "AVAILABLE", _put_bundle, ("ERROR",), "PENDING", 30),
    Case(
        "directory_registered",
        _made_directory,
        _register,
        "REGISTERED",
        put_directory,
        ("REGISTERING", "ERROR"),
        "REGISTERING",
        15,
    ),
    Case(
        "directory_deregistered",
        _registered,
        _deregister,
        "DEREGISTERED",
        put_directory,
        ("DEREGISTERING", "REGISTERED"),
        "DEREGISTERING",
        15,
    ),
    Case("pool_running", _stopped_pool, _start_pool, "RUNNING", put_pool, ("STARTING", "STOPPED"), "STARTING", 30),
    Case("pool_stopped", running_pool, _stop_pool, "STOPPED", put_pool, ("STOPPING", "RUNNING"), "STOPPING", 30),
    Case("application_associated", _associated, _deploy, "COMPLETED", put_installation, ("ERROR",), "INSTALLING", 60),
    Case(
        "application_disassociated",
        _installed,
        _uninstall,
        "REMOVED",
        put_installation,
        ("UNINSTALLING", "ERROR"),
        "UNINSTALLING",
        60,
    ),
    Case("connection_alias_created", _alias, _nothing, "CREATED", _put_alias, ("DELETING",), "CREATING", 10),
    Case(
        "connection_alias_deleted",
        _created_alias,
        _delete_alias,
        "DELETING",
        _put_alias,
        ("DELETING", "CREATED"),
        "DELETING",
        10,
    ),
    Case(
        "connection_alias_associated",
        _created_alias,
        _associate_alias,
        None,
        _put_association,
        ("PENDING_ASSOCIATION", "NOT_ASSOCIATED"),
        "PENDING_ASSOCIATION",
        10,
    ),
    Case(
        "connection_alias_disassociated",
        _associated_alias,
        _disassociate_alias,
        None,
        _put_association,
        ("PENDING_DISASSOCIATION", "ASSOCIATED_WITH_OWNER_ACCOUNT"),
        "PENDING_DISASSOCIATION",
        10,
    ),
    Case(
        "account_linked",
        _invited,
        _accept_link,
        "LINKED",
        _put_link,
        ("REJECTED",),
        "PENDING_ACCEPTANCE_BY_TARGET_ACCOUNT",
        24 * 60,
        state="account_link_status",
    ),
]
