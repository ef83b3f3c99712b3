from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, aws_home, keys, outcome, told_by
from wsclient.config import system_environment, system_home
from wsclient.credentials import Credentials, ProfileProvider
from wsclient.errors import ConfigurationError, CredentialsError, NoCredentialsError

if TYPE_CHECKING:
    from pathlib import Path


def _given(home: Path, profile: str | None = None, **environ: str) -> Credentials:
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
def test_plain_keys_are_found_in_either_file(tmp_path: Path, config: str | None, credentials: str | None) -> None:
    """Keys of the credentials file go first, and before a process; those of the config file come after."""
    assert _given(aws_home(tmp_path, config, credentials), "dev") == Credentials("AKIA", "AKIAsecret")


@pytest.mark.parametrize("name", ["aws_session_token", "aws_security_token"])
def test_companions_go_with_the_keys_of_their_file(tmp_path: Path, name: str) -> None:
    """Token and account come from the section that has the keys, never from the other file's."""
    home = aws_home(
        tmp_path,
        "[default]\naws_session_token = of-another\naws_account_id = 210987654321\n",
        f"[default]\n{keys('AKIA')}{name} = token\naws_account_id = 123456789012\n",
    )
    assert _given(home) == Credentials("AKIA", "AKIAsecret", "token", account_id="123456789012")
    aws_home(home, credentials=f"[default]\n{keys('AKIA')}")
    assert _given(home) == Credentials("AKIA", "AKIAsecret")


def test_the_profile_is_chosen_by_argument_variable_or_default(tmp_path: Path) -> None:
    """The argument beats AWS_PROFILE, which beats default."""
    home = aws_home(tmp_path, credentials="".join(f"[{name}]\n{keys(name)}" for name in ("default", "a", "b")))
    assert _given(home).access_key_id == "default"
    assert _given(home, AWS_PROFILE="a").access_key_id == "a"
    assert _given(home, AWS_PROFILE="a", AWS_DEFAULT_PROFILE="b").access_key_id == "b"
    assert _given(home, "b", AWS_PROFILE="a").access_key_id == "b"


def test_a_default_profile_without_keys_has_none(tmp_path: Path) -> None:
    """No file, and a profile without keys, are no credentials; the reason names the files."""
    with pytest.raises(NoCredentialsError) as caught:
        _given(tmp_path)
    assert caught.value.tried == (("profile default", "is not in ~/.aws/credentials and ~/.aws/config"),)
    with pytest.raises(NoCredentialsError) as caught:
        _given(aws_home(tmp_path, "[default]\nregion = x\naws_access_key_id =\n"))
    assert caught.value.tried == (
        ("profile default", "has no aws_access_key_id in ~/.aws/credentials and ~/.aws/config"),
    )


@pytest.mark.parametrize("environ", [{}, {"AWS_PROFILE": "dve"}])
def test_a_chosen_profile_that_is_not_there_is_an_error(tmp_path: Path, environ: dict[str, str]) -> None:
    """An unknown name is a mistake, never the next provider's turn."""
    with pytest.raises(ConfigurationError, match="did you mean dev"):
        _given(aws_home(tmp_path, "[profile dev]\n"), None if environ else "dve", **environ)


@pytest.mark.parametrize(
    ("extra", "with_keys"),
    [
        ("role_arn = arn:aws:iam::1:role/x", True),
        ("web_identity_token_file = /x", True),
        ("sso_account_id = 1", True),
        ("sso_role_name = x", True),
        ("credential_process = x", True),
        ("login_session = x", True),
        ("sso_session = s", False),
        ("sso_start_url = s", False),
        ("credential_source = Environment", False),
        ("source_profile = other", False),
    ],
)
def test_another_kind_of_profile_is_refused(tmp_path: Path, extra: str, *, with_keys: bool) -> None:
    """A role, SSO, a process and so on are an error that names the setting, never other keys."""
    home = aws_home(tmp_path, f"[profile dev]\n{extra}\n{keys(CANARY) if with_keys else ''}")
    with pytest.raises(
        CredentialsError, match=f"profile dev gets its credentials by {extra.split(maxsplit=1)[0]}"
    ) as caught:
        _given(home, "dev")
    assert not isinstance(caught.value, NoCredentialsError)
    assert CANARY not in told_by(caught.value)


def test_a_role_is_refused_whichever_file_has_the_keys(tmp_path: Path) -> None:
    """Keys in the credentials file do not stand in for the role that the config file asks for."""
    home = aws_home(tmp_path, "[profile dev]\nrole_arn = x\n", f"[dev]\n{keys('AKIA')}")
    with pytest.raises(CredentialsError, match="role_arn"):
        _given(home, "dev")


@pytest.mark.parametrize("name", ["aws_access_key_id", "aws_secret_access_key"])
def test_half_a_pair_is_broken(tmp_path: Path, name: str) -> None:
    """One key without the other is an error with profile, file and what is missing; the other file is no help."""
    home = aws_home(tmp_path, f"[default]\n{keys('OTHER')}", f"[default]\n{name} = {CANARY}\n")
    missing = ({"aws_access_key_id", "aws_secret_access_key"} - {name}).pop()
    with pytest.raises(CredentialsError, match=f"profile default in ~/.aws/credentials lacks {missing}") as caught:
        _given(home)
    assert CANARY not in told_by(caught.value)


def test_a_malformed_key_is_refused_unseen(tmp_path: Path) -> None:
    """A secret that no secret can be is an error with profile and file."""
    home = aws_home(tmp_path, f"[default]\naws_access_key_id = A\naws_secret_access_key = {CANARY} # mine\n")
    with pytest.raises(CredentialsError, match=r"profile default in ~/.aws/config: Credentials.secret") as caught:
        _given(home)
    assert CANARY not in told_by(caught.value)


@pytest.mark.parametrize("key", ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_account_id"])
def test_an_indented_line_is_refused_unseen(tmp_path: Path, key: str) -> None:
    """A line that is indented by mistake is not part of a key or account, nor shown with it."""
    rest = keys("AKIA").replace(f"{key} =", "other =")
    home = aws_home(tmp_path, credentials=f"[default]\n{rest}{key} = 1\n  more = {CANARY}\n")
    where = "profile default in ~/.aws/credentials"
    with pytest.raises(ConfigurationError, match=f"^{key} of {where} runs over several lines") as caught:
        _given(home)
    assert CANARY not in told_by(caught.value)


def test_a_malformed_file_is_an_error_without_its_lines(tmp_path: Path) -> None:
    """A file that cannot be read is broken, not empty."""
    with pytest.raises(ConfigurationError, match=r"~/.aws/credentials, line 2") as caught:
        _given(aws_home(tmp_path, credentials=f"[default]\n{CANARY}"))
    assert CANARY not in told_by(caught.value)


def test_files_are_read_at_the_first_question_and_kept(tmp_path: Path) -> None:
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


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
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


def test_many_that_ask_at_once_get_one_reading(tmp_path: Path) -> None:
    """Concurrent questions get one and the same set of credentials, read in threads; later ones need none."""
    provider = ProfileProvider(environ={}, home=aws_home(tmp_path, credentials=f"[default]\n{keys('AKIA')}"))
    executor = CountingExecutor()

    async def ask_together() -> list[Credentials]:
        asyncio.get_running_loop().set_default_executor(executor)
        answers = await asyncio.gather(*(provider.get_credentials() for _ in range(50)))
        submitted = executor.submitted
        assert 1 <= submitted <= 50
        answers.append(await provider.get_credentials())
        assert executor.submitted == submitted
        return answers

    answers = asyncio.run(ask_together())
    assert all(answer is answers[0] for answer in answers)


def test_the_process_is_read_when_nothing_is_handed_in() -> None:
    """Without environment and home the process's own apply."""
    environ = system_environment()
    assert outcome(ProfileProvider()) == outcome(ProfileProvider(environ=environ, home=system_home(environ)))
