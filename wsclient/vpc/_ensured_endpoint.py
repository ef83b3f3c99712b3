"""EnsuredEndpoint: the result of a plan."""

from __future__ import annotations

import msgspec

from wsclient._core.model.structures import ResponseMetadata
from wsclient.endpoints._private_link import VpcEndpoint
from wsclient.vpc._proof import Proof


class EnsuredEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Endpoint that is as requested, and proven.

    created says whether this run created it, or a concurrent run with the same arguments; changes are the
    operations that this run called. proof says what was proven, and what could not be proven from here. vpc_endpoint is
    for vpc_endpoint= of a client. metadata has that of each changing call, with its request id.
    """

    id: str
    created: bool
    changes: tuple[str, ...]
    proof: Proof
    vpc_endpoint: VpcEndpoint
    metadata: tuple[ResponseMetadata, ...] = ()
