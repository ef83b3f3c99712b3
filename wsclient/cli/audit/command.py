"""Command `wsclient audit`: audits accounts and regions, and writes the report."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer

from wsclient._core.errors import WsclientError
from wsclient._core.printable import printable
from wsclient.cli.audit import options as of_audit
from wsclient.cli.audit.outputs import outputs_of, write
from wsclient.cli.common_options import (
    CaFile,
    Dualstack,
    EndpointUrl,
    ExpectedAccount,
    ExtraCaFile,
    Fips,
    PrivateDns,
    Profiles,
    Proxy,
    Regions,
    StsEndpoint,
    StsVpcEndpoint,
    VpcEndpoint,
    end_interrupted,
    keep_warnings_from_the_terminal,
    require_account_id,
    usage_error,
)
from wsclient.cli.connections import connection_options
from wsclient.cli.failures import end_with_error
from wsclient.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient.audit import Audit, AuditReport, Check
    from wsclient.audit._model import SeverityText
    from wsclient.cli.audit.outputs import Output

ResultT = TypeVar("ResultT")
_PHRASES: Final = (
    ("the fleet", "the audit"),
    ("a fleet's", "an audit's"),
    ("wsclient.audit.CHECKS has all", "--list prints all"),
)


def audit(
    *,
    region: Regions = None,
    profile: Profiles = None,
    benchmark: of_audit.Benchmarks = None,
    check: of_audit.Patterns = None,
    without: of_audit.Without = None,
    with_: of_audit.OptionalReads = None,
    settings: of_audit.SettingsFile = None,
    exceptions: of_audit.ExceptionsFile = None,
    compare: of_audit.EarlierFile = None,
    form: of_audit.Formats = None,
    output: of_audit.Outputs = None,
    fail_on: of_audit.FailOn = of_audit.Threshold.HIGH,
    fail_on_unknown: of_audit.FailOnUnknown = False,
    scoped: of_audit.Scoped = False,
    list_checks: of_audit.ListChecks = False,
    policy: of_audit.PrintPolicy = False,
    estimate: of_audit.EstimateFor = None,
    ec2: of_audit.Ec2 = None,
    ds: of_audit.Ds = None,
    iam: of_audit.Iam = None,
    public_services: of_audit.PublicServices = False,
    vpc_endpoint: VpcEndpoint = None,
    private_dns: PrivateDns = False,
    fips: Fips = False,
    dualstack: Dualstack = False,
    endpoint_url: EndpointUrl = None,
    sts_endpoint: StsEndpoint = None,
    sts_vpc_endpoint: StsVpcEndpoint = None,
    proxy: Proxy = None,
    ca_file: CaFile = None,
    extra_ca_file: ExtraCaFile = None,
    expected_account: ExpectedAccount = None,
) -> None:
    """Audit accounts against AWS's page on infrastructure security.

    It reads, and changes nothing.

    Exit code 0: nothing failed at or above --fail-on; 1: something did; 2: usage;
    3: a site was not read, or anything is unknown with --fail-on-unknown.
    """
    from wsclient.cli.audit import preparation  # noqa: PLC0415 - other commands do not wait for the audit's import

    keep_warnings_from_the_terminal()
    require_account_id(expected_account)
    outputs = outputs_of(form or (), output or ())
    selection = {"benchmarks": benchmark or (), "only": check or (), "options": with_ or ()}
    _reject_conflicts(prints=[list_checks, policy, estimate is not None], reports=[form, output, compare, exceptions])
    checks = _checked(lambda: preparation.checks_without(without or ()))
    chosen = _checked(lambda: preparation.selected_checks(checks, selection))
    if list_checks:
        _print_checks(chosen)
        return
    made = _checked(
        lambda: preparation.new_audit(
            checks,
            settings,
            preparation.reach_of(ec2, ds, iam, is_public=public_services),
            **connection_options(
                region=region,
                profile=profile,
                vpc_endpoint=vpc_endpoint,
                private_dns=private_dns,
                fips=fips,
                dualstack=dualstack,
                endpoint_url=endpoint_url,
                sts_endpoint=sts_endpoint,
                sts_vpc_endpoint=sts_vpc_endpoint,
                proxy=proxy,
                ca_file=ca_file,
                extra_ca_file=extra_ca_file,
                expected_account=expected_account,
            ),
        )
    )
    if policy:
        typer.echo(made.policy(**selection).to_json())
    elif estimate is not None:
        _print_estimate(made, estimate, selection)
    else:
        accepted = _checked(lambda: preparation.accepted(exceptions))
        earlier = _checked(lambda: preparation.earlier_report(compare))
        report = _run(made, {**selection, "scoped": scoped, "earlier": earlier})
        report = report.with_exceptions(accepted) if accepted else report
        _write(report, outputs, fail_on.value, fail_on_unknown=fail_on_unknown)
        _print_summary(report, earlier, outputs)
        raise typer.Exit(report.exit_code(fail_on.value, fail_on_unknown=fail_on_unknown))


def _reject_conflicts(*, prints: Sequence[bool], reports: Sequence[object]) -> None:
    """End the command for two options that print something else than a report, or one of them with a report's."""
    if sum(prints) > 1:
        usage_error("--list, --policy and --estimate exclude each other")
    if any(prints) and any(reports):
        usage_error(
            "--list, --policy and --estimate make no report: leave out --format, --output, --compare, --exceptions"
        )


def _run(audit: Audit, options: Mapping[str, Any]) -> AuditReport:
    async def main(on_progress: ProgressLine) -> AuditReport:
        async with audit:
            return await audit.run(**options, on_progress=on_progress)

    with ProgressLine() as line:
        try:
            return asyncio.run(main(line))
        except KeyboardInterrupt:
            line.close()
            end_interrupted("interrupted: nothing was changed, and no report was written")
        except WsclientError as error:
            line.close()
            end_with_error(error, _PHRASES)


def _write(report: AuditReport, outputs: Sequence[Output], fail_on: SeverityText, *, fail_on_unknown: bool) -> None:
    try:
        asyncio.run(write(report, outputs, fail_on=fail_on, fail_on_unknown=fail_on_unknown))
    except OSError as error:
        if error.filename is None:  # the standard output, as of every command
            raise
        usage_error(f"cannot write {error.filename}: {error.strerror}")


def _print_summary(report: AuditReport, earlier: AuditReport | None, outputs: Sequence[Output]) -> None:
    """Print the differences to an earlier report, and where the report was written if no output shows it."""
    if earlier is not None:
        # Not among the data on the standard output.
        typer.echo(str(report.compare(earlier)), err=any(each.path is None and each.is_data for each in outputs))
    if all(each.path for each in outputs):
        typer.echo(f"{printable(str(report))}; wrote {', '.join(str(each.path) for each in outputs)}")


def _checked(make: Callable[[], ResultT]) -> ResultT:
    """Return what options and files say; end the command for what is wrong with them."""
    try:
        return make()
    except WsclientError as error:
        end_with_error(error, _PHRASES)
    except OSError as error:
        usage_error(f"cannot read {error.filename}: {error.strerror}")


def _print_checks(checks: Sequence[Check]) -> None:
    for check in checks:
        typer.echo(f"{check.id:27} {check.severity.value:7} {check.title}")


def _print_estimate(audit: Audit, workspaces: int, selection: Mapping[str, Any]) -> None:
    cost = audit.estimate(workspaces=workspaces, **selection)
    typer.echo(str(cost))
    for action, count in cost.calls_by_action.items():
        typer.echo(f"{count:>9,}  {action}")
