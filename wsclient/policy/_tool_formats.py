"""Forms of an identity policy for other tools: an AWS CloudFormation template, and a command of the AWS CLI."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from wsclient.policy._documents import Document

NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
"""Name of a managed policy. "CreatePolicy", https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html"""


def cloudformation(policy: Document, name: str) -> str:
    """Return a template, JSON, with the policy as an AWS::IAM::ManagedPolicy."""
    properties = {"ManagedPolicyName": _checked(policy, name), "PolicyDocument": policy.to_dict()}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {_logical_id(name): resource}}
    return json.dumps(template, indent=2)


def aws_cli(policy: Document, name: str) -> str:
    """Return the command that creates the policy, for a POSIX shell."""
    document = json.dumps(policy.to_dict(), separators=(",", ":"))
    return shlex.join(
        ["aws", "iam", "create-policy", "--policy-name", _checked(policy, name), "--policy-document", document]
    )


def _checked(policy: Document, name: str) -> str:
    """Return the name; raise ConfigurationError for one that IAM refuses, and for the policy of an endpoint."""
    if NAME.fullmatch(name) is None:
        raise ConfigurationError(f"{name!r:.140} is not a policy name: 1 to 128 letters, digits and +=,.@-_")
    if any(each.principals is not None or each.not_principals is not None for each in policy.statements):
        raise ConfigurationError(
            "a policy with a Principal is one of a VPC endpoint: InterfaceEndpoint.describe(...).to_cloudformation() "
            "and to_aws_cli() print it with its endpoint"
        )
    return name


def _logical_id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", name) or "Policy"
