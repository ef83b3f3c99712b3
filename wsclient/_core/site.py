"""Site: one account in one region, as errors, plans and reports of fleets name it."""

from __future__ import annotations

import msgspec


class Site(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One account in one region. account is the account's name in the fleet: a profile name, or the caller's label."""

    account: str
    region: str

    def __str__(self) -> str:
        """Return "account/region"."""
        return f"{self.account}/{self.region}"
