"""For tests of code that uses wsclient: an emulator to call over TLS, and a transport that answers without any.

The emulator needs the extra wsclient[testing]; importing this does not.
"""

from wsclient.testing._calls import CallRecord
from wsclient.testing._clock import DrivenClock
from wsclient.testing._emulator import Emulator
from wsclient.testing._fake_transport import Answer, FakeRequest, FakeTransport, UnexpectedCallError
from wsclient.testing._identities import MfaDevice
from wsclient.testing._metadata import ContainerCredentials, InstanceMetadata
from wsclient.testing._quotas import Quotas
from wsclient.testing._store import Durations
from wsclient.testing._throttle import Throttle
from wsclient.testing._vpc_endpoints import InterfaceEndpoint

__all__ = [
    "Answer",
    "CallRecord",
    "ContainerCredentials",
    "DrivenClock",
    "Durations",
    "Emulator",
    "FakeRequest",
    "FakeTransport",
    "InstanceMetadata",
    "InterfaceEndpoint",
    "MfaDevice",
    "Quotas",
    "Throttle",
    "UnexpectedCallError",
]
