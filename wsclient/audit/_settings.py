"""AuditSettings: the intended configuration of the accounts, from a program or a TOML file."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from os import PathLike
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import name_hint
from wsclient._core.value_kinds import BOOL, REJECTED, TEXT, Kind, collection_of, optional, satisfies
from wsclient.audit._toml import read_toml, require_known

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MAX_DAYS: Final = 36_500
MAX_PREFIX: Final = 32
"""Bits of an IPv4 address."""


CERTIFIABLE_DEVICES: Final = ("windows", "osx")
"""Device types for which a directory can require a certificate."""
OTHER_DEVICES: Final = ("ios", "android", "chrome_os", "zero_client", "linux", "work_spaces_thin_client")
SELF_SERVICE: Final = (
    "restart_workspace",
    "increase_volume_size",
    "change_compute_type",
    "switch_running_mode",
    "rebuild_workspace",
)
"""Self-service permissions of a directory."""


class _Form(NamedTuple):
    """Form of the items of a setting: a pattern, and its words."""

    pattern: re.Pattern[str]
    expected: str


_IAM_ARN: Final = _Form(
    re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:(user|role)/\S+"),
    "the ARN of an IAM user or role, as in arn:aws:iam::123456789012:role/admins",
)
_FORMS: Final[Mapping[str, _Form]] = {
    "expected_issuers": _Form(re.compile(r".*\S.*"), "the name of an organization"),
    "administrators": _IAM_ARN,
    "instance_roles": _IAM_ARN,
    "api_vpcs": _Form(re.compile("vpc-[0-9a-z]+"), "the id of a VPC, vpc-..."),
    "trusted_accounts": _Form(re.compile("[0-9]{12}"), "an account id of 12 digits"),
    "approved_bundles": _Form(re.compile("wsb-[0-9a-z]+"), "the id of a bundle, wsb-..."),
    "required_tags": _Form(re.compile(r"(?s).+"), "a tag key"),
}
_CHOICES: Final[Mapping[str, Collection[str]]] = {
    "uncertified_devices": (*CERTIFIABLE_DEVICES, *OTHER_DEVICES),
    "self_service": SELF_SERVICE,
}


def _within(least: int, most: int, unit: str) -> Kind:
    def is_within(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return satisfies(f"{unit} from {least:,} to {most:,}", is_within)


_NAMES: Final = collection_of(TEXT, "a list of strings")
_KINDS: Final = {
    "administrators": optional(_NAMES),
    "widest_source": _within(0, MAX_PREFIX, "a prefix length"),
    "fips": BOOL,
    "aws_managed_key": BOOL,
    "image_days": _within(1, MAX_DAYS, "a whole number of days"),
    "approved_bundles": optional(_NAMES),
    "idle_days": _within(1, MAX_DAYS, "a whole number of days"),
}


@checked_class(_KINDS, others=_NAMES)
@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Intended configuration of the accounts, by which checks judge; every value is a default that may be replaced.

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

    Raises ConfigurationError for a value of a wrong type or out of range, and TypeError for a name that is not known.
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
        """Validate the values, those of a report's document too: msgspec calls no constructor."""
        for name, kind in _KINDS.items():
            if kind.accept(getattr(self, name)) is REJECTED:
                raise ConfigurationError(f"AuditSettings.{name} must be {kind.expected}")
        for name, form in _FORMS.items():
            for item in getattr(self, name) or ():
                if form.pattern.fullmatch(item) is None:
                    raise ConfigurationError(f"AuditSettings.{name}: {item!r:.80} is not {form.expected}")
        for name, choices in _CHOICES.items():
            for item in getattr(self, name):
                if item not in choices:
                    raise ConfigurationError(
                        f"AuditSettings.{name}: {item!r:.80} is not known; {name_hint(item, choices)}"
                    )

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Self:
        """Read a TOML file with values by the names of the settings, as in idle_days = 45.

        A setting that the file leaves out has its default. Raises ConfigurationError for a name that is not known and
        for a wrong value, and OSError if the file cannot be read.
        """
        values = read_toml(path)
        require_known(str(path), values, (field.name for field in fields(cls)))
        try:
            return cls(**values)
        except ConfigurationError as error:
            raise ConfigurationError(f"{path}: {error}") from None
