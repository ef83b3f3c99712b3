"""Documented facts about regions that botocore's endpoints.json lacks or leaves vague; each with its source.

The generator writes the union of these and botocore's, with the source of each entry in a comment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COMMERCIAL_WORKSPACES: Final = (
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "af-south-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-5",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "sa-east-1",
)
GOVCLOUD: Final = ("us-gov-east-1", "us-gov-west-1")
FIPS_WORKSPACES: Final = ("us-east-1", "us-east-2", "us-west-2", *GOVCLOUD)
US_AND_CANADA: Final = ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "ca-west-1")

WORKSPACES_PAGE: Final = "Amazon WorkSpaces endpoints and quotas"
STS_PAGE: Final = "AWS STS endpoints and quotas"
STS_REGIONAL_POST: Final = "How to use Regional AWS STS endpoints"
DUALSTACK_PAGE: Final = "Dual-stack endpoint support"
EC2_PAGE: Final = "Amazon EC2 endpoints and quotas"

PAGES: Final = {
    WORKSPACES_PAGE: "https://docs.aws.amazon.com/general/latest/gr/wsp.html",
    STS_PAGE: "https://docs.aws.amazon.com/general/latest/gr/sts.html",
    STS_REGIONAL_POST: "https://aws.amazon.com/blogs/security/how-to-use-regional-aws-sts-endpoints/",
    DUALSTACK_PAGE: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_dual-stack_endpoint_support.html",
    EC2_PAGE: "https://docs.aws.amazon.com/general/latest/gr/ec2-service.html",
}
"""URL of each source below, by title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """Regions in which a service has a type of endpoint, according to a page.

    kind is a value of wsclient.endpoints.EndpointKind. partitions adds every region of those partitions in botocore's
    partitions.json.
    """

    service: str
    kind: str
    source: str
    regions: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()


DOCUMENTED: Final = (
    Documented(
        service="workspaces",
        kind="public",
        source=WORKSPACES_PAGE,
        regions=(*COMMERCIAL_WORKSPACES, *GOVCLOUD, "cn-northwest-1"),
    ),
    Documented(
        service="workspaces",
        kind="dualstack",
        source=WORKSPACES_PAGE,
        regions=(*COMMERCIAL_WORKSPACES, *GOVCLOUD),
    ),
    Documented(service="workspaces", kind="fips", source=WORKSPACES_PAGE, regions=FIPS_WORKSPACES),
    Documented(service="workspaces", kind="fips_dualstack", source=WORKSPACES_PAGE, regions=FIPS_WORKSPACES),
    # STS has an endpoint in every region from the day the region opens; endpoints.json lags behind.
    Documented(service="sts", kind="public", source=STS_REGIONAL_POST, partitions=("aws", "aws-cn", "aws-us-gov")),
    Documented(service="sts", kind="dualstack", source=DUALSTACK_PAGE, partitions=("aws", "aws-cn", "aws-us-gov")),
    Documented(
        service="sts",
        kind="fips",
        source=STS_PAGE,
        regions=("us-east-1", "us-east-2", "us-west-1", "us-west-2", *GOVCLOUD),
    ),
    # The page limits FIPS with dual-stack to the regions of the United States and Canada, and for GovCloud it lists
    # only the host without -fips.
    Documented(service="sts", kind="fips_dualstack", source=DUALSTACK_PAGE, regions=US_AND_CANADA),
    # A region has EC2 from the day it opens; endpoints.json lags behind.
    Documented(service="ec2", kind="public", source=EC2_PAGE, partitions=("aws", "aws-cn", "aws-us-gov")),
    # The standard hosts of GovCloud are the FIPS endpoints.
    Documented(service="ec2", kind="fips", source=EC2_PAGE, regions=(*US_AND_CANADA, *GOVCLOUD)),
)
