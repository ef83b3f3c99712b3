"""StsClient: client of AWS STS."""

from __future__ import annotations

from typing import final

from wsclient._client.operations.sts import StsOperations


@final
class StsClient(StsOperations):
    """Client of AWS STS, all 12 operations, always at a regional endpoint; the constructor documents its options.

    STS calls that its own credentials need (assuming a role) use the same endpoint, unless sts= overrides it.
    AssumeRoleWithSAML and AssumeRoleWithWebIdentity are not signed and need no credentials.
    """
