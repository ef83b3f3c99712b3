"""Clock skew measured from the Date header of responses, and corrected in signatures.

AWS accepts a signature for five minutes. The bounds and error codes are those that the AWS SDKs share ("AWS SDKs and
Tools Reference Guide", https://docs.aws.amazon.com/sdkref/latest/guide/overview.html).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wsclient._core.dates import http_date

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.http import HttpResponse

MAX_UNCORRECTED: Final = timedelta(minutes=4)
"""Clock skew up to which signatures use this machine's time unchanged: AWS accepts it."""
MAX_ROUND_TRIP: Final = timedelta(minutes=15)
"""Round trip above which a response is not measured: its Date may be off by as much."""
SKEW_CODES: Final = frozenset(
    {
        "AccessDeniedException",
        "AuthFailure",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
"""Error codes that a wrong clock may cause."""
ZERO: Final = timedelta()


class ClockSkew:
    """Clock skew of one client; all copies of the client share it, on any event loop."""

    __slots__ = ("measured",)

    def __init__(self) -> None:
        self.measured: timedelta | None = None
        """Service time minus local time at the latest measured response; negative when the service is behind."""

    @property
    def correction(self) -> timedelta:
        """Offset to add to this machine's time for signing: zero up to four minutes of skew."""
        measured = self.measured
        return measured if measured is not None and abs(measured) > MAX_UNCORRECTED else ZERO

    def measure(self, response: HttpResponse, *, sent: datetime, received: datetime) -> None:
        """Measure the skew from the Date of a response; ignore cached responses and round trips over 15 minutes."""
        # An Age header marks a response from a cache (RFC 9111, section 5.1): its Date is that of the original.
        if not ZERO <= received - sent <= MAX_ROUND_TRIP or response.header("age") is not None:
            return
        server_time = http_date(response.header("date") or "")
        if server_time is not None:
            # The service wrote the Date somewhere between the two: the middle halves the largest error.
            self.measured = server_time - (sent + (received - sent) / 2)

    def explains(self, code: str, *, signed_with: timedelta) -> bool:
        """Return True if clock skew may have caused this error and the present correction may fix it.

        signed_with is the correction that the rejected signature used.
        """
        return code in SKEW_CODES and abs(self.correction - signed_with) > MAX_UNCORRECTED
