"""Partitions of AWS, and the regions where WorkSpaces and STS have which kind of endpoint.

Written by `python -m wsclient._codegen` from botocore's partitions.json and endpoints.json
(SHA-256 of what was read 58323acc59dc85253da42e825c6f1b225b171b730381eea8912265c2401125ca)
and from the documented facts in wsclient/_codegen/regions.py. The source is written beside each entry:

    Amazon WorkSpaces endpoints and quotas
        https://docs.aws.amazon.com/general/latest/gr/wsp.html
    AWS STS endpoints and quotas
        https://docs.aws.amazon.com/general/latest/gr/sts.html
    How to use Regional AWS STS endpoints
        https://aws.amazon.com/blogs/security/how-to-use-regional-aws-sts-endpoints/
    Dual-stack endpoint support
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_dual-stack_endpoint_support.html

Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from typing import Final

from wsclient._core.hosts import Partition

PARTITIONS: Final = (
    Partition(
        id="aws",
        dns_suffix="amazonaws.com",
        dualstack_dns_suffix="api.aws",
        region_pattern=r"^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$",
        regions=frozenset(
            {
                "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2",
                "ap-northeast-3", "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2",
                "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7",
                "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
                "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
                "me-south-1", "me-west-1", "mx-central-1", "sa-east-1", "sa-west-1", "us-east-1",
                "us-east-2", "us-west-1", "us-west-2",
            }
        ),
    ),
    Partition(
        id="aws-cn",
        dns_suffix="amazonaws.com.cn",
        dualstack_dns_suffix="api.amazonwebservices.com.cn",
        region_pattern=r"^cn\-\w+\-\d+$",
        regions=frozenset(
            {
                "cn-north-1", "cn-northwest-1",
            }
        ),
    ),
    Partition(
        id="aws-eusc",
        dns_suffix="amazonaws.eu",
        dualstack_dns_suffix="api.amazonwebservices.eu",
        region_pattern=r"^eusc\-(de)\-\w+\-\d+$",
        regions=frozenset(
            {
                "eusc-de-east-1",
            }
        ),
    ),
    Partition(
        id="aws-iso",
        dns_suffix="c2s.ic.gov",
        dualstack_dns_suffix="api.aws.ic.gov",
        region_pattern=r"^us\-iso\-\w+\-\d+$",
        regions=frozenset(
            {
                "us-iso-east-1", "us-iso-west-1",
            }
        ),
    ),
    Partition(
        id="aws-iso-b",
        dns_suffix="sc2s.sgov.gov",
        dualstack_dns_suffix="api.aws.scloud",
        region_pattern=r"^us\-isob\-\w+\-\d+$",
        regions=frozenset(
            {
                "us-isob-east-1", "us-isob-west-1",
            }
        ),
    ),
    Partition(
        id="aws-iso-e",
        dns_suffix="cloud.adc-e.uk",
        dualstack_dns_suffix="api.cloud-aws.adc-e.uk",
        region_pattern=r"^eu\-isoe\-\w+\-\d+$",
        regions=frozenset(
            {
                "eu-isoe-west-1",
            }
        ),
    ),
    Partition(
        id="aws-iso-f",
        dns_suffix="csp.hci.ic.gov",
        dualstack_dns_suffix="api.aws.hci.ic.gov",
        region_pattern=r"^us\-isof\-\w+\-\d+$",
        regions=frozenset(
            {
                "us-isof-east-1", "us-isof-south-1",
            }
        ),
    ),
    Partition(
        id="aws-us-gov",
        dns_suffix="amazonaws.com",
        dualstack_dns_suffix="api.aws",
        region_pattern=r"^us\-gov\-\w+\-\d+$",
        regions=frozenset(
            {
                "us-gov-east-1", "us-gov-west-1",
            }
        ),
    ),
)

WORKSPACES_PUBLIC: Final = frozenset(
    {
        "af-south-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-northeast-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-northeast-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-south-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-southeast-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-southeast-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ap-southeast-5",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "ca-central-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "cn-northwest-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "eu-central-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "eu-west-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "eu-west-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "eu-west-3",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "il-central-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "sa-east-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-east-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-east-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-gov-east-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-gov-west-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-iso-east-1",  # botocore's endpoints.json
        "us-iso-west-1",  # botocore's endpoints.json
        "us-isob-east-1",  # botocore's endpoints.json
        "us-west-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
    }
)

WORKSPACES_DUALSTACK: Final = frozenset(
    {
        "af-south-1",  # Amazon WorkSpaces endpoints and quotas
        "ap-northeast-1",  # Amazon WorkSpaces endpoints and quotas
        "ap-northeast-2",  # Amazon WorkSpaces endpoints and quotas
        "ap-south-1",  # Amazon WorkSpaces endpoints and quotas
        "ap-southeast-1",  # Amazon WorkSpaces endpoints and quotas
        "ap-southeast-2",  # Amazon WorkSpaces endpoints and quotas
        "ap-southeast-5",  # Amazon WorkSpaces endpoints and quotas
        "ca-central-1",  # Amazon WorkSpaces endpoints and quotas
        "eu-central-1",  # Amazon WorkSpaces endpoints and quotas
        "eu-west-1",  # Amazon WorkSpaces endpoints and quotas
        "eu-west-2",  # Amazon WorkSpaces endpoints and quotas
        "eu-west-3",  # Amazon WorkSpaces endpoints and quotas
        "il-central-1",  # Amazon WorkSpaces endpoints and quotas
        "sa-east-1",  # Amazon WorkSpaces endpoints and quotas
        "us-east-1",  # Amazon WorkSpaces endpoints and quotas
        "us-east-2",  # Amazon WorkSpaces endpoints and quotas
        "us-gov-east-1",  # Amazon WorkSpaces endpoints and quotas
        "us-gov-west-1",  # Amazon WorkSpaces endpoints and quotas
        "us-west-2",  # Amazon WorkSpaces endpoints and quotas
    }
)

WORKSPACES_FIPS: Final = frozenset(
    {
        "us-east-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-east-2",  # Amazon WorkSpaces endpoints and quotas
        "us-gov-east-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-gov-west-1",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
        "us-iso-east-1",  # botocore's endpoints.json
        "us-iso-west-1",  # botocore's endpoints.json
        "us-isob-east-1",  # botocore's endpoints.json
        "us-west-2",  # Amazon WorkSpaces endpoints and quotas; botocore's endpoints.json
    }
)

WORKSPACES_FIPS_DUALSTACK: Final = frozenset(
    {
        "us-east-1",  # Amazon WorkSpaces endpoints and quotas
        "us-east-2",  # Amazon WorkSpaces endpoints and quotas
        "us-gov-east-1",  # Amazon WorkSpaces endpoints and quotas
        "us-gov-west-1",  # Amazon WorkSpaces endpoints and quotas
        "us-west-2",  # Amazon WorkSpaces endpoints and quotas
    }
)

STS_PUBLIC: Final = frozenset(
    {
        "af-south-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-east-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-east-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-northeast-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-northeast-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-northeast-3",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-south-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-south-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-3",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-4",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-5",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-6",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ap-southeast-7",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ca-central-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "ca-west-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "cn-north-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "cn-northwest-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-central-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-central-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-isoe-west-1",  # botocore's endpoints.json
        "eu-north-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-south-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-south-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-west-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-west-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eu-west-3",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "eusc-de-east-1",  # botocore's endpoints.json
        "il-central-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "me-central-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "me-south-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "me-west-1",  # How to use Regional AWS STS endpoints
        "mx-central-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "sa-east-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "sa-west-1",  # How to use Regional AWS STS endpoints
        "us-east-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "us-east-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "us-gov-east-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "us-gov-west-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "us-iso-east-1",  # botocore's endpoints.json
        "us-iso-west-1",  # botocore's endpoints.json
        "us-isob-east-1",  # botocore's endpoints.json
        "us-isob-west-1",  # botocore's endpoints.json
        "us-isof-east-1",  # botocore's endpoints.json
        "us-isof-south-1",  # botocore's endpoints.json
        "us-west-1",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
        "us-west-2",  # How to use Regional AWS STS endpoints; botocore's endpoints.json
    }
)

STS_DUALSTACK: Final = frozenset(
    {
        "af-south-1",  # Dual-stack endpoint support
        "ap-east-1",  # Dual-stack endpoint support
        "ap-east-2",  # Dual-stack endpoint support
        "ap-northeast-1",  # Dual-stack endpoint support
        "ap-northeast-2",  # Dual-stack endpoint support
        "ap-northeast-3",  # Dual-stack endpoint support
        "ap-south-1",  # Dual-stack endpoint support
        "ap-south-2",  # Dual-stack endpoint support
        "ap-southeast-1",  # Dual-stack endpoint support
        "ap-southeast-2",  # Dual-stack endpoint support
        "ap-southeast-3",  # Dual-stack endpoint support
        "ap-southeast-4",  # Dual-stack endpoint support
        "ap-southeast-5",  # Dual-stack endpoint support
        "ap-southeast-6",  # Dual-stack endpoint support
        "ap-southeast-7",  # Dual-stack endpoint support
        "ca-central-1",  # Dual-stack endpoint support
        "ca-west-1",  # Dual-stack endpoint support
        "cn-north-1",  # Dual-stack endpoint support
        "cn-northwest-1",  # Dual-stack endpoint support
        "eu-central-1",  # Dual-stack endpoint support
        "eu-central-2",  # Dual-stack endpoint support
        "eu-north-1",  # Dual-stack endpoint support
        "eu-south-1",  # Dual-stack endpoint support
        "eu-south-2",  # Dual-stack endpoint support
        "eu-west-1",  # Dual-stack endpoint support
        "eu-west-2",  # Dual-stack endpoint support
        "eu-west-3",  # Dual-stack endpoint support
        "il-central-1",  # Dual-stack endpoint support
        "me-central-1",  # Dual-stack endpoint support
        "me-south-1",  # Dual-stack endpoint support
        "me-west-1",  # Dual-stack endpoint support
        "mx-central-1",  # Dual-stack endpoint support
        "sa-east-1",  # Dual-stack endpoint support
        "sa-west-1",  # Dual-stack endpoint support
        "us-east-1",  # Dual-stack endpoint support
        "us-east-2",  # Dual-stack endpoint support
        "us-gov-east-1",  # Dual-stack endpoint support
        "us-gov-west-1",  # Dual-stack endpoint support
        "us-west-1",  # Dual-stack endpoint support
        "us-west-2",  # Dual-stack endpoint support
    }
)

STS_FIPS: Final = frozenset(
    {
        "us-east-1",  # AWS STS endpoints and quotas; botocore's endpoints.json
        "us-east-2",  # AWS STS endpoints and quotas; botocore's endpoints.json
        "us-gov-east-1",  # AWS STS endpoints and quotas; botocore's endpoints.json
        "us-gov-west-1",  # AWS STS endpoints and quotas; botocore's endpoints.json
        "us-west-1",  # AWS STS endpoints and quotas; botocore's endpoints.json
        "us-west-2",  # AWS STS endpoints and quotas; botocore's endpoints.json
    }
)

STS_FIPS_DUALSTACK: Final = frozenset(
    {
        "ca-central-1",  # Dual-stack endpoint support
        "ca-west-1",  # Dual-stack endpoint support
        "us-east-1",  # Dual-stack endpoint support
        "us-east-2",  # Dual-stack endpoint support
        "us-west-1",  # Dual-stack endpoint support
        "us-west-2",  # Dual-stack endpoint support
    }
)

LISTED: Final = {
    ("workspaces", "public"): WORKSPACES_PUBLIC,
    ("workspaces", "dualstack"): WORKSPACES_DUALSTACK,
    ("workspaces", "fips"): WORKSPACES_FIPS,
    ("workspaces", "fips_dualstack"): WORKSPACES_FIPS_DUALSTACK,
    ("sts", "public"): STS_PUBLIC,
    ("sts", "dualstack"): STS_DUALSTACK,
    ("sts", "fips"): STS_FIPS,
    ("sts", "fips_dualstack"): STS_FIPS_DUALSTACK,
}
