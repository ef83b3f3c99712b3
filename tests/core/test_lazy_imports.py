"""Modules that are imported on first use."""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
from typing import Any

from wsclient._core.lazy_imports import LazyModule

NAME = "wsclient.audit"


def test_a_lazy_module_is_copied_and_inspected_without_an_import() -> None:
    """Copies, pickles and introspection end, import nothing, and leave a module that can be used."""
    lazy: Any = LazyModule(NAME)
    loaded = sys.modules.pop(NAME, None)
    try:
        copies = [copy.copy(lazy), copy.deepcopy(lazy), pickle.loads(pickle.dumps(lazy))]
        assert inspect.unwrap(lazy) is lazy
        assert not hasattr(lazy, "__path__")
        assert NAME not in sys.modules
    finally:
        if loaded is not None:
            sys.modules[NAME] = loaded
    assert [each.Audit is lazy.Audit for each in copies] == [True] * 3
