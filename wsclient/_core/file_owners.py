"""Owner and permissions of files that decide what is sent: journals and credential caches."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from wsclient._core.small_files import read_small_file

if TYPE_CHECKING:
    from pathlib import Path


def untrusted_reason(status: os.stat_result, trusted_owner: int | None = None) -> str | None:
    """Return why others could have written a file or folder, or None if they could not; "{path}" stands for its path.

    trusted_owner is the uid of a second user who may own it.
    A folder may be writable by its group if that is this user's own, as with the umask 002 of many Linux systems, and
    by everybody if it has the sticky bit, as /tmp: they cannot replace files of the owner there. Windows has access
    control lists, which are not checked.
    """
    if not hasattr(os, "geteuid"):
        return None
    if status.st_uid not in {os.geteuid(), trusted_owner}:
        return f"another user owns it (uid {status.st_uid}) and can change it; use a file or folder of your own"
    writers = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_ISDIR(status.st_mode):
        writers = 0 if status.st_mode & stat.S_ISVTX else stat.S_IWOTH
        if writers and status.st_mode & stat.S_IWGRP and has_other_members(status.st_gid):
            writers |= stat.S_IWGRP
    if status.st_mode & writers:
        return "other users can write to it; check its content, then run: chmod go-w {path}"
    return None


def untrusted_file_reason(status: os.stat_result, trusted_owner: int | None = None) -> str | None:
    """Return why a file is not one that only its owner can have written, as untrusted_reason(); devices never are."""
    return untrusted_reason(status, trusted_owner) if stat.S_ISREG(status.st_mode) else "it is not a regular file"


def has_other_members(group: int) -> bool:
    """Return whether a group has members besides this process's user and root, as far as the system lists them."""
    import grp  # noqa: PLC0415 - of POSIX; few folders are writable by their group
    import pwd  # noqa: PLC0415 - as above

    if group != os.getegid():
        return True
    try:
        members = grp.getgrgid(group).gr_mem
        own_name = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # as in containers that run as any user
        return False
    return not {own_name, "root"}.issuperset(members)


def read_trusted_file(path: Path, max_bytes: int, *, trusted_owner: int | None = None) -> bytes:
    """Return the content of a regular file that only its owner, this process's user or trusted_owner, can have written.

    Raises UntrustedFileError for the file or its folder otherwise, and OSError if it cannot be read or is larger.
    """

    def check(own: os.stat_result) -> None:
        # The open file is checked, not its path, which could lead to another file by then.
        for checked, reason in (
            (path, untrusted_file_reason(own, trusted_owner)),
            (path.parent, untrusted_reason(path.parent.stat(), trusted_owner)),
        ):
            if reason is not None:
                raise UntrustedFileError(f"{checked}: {reason.format(path=checked)}")

    return read_small_file(path, max_bytes, check=check)


class UntrustedFileError(Exception):
    """A file whose content another user could have written."""
