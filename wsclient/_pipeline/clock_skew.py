"""How far the service's clock is from this machine's: measured on every answer, corrected for in signatures.

A signature is good for five minutes. The numbers and codes are those that the AWS SDKs share ("AWS SDKs and Tools
Reference Guide", https://docs.aws.amazon.com/sdkref/latest/guide/overview.html).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wsclient._core.dates import http_date

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.http import HttpResponse

TOLERATED: Final = timedelta(minutes=4)
"""A difference up to this is left alone."""
LONGEST_ANSWER: Final = timedelta(minutes=15)
"""An answer that took longer tells nothing of the time."""
SKEW_CODES: Final = frozenset(
    {
        "AccessDeniedException",
        "AuthFailure",
        "InvalidSignatureException",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
"""Error codes behind which a wrong clock may be."""
NONE: Final = timedelta()


class ClockSkew:
    """What a client knows of the difference; it belongs to no event loop, and its copies share it."""

    __slots__ = ("measured",)

    def __init__(self) -> None:
        self.measured: timedelta | None = None
        """How far the service's clock was ahead at the latest answer that told; negative when behind."""

    @property
    def correction(self) -> timedelta:
        """What is added to this machine's time for signing: nothing while the difference is tolerated."""
        measured = self.measured
        return measured if measured is not None and abs(measured) > TOLERATED else NONE

    def learn(self, response: HttpResponse, *, sent: datetime, received: datetime) -> None:
        """Take note of an answer's Date; one from a cache, or long on its way, says nothing."""
        if not NONE <= received - sent <= LONGEST_ANSWER or response.header("age") is not None:
            return
        told = http_date(response.header("date") or "")
        if told is not None:
            self.measured = told - (sent + (received - sent) / 2)

    def explains(self, code: str, *, signed_with: timedelta) -> bool:
        """Tell whether an error may come from the correction that was signed with, and the present one may mend it."""
        return code in SKEW_CODES and abs(self.correction - signed_with) > TOLERATED
