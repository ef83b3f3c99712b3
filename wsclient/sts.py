"""The client of AWS STS: its operations, and who the credentials belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from wsclient._errors import CredentialsError
from wsclient._generated.sts.client import StsOperations
from wsclient.endpoints import StsRouting

if TYPE_CHECKING:
    from wsclient._client import Client
    from wsclient.credentials import Credentials


@final
class StsClient(StsOperations):
    """Calls AWS STS, always at a regional endpoint; see Client for what it can be told."""

    async def _account_of(self, credentials: Credentials) -> str:
        return await account_of(self.with_options(credentials=credentials, expected_account=None))


async def account_of(sts: StsClient) -> str:
    """Return the account of a client's credentials, as GetCallerIdentity tells it."""
    identity = await sts.get_caller_identity()
    if not identity.account:
        raise CredentialsError("STS did not say which account the credentials are of")
    return identity.account


def sts_beside(client: Client, credentials: Credentials) -> StsClient:
    """Return an STS client for another client's own look-ups.

    It inherits FIPS, dual-stack, TLS, proxy and profile, and nothing else: where STS is reached is said by sts=.
    """
    options = client._options  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - one client made after another
    asked = (options["sts"] or StsRouting()).parameters(client._parameters)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
    return StsClient(
        region=asked.region,
        endpoint_url=asked.endpoint_url,
        vpc_endpoint=asked.vpc_endpoint,
        private_dns=asked.private_dns,
        use_fips=asked.use_fips,
        use_dualstack=asked.use_dualstack,
        allow_unlisted=asked.allow_unlisted,
        allow_http=asked.allow_http,
        profile=options["profile"],
        credentials=credentials,
        retry=options["retry"],
        tls=options["tls"],
        timeout=options["timeout"],
        proxy=options["proxy"],
        app_id=options["app_id"],
        transport=options["transport"],
    )
