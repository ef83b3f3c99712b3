"""What holds for every test module."""

import gc
from collections.abc import Generator
from functools import cache

import botocore.loaders
import pytest

# Sessions of botocore share what they read: each would parse a megabyte of endpoints and a model anew.
botocore.loaders.create_loader = cache(botocore.loaders.create_loader)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect the tests without the garbage collector, which would go through all of them again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="module", autouse=True)
def a_short_memory() -> None:
    """Keep what earlier modules left out of the collector's sight: tests that collect would look through all of it."""
    gc.collect()
    gc.freeze()
