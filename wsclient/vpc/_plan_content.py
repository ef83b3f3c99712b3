"""PlanContent: facts, differences and steps of one plan."""

from __future__ import annotations

import msgspec

from wsclient._generated.ec2 import structures as s
from wsclient.vpc._differences import Difference
from wsclient.vpc._reads import Facts
from wsclient.vpc._spec import EndpointSpec, Repair
from wsclient.vpc._steps import EndpointStep


class PlanContent(msgspec.Struct, frozen=True, kw_only=True):
    """Content of a plan: the facts it was made from, and what follows from them."""

    spec: EndpointSpec
    facts: Facts
    token: str
    subnet_ids: tuple[str, ...]
    existing: s.VpcEndpoint | None
    steps: tuple[EndpointStep, ...]
    differences: tuple[Difference, ...]
    repair: tuple[Repair, ...]
    notes: tuple[str, ...]
