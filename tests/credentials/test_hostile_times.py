"""Lifetimes of credentials and tokens: whatever a source says, a provider returns credentials or a typed error."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hypothesis import example, given

from tests.support.hostile_numbers import JSON_NUMBERS, NUMBERS, TIMES
from tests.support.provider_environment import Answer, FakeMachine, http_response
from wsclient.credentials import ContainerProvider, EnvironmentProvider, ImdsProvider, ProcessProvider, SsoProvider
from wsclient.credentials._internal.cli_cache import CliCache
from wsclient.credentials._internal.context import ProcessResult
from wsclient.errors import WsclientError

if TYPE_CHECKING:
    from wsclient._core.http import HttpRequest
    from wsclient.credentials._internal.refreshing import RefreshingProvider

KEYS = {"AccessKeyId": "ASIA", "SecretAccessKey": "secret"}
START = "https://corp.awsapps.com/start"


def _use(provider: RefreshingProvider, machine: FakeMachine) -> None:
    """Get credentials now and later, as a client does; only typed errors may come out."""

    async def main() -> None:
        bound = provider.with_context(machine.context())
        for hours in (0, 1, 24):
            machine.clock.advance(hours=hours)
            with contextlib.suppress(WsclientError):
                repr(await bound.get_credentials())

    asyncio.run(main())


@given(value=JSON_NUMBERS)
@example(value="0001-01-01T00:00:00Z")
@example(value="0001-01-01T00:00:00+23:59")
@example(value="9999-12-31T23:59:59-23:59")
def test_any_expiration_of_a_source_is_read_or_rejected(value: object) -> None:
    """Processes, containers and instances may print any expiration."""
    document = json.dumps({**KEYS, "Version": 1, "Token": "t", "Code": "Success", "Expiration": value})
    home = Path("/nonexistent")
    result = ProcessResult(0, document.encode(), b"")
    _use(ProcessProvider("tool"), FakeMachine(home, process=lambda argv: result))
    relative = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/"}
    _use(ContainerProvider(), FakeMachine(home, lambda request: http_response(200, document), environ=relative))
    _use(
        ImdsProvider(),
        FakeMachine(home, lambda request: http_response(200, "role" if request.url.endswith("/") else document)),
    )


@given(value=TIMES | NUMBERS)
@example(value="0001-01-01T00:00:00Z")
def test_any_expiration_variable_is_read_or_rejected(value: str) -> None:
    """AWS_CREDENTIAL_EXPIRATION may hold any text."""
    environ = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s", "AWS_CREDENTIAL_EXPIRATION": value}
    with contextlib.suppress(WsclientError):
        repr(asyncio.run(EnvironmentProvider(environ).get_credentials()))


@given(value=JSON_NUMBERS)
@example(value=10**400)
@example(value=-62_135_596_800_000)
def test_any_sso_lifetime_is_read_or_rejected(value: object) -> None:
    """SSO may answer with any expiration and any expiresIn, and the token's file may have any times."""

    def answer(request: HttpRequest) -> Answer:
        if request.url.endswith("/token"):
            return http_response(200, json.dumps({"accessToken": "new", "expiresIn": value}))
        keys = {"accessKeyId": "ASIA", "secretAccessKey": "s", "sessionToken": "t"}
        return http_response(200, json.dumps({"roleCredentials": {**keys, "expiration": value}}))

    for expires_at, registration in (("2026-03-01T12:05:00Z", "2026-05-01T00:00:00Z"), (value, value)):
        with TemporaryDirectory() as home:
            path = Path(home) / ".aws" / "sso" / "cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
            path.parent.mkdir(parents=True)
            token = dict.fromkeys(("accessToken", "refreshToken", "clientId", "clientSecret"), "x")
            path.write_text(json.dumps({**token, "expiresAt": expires_at, "registrationExpiresAt": registration}))
            provider = SsoProvider(
                account_id="123456789012", role_name="r", start_url=START, region="eu-west-1", session_name="corp"
            )
            _use(provider, FakeMachine(Path(home), answer))


@given(value=JSON_NUMBERS)
@example(value="9999-12-31T23:59:59-23:59")
def test_any_expiration_of_the_disk_cache_is_read_or_ignored(value: object) -> None:
    """A file of ~/.aws/cli/cache may have any expiration: it counts as missing, or can be compared with now."""
    with TemporaryDirectory() as directory:
        cache = CliCache(directory)
        (Path(directory) / "key.json").write_text(
            json.dumps({"Credentials": {**KEYS, "SessionToken": "t", "Expiration": value}})
        )
        stored = asyncio.run(cache.load("key"))
        if stored is not None:
            provider = ProcessProvider("tool")
            assert isinstance(provider._is_usable(stored, FakeMachine(Path(directory)).clock.now()), bool)
