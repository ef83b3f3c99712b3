r"""Test cases of the shared files that the AWS SDKs share, and how wsclient and botocore read each.

"profile-parser-tests.json" in aws-config of aws-sdk-rust, https://github.com/awslabs/aws-sdk-rust. The AWS CLI and
boto3 read some of the files differently from the other SDKs; wsclient reads all of them as these two do, so that one
profile is one identity in all Python programs and on the command line.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import aws_home
from wsclient.config._profile_parser import parse_shared_files
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

# botocore has no type hints: its modules are Any here.
configloader: Any = import_module("botocore.configloader")
exceptions: Any = import_module("botocore.exceptions")

Profiles = dict[str, dict[str, Any]] | str
MALFORMED = "malformed"
FOO: Profiles = {"foo": {"name": "value"}}
NAME = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

SAME: list[tuple[str, str, Profiles]] = [
    ("", "", {}),
    ("[profile foo]", "", {"foo": {}}),
    ("[profile some-thing:long/the_one%only.foo@bar+]", "", {"some-thing:long/the_one%only.foo@bar+": {}}),
    ("[profile foo", "", MALFORMED),
    ("[profile \tfoo \t]", "", {"foo": {}}),
    ("[profile\tfoo]", "", {"foo": {}}),
    ("name = value", "", MALFORMED),
    ("[profile foo]\nname = value", "", FOO),
    ("[profile foo]\r\nname = value", "", FOO),
    ("[profile foo]\nname = val=ue", "", {"foo": {"name": "val=ue"}}),
    ("[profile foo]\nname = \U0001f602", "", {"foo": {"name": "\U0001f602"}}),
    ("[profile foo]\nname = value\nname2 = value2", "", {"foo": {"name": "value", "name2": "value2"}}),
    ("[profile foo]\nname \t=  \tvalue \t", "", FOO),
    ("[profile foo]\nname =", "", {"foo": {"name": ""}}),
    ("[profile foo]\n= value", "", MALFORMED),
    ("[profile foo]\n[profile bar]", "", {"foo": {}, "bar": {}}),
    ("\t \n[profile foo]\n\t\n \nname = value\n\t \n[profile bar]\n \t", "", {"foo": {"name": "value"}, "bar": {}}),
    ("[profile foo]; Semicolons\n[profile bar]# Pounds", "", {"foo": {}, "bar": {}}),
    ("[profile foo]\nname = value; x\nname2 = value# y", "", {"foo": {"name": "value; x", "name2": "value# y"}}),
    ("[profile foo]\nname = value\n -continued", "", {"foo": {"name": "value\n-continued"}}),
    ("[profile foo]\nname = value\n -more\n -and-more", "", {"foo": {"name": "value\n-more\n-and-more"}}),
    ("[profile foo]\nname = value\n \t -continued \t ", "", {"foo": {"name": "value\n-continued"}}),
    ("[profile foo]\nname = value\n -more # Comment", "", {"foo": {"name": "value\n-more # Comment"}}),
    ("[profile foo]\nname = value\n -more ; Comment", "", {"foo": {"name": "value\n-more ; Comment"}}),
    (" -continued", "", MALFORMED),
    ("[profile foo]\n -continued", "", MALFORMED),
    ("[profile foo]\nname = value\n[profile foo]\n -continued", "", MALFORMED),
    ("[default]\nname2 = value2\n[profile default]\nname = value", "", {"default": {"name": "value"}}),
    (f"[profile {NAME}]", "", {NAME: {}}),
    (f"[profile foo]\n{NAME} = value", "", {"foo": {NAME.lower(): "value"}}),
    ("[profile foo]\ns3 =\n name = value", "", {"foo": {"s3": {"name": "value"}}}),
    ("[profile foo]\ns3 =\n invalid", "", MALFORMED),
    ("[profile foo]\ns3 =\n name =", "", {"foo": {"s3": {"name": ""}}}),
    ("[profile foo]\ns3 =\n in valid = value", "", {"foo": {"s3": {"in valid": "value"}}}),
    ("[profile foo]\ns3 =\n a = 1\n\t \n b = 2", "", {"foo": {"s3": {"a": "1", "b": "2"}}}),
    ("[profile foo]\nname = value", "[foo]\nname2 = value2", {"foo": {"name": "value", "name2": "value2"}}),
    ("[profile foo]\nname = value", "[foo]\nname = value2", {"foo": {"name": "value2"}}),
    ("[foo]\nname = value", "", {}),
    ("[profilefoo]\nname = value\n[profile bar]", "", {"bar": {}}),
    (
        "[profile foo]\nname = value\n[profile in valid]\nx = 1\n[profile bar]",
        "",
        {"foo": {"name": "value"}, "bar": {}},
    ),
    ("[sso-session foo]\nname = value\n[profile bar]", "", {"bar": {}}),
    ("", "[sso-sessionfoo]\nname = value\n[bar]", {"sso-sessionfoo": {"name": "value"}, "bar": {}}),
]
"""The config file, the credentials file, and the profiles, for all SDKs."""

DIFFERENT: list[tuple[str, str, Profiles]] = [
    # Others skip names with such characters, in titles and settings.
    ("[profile foo!bar]", "", {"foo!bar": {}}),
    ("[profile foo]\nin valid = value", "", {"foo": {"in valid": "value"}}),
    ("[profile foo]\ns3 =\n = value", "", {"foo": {"s3": {"": "value"}}}),
    ("[profile in valid]\nname = value", "[in valid 2]\nname2 = value2", {"in valid 2": {"name2": "value2"}}),
    ("", "[profile foo]\nname = value", {"profile foo": {"name": "value"}}),
    # Others take it for malformed.
    ("[profile foo]\nname : value", "", FOO),
    # Others end a value at white space and a comment's sign.
    ("[profile foo] # x\nname = value # y # z", "", {"foo": {"name": "value # y # z"}}),
    ("[profile foo] ; x\nname = value ; y", "", {"foo": {"name": "value ; y"}}),
    (";\n[profile foo];\nname = value ;\n", "", {"foo": {"name": "value ;"}}),
    # Others merge, and use the last value.
    ("[profile foo]\nname = value\n[profile foo]\nname2 = value2", "", MALFORMED),
    ("[profile foo]\nname = value\nname = value2", "", MALFORMED),
    ("[profile foo]\nName = value\n[profile foo]\nname = value2", "", MALFORMED),
    ("[profile default]\na = 1\n[default]\nb = 2\n[profile default]\nc = 3", "", MALFORMED),
    # Others prefer [profile default] to [default].
    ("[profile default]\nname = value\n[default]\nname2 = value2", "", {"default": {"name2": "value2"}}),
    # Others strip white space inside the brackets.
    ("[   profile foo    ]\nname = value\n[profile bar]", "", {"bar": {}}),
    ("", "[   foo    ]\nname = value", {"   foo    ": {"name": "value"}}),
]
"""The same, as wsclient and botocore read them: other SDKs do not."""


def _ours(config: str, credentials: str) -> Profiles:
    try:
        files = parse_shared_files(("config", config.encode()), ("credentials", credentials.encode()))
    except ConfigurationError:
        return MALFORMED
    return {name: dict(files.profile(name)) for name in {**files.profiles, **files.credentials}}


def _botocore_reads(home: Path) -> Profiles:
    try:
        profiles = configloader.load_config(str(home / ".aws" / "config"))["profiles"]
        others = configloader.raw_config_parse(str(home / ".aws" / "credentials"))
    except exceptions.ConfigParseError:
        return MALFORMED
    return {name: {**profiles.get(name, {}), **others.get(name, {})} for name in {**profiles, **others}}


@pytest.mark.parametrize(("config", "credentials", "profiles"), [*SAME, *DIFFERENT])
def test_shared_case_equals_botocores_reading(
    tmp_path: Path, config: str, credentials: str, profiles: Profiles
) -> None:
    """The profiles are those of the table, for wsclient and for botocore."""
    assert _ours(config, credentials) == _botocore_reads(aws_home(tmp_path, config, credentials)) == profiles
