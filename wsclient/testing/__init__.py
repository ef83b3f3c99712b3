"""For tests of code that uses wsclient: an emulator to call over TLS or in process, and transports that answer alone.

Run it:      Emulator, the pytest plugin (wsclient.testing.pytest_plugin), python -m wsclient.testing
Fill it:     Inventory, Snapshot, Durations, Quotas, Throttle, DrivenClock, MfaDevice, InterfaceEndpoint
Break it:    Emulator.fail with an error, Drop, HttpAnswer or Latency; Fault
Look at it:  CallRecord
Beside it:   InstanceMetadata, ContainerCredentials
Without it:  FakeTransport with Answer and FakeRequest; Recorder

The emulator needs the extra wsclient[testing]; importing this does not. Each name is loaded when it is first used, so
that a test run that needs none of them waits for none.
"""

from typing import TYPE_CHECKING

from wsclient._late import late

if TYPE_CHECKING:
    from wsclient.testing._calls import CallRecord
    from wsclient.testing._clock import DrivenClock
    from wsclient.testing._emulator import Emulator
    from wsclient.testing._fake_transport import Answer, FakeRequest, FakeTransport, UnexpectedCallError
    from wsclient.testing._faults import Drop, Failure, Fault, HttpAnswer, Latency
    from wsclient.testing._files import FileFormatError
    from wsclient.testing._identities import MfaDevice
    from wsclient.testing._inventory import Inventory
    from wsclient.testing._metadata import ContainerCredentials, InstanceMetadata
    from wsclient.testing._quotas import Quotas
    from wsclient.testing._recorder import Recorder, UnrecordedCallError
    from wsclient.testing._snapshot import Snapshot
    from wsclient.testing._store import Durations
    from wsclient.testing._throttle import Throttle
    from wsclient.testing._transport import EmulatorTransport
    from wsclient.testing._vpc_endpoints import InterfaceEndpoint
else:
    __getattr__, __dir__ = late(
        __name__,
        "wsclient.testing._calls:CallRecord",
        "wsclient.testing._clock:DrivenClock",
        "wsclient.testing._emulator:Emulator",
        "wsclient.testing._fake_transport:Answer",
        "wsclient.testing._fake_transport:FakeRequest",
        "wsclient.testing._fake_transport:FakeTransport",
        "wsclient.testing._fake_transport:UnexpectedCallError",
        "wsclient.testing._faults:Drop",
        "wsclient.testing._faults:Failure",
        "wsclient.testing._faults:Fault",
        "wsclient.testing._faults:HttpAnswer",
        "wsclient.testing._faults:Latency",
        "wsclient.testing._files:FileFormatError",
        "wsclient.testing._identities:MfaDevice",
        "wsclient.testing._inventory:Inventory",
        "wsclient.testing._metadata:ContainerCredentials",
        "wsclient.testing._metadata:InstanceMetadata",
        "wsclient.testing._quotas:Quotas",
        "wsclient.testing._recorder:Recorder",
        "wsclient.testing._recorder:UnrecordedCallError",
        "wsclient.testing._snapshot:Snapshot",
        "wsclient.testing._store:Durations",
        "wsclient.testing._throttle:Throttle",
        "wsclient.testing._transport:EmulatorTransport",
        "wsclient.testing._vpc_endpoints:InterfaceEndpoint",
    )

__all__ = [
    "Answer",
    "CallRecord",
    "ContainerCredentials",
    "DrivenClock",
    "Drop",
    "Durations",
    "Emulator",
    "EmulatorTransport",
    "Failure",
    "FakeRequest",
    "FakeTransport",
    "Fault",
    "FileFormatError",
    "HttpAnswer",
    "InstanceMetadata",
    "InterfaceEndpoint",
    "Inventory",
    "Latency",
    "MfaDevice",
    "Quotas",
    "Recorder",
    "Snapshot",
    "Throttle",
    "UnexpectedCallError",
    "UnrecordedCallError",
]
