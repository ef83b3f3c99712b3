"""What holds for every test module."""

import faulthandler
import gc
import os
import sys
from collections.abc import Generator
from functools import cache

import botocore.loaders
import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import settings

HANGS_AFTER = 300
"""Seconds after which a test file is taken to hang; the longest ends in a tenth of them."""

# Where the environment forbids to keep compiled modules, each program that a test starts would compile the package.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# No example may fail because the machine was busy.
settings.register_profile("without deadline", settings(), deadline=None)
settings.load_profile("without deadline")

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
def stacks_of_a_hang(pytestconfig: pytest.Config) -> Generator[None]:
    """Print the stacks of a file that hangs; pytest's own timer is a thread for each test, a tenth of a short one."""
    faulthandler.dump_traceback_later(HANGS_AFTER, file=pytestconfig.stash[fault_handler_stderr_fd_key])
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="module", autouse=True)
def a_short_memory() -> None:
    """Keep what earlier modules left out of the collector's sight: tests that collect would look through all of it."""
    gc.collect()
    gc.freeze()
