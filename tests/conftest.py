"""What holds for every test module."""

import gc

import pytest


@pytest.fixture(scope="module", autouse=True)
def a_short_memory() -> None:
    """Keep what earlier modules left out of the collector's sight: tests that collect would look through all of it."""
    gc.collect()
    gc.freeze()
