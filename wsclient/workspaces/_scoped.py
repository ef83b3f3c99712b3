"""Clients whose credentials are narrowed to a policy."""
# A scoped client is made of another one, whose credentials have no public name.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.credentials._internal.base import bind
from wsclient.credentials._narrowing import narrowed
from wsclient.policy._size_limits import SESSION_POLICY_LENGTH, fitted

if TYPE_CHECKING:
    from wsclient.policy._policy import Policy
    from wsclient.workspaces._client import WorkSpacesClient


def scoped_client(client: WorkSpacesClient, policy: Policy, *, description: str) -> WorkSpacesClient:
    """Return a copy of a client whose credentials allow the policy and nothing else; its first call calls STS.

    Call require_temporary_credentials() before. Raises PolicyTooLargeError for a policy that no session may have.
    """
    fitting = fitted(policy, SESSION_POLICY_LENGTH, widen=False)
    provider = narrowed(client._identity, fitting.to_dict(), description=description)  # noqa: SLF001 - see above
    return client.with_options(credentials=provider)


async def require_temporary_credentials(client: WorkSpacesClient, name: object) -> None:
    """Raise ConfigurationError for long-term keys, which STS cannot narrow; nothing was sent to WorkSpaces then.

    name is the site or the plan, for the error.
    """
    credentials = await bind(client._identity, client._provider_context).get_credentials()  # noqa: SLF001 - see above
    if credentials.session_token is None:
        raise ConfigurationError(
            f"{name}: scoped=True needs temporary credentials, and these are long-term keys; nothing was sent. Use "
            "AssumeRoleProvider(role_arn=...) for a role, or SessionTokenProvider(source=...) for the user"
        )
