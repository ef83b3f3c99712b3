"""RoleProvider: providers whose role can be assumed again, with a session policy.

"Session policies", https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from wsclient._core.credentials import CredentialsProvider


@runtime_checkable
class RoleProvider(Protocol):
    """Provider of role sessions, which can be assumed again."""

    def narrowed_to(self, policy: str) -> CredentialsProvider | None:
        """Return a provider of the same role's sessions with a session policy; None if the role cannot be so assumed.

        A session of its own policies cannot: the new one would take their place. One with MFA would ask for a code.
        """
        ...


def narrowed_role(*, provider: RoleProvider, policy: str) -> CredentialsProvider:
    """Return the provider that narrowed_to() made, from what a pickle of it holds."""
    again = provider.narrowed_to(policy)
    if again is None:
        raise ConfigurationError("the role has a session policy of its own, or needs MFA: it cannot be narrowed")
    return again
