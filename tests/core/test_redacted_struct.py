"""Values of which some fields are not shown."""

import pytest

from wsclient._core.model.operations import Service
from wsclient._core.protocols.codec import Payload
from wsclient._core.reprs import RedactedStruct
from wsclient.config._profiles import SharedFiles
from wsclient.credentials._internal.context import ProcessResult, ProviderContext
from wsclient.credentials._internal.sso_token import SsoToken
from wsclient.credentials._profile_sources import ProfileResolver
from wsclient.signing._canonical_request import CanonicalRequest
from wsclient.signing._signer import _SigningKey


def test_hidden_fields_are_not_in_the_repr() -> None:
    """A repr shows the class and the other fields."""
    assert repr(Payload((("a", "b"),), b"hunter2")) == "Payload(headers=(('a', 'b'),))"
    assert repr(ProcessResult(1, b"hunter2", b"hunter2")) == "ProcessResult(status=1)"


@pytest.mark.parametrize(
    "kind",
    [
        Payload,
        ProcessResult,
        ProfileResolver,
        Service,
        SharedFiles,
        SsoToken,
        ProviderContext,
        CanonicalRequest,
        _SigningKey,
    ],
)
def test_every_hidden_field_exists(kind: type[RedactedStruct]) -> None:
    """All names in _hidden_fields are fields of the class: a misspelt name would show a secret."""
    assert kind._hidden_fields
    assert kind._hidden_fields <= set(kind.__struct_fields__)
