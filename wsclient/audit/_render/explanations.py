"""Sentences that explain sections, reasons and outcomes to people who do not know wsclient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.audit._model import Outcome, Reason, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_URL: Final = "https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html"
PAGE_TITLE: Final = "Infrastructure security in Amazon WorkSpaces"

SECTION_TEXTS: Final[Mapping[Section, str]] = {
    Section.MANAGED_SERVICE: "AWS requires TLS 1.2 and recommends TLS 1.3, cipher suites with perfect forward secrecy, "
    "and requests that are signed, preferably with temporary credentials.",
    Section.NETWORK_ISOLATION: "WorkSpaces run in a VPC of the customer. Subnets, security groups, IP access control "
    "groups and trusted devices decide who reaches them.",
    Section.PHYSICAL_HOSTS: "AWS's hypervisor separates WorkSpaces of one host, and scrubs memory before it is given "
    "to another one.",
    Section.CORPORATE_USERS: "Users sign in through a directory, with multi-factor authentication where the customer "
    "enables it.",
    Section.INTERFACE_ENDPOINT: "Calls of the API can go through an interface endpoint of AWS PrivateLink, whose "
    "policy says who may do what through it.",
    Section.FIPS: "Calls of the API with FIPS 140 validated cryptography go to FIPS endpoints, which PrivateLink does "
    "not offer. Users' sessions have a setting of their own.",
    Section.BEYOND: "Rules of other benchmarks, and of wsclient, that AWS's page does not mention.",
}
"""Subject of each section of AWS's page."""

REASON_TEXTS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.NOT_PERMITTED: (
        "A permission is missing",
        "The audit's identity may not make these calls. The policy at the end of this report permits them.",
    ),
    Reason.NOT_REACHED: (
        "A service was not reached",
        "The connection failed, or the audit has no route to the service.",
    ),
    Reason.DECIDED_ELSEWHERE: (
        "It is decided elsewhere",
        "An identity provider, an organization's policy, another account, the guest or a setting decides it.",
    ),
    Reason.NO_API: (
        "No operation of AWS returns it",
        "A person who knows it can attest it, with a reason and a last day.",
    ),
    Reason.INCOMPLETE: (
        "A response was not complete",
        "A listing ended early, or a response lacks a member or has a value that is not known.",
    ),
    Reason.NOT_REQUESTED: (
        "It was not requested",
        "It needs a read that the audit makes on request only (options=).",
    ),
}
"""Heading and explanation of each reason of an unknown outcome."""

OUTCOME_NAMES: Final[Mapping[Outcome, tuple[str, str]]] = {
    Outcome.FAIL: ("✗", "Fail"),
    Outcome.UNKNOWN: ("?", "Unknown"),
    Outcome.PASS: ("✓", "Pass"),
    Outcome.NOT_APPLICABLE: ("○", "Not applicable"),
}
"""Sign and name of each outcome, the worst first."""
