from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wsclient.config._profile_parser import decode, parse_sections, parse_shared_files
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

# botocore has no type hints: its modules are Any here.
configloader: Any = import_module("botocore.configloader")
exceptions: Any = import_module("botocore.exceptions")

NAMES = st.sampled_from(["a", "b", "dev", "region", "aws_access_key_id", "Mixed_Case", "s3"])
VALUES = st.sampled_from(
    ["", "x", "us-west-2", "a=b", "a:b", "x # y", "x ; y", "[z]", '"q"', "%(x)s", "é", "  two  words "]
)
SPACES = st.sampled_from(["", " ", "  ", "\t"])
TITLES = st.sampled_from(
    """default|DEFAULT|profile a|profile b|profile "a b"|profile  a|profile default|profile|profilex a|profile 'c'
    |profile "open|profile a b|sso-session s|services v|services  v|dev|preview|a]b""".replace("\n    ", "").split("|")
)


@st.composite
def _lines(draw: st.DrawFn) -> str:
    """One line, or one setting with what is nested below it, in one of many layouts."""
    space, name, value = draw(SPACES), draw(NAMES), draw(VALUES)
    kind = draw(st.integers(0, 9))
    match kind:
        case 0 | 1 | 2:
            return f"{space}[{draw(TITLES)}]{draw(SPACES)}"
        case 3:
            return draw(st.sampled_from(["", "   ", "# note", "; note", "  # indented note", "\t"]))
        case 4:
            nested = draw(st.lists(st.tuples(NAMES, VALUES), max_size=3))
            return "\n".join([f"{name} ={space}", *(f"  {key}{space}={text}" for key, text in nested)])
        case 5:
            return draw(st.sampled_from([name, f"  {name}", f"= {value}", f"    {name} = {value}", "  # x"]))
        case _:
            return f"{name}{space}{draw(st.sampled_from('=:'))}{space}{value}{space}"


@st.composite
def _files(draw: st.DrawFn) -> str:
    first = draw(st.sampled_from(["[default]", "[profile a]", "# note", ""]))
    return draw(st.sampled_from(["\n", "\r\n", "\n\n"])).join([first, *draw(st.lists(_lines(), max_size=14))])


def _ours(path: Path) -> object:
    try:
        files = parse_shared_files((str(path), path.read_bytes()), ("credentials", b""))
        sections = parse_sections(str(path), decode(str(path), path.read_bytes()))
    except ConfigurationError:
        return "malformed"
    return sections, files.profiles, files.sso_sessions, files.services


def _botocore_reads(path: Path) -> object:
    try:
        raw: Any = configloader.raw_config_parse(str(path))
    except exceptions.ConfigParseError:
        return "malformed"
    mapped: Any = configloader.build_profile_map(raw)
    return raw, mapped["profiles"], mapped["sso_sessions"], mapped["services"]


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_files())
def test_generated_files_parse_as_in_botocore(text: str, tmp_path: Path) -> None:
    """Sections, profiles, sso-sessions and services are those that botocore finds, and so is what is malformed."""
    path = tmp_path / "config"
    path.write_bytes(text.encode())
    assert _ours(path) == _botocore_reads(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# only a note",
        "[default]",
        "[default]\n[default]\n",
        "[DEFAULT]\na = 1\n[profile x]\nb = 2\n",
        "[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n[profile x]\n",
        "[profile x]\na = 1\n[profile  x]\nb = 2\n",
        "[default]\na = 1\n[profile default]\na = 2\n",
        "[profile default]\na = 2\n[default]\na = 1\n",
        "[profile x]\na = 1\nA = 2\n",
        "[profile x]\na = 1\n  continued\n",
        "[profile x]\na =\n  b = 1\n\n  c = 2\n",
        "[profile x]\na =\n\n  b = 1\n",
        "[profile x]\na =\n  no setting\n",
        "[profile x]\na =\n  b = 1\n  b = 2\n",
        "[profile x]\na =\n    b = 1\n      c = 2\n",
        "[profile x]\na =\n  # note\n  b = 1\n",
        "[profile x]\na\n",
        "[profile x]\n = 1\n",
        "[profile x\na = 1\n",
        "[]\na = 1\n",
        "a = 1\n",
        "[profile x] trailing\na = 1\n",
        "[profile x]]\na = 1\n",
        "[ profile x]\na = 1\n",
        "[profile\tx]\na = 1\n",
        "[profile x ]\na = 1\n",
        '[profile "x y"]\na = 1\n',
        "[profile 'x y']\na = 1\n",
        '[profile "x]\na = 1\n',
        "[profile x\\ y]\na = 1\n",
        '[profile ""]\na = 1\n',
        "[profile x y]\na = 1\n",
        "[profilex y]\na = 1\n",
        "[services-more y]\na = 1\n",
        "[sso-session s]\nsso_region = a\n[sso-session  s]\nsso_region = b\n",
        "[services s]\nworkspaces =\n  endpoint_url = https://x:1/\nsts = plain\n",
        "[profile x]\na = 1\x0bb\n",
        "[profile x]\na =\n  b = 1\x0bc = 2\n",
        "[profile x]\na = b\x85c\n",
        "[profile x]\ra = 1\r",
        "[profile x]\r\na = 1\r\n\r\n",
        "[profile x]\na = \u00a0y\u00a0\n",
        "[profile x]\nkey with spaces = 1\n",
        "[profile x]\na:b = 1\n",
        "[profile x]\na = 1\n[profile x]\nb = 1\n",
        "[profile é]\nñ = ü\n",
        "[profile x]\na = \x00\n",
    ],
)
def test_odd_files_parse_as_in_botocore(text: str, tmp_path: Path) -> None:
    """Each odd file says the same as to botocore, or is malformed to both."""
    path = tmp_path / "config"
    path.write_bytes(text.encode())
    assert _ours(path) == _botocore_reads(path)


def test_non_utf8_files_are_rejected_as_in_botocore(tmp_path: Path) -> None:
    """A file in another encoding is refused, as botocore refuses it."""
    path = tmp_path / "config"
    path.write_bytes(b"[default]\na = \xff\n")
    assert _ours(path) == _botocore_reads(path) == "malformed"
