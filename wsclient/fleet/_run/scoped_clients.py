"""ScopedClients: clients whose credentials allow the calls of one batch only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.fleet._plan_policy import site_policy
from wsclient.workspaces._scoped import scoped_client

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._core.site import Site
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.fleet._actions.specs import ActionSpec
    from wsclient.workspaces._client import WorkSpacesClient

MAX_KEPT: Final = 64
"""Scoped clients that are kept for the next call of the same batch."""


class ScopedClients:
    """Clients of one site for batches of items, each with credentials that STS has narrowed to the batch."""

    def __init__(self, client: WorkSpacesClient, site: Site, spec: ActionSpec, parameters: Parameters) -> None:
        self._client = client
        self._site = site
        self._spec = spec
        self._parameters = parameters
        self._kept: dict[tuple[str, ...], WorkSpacesClient] = {}

    def client_for(self, items: Sequence[PlanItem]) -> WorkSpacesClient:
        """Return the client for calls about these items; it calls STS before its first call."""
        key = tuple(sorted(item.key for item in items))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) == MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            endpoint_id = self._client.endpoint.vpc_endpoint_id
            policy = site_policy(self._spec, self._site, items, self._parameters, vpc_endpoint_id=endpoint_id)
            description = f"wsclient {self._spec.name} {len(items)} items"
            found = self._kept[key] = scoped_client(self._client, policy, description=description)
        return found
