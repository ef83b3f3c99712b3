"""Troubleshooting quotes errors as wsclient raises them."""

import re
from pathlib import Path

from wsclient import errors

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pages" / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = PAGE.partition("## Symptoms")[0]
OF_AWS = {"ResourceExists.WorkSpace", "Rate exceeded"}
"""Texts of AWS's responses."""
OF_PYTHON = {"got an unexpected keyword argument", "TypeError", "TimeoutError"}
"""Texts and classes of Python itself."""


def test_messages_quoted_by_troubleshooting_exist() -> None:
    """Each quoted part of a heading is in a message of the package; an ellipsis stands for a value."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "wsclient").rglob("*.py"))
    # Messages that span lines are implicitly concatenated strings.
    source = re.sub(r'"\s*\n\s*f?"', "", source)
    headings = re.findall(r"^### (.*)$", MESSAGES, re.MULTILINE)
    quoted = {
        part.strip() for heading in headings for text in re.findall(r'"(.*?)"', heading) for part in text.split("…")
    }
    assert len(quoted) > 10
    assert [part for part in sorted(quoted - OF_AWS - OF_PYTHON) if part and part not in source] == []


def test_error_classes_named_by_troubleshooting_exist() -> None:
    """Each error class of the page is one of wsclient.errors."""
    named = set(re.findall(r"\b[A-Z]\w+(?:Error|Exception)\b", MESSAGES)) - OF_PYTHON
    assert len(named) > 10
    assert named <= set(errors.__all__)
