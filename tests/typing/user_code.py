"""Code as boto3's users write it, without casts and asserts: type checkers must report no error. It is never run."""

from __future__ import annotations

import csv
import functools
import json
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Generic, ParamSpec, Protocol, TypedDict, TypeVar, Unpack

import wsclient
from wsclient import ClientOptions, Paginator, errors, types
from wsclient.fleet import Fleet, Outcome, Plan, where

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable


def users_by_state(workspaces: list[types.Workspace]) -> dict[str, list[str]]:
    """Group user names by state."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for workspace in workspaces:
        found[workspace.state].append(workspace.user_name.lower())
    return {state: sorted(users) for state, users in found.items()}


def is_idle(status: types.WorkspaceConnectionStatus, days: int) -> bool:
    """Return whether no user has connected for a number of days."""
    if status.connection_state == "CONNECTED":
        return False
    last = status.last_known_user_connection_timestamp
    return last is None or datetime.now(UTC) - last > timedelta(days=days)


def monthly_cost(workspace: types.Workspace, prices: dict[str, float]) -> float:
    """Look up a price by running mode and compute type."""
    properties = workspace.workspace_properties
    if properties.running_mode == types.RunningMode.ALWAYS_ON:
        return prices[f"{properties.compute_type_name}-monthly"]
    return prices[f"{properties.compute_type_name}-hourly"]


def new_workspace(user: str, *, fast: bool = False) -> types.WorkspaceRequest:
    """Return a WorkSpace request with strings as in the API reference."""
    return types.WorkspaceRequest(
        directory_id="d-926722edaf",
        user_name=user,
        bundle_id="wsb-0zsvgp8fc",
        workspace_properties=types.WorkspaceProperties(
            running_mode="AUTO_STOP",
            running_mode_auto_stop_timeout_in_minutes=60,
            compute_type_name="PERFORMANCE" if fast else "STANDARD",
            protocols=("WSP",),
        ),
        tags=[types.Tag(key="owner", value=user), types.Tag(key="temporary")],
    )


async def inventory(client: wsclient.WorkSpacesClient) -> dict[str, types.Workspace]:
    """Index all WorkSpaces by id."""
    return {workspace.workspace_id: workspace async for workspace in client.describe_workspaces()}


async def create(client: wsclient.WorkSpacesClient, users: list[str]) -> list[str]:
    """Create WorkSpaces, print the failures, and wait for the rest."""
    result = await client.create_workspaces(workspaces=[new_workspace(user) for user in users])
    for failure in result.failed_requests:
        print(failure.workspace_request.user_name, failure.error_code.upper(), failure.error_message)
    codes = Counter(failure.error_code for failure in result.failed_requests)
    print(codes.most_common(3))
    ready = await client.wait_until_available(result.pending_requests)
    return [workspace.workspace_id for workspace in ready]


async def stop_idle(client: wsclient.WorkSpacesClient, days: int) -> None:
    """Stop WorkSpaces without connections, 25 at a time."""
    idle = [
        status.workspace_id async for status in client.describe_workspaces_connection_status() if is_idle(status, days)
    ]
    running = [
        workspace
        for workspace in (await inventory(client)).values()
        if workspace.workspace_id in idle and workspace.state == "AVAILABLE"
    ]
    for start in range(0, len(running), 25):
        batch = running[start : start + 25]
        requests = [types.StopRequest(workspace_id=workspace.workspace_id) for workspace in batch]
        answer = await client.stop_workspaces(stop_workspace_requests=requests)
        for failure in answer.failed_requests:
            print(f"{failure.workspace_id}: {failure.error_code}")


async def modify(client: wsclient.WorkSpacesClient, workspace_id: str) -> None:
    """Change properties and state."""
    properties = types.WorkspaceProperties(running_mode="ALWAYS_ON")
    await client.modify_workspace_properties(workspace_id=workspace_id, workspace_properties=properties)
    await client.modify_workspace_state(workspace_id=workspace_id, workspace_state="ADMIN_MAINTENANCE")
    migrated = await client.migrate_workspace(source_workspace_id=workspace_id, bundle_id="wsb-0zsvgp8fc")
    await client.create_tags(resource_id=migrated.target_workspace_id, tags=[types.Tag(key="migrated", value="yes")])
    tags = (await client.describe_tags(resource_id=migrated.target_workspace_id)).tag_list
    print({tag.key: tag.value for tag in tags})


async def directories(client: wsclient.WorkSpacesClient) -> None:
    """Describe and change directories."""
    async for directory in client.describe_workspace_directories(limit=25):
        print(directory.directory_id.ljust(12), directory.directory_type.lower(), ", ".join(directory.subnet_ids))
        if directory.state != "REGISTERED":
            continue
        access = types.WorkspaceAccessProperties(device_type_web="DENY", device_type_linux="ALLOW")
        await client.modify_workspace_access_properties(
            resource_id=directory.directory_id, workspace_access_properties=access
        )


async def images(client: wsclient.WorkSpacesClient, workspace_id: str) -> str:
    """Make an image and a bundle of it."""
    image = await client.create_workspace_image(name="golden", description="golden", workspace_id=workspace_id)
    await client.wait_until_image_available([image.image_id])
    result = await client.create_workspace_bundle(
        bundle_name="golden",
        bundle_description="golden",
        image_id=image.image_id,
        compute_type=types.ComputeType(name="STANDARD"),
        user_storage=types.UserStorage(capacity="50"),
    )
    bundle = result.workspace_bundle
    print(bundle.name.title(), bundle.owner)
    owned = [image.name async for image in client.describe_workspace_images(image_type="OWNED")]
    print(sorted(owned))
    return bundle.bundle_id


async def networks(client: wsclient.WorkSpacesClient) -> None:
    """Make an IP group and a connection alias."""
    rules = [types.IpRuleItem(ip_rule="10.0.0.0/16", rule_desc="office")]
    group = await client.create_ip_group(group_name="office", user_rules=rules)
    await client.associate_ip_groups(directory_id="d-926722edaf", group_ids=[group.group_id])
    async for found in client.describe_ip_groups():
        print(found.group_name.title(), [rule.ip_rule for rule in found.user_rules])
    alias = await client.create_connection_alias(connection_string="desktop.example.com")
    await client.associate_connection_alias(alias_id=alias.alias_id, resource_id="d-926722edaf")


async def pools(client: wsclient.WorkSpacesClient) -> None:
    """Make a pool, and watch its capacity."""
    created = await client.create_workspaces_pool(
        pool_name="trainees",
        description="trainees",
        bundle_id="wsb-0zsvgp8fc",
        directory_id="wsd-0123456789",
        capacity=types.Capacity(desired_user_sessions=10),
        running_mode="AUTO_STOP",
    )
    await client.start_workspaces_pool(pool_id=created.workspaces_pool.pool_id)
    async for pool in client.describe_workspaces_pools():
        print(pool.pool_name, pool.capacity_status.available_user_sessions, pool.created_at.date())


async def accounts() -> None:
    """Print the caller's identity, and assume a role."""
    async with wsclient.StsClient(region="us-west-2") as sts:
        identity = await sts.get_caller_identity()
        print(identity.account, identity.arn.rpartition("/")[2])
        role = await sts.assume_role(role_arn="arn:aws:iam::123456789012:role/desk", role_session_name="desk")
        print(role.credentials.access_key_id[:4], role.credentials.expiration.isoformat(), role.assumed_role_user.arn)


def qualified_names(policy: wsclient.policy.Policy) -> wsclient.signing.SigV4Signer:
    """Write names of modules in full, after `import wsclient` alone."""
    print(wsclient.audit.Severity.HIGH, wsclient.vpc.InterfaceEndpoint, wsclient.endpoints.VpcEndpoint("vpce-0123"))
    print(wsclient.config.ClientConfig.load("workspaces"), wsclient.tls.TLSPolicy(), policy.statements)
    return wsclient.signing.SigV4Signer("workspaces", "us-west-2")


async def report(path: Path) -> None:
    """Write a CSV file and a JSON file of a fleet."""
    async with Fleet(regions=["us-west-2", "eu-west-1"]) as fleet:
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            async for row in fleet.inventory(where=where.state("AVAILABLE", "STOPPED") & where.idle_for(days=30)):
                writer.writerow([row.site.region, row.workspace_id, row.user_name.upper(), row.running_mode])
        plan = await fleet.stop(where=where.running_mode("AUTO_STOP"))
        print((await plan.run()).ok)


class BotocoreCredentials:
    """Credentials as botocore has them."""

    def get_frozen_credentials(self) -> tuple[str, str, str | None]:
        """Return keys valid at this time."""
        return "AKIAIOSFODNN7EXAMPLE", "secret", None


class Boto3Session:
    """Session as boto3 has it."""

    def get_credentials(self) -> BotocoreCredentials | None:
        """Return the session's credentials."""
        return BotocoreCredentials()


def options(session: Boto3Session, networks: list[str]) -> wsclient.WorkSpacesClient:
    """Write options as users of httpx and boto3 write them."""
    inside = wsclient.PrivateDns(allowed_cidrs=networks)
    client = wsclient.WorkSpacesClient(region="us-west-2", credentials=session, private_dns=inside, timeout=30, pace=2)
    return client.with_options(timeout=5.5, retry=wsclient.RetryPolicy(max_attempts=5), tls=Path("ca.pem"))


async def failures(client: wsclient.WorkSpacesClient, plan: Plan) -> None:
    """Read the errors of batches, waits and runs."""
    try:
        result = await client.create_workspaces(workspaces=[])
        await client.wait_until_available(result.raise_for_failures().pending_requests, timeout=900, fail_fast=False)
        report = (await plan.run()).raise_for_failures()
        print(report.counts["not_tried"], report.counts[Outcome.DONE])
    except errors.PartialFailureError as error:
        print([(item.error_code, item.error_message) for item in error.failed_requests])
    except errors.WaiterError as error:
        print([item.to_dict() for item in error.reached], [item.reason for item in error.failed])


def first_failure(error: errors.PartialFailureError[types.FailedCreateWorkspaceRequest]) -> str:
    """Read the request of the first failed item."""
    request = error.failed_requests[0].workspace_request
    return request.user_name


def available(error: errors.WaiterError[types.Workspace]) -> list[str]:
    """Return the ids of the WorkSpaces that became available."""
    return [workspace.workspace_id for workspace in error.reached]


async def main() -> None:
    """Do all of it, and handle errors as they come."""
    async with wsclient.WorkSpacesClient(region="us-west-2") as client:
        try:
            ids = await create(client, ["mary", "juan"])
            page = await client.describe_workspaces(workspace_ids=ids)
        except errors.ResourceNotFoundException as error:
            print(error.code, error.request_id)
            return
        except errors.ServiceError as error:
            print(f"{error.code} after {error.attempts} attempts")
            raise
        print(json.dumps([workspace.to_dict() for workspace in page.workspaces], indent=2))
        print(users_by_state(page.workspaces))
        print(max((monthly_cost(workspace, {}) for workspace in page.workspaces), default=0.0))
        print(page.metadata.request_id)


P = ParamSpec("P")
T = TypeVar("T")
PageT = TypeVar("PageT")
ItemT = TypeVar("ItemT")


def client_for(site: str, **options: Unpack[ClientOptions]) -> wsclient.WorkSpacesClient:
    """Pass options on."""
    options.setdefault("timeout", 30)
    options["profile"] = site
    return wsclient.WorkSpacesClient(**options)


@asynccontextmanager
async def clients(sites: list[str]) -> AsyncGenerator[dict[str, wsclient.WorkSpacesClient]]:
    """Open a client for each site."""
    async with AsyncExitStack() as stack:
        yield {site: await stack.enter_async_context(client_for(site)) for site in sites}


class DescribesTags(Protocol):
    """Protocol of a client with describe_tags, which a user's fake implements too."""

    async def describe_tags(self, *, resource_id: str) -> types.DescribeTagsResult:
        """Return tags."""
        ...


async def tags_of(client: DescribesTags, resource_id: str) -> dict[str, str]:
    """Return tags as a dict."""
    return {tag.key: tag.value or "" for tag in (await client.describe_tags(resource_id=resource_id)).tag_list}


class Cache(Generic[T]):
    """Cache of objects loaded by id."""

    def __init__(self, load: Callable[[str], Awaitable[T]]) -> None:
        self._load = load
        self._values: dict[str, T] = {}

    async def get(self, key: str) -> T:
        """Load a value once."""
        if key not in self._values:
            self._values[key] = await self._load(key)
        return self._values[key]


def logged(function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Print the failures of any method of a client."""

    @functools.wraps(function)
    async def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await function(*args, **kwargs)
        except errors.WsclientError as error:
            print(error, error.attempts, error.may_have_been_sent)
            raise

    return wrapper


async def first(listing: Paginator[PageT, ItemT], count: int) -> list[ItemT]:
    """Return the first items of any listing."""
    found: list[ItemT] = []
    async for item in listing:
        found.append(item)
        if len(found) == count:
            break
    return found


class Row(TypedDict):
    """Row of a data frame."""

    id: str
    state: str
    size: int | None


@dataclass
class Summary:
    """Rows and failures."""

    rows: list[Row]
    failed: list[errors.PartialFailureError[types.FailedWorkspaceChangeRequest]]


async def summarize(client: wsclient.WorkSpacesClient) -> Summary:
    """Use generic helpers with methods of a client."""
    tags = Cache(functools.partial(tags_of, client))
    print(await tags.get("ws-123456789"))
    page = await logged(client.describe_tags)(resource_id="ws-123456789")
    print(page.tag_list[0].key)
    rows: list[Row] = [
        {"id": each.workspace_id, "state": each.state, "size": each.workspace_properties.root_volume_size_gib}
        for each in await first(client.describe_workspaces(), 10)
    ]
    return Summary(rows, failed=[])
