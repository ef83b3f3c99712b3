"""The doctor, over real TLS against the emulator: the good way, and each way in which it ends."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import re
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from rich.console import Console
from typer.testing import CliRunner

import wsclient
from tests.support.tls_server import proxying
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.cli.app import app
from wsclient.cli.doctor import report
from wsclient.cli.doctor.context import Diagnosis
from wsclient.cli.doctor.diagnosis import diagnose
from wsclient.cli.doctor.network import check_name
from wsclient.cli.doctor.remedies import PAGES, in_shell_terms
from wsclient.cli.doctor.report import Status, Step
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ["settings", "endpoint", "name", "connection", "TLS", "clock", "credentials", "identity", "call"]
CANARY = "canaryS3cr3tDoNotShow"


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Return an emulator of its own for each test."""
    with Emulator() as emulator:
        yield emulator


def _steps(aws: Emulator, policy: wsclient.TLSPolicy | None = None, **options: Any) -> list[Step]:
    return asyncio.run(_looked_at(aws, policy, **options))


def _by_name(steps: list[Step]) -> dict[str, Step]:
    return {step.name: step for step in steps}


async def _looked_at(
    aws: Emulator, policy: wsclient.TLSPolicy | None = None, account: str | None = None, **options: Any
) -> list[Step]:
    policy = policy or wsclient.TLSPolicy(ca_file=aws.ca_file)
    table: dict[str, Any] = {
        "config": wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        "endpoint_url": aws.endpoint_url,
        "credentials": aws.credentials,
        "sts": wsclient.StsRouting(endpoint_url=aws.endpoint_url),
        "tls": policy,
        "retry": wsclient.RetryPolicy(mode="off"),
        **options,
    }
    async with wsclient.WorkSpacesClient(**table) as client:
        return await diagnose(Diagnosis(client=client, clock=SYSTEM_CLOCK, seconds=3, expected_account=account))


SKIPPED_AFTER = {
    "name": {"connection", "TLS", "call"},
    "connection": {"TLS", "call"},
    "TLS": {"call"},
    "credentials": {"identity", "call"},
    "identity": {"call"},
    "call": set[str](),
}
"""Steps that depend on a step, and are skipped after it has failed."""


def _ends_at(steps: list[Step], name: str) -> Step:
    """Return the step that failed alone, and after which what depends on it, and nothing else, was skipped."""
    assert [step.name for step in steps] == NAMES
    by_name, broken = _by_name(steps), {name, *SKIPPED_AFTER[name]}
    assert by_name[name].status is Status.FAILED
    assert by_name[name].advice
    assert {step.name for step in steps if step.status is Status.SKIPPED} == SKIPPED_AFTER[name]
    assert all(step.status in {Status.OK, Status.WARNING} for step in steps if step.name not in broken)
    assert report.exit_code(steps) == 1
    return by_name[name]


def test_every_step_is_ok_on_a_working_connection(aws: Emulator) -> None:
    """Every step is ok and reports its facts, without secrets."""
    aws.add_workspaces(1)
    steps = _steps(aws)
    assert [(step.name, step.status) for step in steps] == [(name, Status.OK) for name in NAMES]
    facts = {step["name"]: step["facts"] for step in json.loads(report.as_json(steps))}
    assert facts["settings"]["settings"]["region"] == {"value": aws.region, "source": "--region"}
    assert facts["endpoint"]["url"] == aws.endpoint_url
    assert facts["name"]["addresses"] == ["127.0.0.1"]
    assert facts["TLS"]["version"] == "TLSv1.3"
    assert abs(facts["clock"]["skew_seconds"]) < 60
    assert facts["identity"]["account_id"] == aws.account_id
    assert facts["call"] == {"count": 1}
    text = report.as_json(steps)
    for words in (
        "TLSv1.3",
        "127.0.0.1",
        f"user/emulator in account {aws.account_id}",
        " s ahead of the endpoint",
        "(limit 1) has 1 WorkSpaces",
    ):
        assert words in text
    assert aws.credentials.secret_access_key not in text
    assert aws.credentials.access_key_id not in text
    assert report.exit_code(steps) == 0


def test_failed_dns_lookup_names_the_host(aws: Emulator) -> None:
    """A failed DNS lookup is reported with the host name."""
    step = _ends_at(_steps(aws, endpoint_url="https://nowhere.invalid"), "name")
    assert "nowhere.invalid does not resolve" in step.detail


def test_refused_connection_names_the_address(aws: Emulator) -> None:
    """A refused connection is reported with the address, and advice that mentions the firewall."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    step = _ends_at(_steps(aws, endpoint_url=f"https://127.0.0.1:{port}"), "connection")
    assert f"127.0.0.1:{port} (" in step.detail
    assert "firewall" in step.advice


def test_untrusted_certificate_has_a_remedy(aws: Emulator) -> None:
    """The certificate is refused, and the advice says how to trust a proxy's."""
    other = wsclient.TLSPolicy(ca_data=trustme.CA().cert_pem.bytes().decode())
    # STS is this emulator too, so that its certificate is not trusted either, and gives no time.
    steps = _by_name(_steps(aws, other))
    assert steps["TLS"].status is Status.FAILED
    assert "AWS_CA_BUNDLE" in steps["TLS"].advice
    assert [steps[name].status for name in ("clock", "credentials", "identity", "call")] == [
        Status.SKIPPED,
        Status.OK,
        Status.WARNING,
        Status.SKIPPED,
    ]


def test_fips_ciphers_warn_without_a_fips_provider(aws: Emulator) -> None:
    """Under fips_ciphers the TLS step warns when the interpreter runs no FIPS provider, and the way goes on."""
    policy = wsclient.TLSPolicy(ca_file=aws.ca_file, fips_ciphers=True)
    steps = {step.name: step for step in _steps(aws, policy)}
    expected = Status.WARNING if policy.warnings() else Status.OK
    assert steps["TLS"].status is expected
    assert all(warning in (steps["TLS"].advice or "") for warning in policy.warnings())
    assert steps["call"].status is Status.OK


def _through_proxy(aws: Emulator, answer: bytes | None, **options: Any) -> tuple[dict[str, Step], list[bytes]]:
    async def main() -> tuple[list[Step], list[bytes]]:
        to_port = int(aws.endpoint_url.rpartition(":")[2])
        tunnel = proxying(to_port=to_port) if answer is None else proxying(answer)
        async with tunnel as proxy:
            return await _looked_at(aws, endpoint_url=None, proxy=proxy.url, **options), proxy.requests

    steps, requests = asyncio.run(main())
    return _by_name(steps), requests


def test_steps_through_a_proxy(aws: Emulator) -> None:
    """With a proxy the name and the connection are the proxy's, and TLS and the call go through its tunnel."""
    steps, tunnels = _through_proxy(aws, None)
    assert steps["name"].detail.startswith("the proxy localhost resolves to ")
    assert {step.status for step in steps.values()} == {Status.OK}
    assert "through the proxy localhost:" in steps["TLS"].detail
    assert any(tunnel.startswith(b"CONNECT workspaces.us-west-2.amazonaws.com:443 ") for tunnel in tunnels)


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (b"HTTP/1.1 407 no\r\n\r\n", "correct the user name and password in the URL of --proxy or HTTPS_PROXY"),
        (b"HTTP/1.1 405 no\r\n\r\n", "check the address and port in --proxy or HTTPS_PROXY"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "check the address and port in --proxy or HTTPS_PROXY"),
        (b"HTTP/1.1 503 no\r\n\r\n", "allow workspaces.us-west-2.amazonaws.com:443 in the proxy localhost:"),
    ],
)
def test_remedy_of_a_proxy_depends_on_its_response(aws: Emulator, answer: bytes, remedy: str) -> None:
    """A proxy that wants a login, is none, or does not reach the host, each needs something else."""
    steps, _ = _through_proxy(aws, answer)
    assert remedy in steps["TLS"].advice


def test_proxy_that_rejects_the_tunnel_is_the_failing_step(aws: Emulator) -> None:
    """The refusal is the proxy's, and so is the remedy; identity and clock are checked all the same."""
    steps, _ = _through_proxy(aws, b"HTTP/1.1 403 Forbidden\r\n\r\n")
    assert "rejected the connection to workspaces.us-west-2.amazonaws.com:443 with HTTP 403" in steps["TLS"].detail
    assert "allow workspaces.us-west-2.amazonaws.com:443 in the proxy localhost:" in steps["TLS"].advice
    assert [steps[name].status for name in ("TLS", "clock", "identity", "call")] == [
        Status.FAILED,
        Status.OK,
        Status.OK,
        Status.SKIPPED,
    ]
    assert steps["clock"].detail.endswith(" STS")


def test_tls_inspecting_proxy_is_diagnosed_as_a_missing_ca(aws: Emulator) -> None:
    """A certificate that is not trusted, through a proxy, is a matter of its CA, for STS as well, not of routing."""
    policy = wsclient.TLSPolicy(ca_data=trustme.CA().cert_pem.bytes().decode())
    steps, _ = _through_proxy(aws, None, policy=policy, sts=None)
    for name in ("TLS", "identity"):
        assert "--extra-ca-file" in steps[name].advice
        assert "STS needs" not in steps[name].advice
    assert steps["clock"].status is Status.SKIPPED


def test_clock_skew_is_reported_before_the_signature_is_rejected(aws: Emulator) -> None:
    """The clock skew is reported before the service rejects the signature because of it."""
    aws.clock.skew(minutes=-30)
    steps = _steps(aws)
    assert steps[NAMES.index("clock")].status is Status.WARNING
    assert re.search(r"clock is (1799|180[0-9]) s ahead", steps[5].detail)
    assert "NTP" in steps[5].advice
    assert "clock" in _ends_at(steps, "identity").advice


def test_missing_credentials_list_the_providers_tried(aws: Emulator) -> None:
    """Missing credentials are reported with the providers that were tried."""
    nobody = wsclient.credentials.ChainProvider([wsclient.credentials.EnvironmentProvider({})])
    assert "AWS_ACCESS_KEY_ID" in _ends_at(_steps(aws, credentials=nobody), "credentials").detail


def test_rejected_signature_is_reported_without_the_secret(aws: Emulator) -> None:
    """The service refuses the signature, and the secret is not shown."""
    wrong = wsclient.Credentials(aws.credentials.access_key_id, CANARY)
    steps = _steps(aws, credentials=wrong)
    assert "secret key is wrong" in _ends_at(steps, "identity").advice
    assert CANARY not in report.as_json(steps)


def test_expired_session_advises_to_log_in_again(aws: Emulator) -> None:
    """The refusal's advice is to log in again."""

    async def session() -> wsclient.Credentials:
        provider = wsclient.credentials.SessionTokenProvider(source=aws.credentials, duration_seconds=900)
        sts = wsclient.StsClient(
            region=aws.region,
            endpoint_url=aws.endpoint_url,
            credentials=provider,
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        )
        async with sts:
            return await sts._pipeline.credentials.get_credentials()

    credentials = asyncio.run(session())
    aws.clock.advance(hours=1)
    assert "log in again" in _ends_at(_steps(aws, credentials=credentials), "identity").advice


def test_unreachable_sts_does_not_stop_the_service_call(aws: Emulator) -> None:
    """A private subnet may reach WorkSpaces and not STS: the call is made all the same."""
    steps = _steps(aws, sts=wsclient.StsRouting(endpoint_url="https://nowhere.invalid"))
    assert [step.status for step in steps[6:]] == [Status.OK, Status.WARNING, Status.OK]
    assert "--sts-vpc-endpoint ID, --sts-endpoint URL or AWS_ENDPOINT_URL_STS" in steps[7].advice


def test_unresolved_service_name_still_checks_clock_and_identity(aws: Emulator) -> None:
    """Clock, credentials and identity are checked by STS where the service's own name does not resolve."""
    steps = _by_name(_steps(aws, endpoint_url="https://nowhere.invalid"))
    assert [steps[name].status for name in ("clock", "credentials", "identity")] == [Status.OK] * 3
    assert steps["clock"].detail.endswith(" STS")


def test_vpc_endpoint_id_without_suffix_has_a_remedy(aws: Emulator) -> None:
    """The remedy of EC2's VpcEndpointId is to take the label of a DNS name, and where that is."""
    step = _ends_at(_steps(aws, endpoint_url=None, vpc_endpoint="vpce-0123456789abcdef0"), "name")
    assert "aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-0123456789abcdef0" in step.advice


def test_unexpected_account_stops_before_the_call(aws: Emulator) -> None:
    """The expected account is compared with the caller's, and the call is not made; an unverified one fails too."""
    assert _by_name(_steps(aws, account=aws.account_id))["call"].status is Status.OK
    step = _ends_at(_steps(aws, account="210987654321"), "identity")
    assert step.detail.endswith("not in the expected account 210987654321")
    assert "AWS_PROFILE" in step.advice
    nowhere = wsclient.StsRouting(endpoint_url="https://nowhere.invalid")
    assert "cannot be verified" in _ends_at(_steps(aws, account=aws.account_id, sts=nowhere), "identity").detail


def test_endpoint_variable_warns_only_if_it_takes_effect(aws: Emulator) -> None:
    """AWS_ENDPOINT_URL overrides the endpoint unless --vpc-endpoint does so itself."""
    environ = {"HOME": "/nonexistent", "AWS_ENDPOINT_URL": aws.endpoint_url}
    config = wsclient.ClientConfig.load("workspaces", environ=environ, region=aws.region)
    overridden = _steps(aws, config=config, endpoint_url=None)[0]
    assert (overridden.status, "AWS_ENDPOINT_URL overrides" in overridden.advice) == (Status.WARNING, True)
    assert _steps(aws, config=config, endpoint_url=None, vpc_endpoint="vpce-0123-abcd")[0].status is Status.OK


def test_documentation_pages_named_by_remedies_exist() -> None:
    """Each remedy's page is there, under the title that the remedy gives."""
    pages = Path(__file__).parents[2] / "docs" / "pages"
    for page in PAGES.values():
        found = re.fullmatch(r'the page "(?P<title>[^"]+)" \((?P<path>[a-z/-]+)\)', page)
        assert found is not None
        assert (pages / f"{found['path']}.md").read_text(encoding="utf-8").startswith(f"# {found['title']}")


@pytest.mark.parametrize(
    ("python", "shell"),
    [
        ("use_fips=True (argument) and vpc_endpoint='vpce-0' (argument)", "--fips and --vpc-endpoint vpce-0"),
        ("Pass credentials= or profile=, or set AWS_ACCESS_KEY_ID", "Pass --profile, or set AWS_ACCESS_KEY_ID"),
        ("set AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)", "set AWS_CA_BUNDLE or --extra-ca-file"),
        ("TLSPolicy.ca_file: no.pem cannot be used", "--ca-file: no.pem cannot be used"),
        ("proxy= conflicts with the PrivateLink endpoint", "--proxy conflicts with the PrivateLink endpoint"),
        ("within Timeout.connect", "within --timeout"),
        ("my_region=x and AWS_REGION=us-west-2", "my_region=x and AWS_REGION=us-west-2"),
    ],
)
def test_messages_name_command_options(python: str, shell: str) -> None:
    """Messages of the library name options of the command in place of Python's arguments."""
    assert in_shell_terms(python) == shell


def test_private_dns_that_resolves_publicly_fails_before_connecting(aws: Emulator) -> None:
    """Private DNS that leads outside, or to loopback, fails before a connection."""
    client = wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region),
        credentials=aws.credentials,
        private_dns=True,
    )
    step = asyncio.run(check_name(Diagnosis(client=client, clock=SYSTEM_CLOCK), "name"))
    assert step.status is Status.FAILED


def test_doctor_prints_text_or_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be end with 1 and say why; --json is a list of steps."""
    monkeypatch.setenv("COLUMNS", "80")
    runner = CliRunner(env={"AWS_PROFILE": "", "AWS_DEFAULT_PROFILE": ""})
    both = ["doctor", "--region", "us-west-2", "--fips", "--vpc-endpoint", "vpce-0123"]
    shown = runner.invoke(app, both)
    assert shown.exit_code == 1
    assert "failed   endpoint" in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    as_json = runner.invoke(app, [*both, "--json"])
    assert [step["status"] for step in json.loads(as_json.stdout)] == ["failed"]
    unknown = runner.invoke(app, ["doctor", "--profile", "no-such-profile"])
    assert (unknown.exit_code, "failed   settings" in unknown.stdout) == (1, True)


def test_control_characters_of_steps_are_not_printed() -> None:
    """Values of the environment and names of peers have no control or format characters when they are printed."""
    hostile = "a\x1b[2J\u202eb\nok  all is well"
    text = StringIO()
    report.show(
        Console(file=text, width=200),
        [Step(name="TLS", status=Status.FAILED, detail=hostile, advice=hostile, rows=[(hostile, hostile)])],
    )
    assert all(line.isprintable() for line in text.getvalue().splitlines())
    assert not [line for line in text.getvalue().splitlines() if line.startswith("ok")]


def test_settings_are_printed_in_columns_of_80() -> None:
    """Name, value and source of a setting each have a column, and the name of a variable is not broken."""
    environ = {"AWS_ENDPOINT_URL_WORKSPACES": "https://nowhere.invalid/" + "a" * 60, "AWS_REGION": "us-west-2"}
    runner = CliRunner(env={"COLUMNS": "80", "AWS_PROFILE": "", "AWS_DEFAULT_REGION": "", **environ})
    shown = runner.invoke(app, ["doctor", "--timeout", "0.1", "--proxy", "http://localhost:1"]).stdout.splitlines()
    assert all(len(line.rstrip()) <= 80 for line in shown)
    rows = [line.split() for line in shown if line.strip()]
    assert ["region", "us-west-2", "AWS_REGION"] in rows
    assert any(row[0] == "endpoint_url" and row[-1] == "AWS_ENDPOINT_URL_WORKSPACES" for row in rows)
    assert any(row[0] == "https_proxy" and row[-1] == "--proxy" for row in rows)


def test_invalid_expected_account_is_rejected_first() -> None:
    """--expected-account is checked before anything else, and named in the error."""
    run = CliRunner(env={"COLUMNS": "80"}).invoke(app, ["doctor", "--expected-account", "12"])
    assert (run.exit_code, "--expected-account" in run.output) == (2, True)


def test_endpoints_command_prints_the_routing_table() -> None:
    """One region or all, for people or machines; a misspelt region ends with 2 and the nearest names."""
    runner = CliRunner(env={"COLUMNS": "80"})
    stdout = runner.invoke(app, ["endpoints", "eu-west-1"]).stdout
    assert "workspaces.eu-west-1.amazonaws.com" in stdout
    assert "workspaces FIPS               -" in stdout
    everything = json.loads(runner.invoke(app, ["endpoints", "--json"]).stdout)
    assert everything["us-gov-west-1"]["sts"]["FIPS"] == "sts.us-gov-west-1.amazonaws.com"
    assert everything["us-west-2"]["workspaces"]["FIPS, PrivateLink"] == "-"
    assert everything["us-west-2"]["sts"]["FIPS, PrivateLink"] == "VPCE.sts-fips.us-west-2.vpce.amazonaws.com"
    wrong = runner.invoke(app, ["endpoints", "us-wset-2"])
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("us-wset-2 is not a region that AWS lists (did you mean us-west-2")
    assert "argument" not in wrong.stderr
    assert "=" not in wrong.stderr


def test_missing_cli_extra_exits_2_with_the_install_command() -> None:
    """Python -m wsclient without its libraries ends with 2."""
    hidden = "import sys, runpy; sys.modules['typer'] = None; runpy.run_module('wsclient', run_name='__main__')"
    run = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (
        2,
        "the package typer is missing; install it with: pip install 'wsclient[cli]'\n",
    )


_CRASH = f"""
import runpy, sys
from wsclient.cli import app as commands, endpoints

def crash(region):
    secret_access_key = "{CANARY[:10]}" + "{CANARY[10:]}"
    raise RuntimeError("crashed on purpose")

endpoints.hosts = crash
sys.argv = ["wsclient", "endpoints", "eu-west-1", "--json"]
runpy.run_module("wsclient", run_name="__main__")
"""


@pytest.mark.parametrize("standard", ["", "1"])
def test_a_crash_shows_no_local_variables(standard: str) -> None:
    """The traceback of an unexpected exception names the error and no value of a local variable."""
    environ = {**os.environ, "TYPER_STANDARD_TRACEBACK": standard, "COLUMNS": "200"}
    run = subprocess.run([sys.executable, "-c", _CRASH], capture_output=True, text=True, check=False, env=environ)
    assert "RuntimeError: crashed on purpose" in run.stderr
    assert CANARY not in run.stdout + run.stderr


def test_every_command_line_app_hides_local_variables() -> None:
    """Each typer.Typer of the package is created with pretty_exceptions_show_locals=False."""
    package = Path(wsclient.__file__).parent
    calls = [
        node
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"typer.Typer", "Typer", "typer.run"}
    ]
    assert calls
    for call in calls:
        arguments = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert arguments.get("pretty_exceptions_show_locals") == "False", ast.unparse(call)
