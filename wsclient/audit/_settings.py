"""AuditSettings: what an audit takes as intended."""

from __future__ import annotations

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.options import show

MAX_DAYS = 36_500


class AuditSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit takes as intended; every value is a default that an account may replace.

    expected_issuers: organizations that may issue the certificate of the API's host.
    administrators: principals' ARNs that may change WorkSpaces and directories; None: not known.
    widest_source: prefix length of the widest public IPv4 block that a security group may name.
    uncertified_devices: device types that may connect without a certificate, such as "ios".
    self_service: self-service permissions that users may have, such as "rebuild_workspace".
    instance_roles: ARNs of roles that WorkSpaces may carry.
    api_vpcs: ids of the VPCs from which the API is called.
    fips: True if FIPS 140 validated cryptography is required.
    aws_managed_key: False if volumes must be encrypted with a customer managed key.
    image_days: age in days of the oldest image.
    trusted_accounts: account ids with which images may be shared.
    approved_bundles: ids of the bundles that WorkSpaces may use; None: not known.
    idle_days: days without a connection after which a WorkSpace counts as unused.
    required_tags: tag keys that every WorkSpace must have.

    Raises ConfigurationError for a value of a wrong type or out of range.
    """

    expected_issuers: tuple[str, ...] = ("Amazon",)
    administrators: tuple[str, ...] | None = None
    widest_source: int = 8
    uncertified_devices: tuple[str, ...] = ()
    self_service: tuple[str, ...] = ()
    instance_roles: tuple[str, ...] = ()
    api_vpcs: tuple[str, ...] = ()
    fips: bool = False
    aws_managed_key: bool = True
    image_days: int = 90
    trusted_accounts: tuple[str, ...] = ()
    approved_bundles: tuple[str, ...] | None = None
    idle_days: int = 30
    required_tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate types and ranges; lists become tuples."""
        for field in msgspec.structs.fields(self):
            value = getattr(self, field.name)
            try:
                converted = msgspec.convert(value, field.type)
            except msgspec.ValidationError as error:
                raise ConfigurationError(f"AuditSettings.{field.name}: {error} (got {show(value)})") from None
            if converted is not value:
                msgspec.structs.force_setattr(self, field.name, converted)
        for name in ("image_days", "idle_days"):
            if not 0 < getattr(self, name) <= MAX_DAYS:
                raise ConfigurationError(f"AuditSettings.{name} must be from 1 to {MAX_DAYS} days")
        if not 0 <= self.widest_source <= 32:  # noqa: PLR2004 - bits of an IPv4 address
            raise ConfigurationError("AuditSettings.widest_source must be a prefix length from 0 to 32")
