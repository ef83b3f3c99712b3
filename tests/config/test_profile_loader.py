"""Paths of the shared files: variables and the home directory, by the rules of each platform."""

from __future__ import annotations

import ntpath
import os
import posixpath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wsclient.config._profile_loader import expand_variables

if TYPE_CHECKING:
    from types import ModuleType

ENVIRON = {"HOME": "/home/me", "A_1": "a", "EMPTY": ""}
PARTS = st.sampled_from(
    ["$HOME", "${A_1}", "%A_1%", "%EMPTY%", "$EMPTY", "$none", "${none}", "%none%", "/", "\\", "é", "x"]
)


@pytest.mark.parametrize(("module", "is_windows"), [(posixpath, False), (ntpath, True)])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.lists(PARTS, max_size=6).map("".join))
def test_path_variables_expand_like_os_path_expandvars(
    module: ModuleType, is_windows: bool, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As os.path.expandvars() there, which botocore uses."""
    monkeypatch.setattr(os, "environ", ENVIRON)
    monkeypatch.setattr(os, "environb", {}, raising=False)
    library: Any = module
    assert expand_variables(path, ENVIRON, is_windows=is_windows) == library.expandvars(path)
