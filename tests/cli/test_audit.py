"""wsclient audit against the emulator under AWS's own names: what it prints and writes, and how it ends."""

from __future__ import annotations

import ast
import asyncio
import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given, settings
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from tests.audit.reports import (
    OTHER,
    SITE,
    call,
    exception,
    finding,
    report,
    reports,
    site_result,
    unknown,
)
from tests.support.doc_world import world
from wsclient.audit import BENCHMARKS, CHECKS, Audit, AuditReport, Outcome, Reason, Resource, Severity
from wsclient.audit._checks import registry
from wsclient.audit._facts.catalogue import OPTIONS
from wsclient.cli import progress_line as progress_module
from wsclient.cli.app import app
from wsclient.cli.audit.options import Benchmark, OptionalRead, Threshold, check_ids
from wsclient.cli.audit.outputs import Format, _table
from wsclient.cli.audit.summary import PHRASES, show
from wsclient.cli.progress_line import ProgressLine
from wsclient.cli.shell_terms import in_shell_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient.testing import Emulator

RUNNER = CliRunner(env={"COLUMNS": "80"})
REGION = ("--region", "us-west-2")
DATA = (*REGION, "--check", "data.*")
EXCEPTIONS = """
[[exception]]
check = "data.user_volume"
reason = "test machines"
owner = "security@example.com"
until = 9999-12-31

[[attestation]]
check = "image.hardening"
reason = "hardened"
owner = "images@example.com"
until = 9999-12-31
"""


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Run the world of the documentation's readers, in an empty folder."""
    with world(tmp_path, monkeypatch) as emulator:
        config = tmp_path / ".aws" / "config"
        role = "arn:aws:iam::123456789012:role/desktops"
        profile = f"[profile here]\nrole_arn = {role}\ncredential_source = Environment\n"
        config.write_text(f"{config.read_text(encoding='utf-8')}{profile}", encoding="utf-8")
        yield emulator


def run(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code, and what the command printed to the standard output and error."""
    result = RUNNER.invoke(app, ["audit", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_table_lists_failures_then_missing_permissions(aws: Emulator) -> None:
    """Site, counts, failures with resource and remedy, and permissions to grant, in lines of at most 80 columns."""
    code, text, errors = run(*REGION)
    assert (code, errors) == (0, "")
    assert text.startswith("default/us-west-2, account 123456789012, 4 WorkSpaces\n")
    assert "medium  data.user_volume\n        the volume is not encrypted\n" in text
    assert "ws-0abcdefg1, ws-0abcdefg2, ws-0abcdefg3, ws-f9abcdefg" in text
    assert "-> pass --vpc-endpoint or --private-dns" in text
    assert text.index("FAILED") < text.index("COULD NOT BE DECIDED")
    assert all(len(line) <= 80 and line == line.rstrip() for line in text.splitlines())
    assert "\x1b" not in text
    assert text.endswith("18 findings failed, none at severity high or above\n")
    assert aws.calls


def test_format_option_prints_the_report_in_that_format(aws: Emulator) -> None:
    """Each --format prints a valid document of that format, and nothing else, on standard output."""
    printed = {form: run(*DATA, "--format", form)[1] for form in Format}
    document = AuditReport.from_json(printed[Format.JSON])
    assert document.counts[Outcome.FAIL] == 8
    rows = list(csv.DictReader(io.StringIO(printed[Format.CSV])))
    assert len(rows) == len(document.findings) == len(printed[Format.JSONL].splitlines())
    assert len(json.loads(printed[Format.ASFF])) == len(json.loads(printed[Format.OCSF])) == len(document.findings)
    assert ET.fromstring(printed[Format.JUNIT]).tag == "testsuites"
    assert printed[Format.HTML].startswith("<!")
    assert "data.user_volume" in printed[Format.TABLE]
    assert len(aws.calls) > 0


def test_several_formats_are_written_from_one_run(aws: Emulator) -> None:
    """Each file has its format, one may go to the standard output; if none does, a line says what was written."""
    files = ("a.json", "a.jsonl", "a.csv", "a.xml", "a.html", "a.txt", "a.ocsf", "findings")
    formats = ("json", "jsonl", "csv", "junit", "html", "table", "ocsf", "asff")
    pairs = [part for pair in zip(formats, files, strict=True) for part in ("--format", pair[0], "--output", pair[1])]
    code, text, errors = run(*DATA, *pairs)
    assert (code, errors, text.count("\n")) == (0, "", 1)
    assert text.startswith("audit of default/us-west-2: pass 0, fail 8,")
    assert "wrote a.json, a.jsonl" in text
    assert all(Path(name).exists() for name in files)
    assert len(AuditReport.read("a.json").findings) == len(json.loads(Path("a.ocsf").read_bytes()))
    assert Path("a.txt").read_text(encoding="utf-8").count("data.user_volume") == 1
    assert [path.name for path in Path("findings").iterdir()] == ["findings-0001.json"]
    first = len(aws.calls)
    code, text, errors = run(*DATA, "--format", "csv", "--output", "b.csv", "--format", "jsonl")
    assert (code, errors, len(text.splitlines())) == (0, "", 9)
    assert len(aws.calls) - first == 2, "one run for both"
    for name in ("c.json", "c.html"):
        assert run(*DATA, "--output", name)[0] == 0
    assert AuditReport.read("c.json").findings
    assert Path("c.html").read_bytes().startswith(b"<!")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 0),
        (("--fail-on", "medium"), 1),
        (("--fail-on-unknown",), 0),
        (("--check", "image.hardening", "--fail-on-unknown"), 3),
        (("--check", "image.hardening", "--fail-on-unknown", "--fail-on", "low"), 1),
        (("--check", "image.hardening", "--fail-on-unknown", "--exceptions", "exceptions.toml"), 0),
        (("--exceptions", "exceptions.toml", "--without", "data.root_volume", "--fail-on", "low"), 0),
    ],
)
def test_exit_code_follows_the_report(aws: Emulator, arguments: tuple[str, ...], code: int) -> None:
    """0, 1 and 3 as the report says, with exceptions and attestations applied; 1 comes before 3."""
    Path("exceptions.toml").write_text(EXCEPTIONS, encoding="utf-8")
    found, text, _ = run(*DATA, *arguments)
    assert found == code, text
    assert ("ACCEPTED" in text) == ("--exceptions" in arguments)
    assert aws.calls


NO_CALL = [
    (("--list", *REGION), "data.user_volume"),
    (("--policy", *REGION, "--check", "data.*"), '"workspaces:DescribeWorkspaces"'),
    (("--policy", *REGION, "--with", "tags"), '"workspaces:DescribeTags"'),
    (("--estimate", "10000", *REGION), "826 calls a site, about 7 minutes"),
    (("--estimate", "10000", *REGION, "--with", "tags"), "10,826 calls a site"),
]


@pytest.mark.parametrize(("arguments", "words"), NO_CALL)
def test_policy_estimate_and_list_send_nothing(aws: Emulator, arguments: tuple[str, ...], words: str) -> None:
    """Each prints its answer before anything is read."""
    code, text, errors = run(*arguments)
    assert (code, errors) == (0, "")
    assert words in text
    assert not aws.calls


def test_policy_option_prints_the_policy_of_the_audit(aws: Emulator) -> None:
    """The shell prints what the API returns."""
    assert json.loads(run("--policy", *REGION)[1]) == Audit(regions=["us-west-2"]).policy().to_dict()
    assert not aws.calls


USAGE = [
    (("--region", "us-wset-2"), "did you mean us-west-2"),
    ((), "--region"),
    ((*REGION, *REGION), "us-west-2 occurs twice"),
    ((*REGION, "--profile", "prd"), "did you mean prod"),
    ((*REGION, "--check", "acess.web"), "did you mean access.web"),
    ((*REGION, "--without", "dta.key"), "did you mean data.key"),
    ((*REGION, "--without", "*"), "leaves no check"),
    ((*REGION, "--benchmark", "aws-page", "--check", "data.*"), "no check is in aws-page and matches data.*"),
    ((*REGION, "--check", "data.*", "--without", "data.*"), "--without leaves no check of"),
    ((*REGION, "--benchmark", "cis"), "cis-euc-1.2"),
    ((*REGION, "--fail-on", "critical"), "'high'"),
    ((*REGION, "--format", "yaml"), "'table'"),
    ((*REGION, "--with", "tag"), "'tags'"),
    ((*REGION, "--settings", "none.toml"), "cannot read none.toml"),
    ((*REGION, "--settings", "wrong.toml"), "did you mean 'idle_days'"),
    ((*REGION, "--exceptions", "none.toml"), "cannot read none.toml"),
    ((*REGION, "--exceptions", "wrong.toml"), "wrong.toml has no option 'idle_day'"),
    ((*REGION, "--compare", "none.json"), "cannot read none.json"),
    ((*REGION, "--compare", "wrong.toml"), "is not a report of an audit"),
    ((*REGION, "--output", "report.pdf"), "add --format"),
    ((*REGION, "--output", "nowhere/report.json"), "the folder nowhere does not exist"),
    ((*REGION, "--format", "json", "--output", "full"), "this is a folder"),
    ((*REGION, "--format", "asff", "--output", "wrong.toml"), "this is a file"),
    ((*REGION, "--format", "asff", "--output", "full"), "this one has files"),
    ((*REGION, "--format", "csv", "--format", "json"), "only one --format"),
    ((*REGION, "--format", "csv", "--output", "a.csv", "--output", "b.csv"), "more --output than --format"),
    ((*REGION, "--policy", "--estimate", "5"), "exclude each other"),
    ((*REGION, "--policy", "--compare", "a.json"), "make no report"),
    ((*REGION, "--list", "--output", "a.json"), "make no report"),
    ((*REGION, "--ec2", "nonsense"), "--ec2 ID: 'nonsense' is not an interface endpoint id"),
    ((*REGION, "--vpc-endpoint", "x"), "--vpc-endpoint: 'x'"),
    ((*REGION, "--profile", "prod", "--profile", "nobody"), "(chosen by --profile)"),
    ((*REGION, "--estimate", "-1"), "greater than or equal to 0"),
    ((*REGION, "--expected-account", "12"), "12 digits"),
    ((*REGION, "--profile", "prod", "--profile", "lab", "--expected-account", "123456789012"), "the audit has 2"),
    ((*REGION, "--vpc-endpoint", "vpce-0123-abcd", "--fips"), "--fips and --vpc-endpoint"),
    ((*REGION, "--public-services", "--ec2", "vpce-1-a"), "excludes --ec2"),
    ((*REGION, "--ca-file", "none.pem"), "--ca-file: none.pem cannot be read"),
    ((*REGION, "--extra-ca-file", "wrong.toml"), "--extra-ca-file"),
    ((*REGION, "--endpoint-url", "http://example.com"), "--endpoint-url http://example.com is http"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE)
def test_usage_errors_send_nothing(aws: Emulator, arguments: tuple[str, ...], words: str) -> None:
    """A mistake in options and files ends with 2, in words of the command line, on the error output alone."""
    Path("wrong.toml").write_text("idle_day = 5", encoding="utf-8")
    Path("full").mkdir()
    Path("full", "file").touch()
    code, text, errors = run(*arguments)
    assert (code, text) == (2, "")
    assert words in " ".join(errors.replace("│", " ").split()), errors
    assert not any(f"{name}=" in errors for name in ("regions", "profiles", "allow_http", "tls"))
    assert not aws.calls


def test_settings_file_applies_to_checks(aws: Emulator) -> None:
    """A check judges by what the file says."""
    Path("settings.toml").write_text('approved_bundles = ["wsb-8vbljg4r6"]', encoding="utf-8")
    code, text, _ = run(*REGION, "--check", "bundle.approved", "--settings", "settings.toml", "--format", "json")
    assert code == 0
    assert AuditReport.from_json(text).counts[Outcome.PASS] == 4
    assert "approved_bundles is not in --settings" in run(*REGION, "--check", "bundle.approved")[1]
    assert aws.calls


def test_baseline_report_is_compared(aws: Emulator) -> None:
    """The changes follow the table; with data on the standard output, it is on the error output."""
    assert run(*DATA, "--output", "earlier.json")[0] == 0
    aws.add_workspaces(1)
    code, text, errors = run(*DATA, "--compare", "earlier.json")
    assert (code, errors) == (0, "")
    assert "failures: new 2" in text
    assert "unchanged 8" in text
    code, text, errors = run(*DATA, "--compare", "earlier.json", "--format", "json")
    assert "failures: new 2" in errors
    seen = {finding.at for finding in AuditReport.read("earlier.json").findings}
    assert sum(finding.first_seen in seen for finding in AuditReport.from_json(text).failed) == 8


def test_unreachable_site_exits_3_with_one_line_per_site(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line for the site, not one for each check: the wrong account, unknown keys, no credentials."""
    code, text, _ = run(*REGION, "--expected-account", "999999999999")
    assert code == 3
    assert "NOT AUDITED default/us-west-2" in text
    assert "but --expected-account is 999999999999" in " ".join(text.split())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    code, text, _ = run(*REGION)
    assert (code, "InvalidClientTokenId" in text) == (3, True)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, text, _ = run(*REGION)
    assert (code, "no AWS credentials found" in text) == (3, True)
    assert text.endswith("no site was audited\n")
    assert len(text.splitlines()) < 12
    assert aws.calls


def test_missing_permissions_are_named_with_their_checks(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The actions to grant are the last part, and the audit goes on with what it may read."""
    allowed = {"Effect": "Allow", "Action": "workspaces:DescribeWorkspaces", "Resource": "*"}
    keys = aws.add_user("poor", policy={"Version": "2012-10-17", "Statement": [allowed]})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_access_key)
    code, text, _ = run(*REGION)
    assert code == 0
    granted = text.partition("not permitted: grant these actions")[2]
    assert "workspaces:DescribeWorkspaceDirectories: access.ip_groups" in granted
    assert "data.user_volume" in text.partition("COULD NOT BE DECIDED")[0]
    assert "data.user_volume" not in granted


def test_reach_options_decide_where_other_services_are_called(aws: Emulator) -> None:
    """A private client calls EC2 through the endpoint of --ec2, or publicly on request; otherwise it says how."""
    private = (*REGION, "--vpc-endpoint", "vpce-0123-abcd", "--check", "endpoint.exists")
    code, text, _ = run(*private)
    assert (code, "Pass --ec2 ID, or --public-services" in " ".join(text.split())) == (3, True)
    assert not any(call.service == "ec2" for call in aws.calls)
    interface = aws.add_vpc_endpoint("ec2", vpc_id="vpc-0123456789abcdef0")
    assert run(*private, "--ec2", interface.dns_label)[0] == 0
    assert {call.vpc_endpoint for call in aws.calls if call.service == "ec2"} == {interface.id}
    assert run(*private, "--public-services")[0] == 0


def test_scoped_option_uses_narrowed_credentials(aws: Emulator) -> None:
    """With a role's profile every call is of a narrowed session; long-term keys are refused in words of the shell."""
    code, text, errors = run(*DATA, "--scoped")
    assert (code, text) == (2, "")
    assert "--scoped needs temporary credentials" in errors
    assert not [call for call in aws.calls if call.service == "workspaces"]
    aws.add_role("desktops", policy={"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    code, text, errors = run(*DATA, "--profile", "here", "--scoped")
    assert (code, errors) == (0, ""), text
    *_, session = [call for call in aws.calls if call.operation == "AssumeRole"]
    assert "workspaces:DescribeWorkspaces" in str(session.parameters["Policy"])


def test_interrupt_exits_at_once_and_writes_no_file(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of an interrupted program, the standard output stays empty, no file is left."""

    async def interrupted(*_: object, **__: object) -> AuditReport:
        raise KeyboardInterrupt

    monkeypatch.setattr(Audit, "run", interrupted)
    code, text, errors = run(*REGION, "--format", "json", "--output", "a.json")
    assert (code, text) == (130, "")
    assert "interrupted" in errors
    assert not Path("a.json").exists()
    assert not aws.calls


def test_unwritable_output_file_exits_2_with_its_name(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk after the run ends with 2, and names the file."""

    async def full(*_: object) -> Path:
        raise OSError(28, "No space left on device", "a.json")

    monkeypatch.setattr(AuditReport, "write_json", full)
    code, _, errors = run(*DATA, "--output", "a.json")
    assert (code, errors) == (2, "cannot write a.json: No space left on device\n")
    assert aws.calls


class Terminal(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_progress_line_appears_only_on_a_terminal(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO
) -> None:
    """The line is removed at the end; without a terminal nothing is written."""
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(progress_module, "SECONDS", 0)

    async def audited() -> None:
        with ProgressLine() as line:
            async with Audit(regions=["us-west-2"]) as audit:
                await audit.run(only=["data.*"], on_progress=line)

    asyncio.run(audited())
    text = stream.getvalue()
    if stream.isatty():
        assert "8 failed" in text
        assert text.endswith("\r\x1b[2K")
    else:
        assert text == ""
    assert aws.calls


@given(reports())
@settings(max_examples=25)
def test_terminal_output_escapes_hostile_names_and_fits_the_width(found: AuditReport) -> None:
    """No control character reaches the terminal, and no line is wider than it."""
    for width in (80, 40):
        stream = io.StringIO()
        show(Console(file=stream, width=width, force_terminal=False), found, "high")
        lines = stream.getvalue().split("\n")
        assert all(line.isprintable() for line in lines)
        assert all(cell_len(line) <= width for line in lines)


def test_many_resources_of_one_failure_are_summarised() -> None:
    """A hundred thousand resources with one fault are a message with some of them, and the number of the others."""
    of_volumes = [finding("data.user_volume", resource=Resource(type="t", id=f"ws-{n}")) for n in range(1_000)]
    each_its_own = [
        finding("use.unused", message=f"{n} days", resource=Resource(type="t", id=f"d-{n}")) for n in range(9)
    ]
    text = _table(report(*of_volumes, *each_its_own), "high")
    assert "ws-0, ws-1, ws-2, ws-3, ws-4 and 995 more" in text
    assert "and 6 findings with other values" in text
    assert len(text.splitlines()) < 30


def test_output_names_the_site_of_each_resource() -> None:
    """Resources have their site, and a site that was not read does not hide the others."""
    both = report(finding(), finding(site=OTHER), sites=(SITE, OTHER), calls=(call(), call(2, OTHER)))
    assert "main/eu-west-1 d-1, other/us-west-2 d-1" in _table(both, "low")
    lost = unknown("data.key", Reason.NOT_REACHED, site=OTHER, message="no route", resource=None)
    sites = (site_result(), site_result(OTHER, is_whole=False))
    text = _table(msgspec.structs.replace(report(finding(), lost), sites=sites), "low")
    assert "NOT AUDITED other/us-west-2: no route" in text
    assert "1 finding failed at severity low or above" in text


def test_warnings_and_accepted_failures_are_listed() -> None:
    """An exception without a finding is a warning; one in force shows who accepted it and until when."""
    marked = report(finding()).with_exceptions([exception(), exception("data.key")])
    text = " ".join(_table(marked, "low").split())
    assert "ACCEPTED low access.web kiosks need it (security@example.com, until 2027-01-31)" in text.replace(
        "medium", "low"
    )
    assert "warning: exception for data.key" in text
    assert "nothing failed at severity low or above" in text


PYTHON = re.compile(r"(?<![\w-])[a-z]+(?:_[a-z]+)*=|\b[a-z]\w*(?:\.\w+)*\(\)|=True\b|endpoint_url")
"""An argument or a call of Python."""


def test_remedies_name_options_instead_of_python_arguments() -> None:
    """Remedies and messages of checks name options and commands once they are in words of the shell."""
    texts = [check.remedy for check in CHECKS]
    for path in Path(registry.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        parts = [part for call in calls for part in ast.walk(call) if isinstance(part, ast.Constant)]
        texts += [part.value for part in parts if isinstance(part.value, str) and " " in part.value]
    assert any(PYTHON.search(text) for text in texts)
    assert [text for text in texts if PYTHON.search(in_shell_terms(text, PHRASES))] == []


def test_option_choices_match_the_api() -> None:
    """Severities, optional reads and benchmarks are complete, and the shell completes the ids of checks."""
    assert [each.value for each in Threshold] == [each.value for each in Severity]
    assert [each.value for each in OptionalRead] == list(OPTIONS)
    assert [each.value for each in Benchmark] == list(BENCHMARKS)
    assert check_ids("data.") == ["data.user_volume", "data.root_volume", "data.key"]
    assert len(check_ids("")) == len(CHECKS)
