"""Conditions of statements on the place of a request: its region, and the interface endpoint that carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


def requested_in(
    regions: Collection[str], vpc_endpoint_ids: Collection[str] = ()
) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return the conditions for requests to these regions, through these interface endpoints if there are any.

    "AWS global condition context keys", aws:RequestedRegion and aws:SourceVpce,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    keys = {"aws:RequestedRegion": sorted(regions)}
    if vpc_endpoint_ids:
        keys["aws:SourceVpce"] = sorted(vpc_endpoint_ids)
    return {"StringEquals": keys}
