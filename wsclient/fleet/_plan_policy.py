"""IAM policies of plans: exactly the actions and resources of the calls that a run makes at a site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient._core.site import Site
from wsclient.endpoints._types import partition_id
from wsclient.fleet._actions.items import Parameters, PlanItem
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.policy._actions import DEPENDENT_ACTIONS, RESOURCE_TYPES_BY_ACTION
from wsclient.policy._documents import Effect, Statement
from wsclient.policy._place_conditions import requested_in
from wsclient.policy._policy import Policy
from wsclient.policy._size_limits import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wsclient.fleet._actions.specs import ActionSpec

ANY: Final = "*"
READS: Final[Mapping[str, tuple[str, ...]]] = {
    "tag": ("DescribeTags", "DescribeWorkspaces"),
    "untag": ("DescribeTags", "DescribeWorkspaces"),
}
"""Reads that verify an action, where DescribeWorkspaces alone does not; none has resource-level permissions."""
SNAPSHOT_ACTIONS: Final = frozenset({"rebuild", "restore"})
"""Actions whose snapshots are read before they are waited for."""
JOURNAL_READ: Final = "DescribeWorkspaceDirectories"
"""Read by which a journal that is resumed recognizes its account."""


def site_policy(
    spec: ActionSpec,
    site: Site,
    items: Sequence[PlanItem],
    parameters: Parameters,
    *,
    vpc_endpoint_id: str | None,
    has_journal: bool = False,
) -> Policy:
    """Return the policy of the calls of an action for these items of a site, and of their verification.

    With the id of the interface endpoint that carries the calls, it allows them through that endpoint only.
    """
    operation = spec.operation.name
    resources = _resources(operation, site, items, parameters)
    reads = {*READS.get(spec.name, ("DescribeWorkspaces",)), *((JOURNAL_READ,) if has_journal else ())}
    without_resource = {*reads, *(() if resources else (operation,))}
    if any(item.request is not None and item.request.tags for item in items):
        without_resource.update(DEPENDENT_ACTIONS.get(operation, ()))
    conditions = requested_in([site.region], [vpc_endpoint_id] if vpc_endpoint_id else ())
    statements = [_allow(sorted(without_resource), [ANY], conditions)]
    if resources:
        also = ["DescribeWorkspaceSnapshots"] if spec.name in SNAPSHOT_ACTIONS else []
        statements.insert(0, _allow([operation, *also], resources, conditions))
    return Policy(statements=statements)


def _resources(operation: str, site: Site, items: Sequence[PlanItem], parameters: Parameters) -> list[str]:
    """Return the ARNs that an operation takes for these items; none for one without resource-level permissions."""
    partition = partition_id(site.region)
    # Ids are unique in AWS; the account's own id need not be known before the first call.
    prefix = f"arn:{partition}:workspaces:{site.region}:*:"
    found = {
        f"{prefix}{kind}/{resource_id}"
        for kind in RESOURCE_TYPES_BY_ACTION.get(operation, ())
        for resource_id in _ids(kind, items, parameters)
    }
    return sorted(found)


def _ids(kind: str, items: Sequence[PlanItem], parameters: Parameters) -> Iterator[str]:
    for item in items:
        if kind == "workspace":
            yield item.workspace_id or ANY
        elif kind == "directory":
            yield item.directory_id
        elif kind == "workspacebundle" and item.request is not None:
            yield item.request.bundle_id
    if kind == "workspacebundle" and parameters.bundle_id:
        yield parameters.bundle_id


def _allow(
    actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, Mapping[str, Sequence[str]]]
) -> Statement:
    names = [f"workspaces:{action}" for action in actions]
    return Statement(effect=Effect.ALLOW, actions=names, resources=resources, conditions=conditions)


class PolicyMixin:
    """Policies of a plan's calls: a base of Plan."""

    journal: str | None
    parameters: Parameters

    @property
    def action(self) -> str:
        """Name of the action."""
        raise NotImplementedError

    @property
    def items(self) -> tuple[PlanItem, ...]:
        """Items of the plan."""
        raise NotImplementedError

    @property
    def by_site(self) -> Mapping[Site, int]:
        """Number of items by site."""
        raise NotImplementedError

    def _vpc_endpoint_id(self, site: Site) -> str | None:
        """Return the id of the interface endpoint that a site's client is configured with, None without one."""
        raise NotImplementedError

    def policies(self, *, fit: int | None = None, widen: bool = False) -> Mapping[Site, Policy]:
        """Return the IAM policy of a run's calls by site: the actions, the ARNs where an action takes them, the region.

        The policy of a site whose client has vpc_endpoint= allows calls through that interface endpoint only.
        fit is the number of characters that a policy may have (2,048 for a session policy, 6,144 for a managed one);
        a longer one raises PolicyTooLargeError. With widen=True its longest lists of ARNs become patterns such as
        workspace/* instead.
        """
        spec, found = ACTION_SPECS[self.action], dict[Site, Policy]()
        items: Mapping[Site, list[PlanItem]] = {site: [] for site in self.by_site}
        for item in self.items:
            items[item.site].append(item)
        for site, of_site in items.items():
            policy = site_policy(
                spec,
                site,
                of_site,
                self.parameters,
                vpc_endpoint_id=self._vpc_endpoint_id(site),
                has_journal=self.journal is not None,
            )
            found[site] = policy if fit is None else fitted(policy, fit, widen=widen)
        return found

    def policy(self, *, fit: int | None = None, widen: bool = False) -> Policy:
        """Return the IAM policy of a run's calls at the plan's only site; see policies() for several.

        Raises ConfigurationError for a plan of several sites or of none.
        """
        found = self.policies(fit=fit, widen=widen)
        if len(found) != 1:
            raise ConfigurationError(f"policy() is for a plan of one site, and this has {len(found)}: use policies()")
        return next(iter(found.values()))
