"""Credentials cache on disk, in the AWS CLI's directory ~/.aws/cli/cache and format."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.errors import ConfigurationError, CredentialsRefreshError
from wsclient._core.file_owners import UntrustedFileError, read_trusted_file
from wsclient._core.utils import is_mapping
from wsclient._core.value_kinds import PATH, optional
from wsclient.credentials._internal.fetch import MAX_DOCUMENT, parse_credentials, parse_json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.model.structures import Structure


def write_private_file(path: Path, content: bytes) -> bool:
    """Write a file atomically with mode 0600, in a directory of mode 0700; return whether it was written.

    A concurrent reader gets the old content or the new. A file that is replaced keeps its owner: root in a container
    would lock the user out whose folder is mounted. A disk error is not raised: the file only saves a later call.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp creates files with mode 0600.
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(path, temporary)
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        return False
    return True


def _keep_owner(path: Path, temporary: Path) -> None:
    if not hasattr(os, "chown") or not path.exists():
        return
    old = path.stat()
    if old.st_uid != temporary.stat().st_uid:
        os.chown(temporary, old.st_uid, old.st_gid)


logger = logging.getLogger("wsclient.credentials")
EXCLUDED_MEMBERS = frozenset({"TokenCode", "WebIdentityToken"})
"""Request members that are not part of a session's cache key: they change from call to call."""


class CliCache:
    """Cache directory for session credentials, shared with the AWS CLI and botocore's JSONFileCache.

    directory defaults to the AWS CLI's, ~/.aws/cli/cache; a leading ~ is expanded. Only the owner can read the files,
    and each is written atomically. A file that cannot be read or written is treated as missing. Raises
    ConfigurationError if directory is an existing file.
    """

    @checked({"directory": optional(PATH)})
    def __init__(self, directory: str | Path | None = None) -> None:
        self._directory = Path("~/.aws/cli/cache" if directory is None else directory).expanduser()
        if self._directory.exists() and not self._directory.is_dir():
            raise ConfigurationError(f"CliCache directory {self._directory} is not a directory; pass a directory")

    async def load(self, key: str) -> Credentials | None:
        """Return the stored credentials of a session, or None if the cache has no credentials for that key."""
        return await asyncio.to_thread(self._read, key)

    async def store(self, key: str, credentials: Credentials) -> None:
        """Store the credentials of a session; credentials that do not expire are not stored."""
        if credentials.expiration is not None:
            await asyncio.to_thread(self._write, key, credentials)

    def _read(self, key: str) -> Credentials | None:
        path = self._path(key)
        try:
            stored = parse_json_object(read_trusted_file(path, MAX_DOCUMENT), str(path)).get("Credentials")
            return parse_credentials(stored, str(path), session_member="SessionToken") if is_mapping(stored) else None
        except UntrustedFileError as error:
            logger.warning("the cached credentials are not used: %s", error)
            return None
        except (OSError, CredentialsRefreshError):
            return None

    def _write(self, key: str, credentials: Credentials) -> None:
        stored = {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": credentials.expiration and credentials.expiration.isoformat(),
            "AccountId": credentials.account_id,
        }
        members = {name: value for name, value in stored.items() if value is not None}
        write_private_file(self._path(key), json.dumps({"Credentials": members}).encode())

    def _path(self, key: str) -> Path:
        return self._directory / f"{key}.json"


def session_key(request: Structure) -> str:
    """Return the AWS CLI's cache key for the session that an STS request creates.

    The key depends on the request only, without EXCLUDED_MEMBERS. The session name of a request without one is "".
    """
    members = {name: value for name, value in request.to_dict().items() if name not in EXCLUDED_MEMBERS and value != ""}
    if isinstance(policy := members.get("Policy"), str):
        # Policies that differ only in white space or member order are one session.
        members["Policy"] = json.loads(policy)
    return _digest(json.dumps(members, sort_keys=True))


def sso_key(*, account_id: str, role_name: str, session_name: str | None, start_url: str) -> str:
    """Return the AWS CLI's cache key for the credentials of an SSO role."""
    members: Mapping[str, str] = {
        "accountId": account_id,
        "roleName": role_name,
        **({"sessionName": session_name} if session_name else {"startUrl": start_url}),
    }
    return _digest(json.dumps(members, sort_keys=True, separators=(",", ":")))


def _digest(text: str) -> str:
    # SHA-1, because the AWS CLI names its files so; no security depends on it.
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
