"""The threat model names mechanisms and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/pages/explanation/threat-model.md").read_text(encoding="utf-8")


def test_paths_of_the_threat_model_exist() -> None:
    """Each path in the tables is in the checkout: mechanisms below wsclient/, tests below tests/."""
    paths = re.findall(
        r"`((?:tests|_core|_pipeline|_client|tls|endpoints|fleet|retries|credentials|testing)/[\w/.]*)`", PAGE
    )
    assert len(paths) > 30
    missing = [path for path in paths if not ((ROOT / path).exists() or (ROOT / "wsclient" / path).exists())]
    assert missing == []


def test_every_promise_has_a_test() -> None:
    """Each row of the promise tables names at least one test in its last column."""
    rows = [line for line in PAGE.splitlines() if line.startswith("|") and line.count("|") == 4]
    promises = [row for row in rows if "`tests/" in row]
    assert len(promises) >= 12
    heads = [row for row in rows if row.startswith(("| promise", "| attacker", "|---"))]
    attackers = [row for row in rows if row.startswith("| **")]
    assert len(rows) == len(promises) + len(heads) + len(attackers)
