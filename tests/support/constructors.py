"""Public constructors with options, each with arguments that it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import wsclient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEYS: Final = wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
CLIENT: Final = {"region": "us-west-2", "credentials": KEYS}
ROLE: Final = "arn:aws:iam::123456789012:role/example"


@dataclass(frozen=True, kw_only=True)
class Constructor:
    """Constructor or function with options, and arguments that it needs.

    annotations replace those of options whose values the annotation does not describe fully; elsewhere are parameters
    that other tests try.
    """

    make: Callable[..., object]
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    elsewhere: frozenset[str] = frozenset()


def label(case: Constructor) -> str:
    """Return the name under which a constructor's options are known: that of the class that defines it."""
    make = case.make.__init__ if isinstance(case.make, type) else case.make  # type: ignore[misc]  # a class
    return make.__qualname__.removesuffix(".__init__")


_TRANSPORT: Final = frozenset({"transport"})
CONSTRUCTORS: Final = (
    Constructor(make=wsclient.WorkSpacesClient, arguments=CLIENT, elsewhere=_TRANSPORT),
    Constructor(make=wsclient.StsClient, arguments=CLIENT, elsewhere=_TRANSPORT),
    Constructor(make=wsclient.Timeout),
    Constructor(make=wsclient.RetryPolicy),
    Constructor(make=wsclient.Pace),
    Constructor(make=wsclient.TLSPolicy),
    Constructor(make=wsclient.VpcEndpoint, arguments={"id": "vpce-0123456789abcdef0"}),
    Constructor(make=wsclient.PrivateDns),
)
