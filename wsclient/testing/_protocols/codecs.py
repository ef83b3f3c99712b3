"""Server-side codecs of the emulated services, without CBOR, which needs the extra wsclient[testing]."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._generated.ds.service import SERVICE as DS
from wsclient._generated.ec2.service import SERVICE as EC2
from wsclient._generated.iam.service import SERVICE as IAM
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.testing._protocols.aws_json import JsonServerCodec
from wsclient.testing._protocols.aws_query import QueryServerCodec
from wsclient.testing._protocols.ec2_query import Ec2ServerCodec

if TYPE_CHECKING:
    from wsclient.testing._protocols.base import ServerCodec

WORKSPACES_JSON: Final = JsonServerCodec(WORKSPACES)
TEXT_CODECS: Final[tuple[ServerCodec, ...]] = (
    WORKSPACES_JSON,
    JsonServerCodec(DS),
    Ec2ServerCodec(EC2),
    QueryServerCodec(IAM),
    QueryServerCodec(STS, is_default=True),
)
"""Codecs, in the order in which they are asked whether a request is theirs; STS answers for forms of other versions."""
