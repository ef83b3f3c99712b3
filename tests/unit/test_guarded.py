"""Values of which some fields are not shown."""

import pytest

from wsclient._guarded import Guarded
from wsclient._operation import Service
from wsclient._profile_values import SharedFiles
from wsclient._protocols.base import Payload
from wsclient.credentials._profile_ways import ProfileWays
from wsclient.credentials._sso_token import SsoToken
from wsclient.credentials._surroundings import ProcessResult, Surroundings
from wsclient.signing import _Canonical, _SigningKey


def test_unseen_fields_are_not_in_the_repr() -> None:
    """A repr shows the class and the other fields."""
    assert repr(Payload((("a", "b"),), b"hunter2")) == "Payload(headers=(('a', 'b'),))"
    assert repr(ProcessResult(1, b"hunter2", b"hunter2")) == "ProcessResult(status=1)"


@pytest.mark.parametrize(
    "kind",
    [Payload, ProcessResult, ProfileWays, Service, SharedFiles, SsoToken, Surroundings, _Canonical, _SigningKey],
)
def test_every_unseen_field_is_a_field(kind: type[Guarded]) -> None:
    """What a class says is not shown are fields that it has: a misspelt name would show a secret."""
    assert kind._unseen
    assert kind._unseen <= set(kind.__struct_fields__)
