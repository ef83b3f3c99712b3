"""Site: the WorkSpaces of one account in one region, which errors, plans and reports of fleets name."""

from __future__ import annotations

import msgspec


class Site(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """An account's WorkSpaces in one region. account is what the caller calls it: a profile's name, or a label."""

    account: str
    region: str

    def __str__(self) -> str:
        """Name it as account/region."""
        return f"{self.account}/{self.region}"
