"""Session: the clients of one plan, opened for each use and closed after it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

import msgspec

from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.other_service_clients import side_client
from wsclient._core.errors import PrivateLinkFipsError
from wsclient.endpoints._resolver import PRIVATELINK_FIPS
from wsclient.workspaces._scoped import require_temporary_credentials, scoped_client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wsclient.endpoints._routing import Reach
    from wsclient.policy._policy import Policy
    from wsclient.workspaces._client import WorkSpacesClient


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Client of the caller, and how EC2 is reached."""

    client: WorkSpacesClient
    reach: Reach | Literal["public"] | None

    @asynccontextmanager
    async def ec2(self) -> AsyncGenerator[Ec2Operations]:
        """Open a client of EC2. Raises EndpointResolutionError if EC2 must not be reached from this client."""
        async with side_client(self.client, Ec2Operations, self.reach) as ec2:
            yield ec2

    async def narrowed_to(self, policy: Policy) -> Session:
        """Return the session with credentials that AWS STS narrows to a policy.

        Raises ConfigurationError for long-term keys, and PolicyTooLargeError for a policy that no session may have.
        """
        await require_temporary_credentials(self.client, "the plan")
        narrow = scoped_client(self.client, policy, description="wsclient endpoint")
        return msgspec.structs.replace(self, client=narrow)

    def refuse_fips(self) -> None:
        """Raise PrivateLinkFipsError for a client of FIPS endpoints: AWS does not support them with PrivateLink."""
        config = self.client.config
        if self.client.endpoint.is_fips or config.use_fips.value:
            raise PrivateLinkFipsError(
                f"{PRIVATELINK_FIPS}: this client calls {self.client.endpoint.url} (use_fips from "
                f"{config.use_fips.source}). Create it with a client without FIPS, or keep the public FIPS endpoint"
            )
