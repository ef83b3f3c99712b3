"""POST requests signed by wsclient, botocore and aws-requests-auth have the same signature."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.signature_oracles import (
    ANY_TEXT,
    BODIES,
    CREDENTIALS,
    KEYS,
    REGION,
    SERVICE,
    VISIBLE,
    botocore_signs,
    encoded,
    requests_auth_signs,
)
from wsclient.credentials import Credentials
from wsclient.signing import SigV4Signer

# aws-requests-auth keeps dot segments and sorts parameters by their whole text: neither is compared.
SEGMENTS = st.text(VISIBLE, min_size=1, max_size=8).filter(lambda part: part not in {".", ".."})
PATHS = st.lists(SEGMENTS, max_size=4).map(lambda parts: "/" + "/".join(quote(part, safe="") for part in parts))
PARAMETERS = st.dictionaries(KEYS, ANY_TEXT, max_size=1)


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # aws-requests-auth's own clock
@settings(max_examples=300)
@given(PATHS, PARAMETERS, BODIES, CREDENTIALS)
def test_post_signature_equals_other_implementations(
    path: str, parameters: dict[str, str], body: bytes, credentials: Credentials
) -> None:
    """All three implementations give a POST the same Authorization header and session token header."""
    query = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in parameters.items())
    url = f"https://workspaces.us-east-1.amazonaws.com{path}" + (f"?{query}" if query else "")
    reference = requests_auth_signs(url, body, credentials)
    botocores = botocore_signs("POST", url, [], body, credentials, reference["x-amz-date"])

    at = datetime.strptime(reference["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = SigV4Signer(SERVICE, REGION).sign("POST", url, [], body, credentials, at)
    assert ours["Authorization"] == botocores.authorization == reference["Authorization"]
    assert ours["X-Amz-Date"] == reference["x-amz-date"]
    assert ours.get("X-Amz-Security-Token") == botocores.token == reference.get("X-Amz-Security-Token")
