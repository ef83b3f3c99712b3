"""Which provider won, and why, in words."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import wsclient
from tests.support.aws_home import CANARY, aws_home, keys
from wsclient.credentials import (
    AssumeRoleProvider,
    ChainProvider,
    Credentials,
    EnvironmentProvider,
    ProfileProvider,
    StaticProvider,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_explain_lists_providers_and_the_source_found(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """explain() lists the order of providers before the first call, then the source found, also in a DEBUG line."""
    home = aws_home(tmp_path, credentials=f"[ops]\n{keys(CANARY)}")
    environ = {"AWS_PROFILE": "ops"}
    chain = ChainProvider([EnvironmentProvider({}), ProfileProvider(environ=environ, home=home)])
    assert chain.explain() == "not resolved yet; order: EnvironmentProvider, ProfileProvider"
    with caplog.at_level(logging.DEBUG, logger="wsclient.credentials"):
        asyncio.run(chain.get_credentials())
    assert chain.explain() == (
        "profile ops (chosen by AWS_PROFILE): StaticProfileProvider; "
        "environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"
    )
    assert "profile ops: StaticProfileProvider" in caplog.text
    assert "ProfileProvider returned credentials, access key ...Show" in caplog.text
    assert CANARY not in caplog.text + chain.explain()


def test_explain_credentials_makes_no_request(tmp_path: Path) -> None:
    """explain_credentials() asks nothing, and shares what was found with copies of the client."""
    chain = ChainProvider([StaticProvider(Credentials("AKIAEXAMPLE", CANARY))])
    config = wsclient.ClientConfig.load("workspaces", environ={}, home=tmp_path, region="us-west-2")
    client = wsclient.WorkSpacesClient(config=config, credentials=chain)
    assert client.explain_credentials().startswith("not resolved yet")
    asyncio.run(chain.get_credentials())
    assert client.with_options(read_only=True).explain_credentials() == "StaticProvider"
    fixed = wsclient.WorkSpacesClient(config=config, credentials=Credentials("AKIAEXAMPLE", CANARY))
    assert fixed.explain_credentials() == "StaticProvider"
    assert ProfileProvider("x", environ={}, home=tmp_path).explain() == "profile x (chosen by argument): not read yet"


def test_the_repr_of_a_provider_names_its_role_or_profile_and_no_other_argument(tmp_path: Path) -> None:
    """In a notebook, a provider shows what it is; its other arguments may be secrets."""
    keys = StaticProvider(Credentials("AKIAEXAMPLE", CANARY))
    arn = "arn:aws:iam::123456789012:role/desktops"
    role = AssumeRoleProvider(role_arn=arn, source=keys, external_id=CANARY)
    assert repr(keys) == "<StaticProvider>"
    assert repr(role) == f"<AssumeRoleProvider role_arn={arn!r}>"
    assert repr(ProfileProvider(profile="ops", environ={}, home=tmp_path)) == "<ProfileProvider profile='ops'>"
    assert repr(ProfileProvider(environ={}, home=tmp_path)) == "<ProfileProvider>"
