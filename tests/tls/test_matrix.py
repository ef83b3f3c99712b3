"""Matrix of TLS servers, with real handshakes, and its page in the examples."""

import pytest

from tests.tls.matrix import PAGE, ROWS, Row, outcome_of, page
from wsclient.tls import TLSPolicy


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_tls_server_of_the_matrix_is_accepted_or_rejected(row: Row) -> None:
    """It is spoken to with what the row says, or refused in the row's words before a request is written."""
    outcome = outcome_of(row)
    if outcome is None:
        # This OpenSSL cannot configure such a server: then the client must not offer the suite either.
        assert row.suite
        assert row.suite not in {suite["name"] for suite in TLSPolicy().create_context().get_ciphers()}
        return
    assert outcome.error == row.error
    assert row.outcome_text in outcome.outcome_text
    assert outcome.requests == (0 if row.error else 1)


def test_tls_page_matches_the_matrix() -> None:
    """The committed page is what the matrix writes."""
    assert PAGE.read_text() == page()
