"""Number of examples and repetitions per test run: few by default, many with WSCLIENT_TESTS=full."""

import os

IS_FULL = os.environ.get("WSCLIENT_TESTS") == "full"


def at_scale(short: int, full: int) -> int:
    """Return how many cases to go through: short in every run, full where there is time."""
    return full if IS_FULL else short
