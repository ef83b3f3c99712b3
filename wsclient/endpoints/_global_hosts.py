"""Hosts of services with one endpoint for a whole partition: AWS IAM.

"AWS IAM endpoints and quotas", https://docs.aws.amazon.com/general/latest/gr/iam-service.html, and botocore's endpoint
rules of IAM.
"""

from __future__ import annotations

from typing import Final

from wsclient.endpoints._types import EndpointKind

HOME_REGIONS: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-us-gov": "us-gov-west-1",
}
"""Region that calls of a global service are signed for, by partition."""

GLOBAL_HOSTS: Final = {
    "iam": {
        ("aws", EndpointKind.PUBLIC): "iam.amazonaws.com",
        ("aws", EndpointKind.DUALSTACK): "iam.global.api.aws",
        ("aws", EndpointKind.FIPS): "iam-fips.amazonaws.com",
        ("aws", EndpointKind.FIPS_DUALSTACK): "iam-fips.global.api.aws",
        ("aws-cn", EndpointKind.PUBLIC): "iam.cn-north-1.amazonaws.com.cn",
        ("aws-cn", EndpointKind.DUALSTACK): "iam.global.api.amazonwebservices.com.cn",
        ("aws-eusc", EndpointKind.PUBLIC): "iam.eusc-de-east-1.amazonaws.eu",
        ("aws-eusc", EndpointKind.DUALSTACK): "iam.global.api.amazonwebservices.eu",
        ("aws-iso", EndpointKind.PUBLIC): "iam.us-iso-east-1.c2s.ic.gov",
        ("aws-iso-b", EndpointKind.PUBLIC): "iam.us-isob-east-1.sc2s.sgov.gov",
        ("aws-iso-e", EndpointKind.PUBLIC): "iam.eu-isoe-west-1.cloud.adc-e.uk",
        ("aws-iso-f", EndpointKind.PUBLIC): "iam.us-isof-south-1.csp.hci.ic.gov",
        # The standard hosts of AWS GovCloud (US) are the FIPS endpoints.
        ("aws-us-gov", EndpointKind.PUBLIC): "iam.us-gov.amazonaws.com",
        ("aws-us-gov", EndpointKind.DUALSTACK): "iam.us-gov.api.aws",
        ("aws-us-gov", EndpointKind.FIPS): "iam.us-gov.amazonaws.com",
        ("aws-us-gov", EndpointKind.FIPS_DUALSTACK): "iam.us-gov.api.aws",
    }
}
"""Hosts by service, then by partition and kind of endpoint: those that the rules name, not those of their pattern."""
