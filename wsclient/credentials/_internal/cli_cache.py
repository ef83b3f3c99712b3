"""Credentials kept between runs, in the files that the AWS CLI keeps them in (~/.aws/cli/cache)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError, CredentialsRefreshError
from wsclient._core.utils import is_mapping
from wsclient.credentials._internal.fetch import parse_credentials, parse_json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import Credentials
    from wsclient._core.model.structures import Structure


def write_private_file(path: Path, content: bytes) -> bool:
    """Put a file in place in one step, with mode 0600 in a directory of mode 0700; return whether that could be done.

    Who reads it meanwhile finds the old content or the new. A disk that cannot be written to is no error: what is
    kept there is a convenience.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp makes files of mode 0600.
        descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        return False
    return True


UNKEYED = frozenset({"TokenCode", "WebIdentityToken"})
"""Members of a request that change from call to call and are no part of which session it is."""


class CliCache:
    """A directory of sessions that this program, the AWS CLI and botocore's JSONFileCache share.

    directory is the AWS CLI's own, ~/.aws/cli/cache, unless said. Files are readable by their owner alone and written
    in one piece; one that cannot be read or written counts as not there.
    """

    def __init__(self, directory: str | Path | None = None) -> None:
        self._directory = Path("~/.aws/cli/cache").expanduser() if directory is None else Path(directory)
        if self._directory.exists() and not self._directory.is_dir():
            raise ConfigurationError(f"{self._directory} is no directory: a CliCache needs one")

    async def load(self, key: str) -> Credentials | None:
        """Return the credentials of a session, None when there are none of that key."""
        return await asyncio.to_thread(self._read, key)

    async def store(self, key: str, credentials: Credentials) -> None:
        """Keep the credentials of a session; those that do not expire are not kept."""
        if credentials.expiration is not None:
            await asyncio.to_thread(self._write, key, credentials)

    def _read(self, key: str) -> Credentials | None:
        path = self._path(key)
        try:
            kept = parse_json_object(path.read_bytes(), str(path)).get("Credentials")
            return parse_credentials(kept, str(path), session_member="SessionToken") if is_mapping(kept) else None
        except (OSError, CredentialsRefreshError):
            return None

    def _write(self, key: str, credentials: Credentials) -> None:
        kept = {
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": credentials.expiration and credentials.expiration.isoformat(),
            "AccountId": credentials.account_id,
        }
        members = {name: value for name, value in kept.items() if value is not None}
        write_private_file(self._path(key), json.dumps({"Credentials": members}).encode())

    def _path(self, key: str) -> Path:
        return self._directory / f"{key}.json"


def session_key(request: Structure) -> str:
    """Return the name under which the AWS CLI keeps the session that a request to STS asks for.

    It follows from the request alone, without what changes from call to call; a session name that was made up is "".
    """
    members = {name: value for name, value in request.to_dict().items() if name not in UNKEYED and value != ""}
    if isinstance(policy := members.get("Policy"), str):
        # Equal policies of different layout are one session.
        members["Policy"] = json.loads(policy)
    return _digest(json.dumps(members, sort_keys=True))


def sso_key(*, account_id: str, role_name: str, session_name: str | None, start_url: str) -> str:
    """Return the name under which the AWS CLI keeps the credentials of an SSO role."""
    asked: Mapping[str, str] = {
        "accountId": account_id,
        "roleName": role_name,
        **({"sessionName": session_name} if session_name else {"startUrl": start_url}),
    }
    return _digest(json.dumps(asked, sort_keys=True, separators=(",", ":")))


def _digest(text: str) -> str:
    # A name for a file, as the AWS CLI makes it; nothing is protected by it.
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
