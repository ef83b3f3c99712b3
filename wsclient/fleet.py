"""Tens of thousands of WorkSpaces, in several accounts and regions, read and changed as one.

async with Fleet(regions=["us-west-2", "eu-west-1"], profiles=["prod", "lab"]) as fleet:
    ...
"""

from wsclient._fleet import where
from wsclient._fleet.actions import Actions, Planning
from wsclient._fleet.predicates import Predicate
from wsclient._fleet.rows import InventoryRow, Join
from wsclient._fleet.sites import Site


class Fleet(Actions):
    """The WorkSpaces of several accounts and regions; see Sites for what it can be told."""


__all__ = ["Fleet", "InventoryRow", "Join", "Planning", "Predicate", "Site", "where"]
