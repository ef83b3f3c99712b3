"""Metrics of calls, attempts, retry quotas and connection pools; needs opentelemetry-api."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from typing import TYPE_CHECKING

from opentelemetry import metrics
from opentelemetry.metrics import Observation

from wsclient._version import __version__
from wsclient.telemetry._attributes import SCHEMA_URL, SCOPE, call_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opentelemetry.metrics import CallbackOptions, MeterProvider

    from wsclient._core.http import PoolState
    from wsclient._core.model.operations import Service
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient.endpoints._types import Endpoint
    from wsclient.retries._policy import RetryQuota
    from wsclient.telemetry._attributes import Attributes

    _Key = tuple[tuple[str, str | int], ...]

DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Bucket boundaries, in seconds, that the semantic conventions advise for calls and requests."""
WAITS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Bucket boundaries, in seconds, of waits for the rate limit."""
ATTEMPTS = (0.0, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Bucket boundaries of attempts for each call."""


class Metrics:
    """Metric instruments, and the clients whose state the observable instruments report."""

    def __init__(self, provider: MeterProvider | None) -> None:
        meter = metrics.get_meter(SCOPE, __version__, provider, SCHEMA_URL)
        self._calls = meter.create_histogram(
            "rpc.client.call.duration",
            unit="s",
            description="Duration of calls, with all their attempts and delays.",
            explicit_bucket_boundaries_advisory=DURATIONS,
        )
        self._requests = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of attempts.",
            explicit_bucket_boundaries_advisory=DURATIONS,
        )
        self._attempts = meter.create_histogram(
            "wsclient.call.attempts",
            unit="{attempt}",
            description="Attempts that a call sent.",
            explicit_bucket_boundaries_advisory=ATTEMPTS,
        )
        self.waits = meter.create_histogram(
            "wsclient.call.pace.wait",
            unit="s",
            description="Time that delayed calls wait for the rate limit.",
            explicit_bucket_boundaries_advisory=WAITS,
        )
        self._throttles = meter.create_counter(
            "wsclient.throttles", unit="{response}", description="Throttling responses."
        )
        meter.create_observable_gauge(
            "wsclient.retry.quota", [self._quota], unit="{token}", description="Retry quota left."
        )
        meter.create_observable_up_down_counter(
            "http.client.open_connections", [self._connections], unit="{connection}", description="Open connections."
        )
        meter.create_observable_up_down_counter(
            "wsclient.connections.waiting",
            [self._waiting],
            unit="{request}",
            description="Attempts that wait for a free connection.",
        )
        self._lock = threading.Lock()
        self._clients: weakref.WeakKeyDictionary[HttpTransport, tuple[Attributes, RetryQuota]] = (
            weakref.WeakKeyDictionary()
        )

    def watch(self, service: Service, endpoint: Endpoint, sender: HttpTransport, quota: RetryQuota) -> None:
        """Report a client's retry quota and connections until its transport is garbage collected."""
        with self._lock:
            self._clients[sender] = call_attributes(service, endpoint), quota

    def call_ended(self, seconds: float, attempts: int, attributes: Attributes) -> None:
        """Record the duration and the number of attempts of a call."""
        self._calls.record(seconds, attributes)
        self._attempts.record(attempts, attributes)

    def attempt_ended(self, seconds: float, attributes: Attributes, *, throttled: Attributes | None) -> None:
        """Record an attempt; throttled has the attributes of its call if the attempt was throttled, else None."""
        self._requests.record(seconds, attributes)
        if throttled is not None:
            self._throttles.add(1, throttled)

    def _watched(self) -> list[tuple[HttpTransport, Attributes, RetryQuota]]:
        """Return a copy of the watched clients, under the lock: exporters call back from their own threads."""
        with self._lock:
            return [(sender, attributes, quota) for sender, (attributes, quota) in self._clients.items()]

    def _quota(self, _: CallbackOptions) -> Iterable[Observation]:
        # Clients of one endpoint share an attribute set, and a gauge has one value for each set: report the minimum.
        lowest: dict[_Key, int] = {}
        for _sender, attributes, quota in self._watched():
            key = tuple(attributes.items())
            lowest[key] = min(quota.available, lowest.get(key, quota.available))
        return _observations(lowest)

    def _pools(self) -> Iterable[tuple[Attributes, PoolState]]:
        for sender, attributes, _quota in self._watched():
            state = sender.state()
            if state is not None:
                yield {name: attributes[name] for name in ("server.address", "server.port")}, state

    def _connections(self, _: CallbackOptions) -> Iterable[Observation]:
        counts: Counter[_Key] = Counter()
        for server, state in self._pools():
            counts[tuple({**server, "http.connection.state": "active"}.items())] += state.active
            counts[tuple({**server, "http.connection.state": "idle"}.items())] += state.idle
        return _observations(counts)

    def _waiting(self, _: CallbackOptions) -> Iterable[Observation]:
        counts: Counter[_Key] = Counter()
        for server, state in self._pools():
            counts[tuple(server.items())] += state.waiting
        return _observations(counts)


def _observations(values: Mapping[_Key, int]) -> Iterable[Observation]:
    return [Observation(value, dict(key)) for key, value in values.items()]
