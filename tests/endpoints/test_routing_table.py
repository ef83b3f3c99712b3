"""Endpoint routing, row by row of the table in the documentation."""

import re

import pytest

from tests.support.routing import PAGE, ROWS, Row, page
from wsclient.endpoints import resolve_endpoint
from wsclient.errors import EndpointResolutionError


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.service} {row.region} {row.requested}")
def test_routing_table_row_holds(row: Row) -> None:
    """The host is the row's, signed for its region and service; a refusal has the row's words."""
    if row.host is None:
        with pytest.raises(EndpointResolutionError, match=re.escape(row.refusal or "?")):
            resolve_endpoint(row.parameters())
    else:
        endpoint = resolve_endpoint(row.parameters())
        assert endpoint.url == f"https://{row.host}"
        assert (endpoint.signing_region, endpoint.signing_name) == (row.region, row.service)


def test_routing_page_matches_the_table() -> None:
    """The committed page is what the table writes."""
    assert PAGE.read_text() == page()
