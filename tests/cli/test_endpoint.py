"""wsclient endpoint ensure, show and delete, against the emulator under AWS's own names."""

# Looks at what the emulator keeps to itself.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.support.doc_world import GROUP, OTHER_VPC, SUBNETS, world
from tests.support.endpoint_stage import changing
from wsclient.cli import endpoint as command
from wsclient.cli.app import app
from wsclient.policy import allow_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsclient.testing import Emulator

RUNNER = CliRunner(env={"COLUMNS": "200"})
GOOD = ("ensure", "--vpc", OTHER_VPC, "--security-group", GROUP, "--region", "us-west-2")


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Run the world of the documentation's readers."""
    with world(tmp_path, monkeypatch) as emulator:
        yield emulator


def run(*arguments: str) -> tuple[int, str]:
    """Return the exit code and what the command printed."""
    result = RUNNER.invoke(app, ["endpoint", *arguments])
    return result.exit_code, result.output


def made(aws: Emulator) -> str:
    """Return the id of the endpoint in the reader's other VPC."""
    (endpoint,) = (each for each in aws._world.endpoints.all() if each.vpc_id == OTHER_VPC)
    return endpoint.id


def test_planned_created_shown_and_deleted(aws: Emulator) -> None:
    """The whole life of an endpoint: each command says what it does, and changes what it says."""
    code, text = run(*GOOD, "--private-dns", "--plan")
    assert code == 0, text
    assert "call 1: CreateVpcEndpoint" in text
    code, text = run(*GOOD, "--private-dns", "--dry-run")
    assert (code, "permitted: CreateVpcEndpoint" in text) == (0, True)
    # DryRun is a call of the operation that changes nothing.
    assert [call.error for call in aws.calls if call.operation == "CreateVpcEndpoint"] == ["DryRunOperation"]
    code, text = run(*GOOD, "--private-dns", "--account-only", "--tag", "team=blue", "--yes")
    assert code == 0, text
    endpoint_id = made(aws)
    assert f"{endpoint_id} created; calls: CreateVpcEndpoint, ModifyVpcEndpoint" in text
    assert "name: pass" in text
    code, text = run("show", endpoint_id, "--region", "us-west-2")
    assert (code, "private_dns: True" in text, "'team': 'blue'" in text) == (0, True, True)
    code, text = run("show", endpoint_id, "--cloudformation", "--region", "us-west-2")
    resource = json.loads(text)["Resources"]["WorkSpacesApiEndpoint"]["Properties"]
    assert resource["PolicyDocument"] == allow_account("123456789012").to_dict()
    for option, words in (("--terraform", "aws_vpc_endpoint"), ("--aws-cli", "create-vpc-endpoint")):
        assert words in run("show", endpoint_id, option, "--region", "us-west-2")[1]
    closing = json.loads(run("show", endpoint_id, "--only-through", "--region", "us-west-2")[1])
    assert closing["Statement"][0]["Condition"] == {"StringNotEquals": {"aws:SourceVpce": endpoint_id}}
    text = run("show", endpoint_id, "--only-through", "--cloudformation", "--region", "us-west-2")[1]
    assert next(iter(json.loads(text)["Resources"].values()))["Properties"]["PolicyDocument"] == closing
    assert "create-policy" in run("show", endpoint_id, "--only-through", "--aws-cli", "--region", "us-west-2")[1]
    code, text = run(*GOOD, "--no-private-dns", "--yes", "--repair", "private_dns")
    assert (code, "as asked; calls: ModifyVpcEndpoint" in text) == (0, True), text
    code, text = run("delete", endpoint_id, "--confirm", endpoint_id, "--region", "us-west-2")
    assert (code, f"{endpoint_id} is deleted" in text) == (0, True), text


USAGE = [
    ((*GOOD, "--private-dns", "--account-only", "--policy", "x.json", "--plan"), "exclude each other"),
    ((*GOOD, "--private-dns", "--policy", "missing.json", "--plan"), "cannot read"),
    ((*GOOD, "--private-dns", "--repair", "all"), "the parts are policy"),
    ((*GOOD, "--private-dns", "--tag", "team", "--plan"), "KEY=VALUE"),
    ((*GOOD, "--private-dns"), "no terminal"),
    ((*GOOD,), "--private-dns"),
    (("delete", "vpce-1", "--confirm", "vpce-2"), "must repeat the id"),
    (("delete", "vpce-1"), "--confirm"),
    (("show", "vpce-1", "--terraform", "--aws-cli"), "exclude each other"),
    (("show", "vpce-1", "--terraform", "--only-through"), "prints JSON"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE)
def test_usage_errors_change_nothing(aws: Emulator, arguments: tuple[str, ...], words: str) -> None:
    """Options that cannot be together, a missing answer or a missing id end with 2, in words of the command line."""
    code, text = run(*arguments)
    assert (code, words in text) == (2, True), text
    assert changing(aws) == []


def test_mistakes_end_with_one(aws: Emulator) -> None:
    """A refusal is one line with the name of its error, and nothing is changed."""
    code, text = run(*GOOD[:3], "--security-group", "sg-0", "--private-dns", "--yes", "--region", "us-west-2")
    assert (code, text.startswith("SecurityGroupClosedError: sg-0")) == (1, True), text
    code, text = run("show", "vpce-0", "--region", "us-west-2")
    assert (code, text.startswith("EndpointStateError: vpce-0 does not exist")) == (1, True), text
    assert changing(aws) == []


def test_a_terminal_is_asked(aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a terminal the plan is run after yes, and not after no; a policy may come from a file."""
    policy = tmp_path / "policy.json"
    policy.write_text(allow_account("123456789012").to_json())
    subnets = [part for subnet in SUBNETS for part in ("--subnet", subnet)]
    arguments = ["endpoint", *GOOD, "--private-dns", "--policy", str(policy), *subnets]

    class Terminal:
        """The module sys, whose standard input is a terminal."""

        class stdin:  # noqa: N801 - as in sys
            """Standard input."""

            isatty = staticmethod(lambda: True)

    monkeypatch.setattr(command, "sys", Terminal)
    assert RUNNER.invoke(app, arguments, input="n\n").exit_code == 1
    assert changing(aws) == []
    result = RUNNER.invoke(app, arguments, input="y\n")
    assert result.exit_code == 0, result.output
    assert made(aws)


def test_ec2_is_reached_as_the_option_says(aws: Emulator) -> None:
    """--ec2 names EC2's own interface endpoint, or the public one."""
    road = aws.add_vpc_endpoint("ec2", vpc_id="vpc-0123456789abcdef0")
    assert run(*GOOD, "--private-dns", "--plan", "--ec2", road.dns_label)[0] == 0
    assert {call.vpc_endpoint for call in aws.calls if call.service == "ec2"} == {road.id}
    assert run(*GOOD, "--private-dns", "--plan", "--ec2", "public")[0] == 0
    assert {call.host for call in aws.calls if call.service == "ec2"} > {"ec2.us-west-2.amazonaws.com"}
