"""The default chain finds what botocore's finds, situation by situation."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.support import aws_world
from tests.support.platforms import program_environment
from wsclient._core.features import RETRY_MODES, credential_features
from wsclient.credentials import default_chain
from wsclient.errors import NoCredentialsError, WsclientError

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "arn:aws:iam::123456789012:role/"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "secret-env"}
CONTAINER = {
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:{port}/container",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": aws_world.CONTAINER_TOKEN,
}
OFF = {"AWS_EC2_METADATA_DISABLED": "true"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/web-token", "AWS_ROLE_ARN": f"{ROLE}pod", "AWS_ROLE_SESSION_NAME": "pod"}


def keys(name: str, token: str | None = None) -> str:
    """Return the lines of plain keys."""
    lines = f"aws_access_key_id = AKIA{name}\naws_secret_access_key = secret-{name}\n"
    return lines + (f"aws_session_token = {token}\n" if token else "")


@dataclass(frozen=True)
class Situation:
    """Environment and files of a process; {home}, {port}, {bare} and {silent} are placeholders."""

    name: str
    environ: dict[str, str] = field(default_factory=dict[str, str])
    config: str = ""
    credentials: str = ""
    profile: str | None = None


S = Situation
BASE = f"[base]\n{keys('BASE')}"
SSO = "sso_account_id = 123456789012\nsso_role_name = ops\n"
SESSION = "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n"
PROCESS = "credential_process = /bin/cat {home}/process.json\n"

SITUATIONS = [
    # Environment.
    S("environment", ENV_KEYS),
    S("environment with a token", {**ENV_KEYS, "AWS_SESSION_TOKEN": "token"}),
    S("environment with the older token", {**ENV_KEYS, "AWS_SECURITY_TOKEN": "older"}),
    S("environment with both tokens", {**ENV_KEYS, "AWS_SECURITY_TOKEN": "older", "AWS_SESSION_TOKEN": "token"}),
    S("environment with an expiration", {**ENV_KEYS, "AWS_CREDENTIAL_EXPIRATION": aws_world.LATER}),
    S("half an environment", {"AWS_ACCESS_KEY_ID": "AKIAENV"}, credentials=f"[default]\n{keys('FILE')}"),
    S("environment before files", ENV_KEYS, credentials=f"[default]\n{keys('FILE')}"),
    S("environment before AWS_PROFILE", {**ENV_KEYS, "AWS_PROFILE": "base"}, credentials=BASE),
    S("environment before a container", {**ENV_KEYS, **CONTAINER}),
    S("environment before web identity", {**ENV_KEYS, **WEB}),
    S("profile= before the environment", ENV_KEYS, credentials=BASE, profile="base"),
    # Plain profiles.
    S("nothing at all", OFF),
    S("default in the credentials file", credentials=f"[default]\n{keys('FILE', 'token')}"),
    S("default in the config file", config=f"[default]\n{keys('CONFIG')}"),
    S("default in both", config=f"[default]\n{keys('CONFIG')}", credentials=f"[default]\n{keys('FILE')}"),
    S("AWS_PROFILE", {"AWS_PROFILE": "base"}, credentials=f"[default]\n{keys('FILE')}{BASE}"),
    S("AWS_DEFAULT_PROFILE", {"AWS_DEFAULT_PROFILE": "base"}, credentials=BASE),
    S("both profile variables", {"AWS_PROFILE": "x", "AWS_DEFAULT_PROFILE": "base"}, credentials=BASE),
    S("a profile that is not there", OFF, credentials=BASE, profile="none"),
    S("AWS_PROFILE that is not there", {**OFF, "AWS_PROFILE": "none"}, credentials=BASE),
    S("half a pair in the credentials file", OFF, credentials="[default]\naws_access_key_id = AKIA\n"),
    S("half a pair in the config file", OFF, config="[default]\naws_access_key_id = AKIA\n"),
    S("a profile without keys", OFF, config="[profile bare]\nregion = eu-west-1\n", profile="bare"),
    S(
        "odd white space",
        credentials="[base]\naws_access_key_id=AKIAX\naws_secret_access_key  =   secret-x  \n",
        profile="base",
    ),
    S("comments and nested settings", config="# c\n[default]\ns3 =\n  a = b\n; d\n" + keys("CONFIG")),
    S("a quoted name", config='[profile "two words"]\n' + keys("CONFIG"), profile="two words"),
    # Roles.
    S("a role", config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\n", credentials=BASE, profile="r"),
    S("a role by AWS_PROFILE", {"AWS_PROFILE": "r"}, f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\n", BASE),
    S("a role of default", {}, f"[default]\nrole_arn = {ROLE}r\nsource_profile = base\n", BASE),
    S(
        "a role with its settings",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\nexternal_id = ext\nduration_seconds = 1800\n"
        "role_session_name = me\n",
        credentials=BASE,
        profile="r",
    ),
    S(
        "a role in the credentials file",
        credentials=f"[r]\nrole_arn = {ROLE}r\nsource_profile = base\n{BASE}",
        profile="r",
    ),
    S(
        "a role before the profile's own keys",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\n{keys('OWN')}",
        credentials=BASE,
        profile="r",
    ),
    S(
        "a role of the profile's own keys",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = r\n{keys('OWN')}",
        profile="r",
    ),
    S(
        "a chain of roles",
        config="".join(f"[profile r{n}]\nrole_arn = {ROLE}r{n}\nsource_profile = r{n + 1}\n" for n in range(3)),
        credentials=f"[r3]\n{keys('BASE')}",
        profile="r0",
    ),
    S(
        "a circle of roles",
        config=f"[profile a]\nrole_arn = {ROLE}a\nsource_profile = b\n"
        f"[profile b]\nrole_arn = {ROLE}b\nsource_profile = a\n",
        profile="a",
    ),
    S("a role of itself without keys", config=f"[profile a]\nrole_arn = {ROLE}a\nsource_profile = a\n", profile="a"),
    S("a role whose source is not there", config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = x\n", profile="r"),
    S(
        "a role whose source is bare",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
        profile="r",
    ),
    S("a role without a source", config=f"[profile r]\nrole_arn = {ROLE}r\n", profile="r"),
    S(
        "a role with two sources",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\ncredential_source = Environment\n",
        credentials=BASE,
        profile="r",
    ),
    S(
        "a role of the environment",
        {**ENV_KEYS, "AWS_PROFILE": "none-of-it"},
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = Environment\n",
        profile="r",
    ),
    S(
        "a role of an empty environment",
        OFF,
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = Environment\n",
        profile="r",
    ),
    S(
        "a role of the container",
        CONTAINER,
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = EcsContainer\n",
        profile="r",
    ),
    S(
        "a role of the instance",
        {},
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = Ec2InstanceMetadata\n",
        profile="r",
    ),
    S(
        "a role of an unknown source",
        {},
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = Somewhere\n",
        profile="r",
    ),
    S(
        "a role of a source in lower case",
        ENV_KEYS,
        f"[profile r]\nrole_arn = {ROLE}r\ncredential_source = environment\n",
        profile="r",
    ),
    S(
        "a role that may not be assumed",
        config=f"[profile r]\nrole_arn = {ROLE}forbidden\nsource_profile = base\n",
        credentials=BASE,
        profile="r",
    ),
    S(
        "a role of a process",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = p\n[profile p]\n{PROCESS}",
        profile="r",
    ),
    S(
        "a role of SSO",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = s\n[profile s]\nsso_session = corp\n{SSO}{SESSION}",
        profile="r",
    ),
    S(
        "a role of a web identity",
        config=f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = w\n"
        f"[profile w]\nrole_arn = {ROLE}w\nweb_identity_token_file = {{home}}/web-token\n",
        profile="r",
    ),
    S("source_profile without a role", OFF, "[profile r]\nsource_profile = base\n", BASE, profile="r"),
    # Web identity.
    S("web identity of the environment", WEB),
    S("web identity before files", WEB, credentials=f"[default]\n{keys('FILE')}"),
    S("web identity before a container", {**WEB, **CONTAINER}),
    S("web identity without a role", {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/web-token"}),
    S("web identity without its file", {**WEB, "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/none"}),
    S("web identity that may not", {**WEB, "AWS_ROLE_ARN": f"{ROLE}forbidden"}),
    S(
        "web identity of a profile",
        {},
        f"[profile w]\nrole_arn = {ROLE}w\nweb_identity_token_file = {{home}}/web-token\n",
        profile="w",
    ),
    S("web identity of the environment beside profile=", WEB, credentials=BASE, profile="base"),
    S(
        "a profile's role before web identity",
        {**WEB, "AWS_PROFILE": "r"},
        f"[profile r]\nrole_arn = {ROLE}r\nsource_profile = base\n",
        BASE,
    ),
    S(
        "web identity of both",
        {**WEB, "AWS_PROFILE": "w"},
        f"[profile w]\nrole_arn = {ROLE}w\nweb_identity_token_file = {{home}}/none\n",
    ),
    # Processes.
    S("a process", config=f"[profile p]\n{PROCESS}", profile="p"),
    S(
        "keys of the credentials file before a process",
        config=f"[profile p]\n{PROCESS}",
        credentials=f"[p]\n{keys('FILE')}",
        profile="p",
    ),
    S("a process before keys of the config file", config=f"[profile p]\n{PROCESS}{keys('CONFIG')}", profile="p"),
    S("a process that fails", OFF, "[profile p]\ncredential_process = /bin/false\n", profile="p"),
    S("a process that says nothing", OFF, "[profile p]\ncredential_process = /bin/true\n", profile="p"),
    S("a process that is not there", OFF, "[profile p]\ncredential_process = /none/of/it\n", profile="p"),
    S(
        "a process of a later version",
        OFF,
        "[profile p]\ncredential_process = /bin/cat {home}/version2.json\n",
        profile="p",
    ),
    # SSO.
    S("SSO with a session", config=f"[profile s]\nsso_session = corp\n{SSO}{SESSION}", profile="s"),
    S(
        "SSO of older files",
        config=f"[profile s]\nsso_start_url = https://old.awsapps.com/start\nsso_region = eu-west-1\n{SSO}",
        profile="s",
    ),
    S(
        "SSO before keys",
        config=f"[profile s]\nsso_session = corp\n{SSO}{SESSION}",
        credentials=f"[s]\n{keys('FILE')}",
        profile="s",
    ),
    S(
        "SSO without a login",
        OFF,
        f"[profile s]\nsso_start_url = https://never.awsapps.com/start\nsso_region = eu-west-1\n{SSO}",
        profile="s",
    ),
    S(
        "SSO that lacks its role",
        OFF,
        "[profile s]\nsso_session = corp\nsso_account_id = 123456789012\n" + SESSION,
        profile="s",
    ),
    S("SSO that lacks its section", OFF, f"[profile s]\nsso_session = none\n{SSO}", profile="s"),
    S(
        "SSO that contradicts its section",
        OFF,
        f"[profile s]\nsso_session = corp\nsso_region = us-east-1\n{SSO}{SESSION}",
        profile="s",
    ),
    S(
        "SSO whose token is rejected",
        OFF,
        f"[profile s]\nsso_start_url = https://bad.awsapps.com/start\nsso_region = eu-west-1\n{SSO}",
        profile="s",
    ),
    S("a session without an account", OFF, f"[profile s]\nsso_session = corp\n{SESSION}", profile="s"),
    # Containers.
    S("a container", CONTAINER),
    S(
        "a container's token in a file",
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": CONTAINER["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/container-token",
        },
    ),
    S(
        "a container's file before its variable",
        {
            **CONTAINER,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "bad",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/container-token",
        },
    ),
    S("a container without a token", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:{port}/open-container"}),
    S("a container that refuses", {**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "bad"}),
    S("a container elsewhere", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/container"}),
    S("a container's token with a line break", {**CONTAINER, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\nb"}),
    S("files before a container", CONTAINER, credentials=f"[default]\n{keys('FILE')}"),
    S("a container for a profile without keys", CONTAINER, "[profile bare]\nregion = eu-west-1\n", profile="bare"),
    S("a container before an instance", CONTAINER),
    # Instances.
    S("an instance"),
    S("an instance without a role", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:{bare}"}),
    S("no instance", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:{silent}"}),
    S("an instance that is switched off", OFF),
    S("an instance that is switched off in capitals", {"AWS_EC2_METADATA_DISABLED": "TRUE"}),
    S("an instance for a profile without keys", {}, "[profile bare]\nregion = eu-west-1\n", profile="bare"),
    S("files before an instance", {}, credentials=f"[default]\n{keys('FILE')}"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with what the situations point to: tokens, the output of a process, SSO logins."""
    home = tmp_path_factory.mktemp("home")
    (home / "web-token").write_text("WEBTOKEN")
    (home / "container-token").write_text(aws_world.CONTAINER_TOKEN)
    process = {"Version": 1, "AccessKeyId": "ASIAPROCESS", "SecretAccessKey": "secret-p", "SessionToken": "token-p"}
    (home / "process.json").write_text(json.dumps({**process, "Expiration": aws_world.LATER}))
    (home / "version2.json").write_text(json.dumps({**process, "Version": 2}))
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    logins = {"corp": "session-token", "https://old.awsapps.com/start": "legacy-token"}
    for name, token in {**logins, "https://bad.awsapps.com/start": "bad"}.items():
        login = {"accessToken": token, "expiresAt": aws_world.LATER, "region": "eu-west-1", "startUrl": name}
        (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(login))
    return home


@dataclass(frozen=True)
class Outcomes:
    """Credentials that wsclient and botocore find, by situation."""

    ours: dict[str, object]
    theirs: dict[str, object]


@pytest.fixture(scope="module")
def outcomes(home: Path) -> Outcomes:
    """Return the credentials that wsclient and botocore find in each situation, from the same fake endpoints."""
    with (
        aws_world.server() as port,
        aws_world.server(has_role=False) as bare,
        socket.create_server(("127.0.0.1", 0)) as closed,
    ):
        silent = closed.getsockname()[1]
        closed.close()
        filled = [_filled(situation, home, port=port, bare=bare, silent=silent) for situation in SITUATIONS]
        reference = _theirs(filled, port)
        transport = aws_world.transport(bare, silent)
        ours = [
            asyncio.run(_ours(environ, situation.profile, home, transport))
            for situation, environ in zip(SITUATIONS, filled, strict=True)
        ]
    names = [situation.name for situation in SITUATIONS]
    return Outcomes(dict(zip(names, ours, strict=True)), dict(zip(names, reference, strict=True)))


def _filled(situation: Situation, home: Path, **ports: int) -> dict[str, str]:
    """Write a situation's files, and return its environment."""

    def fill(text: str) -> str:
        for name, value in {"home": home, **ports}.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    folder = home / f"situation-{SITUATIONS.index(situation)}"
    folder.mkdir()
    (folder / "config").write_text(fill(situation.config))
    (folder / "credentials").write_text(fill(situation.credentials))
    return {
        **program_environment(home),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{ports['port']}",
        **{name: fill(value) for name, value in situation.environ.items()},
    }


def _theirs(environments: list[dict[str, str]], port: int) -> list[object]:
    url = f"http://127.0.0.1:{port}"
    # Where botocore finds STS and SSO; wsclient's requests are answered before they leave it.
    urls = dict.fromkeys(("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"), url)
    requested = [
        {"environ": {**environ, **urls}, "profile": situation.profile}
        for situation, environ in zip(SITUATIONS, environments, strict=True)
    ]
    program = [sys.executable, "-m", "tests.support.botocore_chain"]
    run = subprocess.run(
        program,
        input=json.dumps(requested),
        capture_output=True,
        text=True,
        check=True,
        env=program_environment(environments[0]["HOME"]),
    )
    found: list[object] = json.loads(run.stdout)
    return found


async def _ours(environ: dict[str, str], profile: str | None, home: Path, transport: object) -> object:
    chain = default_chain(environ=environ, home=home, profile=profile, transport=transport)  # type: ignore[arg-type]
    try:
        credentials = await chain.get_credentials()
    except NoCredentialsError:
        return None
    except WsclientError as error:
        return f"error: {type(error).__name__}: {error}"
    # Those of the retry mode are on every call.
    features = sorted(credential_features(chain) | {RETRY_MODES["standard"]})
    return [credentials.access_key_id, credentials.secret_access_key, credentials.session_token, features]


@pytest.mark.parametrize("name", [situation.name for situation in SITUATIONS])
def test_chain_finds_the_credentials_of_botocore(name: str, outcomes: Outcomes) -> None:
    """The same credentials and User-Agent features, none where botocore has none, an error where it has one."""
    ours, reference = outcomes.ours[name], outcomes.theirs[name]
    if isinstance(reference, str):
        assert isinstance(ours, str), (ours, reference)
    else:
        assert ours == reference


def test_chain_table_covers_every_kind_of_outcome(outcomes: Outcomes) -> None:
    """The table has more than 60 rows, and each kind of outcome many times: it could tell a difference."""
    assert len({situation.name for situation in SITUATIONS}) == len(SITUATIONS) >= 60
    reference = list(outcomes.theirs.values())
    found = {item[0] for item in reference if isinstance(item, list)}
    assert len(found) > 20
    assert reference.count(None) >= 5
    assert sum(isinstance(item, str) for item in reference) >= 15
