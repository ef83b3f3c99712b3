"""Endpoint routing of both services as a table; each row is a test.

`python -m tests.support.routing` writes the table into examples/routing.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wsclient.endpoints import EndpointParameters, PrivateDns, VpcEndpoint

PAGE = Path(__file__).parents[2] / "examples" / "routing.md"
VPCE = "vpce-0123-abcd"
UNSUPPORTED = "AWS PrivateLink are not supported for Federal Information Processing Standard (FIPS)"
FIPS_CUSTOM = "Invalid Configuration: FIPS and custom endpoint are not supported"
DUAL_CUSTOM = "Invalid Configuration: Dualstack and custom endpoint are not supported"
NO_DUAL = "PrivateLink and private DNS have no dual-stack name"
HEAD = """# Endpoint table: host name for each combination of settings

Written by `python -m tests.support.routing` from the table that the tests hold the code to. In italics: the text of the
EndpointResolutionError, which is raised before any DNS lookup.

`VPCE` stands for the first label of an interface endpoint's DNS name, with or without its Availability Zone:
`vpce-0123-abcd`, `vpce-0123-abcd-us-west-2a`.
"""


@dataclass(frozen=True)
class Row:
    """A row: the parameters, and the expected host or error message."""

    service: str
    partition: str
    region: str
    requested: dict[str, Any]
    host: str | None = None
    refusal: str | None = None

    def parameters(self) -> EndpointParameters:
        """Return the parameters of resolve_endpoint()."""
        return EndpointParameters(service=self.service, region=self.region, **self.requested)


def _workspaces(partition: str, region: str, suffix: str, dual: str | None, *, fips: bool) -> list[Row]:
    """Return the rows of WorkSpaces in a region; dual is the dual-stack suffix where AWS lists one."""

    def row(requested: dict[str, Any], host: str | None = None, refusal: str | None = None) -> Row:
        return Row("workspaces", partition, region, requested, host, refusal)

    def listed(kind: str, wanted: dict[str, Any], host: str, *, is_listed: bool) -> Row:
        return row(wanted, host) if is_listed else row(wanted, refusal=f"AWS lists no {kind} endpoint")

    private = f"{VPCE}.workspaces.{region}.vpce.{suffix}"
    custom = "https://proxy.bank.internal"
    return [
        row({}, f"workspaces.{region}.{suffix}"),
        listed("dual-stack", {"use_dualstack": True}, f"workspaces.{region}.{dual}", is_listed=dual is not None),
        listed("FIPS", {"use_fips": True}, f"workspaces-fips.{region}.{suffix}", is_listed=fips),
        listed(
            "FIPS and dual-stack",
            {"use_fips": True, "use_dualstack": True},
            f"workspaces-fips.{region}.{dual}",
            is_listed=fips and dual is not None,
        ),
        row({"vpc_endpoint": VPCE}, private),
        row({"vpc_endpoint": f"{VPCE}-{region}a"}, f"{VPCE}-{region}a.workspaces.{region}.vpce.{suffix}"),
        row({"vpc_endpoint": VpcEndpoint(VPCE, api_host=True)}, f"{VPCE}.api.workspaces.{region}.vpce.{suffix}"),
        row({"vpc_endpoint": VPCE, "use_fips": True}, refusal=UNSUPPORTED),
        row({"vpc_endpoint": VPCE, "use_dualstack": True}, refusal=NO_DUAL),
        row({"endpoint_url": f"https://{private}"}, private),
        row({"endpoint_url": f"https://{private}", "use_fips": True}, refusal=UNSUPPORTED),
        row({"private_dns": True}, f"workspaces.{region}.{suffix}"),
        row({"private_dns": PrivateDns(api_host=True)}, f"api.workspaces.{region}.{suffix}"),
        row({"private_dns": True, "use_fips": True}, refusal=UNSUPPORTED),
        row({"private_dns": True, "use_dualstack": True}, refusal=NO_DUAL),
        row({"endpoint_url": custom}, "proxy.bank.internal"),
        row({"endpoint_url": custom, "use_fips": True}, refusal=FIPS_CUSTOM),
        row({"endpoint_url": custom, "use_dualstack": True}, refusal=DUAL_CUSTOM),
        row({"vpc_endpoint": VPCE, "private_dns": True}, refusal="more than one setting chooses the endpoint"),
    ]


def _sts(partition: str, region: str, suffix: str, dual: str | None, *, fips: str | None) -> list[Row]:
    """Return the rows of STS in a region; fips is the label of its FIPS service, sts itself in government regions."""

    def row(requested: dict[str, Any], host: str | None = None, refusal: str | None = None) -> Row:
        return Row("sts", partition, region, requested, host, refusal)

    no_fips = "AWS lists no FIPS endpoint of AWS STS"
    plain = f"{VPCE}.sts.{region}.vpce.{suffix}"
    through_fips = f"{VPCE}.{fips}.{region}.vpce.{suffix}" if fips else None
    return [
        row({}, f"sts.{region}.{suffix}"),
        row({"use_dualstack": True}, f"sts.{region}.{dual}")
        if dual
        else row({"use_dualstack": True}, refusal="AWS lists no dual-stack endpoint"),
        row({"use_fips": True}, f"{fips}.{region}.{suffix}") if fips else row({"use_fips": True}, refusal=no_fips),
        row({"vpc_endpoint": VPCE}, plain),
        row({"vpc_endpoint": VPCE, "use_fips": True}, through_fips, None if fips else no_fips),
        row({"endpoint_url": f"https://{plain}"}, plain),
        row({"vpc_endpoint": VPCE, "use_dualstack": True}, refusal=NO_DUAL),
        row({"private_dns": True}, f"sts.{region}.{suffix}"),
        row({"vpc_endpoint": VpcEndpoint(VPCE, api_host=True)}, refusal="AWS STS has no .api. host"),
        row({"endpoint_url": "https://proxy.bank.internal", "use_fips": True}, refusal=FIPS_CUSTOM),
    ]


ROWS = [
    *_workspaces("aws", "us-west-2", "amazonaws.com", "api.aws", fips=True),
    *_workspaces("aws", "eu-west-1", "amazonaws.com", "api.aws", fips=False),
    *_workspaces("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws", fips=True),
    *_workspaces("aws-cn", "cn-northwest-1", "amazonaws.com.cn", None, fips=False),
    *_workspaces("aws-iso", "us-iso-east-1", "c2s.ic.gov", None, fips=True),
    *_sts("aws", "us-west-2", "amazonaws.com", "api.aws", fips="sts-fips"),
    *_sts("aws", "eu-west-1", "amazonaws.com", "api.aws", fips=None),
    *_sts("aws-us-gov", "us-gov-west-1", "amazonaws.com", "api.aws", fips="sts"),
    *_sts("aws-cn", "cn-northwest-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn", fips=None),
    Row("workspaces", "", "us-west-1", {}, refusal="AWS lists no public endpoint of Amazon WorkSpaces in us-west-1"),
    Row("workspaces", "", "us-wset-2", {}, refusal="is not a region that AWS lists (did you mean us-west-2"),
    Row("workspaces", "", "x.evil.com/", {}, refusal="is not a region: a region is one lower-case host label"),
    Row("workspaces", "", "aws-global", {}, refusal="Amazon WorkSpaces is called regionally"),
    Row("sts", "", "aws-global", {}, refusal="AWS STS is called regionally"),
    Row(
        "workspaces",
        "aws",
        "us-east-1",
        {"endpoint_url": f"https://{VPCE}.workspaces.us-west-2.vpce.amazonaws.com"},
        refusal="is in 'us-west-2', but calls would be signed for us-east-1",
    ),
    Row(
        "workspaces",
        "aws",
        "us-west-2",
        {"endpoint_url": f"https://{VPCE}.sts.us-west-2.vpce.amazonaws.com"},
        refusal="belongs to 'sts', not to Amazon WorkSpaces",
    ),
    Row(
        "workspaces",
        "aws",
        "us-west-2",
        {"endpoint_url": f"https://{VPCE}.workspaces.us-west-2.vpce.amazonaws.com.evil.com"},
        refusal="resembles a PrivateLink name but is not an interface endpoint's DNS name",
    ),
    Row(
        "sts",
        "aws",
        "us-west-2",
        {"endpoint_url": f"https://{VPCE}.sts.us-west-2.vpce.amazonaws.com", "use_fips": True},
        refusal="does not belong to com.amazonaws.us-west-2.sts-fips",
    ),
    Row(
        "workspaces",
        "aws",
        "us-west-2",
        {"endpoint_url": "http://example.com"},
        refusal="is http, which is not encrypted",
    ),
    Row("workspaces", "aws", "us-west-2", {"endpoint_url": "https://u:p@x.test"}, refusal="has user information"),
    Row("workspaces", "aws", "us-west-2", {"endpoint_url": "https://x.test/?a=b"}, refusal="has a query or a fragment"),
]


def page() -> str:
    """Return the page with the table."""
    lines = ["| service | region | settings | host name, or error |", "|---|---|---|---|"]
    for row in ROWS:
        settings = [f"{name}={_shown(value)}" for name, value in row.requested.items()]
        shown = f"`{', '.join(settings)}`" if settings else "defaults"
        end = f"`{row.host.replace(VPCE, 'VPCE')}`" if row.host else f"*{row.refusal}*"
        lines.append(f"| {row.service} | {row.region} | {shown} | {end} |")
    return f"{HEAD}\n" + "\n".join(lines) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, VpcEndpoint):
        return "VpcEndpoint(VPCE, api_host=True)"
    if isinstance(value, PrivateDns):
        return "PrivateDns(api_host=True)"
    return str(value).replace(VPCE, "VPCE").replace("https://", "")


if __name__ == "__main__":
    PAGE.write_text(page())
