"""Files of the environment are read within bounds of size and time, whatever a path leads to."""

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest

from tests.support.platforms import posix_only
from wsclient._core import small_files
from wsclient._core.file_owners import UntrustedFileError, read_trusted_file
from wsclient._core.fleet_errors import JournalError
from wsclient._core.small_files import read_small_file
from wsclient.credentials import ContainerProvider, WebIdentityProvider
from wsclient.errors import CredentialsRefreshError
from wsclient.fleet._journal.storage import FILE_STORAGE

ROLE = "arn:aws:iam::123456789012:role/desk"


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a named pipe without a writer; reading it times out after 10 ms."""
    monkeypatch.setattr(small_files, "PIPE_SECONDS", 0.01)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 100_000])
def test_a_file_is_read_up_to_its_bound(size: int, tmp_path: Path) -> None:
    """A file of the largest size is read whole; a larger one is an error, and takes no memory."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    if size <= 10:
        assert read_small_file(path, 10) == b"x" * size
    else:
        with pytest.raises(OSError, match="more than 10 bytes") as caught:
            read_small_file(path, 10)
        assert caught.value.errno == errno.EFBIG


@posix_only("named pipes")
def test_file_may_be_a_pipe(pipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe works as a shell's <(command) does, and one that stays empty is an error after its time."""
    with pytest.raises(OSError, match="did not end"):
        read_small_file(pipe, 10)
    monkeypatch.setattr(small_files, "PIPE_SECONDS", 10)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"token",))
    writer.start()
    assert read_small_file(pipe, 10) == b"token"
    writer.join()


@posix_only("named pipes")
def test_pipe_with_a_high_descriptor_is_read(pipe: Path) -> None:
    """A descriptor above 1,023, which select() refuses, is read as any other."""
    duplicates: list[int] = []
    low = os.open(os.devnull, os.O_RDONLY)
    try:
        while not duplicates or duplicates[-1] < 1024:
            duplicates.append(os.dup(low))
        with pytest.raises(OSError, match="did not end"):
            read_small_file(pipe, 10)
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise
        pytest.skip("this system lets no process have so many files")
    finally:
        for descriptor in (low, *duplicates):
            os.close(descriptor)


@posix_only("named pipes and devices")
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder"])
def test_token_file_that_is_no_regular_file_is_a_typed_error(kind: str, pipe: Path, tmp_path: Path) -> None:
    """A pipe, a device without end and a folder in the place of a token file are typed errors that come soon."""
    path = {"pipe": pipe, "endless": Path("/dev/zero"), "folder": tmp_path}[kind]
    for provider in (
        WebIdentityProvider(role_arn=ROLE, token_file=path),
        ContainerProvider(uri="https://127.0.0.1:1/", token_file=path),
    ):
        with pytest.raises(CredentialsRefreshError, match="cannot be read"):
            asyncio.run(provider.get_credentials())


@posix_only("named pipes and devices")
def test_pipes_and_devices_are_rejected_as_caches_and_journals(pipe: Path) -> None:
    """A pipe or device is refused as credentials cache and as journal, with any owner."""
    for path in (pipe, Path("/dev/null")):
        with pytest.raises(UntrustedFileError, match="not a regular file"):
            read_trusted_file(path, 10)
        with pytest.raises(JournalError, match="not a regular file"):
            asyncio.run(FILE_STORAGE.open(str(path)))
