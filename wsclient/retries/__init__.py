"""Retries: AWS's retry modes, exponential backoff with full jitter, and the retry quota.

A failed attempt is retried only if its error is transient or throttling, attempts are left, the retry cannot execute
an operation twice, and the client's retry quota has enough tokens. The numbers are those of every AWS
SDK ("Retry behavior", AWS SDKs and Tools Reference Guide,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), as implemented in botocore 1.44
(botocore/retries/standard.py and quota.py): DEFAULT_MAX_ATTEMPTS, the BASE_DELAY pair, MAX_DELAY,
RETRY_AFTER_SLACK, QUOTA_CAPACITY, RETRY_COST, THROTTLING_RETRY_COST and NO_RETRY_INCREMENT below.

Decisions are pure: callers pass random numbers and times. wsclient/retries/_retrying.py runs the retry loop.
"""

from wsclient._core.public_names import publish
from wsclient.retries._policy import (
    DEFAULT_MAX_ATTEMPTS,
    NO_RETRY_INCREMENT,
    QUOTA_CAPACITY,
    RETRY_COST,
    THROTTLING_RETRY_COST,
    RetryEvent,
    RetryMode,
    RetryPolicy,
    RetryQuota,
)
from wsclient.retries._strategy import (
    BASE_DELAY,
    MAX_DELAY,
    RETRY_AFTER_SLACK,
    THROTTLING_BASE_DELAY,
    Decision,
    backoff_delay,
    decide,
    is_retryable,
)

__all__ = [
    "BASE_DELAY",
    "DEFAULT_MAX_ATTEMPTS",
    "MAX_DELAY",
    "NO_RETRY_INCREMENT",
    "QUOTA_CAPACITY",
    "RETRY_AFTER_SLACK",
    "RETRY_COST",
    "THROTTLING_BASE_DELAY",
    "THROTTLING_RETRY_COST",
    "Decision",
    "RetryEvent",
    "RetryMode",
    "RetryPolicy",
    "RetryQuota",
    "backoff_delay",
    "decide",
    "is_retryable",
]

publish(__name__, __all__)
