"""Exceptions and attestations: accepted failures and statements with a last day, read from a TOML file."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique
from fnmatch import fnmatchcase
from os import PathLike
from typing import TYPE_CHECKING, Final, cast

import msgspec

from wsclient._core.decodable import decodable
from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list, is_mapping
from wsclient._core.value_kinds import show
from wsclient.audit._model import Finding, Outcome, Reason
from wsclient.audit._toml import read_toml, require_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._core.site import Site

ATTESTABLE: Final = frozenset({Reason.DECIDED_ELSEWHERE, Reason.NO_API})
"""Reasons of unknown outcomes about which a person can know more than any call returns."""


@unique
class ExceptionKind(StrEnum):
    """exception: a failure that is accepted; attestation: a person's statement about what no call can decide."""

    EXCEPTION = "exception"
    ATTESTATION = "attestation"


class AuditException(msgspec.Struct, frozen=True, kw_only=True):
    """Failure that is accepted, or statement about an unknown outcome, with who gave it, why, and until when.

    check is the id of a check; resource is a pattern of resource ids, as in "ws-1*"; account is the account's id or its
    name in the audit, every account by default. until is its last day. No outcome becomes a pass by it. Raises
    ConfigurationError for an empty reason or owner, and for a last day that is not a date.
    """

    kind: ExceptionKind = ExceptionKind.EXCEPTION
    check: str
    reason: str
    owner: str
    until: date
    resource: str = "*"
    account: str | None = None

    def __post_init__(self) -> None:
        """Raise ConfigurationError for an empty text or another type, and for a last day that is not a date."""
        for name in ("check", "reason", "owner", "resource"):
            text: object = getattr(self, name)
            if not isinstance(text, str) or not text.strip():
                raise ConfigurationError(f"AuditException.{name} must be a text that is not empty, not {show(text)}")
        day = cast("object", self.until)
        if not isinstance(day, date) or isinstance(day, datetime):
            raise ConfigurationError(f"AuditException.until must be a date, the last day, not {show(day)}")

    def __str__(self) -> str:
        """Return kind, check, resource pattern and account on one line."""
        account = f" in account {self.account}" if self.account else ""
        return f"{self.kind} for {self.check}, resource {self.resource}{account}"

    @property
    def note(self) -> str:
        """Reason, owner and last day, as a finding shows them."""
        return f"{self.reason} ({self.owner}, until {self.until})"

    def covers(self, finding: Finding, account_id: str) -> bool:
        """Return whether it is about this finding, whatever the date is."""
        is_kind = (
            finding.outcome is Outcome.FAIL
            if self.kind is ExceptionKind.EXCEPTION
            else finding.outcome is Outcome.UNKNOWN and finding.reason in ATTESTABLE
        )
        resource_id = finding.resource.id if finding.resource else ""
        return (
            is_kind
            and self.check == finding.check
            and self.account in {None, account_id, finding.site.account}
            and fnmatchcase(resource_id, self.resource)
        )


class AppliedException(msgspec.Struct, frozen=True, kw_only=True):
    """Exception as a report shows it: the number of findings that it is about, and whether its last day has passed."""

    exception: AuditException
    findings: int
    is_expired: bool

    @property
    def warning(self) -> str | None:
        """Problem of the exception: no finding matches, or its last day has passed; None if it is in force."""
        if not self.findings:
            return f"{self.exception}: no finding matches"
        if self.is_expired:
            again = "1 finding counts" if self.findings == 1 else f"{self.findings:,} findings count"
            return f"{self.exception}: ended on {self.exception.until}; {again} again"
        return None


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    check: str
    reason: str
    owner: str
    until: date
    resource: str = "*"
    account: str | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exception: tuple[_Entry, ...] = ()
    attestation: tuple[_Entry, ...] = ()


def read_exceptions(path: str | PathLike[str]) -> tuple[AuditException, ...]:
    """Read a TOML file of [[exception]] and [[attestation]] tables.

    Each has check, reason, owner and until (a date), and may have resource and account (see AuditException). Raises
    ConfigurationError if the file is not valid, and OSError if it cannot be read.
    """
    tables = read_toml(path)
    require_known(str(path), tables, _File.__struct_fields__)
    for kind, entries in tables.items():
        for number, entry in enumerate(entries if is_list(entries) else (), 1):
            if is_mapping(entry):
                require_known(f"{path}: [[{kind}]] {number}", entry, _Entry.__struct_fields__)
    try:
        content = msgspec.convert(tables, decodable(_File), builtin_types=(date, datetime))
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{path} is not a file of exceptions: {error}") from None
    kinds = ((ExceptionKind.EXCEPTION, content.exception), (ExceptionKind.ATTESTATION, content.attestation))
    try:
        return tuple(
            AuditException(kind=kind, **msgspec.structs.asdict(entry)) for kind, entries in kinds for entry in entries
        )
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def applied(
    exceptions: Iterable[AuditException], findings: Iterable[Finding], accounts: Mapping[Site, str]
) -> tuple[tuple[Finding, ...], tuple[AppliedException, ...]]:
    """Return the findings, marked with the exceptions that are in force, and the exceptions with their numbers.

    accounts has the account id of each site. The day that counts is that of the finding.
    """
    by_check: dict[str, list[int]] = {}
    listed = list(exceptions)
    for index, exception in enumerate(listed):
        by_check.setdefault(exception.check, []).append(index)
    counts, over = [0] * len(listed), [False] * len(listed)
    marked = list[Finding]()
    for finding in findings:
        note = None
        for index in by_check.get(finding.check, ()):
            exception = listed[index]
            if exception.covers(finding, accounts.get(finding.site, "")):
                counts[index] += 1
                if finding.at.date() > exception.until:
                    over[index] = True
                else:
                    note = note or exception.note
        marked.append(msgspec.structs.replace(finding, exception=note) if note != finding.exception else finding)
    results = zip(listed, counts, over, strict=True)
    return tuple(marked), tuple(
        AppliedException(exception=exception, findings=count, is_expired=is_over)
        for exception, count, is_over in results
    )
