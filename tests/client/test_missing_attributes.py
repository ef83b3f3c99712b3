"""Attributes that clients, fleets, plans and reports do not have: names of boto3 and httpx, and misspelt operations."""

from __future__ import annotations

import asyncio
import inspect
import pickle
import re
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import httpx
import pytest

import wsclient
from wsclient import audit, fleet, vpc
from wsclient._client.option_table import OPTIONS
from wsclient._client.other_names import instead_of
from wsclient.errors import ConfigurationError
from wsclient.fleet import _other_names
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._client.base_client import BaseClient

pytestmark = pytest.mark.filterwarnings("ignore:the Planning of .* was never awaited:RuntimeWarning")
KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")
CLIENTS: dict[str, BaseClient] = {
    "workspaces": wsclient.WorkSpacesClient(region="us-west-2", credentials=KEYS),
    "sts": wsclient.StsClient(region="us-west-2", credentials=KEYS),
}
FLEET = fleet.Fleet(regions=["us-west-2"], accounts={"lab": KEYS})
REPORT = fleet.Report(action="stop", items=())


def _hint(owner: object, name: str) -> str:
    with pytest.raises(AttributeError) as caught:
        getattr(owner, name)
    native, _, hint = str(caught.value).partition("; ")
    assert native == f"'{type(owner).__name__}' object has no attribute '{name}'"
    return hint


def _public(owner: object) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")]


@pytest.mark.parametrize("service", list(CLIENTS))
def test_every_attribute_of_other_clients_leads_to_ours(service: str) -> None:
    """Each public attribute of boto3's client of the service and of httpx's exists, or its error says what to write.

    What the error names exists.
    """
    client = CLIENTS[service]
    of_boto3 = boto3.client(service, region_name="us-west-2", aws_access_key_id="a", aws_secret_access_key="b")
    missing = {*_public(of_boto3), *_public(httpx.AsyncClient)} - {*_public(client)}
    assert len(missing) > 20
    for name in missing:
        hint = _hint(client, name)
        assert hint, name
        assert "did you mean" not in hint, (name, hint)
        for attribute in re.findall(r"\bclient\.(\w+)", hint):
            assert hasattr(client, attribute), hint
        for error in re.findall(r"errors\.(\w+Exception)", hint):
            assert hasattr(wsclient.errors, error)


@pytest.mark.parametrize("service", list(CLIENTS))
def test_every_operation_is_found_by_names_that_resemble_it(service: str) -> None:
    """DescribeWorkspaces, describeWorkspaces, describeworkspaces and a name without its last letter."""
    client = CLIENTS[service]
    operations = [name for name in _public(client) if "extra" in _parameters(client, name)]
    assert len(operations) > 10
    for name in operations:
        of_aws = "".join(part.capitalize() for part in name.split("_"))
        for other in (of_aws, of_aws[0].lower() + of_aws[1:], name.replace("_", ""), f"{name}x"):
            if "_" in name:
                assert _hint(client, other) == f"did you mean {name!r}?"


def _parameters(client: BaseClient, name: str) -> Iterable[str]:
    method = getattr(client, name)
    return inspect.signature(method).parameters if inspect.ismethod(method) else ()


def test_operations_of_the_other_client_and_newer_ones() -> None:
    """An operation of STS leads from one client to the other; one that no client knows leads to raw()."""
    workspaces, sts = CLIENTS.values()
    assert _hint(workspaces, "assume_role") == "it is an operation of wsclient.StsClient"
    assert _hint(sts, "DescribeWorkspaces") == "it is an operation of wsclient.WorkSpacesClient"
    assert _hint(workspaces, "get_ztqk") == 'an operation newer than this version is await client.raw("GetZtqk", {…})'


def test_every_option_leads_to_with_options() -> None:
    """client.region and client.timeout say where options are, except for those that are attributes of their own."""
    for client in CLIENTS.values():
        for option in {each.name for each in OPTIONS} - {*_public(client)}:
            assert _hint(client, option).startswith(f"it is an option: client.with_options({option}=…)")


def test_libraries_that_probe_clients_find_nothing() -> None:
    """hasattr, getattr with a default, mocks, inspect, pickle and notebooks see the client as before."""
    client: Any = CLIENTS["workspaces"]
    for name in ("close", "get_paginator", "read", "_repr_html_", "__fspath__", "__len__", "_ipython_display_"):
        assert not hasattr(client, name)
        assert getattr(client, name, None) is None
    assert dict(inspect.getmembers(client))["describe_workspaces"]
    mocked = mock.create_autospec(client, instance=True)
    assert mocked.describe_workspaces
    assert not hasattr(mocked, "get_paginator")
    assert not any(name in dir(client) for name in ("close", "exceptions"))
    with pytest.raises(ConfigurationError, match="cannot be pickled"):
        pickle.dumps(client)


def _table(owner: object) -> Mapping[str, str]:
    return dict(getattr(type(owner), "_other_names"))  # noqa: B009 - private to its class


async def _plan() -> fleet.Plan:
    with Emulator() as aws:
        aws.add_workspaces(1)
        async with fleet.Fleet.over(("lab", aws.client())) as stage:
            return await stage.stop(where=fleet.where.everything())


def test_names_that_fleets_plans_and_reports_do_not_have() -> None:
    """fleet.stop_all, plan.execute(), report.failures and the like say what to write; no entry hides an attribute."""
    plan = asyncio.run(_plan())
    for owner, table in ((FLEET, _other_names.FLEET), (plan, _other_names.PLAN), (REPORT, _other_names.REPORT)):
        assert _table(owner) == table
        for name, hint in table.items():
            assert _hint(owner, name) == hint
            for attribute in re.findall(r"did you mean '(\w+)'|(?<![.\w])(?:fleet|plan|report)\.(\w+)", hint):
                assert any(hasattr(each, "".join(attribute)) for each in (FLEET, plan, REPORT)), hint
    assert _hint(FLEET, "stop_all") == "did you mean 'stop'?"
    assert _hint(FLEET, "close") == "did you mean 'aclose'?"
    assert _hint(audit.Audit.over(FLEET), "execute") == "write report = await audit.run()"
    assert _table(vpc.EndpointPlan.__new__(vpc.EndpointPlan))["apply"] == "write await plan.run()"
    assert all(f'report.of("{each}")' in "".join(_other_names.REPORT.values()) for each in fleet.Outcome)


def test_a_subscript_of_a_call_that_was_not_awaited_says_so() -> None:
    """client.describe_workspaces()["Workspaces"] and fleet.inventory()[0] name await and async for."""
    client: Any = CLIENTS["workspaces"]
    with pytest.raises(TypeError, match="'Paginator' object is not subscriptable; await it first"):
        client.describe_workspaces()["Workspaces"]
    inventory: Any = FLEET.inventory()
    with pytest.raises(TypeError, match="'FleetInventory' object is not subscriptable; use async for over it first"):
        inventory[0]


def test_hints_need_no_client() -> None:
    """What to write depends on the class of the client and its attributes alone, so that hints can be kept."""
    assert instead_of("StsClient", "get_waiter", ["assume_role"]) == "it has no waiters"
