"""Mistakes in files and variables that many people report against AWS's SDKs: the error says what to write instead."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.aws_home import CANARY, aws_home, keys, outcome
from tests.support.provider_environment import FakeMachine
from wsclient import WorkSpacesClient
from wsclient.config import ClientConfig
from wsclient.credentials import EnvironmentProvider, ProcessProvider, ProfileProvider
from wsclient.credentials._internal.context import ProcessResult
from wsclient.errors import ConfigurationError, CredentialsRefreshError

KEY, TEMPORARY = "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"
ROLE = "role_arn = arn:aws:iam::123456789012:role/desk\n"


def _pair(key: str, secret: str = CANARY) -> str:
    return f"aws_access_key_id = {key}\naws_secret_access_key = {secret}\n"


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        (_pair(f'"{KEY}"', f'"{CANARY}"'), "access_key_id starts or ends with a quotation mark; remove it"),
        (_pair(KEY, f"'{CANARY}'"), "secret_access_key starts or ends with a quotation mark; remove it"),
        (_pair(f"{KEY} # mine"), "a comment behind it, which belongs on a line of its own"),
        (_pair(KEY, f"{CANARY} ; mine"), "a comment behind it, which belongs on a line of its own"),
        (_pair(TEMPORARY), "a temporary key (ASIA...) without aws_session_token; set it, too"),
        (f"export AWS_ACCESS_KEY_ID={KEY}\n", "has 'export aws_access_key_id'"),
        (f"set AWS_ACCESS_KEY_ID={KEY}\n", "start the line with the setting's name"),
    ],
)
def test_keys_with_shell_quoting_are_rejected_with_a_remedy(tmp_path: Path, credentials: str, message: str) -> None:
    """Quotation marks, comments and shell commands around keys are an error here, not one of the service."""
    shown = outcome(ProfileProvider(environ={}, home=aws_home(tmp_path, credentials=f"[default]\n{credentials}")))
    assert message in str(shown)
    assert CANARY not in str(shown)


@pytest.mark.parametrize(
    ("key", "token", "message"),
    [
        (f'"{KEY}"', "", "starts or ends with a quotation mark"),
        (TEMPORARY, "", "AWS_SESSION_TOKEN is not set; set it, too"),
        (TEMPORARY, "token", "Credentials(access_key_id='...MPLE', temporary)"),
        ("ASIA-of-a-stand-in", "", "Credentials(access_key_id='...d-in', long-term)"),
    ],
)
def test_key_variables_with_quoting_are_rejected_with_a_remedy(key: str, token: str, message: str) -> None:
    """Docker's --env-file keeps quotation marks, and a copied temporary key lacks its token."""
    variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": CANARY, "AWS_SESSION_TOKEN": token}
    shown = str(outcome(EnvironmentProvider(variables)))
    assert message in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    ("config", "credentials", "message"),
    [
        ("[dev]\nregion = us-west-2\n", "", "write [dev] in ~/.aws/config as [profile dev]"),
        ("[ dev ]\nregion = us-west-2\n", "", "write [ dev ] in ~/.aws/config as [profile dev]"),
        ("[  profile dev ]\nregion = us-west-2\n", "", "write [  profile dev ] in ~/.aws/config as [profile dev]"),
        ("", f"[profile dev]\n{keys(KEY)}", "write [profile dev] in ~/.aws/credentials as [dev]"),
        ("", f"[ dev ]\n{keys(KEY)}", "write [ dev ] in ~/.aws/credentials as [dev]"),
    ],
)
def test_unusable_section_title_is_reported(tmp_path: Path, config: str, credentials: str, message: str) -> None:
    """The config file has the word profile in titles and the credentials file has not: a mix-up is pointed out."""
    home = aws_home(tmp_path, config, credentials)
    assert message in str(outcome(ProfileProvider("dev", environ={}, home=home)))
    home = aws_home(tmp_path, config.replace("dev", "default"), credentials.replace("dev", "default"))
    by_default = str(outcome(ProfileProvider(environ={}, home=home)))
    assert message.replace("dev", "default") in by_default or config or "profile default" in credentials


@pytest.mark.parametrize("name", [" ", "dev ", "dev\r"])
def test_white_space_around_a_profile_name_is_named_in_the_error(tmp_path: Path, name: str) -> None:
    """A variable from an .env file may end in a space or a carriage return, which no terminal shows."""
    home = aws_home(tmp_path, f"[profile dev]\n{keys(KEY)}")
    text = str(outcome(ProfileProvider(environ={"AWS_PROFILE": name}, home=home)))
    assert f"no profile {name!r} (chosen by AWS_PROFILE)" in text
    assert "remove the white space around the name" in text


@pytest.mark.parametrize("name", ["My Name", "O'Brien", "DOMAIN\\user", '19"'])
def test_profile_title_that_needs_quotes_is_reported(tmp_path: Path, name: str) -> None:
    """As in all tools of AWS, a title is split like words of a shell: the title to write is told, and works."""
    provider = ProfileProvider(name, environ={}, home=aws_home(tmp_path, f"[profile {name}]\n{keys(KEY)}", ""))
    text = str(outcome(provider))
    assert f"write [profile {name}] in ~/.aws/config as [profile " in text
    title = text.partition(" as ")[2].splitlines()[0]
    home = aws_home(tmp_path, f"{title}\n{keys(KEY)}", "")
    assert getattr(outcome(ProfileProvider(name, environ={}, home=home)), "access_key_id", None) == KEY


@pytest.mark.parametrize(
    ("home", "variable", "text"),
    [
        ("/root", "", "neither file exists (~ is /root)"),
        ("~", "", "neither file exists (the user has no home directory: set HOME)"),
        ("/root", "/etc/aws", "~/.aws/credentials; neither file exists (~ is /root)"),
    ],
)
def test_no_credentials_error_shows_an_unexpected_home(home: str, variable: str, text: str, tmp_path: Path) -> None:
    """With sudo, cron, systemd or a container's unknown user, files that exist are looked for elsewhere."""
    path = Path(home) if home == "~" else tmp_path
    environ = {"AWS_CONFIG_FILE": f"{tmp_path}{variable}"} if variable else {}
    shown = str(outcome(ProfileProvider("dev", environ=environ, home=path)))
    assert text.replace("/root", str(path)) in shown


@pytest.mark.parametrize("variable", ["AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"])
def test_malformed_web_identity_variable_is_named(variable: str, tmp_path: Path) -> None:
    """A malformed variable is named, not a profile that may not even exist."""
    valid = {"AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/desk", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}
    shown = str(outcome(ProfileProvider(environ={**valid, variable: '"x y"'}, home=tmp_path)))
    assert f"ConfigurationError: {variable} must be" in shown


def test_utf16_file_of_powershell_is_recognized(tmp_path: Path) -> None:
    """UTF-16, which PowerShell's > writes, is not read as malformed text without a reason."""
    home = aws_home(tmp_path, f"[default]\n{keys(KEY)}".encode("utf-16"))
    assert "is UTF-16 text, as PowerShell writes it; save it as UTF-8" in str(
        outcome(ProfileProvider(environ={}, home=home))
    )


@pytest.mark.parametrize("settings", [ROLE, f"{ROLE}source_profile = other\n", f"{ROLE}credential_source = ec2\n"])
def test_an_error_of_a_role_s_profile_names_the_profile_once(tmp_path: Path, settings: str) -> None:
    """The profile and its file are not repeated in front of a message that has them."""
    shown = str(outcome(ProfileProvider(environ={}, home=aws_home(tmp_path, f"[default]\n{settings}"))))
    assert shown.count("profile default in ~/.aws/config") == 1


@pytest.mark.parametrize(
    ("command", "result"),
    [
        ("~/bin/keys --json", FileNotFoundError(2, "No such file or directory")),
        ("NAME=1 keys", FileNotFoundError(2, "No such file or directory")),
        ("cat keys | jq .", ProcessResult(1, b"", b"cat: '|': No such file or directory")),
        ("keys 2>/dev/null", ProcessResult(2, b"", b"usage")),
    ],
)
def test_shell_syntax_in_credential_process_is_explained(
    tmp_path: Path, command: str, result: ProcessResult | Exception
) -> None:
    """A path with ~, a variable, a pipe or a redirection fails with how to write it; the command is not shown."""
    provider = ProcessProvider(command)
    with pytest.raises(CredentialsRefreshError, match=r"No shell runs it: .* run sh -c") as caught:
        asyncio.run(
            provider.with_context(FakeMachine(tmp_path, process=lambda argv: result).context()).get_credentials()
        )
    assert "keys" not in str(caught.value)


def test_failing_process_without_shell_syntax_reports_its_status(tmp_path: Path) -> None:
    """A command without any of a shell's signs fails with its status alone."""
    machine = FakeMachine(tmp_path, process=lambda argv: ProcessResult(1, b"", b"no"))
    with pytest.raises(CredentialsRefreshError) as caught:
        asyncio.run(ProcessProvider("keys --json").with_context(machine.context()).get_credentials())
    assert "shell" not in str(caught.value)


def test_profile_source_names_the_overridden_variable(tmp_path: Path) -> None:
    """With two profile variables that differ, the one that goes first names the other: botocore's order surprises."""
    home = aws_home(tmp_path, credentials=f"[a]\n{keys('A')}[b]\n{keys('B')}")

    def shown(**environ: str) -> str:
        return str(outcome(ProfileProvider(environ=environ, home=home)))

    variables = {"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b", "AWS_REGION": "us-west-2"}
    config = ClientConfig.load("workspaces", environ=variables, home=home)
    assert (config.profile.value, config.profile.source) == ("b", "AWS_DEFAULT_PROFILE, before AWS_PROFILE (a)")
    assert "(chosen by AWS_DEFAULT_PROFILE, before AWS_PROFILE (a))" in shown(
        **{**variables, "AWS_DEFAULT_PROFILE": "missing"}
    )
    same = ClientConfig.load("workspaces", environ={**variables, "AWS_PROFILE": "b"}, home=home)
    assert same.profile.source == "AWS_DEFAULT_PROFILE"


@pytest.mark.parametrize(
    "setting",
    [
        "use_fips_endpoint = true",
        "use_dualstack_endpoint = false",
        "ignore_configured_endpoint_urls = true",
        "max_attempts = 5",
        "retry_mode = adaptive",
        "region = us-west-2",
        "endpoint_url = https://workspaces.example.com",
        "ca_bundle = /etc/ssl/corporate.pem",
    ],
)
@pytest.mark.parametrize("comment", ["# the bank's", "; the bank's"])
def test_comment_behind_a_setting_is_named_in_the_error(tmp_path: Path, setting: str, comment: str) -> None:
    """The AWS CLI takes it for a part of the value, other SDKs do not: the error says where it belongs."""
    region = "" if setting.startswith("region") else "region = us-west-2\n"
    home = aws_home(tmp_path, f"[default]\n{region}{setting} {comment}\n")
    with pytest.raises(ConfigurationError, match="; a comment belongs on a line of its own"):
        WorkSpacesClient(config=ClientConfig.load("workspaces", environ={}, home=home))
