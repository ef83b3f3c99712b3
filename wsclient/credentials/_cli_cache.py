"""Credentials kept between runs, in the files that the AWS CLI keeps them in (~/.aws/cli/cache)."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError, CredentialsRefreshError
from wsclient._narrowing import is_mapping
from wsclient.credentials._answers import credentials_of, json_object
from wsclient.credentials._private_files import write_privately

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._credentials import Credentials
    from wsclient._structure import Structure

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
            kept = json_object(path.read_bytes(), str(path)).get("Credentials")
            return credentials_of(kept, str(path), session_member="SessionToken") if is_mapping(kept) else None
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
        write_privately(self._path(key), json.dumps({"Credentials": members}).encode())

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
