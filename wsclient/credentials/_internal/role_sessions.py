"""RoleProvider: base of providers whose role can be assumed again, with a session policy.

"Session policies", https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import CredentialsProvider
    from wsclient._generated.sts import structures as s

RequestT = TypeVar("RequestT", "s.AssumeRoleRequest", "s.AssumeRoleWithWebIdentityRequest")


class RoleProvider(RefreshingProvider, Generic[RequestT]):
    """Base of providers of a role's sessions; _request is the request that starts one."""

    _request: RequestT

    def narrowed_to(self, policy: str) -> Self | None:
        """Return a provider of the same role's sessions with a session policy; None if the role cannot be so assumed.

        A session of its own policies cannot: the new one would take their place. One with MFA would ask for a code.
        """
        request = self._request
        if request.policy is not None or request.policy_arns or getattr(request, "serial_number", None) is not None:
            return None
        again = self._uncached()
        again._request = replace(request, policy=policy)  # noqa: SLF001 - a provider of this class
        return again.made_by(narrowed_role, provider=self, policy=policy)


def narrowed_role(
    *, provider: RoleProvider[s.AssumeRoleRequest] | RoleProvider[s.AssumeRoleWithWebIdentityRequest], policy: str
) -> CredentialsProvider:
    """Return the provider that narrowed_to() made, from what a pickle of it holds."""
    again = provider.narrowed_to(policy)
    if again is None:
        raise ConfigurationError("the role has a session policy of its own, or needs MFA: it cannot be narrowed")
    return again
