"""All checks in the order of the page, and the benchmarks that select among them."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import close_matches
from wsclient.audit._checks import (
    encryption,
    images,
    interface_endpoint,
    isolation,
    managed_service,
    network,
    permissions,
    sign_in,
    upkeep,
    users,
)
from wsclient.audit._model import Section

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wsclient.audit._checks.base import Check


class _Named(Protocol):
    @property
    def same_as(self) -> tuple[str, ...]: ...


NamedT = TypeVar("NamedT", bound=_Named)
_MODULES: Final = (
    managed_service,
    permissions,
    isolation,
    network,
    users,
    sign_in,
    interface_endpoint,
    encryption,
    images,
    upkeep,
)
CHECKS: Final[tuple[Check, ...]] = tuple(
    sorted(
        (check for module in _MODULES for check in module.CHECKS), key=lambda check: list(Section).index(check.section)
    )
)
"""Every check, in the order of the page's sections."""
CIS: Final = "cis-euc-1.2"
BENCHMARKS: Final = ("aws-page", CIS)
"""Selections of checks: AWS's page, and section 2 of the CIS AWS End User Compute Services Benchmark 1.2.0."""
_CONTROL: Final = re.compile(r"CIS (\d+(?:\.\d+)*)", re.ASCII)
"""Number of a control of the benchmark; other benchmarks of CIS have a name before the number."""


def selected(checks: Sequence[Check], benchmarks: Collection[str], globs: Collection[str] = ()) -> tuple[Check, ...]:
    """Return the checks of these benchmarks whose id matches one of the globs; none of either selects all.

    Raises ConfigurationError for an unknown benchmark, for a glob that matches nothing, and if no check is left.
    """
    for name in benchmarks:
        if name not in BENCHMARKS:
            raise ConfigurationError(f"unknown benchmark {name!r}; the benchmarks are {', '.join(BENCHMARKS)}")
    for glob in globs:
        if not any(fnmatchcase(check.id, glob) for check in checks):
            found = ", ".join(close_matches(glob, [check.id for check in checks]))
            hint = f"did you mean {found}?" if found else "wsclient.audit.CHECKS has all"
            raise ConfigurationError(f"no check matches {glob!r}; {hint}")
    chosen = tuple(
        check
        for check in checks
        if (not benchmarks or any(_is_in(check, name) for name in benchmarks))
        and (not globs or any(fnmatchcase(check.id, glob) for glob in globs))
    )
    if not chosen:
        # An audit without a check would find no failure.
        matching = f" and matches {' or '.join(globs)}" if globs else ""
        raise ConfigurationError(f"no check is in {' or '.join(benchmarks)}{matching}")
    return chosen


def controls(checks: Sequence[NamedT]) -> Mapping[str, tuple[NamedT, ...]]:
    """Return the checks of each control of the CIS benchmark, by its number as in "2.8"."""
    found: dict[str, tuple[NamedT, ...]] = {}
    for check in checks:
        for name in check.same_as:
            if control := _CONTROL.fullmatch(name):
                found[control[1]] = (*found.get(control[1], ()), check)
    return dict(sorted(found.items(), key=lambda pair: [int(part) for part in pair[0].split(".")]))


def _is_in(check: Check, benchmark: str) -> bool:
    if benchmark == CIS:
        return any(_CONTROL.fullmatch(name) for name in check.same_as)
    return check.section is not Section.BEYOND
