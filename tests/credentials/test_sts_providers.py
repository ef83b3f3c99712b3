"""Providers that ask STS: what they send, what they make of the answer, and how they fail."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, error_text
from tests.support.fake_sts import FakeSts
from tests.support.virtual_time import run_in_virtual_time
from wsclient.credentials import (
    AssumeRoleProvider,
    ChainProvider,
    Credentials,
    CredentialsProvider,
    EnvironmentProvider,
    ProfileProvider,
    SamlProvider,
    SessionTokenProvider,
    StaticProvider,
    WebIdentityProvider,
)
from wsclient.errors import (
    ConfigurationError,
    ConnectError,
    CredentialsError,
    CredentialsRefreshError,
    ServiceError,
    TLSError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROLE = "arn:aws:iam::210987654321:role/path/operators"
SAML = "arn:aws:iam::210987654321:saml-provider/okta"
KEYS = Credentials("AKIASOURCE", f"{CANARY}secret")
TOKEN = f"eyJ.{CANARY}.sig"


def _credentials(sts: FakeSts, home: Path, provider: Any, **more: Any) -> Credentials:  # any provider of ours
    got: Credentials = run_in_virtual_time(provider.with_context(sts.context(home, **more)).get_credentials())
    return got


def test_every_role_argument_reaches_sts(tmp_path: Path) -> None:
    """Each argument reaches STS under its name, and the answer comes back whole, with the role's account."""
    sts = FakeSts()
    provider = AssumeRoleProvider(
        role_arn=ROLE,
        source=KEYS,
        role_session_name="nightly@bank",
        duration_seconds=1800,
        external_id="ext/1",
        policy={"Version": "2012-10-17", "Statement": []},
        policy_arns=["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        tags={"team": "desktops"},
        transitive_tag_keys=["team"],
        source_identity="mary",
    )
    credentials = _credentials(sts, tmp_path, provider)
    assert sts.requests[0].input == {
        "RoleArn": ROLE,
        "RoleSessionName": "nightly@bank",
        "DurationSeconds": 1800,
        "ExternalId": "ext/1",
        "Policy": '{"Version":"2012-10-17","Statement":[]}',
        "PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        "Tags": [{"Key": "team", "Value": "desktops"}],
        "TransitiveTagKeys": ["team"],
        "SourceIdentity": "mary",
    }
    assert credentials == Credentials(
        "ASIAISSUED1", "secret1", "token1", credentials.expiration, account_id="210987654321"
    )
    assert credentials.expiration is not None
    assert (sts.keys, sts.hosts) == (["AKIASOURCE"], ["sts.eu-west-1.amazonaws.com"])


def test_default_role_session_name(tmp_path: Path) -> None:
    """The made-up name tells CloudTrail which library it was, and when."""
    sts = FakeSts()
    _credentials(sts, tmp_path, AssumeRoleProvider(role_arn=ROLE, source=KEYS))
    assert sts.requests[0].input["RoleSessionName"] == "wsclient-1772366400"


def test_chained_roles_sign_with_the_previous_session(tmp_path: Path) -> None:
    """A role may be the source of a role; a second look costs no call, the end of the last session one each."""
    sts = FakeSts()
    first = AssumeRoleProvider(role_arn=ROLE, source=KEYS)
    second = AssumeRoleProvider(role_arn=ROLE, source=first)
    third = AssumeRoleProvider(role_arn=ROLE, source=second).with_context(sts.context(tmp_path))

    async def main() -> None:
        assert (await third.get_credentials()).access_key_id == "ASIAISSUED3"
        assert sts.keys == ["AKIASOURCE", "ASIAISSUED1", "ASIAISSUED2"]
        await third.get_credentials()
        assert len(sts.requests) == 3
        sts.clock.advance(minutes=50)
        assert (await third.get_credentials()).access_key_id == "ASIAISSUED6"

    asyncio.run(main())


def test_clients_share_credentials_and_use_their_own_sts_endpoint(tmp_path: Path) -> None:
    """Copies with another context serve the same credentials; each refreshes them at its own STS endpoint."""
    sts = FakeSts()
    provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS)
    here = provider.with_context(sts.context(tmp_path))
    there = provider.with_context(
        sts.context(tmp_path, {"AWS_REGION": "us-gov-west-1", "AWS_USE_FIPS_ENDPOINT": "true"})
    )

    async def main() -> None:
        assert await here.get_credentials() == await there.get_credentials()
        sts.clock.advance(minutes=59, seconds=30)
        await there.get_credentials()
        assert sts.hosts == ["sts.eu-west-1.amazonaws.com", "sts.us-gov-west-1.amazonaws.com"]
        assert await here.get_credentials() == await there.get_credentials()

    asyncio.run(main())


def _sync_code() -> str:
    return "123456"


async def _async_code() -> str:
    return " 123456\n"


@pytest.mark.parametrize("give", [_sync_code, _async_code, None])
@pytest.mark.parametrize("kind", ["role", "session"])
def test_mfa_code_is_requested_per_sts_call(tmp_path: Path, kind: str, give: Callable[[], str] | None) -> None:
    """The code comes from a function, sync or async, or from the person there, and not before the last minute."""
    sts = FakeSts()
    requested: list[str] = []

    async def ask(serial_number: str) -> str:
        requested.append(serial_number)
        return "123456"

    provider: AssumeRoleProvider | SessionTokenProvider
    if kind == "role":
        provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS, mfa_serial="arn:mfa/mary", mfa_code=give)
    else:
        provider = SessionTokenProvider(source=KEYS, mfa_serial="arn:mfa/mary", mfa_code=give)
    here = provider.with_context(sts.context(tmp_path, ask_mfa=ask))

    async def main() -> None:
        for minutes, calls in ((0, 1), (55, 1), (4.5, 2)):
            sts.clock.advance(minutes=minutes)
            await here.get_credentials()
            assert len(sts.requests) == calls

    asyncio.run(main())
    assert {(request.input["SerialNumber"], request.input["TokenCode"]) for request in sts.requests} == {
        ("arn:mfa/mary", "123456")
    }
    assert requested == ([] if give else ["arn:mfa/mary"] * 2)


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "12345a", "", "\u0661\u0662\u0663\u0664\u0665\u0666", 123456, None]
)
def test_malformed_mfa_code_is_rejected_without_quoting_it(
    tmp_path: Path, code: Any
) -> None:  # wrong types are the point
    """Anything but six digits never reaches STS, and is not shown."""
    sts = FakeSts()
    provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS, mfa_serial="serial", mfa_code=lambda: code)
    with pytest.raises(ConfigurationError, match="MFA code") as refused:
        _credentials(sts, tmp_path, provider)
    assert not sts.requests
    assert not code or str(code) not in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"role_arn": "operators"}, "role_arn must be like"),
        ({"role_arn": "arn:aws:iam::123:role/x"}, "role_arn must be like"),
        ({"role_arn": None}, "role_arn must be a string, not None"),
        ({"role_session_name": "a b"}, "role_session_name must be 2 to 64"),
        ({"role_session_name": "x"}, "role_session_name must be 2 to 64"),
        ({"duration_seconds": 899}, "duration_seconds must be 900 to 43200"),
        ({"duration_seconds": 43201}, "duration_seconds must be 900 to 43200"),
        ({"policy": "{"}, "the policy is not valid JSON"),
        ({"policy": "[" * 100_000}, "nested too deeply"),
        (
            {"policy": '{"Statement": [{"Condition": {}, "Condition": {}}]}'},
            r"duplicate member Statement\[0\].Condition",
        ),
        ({"policy": {"Statement": {1, 2}}}, "policy must hold strings, numbers"),
        ({"policy": {"Statement": float("nan")}}, "policy must hold strings, numbers"),
        ({"policy": "[]"}, "policy must be a policy document"),
        ({"mfa_code": _sync_code}, "needs mfa_serial="),
        (
            {"source": "AKIA"},
            "source must be Credentials, a credential provider, .*not a str",
        ),
    ],
)
def test_invalid_role_arguments_are_rejected_at_construction(arguments: dict[str, object], message: str) -> None:
    """A mistake ends in ConfigurationError when the provider is made, not at its first call."""
    table: dict[str, Any] = {"role_arn": ROLE, "source": KEYS, **arguments}
    with pytest.raises(ConfigurationError, match=message):
        AssumeRoleProvider(**table)


@pytest.mark.parametrize(
    ("failure", "can_heal"),
    [
        (ServiceError("no", code="AccessDenied", status=403), False),
        (ServiceError("slower", code="Throttling", status=400), True),
        (ServiceError("later", code="ServiceUnavailable", status=503), True),
        (ConnectError("no route"), True),
        (TLSError("unknown authority"), False),
    ],
    ids=repr,
)
def test_sts_rejection_names_operation_and_role(tmp_path: Path, failure: Exception, *, can_heal: bool) -> None:
    """It becomes one CredentialsRefreshError that names operation and role, and was not sent to the service."""
    sts = FakeSts(failure)
    provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS)
    with pytest.raises(CredentialsRefreshError, match=f"AssumeRole of {ROLE}") as refused:
        _credentials(sts, tmp_path, provider)
    assert refused.value.can_heal is can_heal
    assert refused.value.may_have_been_sent is False
    assert refused.value.is_transient is False
    assert CANARY not in error_text(refused.value)


def test_role_source_without_credentials_ends_the_search(tmp_path: Path) -> None:
    """A chain does not go on to another identity because a role's source had none."""
    sts = FakeSts()
    role = AssumeRoleProvider(role_arn=ROLE, source=EnvironmentProvider({}))
    chain = ChainProvider([role, StaticProvider(KEYS)])
    with pytest.raises(CredentialsRefreshError, match="has no source credentials"):
        _credentials(sts, tmp_path, chain)


class Rotating:
    """A source whose first key STS rejects."""

    def __init__(self) -> None:
        self.keys = [Credentials("AKIAOLD", "old"), Credentials("AKIANEW", "new")]

    async def get_credentials(self) -> Credentials:
        """Give the key that is current."""
        return self.keys[0]

    def invalidate(self, access_key_id: str) -> None:
        """Go on to the next key."""
        if self.keys[0].access_key_id == access_key_id:
            self.keys.pop(0)


def test_rejected_source_key_is_replaced_and_the_role_assumed(tmp_path: Path) -> None:
    """ExpiredToken of the source is its source's to mend, within the same call to STS."""
    sts = FakeSts()
    refusals: list[Exception] = [ServiceError("expired", code="ExpiredToken", status=403)]
    answer = sts.answer
    sts.answer = lambda request: refusals.pop() if refusals else answer(request)  # type: ignore[method-assign]
    _credentials(sts, tmp_path, AssumeRoleProvider(role_arn=ROLE, source=Rotating()))
    assert sts.keys == ["AKIAOLD", "AKIANEW"]


def test_web_identity_call_is_unsigned_and_rereads_the_token(tmp_path: Path) -> None:
    """The token file is read for each session, and no other credentials are needed."""
    sts = FakeSts()
    path = tmp_path / "token"
    provider = WebIdentityProvider(role_arn=ROLE, token_file=path, role_session_name="pod", duration_seconds=900)
    here = provider.with_context(sts.context(tmp_path))

    async def main() -> None:
        for token in ("first", "second"):
            path.write_text(f"{token}\n")
            await here.get_credentials()
            sts.clock.advance(hours=1)

    asyncio.run(main())
    assert sts.keys == [None, None]
    assert [request.input["WebIdentityToken"] for request in sts.requests] == ["first", "second"]
    assert sts.requests[0].input["RoleSessionName"] == "pod"


def test_token_file_path_expands_the_home(tmp_path: Path) -> None:
    """A leading ~ is the home directory that the provider works with, in an argument and in a setting."""
    (tmp_path / "token").write_text("first")
    sts = FakeSts()
    _credentials(sts, tmp_path, WebIdentityProvider(role_arn=ROLE, token_file="~/token"))
    environ = {"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "~/token"}
    profile = ProfileProvider(environ=environ, home=tmp_path)
    asyncio.run(profile.with_context(sts.context(tmp_path, environ)).get_credentials())
    assert [request.input["WebIdentityToken"] for request in sts.requests] == ["first", "first"]


def test_web_identity_token_from_a_function(tmp_path: Path) -> None:
    """The token from a function, and the provider's other parameters, are sent to STS."""
    sts = FakeSts()
    provider = WebIdentityProvider(
        role_arn=ROLE, token=lambda: TOKEN, provider_id="www.example.com", policy_arns=["arn:aws:iam::aws:policy/X"]
    )
    assert _credentials(sts, tmp_path, provider).account_id == "210987654321"
    sent = sts.requests[0].input
    assert (sent["WebIdentityToken"], sent["ProviderId"]) == (TOKEN, "www.example.com")
    assert str(sent["RoleSessionName"]).startswith("wsclient-")


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff" + CANARY.encode(), b"a\x00b", b"x" * 20_001, b"a b\nc"])
def test_invalid_token_file_is_rejected_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    """File content that can't be a token is neither sent to STS nor shown in the error."""
    sts = FakeSts()
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(CredentialsRefreshError, match="token") as refused:
        _credentials(sts, tmp_path, WebIdentityProvider(role_arn=ROLE, token_file=path))
    assert not sts.requests
    assert CANARY not in error_text(refused.value)


def test_missing_token_file_is_named(tmp_path: Path) -> None:
    """The error says which file, and why it could not be read."""
    with pytest.raises(CredentialsRefreshError, match="nowhere cannot be read: No such file"):
        _credentials(FakeSts(), tmp_path, WebIdentityProvider(role_arn=ROLE, token_file=tmp_path / "nowhere"))


def test_secrets_are_removed_from_sts_messages(tmp_path: Path) -> None:
    """Tokens, assertions and MFA codes are cut out of STS's own words."""
    cases: list[tuple[Any, str]] = [
        (WebIdentityProvider(role_arn=ROLE, token=lambda: TOKEN), TOKEN),
        (SamlProvider(role_arn=ROLE, principal_arn=SAML, assertion=lambda: TOKEN), TOKEN),
        (AssumeRoleProvider(role_arn=ROLE, source=KEYS, mfa_serial="serial", mfa_code=_sync_code), "123456"),
    ]
    for provider, secret in cases:
        sts = FakeSts(ServiceError(f"{secret} is bad, {secret}", code="InvalidIdentityToken", status=400))
        with pytest.raises(CredentialsRefreshError, match=r"\[redacted\] is bad") as refused:
            _credentials(sts, tmp_path, provider)
        assert secret not in error_text(refused.value)
        assert CANARY not in error_text(refused.value)


def test_saml_assertion_is_requested_per_session(tmp_path: Path) -> None:
    """SAML is unsigned, late, and sends role, provider and assertion."""
    sts = FakeSts()
    requested: list[int] = []

    async def assertion() -> str:
        requested.append(1)
        return "PHNhbWw+"

    provider = SamlProvider(role_arn=ROLE, principal_arn=SAML, assertion=assertion, policy="{}")
    here = provider.with_context(sts.context(tmp_path))

    async def main() -> None:
        for minutes in (0, 55, 4.5):
            sts.clock.advance(minutes=minutes)
            await here.get_credentials()

    asyncio.run(main())
    assert sts.keys == [None, None]
    assert len(requested) == 2
    assert sts.requests[0].input == {
        "RoleArn": ROLE,
        "PrincipalArn": SAML,
        "SAMLAssertion": "PHNhbWw+",
        "Policy": "{}",
    }


def test_invalid_functions_and_arguments_are_rejected(tmp_path: Path) -> None:
    """A function that returns no text, an odd principal, and two sources of a token are each refused."""
    nothing: Any = lambda: None  # noqa: E731 - a function that returns the wrong thing
    with pytest.raises(ConfigurationError, match="SAML assertion must return a string, not None"):
        _credentials(FakeSts(), tmp_path, SamlProvider(role_arn=ROLE, principal_arn=SAML, assertion=nothing))
    with pytest.raises(ConfigurationError, match="principal_arn must be the ARN of an identity provider"):
        SamlProvider(role_arn=ROLE, principal_arn=ROLE, assertion=lambda: "x")
    with pytest.raises(ConfigurationError, match="one of token_file= and token="):
        WebIdentityProvider(role_arn=ROLE)
    with pytest.raises(ConfigurationError, match="one of token_file= and token="):
        WebIdentityProvider(role_arn=ROLE, token_file="x", token=lambda: "x")
    with pytest.raises(ConfigurationError, match="needs mfa_serial="):
        SessionTokenProvider(source=KEYS, mfa_code=_sync_code)
    with pytest.raises(ConfigurationError, match="900 to 129600"):
        SessionTokenProvider(source=KEYS, duration_seconds=1)


def test_get_session_token_uses_the_users_keys(tmp_path: Path) -> None:
    """GetSessionToken is signed with the user's own keys and sends the configured duration."""
    sts = FakeSts()
    credentials = _credentials(sts, tmp_path, SessionTokenProvider(source=KEYS, duration_seconds=3600))
    assert credentials.access_key_id == "ASIAISSUED1"
    assert sts.keys == ["AKIASOURCE"]
    assert sts.requests[0].input == {"DurationSeconds": 3600}


@pytest.mark.parametrize("missing", ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "all"])
def test_incomplete_sts_credentials_are_rejected(tmp_path: Path, missing: str) -> None:
    """Credentials of which a part is missing are no credentials."""
    sts = FakeSts()
    whole = sts.answer

    def half(request: Any) -> Any:  # the fake's own types
        answer: Any = whole(request)
        answer["Credentials"].pop(missing, None)
        return {} if missing == "all" else answer

    sts.answer = half  # type: ignore[method-assign]  # a worse STS
    with pytest.raises(CredentialsRefreshError, match="without"):
        _credentials(sts, tmp_path, AssumeRoleProvider(role_arn=ROLE, source=KEYS))


def test_standalone_provider_follows_sts_settings_of_the_environment(tmp_path: Path) -> None:
    """Region, FIPS, dual-stack, AWS_ENDPOINT_URL_STS and the profile rule a provider that stands alone."""
    home = tmp_path
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[default]\nregion = ap-south-1\n")
    cases = [
        ({"AWS_REGION": ""}, "sts.ap-south-1.amazonaws.com"),
        ({"AWS_USE_FIPS_ENDPOINT": "true", "AWS_REGION": "us-east-1"}, "sts-fips.us-east-1.amazonaws.com"),
        ({"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "sts.eu-west-1.api.aws"),
        ({"AWS_ENDPOINT_URL_STS": "https://sts.bank.internal"}, "sts.bank.internal"),
    ]
    for environ, host in cases:
        sts = FakeSts()
        _credentials(sts, home, AssumeRoleProvider(role_arn=ROLE, source=KEYS), environ=environ)
        assert sts.hosts == [host]


def test_sts_needs_a_region(tmp_path: Path) -> None:
    """STS is regional, never global by accident."""
    sts = FakeSts()
    with pytest.raises(ConfigurationError, match="Missing Region"):
        _credentials(sts, tmp_path, AssumeRoleProvider(role_arn=ROLE, source=KEYS), environ={"AWS_REGION": ""})
    assert not sts.requests


def test_provider_reprs_hide_secrets() -> None:
    """The repr of a provider holds neither keys nor tokens."""
    providers: list[CredentialsProvider] = [
        AssumeRoleProvider(role_arn=ROLE, source=KEYS),
        SessionTokenProvider(source=KEYS),
        StaticProvider(KEYS),
    ]
    assert not any(CANARY in repr(provider) or CANARY in repr(vars(provider)) for provider in providers)
    assert json.dumps(repr(replace(KEYS, session_token=CANARY))).count(CANARY) == 0
    assert issubclass(CredentialsRefreshError, CredentialsError)


def _rejected(code: str) -> ServiceError:
    return ServiceError("Couldn't retrieve verification key from your identity provider", code=code, status=400)


@pytest.mark.parametrize("code", ["InvalidIdentityToken", "ExpiredTokenException"])
def test_token_that_sts_cannot_validate_is_reread_twice(tmp_path: Path, code: str) -> None:
    """The token may be replaced at that moment, or the identity provider be away: two more attempts read it again."""
    tokens = ["old", "new", "newest"]
    sts = FakeSts(_rejected(code))

    def token() -> str:
        sts.failure = _rejected(code) if len(tokens) > 1 else None
        return tokens.pop(0)

    assert _credentials(sts, tmp_path, WebIdentityProvider(role_arn=ROLE, token=token)).account_id == "210987654321"
    assert [request.input["WebIdentityToken"] for request in sts.requests] == ["old", "new", "newest"]


@pytest.mark.parametrize(("code", "attempts"), [("InvalidIdentityToken", 3), ("AccessDenied", 1)])
def test_session_stays_in_use_while_sts_cannot_validate_the_token(tmp_path: Path, code: str, attempts: int) -> None:
    """An outage of the identity provider ends no calls before the session ends; other refusals are raised at once."""
    (tmp_path / "token").write_text(TOKEN)
    sts = FakeSts()
    here = WebIdentityProvider(role_arn=ROLE, token_file=tmp_path / "token").with_context(sts.context(tmp_path))

    async def main() -> bool:
        first = await here.get_credentials()
        sts.failure = _rejected(code)
        sts.clock.advance(minutes=59, seconds=30)
        return await here.get_credentials() == first

    if attempts > 1:
        assert run_in_virtual_time(main())
    else:
        with pytest.raises(CredentialsRefreshError, match=code):
            run_in_virtual_time(main())
    assert len(sts.requests) == 1 + attempts
