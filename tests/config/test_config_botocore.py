"""botocore as the oracle: the same settings and static credentials from the same environment and files.

Intended differences: AWS_REGION is read here (botocore knows AWS_DEFAULT_REGION only), a malformed boolean or number
is an error here and something else there, a setting over several lines is an error here and joined to one value there,
and half a key pair is an error here even when it is the half that botocore ignores.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.aws_home import aws_home
from wsclient.config import ClientConfig
from wsclient.credentials import Credentials, default_chain
from wsclient.errors import ConfigurationError, CredentialsError, NoCredentialsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# botocore has no type hints: its modules are Any here.
configprovider: Any = import_module("botocore.configprovider")
credentials: Any = import_module("botocore.credentials")
exceptions: Any = import_module("botocore.exceptions")
session: Any = import_module("botocore.session")

NAMES = {
    "region": "region",
    "use_fips": "use_fips_endpoint",
    "use_dualstack": "use_dualstack_endpoint",
    "max_attempts": "max_attempts",
    "retry_mode": "retry_mode",
    "ca_bundle": "ca_bundle",
    "app_id": "user_agent_appid",
}
"""Our settings by botocore's names."""
LOOKED_UP = (*NAMES.values(), "profile", "config_file", "credentials_file", "ignore_configured_endpoint_urls")
FEW = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])

BOOLEANS = st.sampled_from(["true", "false", "True", "FALSE"])
URLS = st.sampled_from(["https://a.example", "https://b.example:8443/x"])
ENVIRONMENTS = st.fixed_dictionaries(
    {},
    optional={
        "AWS_DEFAULT_PROFILE": st.sampled_from(["dev", "default"]),
        "AWS_PROFILE": st.sampled_from(["dev", "keys"]),
        "AWS_DEFAULT_REGION": st.sampled_from(["us-west-2", "eu-west-1"]),
        "AWS_USE_FIPS_ENDPOINT": BOOLEANS,
        "AWS_USE_DUALSTACK_ENDPOINT": BOOLEANS,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": BOOLEANS,
        "AWS_MAX_ATTEMPTS": st.sampled_from(["1", "5"]),
        "AWS_RETRY_MODE": st.just("standard"),
        "AWS_CA_BUNDLE": st.just("/variable.pem"),
        "AWS_SDK_UA_APP_ID": st.just("variable"),
        "AWS_ENDPOINT_URL": URLS,
        "AWS_ENDPOINT_URL_WORKSPACES": URLS,
        "AWS_ENDPOINT_URL_STS": URLS,
    },
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["us-east-1", "ap-northeast-1"]),
        "use_fips_endpoint": BOOLEANS,
        "use_dualstack_endpoint": BOOLEANS,
        "ignore_configured_endpoint_urls": BOOLEANS,
        "max_attempts": st.sampled_from(["2", "9"]),
        "ca_bundle": st.just("/profile.pem"),
        "sdk_ua_app_id": st.just("profile"),
        "endpoint_url": URLS,
        "services": st.sampled_from(["local", "empty", "gone"]),
    },
)
SERVICES = "[services local]\nworkspaces =\n  endpoint_url = https://section.example\n[services empty]\ns3 =\n  a = b\n"


def _section(title: str, values: Mapping[str, str]) -> str:
    return f"[{title}]\n" + "".join(f"{name} = {value}\n" for name, value in values.items())


def _session(environ: Mapping[str, str], home: Path) -> Any:
    """Return a botocore session that reads this environment and these files, and nothing of the machine."""
    files = {
        "AWS_CONFIG_FILE": str(home / ".aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / ".aws" / "credentials"),
    }
    reference = session.Session()
    factory = configprovider.ConfigChainFactory(session=reference, environ={**environ, **files})
    store = reference.get_component("config_store")
    for name in LOOKED_UP:
        key, variables, default, convert = configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES[name]
        chain = factory.create_config_chain(
            instance_name=name,
            env_var_names=variables,
            config_property_names=key,
            default=default,
            conversion_func=convert,
        )
        store.set_config_provider(name, chain)
    return reference


def _their_settings(environ: Mapping[str, str], home: Path, service: str) -> dict[str, object] | str:
    reference = _session(environ, home)
    try:
        found: dict[str, object] = {ours: reference.get_config_variable(name) for ours, name in NAMES.items()}
        ignored = reference.get_config_variable("ignore_configured_endpoint_urls")
        endpoint = configprovider.ConfiguredEndpointProvider(
            reference.full_config, reference.get_scoped_config(), service, environ
        )
        found["endpoint_url"] = None if ignored else endpoint.provide()
    except (exceptions.ProfileNotFound, exceptions.InvalidConfigError):
        return "refused"
    defaults = {"use_fips": False, "use_dualstack": False, "max_attempts": 3}
    return {name: defaults.get(name) if value is None else value for name, value in found.items()}


def _our_settings(environ: Mapping[str, str], home: Path, service: str) -> dict[str, object] | str:
    try:
        config = ClientConfig.load(service, environ=environ, home=home)
    except ConfigurationError:
        return "refused"
    return {name: getattr(config, name).value for name in (*NAMES, "endpoint_url")}


@FEW
@given(
    environ=ENVIRONMENTS,
    default=SETTINGS,
    dev=st.none() | SETTINGS,
    keys=st.none() | SETTINGS,
    service=st.sampled_from(["workspaces", "sts"]),
)
def test_settings_equal_botocores(
    tmp_path: Path,
    environ: dict[str, str],
    default: dict[str, str],
    dev: dict[str, str] | None,
    keys: dict[str, str] | None,
    service: str,
) -> None:
    """Every setting, and every refusal of a profile or services section, is botocore's."""
    config = _section("default", default) + ("" if dev is None else _section("profile dev", dev)) + SERVICES
    home = aws_home(tmp_path, config, "" if keys is None else _section("keys", keys))
    assert _our_settings(environ, home, service) == _their_settings(environ, home, service)


KEYS = st.fixed_dictionaries(
    {"aws_access_key_id": st.sampled_from(["AKIA1", "AKIA2"]), "aws_secret_access_key": st.sampled_from(["s1", "s2"])},
    optional={
        "aws_session_token": st.just("t1"),
        "aws_security_token": st.just("t2"),
        "aws_account_id": st.just("123456789012"),
    },
)
HALF = st.fixed_dictionaries({"aws_access_key_id": st.just("AKIA3")})
SECTIONS = st.none() | st.just({"region": "us-west-2"}) | KEYS | HALF
VARIABLES = {
    "aws_access_key_id": "AWS_ACCESS_KEY_ID",
    "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "aws_session_token": "AWS_SESSION_TOKEN",
    "aws_security_token": "AWS_SECURITY_TOKEN",
    "aws_account_id": "AWS_ACCOUNT_ID",
}


def _their_credentials(environ: Mapping[str, str], home: Path, profile: str | None) -> Credentials | str:
    """Ask botocore's own providers for plain keys, in the order of its chain."""
    chosen = profile or environ.get("AWS_PROFILE") or "default"
    providers = [
        credentials.EnvProvider(environ=dict(environ)),
        credentials.SharedCredentialProvider(str(home / ".aws" / "credentials"), chosen),
        credentials.ConfigProvider(str(home / ".aws" / "config"), chosen),
    ]
    try:
        found = credentials.CredentialResolver(providers[1 if profile else 0 :]).load_credentials()
    except exceptions.PartialCredentialsError:
        return "broken"
    if found is None:
        return "none"
    return Credentials(found.access_key, found.secret_key, found.token or None, account_id=found.account_id or None)


def _our_credentials(environ: Mapping[str, str], home: Path, profile: str | None) -> Credentials | str:
    try:
        return asyncio.run(default_chain(environ=environ, home=home, profile=profile).get_credentials())
    except NoCredentialsError:
        return "none"
    except CredentialsError:
        return "broken"


@FEW
@given(
    variables=SECTIONS,
    named=st.booleans(),
    explicit=st.booleans(),
    config=st.tuples(SECTIONS, SECTIONS),
    keys=st.tuples(SECTIONS, SECTIONS),
)
def test_static_credentials_equal_botocores(
    tmp_path: Path,
    variables: dict[str, str] | None,
    *,
    named: bool,
    explicit: bool,
    config: tuple[dict[str, str] | None, dict[str, str] | None],
    keys: tuple[dict[str, str] | None, dict[str, str] | None],
) -> None:
    """Environment, credentials file and config file give botocore's identity, in its order, whole or broken."""
    environ = {VARIABLES[name]: value for name, value in (variables or {}).items() if name in VARIABLES}
    environ |= {"AWS_PROFILE": "dev"} if named else {}
    profile = "dev" if explicit else None
    # A missing explicit profile is an error before any provider is called, so it isn't compared here.
    config_text = "" if config[0] is None else _section("default", config[0])
    config_text += _section("profile dev", config[1] or {})
    credentials_text = "".join(
        _section(title, values) for title, values in zip(("default", "dev"), keys, strict=True) if values is not None
    )
    home = aws_home(tmp_path, config_text, credentials_text)
    assert _our_credentials(environ, home, profile) == _their_credentials(environ, home, profile)
