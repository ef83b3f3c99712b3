"""The client of AWS STS."""

from __future__ import annotations

from typing import final

from wsclient._client.operations.sts import StsOperations


@final
class StsClient(StsOperations):
    """Calls AWS STS, always at a regional endpoint; its constructor says what it can be told.

    What its own credentials need of STS (a role to assume) is asked at the same endpoint, unless sts= says otherwise.
    AssumeRoleWithSAML and AssumeRoleWithWebIdentity are not signed and need no credentials.
    """
