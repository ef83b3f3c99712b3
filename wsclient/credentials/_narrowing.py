"""Narrowing of credentials to a policy: the role is assumed again with a session policy, or STS scopes the session.

"GetScopedCredentials", https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.credentials._internal.delegating import DelegatingProvider
from wsclient.credentials._internal.sts import policy_text
from wsclient.credentials.assume_role import AssumeRoleProvider
from wsclient.credentials.scoped import ScopedCredentialsProvider
from wsclient.credentials.web_identity import WebIdentityProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import CredentialsProvider


def narrowed(provider: CredentialsProvider, policy: Mapping[str, object], *, description: str) -> CredentialsProvider:
    """Return a provider whose credentials allow what those of provider allow and the policy allows too.

    A role is assumed again with the policy as its session policy; other temporary credentials are narrowed by
    GetScopedCredentials, whose requests CloudTrail shows with the description. The provider must have been asked for
    credentials before, so that it has chosen its source. Either way each failure is a CredentialsError: the provider's
    own credentials are never returned.
    """
    text = policy_text(policy)
    role = _chosen(provider)
    if text is not None and isinstance(role, AssumeRoleProvider | WebIdentityProvider):
        again = role.narrowed_to(text)
        if again is not None:
            return again
    return ScopedCredentialsProvider(provider, policy=policy, description=description)


def _chosen(provider: CredentialsProvider) -> CredentialsProvider:
    """Return the provider that a chain or profile has chosen."""
    while isinstance(provider, DelegatingProvider) and provider.chosen is not None:
        provider = provider.chosen
    return provider
