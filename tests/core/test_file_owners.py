"""Config, credential, cache and journal files are read only if no other user could have written them."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.platforms import posix_only
from wsclient._core.file_owners import UntrustedFileError, read_trusted_file, untrusted_reason

ME = os.geteuid() if hasattr(os, "geteuid") else 0


MY_GROUP = os.getegid() if hasattr(os, "getegid") else 0


def _status(mode: int, uid: int = ME, group: int = MY_GROUP) -> os.stat_result:
    return os.stat_result((mode, 1, 1, 1, uid, group, 0, 0, 0, 0))


@given(st.integers(0, 0o777), st.one_of(st.just(ME), st.integers(0, 2**31)))
def test_file_writable_by_others_is_not_trusted(permissions: int, uid: int) -> None:
    """A file of this user that neither group nor others can write is trusted, and no other one."""
    is_trusted = uid == ME and not permissions & 0o022
    assert (untrusted_reason(_status(stat.S_IFREG | permissions, uid)) is None) == is_trusted


@given(st.integers(0, 0o777), st.booleans())
def test_folder_writable_by_everyone_is_not_trusted(permissions: int, is_sticky: bool) -> None:
    """A folder is not trusted where everybody can replace its files: writable by others, without the sticky bit."""
    mode = stat.S_IFDIR | permissions | (stat.S_ISVTX if is_sticky else 0)
    assert (untrusted_reason(_status(mode)) is None) == (is_sticky or not permissions & 0o002)


@posix_only("groups have no members to list")
@pytest.mark.parametrize(
    ("group", "members", "is_trusted"),
    [
        (MY_GROUP, [], True),
        (MY_GROUP, ["root"], True),
        (MY_GROUP, ["mary"], False),
        (MY_GROUP, None, True),
        (MY_GROUP + 1, [], False),
    ],
)
def test_folder_writable_by_a_shared_group_is_not_trusted(
    group: int, members: list[str] | None, monkeypatch: pytest.MonkeyPatch, *, is_trusted: bool
) -> None:
    """Members of a group can exchange a folder's files for others of the same owner, if its permissions let them."""
    import grp  # noqa: PLC0415 - of POSIX

    def entry(_: int) -> grp.struct_group:
        if members is None:
            raise KeyError
        return grp.struct_group(("desks", "x", MY_GROUP, members))

    monkeypatch.setattr(grp, "getgrgid", entry)
    for permissions in (0o770, 0o775, 0o720):
        reason = untrusted_reason(_status(stat.S_IFDIR | permissions, group=group))
        assert (reason is None) is is_trusted
    assert untrusted_reason(_status(stat.S_IFDIR | 0o755, group=group)) is None
    assert untrusted_reason(_status(stat.S_IFDIR | stat.S_ISVTX | 0o770, group=group)) is None


@posix_only("files have access control lists, not permissions")
@pytest.mark.parametrize("permissions", [0o600, 0o644, 0o660, 0o606, 0o666])
@pytest.mark.parametrize("folder_permissions", [0o700, 0o755, 0o775, 0o777])
def test_permissions_of_real_files_are_checked(tmp_path: Path, permissions: int, folder_permissions: int) -> None:
    """The content comes back, or an error that names what others can write, and how to change that."""
    folder = tmp_path / "cache"
    folder.mkdir()
    path = folder / "token.json"
    path.write_bytes(b"{}")
    path.chmod(permissions)
    folder.chmod(folder_permissions)
    if permissions & 0o022 or folder_permissions & 0o002:
        with pytest.raises(UntrustedFileError, match="chmod go-w"):
            read_trusted_file(path, 10)
    else:
        assert read_trusted_file(path, 10) == b"{}"
