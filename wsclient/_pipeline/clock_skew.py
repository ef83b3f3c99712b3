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
MAX_UNPROVEN: Final = timedelta(hours=4)
"""Clock skew up to which a Date alone is believed; a larger one needs an error of AWS that a wrong clock may cause.

Clocks drift by minutes. A wrong time zone or an unset clock is off by more, and AWS rejects its signatures at once.
"""
MAX_SKEW: Final = timedelta(days=36_525)
"""A century, more than the 1970 of a machine without a clock: beyond it a Date is ignored, and sums could overflow."""
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
NO_SKEW: Final = timedelta()


class ClockSkew:
    """Clock skew of one client; all copies of the client share it, on any event loop.

    The signatures of later calls depend on it, so that no single Date may decide it: up to MAX_UNPROVEN a Date is
    believed; a larger skew is corrected only after AWS has rejected a signature with one of SKEW_CODES. The next
    response of AWS replaces either.
    """

    __slots__ = ("_anchor", "_trusted", "measured")

    def __init__(self) -> None:
        self.measured: timedelta | None = None
        """Service time minus local time at the latest measured response; negative when the service is behind."""
        self._trusted = NO_SKEW
        self._anchor = NO_SKEW  # the skew at the latest rejected signature

    @property
    def correction(self) -> timedelta:
        """Offset to add to this machine's time for signing: zero up to four minutes of skew."""
        return self._trusted if abs(self._trusted) > MAX_UNCORRECTED else NO_SKEW

    def service_time(self, local: datetime) -> datetime:
        """Convert a local time to the service's clock, by the skew that is believed."""
        return local + self._trusted

    def measure(self, response: HttpResponse, *, sent: datetime, received: datetime, error_code: str = "") -> None:
        """Measure the skew from the Date of a response of AWS, and decide whether it is believed.

        Ignores cached responses, round trips over 15 minutes, and a Date more than a century off. error_code is that of
        an error response. The caller makes sure that the response is AWS's: it has a request id, an error also a code.
        """
        # An Age header marks a response from a cache (RFC 9111, section 5.1): its Date is that of the original.
        if not NO_SKEW <= received - sent <= MAX_ROUND_TRIP or response.header("age") is not None:
            return
        server_time = http_date(response.header("date") or "")
        if server_time is None:
            return
        # The service wrote the Date somewhere between the two: the middle halves the largest error.
        skew = server_time - (sent + (received - sent) / 2)
        if abs(skew) > MAX_SKEW:
            return
        self.measured = skew
        if abs(skew) <= MAX_UNPROVEN:
            self._trusted, self._anchor = skew, NO_SKEW
        elif error_code in SKEW_CODES:
            self._trusted = self._anchor = skew
        elif abs(skew - self._anchor) <= MAX_UNPROVEN:
            self._trusted = skew

    def explains(self, code: str, *, signed_with: timedelta) -> bool:
        """Return True if clock skew may have caused this error and the present correction may fix it.

        signed_with is the correction that the rejected signature used.
        """
        return code in SKEW_CODES and abs(self.correction - signed_with) > MAX_UNCORRECTED
