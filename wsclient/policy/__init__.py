"""IAM and VPC endpoint policies for Amazon WorkSpaces: build, parse, lint and evaluate them.

    policy = Policy.parse(text)
    for finding in policy.lint():
        print(finding)
    evaluation = policy.evaluate(
        principal="arn:aws:iam::123456789012:role/desktops",
        action="workspaces:StartWorkspaces",
        resource="arn:aws:workspaces:us-west-2:123456789012:workspace/ws-f9abcdefg",
        context={"aws:SourceVpce": "vpce-0123"},
    )
    print(evaluation.decision, evaluation.reason)

An evaluation that cannot be decided is UNDETERMINED, never ALLOWED. It covers one document: other policies, of the
identity, the organization or the resource, may deny a call that this document allows.

"Policy evaluation logic", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html;
"Control access to VPC endpoints using endpoint policies",
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from wsclient import types  # noqa: F401  # pyright: ignore[reportUnusedImport] - structures report it as their module
from wsclient._core.public_names import publish
from wsclient.policy._builders import allow_account, allow_organization, read_only
from wsclient.policy._documents import Effect, Statement
from wsclient.policy._lint import Finding
from wsclient.policy._policy import Decision, Evaluation, Policy, allow_one_workspace, check_endpoint, only_through
from wsclient.policy._size_limits import PolicyTooLargeError

__all__ = [
    "Decision",
    "Effect",
    "Evaluation",
    "Finding",
    "Policy",
    "PolicyTooLargeError",
    "Statement",
    "allow_account",
    "allow_one_workspace",
    "allow_organization",
    "check_endpoint",
    "only_through",
    "read_only",
]

publish(__name__, __all__)
