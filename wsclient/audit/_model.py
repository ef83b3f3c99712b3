"""Values of an audit: outcomes, reasons, severities, sections, resources, evidence, findings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import msgspec

from wsclient._core.dates import AwareTime
from wsclient._core.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterable


@unique
class Outcome(StrEnum):
    """Result of a check for one resource. Unknown is never counted as pass."""

    PASS = "pass"  # noqa: S105 - an outcome
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


@unique
class Reason(StrEnum):
    """Reason of an unknown outcome."""

    NOT_PERMITTED = "not_permitted"
    """A permission is missing; the finding names the IAM action."""
    NOT_REACHED = "not_reached"
    """The connection failed, or no route to the service is configured."""
    DECIDED_ELSEWHERE = "decided_elsewhere"
    """An identity provider, a policy of the organization, another account or the guest decides it."""
    NO_API = "no_api"
    """No operation of AWS returns it."""
    INCOMPLETE = "incomplete"
    """A listing ended early, or a response lacks a member or has a value that is not known."""
    NOT_REQUESTED = "not_requested"
    """It needs an optional read that was not requested."""


@unique
class Severity(StrEnum):
    """Severity of a failure, from info to high."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Position in the order of severities: info is 0."""
        return list(type(self)).index(self)


SeverityText: TypeAlias = Severity | Literal["info", "low", "medium", "high"]
"""The member, or its text."""


@unique
class Section(StrEnum):
    """Section of AWS's page "Infrastructure security in Amazon WorkSpaces", in the page's order; beyond it the rest.

    https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
    """

    MANAGED_SERVICE = "Managed service: TLS, signing, identities"
    NETWORK_ISOLATION = "Network isolation"
    PHYSICAL_HOSTS = "Isolation on physical hosts"
    CORPORATE_USERS = "Authorization of corporate users"
    INTERFACE_ENDPOINT = "API calls through an interface endpoint"
    FIPS = "FIPS"
    BEYOND = "Beyond the page"


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """Resource of a finding: its CloudFormation type, its id, and its ARN if it has one."""

    type: str
    id: str
    arn: str | None = None


class AuditCall(msgspec.Struct, frozen=True, kw_only=True):
    """Call that an audit made: evidence refers to it by its number.

    at is the time of the response by AWS's clock. request_id is what CloudTrail records; None if no response had one.
    """

    number: int
    site: Site
    service: str
    operation: str
    request_id: str | None
    at: AwareTime
    endpoint_kind: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Member of a response and its value as text; call is the number of the AuditCall, if any."""

    member: str
    value: str
    call: int | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Judgement of a check about one resource; read holds the members that decided, with their values.

    reason belongs to an unknown outcome. severity replaces the check's where the fault decides it. is_proven is True
    for an outcome that stands even if other facts that the check needs could not be read.
    """

    outcome: Outcome
    message: str = ""
    reason: Reason | None = None
    action: str | None = None
    severity: Severity | None = None
    is_proven: bool = False
    read: tuple[tuple[str, str], ...] = ()


def passed(message: str = "", **read: object) -> Verdict:
    """Return that the rule holds."""
    return Verdict(outcome=Outcome.PASS, message=message, read=shown(read))


def failed(message: str, **read: object) -> Verdict:
    """Return a fault that holds if every fact that the check needs was read."""
    return Verdict(outcome=Outcome.FAIL, message=message, read=shown(read))


def proven(message: str, **read: object) -> Verdict:
    """Return a fault that what was read proves, whatever else could not be read."""
    return Verdict(outcome=Outcome.FAIL, message=message, is_proven=True, read=shown(read))


def unknown(reason: Reason, message: str, **read: object) -> Verdict:
    """Return that it cannot be decided, and why."""
    return Verdict(outcome=Outcome.UNKNOWN, message=message, reason=reason, read=shown(read))


def not_applicable(message: str, **read: object) -> Verdict:
    """Return that the rule excludes this resource."""
    return Verdict(outcome=Outcome.NOT_APPLICABLE, message=message, read=shown(read))


def shown(read: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Return members and values as text; an absent value is "(absent)"."""
    return tuple((name, _text(value)) for name, value in read.items())


def _text(value: object) -> str:
    if value is None:
        return "(absent)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(sorted(map(str, cast("Iterable[object]", value)))) or "(none)"
    return str(value)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of one check for one resource of a site.

    check, revision, title, section, severity, remedy and same_as are those of the check. resource is None where the
    finding stands for a whole site, for what a listing did not return, or for several resources of which it says the
    same; resources is their number. reason and action belong to an unknown outcome: action is the IAM action that is
    missing. exception is the reason of the exception or attestation that applies, with who gave it and until when.
    first_seen is the time of the first audit with this outcome, if the report was continued from an earlier one.
    """

    check: str
    revision: int
    site: Site
    title: str
    section: Section
    severity: Severity
    outcome: Outcome
    message: str
    remedy: str
    same_as: tuple[str, ...] = ()
    resource: Resource | None = None
    resources: int = 1
    reason: Reason | None = None
    action: str | None = None
    evidence: tuple[Evidence, ...] = ()
    exception: str | None = None
    at: AwareTime
    first_seen: AwareTime | None = None

    @property
    def key(self) -> tuple[str, Site, str]:
        """Identity of the finding in every audit: check, site and the resource's id."""
        return self.check, self.site, self.resource.id if self.resource else ""

    def __str__(self) -> str:
        """Return outcome, severity, check, resource and message on one line."""
        where = f"{self.site} {self.resource.id}" if self.resource else str(self.site)
        where += f" ({self.resources:,} resources)" if self.resources > 1 else ""
        reason = f" ({self.reason})" if self.reason else ""
        return f"{self.outcome}{reason} [{self.severity}] {self.check} {where}: {self.message}"
