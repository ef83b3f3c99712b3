"""SSO: the token on disk, its renewal, and the role that it is traded for."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from tests.support.aws_home import CANARY, aws_home, error_text
from tests.support.provider_environment import Answer, FakeMachine, header, http_response
from tests.support.virtual_time import NOON
from wsclient.config._profile_parser import parse_shared_files
from wsclient.credentials import Credentials, ProfileProvider, SsoProvider
from wsclient.credentials.sso import sso_provider_from_profile
from wsclient.errors import ConfigurationError, ConnectError, CredentialsRefreshError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient._core.http import HttpRequest

START = "https://corp.awsapps.com/start"
SECRETS = {name: f"{CANARY}{name}" for name in ("accessToken", "refreshToken", "clientId", "clientSecret")}
ENDS = 1_772_370_000_000  # 13:00 of the day on which the clock stands, in milliseconds
GIVEN = {
    "accessKeyId": "ASIASSO",
    "secretAccessKey": f"{CANARY}secret",
    "sessionToken": f"{CANARY}session",
    "expiration": ENDS,
}


def _login(home: Path, name: str = "corp", **changes: object) -> Path:
    """Leave a login on disk as `aws sso login` does, and return its file."""
    members = {
        "startUrl": START,
        "region": "eu-west-1",
        "expiresAt": "2026-03-01T20:00:00Z",
        "registrationExpiresAt": "2026-05-01T00:00:00Z",
        **SECRETS,
        **changes,
    }
    path = home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(name.encode()).hexdigest()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({key: value for key, value in members.items() if value is not None}))
    return path


def _service(**changes: Answer) -> Callable[[HttpRequest], Answer]:
    answers: dict[str, Answer] = {
        "credentials": http_response(200, json.dumps({"roleCredentials": GIVEN})),
        "token": http_response(200, json.dumps({"accessToken": f"{CANARY}new", "expiresIn": 28_800})),
        **changes,
    }
    return lambda request: answers["token" if request.url.endswith("/token") else "credentials"]


def _provider(**changes: Any) -> SsoProvider:
    table: dict[str, Any] = {
        "account_id": "123456789012",
        "role_name": "Work Spaces/Op",
        "start_url": START,
        "region": "eu-west-1",
        "session_name": "corp",
        **changes,
    }
    return SsoProvider(**table)


def _credentials(machine: FakeMachine, provider: SsoProvider | None = None) -> Credentials:
    return asyncio.run((provider or _provider()).with_context(machine.context()).get_credentials())


def test_sso_token_is_exchanged_for_role_credentials(tmp_path: Path) -> None:
    """GetRoleCredentials is called with token, account and role; all members of the response are used."""
    _login(tmp_path)
    machine = FakeMachine(tmp_path, _service())
    credentials = _credentials(machine)
    assert (credentials.access_key_id, credentials.account_id) == ("ASIASSO", "123456789012")
    assert credentials.secret_access_key == f"{CANARY}secret"
    assert credentials.session_token == f"{CANARY}session"
    assert credentials.expiration == NOON.replace(hour=13)
    (request,) = machine.requests
    url = "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials"
    assert request.url == f"{url}?role_name=Work%20Spaces%2FOp&account_id=123456789012"
    assert header(request, "x-amz-sso_bearer_token") == f"{CANARY}accessToken"
    assert header(request, "host") == "portal.sso.eu-west-1.amazonaws.com"
    assert machine.routes == ["service"]


def test_legacy_sso_token_is_found_by_start_url(tmp_path: Path) -> None:
    """Without an sso-session the token's file is named after the start URL, and is never renewed."""
    _login(tmp_path, START, expiresAt="2026-03-01T12:05:00Z")
    machine = FakeMachine(tmp_path, _service())
    assert _credentials(machine, _provider(session_name=None)).access_key_id == "ASIASSO"
    assert len(machine.requests) == 1


def test_expiring_sso_token_is_renewed_and_saved(tmp_path: Path) -> None:
    """In its last 15 minutes the token is traded for another, which the AWS CLI finds, readable by its owner alone."""
    for refresh_token in ("again", None):
        path = _login(tmp_path, expiresAt="2026-03-01T12:14:59Z")
        answer = {"accessToken": f"{CANARY}new", "expiresIn": 28_800, "refreshToken": refresh_token}
        machine = FakeMachine(tmp_path, _service(token=http_response(200, json.dumps(answer))))
        _credentials(machine)
        renewal, question = machine.requests
        assert (renewal.method, renewal.url) == ("POST", "https://oidc.eu-west-1.amazonaws.com/token")
        assert json.loads(renewal.body) == {
            "clientId": SECRETS["clientId"],
            "clientSecret": SECRETS["clientSecret"],
            "grantType": "refresh_token",
            "refreshToken": SECRETS["refreshToken"],
        }
        assert header(question, "x-amz-sso_bearer_token") == f"{CANARY}new"
        # Without it, a gateway may compress the response (RFC 9110, section 12.5.3), which nothing here decompresses.
        assert [header(request, "accept-encoding") for request in machine.requests] == ["identity"] * 2
        kept = json.loads(path.read_text())
        assert kept["accessToken"] == f"{CANARY}new"
        assert kept["expiresAt"] == "2026-03-01T20:00:00Z"
        assert kept["registrationExpiresAt"] == "2026-05-01T00:00:00Z"
        assert (kept["startUrl"], kept["region"]) == (START, "eu-west-1")
        assert kept.get("refreshToken") == refresh_token
        # Windows has access control lists instead.
        assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_unsaved_renewed_token_is_used_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """On a full or read-only disk the new token is used, and a warning says that the next program needs a login."""
    _login(tmp_path, expiresAt="2026-03-01T12:14:59Z")
    answer = {"accessToken": f"{CANARY}new", "expiresIn": 28_800, "refreshToken": "again"}
    machine = FakeMachine(tmp_path, _service(token=http_response(200, json.dumps(answer))))
    monkeypatch.setattr("wsclient.credentials._internal.sso_token.write_private_file", lambda *_: False)
    assert _credentials(machine).access_key_id == "ASIASSO"
    assert "could not be written" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "failure",
    [
        http_response(500),
        http_response(400),
        ConnectError("refused"),
        http_response(200, "{}"),
        http_response(200, "x"),
    ],
)
def test_failed_renewal_keeps_a_valid_token(tmp_path: Path, failure: Answer) -> None:
    """After a failed renewal a valid token stays in use; with an expired token the failure is raised."""
    before = _login(tmp_path, expiresAt="2026-03-01T12:10:00Z").read_text()
    machine = FakeMachine(tmp_path, _service(token=failure))
    assert _credentials(machine).access_key_id == "ASIASSO"
    assert header(machine.requests[-1], "x-amz-sso_bearer_token") == f"{CANARY}accessToken"
    path = _login(tmp_path, expiresAt="2026-03-01T12:10:00Z")
    assert path.read_text() == before
    _login(tmp_path, expiresAt="2026-03-01T11:59:00Z")
    with pytest.raises(CredentialsRefreshError) as failed:
        _credentials(FakeMachine(tmp_path, _service(token=failure)))
    assert CANARY not in error_text(failed.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"expiresAt": "2026-03-01T12:00:00Z", "refreshToken": None},
        {"expiresAt": "2026-03-01T12:00:00Z", "clientId": None},
        {"expiresAt": "2026-03-01T12:00:00Z", "clientSecret": None},
        {"expiresAt": "2026-03-01T12:00:00Z", "registrationExpiresAt": None},
        {"expiresAt": "2026-03-01T12:00:00Z", "registrationExpiresAt": "2026-03-01T12:00:00Z"},
        {"expiresAt": "yesterday"},
        {"expiresAt": None},
        {"accessToken": ""},
        {"accessToken": 7},
        {"accessToken": f"{CANARY}\n"},
    ],
)
def test_expired_token_error_has_the_login_command(tmp_path: Path, changes: dict[str, Any]) -> None:
    """An expired token without renewal, or an invalid token, is an error with the login command; nothing is sent."""
    _login(tmp_path, **changes)
    machine = FakeMachine(tmp_path, _service())
    with pytest.raises(CredentialsRefreshError, match="aws sso login --sso-session corp") as failed:
        _credentials(machine)
    assert not failed.value.can_heal
    assert not machine.requests
    assert CANARY not in error_text(failed.value)


@pytest.mark.parametrize(
    ("profile", "session", "command"),
    [
        ("sso", "corp", "aws sso login --profile sso"),
        ("sso", None, "aws sso login --profile sso"),
        ("my profile", "corp", 'aws sso login --profile "my profile"'),
        (None, "corp", "aws sso login --sso-session corp"),
        (None, None, "aws sso login"),
    ],
)
@pytest.mark.parametrize("state", ["no token", "no JSON", "expired", "no access token", "not renewed", "not accepted"])
def test_login_command_names_profile_or_session(
    tmp_path: Path, profile: str | None, session: str | None, command: str, state: str
) -> None:
    """Each error that a login would mend names its command: with the profile, else with the session."""
    changes: dict[str, dict[str, Any]] = {
        "expired": {"expiresAt": "2020-01-01T00:00:00Z", "refreshToken": None},
        "no access token": {"accessToken": None},
        "not renewed": {"expiresAt": "2020-01-01T00:00:00Z"},
    }
    if state != "no token":
        path = _login(tmp_path, session or START, **changes.get(state, {}))
        if state == "no JSON":
            path.write_text(CANARY)
    machine = FakeMachine(tmp_path, _service(token=http_response(400), credentials=http_response(401)))
    with pytest.raises(CredentialsRefreshError) as failed:
        _credentials(machine, _provider(profile=profile, session_name=session))
    assert str(failed.value).endswith(f": {command}")
    assert not failed.value.can_heal


def test_login_command_names_the_role_or_its_source_profile(tmp_path: Path) -> None:
    """A role whose source profile has no SSO login names that profile, and so does a profile of its own."""
    sso = f"sso_start_url = {START}\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = x\n"
    role = "role_arn = arn:aws:iam::210987654321:role/x\nsource_profile = sso\n"
    aws_home(tmp_path, f"[profile sso]\n{sso}[profile role]\n{role}region = eu-west-1\n")
    for name in ("sso", "role"):
        with pytest.raises(CredentialsRefreshError, match=r"log in with: aws sso login --profile sso$"):
            asyncio.run(ProfileProvider(name, environ={}, home=tmp_path).get_credentials())


def test_missing_token_file_error_has_the_login_command(tmp_path: Path) -> None:
    """A missing token file, or one that isn't JSON, is an error with the login command; the content isn't shown."""
    with pytest.raises(
        CredentialsRefreshError, match=f"the SSO login at {START} has no cached token; log in with: aws sso login"
    ):
        _credentials(FakeMachine(tmp_path, _service()), _provider(session_name=None))
    _login(tmp_path).write_text(CANARY)
    with pytest.raises(CredentialsRefreshError, match="cannot be read") as failed:
        _credentials(FakeMachine(tmp_path, _service()))
    assert CANARY not in error_text(failed.value)


@pytest.mark.parametrize(
    ("answer", "attempts", "can_heal", "message"),
    [
        (http_response(401), 1, False, "no longer valid .*aws sso login --sso-session corp"),
        (http_response(403), 1, False, "role Work Spaces/Op in account 123456789012 is not assigned to this user"),
        (http_response(404), 1, False, "does not exist"),
        (http_response(400, CANARY), 1, False, "was rejected"),
        (http_response(429), 3, True, "HTTP 429"),
        (http_response(503), 3, True, "HTTP 503"),
        (ConnectError("refused"), 3, True, "did not answer"),
        (http_response(200, CANARY), 1, True, "not a JSON object"),
        (http_response(200, "{}"), 1, True, "without an expiration or session token"),
        (
            http_response(200, json.dumps({"roleCredentials": {**GIVEN, "expiration": CANARY}})),
            1,
            True,
            "without an expiration or session token",
        ),
        (
            http_response(200, json.dumps({"roleCredentials": {**GIVEN, "sessionToken": ""}})),
            1,
            True,
            "without an expiration or session token",
        ),
        (
            http_response(200, json.dumps({"roleCredentials": {**GIVEN, "expiration": 10**30}})),
            1,
            True,
            "that is not a valid time",
        ),
        (
            http_response(200, json.dumps({"roleCredentials": {**GIVEN, "secretAccessKey": "a b"}})),
            1,
            True,
            "printable ASCII without spaces",
        ),
    ],
)
def test_portal_failures_are_retried_and_rejections_are_not(
    tmp_path: Path, answer: Answer, attempts: int, message: str, *, can_heal: bool
) -> None:
    """A portal with server errors is called three times, a rejection once; the error has a remedy and no secret."""
    _login(tmp_path)
    machine = FakeMachine(tmp_path, _service(credentials=answer))
    with pytest.raises(CredentialsRefreshError, match=message) as failed:
        _credentials(machine)
    assert (failed.value.can_heal, len(machine.requests)) == (can_heal, attempts)
    assert CANARY not in error_text(failed.value)


@pytest.mark.parametrize(
    ("region", "environ", "hosts"),
    [
        ("cn-north-1", {}, ("oidc.cn-north-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn")),
        ("us-gov-west-1", {}, ("oidc.us-gov-west-1.amazonaws.com", "portal.sso.us-gov-west-1.amazonaws.com")),
        ("eu-west-1", {"AWS_ENDPOINT_URL_SSO": "https://sso.bank"}, ("oidc.eu-west-1.amazonaws.com", "sso.bank")),
        (
            "eu-west-1",
            {"AWS_ENDPOINT_URL_SSO_OIDC": "https://oidc.bank/x/"},
            ("oidc.bank", "portal.sso.eu-west-1.amazonaws.com"),
        ),
    ],
)
def test_sso_hosts_follow_partition_and_configured_urls(
    tmp_path: Path, region: str, environ: dict[str, str], hosts: tuple[str, str]
) -> None:
    """The region's partition rules the names; configured URLs go before."""
    _login(tmp_path, expiresAt="2026-03-01T12:01:00Z")
    machine = FakeMachine(tmp_path, _service(), environ)
    _credentials(machine, _provider(region=region))
    assert tuple(request.url.split("/")[2] for request in machine.requests) == hosts


def test_insecure_sso_url_is_rejected(tmp_path: Path) -> None:
    """A configured URL that is http or malformed is refused; so is a region that can't be a host label."""
    _login(tmp_path)
    for url, message in (("http://sso.bank", "must be https"), ("sso.bank", "the URL of sso")):
        machine = FakeMachine(tmp_path, _service(), {"AWS_ENDPOINT_URL_SSO": url})
        with pytest.raises(ConfigurationError, match=message):
            _credentials(machine)
        assert not machine.requests
    with pytest.raises(ConfigurationError, match="region of an SSO login"):
        _provider(region="x.evil.com/")


CONFIG = """
[profile ops]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Work Spaces/Op
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access
"""


def test_sso_session_profile_is_read(tmp_path: Path) -> None:
    """The profile names account and role, its session the login."""
    _login(tmp_path)
    machine = FakeMachine(aws_home(tmp_path, CONFIG), _service())
    provider = ProfileProvider("ops", environ={}, home=tmp_path).with_context(machine.context())
    assert asyncio.run(provider.get_credentials()).access_key_id == "ASIASSO"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("sso_role_name = Work Spaces/Op", ""), "is set up for SSO without sso_role_name"),
        (("sso_account_id = 123456789012", "sso_account_id ="), "without sso_account_id"),
        (("sso_region = eu-west-1", ""), "without sso_region"),
        (("sso_session = corp\n", "sso_session = crop\n"), r"\[sso-session crop\] does not exist"),
        (("sso_session = corp\n", "sso_session = corp\nsso_region = us-east-1\n"), "sso_region of .* differ"),
        (("sso_session = corp\n", ""), "without sso_start_url, sso_region"),
    ],
)
def test_contradictory_sso_settings_are_rejected(change: tuple[str, str], message: str) -> None:
    """The error names the missing setting, or the setting that contradicts the sso-session."""
    files = parse_shared_files(("config", CONFIG.replace(*change).encode()), ("credentials", b""))
    with pytest.raises(ConfigurationError, match=message):
        sso_provider_from_profile("ops", files)


def test_sso_session_without_role_gives_no_credentials() -> None:
    """An sso-session alone gives no credentials."""
    files = parse_shared_files(("config", b"[profile s]\nsso_session = corp\n"), ("credentials", b""))
    assert sso_provider_from_profile("s", files) is None


def _racing(home: Path, token: Answer, **other: object) -> Callable[[HttpRequest], Answer]:
    """Return the services of a login whose file another process writes while this one renews its token."""

    def answer(request: HttpRequest) -> Answer:
        if request.url.endswith("/token"):
            if other:
                _login(home, **other)  # type: ignore[arg-type]  # members of the file
            else:
                _login(home).unlink()
            return token
        return http_response(200, json.dumps({"roleCredentials": GIVEN}))

    return answer


def test_token_renewed_by_another_process_is_used(tmp_path: Path) -> None:
    """The service takes a refresh token once: the token that the other process has written is used, without a login."""
    for failure in (http_response(400, '{"error":"invalid_grant"}'), ConnectError("refused")):
        _login(tmp_path, expiresAt="2026-03-01T11:59:00Z")
        machine = FakeMachine(
            tmp_path, _racing(tmp_path, failure, accessToken="winner", expiresAt="2026-03-01T13:00:00Z")
        )
        assert _credentials(machine).access_key_id == "ASIASSO"
        assert header(machine.requests[-1], "x-amz-sso_bearer_token") == "winner"


def test_newer_login_is_not_overwritten_by_a_renewal(tmp_path: Path) -> None:
    """The renewed token is used, and replaces neither the token of a newer login nor a file that a logout removed."""
    renewed = http_response(200, json.dumps({"accessToken": "renewed", "expiresIn": 3600}))
    path = _login(tmp_path, expiresAt="2026-03-01T12:10:00Z")
    machine = FakeMachine(tmp_path, _racing(tmp_path, renewed, accessToken="login", expiresAt="2026-03-01T20:00:00Z"))
    assert _credentials(machine).access_key_id == "ASIASSO"
    assert json.loads(path.read_text())["accessToken"] == "login"
    _login(tmp_path, expiresAt="2026-03-01T12:10:00Z")
    machine = FakeMachine(tmp_path, _racing(tmp_path, renewed))
    assert _credentials(machine).access_key_id == "ASIASSO"
    assert header(machine.requests[-1], "x-amz-sso_bearer_token") == "renewed"
    assert not path.exists()


def test_providers_of_one_login_renew_the_token_once(tmp_path: Path) -> None:
    """The accounts of a fleet share one login: however many need its token at once, one of them renews it."""
    for expires_at in ("2026-03-01T12:10:00Z", "2026-03-01T11:59:00Z"):
        _login(tmp_path, expiresAt=expires_at)
        machine = FakeMachine(tmp_path, _service())
        providers = [_provider(account_id=f"{number:012}") for number in range(20)]

        async def together(machine: FakeMachine = machine, providers: list[SsoProvider] = providers) -> None:
            bound = [provider.with_context(machine.context()) for provider in providers]
            await asyncio.gather(*(provider.get_credentials() for provider in bound))

        asyncio.run(together())
        assert sum(request.url.endswith("/token") for request in machine.requests) == 1
        assert sum("federation" in request.url for request in machine.requests) == 20


@pytest.mark.parametrize("token", [http_response(200, json.dumps({"accessToken": "new", "expiresIn": 3600})), None])
def test_missing_sso_fips_endpoint_is_explained(tmp_path: Path, token: Answer | None) -> None:
    """IAM Identity Center has FIPS endpoints in few regions: the error of a missing name says how to do without."""
    _login(tmp_path, expiresAt="2026-03-01T20:00:00Z" if token else "2026-03-01T11:59:00Z")
    missing = ConnectError("the name of oidc-fips.eu-west-1.amazonaws.com:443 does not resolve")
    for value, is_told in (("true", True), ("false", False)):
        services = _service(credentials=missing, token=token or missing)
        machine = FakeMachine(tmp_path, services, environ={"AWS_USE_FIPS_ENDPOINT": value})
        with pytest.raises(CredentialsRefreshError, match="does not resolve") as caught:
            _credentials(machine)
        assert ("has FIPS endpoints in few regions" in str(caught.value)) is is_told


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_root_reads_a_mounted_token_folder_of_another_user(tmp_path: Path) -> None:
    """Docker run -v ~/.aws:/root/.aws: the token of the folder's owner is used, and stays theirs when it is renewed."""
    path = _login(tmp_path, expiresAt="2026-03-01T12:10:00Z")
    for each in (path, *path.parents[:3]):
        os.chown(each, 1000, 1000)
    assert _credentials(FakeMachine(tmp_path, _service())).access_key_id == "ASIASSO"
    assert json.loads(path.read_text())["accessToken"] == f"{CANARY}new"
    assert (path.stat().st_uid, path.stat().st_gid) == (1000, 1000)
    os.chown(path.parents[2], 0, 0)
    with pytest.raises(CredentialsRefreshError, match="another user owns it"):
        _credentials(FakeMachine(tmp_path, _service()))


@pytest.mark.parametrize("torn", ["", '{"accessToken": "half', "{}"])
def test_partially_written_token_file_is_reread(tmp_path: Path, torn: str) -> None:
    """The AWS CLI empties the file before it writes it: what is read in between is no reason to log in again."""
    whole = _login(tmp_path).read_text()
    path = _login(tmp_path)
    path.write_text(torn)
    machine = FakeMachine(tmp_path, _service())

    async def written(delay: float) -> None:
        machine.slept.append(delay)
        if len(machine.slept) == 2:
            path.write_text(whole)

    context = machine.context()
    context = structs.replace(context, time=structs.replace(context.time, sleep=written))
    assert asyncio.run(_provider().with_context(context).get_credentials()).access_key_id == "ASIASSO"
    assert sum(machine.slept) < 0.5
    path.write_text(torn)
    with pytest.raises(CredentialsRefreshError, match="log in with"):
        _credentials(FakeMachine(tmp_path, _service()))
