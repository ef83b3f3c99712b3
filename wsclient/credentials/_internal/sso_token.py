"""The token that `aws sso login` leaves on disk, and its renewal.

"SSO token provider configuration", https://docs.aws.amazon.com/cli/latest/userguide/sso-configure-profile-token.html;
"CreateToken", https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from wsclient._core.errors import CredentialsRefreshError
from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient._core.logging import error_name, log_fields
from wsclient._core.reprs import RedactedStruct
from wsclient.credentials._internal.cli_cache import write_private_file
from wsclient.credentials._internal.fetch import fetch, parse_json_object, parse_timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wsclient.credentials._internal.context import ProviderContext

RENEWAL_WINDOW: Final = timedelta(minutes=15)
"""Before expiry: from here on a token is renewed, where it can be."""
TIMEOUT: Final = Timeout(connect=5.0, read=30.0, write=30.0)

logger = logging.getLogger("wsclient.credentials")


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody logs in: the start URL, the region it lives in, and the sso-session, which older files lack."""

    start_url: str
    region: str
    session_name: str | None = None

    @property
    def file_name(self) -> str:
        """The name of the token's file, as the AWS CLI makes it."""
        name = self.session_name or self.start_url
        # A name for a file; nothing is protected by it.
        return f"{hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()}.json"

    @property
    def command(self) -> str:
        """What the person at the keyboard is to do."""
        return f"aws sso login --sso-session {self.session_name}" if self.session_name else "aws sso login"


class SsoToken(RedactedStruct, frozen=True, kw_only=True):
    """A token, and what renews it where that is known; nothing of it is shown."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset(
        {"access_token", "refresh_token", "client_id", "client_secret"}
    )

    access_token: str
    expires_at: datetime
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    registration_expires_at: datetime | None = None

    def may_be_renewed(self, now: datetime) -> bool:
        """Tell whether everything is there that a renewal needs."""
        ends = self.registration_expires_at
        return bool(self.refresh_token and self.client_id and self.client_secret) and ends is not None and now < ends


async def current_token(login: Login, oidc_url: str, surroundings: ProviderContext) -> str:
    """Return a token that is good now; one that runs out is renewed and written back, where that can be done.

    Raises CredentialsRefreshError that says how to log in when there is none, or it has expired.
    """
    path = surroundings.home / ".aws" / "sso" / "cache" / login.file_name
    token = await asyncio.to_thread(_read, path, login)
    now = surroundings.time.clock.now()
    # Tokens of older files cannot be renewed: who logged in did not agree to that.
    is_renewable = login.session_name is not None and token.may_be_renewed(now)
    if token.expires_at - now < RENEWAL_WINDOW and is_renewable:
        try:
            token = await _renewed(token, oidc_url, surroundings)
        except CredentialsRefreshError as error:
            if token.expires_at <= now:
                raise
            extra = log_fields(provider="SsoProvider", error=error_name(error))
            logger.warning("%s; the SSO token that is there stays in use", error, extra=extra)
        else:
            await asyncio.to_thread(_write, path, token, login)
    if token.expires_at <= now:
        raise login_required_error(login, "has expired")
    return token.access_token


def login_required_error(login: Login, why: str) -> CredentialsRefreshError:
    """Return the error that sends somebody to log in again."""
    told = f"the SSO login at {login.start_url} {why}; log in with: {login.command}"
    return CredentialsRefreshError(told, can_heal=False)


async def _renewed(token: SsoToken, oidc_url: str, surroundings: ProviderContext) -> SsoToken:
    form = {
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "grantType": "refresh_token",
        "refreshToken": token.refresh_token,
    }
    headers = (("host", oidc_url.split("/")[2]), ("content-type", "application/json"), ("accept", "application/json"))
    request = HttpRequest("POST", f"{oidc_url}/token", headers, json.dumps(form).encode())
    whom = "the service that renews SSO tokens"
    answer = await fetch(surroundings.send, request, TIMEOUT, surroundings, whom=whom, refusal=_not_renewed)
    members = parse_json_object(answer.body, whom)
    access_token, seconds = members.get("accessToken"), members.get("expiresIn")
    if not isinstance(access_token, str) or not isinstance(seconds, int) or not _is_sendable(access_token):
        raise CredentialsRefreshError(f"{whom} gave no token")
    refresh_token = members.get("refreshToken")
    return msgspec.structs.replace(
        token,
        access_token=access_token,
        expires_at=surroundings.time.clock.now() + timedelta(seconds=seconds),
        # A token without a new refresh token is the last of its login.
        refresh_token=refresh_token if isinstance(refresh_token, str) else "",
    )


def _not_renewed(answer: HttpResponse) -> CredentialsRefreshError:
    return CredentialsRefreshError(
        f"the SSO token could not be renewed (HTTP {answer.status}); log in again with: aws sso login", can_heal=False
    )


def _read(path: Path, login: Login) -> SsoToken:
    try:
        content = path.read_bytes()
    except OSError:
        raise login_required_error(login, "is not there") from None
    try:
        members = parse_json_object(content, str(path))
        expires_at = parse_timestamp(_text(members, "expiresAt"), str(path))
        ends = parse_timestamp(_text(members, "registrationExpiresAt") or None, str(path))
    except CredentialsRefreshError:
        raise login_required_error(login, f"left a file that cannot be read ({path})") from None
    access_token = _text(members, "accessToken")
    if not access_token or expires_at is None or not _is_sendable(access_token):
        raise login_required_error(login, f"left a file without a token ({path})")
    return SsoToken(
        access_token=access_token,
        expires_at=expires_at,
        refresh_token=_text(members, "refreshToken"),
        client_id=_text(members, "clientId"),
        client_secret=_text(members, "clientSecret"),
        registration_expires_at=ends,
    )


def _write(path: Path, token: SsoToken, login: Login) -> None:
    ends = token.registration_expires_at
    members = {
        "startUrl": login.start_url,
        "region": login.region,
        "accessToken": token.access_token,
        "expiresAt": _stamp(token.expires_at),
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "registrationExpiresAt": _stamp(ends) if ends else None,
        "refreshToken": token.refresh_token,
    }
    write_private_file(path, json.dumps({name: value for name, value in members.items() if value}).encode())


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _is_sendable(token: str) -> bool:
    return token.isascii() and token.isprintable()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
