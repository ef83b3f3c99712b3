"""Whether, when and at what price a failed call is made again: AWS's retry modes, as pure decisions.

A failed attempt is repeated only when its error says that a repetition may help, when attempts are left, when
repeating cannot do harm, and when the client's retry quota can pay for it. The numbers are those every AWS
SDK uses ("Retry behavior", AWS SDKs and Tools Reference Guide,
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html), in the state of botocore 1.44
(botocore/retries/standard.py and quota.py): DEFAULT_MAX_ATTEMPTS, the BASE_DELAY pair, MAX_DELAY,
RETRY_AFTER_SLACK, QUOTA_CAPACITY, RETRY_COST, THROTTLING_RETRY_COST and NO_RETRY_INCREMENT below.

Nothing here waits, draws a random number of its own or reads a clock; wsclient/_attempts.py does the driving.
"""

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
