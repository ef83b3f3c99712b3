"""Preparation of the audit: its checks, settings, clients and files, before anything is sent."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, Unpack

from wsclient._core.errors import ConfigurationError
from wsclient.audit import CHECKS, Audit, AuditException, AuditReport, AuditSettings, read_exceptions
from wsclient.audit._checks.registry import selected
from wsclient.cli.common_options import usage_error
from wsclient.endpoints._routing import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wsclient.audit import Check
    from wsclient.cli.connections import ConnectionOptions


def checks_without(patterns: Sequence[str]) -> tuple[Check, ...]:
    """Return all checks but those of the patterns; raise ConfigurationError for a pattern of no check, or of all."""
    selected(CHECKS, (), patterns)
    kept = tuple(check for check in CHECKS if not any(fnmatchcase(check.id, pattern) for pattern in patterns))
    if not kept:
        raise ConfigurationError("--without leaves no check to run")
    return kept


def selected_checks(checks: Sequence[Check], selection: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return the checks of --benchmark and --check among these; raise ConfigurationError if they have no check."""
    found = selected(CHECKS, selection["benchmarks"], selection["only"])
    kept = tuple(check for check in found if check in checks)
    if not kept:
        raise ConfigurationError("--without leaves no check of --benchmark and --check")
    return kept


def new_audit(
    checks: Sequence[Check],
    settings: Path | None,
    reach: Reach | Literal["public"] | None,
    **options: Unpack[ConnectionOptions],
) -> Audit:
    """Return the audit; options are those of its clients. Raises ConfigurationError and OSError."""
    return Audit(
        checks=checks,
        settings=AuditSettings.read(settings) if settings is not None else None,
        reach=reach,
        **options,
    )


def reach_of(ec2: str | None, ds: str | None, iam: str | None, *, is_public: bool) -> Reach | Literal["public"] | None:
    """Return where the other services are called; None is the default of the API."""
    if is_public:
        if ec2 or ds or iam:
            usage_error("--public-services excludes --ec2, --ds and --iam")
        return "public"
    return Reach(ec2=ec2, ds=ds, iam=iam) if ec2 or ds or iam else None


def accepted(path: Path | None) -> tuple[AuditException, ...]:
    """Return the exceptions and attestations of a file."""
    return read_exceptions(path) if path is not None else ()


def earlier_report(path: Path | None) -> AuditReport | None:
    """Return the report of a file."""
    return AuditReport.read(path) if path is not None else None
