"""Commands `wsclient endpoint ensure|show|delete`: the interface endpoint of the WorkSpaces API in a VPC."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from wsclient._core.errors import WsclientError
from wsclient.cli.common_options import (
    ExpectedAccount,
    Profile,
    Region,
    end_interrupted,
    require_account_id,
    usage_error,
)
from wsclient.cli.shell_terms import in_shell_terms
from wsclient.endpoints._routing import Reach
from wsclient.policy._builders import allow_account
from wsclient.policy._policy import Policy
from wsclient.policy._policy import only_through as only_through_policy
from wsclient.vpc._interface_endpoint import InterfaceEndpoint
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from wsclient.vpc._described_endpoint import DescribedEndpoint
    from wsclient.vpc._plan import EndpointPlan
    from wsclient.vpc._spec import Repair

    Run = Callable[[WorkSpacesClient], Coroutine[object, object, None]]

FAILED = 1
"""Exit code for a mistake, a refusal of AWS, and a proof that failed."""
REPAIRS = ("policy", "subnets", "groups", "private_dns", "tags")

Ec2 = Annotated[
    str | None,
    typer.Option(
        "--ec2",
        metavar="ID|public",
        help="How EC2 is called: id of its interface endpoint, or public. Default: public.",
    ),
]
_PHRASES = (
    ('policy=allow_account(...) and repair=["policy"] close it', "--account-only and --repair policy close it"),
    (
        'Pass a policy= that allows it with repair=["policy", "private_dns"]',
        "Pass --account-only or a --policy that allows it, with --repair policy --repair private_dns",
    ),
    ("Say how to reach STS (sts=StsRouting(...) of the client)", "Set AWS_ENDPOINT_URL_STS"),
    ("pass the ids of the subnets to use", "pass each --subnet to use"),
    ('Name the subnets instead of "auto"', "Pass each --subnet instead of --subnet auto"),
    ('subnet_ids="auto"', "--subnet auto"),
    ("subnet_ids", "--subnet"),
    ("security_group_ids", "--security-group"),
    ("vpc_id: ", "--vpc: "),
    ("endpoint_id: ", ""),
    ("(stays; repair= changes it)", "(stays; --repair changes it)"),
    ("pass repair=()", "leave out --repair"),
    ("policy=None", "neither --policy nor --account-only"),
    ("plan.policy() is the IAM policy", "--permissions prints the IAM policy"),
    ("private_dns=False", "--no-private-dns"),
    ("by clients=[...]", "by --client"),
    ("clients: ", "--client: "),
    ("tags: ", "--tag: "),
    ("allow_undecided=True", "--allow-undecided"),
    ("allow_lockout=True", "--allow-lockout"),
    ("endpoint_id=", "--endpoint-id"),
    ("adopted=True", "--adopted"),
    ("(InterfaceEndpoint.delete)", "(wsclient endpoint delete)"),
    ('reach="public"', "--ec2 public"),
)
"""Arguments of InterfaceEndpoint in the messages of its errors and plans, and the options of these commands."""
EndpointId = Annotated[str, typer.Argument(metavar="ID", help="Id of the endpoint, vpce-...")]

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
    help="Create, show or delete the interface endpoint of the WorkSpaces API in a VPC.",
)


@app.command()
def ensure(
    *,
    vpc: Annotated[str, typer.Option(metavar="ID", help="VPC of the endpoint.")],
    security_group: Annotated[list[str], typer.Option(metavar="ID", help="Security group; repeat for several.")],
    private_dns: Annotated[
        bool, typer.Option("--private-dns/--no-private-dns", help="Whether the public name resolves to it in the VPC.")
    ],
    subnet: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Subnet, one for each zone. Default: chosen (auto).")
    ] = None,
    policy: Annotated[Path | None, typer.Option(metavar="FILE", help="Endpoint policy, JSON.")] = None,
    account_only: Annotated[
        bool, typer.Option("--account-only", help="Endpoint policy for principals of this account.")
    ] = False,
    repair: Annotated[
        list[str] | None, typer.Option(metavar="PART", help=f"Part that may be changed: {', '.join(REPAIRS)}.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Tag; repeat for several.")] = None,
    endpoint_id: Annotated[
        str | None, typer.Option(metavar="ID", help="Endpoint to adopt, if the VPC has several.")
    ] = None,
    client: Annotated[list[str] | None, typer.Option(metavar="CIDR", help="Network of the callers.")] = None,
    allow_undecided: Annotated[bool, typer.Option(help="Accept rules with prefix lists or groups.")] = False,
    allow_lockout: Annotated[bool, typer.Option(help="Accept a policy that denies this caller.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print the plan, change nothing.")] = False,
    permissions: Annotated[
        bool, typer.Option("--permissions", help="Print the IAM policy that the plan needs, change nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the calls that EC2 permits, by its DryRun; change nothing.")
    ] = False,
    scoped: Annotated[
        bool, typer.Option("--scoped", help="Call with credentials that STS has narrowed to --permissions.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Run the plan without confirmation.")] = False,
    region: Region = None,
    profile: Profile = None,
    expected_account: ExpectedAccount = None,
    ec2: Ec2 = None,
) -> None:
    """Find or create the endpoint, verify it, and turn on private DNS last. Changes need confirmation."""
    if policy is not None and account_only:
        usage_error("--policy and --account-only exclude each other")
    if plan + permissions + dry_run + yes > 1:
        usage_error("--plan, --permissions, --dry-run and --yes exclude each other")
    if unknown := [part for part in repair or () if part not in REPAIRS]:
        usage_error(f"--repair {unknown[0]}: the parts are {', '.join(REPAIRS)}")

    async def run(workspaces: WorkSpacesClient) -> None:
        document = None if policy is None else _read_policy(policy)
        if account_only:
            document = allow_account((await workspaces.whoami()).account_id)
        made = await InterfaceEndpoint.ensure(
            vpc_id=vpc,
            subnet_ids="auto" if not subnet or subnet == ["auto"] else subnet,
            security_group_ids=security_group,
            private_dns=private_dns,
            client=workspaces,
            policy=document,
            tags=_tags(tag or []),
            repair=cast("list[Repair]", repair or []),
            endpoint_id=endpoint_id,
            clients=client,
            allow_undecided=allow_undecided,
            allow_lockout=allow_lockout,
            reach=_reach(ec2),
        )
        if permissions:
            typer.echo(made.policy().to_json())
            return
        typer.echo(in_shell_terms(str(made), _PHRASES))
        if dry_run:
            permitted = await made.run(dry_run=True, scoped=scoped)
            typer.echo(f"permitted: {', '.join(permitted) or 'nothing to change'}")
        elif not plan:
            await _carry_out(made, is_agreed=yes, scoped=scoped)

    _with_client(region, profile, expected_account, run)


def _read_policy(path: Path) -> Policy:
    try:
        return Policy.parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        usage_error(f"--policy {path} is not UTF-8")


async def _carry_out(plan: EndpointPlan, *, is_agreed: bool, scoped: bool) -> None:
    if plan.steps and not is_agreed:
        _confirm("Make these calls?")
    done = await plan.run(scoped=scoped)
    typer.echo(f"{done.id} {'created' if done.created else 'as requested'}; calls: {', '.join(done.changes) or 'none'}")
    typer.echo(str(done.proof))


@app.command()
def show(
    endpoint_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of the endpoint, vpce-...")] = None,
    *,
    vpc: Annotated[str | None, typer.Option(metavar="ID", help="VPC whose endpoints are shown.")] = None,
    cloudformation: Annotated[bool, typer.Option("--cloudformation", help="Print a CloudFormation template.")] = False,
    terraform: Annotated[bool, typer.Option("--terraform", help="Print a Terraform resource.")] = False,
    aws_cli: Annotated[bool, typer.Option("--aws-cli", help="Print the command of the AWS CLI.")] = False,
    only_through: Annotated[
        bool, typer.Option("--only-through", help="Print the identity policy that denies every other way instead.")
    ] = False,
    region: Region = None,
    profile: Profile = None,
    expected_account: ExpectedAccount = None,
    ec2: Ec2 = None,
) -> None:
    """Print endpoints as EC2 describes them, or the form of one for another tool."""
    if (endpoint_id is None) == (vpc is None):
        usage_error("pass the ID of an endpoint, or --vpc for the endpoints of a VPC")
    if cloudformation + terraform + aws_cli > 1:
        usage_error("--cloudformation, --terraform and --aws-cli exclude each other")
    if only_through and terraform:
        usage_error("--only-through prints JSON, --cloudformation or --aws-cli")

    async def run(workspaces: WorkSpacesClient) -> None:
        found = await _described(workspaces, endpoint_id, vpc, _reach(ec2))
        if len(found) > 1 and (only_through or cloudformation or terraform or aws_cli):
            usage_error(f"{vpc} has several endpoints: {', '.join(each.id for each in found)}. Pass the ID of one")
        form = _closing_policy if only_through else _form
        texts = [form(each, cloudformation=cloudformation, terraform=terraform, aws_cli=aws_cli) for each in found]
        typer.echo("\n\n".join(texts))

    _with_client(region, profile, expected_account, run)


async def _described(
    workspaces: WorkSpacesClient, endpoint_id: str | None, vpc: str | None, reach: Reach | Literal["public"] | None
) -> tuple[DescribedEndpoint, ...]:
    if endpoint_id is not None:
        return (await InterfaceEndpoint.describe(endpoint_id, client=workspaces, reach=reach),)
    found = await InterfaceEndpoint.find(vpc_id=vpc or "", client=workspaces, reach=reach)
    if not found:
        typer.echo(f"{vpc} has no interface endpoint of the WorkSpaces API in this account and region", err=True)
        raise typer.Exit(FAILED)
    return found


def _form(endpoint: DescribedEndpoint, *, cloudformation: bool, terraform: bool, aws_cli: bool) -> str:
    if cloudformation:
        return endpoint.to_cloudformation()
    if terraform:
        return endpoint.to_terraform()
    return endpoint.to_aws_cli() if aws_cli else str(endpoint)


def _closing_policy(endpoint: DescribedEndpoint, *, cloudformation: bool, terraform: bool, aws_cli: bool) -> str:
    """Return the identity policy that denies every other way, in a form; Terraform has no such form here."""
    del terraform
    policy, name = only_through_policy(vpc_endpoint=endpoint.id), f"only-through-{endpoint.id}"
    if cloudformation:
        return policy.to_cloudformation(name)
    return policy.to_aws_cli(name) if aws_cli else policy.to_json()


@app.command()
def delete(
    endpoint_id: EndpointId,
    *,
    confirm: Annotated[str, typer.Option(metavar="ID", help="The same id once more.")],
    adopted: Annotated[bool, typer.Option("--adopted", help="Also an endpoint that wsclient did not make.")] = False,
    region: Region = None,
    profile: Profile = None,
    expected_account: ExpectedAccount = None,
    ec2: Ec2 = None,
) -> None:
    """Delete an endpoint, and wait until it is gone. The id is needed twice."""
    if confirm != endpoint_id:
        usage_error(f"--confirm must repeat the id, {endpoint_id}; nothing was sent")

    async def run(workspaces: WorkSpacesClient) -> None:
        plan = await InterfaceEndpoint.delete(endpoint_id, client=workspaces, adopted=adopted, reach=_reach(ec2))
        typer.echo(str(plan))
        await plan.run(confirm=confirm)
        typer.echo(f"{endpoint_id} is deleted")

    _with_client(region, profile, expected_account, run)


def _with_client(region: str | None, profile: str | None, expected_account: str | None, run: Run) -> None:
    require_account_id(expected_account)

    async def main() -> None:
        async with WorkSpacesClient(region=region, profile=profile, expected_account=expected_account) as workspaces:
            await run(workspaces)

    try:
        asyncio.run(main())
    except WsclientError as error:
        typer.echo(f"{type(error).__name__}: {in_shell_terms(str(error), _PHRASES)}", err=True)
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        end_interrupted("interrupted; run the command again to continue from the state of the endpoint")
    except OSError as error:
        usage_error(f"cannot read {error.filename}: {error.strerror}")


def _reach(ec2: str | None) -> Reach | Literal["public"] | None:
    if ec2 is None or ec2 == "public":
        return "public" if ec2 else None
    return Reach(ec2=ec2)


def _tags(texts: list[str]) -> dict[str, str]:
    tags = dict[str, str]()
    for text in texts:
        key, separator, value = text.partition("=")
        if not key or not separator:
            usage_error(f"--tag {text}: expected KEY=VALUE")
        tags[key] = value
    return tags


def _confirm(question: str) -> None:
    """Ask on a terminal; without a terminal nothing is changed."""
    if not sys.stdin.isatty():
        usage_error("there is no terminal to ask on: pass --yes to make these calls, or --plan to print them only")
    typer.confirm(question, abort=True)
