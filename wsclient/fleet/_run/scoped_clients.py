"""ScopedClients: clients whose credentials allow the calls of one batch only.

"GetScopedCredentials", https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
"""
# A scoped client is made of another one, whose credentials have no public name.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient.credentials._internal.base import bind
from wsclient.credentials.scoped import ScopedCredentialsProvider
from wsclient.fleet._plan_policy import site_policy
from wsclient.policy._fitting import SESSION_POLICY_LENGTH, fitted

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
        """Return the client for calls about these items; it asks STS at its first call."""
        key = tuple(sorted(item.key for item in items))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) == MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            policy = fitted(
                site_policy(self._spec, self._site, items, self._parameters), SESSION_POLICY_LENGTH, widen=False
            )
            provider = ScopedCredentialsProvider(
                self._client._identity,  # noqa: SLF001 - see above
                policy=policy.to_dict(),
                description=f"wsclient {self._spec.name} {len(items)} items",
            )
            found = self._kept[key] = self._client.with_options(credentials=provider)
        return found


async def require_temporary_credentials(client: WorkSpacesClient, site: Site) -> None:
    """Raise ConfigurationError for long-term keys, which STS cannot narrow; nothing was sent to WorkSpaces then."""
    credentials = await bind(client._identity, client._provider_context).get_credentials()  # noqa: SLF001 - see above
    if credentials.session_token is None:
        raise ConfigurationError(
            f"{site}: scoped=True needs temporary credentials, and these are long-term keys; nothing was sent. Use "
            "AssumeRoleProvider(role_arn=...) for a role, or SessionTokenProvider(source=...) for the user"
        )
