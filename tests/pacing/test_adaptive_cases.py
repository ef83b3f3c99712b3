"""Test case of the adaptive retry mode that the AWS SDKs share: rates over three seconds.

"Adaptive mode" case of the SDKs' retry specification, as smithy-rs has it: https://github.com/smithy-lang/smithy-rs.
"""

import pytest

from wsclient.pacing._adaptive import AdaptiveRateLimit

MEASURED = [
    *(0, 0, 4.8, 4.8, 4.16, 4.16, 4.16, 5.632, 5.632, 4.3264, 4.3264, 4.3264, 5.66528, 5.66528),
    *(4.333056, 4.333056, 4.333056),
]
LIMITS = [
    *(0.5, 0.5, 0.5, 0.5, 0.5, 0.6912, 1.0976, 1.6384, 2.3328, 3.02848, 3.486639, 3.821874, 4.053386),
    *(4.200373, 4.282037, 2.997426, 3.452226),
]
THROTTLED = {9, 15}
"""Responses, one each 0.2 seconds, by which the service throttles."""


def test_rates_equal_those_of_the_shared_case() -> None:
    """After each response the measured rate and the limit are those of the SDKs, to six decimal places."""
    limit = AdaptiveRateLimit(0.0)
    rates: list[tuple[float, float]] = []
    for number in range(len(LIMITS)):
        now = (number + 1) / 5
        limit.record_response(now, sent_at=now, throttled=number in THROTTLED)
        rates.append((limit.measured_rate, limit._bucket.rate))
    assert [measured for measured, _ in rates] == pytest.approx(MEASURED, abs=1e-6)
    assert [rate for _, rate in rates] == pytest.approx(LIMITS, abs=1e-6)
