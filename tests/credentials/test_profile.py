from __future__ import annotations

import asyncio
import json
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, aws_home, error_text, keys, outcome
from tests.support.fake_sts import FakeSts
from wsclient.config import system_environment, system_home
from wsclient.credentials import Credentials, ProfileProvider
from wsclient.errors import (
    ConfigurationError,
    CredentialsError,
    CredentialsRefreshError,
    NoCredentialsError,
    ServiceError,
)

if TYPE_CHECKING:
    from pathlib import Path


def _credentials(home: Path, profile: str | None = None, **environ: str) -> Credentials:
    return asyncio.run(ProfileProvider(profile, environ=environ, home=home).get_credentials())


@pytest.mark.parametrize(
    ("config", "credentials"),
    [
        (f"[profile dev]\n{keys('AKIA')}", None),
        (None, f"[dev]\n{keys('AKIA')}"),
        (f"[profile dev]\n{keys('OTHER')}", f"[dev]\n{keys('AKIA')}"),
        (f"[profile dev]\n{keys('AKIA')}", "[dev]\nregion = x\n"),
        (f"[profile dev]\n{keys('OTHER')}credential_process = x\n", f"[dev]\n{keys('AKIA')}"),
        (f"[profile dev]\nsso_session = s\n{keys('AKIA')}", None),
    ],
)
def test_static_keys_of_either_file_are_read(tmp_path: Path, config: str | None, credentials: str | None) -> None:
    """Keys of the credentials file go first, and before a process; those of the config file come after."""
    assert _credentials(aws_home(tmp_path, config, credentials), "dev") == Credentials("AKIA", "AKIAsecret")


@pytest.mark.parametrize("name", ["aws_session_token", "aws_security_token"])
def test_token_and_account_come_from_the_section_of_the_keys(tmp_path: Path, name: str) -> None:
    """Token and account come from the section that has the keys, never from the other file's."""
    home = aws_home(
        tmp_path,
        "[default]\naws_session_token = of-another\naws_account_id = 210987654321\n",
        f"[default]\n{keys('AKIA')}{name} = token\naws_account_id = 123456789012\n",
    )
    assert _credentials(home) == Credentials("AKIA", "AKIAsecret", "token", account_id="123456789012")
    aws_home(home, credentials=f"[default]\n{keys('AKIA')}")
    assert _credentials(home) == Credentials("AKIA", "AKIAsecret")


def test_profile_precedence_argument_variable_default(tmp_path: Path) -> None:
    """The argument beats AWS_PROFILE, which beats default."""
    home = aws_home(tmp_path, credentials="".join(f"[{name}]\n{keys(name)}" for name in ("default", "a", "b")))
    assert _credentials(home).access_key_id == "default"
    assert _credentials(home, AWS_PROFILE="a").access_key_id == "a"
    assert _credentials(home, AWS_PROFILE="a", AWS_DEFAULT_PROFILE="b").access_key_id == "b"
    assert _credentials(home, "b", AWS_PROFILE="a").access_key_id == "b"


def test_missing_or_empty_default_profile_has_no_credentials(tmp_path: Path) -> None:
    """No file, and a profile without keys, are no credentials; the reason names the files."""
    with pytest.raises(NoCredentialsError) as caught:
        _credentials(tmp_path)
    missing = f"is not in ~/.aws/credentials or ~/.aws/config: neither file exists (~ is {tmp_path})"
    assert caught.value.tried == (("profile default", missing),)
    with pytest.raises(NoCredentialsError) as caught:
        _credentials(aws_home(tmp_path, "[default]\nregion = x\naws_access_key_id =\n"))
    assert caught.value.tried == (
        ("profile default", "has no aws_access_key_id in ~/.aws/credentials or ~/.aws/config"),
    )


@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "dve"}])
def test_unknown_explicit_profile_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    """An unknown name is a mistake, never the next provider's turn."""
    with pytest.raises(ConfigurationError, match="did you mean dev"):
        _credentials(aws_home(tmp_path, "[profile dev]\n"), None if environ else "dve", **environ)


@pytest.mark.parametrize(
    ("extra", "why"),
    [
        ("sso_session = s", "has sso_session without sso_account_id"),
        ("sso_start_url = s", "has sso_start_url without sso_account_id"),
        ("credential_source = Environment", "has credential_source without role_arn"),
        ("source_profile = other", "has source_profile without role_arn"),
    ],
)
def test_incomplete_credential_settings_count_as_none(tmp_path: Path, extra: str, why: str) -> None:
    """A profile with half of what a way needs has none, as in botocore, and the reason says what is missing."""
    home = aws_home(tmp_path, f"[profile dev]\n{extra}\n")
    with pytest.raises(NoCredentialsError, match=why):
        _credentials(home, "dev")


@pytest.mark.parametrize("name", ["aws_access_key_id", "aws_secret_access_key"])
def test_incomplete_key_pair_is_an_error(tmp_path: Path, name: str) -> None:
    """Half a key pair is an error that names profile, file and the missing key; the other file doesn't complete it."""
    home = aws_home(tmp_path, f"[default]\n{keys('OTHER')}", f"[default]\n{name} = {CANARY}\n")
    missing = ({"aws_access_key_id", "aws_secret_access_key"} - {name}).pop()
    with pytest.raises(
        CredentialsError, match=f"profile default in ~/.aws/credentials has half a key pair: {missing}"
    ) as caught:
        _credentials(home)
    assert CANARY not in error_text(caught.value)


def test_malformed_key_is_rejected_without_quoting_it(tmp_path: Path) -> None:
    """A secret that no secret can be is an error with profile and file."""
    home = aws_home(tmp_path, f"[default]\naws_access_key_id = A\naws_secret_access_key = {CANARY} # mine\n")
    with pytest.raises(CredentialsError, match=r"profile default in ~/.aws/config: Credentials.secret") as caught:
        _credentials(home)
    assert CANARY not in error_text(caught.value)


@pytest.mark.parametrize("key", ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_account_id"])
def test_indented_key_line_is_rejected_without_quoting_it(tmp_path: Path, key: str) -> None:
    """A line that is indented by mistake is not part of a key or account, nor shown with it."""
    rest = keys("AKIA").replace(f"{key} =", "other =")
    home = aws_home(tmp_path, credentials=f"[default]\n{rest}{key} = 1\n  more = {CANARY}\n")
    where = "profile default in ~/.aws/credentials"
    with pytest.raises(ConfigurationError, match=f"^{key} of {where} spans several lines") as caught:
        _credentials(home)
    assert CANARY not in error_text(caught.value)


def test_malformed_file_error_does_not_quote_it(tmp_path: Path) -> None:
    """A file that cannot be read is broken, not empty."""
    with pytest.raises(ConfigurationError, match=r"~/.aws/credentials, line 2") as caught:
        _credentials(aws_home(tmp_path, credentials=f"[default]\n{CANARY}"))
    assert CANARY not in error_text(caught.value)


def test_files_are_read_once_and_again_after_a_rejected_key(tmp_path: Path) -> None:
    """Nothing is read before it is needed, nothing twice; a rejected key, and no other, makes it read again."""
    provider = ProfileProvider(environ={}, home=tmp_path)
    aws_home(tmp_path, credentials=f"[default]\n{keys('FIRST')}")
    assert asyncio.run(provider.get_credentials()).access_key_id == "FIRST"
    aws_home(tmp_path, credentials=f"[default]\n{keys('SECOND')}")
    provider.invalidate("ANOTHER")
    assert asyncio.run(provider.get_credentials()).access_key_id == "FIRST"
    provider.invalidate("FIRST")
    assert asyncio.run(provider.get_credentials()).access_key_id == "SECOND"
    assert CANARY not in repr(provider)


def test_failed_read_is_not_cached(tmp_path: Path) -> None:
    """Files that are put right are read at the next question."""
    provider = ProfileProvider(environ={}, home=tmp_path)
    with pytest.raises(NoCredentialsError):
        asyncio.run(provider.get_credentials())
    provider.invalidate("ANY")
    aws_home(tmp_path, credentials=f"[default]\n{keys('AKIA')}")
    assert asyncio.run(provider.get_credentials()).access_key_id == "AKIA"


class CountingExecutor(ThreadPoolExecutor):
    """A pool of threads that counts what it is given to do."""

    submitted = 0

    def submit(self, *arguments: Any, **named: Any) -> Future[Any]:
        """Count, and do it."""
        self.submitted += 1
        return super().submit(*arguments, **named)


def test_concurrent_callers_share_one_read(tmp_path: Path) -> None:
    """Concurrent questions get one and the same set of credentials, read in one turn of a thread."""
    provider = ProfileProvider(environ={}, home=aws_home(tmp_path, credentials=f"[default]\n{keys('AKIA')}"))
    executor = CountingExecutor()

    async def ask_together() -> list[Credentials]:
        asyncio.get_running_loop().set_default_executor(executor)
        answers = await asyncio.gather(*(provider.get_credentials() for _ in range(50)))
        answers.append(await provider.get_credentials())
        return answers

    answers = asyncio.run(ask_together())
    assert executor.submitted == 1
    assert all(answer is answers[0] for answer in answers)


def test_profile_provider_defaults_to_the_process() -> None:
    """Without environment and home the process's own apply."""
    environ = system_environment()
    assert outcome(ProfileProvider()) == outcome(ProfileProvider(environ=environ, home=system_home(environ)))


ROLE = "arn:aws:iam::210987654321:role/x"


def _issued(home: Path, profile: str, **more: Any) -> FakeSts:
    """Return the fake STS that a profile's provider called; `more` is environ and arguments of ProfileProvider."""
    environ = {"AWS_REGION": "eu-west-1", **more.pop("environ", {})}
    sts = FakeSts()
    provider = ProfileProvider(profile, environ=environ, home=home, **more)
    credentials = asyncio.run(provider.with_context(sts.context(home, environ)).get_credentials())
    assert credentials.session_token == f"token{len(sts.requests)}"
    return sts


def test_role_settings_of_a_profile_reach_sts(tmp_path: Path) -> None:
    """Every setting of a role reaches STS, and the source profile's keys sign."""
    home = aws_home(
        tmp_path,
        f"""
[profile ops]
role_arn = {ROLE}
source_profile = base
# a comment
external_id = ext
mfa_serial = arn:mfa
role_session_name = nightly
duration_seconds = 1800
[profile base]
s3 =
  max_concurrent_requests = 20
""",
        f"[base]\n{keys('AKIABASE')}",
    )
    sts = _issued(home, "ops", mfa_code=lambda: "123456")
    assert sts.requests[0].input == {
        "RoleArn": ROLE,
        "RoleSessionName": "nightly",
        "DurationSeconds": 1800,
        "ExternalId": "ext",
        "SerialNumber": "arn:mfa",
        "TokenCode": "123456",
    }
    assert sts.keys == ["AKIABASE"]


def test_source_profiles_chain_over_roles(tmp_path: Path) -> None:
    """source_profile may name a profile with a role, and so on down to keys."""
    roles = "".join(f"[profile p{n}]\nrole_arn = {ROLE}{n}\nsource_profile = p{n + 1}\n" for n in range(4))
    sts = _issued(aws_home(tmp_path, roles + f"[profile p4]\n{keys('AKIABASE')}"), "p0")
    assert [request.input["RoleArn"] for request in sts.requests] == [f"{ROLE}{n}" for n in (3, 2, 1, 0)]
    assert sts.keys == ["AKIABASE", "ASIAISSUED1", "ASIAISSUED2", "ASIAISSUED3"]


def test_a_profile_may_be_the_source_of_its_own_role(tmp_path: Path) -> None:
    """A profile with keys that names itself assumes its role with them; one on the way gives its keys."""
    home = aws_home(tmp_path, f"[profile own]\nrole_arn = {ROLE}\nsource_profile = own\n{keys('AKIAOWN')}")
    assert _issued(home, "own").keys == ["AKIAOWN"]
    aws_home(
        home,
        f"[profile top]\nrole_arn = {ROLE}\nsource_profile = own\n"
        f"[profile own]\nrole_arn = {ROLE}2\nsource_profile = top\n{keys('AKIAOWN')}",
    )
    assert _issued(home, "top").keys == ["AKIAOWN"]


@pytest.mark.parametrize(
    ("sources", "circle"),
    [
        ({"a": "a"}, "a -> a"),
        ({"a": "b", "b": "a"}, "a -> b -> a"),
        ({"a": "b", "b": "c", "c": "b"}, "a -> b -> c -> b"),
    ],
)
def test_circular_source_profiles_are_rejected(tmp_path: Path, sources: dict[str, str], circle: str) -> None:
    """source_profile that leads back is an error with the way round, and nothing is sent."""
    home = aws_home(
        tmp_path,
        "".join(f"[profile {name}]\nrole_arn = {ROLE}\nsource_profile = {to}\n" for name, to in sources.items()),
    )
    with pytest.raises(ConfigurationError, match=f"forms a cycle: {circle}$"):
        _issued(home, "a")


def test_credential_source_environment_signs_the_role_call(tmp_path: Path) -> None:
    """credential_source = Environment signs with the keys of the environment, also under an explicit profile."""
    home = aws_home(tmp_path, f"[profile ops]\nrole_arn = {ROLE}\ncredential_source = Environment\n")
    environ = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "secret"}
    assert _issued(home, "ops", environ=environ).keys == ["AKIAENV"]
    with pytest.raises(CredentialsRefreshError, match=r"no source credentials: .*AWS_ACCESS_KEY_ID"):
        _issued(home, "ops")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("", "neither source_profile nor credential_source"),
        ("source_profile = base\ncredential_source = Environment", "both source_profile and credential_source"),
        ("credential_source = environment", "must be one of Environment, Ec2InstanceMetadata, EcsContainer"),
        ("source_profile = bsae", "source_profile of profile ops in ~/.aws/config.*did you mean base"),
        ("source_profile = base\nduration_seconds = 1h", "duration_seconds of profile ops in ~/.aws/config must be a"),
        ("source_profile = base\nduration_seconds = 60", "profile ops in ~/.aws/config: duration_seconds must be 900"),
        ("source_profile = base\nrole_session_name = a b", "profile ops in ~/.aws/config: role_session_name must be"),
        ("source_profile = base\nrole_arn =", "profile ops in ~/.aws/config: role_arn must be like"),
    ],
)
def test_contradictory_role_settings_are_rejected(tmp_path: Path, settings: str, message: str) -> None:
    """Settings that contradict each other or make no sense name the profile, the file and what to write."""
    role = "" if "role_arn" in settings else f"role_arn = {ROLE}\n"
    home = aws_home(tmp_path, f"[profile ops]\n{role}{settings}\n[profile base]\n{keys('AKIABASE')}")
    with pytest.raises(ConfigurationError, match=message):
        _issued(home, "ops")


def test_source_profile_without_credentials_is_an_error(tmp_path: Path) -> None:
    """A role whose source profile has no credentials is an error; no other provider is tried."""
    home = aws_home(tmp_path, f"[profile ops]\nrole_arn = {ROLE}\nsource_profile = bare\n[profile bare]\nregion = x\n")
    with pytest.raises(
        CredentialsRefreshError, match=r"no source credentials: .*profile bare: has no aws_access_key_id"
    ):
        _issued(home, "ops")


def test_source_profile_keys_are_reread_when_sts_rejects_them(tmp_path: Path) -> None:
    """When STS rejects the source profile's keys, they are read from the file again, which may hold new keys."""
    home = aws_home(tmp_path, f"[profile ops]\nrole_arn = {ROLE}\nsource_profile = base\n", f"[base]\n{keys('OLD')}")
    sts = FakeSts()
    answer = sts.answer

    def renewed(request: Any) -> Any:  # the fake's own types
        if sts.keys[-1] == "OLD":
            aws_home(home, credentials=f"[base]\n{keys('NEW')}")
            return ServiceError("expired", code="ExpiredToken", status=403)
        return answer(request)

    sts.answer = renewed  # type: ignore[method-assign]  # a service that rejects one key
    environ = {"AWS_REGION": "eu-west-1"}
    provider = ProfileProvider("ops", environ=environ, home=home).with_context(sts.context(home))
    assert asyncio.run(provider.get_credentials()).access_key_id == "ASIAISSUED1"
    assert sts.keys == ["OLD", "NEW"]


def test_web_identity_of_a_profile_precedes_keys(tmp_path: Path) -> None:
    """web_identity_token_file goes before keys; the environment's own goes before it, unless the profile was named."""
    (tmp_path / "file").write_text("of-the-profile")
    (tmp_path / "variable").write_text("of-the-environment")
    home = aws_home(
        tmp_path,
        f"[profile pod]\nrole_arn = {ROLE}\nweb_identity_token_file = {tmp_path}/file\nrole_session_name = pod\n"
        f"{keys('AKIA')}",
    )
    environ = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "variable"),
        "AWS_ROLE_ARN": f"{ROLE}2",
        "AWS_ROLE_SESSION_NAME": "env",
        "AWS_PROFILE": "pod",
    }
    for profile, token in (("pod", "of-the-profile"), (None, "of-the-environment")):
        sts = FakeSts()
        provider = ProfileProvider(profile, environ=environ, home=home).with_context(sts.context(home, environ))
        asyncio.run(provider.get_credentials())
        assert sts.keys == [None]
        sent = sts.requests[0].input
        expected = (ROLE, "pod") if profile else (f"{ROLE}2", "env")
        assert (sent["WebIdentityToken"], sent["RoleArn"], sent["RoleSessionName"]) == (token, *expected)


@pytest.mark.parametrize("printed", [None, "", "210987654321"])
def test_profile_account_id_applies_to_credential_process(tmp_path: Path, printed: str | None) -> None:
    """aws_account_id applies to credential_process unless the program prints an AccountId, as in botocore."""
    document = {"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "secret"}
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(document if printed is None else {**document, "AccountId": printed}))
    home = aws_home(tmp_path, f"[profile dev]\ncredential_process = cat {path}\naws_account_id = 123456789012\n")
    assert _credentials(home, "dev").account_id == (printed or "123456789012")
