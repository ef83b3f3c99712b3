from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wsclient
from tests.support.aws_home import CANARY, aws_home, error_text
from wsclient.config import ClientConfig, Setting, proxy_for, system_environment, system_home
from wsclient.config._profile_loader import load_shared_files
from wsclient.errors import ConfigurationError

PROFILE = "[profile dev]\n{}\n"
EVERYTHING = """[profile dev]
region = eu-west-1
endpoint_url = https://profile.example
use_fips_endpoint = TRUE
use_dualstack_endpoint = true
max_attempts = 7
retry_mode = standard
ca_bundle = /profile.pem
sdk_ua_app_id = of-profile
"""
VARIABLES = {
    "AWS_REGION": "eu-west-2",
    "AWS_ENDPOINT_URL": "https://variable.example",
    "AWS_USE_FIPS_ENDPOINT": "false",
    "AWS_USE_DUALSTACK_ENDPOINT": "False",
    "AWS_MAX_ATTEMPTS": "8",
    "AWS_RETRY_MODE": "off",
    "AWS_CA_BUNDLE": "/variable.pem",
    "AWS_SDK_UA_APP_ID": "of-variable",
    "HTTPS_PROXY": "http://variable:1",
    "NO_PROXY": "a.example",
}
ARGUMENTS: dict[str, Any] = {
    "region": "eu-west-3",
    "endpoint_url": "https://argument.example",
    "use_fips": True,
    "use_dualstack": True,
    "max_attempts": 9,
    "retry_mode": "standard",
    "ca_bundle": "/argument.pem",
    "proxy": "http://argument:1",
    "app_id": "of-argument",
}


def _load(
    home: Path, environ: dict[str, str] | None = None, *, service: str = "workspaces", **options: object
) -> ClientConfig:
    load: Any = ClientConfig.load  # untyped, for arguments of types that it refuses
    config: ClientConfig = load(service, environ=environ or {}, home=home, **options)
    return config


def test_settings_default_without_files_variables_and_arguments(tmp_path: Path) -> None:
    """Without files, variables and arguments every setting has its default and says so."""
    config = _load(tmp_path)
    assert config == ClientConfig(profile=Setting("default"))
    assert config.region == config.endpoint_url == config.ca_bundle == config.app_id == Setting(None, "default")
    assert (config.use_fips.value, config.use_dualstack.value) == (False, False)
    assert (config.max_attempts.value, config.retry_mode.value) == (3, "standard")


def test_every_profile_key_is_read(tmp_path: Path) -> None:
    """Every key of a profile is read, and the source names profile and file."""
    config = _load(aws_home(tmp_path, EVERYTHING), profile="dev")
    source = "profile dev in ~/.aws/config"
    assert config.profile == Setting("dev", "argument")
    assert config.region == Setting("eu-west-1", source)
    assert config.endpoint_url == Setting("https://profile.example", source)
    assert config.use_fips == config.use_dualstack == Setting(value=True, source=source)
    assert config.max_attempts == Setting(7, source)
    assert config.retry_mode == Setting("standard", source)
    assert config.ca_bundle == Setting("/profile.pem", source)
    assert config.app_id == Setting("of-profile", source)


def test_variables_override_the_profile(tmp_path: Path) -> None:
    """Every variable beats the profile's key, and the source is the variable's name."""
    config = _load(aws_home(tmp_path, EVERYTHING), {**VARIABLES, "AWS_PROFILE": "dev"})
    assert config.profile == Setting("dev", "AWS_PROFILE")
    assert config.region == Setting("eu-west-2", "AWS_REGION")
    assert config.endpoint_url == Setting("https://variable.example", "AWS_ENDPOINT_URL")
    assert config.use_fips == Setting(value=False, source="AWS_USE_FIPS_ENDPOINT")
    assert config.use_dualstack == Setting(value=False, source="AWS_USE_DUALSTACK_ENDPOINT")
    assert config.max_attempts == Setting(8, "AWS_MAX_ATTEMPTS")
    assert config.retry_mode == Setting("off", "AWS_RETRY_MODE")
    assert config.ca_bundle == Setting("/variable.pem", "AWS_CA_BUNDLE")
    assert config.https_proxy == Setting("http://variable:1", "HTTPS_PROXY")
    assert config.no_proxy == Setting("a.example", "NO_PROXY")
    assert config.app_id == Setting("of-variable", "AWS_SDK_UA_APP_ID")


@pytest.mark.parametrize("by_override", [False, True])
def test_arguments_override_variables_and_profile(tmp_path: Path, *, by_override: bool) -> None:
    """Arguments override environment and profile, in load() and in override()."""
    home, environ = aws_home(tmp_path, EVERYTHING), {**VARIABLES, "AWS_PROFILE": "dev"}
    config = _load(home, environ).override(**ARGUMENTS) if by_override else _load(home, environ, **ARGUMENTS)
    for name, value in ARGUMENTS.items():
        assert getattr(config, "https_proxy" if name == "proxy" else name) == Setting(value, "argument")
    assert config.no_proxy == Setting(None, "argument")


def test_misspelt_argument_raises_type_error_with_a_suggestion(tmp_path: Path) -> None:
    """An argument that isn't a setting raises TypeError with the nearest name."""
    misspelt: dict[str, Any] = {"use_fip": True}
    with pytest.raises(TypeError, match="has no option 'use_fip'; did you mean 'use_fips'"):
        _load(tmp_path, **misspelt)
    with pytest.raises(TypeError, match="has no option 'use_fip'; did you mean 'use_fips'"):
        _load(tmp_path).override(**misspelt)


def test_override_without_arguments_changes_nothing(tmp_path: Path) -> None:
    """override() without a word gives equal settings."""
    config = _load(aws_home(tmp_path, EVERYTHING), VARIABLES, profile="dev")
    assert config.override() == config


@pytest.mark.parametrize(
    "variable", ["AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"]
)
def test_overridden_malformed_variable_is_ignored(tmp_path: Path, variable: str) -> None:
    """A variable that an argument overrules is not even read."""
    assert _load(tmp_path, {variable: "nonsense"}, **ARGUMENTS) == _load(tmp_path, **ARGUMENTS)


@pytest.mark.parametrize(
    ("variable", "key", "value", "wanted"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", "yes", "true or false"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", "1", "true or false"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", "on", "true or false"),
        ("AWS_MAX_ATTEMPTS", "max_attempts", "0", "1 or more"),
        ("AWS_MAX_ATTEMPTS", "max_attempts", "-1", "1 or more"),
        ("AWS_MAX_ATTEMPTS", "max_attempts", "3.0", "1 or more"),
        ("AWS_MAX_ATTEMPTS", "max_attempts", "9" * 5000, "1 or more"),
        ("AWS_MAX_ATTEMPTS", "max_attempts", "\u0663", "1 or more"),
        ("AWS_RETRY_MODE", "retry_mode", "fast", "one of standard, adaptive, off, legacy"),
    ],
)
def test_malformed_value_names_variable_or_profile_key_and_file(
    tmp_path: Path, variable: str, key: str, value: str, wanted: str
) -> None:
    """An invalid boolean, number or mode is an error that names the variable, or key, profile and file."""
    with pytest.raises(ConfigurationError, match=f"^{variable} must be .*{wanted}"):
        _load(tmp_path, {variable: value})
    aws_home(tmp_path, PROFILE.format(f"{key} = {value}"))
    with pytest.raises(
        ConfigurationError, match=f"^{key} of profile dev in ~/.aws/config must be .*{wanted}"
    ) as caught:
        _load(tmp_path, profile="dev")
    assert len(str(caught.value)) < 200
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"region": 5}, "region must be a string or None, not 5"),
        ({"endpoint_url": b"x"}, "endpoint_url must be a string or None, not a bytes"),
        ({"use_fips": "true"}, "use_fips must be True, False or None, not 'true'"),
        ({"use_dualstack": 1}, "use_dualstack must be True, False or None, not 1"),
        ({"max_attempts": True}, "max_attempts must be a whole number, at least 1, or None, not True"),
        ({"max_attempts": 0}, "max_attempts must be a whole number, at least 1, or None, not 0"),
        ({"retry_mode": "legacy"}, "retry_mode must be 'standard', 'adaptive', 'off' or None, not 'legacy'"),
        ({"ca_bundle": 1}, "ca_bundle must be a string or None"),
        ({"proxy": 1}, "proxy must be a string or None"),
        ({"app_id": 1}, "app_id must be a string or None"),
        ({"profile": ["dev"]}, "profile must be a string that is not empty or None, not a list"),
    ],
)
def test_argument_of_a_wrong_type_is_rejected(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    """An argument that cannot be meant is an error that names it."""
    with pytest.raises(ConfigurationError, match=message):
        _load(tmp_path, **options)


@pytest.mark.parametrize("mode", ["legacy", "Legacy"])
def test_legacy_retry_mode_becomes_standard_and_is_reported(tmp_path: Path, mode: str) -> None:
    """Files that say legacy give standard, and the source says what stood there."""
    config = _load(tmp_path, {"AWS_RETRY_MODE": mode})
    assert config.retry_mode.value == "standard"
    assert config.retry_mode.source == f"AWS_RETRY_MODE ({mode.lower()} is not supported; standard is used)"


@pytest.mark.parametrize("mode", ["standard", "adaptive", "off"])
def test_retry_mode_is_case_insensitive(tmp_path: Path, mode: str) -> None:
    """Each retry mode is accepted in the environment, in upper or lower case, and as an argument."""
    assert _load(tmp_path, {"AWS_RETRY_MODE": mode.upper()}).retry_mode == Setting(mode, "AWS_RETRY_MODE")
    assert _load(tmp_path, retry_mode=mode).retry_mode == Setting(mode, "argument")


def test_differing_region_variables_are_rejected(tmp_path: Path) -> None:
    """Two variables with two regions are an error that names both, unless the caller says the region."""
    environ = {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-east-1"}
    with pytest.raises(ConfigurationError, match=r"AWS_REGION is us-west-2 and AWS_DEFAULT_REGION is us-east-1"):
        _load(tmp_path, environ)
    assert _load(tmp_path, environ, region="eu-west-1").region.value == "eu-west-1"
    environ["AWS_REGION"] = environ["AWS_DEFAULT_REGION"]
    assert _load(tmp_path, environ).region == Setting("us-east-1", "AWS_REGION")
    assert _load(tmp_path, {"AWS_DEFAULT_REGION": "us-east-1"}).region.source == "AWS_DEFAULT_REGION"


def test_blank_variables_count_as_unset(tmp_path: Path) -> None:
    """A variable that is empty is one that is not set; white space around a value is not part of it."""
    config = _load(tmp_path, {"AWS_REGION": " ", "AWS_DEFAULT_REGION": " us-east-1 ", "AWS_PROFILE": ""})
    assert config.region == Setting("us-east-1", "AWS_DEFAULT_REGION")
    assert config.profile == Setting("default", "default")


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", None])
def test_unknown_profile_is_rejected_with_similar_names(tmp_path: Path, variable: str | None) -> None:
    """An explicitly chosen profile must exist; the error names where it was chosen, both files and similar names."""
    home = aws_home(tmp_path, PROFILE.format(""))
    environ = {} if variable is None else {variable: "dve"}
    with pytest.raises(ConfigurationError) as caught:
        _load(home, environ, profile="dve" if variable is None else None)
    assert str(caught.value) == (
        f"no profile dve (chosen by {variable or 'argument'}) in ~/.aws/config or ~/.aws/credentials; did you mean dev?"
    )


def test_missing_files_are_an_error_only_for_an_explicit_profile(tmp_path: Path) -> None:
    """Without shared files the default profile is empty; choosing it explicitly is an error."""
    assert _load(tmp_path, {"AWS_CONFIG_FILE": str(tmp_path / "none")}).profile.value == "default"
    with pytest.raises(ConfigurationError, match="neither file exists"):
        _load(tmp_path, profile="default")


def test_variables_set_the_paths_of_the_shared_files(tmp_path: Path) -> None:
    """AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name the files, with ~ and $VARIABLES filled in."""
    (tmp_path / "mine").write_text("[profile dev]\noutput = json\n")
    (tmp_path / "keys").write_text("[dev]\nregion = us-east-1\n")
    environ = {
        "AWS_CONFIG_FILE": "~//mine",
        "AWS_SHARED_CREDENTIALS_FILE": "${BASE}/$LEAF$UNSET",
        "BASE": str(tmp_path),
    }
    with pytest.raises(ConfigurationError, match=r"in ~/mine or .*/\$LEAF\$UNSET"):
        _load(tmp_path, environ, profile="gone")
    (tmp_path / "keys$UNSET").write_text("[dev]\nregion = us-east-1\n")
    config = _load(tmp_path, {**environ, "LEAF": "keys"}, profile="dev")
    assert config.region == Setting("us-east-1", "profile dev in ~/keys$UNSET")


def test_source_shows_the_full_path_outside_the_home(tmp_path: Path) -> None:
    """The source of a setting names a file so that people find it."""
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "config").write_text("[default]\nregion = us-east-1\n")
    config = _load(home, {"AWS_CONFIG_FILE": str(tmp_path / "config")})
    assert config.region.source == f"profile default in {tmp_path / 'config'}"


def test_malformed_file_is_rejected_without_quoting_it(tmp_path: Path) -> None:
    """A file that cannot be read is an error with its name and line, even when only the other is needed."""
    home = aws_home(tmp_path, EVERYTHING, f"[dev]\n{CANARY}\n")
    with pytest.raises(ConfigurationError, match=r"~/.aws/credentials, line 2, is malformed") as caught:
        _load(home, profile="dev")
    assert CANARY not in error_text(caught.value)


class Locked(type(Path())):  # type: ignore[misc]  # the class of paths depends on the system
    """A path to a file that is there and may not be read."""

    def read_bytes(self) -> bytes:
        """Fail as the system does."""
        raise PermissionError(13, "Permission denied", str(self))


def test_unreadable_file_is_rejected(tmp_path: Path) -> None:
    """A file that is there counts: what is in it cannot be passed over."""
    (tmp_path / "config").touch()
    with pytest.raises(ConfigurationError, match="config cannot be read: Permission denied"):
        load_shared_files((Locked(tmp_path / "config"), tmp_path / "none"), tmp_path)


@pytest.mark.parametrize(
    ("environ", "url", "source"),
    [
        (
            {"AWS_ENDPOINT_URL_WORKSPACES": "https://a", "AWS_ENDPOINT_URL": "https://b"},
            "https://a",
            "AWS_ENDPOINT_URL_WORKSPACES",
        ),
        ({"AWS_ENDPOINT_URL_STS": "https://a", "AWS_ENDPOINT_URL": "https://b"}, "https://b", "AWS_ENDPOINT_URL"),
        ({"AWS_ENDPOINT_URL_STS": "https://a"}, "https://section", "[services local] in ~/.aws/config"),
        ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, None, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
        ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}, "https://section", "[services local] in ~/.aws/config"),
    ],
)
def test_configured_endpoint_urls_precedence(
    tmp_path: Path, environ: dict[str, str], url: str | None, source: str
) -> None:
    """The service's variable, the general one, the services section, then the profile's own; or none."""
    home = aws_home(
        tmp_path,
        "[profile dev]\nservices = local\nendpoint_url = https://profile\n"
        "[services local]\nworkspaces =\n  endpoint_url = https://section\n",
    )
    assert _load(home, environ, profile="dev").endpoint_url == Setting(url, source)
    assert _load(home, environ, profile="dev", endpoint_url="https://c").endpoint_url == Setting(
        "https://c", "argument"
    )


@pytest.mark.parametrize(
    "section", ["sts =\n  endpoint_url = https://sts", "workspaces = https://x", "workspaces =\n  other = 1", ""]
)
def test_services_section_without_the_service_falls_back_to_the_profile(tmp_path: Path, section: str) -> None:
    """If the services section has no URL for this service, the profile's endpoint_url applies."""
    home = aws_home(
        tmp_path, f"[profile dev]\nservices = local\nendpoint_url = https://profile\n[services local]\n{section}\n"
    )
    assert _load(home, profile="dev").endpoint_url.value == "https://profile"


def test_endpoint_urls_are_per_service(tmp_path: Path) -> None:
    """STS is configured by its own variable and its own part of the services section."""
    config = "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = https://sts\n"
    home = aws_home(tmp_path, config)
    assert _load(home, service="sts").endpoint_url.value == "https://sts"
    assert _load(home, {"AWS_ENDPOINT_URL_STS": "https://v"}, service="sts").endpoint_url.value == "https://v"


def test_a_profile_can_ignore_configured_urls(tmp_path: Path) -> None:
    """ignore_configured_endpoint_urls in the profile switches variables and files off."""
    home = aws_home(tmp_path, "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = https://x\n")
    assert _load(home, {"AWS_ENDPOINT_URL": "https://y"}).endpoint_url == Setting(
        None, "profile default in ~/.aws/config"
    )


def test_missing_services_section_is_rejected(tmp_path: Path) -> None:
    """A profile that names a services section which does not exist is an error that names both."""
    home = aws_home(tmp_path, "[profile dev]\nservices = lcoal\n[services local]\n")
    with pytest.raises(ConfigurationError, match=r"profile dev .* does not exist: \[services lcoal\] in ~/.aws/config"):
        _load(home, profile="dev")


def test_nested_settings_are_ignored_where_text_is_expected(tmp_path: Path) -> None:
    """A setting with nested settings is ignored where text is expected."""
    assert _load(aws_home(tmp_path, "[default]\nregion =\n  a = b\n")).region == Setting(None)


@pytest.mark.parametrize(
    "key", ["region", "endpoint_url", "use_fips_endpoint", "max_attempts", "retry_mode", "ca_bundle", "services"]
)
def test_mistakenly_indented_line_is_rejected_without_quoting_it(tmp_path: Path, key: str) -> None:
    """A line that is indented by mistake belongs to the setting above it, which must not show the key in it."""
    home = aws_home(tmp_path, f"[default]\n{key} = 5\n  aws_secret_access_key = {CANARY}\n")
    with pytest.raises(ConfigurationError, match=f"^{key} of profile default in ~/.aws/config spans several") as caught:
        _load(home)
    assert CANARY not in error_text(caught.value)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.permutations(["region", "max_attempts", "output", "sdk_ua_app_id", "s3", "ca_bundle"]),
    indents=st.lists(st.sampled_from(["", " ", "\t", "\n  "]), min_size=7, max_size=7),
    secret=st.sampled_from(["aws_secret_access_key", "aws_session_token", "AWS_SECRET_ACCESS_KEY"]),
    place=st.integers(0, 6),
)
def test_secrets_of_misindented_files_are_never_shown(
    tmp_path: Path, names: list[str], indents: list[str], secret: str, place: int
) -> None:
    """Wherever a secret stands and whatever is indented, settings and errors show nothing of it."""
    lines = [f"{name} = 5" for name in names]
    lines.insert(place, f"{secret} = {CANARY}")
    text = "".join(f"{indent}{line}\n" for indent, line in zip(indents, lines, strict=True))
    home = aws_home(tmp_path, f"[default]\n{text}")
    try:
        config = _load(home)
        message = repr(config) + config.describe() + repr(pickle.dumps(config))
    except ConfigurationError as error:
        message = error_text(error)
    assert CANARY not in message


def test_lower_case_proxy_variables_take_precedence(tmp_path: Path) -> None:
    """As in other tools, https_proxy beats HTTPS_PROXY, and set but empty it means none."""
    environ = {"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1", "NO_PROXY": "a", "no_proxy": "b"}
    config = _load(tmp_path, environ)
    assert config.https_proxy == Setting("http://b:1", "https_proxy")
    assert config.no_proxy == Setting("b", "no_proxy")
    assert _load(tmp_path, {**environ, "https_proxy": ""}).https_proxy == Setting(None)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"http://user:{CANARY}@proxy.example:3128", "http://***@proxy.example:3128"),
        (f"http://user:{CANARY}/x@y@proxy.example:3128", "http://***@proxy.example:3128"),
        (f"user:{CANARY}@proxy.example:3128", "***@proxy.example:3128"),
        (f"user:{CANARY}//@proxy.example:3128", "***@proxy.example:3128"),
        (f"http://[{CANARY}@", "http://***@"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
    ],
)
def test_user_info_of_urls_is_masked(tmp_path: Path, url: str, shown: str) -> None:
    """Names and passwords in proxy and endpoint URLs are masked in repr, str and table."""
    for config in (
        _load(tmp_path, {"HTTPS_PROXY": url, "AWS_ENDPOINT_URL": url}),
        _load(tmp_path, proxy=url, endpoint_url=url),
    ):
        text = f"{config!r} {config} {config.describe()} {config.https_proxy!r} {config.endpoint_url}"
        assert CANARY not in text
        assert shown in config.describe()
        assert f"{shown!r}" in repr(config.https_proxy)
        assert config.https_proxy.value == url


def test_settings_keep_no_secrets_of_the_environment(tmp_path: Path) -> None:
    """Keys in variables and files end up in no setting."""
    home = aws_home(tmp_path, f"[default]\naws_secret_access_key = {CANARY}\nregion = us-east-1\n")
    config = _load(home, {"AWS_SECRET_ACCESS_KEY": CANARY, "AWS_SESSION_TOKEN": CANARY})
    assert CANARY.encode() not in pickle.dumps(config)
    assert CANARY not in repr(config) + config.describe()


def test_describe_lists_value_and_source_of_every_setting(tmp_path: Path) -> None:
    """Every setting has a line with its value and its source, in columns."""
    lines = _load(tmp_path, {"AWS_REGION": "us-west-2"}).describe().splitlines()
    assert lines[0].split() == ["setting", "value", "source"]
    assert lines[2].split() == ["region", "us-west-2", "AWS_REGION"]
    column = lines[0].index("source")
    assert all(line[column - 1] == " " and line[column] != " " for line in lines)
    assert len(lines) == 18


def test_settings_pickle_and_copy(tmp_path: Path) -> None:
    """A configuration survives pickle and copy, equal and just as frozen."""
    config = _load(aws_home(tmp_path, EVERYTHING), VARIABLES, profile="dev")
    for other in (pickle.loads(pickle.dumps(config)), copy.copy(config), copy.deepcopy(config)):
        assert other == config
        assert hash(other) == hash(config)
    with pytest.raises(AttributeError):
        config.region = Setting("x")  # type: ignore[misc]  # the point of the test


def test_environ_and_home_default_to_the_process() -> None:
    """Without environ and home the process's own apply."""
    environ = system_environment()
    assert system_home({}).parts
    expected = ClientConfig.load("workspaces", environ=environ, home=system_home(environ), region="us-west-2")
    assert ClientConfig.load("workspaces", region="us-west-2") == expected


def test_environment_view_is_live_and_read_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A later read sees what has changed since; the view itself changes nothing."""
    environ = system_environment()
    monkeypatch.setenv("WSCLIENT_SEEN", "1")
    assert environ["WSCLIENT_SEEN"] == "1"
    assert not hasattr(environ, "__setitem__")


def test_home_directory_comes_from_the_environment(tmp_path: Path) -> None:
    """HOME (USERPROFILE on Windows) says where ~ is."""
    assert system_home({"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize(
    ("url", "no_proxy", "through"),
    [
        ("https://a.example", None, True),
        ("https://a.example", "", True),
        ("https://a.example", "*", False),
        ("https://a.example", "b.example", True),
        ("https://a.example", "a.example", False),
        ("https://A.example.", "a.EXAMPLE", False),
        ("https://x.a.example", "a.example", False),
        ("https://x.a.example", ".a.example", False),
        ("https://x.a.example", "*.a.example", False),
        ("https://xa.example", "a.example", True),
        ("https://a.example", "b.example, a.example", False),
        ("https://a.example", "b.example a.example", False),
        ("https://a.example", ",,.", True),
        ("https://a.example", "a.example:443", False),
        ("https://a.example", "a.example:8443", True),
        ("https://a.example:8443", "a.example:8443", False),
        ("http://a.example", "a.example:80", False),
        ("http://a.example", None, False),
        ("http://10.1.2.3:8080", None, False),
        ("HTTP://a", None, False),
        ("https://a.example", "*:443", False),
        ("https://a.example", "*:80", True),
        ("https://10.1.2.3", "10.1.2.3", False),
        ("https://10.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3", "10.1.2.9/8", False),
        ("https://10.1.2.3:8443", "10.0.0.0/8:8443", False),
        ("https://11.1.2.3", "10.0.0.0/8", True),
        ("https://a.example", "10.0.0.0/8", True),
        ("https://[fd00::1:2]", "fd00::1:2", False),
        ("https://[fd00::1:443]", "fd00::1:443", False),
        ("https://[fd00::1]", "[fd00::1]", False),
        ("https://[fd00::1]", "[fd00::1]:443", False),
        ("https://[fd00::1]", "[fd00::1]:80", True),
        ("https://[fd00::1]", "fd00::/8", False),
        ("https://[fd00::1]", "10.0.0.0/8", True),
        ("https://localhost:8443", None, False),
        ("https://x.localhost", None, False),
        ("https://127.0.0.9", None, False),
        ("https://[::1]", None, False),
    ],
)
def test_no_proxy_entries_bypass_the_proxy(url: str, no_proxy: str | None, *, through: bool) -> None:
    """Suffixes, stars, addresses, ranges and ports are understood; loopback is never proxied."""
    assert proxy_for(url, "http://proxy:3128", no_proxy) == ("http://proxy:3128" if through else None)


@pytest.mark.parametrize("proxy", [None, ""])
def test_empty_proxy_means_direct_connection(proxy: str | None) -> None:
    """A proxy of None, or an empty one, means a direct connection."""
    assert proxy_for("https://a.example", proxy, None) is None


def test_proxy_without_scheme_is_http() -> None:
    """host:port means an http proxy, as elsewhere."""
    assert proxy_for("https://a.example", "proxy:3128", None) == "http://proxy:3128"


@pytest.mark.parametrize("proxy", ["socks5://x:1", "http://", "http://[x", "http://x:0", "http://x:99999", "://"])
def test_invalid_proxy_url_is_rejected_without_quoting_it(proxy: str) -> None:
    """An invalid proxy URL is an error that doesn't show the URL."""
    with pytest.raises(ConfigurationError, match="an http:// or https:// URL") as caught:
        proxy_for("https://a.example", proxy.replace("x", CANARY), None)
    assert CANARY not in error_text(caught.value)


@settings(max_examples=150)
@given(st.text(alphabet="a.*:/[]0123456789, f", max_size=20), st.sampled_from(["a.a", "[fd::1]", "10.0.0.1", "a.a:1"]))
def test_any_no_proxy_text_is_parsed(no_proxy: str, host: str) -> None:
    """Whatever NO_PROXY holds, the answer is the proxy or none, and naming more never sends more through it."""
    answer = proxy_for(f"https://{host}", "http://proxy:1", no_proxy)
    assert answer in {None, "http://proxy:1"}
    assert answer is not None or proxy_for(f"https://{host}", "http://proxy:1", f"{no_proxy},b.b") is None


def test_long_app_id_of_the_environment_is_truncated(tmp_path: Path) -> None:
    """The AWS SDKs only warn of it: it must not stop every program of a machine, as one in code is refused."""
    config = _load(tmp_path, {"AWS_SDK_UA_APP_ID": "a" * 60})
    assert config.app_id == Setting("a" * 50, "AWS_SDK_UA_APP_ID (cut to 50 of 60 characters)")
    wsclient.WorkSpacesClient(region="us-west-2", config=config)
    with pytest.raises(ConfigurationError, match="app_id must have 1 to 50 characters"):
        wsclient.WorkSpacesClient(region="us-west-2", config=config, app_id="a" * 51)
