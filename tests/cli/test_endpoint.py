"""wsclient endpoint ensure, show and delete, against the emulator under AWS's own names."""

# Looks at what the emulator keeps to itself.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from tests.support.doc_world import GROUP, OTHER_VPC, SUBNETS, world
from tests.support.endpoint_stage import changing
from wsclient import vpc
from wsclient.cli import endpoint as command
from wsclient.cli.app import app
from wsclient.cli.shell_terms import in_shell_terms
from wsclient.policy import Policy, allow_account
from wsclient.vpc import EndpointPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def test_endpoint_commands_plan_create_show_and_delete(aws: Emulator) -> None:
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
    assert (code, "as requested; calls: ModifyVpcEndpoint" in text) == (0, True), text
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
    (("delete", "vpce-1", "--confirm", "vpce-1", "--expected-account", "12"), "12 digits"),
    ((*GOOD, "--private-dns", "--plan", "--yes"), "exclude each other"),
    (("show",), "or --vpc"),
    (("show", "vpce-1", "--vpc", "vpc-1"), "or --vpc"),
    (("show", "vpce-1", "--terraform", "--aws-cli"), "exclude each other"),
    (("show", "vpce-1", "--terraform", "--only-through"), "prints JSON"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE)
def test_usage_errors_change_nothing(aws: Emulator, arguments: tuple[str, ...], words: str) -> None:
    """Options that cannot be together, a missing answer or a missing id end with 2, in words of the command line."""
    code, text = run(*arguments)
    assert (code, words in text) == (2, True), text
    assert changing(aws) == []


def test_policy_file_that_is_not_utf8_is_a_usage_error(aws: Emulator, tmp_path: Path) -> None:
    """A file that is not UTF-8 ends with 2 and names the option, as one that does not exist."""
    path = tmp_path / "policy.json"
    path.write_bytes(b"\xff\xfe{}")
    for each, words in ((path, "is not UTF-8"), (tmp_path / "none", "cannot read")):
        code, text = run(*GOOD, "--private-dns", "--policy", str(each), "--plan", "--region", "us-west-2")
        assert (code, words in text) == (2, True), text
    assert changing(aws) == []


def test_refusals_exit_1_and_change_nothing(aws: Emulator) -> None:
    """A refusal is one line with the name of its error, and nothing is changed."""
    code, text = run(*GOOD[:3], "--security-group", "sg-0", "--private-dns", "--yes", "--region", "us-west-2")
    assert (code, text.startswith("SecurityGroupClosedError: sg-0")) == (1, True), text
    code, text = run("show", "vpce-0", "--region", "us-west-2")
    assert (code, text.startswith("EndpointStateError: vpce-0 does not exist")) == (1, True), text
    assert changing(aws) == []


def test_terminal_asks_for_confirmation(aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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


def test_the_endpoints_of_a_vpc_are_shown(aws: Emulator) -> None:
    """--vpc finds the ids; a form for another tool is that of a single endpoint."""
    show = ("show", "--vpc", OTHER_VPC, "--region", "us-west-2")
    assert run(*show) == (
        1,
        f"{OTHER_VPC} has no interface endpoint of the WorkSpaces API in this account and region\n",
    )
    first = aws.add_vpc_endpoint(vpc_id=OTHER_VPC)
    aws.add_vpc_endpoint("ec2", vpc_id=OTHER_VPC)
    code, text = run(*show)
    assert (code, text.count("id: vpce-"), f"id: {first.id}" in text) == (0, 1, True)
    assert "aws_vpc_endpoint" in run(*show, "--terraform")[1]
    second = aws.add_vpc_endpoint(vpc_id=OTHER_VPC)
    assert run(*show)[1].count("id: vpce-") == 2
    code, text = run(*show, "--only-through")
    assert (code, first.id in text, second.id in text) == (2, True, True)


def test_the_permissions_of_a_plan_are_printed(aws: Emulator) -> None:
    """--permissions prints the IAM policy alone, and changes nothing; --scoped needs temporary credentials."""
    code, text = run(*GOOD, "--private-dns", "--permissions")
    actions = {action for statement in Policy.parse(text).statements for action in statement.actions or ()}
    assert (code, actions >= {"ec2:CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"}) == (0, True)
    code, text = run(*GOOD, "--private-dns", "--yes", "--scoped")
    assert (code, "--scoped needs temporary credentials" in text) == (1, True), text
    assert changing(aws) == []


def test_unexpected_account_changes_nothing(aws: Emulator) -> None:
    """Credentials of another account than --expected-account end the command, in words of the shell."""
    code, text = run(*GOOD, "--private-dns", "--yes", "--expected-account", "210987654321")
    assert (code, "--expected-account is 210987654321" in text) == (1, True), text
    assert changing(aws) == []


def test_interrupt_says_how_to_continue(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of an interrupted program; the next run continues."""

    async def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EndpointPlan, "run", interrupted)
    code, text = run(*GOOD, "--private-dns", "--yes")
    assert (code, "run the command again" in text) == (130, True)
    assert changing(aws) == []


PYTHON = re.compile(
    r"(?<![\w-])[a-z]+(?:_[a-z]+)*=(?!\S*X)|\w+_ids\b|\b[a-z]\w*(?:\.\w+)?\(|InterfaceEndpoint|\bTrue\b"
)
"""An argument, a call or a class of Python."""


OF_PYTHON = {
    "InterfaceEndpoint has class methods only: ensure(), describe(), find() and delete()",
    "write await plan.run()",
}
"""Errors of programs only: one that creates an object of the class, and one that calls another method of a plan."""


def texts_of_errors() -> Iterator[str]:
    """Yield the texts that errors, plans and notes of endpoints are made of, with X for each value in them."""
    for path in sorted(Path(vpc.__file__).parent.glob("_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documents = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        parts = {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in ast.walk(each)}
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                values = [part.value if isinstance(part, ast.Constant) else "X" for part in node.values]
                yield "".join(map(str, values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents | parts:
                yield node.value


def test_messages_name_options_instead_of_python_arguments() -> None:
    """Every text of a plan or an error names options and commands once it is in words of the shell."""
    texts = list(texts_of_errors())
    assert len(texts) > 100
    assert any(PYTHON.search(text) for text in texts)
    wrong = [text for text in texts if " " in text and PYTHON.search(in_shell_terms(text, command._PHRASES))]
    assert set(wrong) == OF_PYTHON


def test_ec2_option_decides_where_ec2_is_called(aws: Emulator) -> None:
    """--ec2 names EC2's own interface endpoint, or the public one."""
    interface = aws.add_vpc_endpoint("ec2", vpc_id="vpc-0123456789abcdef0")
    assert run(*GOOD, "--private-dns", "--plan", "--ec2", interface.dns_label)[0] == 0
    assert {call.vpc_endpoint for call in aws.calls if call.service == "ec2"} == {interface.id}
    assert run(*GOOD, "--private-dns", "--plan", "--ec2", "public")[0] == 0
    assert {call.host for call in aws.calls if call.service == "ec2"} > {"ec2.us-west-2.amazonaws.com"}
