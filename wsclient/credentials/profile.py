"""Credentials that stand as plain keys in ~/.aws/credentials or ~/.aws/config.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wsclient._errors import CredentialsError, NoCredentialsError
from wsclient.config import read_shared_files
from wsclient.credentials._types import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wsclient._profiles import Section, SharedFiles

ACCESS_KEY = "aws_access_key_id"
SECRET_KEY = "aws_secret_access_key"  # noqa: S105 - a setting's name
TOKENS = ("aws_session_token", "aws_security_token")
ACCOUNT = "aws_account_id"
OTHER_KINDS = (
    "role_arn",
    "sso_session",
    "sso_start_url",
    "login_session",
    "web_identity_token_file",
    "credential_process",
    "credential_source",
)
"""Settings of profiles whose credentials come from elsewhere: never to be passed over for the keys beside them."""


class ProfileProvider:
    """Reads the plain keys of a profile: the credentials file first, then the config file; once.

    Has none when the profile has no keys. Raises CredentialsError when it has half of them, or when it is of a kind
    that wsclient does not support (a role, SSO, a process): taking other keys would be another identity.
    """

    def __init__(self, profile: str, environ: Mapping[str, str], home: Path) -> None:
        self._profile = profile
        self._paths = {
            name: environ[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE") if environ.get(name)
        }
        self._home = home
        self._credentials: Credentials | None = None

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the profile."""
        if self._credentials is None:
            files = await asyncio.to_thread(read_shared_files, self._paths, self._home)
            self._credentials = self._found(files)
        return self._credentials

    def _found(self, files: SharedFiles) -> Credentials:
        if not files.has_profile(self._profile):
            where = f"{files.config_path} or {files.credentials_path}"
            raise NoCredentialsError([(f"profile {self._profile}", f"there is none in {where}")])
        settings = files.profile(self._profile)
        other = [name for name in OTHER_KINDS if name in settings]
        if other:
            raise CredentialsError(
                f"profile {self._profile} gets its credentials by {other[0]}, which is not supported; "
                "pass credentials= a provider that does"
            )
        for section, path in (
            (files.credentials.get(self._profile, {}), files.credentials_path),
            (files.profiles.get(self._profile, {}), files.config_path),
        ):
            if ACCESS_KEY in section or SECRET_KEY in section:
                return _keys(section, f"profile {self._profile} in {path}")
        raise NoCredentialsError([(f"profile {self._profile}", "it has no keys")])


def _keys(section: Section, where: str) -> Credentials:
    values = {name: value.strip() for name, value in section.items() if isinstance(value, str) and value.strip()}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if missing:
        raise CredentialsError(f"{where} lacks {' and '.join(missing)}")
    token = next((values[name] for name in TOKENS if name in values), None)
    return Credentials(values[ACCESS_KEY], values[SECRET_KEY], token, account_id=values.get(ACCOUNT))
