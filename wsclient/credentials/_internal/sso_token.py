"""SSO access token that `aws sso login` caches on disk, and its renewal.

"SSO token provider configuration", https://docs.aws.amazon.com/cli/latest/userguide/sso-configure-profile-token.html;
"CreateToken", https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from weakref import WeakValueDictionary

import msgspec

from wsclient._core.errors import CredentialsRefreshError
from wsclient._core.file_owners import UntrustedFileError, read_trusted_file
from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient._core.logging import error_name, log_fields
from wsclient._core.reprs import RedactedStruct
from wsclient.credentials._internal.cache import unwrap
from wsclient.credentials._internal.cli_cache import write_private_file
from wsclient.credentials._internal.fetch import MAX_DOCUMENT, fetch, parse_json_object, parse_timestamp
from wsclient.credentials._internal.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.credentials._internal.context import ProviderContext

RENEWAL_WINDOW: Final = timedelta(minutes=15)
"""Time before expiry from which a renewable token is renewed."""
MAX_TOKEN_SECONDS: Final = 10 * 365 * 86_400
"""Maximum lifetime of a token, far above the hour of IAM Identity Center: a larger number is an error."""
TORN_FILE_DELAYS: Final = (0.05, 0.25)
"""Seconds before a malformed file is read again: the AWS CLI and botocore empty the file before they write it."""
TIMEOUT: Final = Timeout(connect=5.0, read=30.0, write=30.0, total=60.0)

logger = logging.getLogger("wsclient.credentials")


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Login to IAM Identity Center: start URL, its region, and the sso-session name, which legacy profiles lack.

    profile is the profile that configures it, or None for a provider without one.
    """

    start_url: str
    region: str
    session_name: str | None = None
    profile: str | None = None

    @property
    def file_name(self) -> str:
        """Name of the token's cache file, as the AWS CLI names it."""
        name = self.session_name or self.start_url
        # SHA-1, because the AWS CLI names its files so; no security depends on it.
        return f"{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"

    @property
    def command(self) -> str:
        """Command that logs in."""
        option, name = ("--profile", self.profile) if self.profile else ("--sso-session", self.session_name)
        if not name:
            return "aws sso login"
        # Double quotes, which POSIX shells, PowerShell and cmd.exe all understand.
        return f'aws sso login {option} "{name}"' if any(map(str.isspace, name)) else f"aws sso login {option} {name}"


class SsoToken(RedactedStruct, frozen=True, kw_only=True):
    """Access token, and the client registration and refresh token that renew it; repr hides all of them."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset(
        {"access_token", "refresh_token", "client_id", "client_secret"}
    )

    access_token: str
    expires_at: datetime
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    registration_expires_at: datetime | None = None

    def can_renew(self, now: datetime) -> bool:
        """Return whether the token has a refresh token and a client registration that has not expired."""
        expires_at = self.registration_expires_at
        has_members = bool(self.refresh_token and self.client_id and self.client_secret)
        return has_members and expires_at is not None and now < expires_at


async def current_token(login: Login, oidc_url: str, context: ProviderContext) -> str:
    """Return a valid token; in its last 15 minutes, renew it if possible and write it back.

    Raises CredentialsRefreshError with the login command if the token is missing or has expired.
    """
    path = context.home / ".aws" / "sso" / "cache" / login.file_name
    token = await _read(path, login, context)
    if _is_renewal_due(token, login, context):
        # All providers of a login share its file, as those of a fleet's accounts do: a refresh token is used once.
        renewal = _RENEWALS.setdefault(path, SingleFlight())
        work = renewal.start(lambda: _renew_file(path, login, oidc_url, context))
        token = unwrap(await asyncio.shield(work))
    if token.expires_at <= context.time.clock.now():
        raise login_required_error(login, "has expired")
    return token.access_token


_RENEWALS: Final[WeakValueDictionary[Path, SingleFlight[SsoToken | Exception]]] = WeakValueDictionary()
"""Renewals in flight in this process, by the file of the login."""


def _is_renewal_due(token: SsoToken, login: Login, context: ProviderContext) -> bool:
    """Return whether a token can be renewed and is in its last 15 minutes."""
    now = context.time.clock.now()
    # Only an sso-session login includes the consent to renew its token; a legacy login does not.
    is_renewable = login.session_name is not None and token.can_renew(now)
    return is_renewable and token.expires_at - now < RENEWAL_WINDOW


async def _renew_file(path: Path, login: Login, oidc_url: str, context: ProviderContext) -> SsoToken | Exception:
    """Renew the token in a file, and return what is in use then: the new token, the old one, or another process's."""
    try:
        token = await _read(path, login, context)
        if not _is_renewal_due(token, login, context):  # another provider, or process, has just renewed it
            return token
        try:
            renewed = await _renew(token, login, oidc_url, context)
        except CredentialsRefreshError as error:
            return await _after_failed_renewal(error, token, path, login, context)
        # A login or another process's renewal in the meantime stays: its token lasts as long, or longer. So does a
        # logout.
        if await _read_again(path, login, context) == token:
            await asyncio.to_thread(_write, path, renewed, login)
    except Exception as error:  # noqa: BLE001 - every waiting caller gets the error
        return error
    return renewed


async def _after_failed_renewal(
    error: CredentialsRefreshError, token: SsoToken, path: Path, login: Login, context: ProviderContext
) -> SsoToken | Exception:
    """Return the token that stays in use after a failed renewal, or the error."""
    now = context.time.clock.now()
    # The service takes a refresh token once: another process may have been first, and has written its new token.
    current = await _read_again(path, login, context)
    if current is not None and current != token and current.expires_at > now:
        return current
    if token.expires_at <= now:
        return error
    extra = log_fields(provider="SsoProvider", error=error_name(error))
    logger.warning("%s; the cached SSO token stays in use", error, extra=extra)
    return token


async def _read_again(path: Path, login: Login, context: ProviderContext) -> SsoToken | None:
    """Return the token that is in the file now, or None if there is no usable one any more."""
    try:
        return await _read(path, login, context)
    except CredentialsRefreshError:
        return None


def login_required_error(login: Login, why: str) -> CredentialsRefreshError:
    """Return the error that asks the user to log in again."""
    message = f"the SSO login at {login.start_url} {why}; log in with: {login.command}"
    return CredentialsRefreshError(message, can_heal=False)


async def _renew(token: SsoToken, login: Login, oidc_url: str, context: ProviderContext) -> SsoToken:
    form = {
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "grantType": "refresh_token",
        "refreshToken": token.refresh_token,
    }
    headers = (
        ("host", oidc_url.split("/")[2]),
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("accept-encoding", "identity"),
    )
    request = HttpRequest("POST", f"{oidc_url}/token", headers, json.dumps(form).encode())
    source = "the SSO token service"
    response = await fetch(
        context.send, request, TIMEOUT, context, source=source, make_error=partial(_renewal_error, login)
    )
    members = parse_json_object(response.body, source)
    access_token, seconds = members.get("accessToken"), members.get("expiresIn")
    if not isinstance(access_token, str) or not isinstance(seconds, int) or not _is_sendable(access_token):
        raise CredentialsRefreshError(f"{source} returned no access token")
    if not 0 < seconds <= MAX_TOKEN_SECONDS:
        raise CredentialsRefreshError(
            f"{source} returned an expiresIn that is not from 1 to {MAX_TOKEN_SECONDS} seconds"
        )
    refresh_token = members.get("refreshToken")
    return msgspec.structs.replace(
        token,
        access_token=access_token,
        expires_at=context.time.clock.now() + timedelta(seconds=seconds),
        # Without a new refresh token, this access token is the last one of its login.
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
    )


def _renewal_error(login: Login, response: HttpResponse) -> CredentialsRefreshError:
    return CredentialsRefreshError(
        f"the SSO token could not be renewed (HTTP {response.status}); log in again with: {login.command}",
        can_heal=False,
    )


async def _read(path: Path, login: Login, context: ProviderContext) -> SsoToken:
    """Return the token in a file. Raises CredentialsRefreshError with the login command if there is none."""
    token = await asyncio.to_thread(_load, path, login)
    for delay in TORN_FILE_DELAYS:
        if isinstance(token, str):
            await context.time.sleep(delay)
            token = await asyncio.to_thread(_load, path, login)
    if isinstance(token, str):
        raise login_required_error(login, f"{token} ({path})")
    return token


def _load(path: Path, login: Login) -> SsoToken | str:
    """Return the token in a file, or what is wrong with its content: the AWS CLI may be writing it."""
    try:
        # Root in a container reads the folder of the user who mounted it. Its owner can have commands run, too, by
        # credential_process in the config file beside the token.
        owner = path.parents[2].stat().st_uid
        content = read_trusted_file(path, MAX_DOCUMENT, trusted_owner=owner if _is_root() else None)
    except UntrustedFileError as error:
        raise CredentialsRefreshError(f"the cached SSO token is not used: {error}", can_heal=False) from None
    except OSError:
        raise login_required_error(login, "has no cached token") from None
    try:
        members = parse_json_object(content, str(path))
        expires_at = parse_timestamp(_string_member(members, "expiresAt"), str(path))
        registration_expires_at = parse_timestamp(_string_member(members, "registrationExpiresAt") or None, str(path))
    except CredentialsRefreshError:
        return "has a token file that cannot be read"
    access_token = _string_member(members, "accessToken")
    if not access_token or expires_at is None or not _is_sendable(access_token):
        return "has a token file without a token"
    return SsoToken(
        access_token=access_token,
        expires_at=expires_at,
        refresh_token=_string_member(members, "refreshToken"),
        client_id=_string_member(members, "clientId"),
        client_secret=_string_member(members, "clientSecret"),
        registration_expires_at=registration_expires_at,
    )


def _write(path: Path, token: SsoToken, login: Login) -> None:
    registration_expires_at = token.registration_expires_at
    members = {
        "startUrl": login.start_url,
        "region": login.region,
        "accessToken": token.access_token,
        "expiresAt": _format_timestamp(token.expires_at),
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "registrationExpiresAt": _format_timestamp(registration_expires_at) if registration_expires_at else None,
        "refreshToken": token.refresh_token,
    }
    content = json.dumps({name: value for name, value in members.items() if value}).encode()
    if not write_private_file(path, content):
        # The old file's refresh token is used up.
        logger.warning("the renewed SSO token could not be written to %s; log in again with: %s", path, login.command)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _string_member(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _is_sendable(token: str) -> bool:
    return token.isascii() and token.isprintable()


def _format_timestamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
