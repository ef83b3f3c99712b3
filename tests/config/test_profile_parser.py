from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.aws_home import CANARY, error_text
from wsclient.config._profile_parser import decode, parse_sections, parse_shared_files
from wsclient.config._profiles import SharedFiles, setting_text
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "~/.aws/config"


def _read(config: str | bytes = "", credentials: str | bytes = "") -> SharedFiles:
    config, credentials = (text if isinstance(text, bytes) else text.encode() for text in (config, credentials))
    return parse_shared_files((PATH, config), ("~/.aws/credentials", credentials))


def test_sections_are_sorted_by_kind() -> None:
    """Default, named and quoted profiles, sso-sessions and services go each to its own place."""
    files = _read(
        '[default]\nregion = a\n[profile dev]\nregion = b\n[profile "x y"]\nregion = c\n'
        "[sso-session s]\nsso_region = d\n[services local]\nsts =\n  endpoint_url = e\n[preview]\ncloudfront = true\n"
    )
    assert files.profiles == {"default": {"region": "a"}, "dev": {"region": "b"}, "x y": {"region": "c"}}
    assert files.sso_sessions == {"s": {"sso_region": "d"}}
    assert files.services == {"local": {"sts": {"endpoint_url": "e"}}}


def test_credentials_file_section_titles_are_profile_names() -> None:
    """A section of the credentials file is a profile of that whole title."""
    files = _read(credentials="[dev]\nregion = b\n[profile dev]\nregion = c\n")
    assert files.credentials == {"dev": {"region": "b"}, "profile dev": {"region": "c"}}


def test_credentials_file_takes_precedence_over_the_config_file() -> None:
    """A profile of both files has the settings of both, and its source says from where each is."""
    files = _read("[profile dev]\nregion = a\noutput = json\n", "[dev]\nregion = b\n")
    assert files.profile("dev") == {"region": "b", "output": "json"}
    assert files.setting_source("dev", "region") == "profile dev in ~/.aws/credentials"
    assert files.setting_source("dev", "output") == "profile dev in ~/.aws/config"


@pytest.mark.parametrize(
    "text",
    [
        "[default]\r\nregion = us-west-2\r\n",
        "[default]\rregion = us-west-2\r",
        "\ufeff[default]\nregion = us-west-2",
        "# note\n; note\n\n[default]   \n  \nREGION=us-west-2   \n#region = x",
        "[default]\nregion: us-west-2",
        "   [default]\n   region   =   us-west-2",
        "[default] # after the title\nregion = us-west-2",
    ],
)
def test_layout_and_case_do_not_change_the_result(text: str) -> None:
    """Line ends, a byte order mark, white space, comments and case change nothing."""
    assert _read(text).profiles == {"default": {"region": "us-west-2"}}


def test_hash_after_a_value_is_part_of_the_value() -> None:
    """A # after a value on the same line is part of the value, because a secret may contain a #."""
    assert _read("[default]\na = b # c\n").profiles["default"] == {"a": "b # c"}


def test_nested_settings_end_at_the_next_setting() -> None:
    """Indented lines below an empty value are settings of their own, whatever blank lines are between."""
    files = _read("[profile dev]\ns3 =\n  a = 1\n\n  b = 2=3\nregion = x\n")
    assert files.profiles["dev"] == {"s3": {"a": "1", "b": "2=3"}, "region": "x"}


def test_multi_line_value_is_rejected() -> None:
    """A text is stripped, nothing where none is; one of several lines is refused with its place, and not shown."""
    section = _read(f"[default]\na = b\nn =\n  x = 1\ntwo = c\n\n  {CANARY}\n").profiles["default"]
    assert [setting_text(section, key, "here") for key in ("a", "n", "gone")] == ["b", "", ""]
    with pytest.raises(ConfigurationError, match=r"^two of here spans several lines") as caught:
        setting_text(section, "two", "here")
    assert CANARY not in error_text(caught.value)


def test_later_title_of_the_same_profile_wins() -> None:
    """Two titles that mean one profile are no error; the later is the profile."""
    assert _read("[default]\na = 1\n[profile default]\na = 2\n").profiles == {"default": {"a": "2"}}
    assert _read("[profile default]\na = 2\n[default]\na = 1\n").profiles == {"default": {"a": "1"}}


@pytest.mark.parametrize("title", ["profile", "profile a b", 'profile "open', "sso-session", "other thing"])
def test_invalid_section_titles_are_ignored(title: str) -> None:
    """A section whose title isn't a valid profile, sso-session or services title is ignored without an error."""
    files = _read(f"[{title}]\na = 1\n")
    assert not files.profiles
    assert not files.sso_sessions
    assert not files.services


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        (f"{CANARY} = x\n[default]\n", 1, "before the first"),
        (f"[default]\nregion = x\n{CANARY}\n", 3, "neither"),
        (f"[default]\n= {CANARY}\n", 2, "neither"),
        (f"[a]\n[b]\n[a]\nx = {CANARY}\n", 3, "duplicate section"),
        (f"[a]\nx = {CANARY}\n\nX = {CANARY}\n", 4, "duplicate setting"),
        (f"[a]\nx =\n  b = 1\n  {CANARY}\n  c = 2\n", 4, "nested"),
        (f"[a]\ny = 1\n   {CANARY}\n[b]\nx =\n  {CANARY}\n", 6, "nested"),
    ],
)
def test_malformed_file_error_names_file_and_line(text: str, line: int, problem: str) -> None:
    """The error says file, line and what is wrong; the line itself is nowhere in it or in what it came from."""
    with pytest.raises(ConfigurationError, match=problem) as caught:
        _read(text)
    assert f"{PATH}, line {line}, is malformed" in str(caught.value)
    assert CANARY not in error_text(caught.value)


def test_non_utf8_file_error_names_file_and_line() -> None:
    """Bytes that are no UTF-8 end in our error, without the bytes."""
    with pytest.raises(ConfigurationError, match=r"line 2, is malformed: it is not UTF-8") as caught:
        decode(PATH, b"[default]\nregion = \xff" + CANARY.encode())
    assert CANARY not in error_text(caught.value)


def test_repr_of_parsed_files_hides_values() -> None:
    """The repr of parsed files shows no values, which may be secret."""
    assert CANARY not in repr(_read(f"[default]\na = {CANARY}\n[sso-session x]\nb = {CANARY}", f"[x]\nb = {CANARY}"))


def test_unknown_profile_error_suggests_similar_names() -> None:
    """The error names who chose the profile, both files, and the names that it may have meant."""
    files = _read("[profile production]\n[profile staging]\n", "[development]\n")
    files.require_profile("staging", "argument")
    with pytest.raises(ConfigurationError) as caught:
        files.require_profile("prodction", "AWS_PROFILE")
    assert str(caught.value) == (
        "no profile prodction (chosen by AWS_PROFILE) in ~/.aws/config or ~/.aws/credentials; did you mean production?"
    )


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ("", "existing profiles: none"),
        ("[profile a]\n[profile b]\n", "existing profiles: a, b"),
        ("".join(f"[profile p{number:02}]\n" for number in range(12)), "p08, p09, ..."),
    ],
)
def test_unknown_profile_error_lists_existing_profiles(config: str, hint: str) -> None:
    """If no profile has a similar name, the error lists the first existing profiles."""
    with pytest.raises(ConfigurationError) as caught:
        _read(config).require_profile("zzzzzz", "argument")
    assert str(caught.value).endswith(hint)


def test_undecodable_profile_name_error_names_the_locale_setting() -> None:
    """A name whose bytes Python could not decode is answered with the setting that decodes them."""
    with pytest.raises(ConfigurationError, match="set PYTHONUTF8=1"):
        _read("[profile j\u00e4]\n").require_profile("j\udcc3\udca4", "AWS_PROFILE")


PIECES = st.sampled_from([*"[]=:#; \t\n\r\x0b\x85\u2028ab\"'", "[profile ", "[default]", "\n  a", "\nb =\n  "])


def _refusal(read: Callable[[], object]) -> ConfigurationError | None:
    try:
        read()
    except ConfigurationError as error:
        return error
    return None


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_parses_or_raises_the_typed_error(text: str) -> None:
    """Whatever a file holds, it gives sections, or our error alone with a line that the file has."""
    error = _refusal(lambda: parse_sections(PATH, text))
    if error is not None:
        line = int(str(error).split("line ")[1].split(",")[0])
        assert 1 <= line <= text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert error.__context__ is None


@settings(max_examples=100)
@given(st.binary(max_size=80))
def test_any_bytes_parse_or_raise_the_typed_error(content: bytes) -> None:
    """A file of any bytes ends in text or in our error alone."""
    error = _refusal(lambda: decode(PATH, content))
    assert error is None or error.__context__ is None
