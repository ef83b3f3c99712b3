"""IAM policy of an audit: exactly the actions of its reads, in its regions and through its interface endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import EndpointParameters
from wsclient.policy._documents import Effect, Statement
from wsclient.policy._place_conditions import requested_in
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wsclient._core.site import Site
    from wsclient.endpoints._types import Endpoint


def audit_policy(actions: Collection[str], endpoints: Mapping[Site, Endpoint]) -> Policy:
    """Return the policy that allows these actions at the sites, each with the endpoint of its WorkSpaces client."""
    of_workspaces = {action for action in actions if action.startswith("workspaces:")}
    of_iam = {action for action in actions if action.startswith("iam:")}
    further = set(actions) - of_workspaces - of_iam
    regions = {site.region for site in endpoints}
    private = {site: endpoint_id for site, each in endpoints.items() if (endpoint_id := each.vpc_endpoint_id)}
    if private:
        public = {site.region for site in endpoints if site not in private}
        candidates = [
            _allow(of_workspaces, {site.region for site in private}, private.values()),
            _allow(of_workspaces, public),
            _allow(further, regions),
        ]
    else:
        candidates = [_allow(of_workspaces | further, regions)]
    candidates.append(_allow(of_iam, set(map(_iam_region, regions))))
    return Policy(statements=tuple(each for each in candidates if each is not None))


def _allow(
    actions: Collection[str], regions: Collection[str], vpc_endpoint_ids: Collection[str] = ()
) -> Statement | None:
    if not actions or not regions:
        return None
    conditions = requested_in(regions, set(vpc_endpoint_ids))
    return Statement(effect=Effect.ALLOW, actions=sorted(actions), resources=["*"], conditions=conditions)


def _iam_region(region: str) -> str:
    """Return the region of IAM's requests: it is a global service, whose requests are signed for one region."""
    return resolve_endpoint(EndpointParameters(service="iam", region=region, allow_unlisted=True)).signing_region
