"""Checks declare exactly what they read: settings, facts, and the calls for these."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.audit.facts import context
from tests.audit.test_checks import TABLE
from tests.audit.test_network_checks import TABLE as NETWORK_TABLE
from tests.audit.test_permission_checks import TABLE as PERMISSION_TABLE
from wsclient.audit import CHECKS
from wsclient.audit._facts.records import WorkspaceFacts

if TYPE_CHECKING:
    from wsclient.audit import Check

RESOLVED = {"usual_name"}
"""Facts of a lookup of a name, which belongs to another fact and needs no permission."""
JOINED = {
    "last_connected": "connections",
    "connection_problem": "connections",
    "tag_keys": "tags",
    "tag_problem": "tags",
}
"""What is read of each WorkSpace, by the attribute of its facts."""
ROWS = [
    *((row.check, row.item, row.settings, row.facts or {}) for row in TABLE),
    *((row.check, row.item, row.settings, row.facts) for row in NETWORK_TABLE),
    *((row.check, row.item, row.settings, row.facts or {}) for row in PERMISSION_TABLE),
]


class Recorded:
    """An object's attributes, and the names of those that were read."""

    def __init__(self, of: object) -> None:
        self._of = of
        self.names: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        """Return the attribute, and remember its name."""
        self.names.add(name)
        return getattr(self._of, name)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_check_reads_exactly_its_declared_settings_and_facts(check: Check) -> None:
    """Over all rows of its tables, the judge reads exactly the settings, facts and joins that the check names.

    A setting that is read and not declared would make a comparison of two reports wrong; a fact, a policy too narrow.
    """
    settings, facts, joins = set[str](), set[str](), set[str]()
    for name, item, value, read in ROWS:
        if name == check.id:
            at = context(value, **read)
            of_settings, of_facts, of_item = Recorded(at.settings), Recorded(at.facts), Recorded(item)
            recorded = replace(at, settings=cast("Any", of_settings), facts=cast("Any", of_facts))
            check.judge(of_item if isinstance(item, WorkspaceFacts) else item, recorded)
            settings |= of_settings.names
            facts |= of_facts.names
            joins |= {JOINED[each] for each in of_item.names if each in JOINED}
    assert settings == set(check.settings)
    assert facts - RESOLVED == set(check.needs)
    assert joins == set(check.joins)
