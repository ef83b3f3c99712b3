"""Credentials that stand as plain keys in ~/.aws/credentials or ~/.aws/config.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from wsclient._errors import CredentialsError, NoCredentialsError
from wsclient._profiles import text_of
from wsclient._settings import DEFAULT, chosen_profile
from wsclient._shared_files import read_shared_files, shared_file_paths
from wsclient.config import system_environment, system_home
from wsclient.credentials._types import found_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from wsclient._profiles import Section, SharedFiles
    from wsclient.credentials._types import Credentials

ACCESS_KEY = "aws_access_key_id"
SECRET_KEY = "aws_secret_access_key"  # noqa: S105 - a setting's name
# The older name goes first, as in botocore: both tools must find the same identity.
TOKENS = ("aws_security_token", "aws_session_token")
ACCOUNT = "aws_account_id"

# A profile's other ways to credentials, by where botocore's chain asks for them.
BEFORE_KEYS = ("role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name")
AFTER_CREDENTIALS_FILE = ("login_session", "credential_process")
INSTEAD_OF_KEYS = ("sso_session", "sso_start_url", "credential_source", "source_profile")


class ProfileProvider:
    """Reads the plain keys of a profile: of the credentials file first, then of the config file.

    profile is the one AWS_PROFILE names, or default, when it is not said; environ and home stand in for the process's
    own. The files are read in a thread at the first question, and again only after invalidate. It has none when the
    profile has no keys, or nobody named one and there is no default. It raises ConfigurationError for a named profile
    that is not there and for a malformed file, CredentialsError for half a key pair and for a profile that gets its
    credentials in a way wsclient does not support: any other keys would be another identity.
    """

    def __init__(
        self, profile: str | None = None, *, environ: Mapping[str, str] | None = None, home: Path | None = None
    ) -> None:
        environ = system_environment() if environ is None else environ
        self._home = system_home(environ) if home is None else home
        self._profile = chosen_profile(environ, profile)
        self._paths = shared_file_paths(environ, self._home)
        self._reading = threading.Lock()
        self._cached: Credentials | None = None

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the profile."""
        cached = self._cached
        return await asyncio.to_thread(self._read) if cached is None else cached

    def invalidate(self, access_key_id: str) -> None:
        """Read the files anew next time when this is the key that they gave: somebody may have renewed it there."""
        cached = self._cached
        if cached is not None and cached.access_key_id == access_key_id:
            self._cached = None

    def _read(self) -> Credentials:
        """Read the files, once for however many that ask at the same time."""
        with self._reading:
            credentials = self._cached or self._found(read_shared_files(self._paths, self._home))
            self._cached = credentials
            return credentials

    def _found(self, files: SharedFiles) -> Credentials:
        name = self._profile.value
        if self._profile.source != DEFAULT:
            files.require_profile(name, self._profile.source)
        settings = files.profile(name)
        _refuse(BEFORE_KEYS, settings, name)
        found = _keys(files.credentials.get(name, {}), f"profile {name} in {files.credentials_path}")
        if found is None:
            _refuse(AFTER_CREDENTIALS_FILE, settings, name)
            found = _keys(files.profiles.get(name, {}), f"profile {name} in {files.config_path}")
        if found is None:
            _refuse(INSTEAD_OF_KEYS, settings, name)
            where = f"{files.credentials_path} and {files.config_path}"
            why = f"has no {ACCESS_KEY} in {where}" if files.has_profile(name) else f"is not in {where}"
            raise NoCredentialsError([(f"profile {name}", why)])
        return found


def _refuse(kinds: Iterable[str], settings: Section, profile: str) -> None:
    kind = next((name for name in kinds if settings.get(name)), None)
    if kind is not None:
        raise CredentialsError(
            f"profile {profile} gets its credentials by {kind}, which wsclient does not support yet; pass credentials= "
            "or choose a profile with plain keys. No other credentials were looked for"
        )


def _keys(section: Section, where: str) -> Credentials | None:
    """Return the keys of a section, None when it has none.

    Raises CredentialsError for half a pair, ConfigurationError for a value that runs over several lines.
    """
    names = (ACCESS_KEY, SECRET_KEY, *TOKENS, ACCOUNT)
    values = {name: text for name in names if (text := text_of(section, name, where))}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if len(missing) == 1:
        raise CredentialsError(f"{where} lacks {missing[0]}: half a key pair is of no use")
    if missing:
        return None
    token = next((values[name] for name in TOKENS if name in values), None)
    return found_credentials(where, values[ACCESS_KEY], values[SECRET_KEY], token, account_id=values.get(ACCOUNT))
