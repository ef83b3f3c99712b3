"""Testing tools for code that uses wsclient: a WorkSpaces and STS emulator, and fake and recording transports.

Run the emulator:      Emulator, the pytest plugin (wsclient.testing.pytest_plugin), python -m wsclient.testing
Set its state:         Inventory, Snapshot, Durations, Quotas, Throttle, DrivenClock, MfaDevice, InterfaceEndpoint,
                       EmulatedNetwork, Route, Rule
Make its clients:      Emulator.client and Emulator.sts_client, with EmulatorClientOptions
Inject faults:         Emulator.fail with an error, Drop, HttpAnswer or Latency; Fault
Inspect calls:         CallRecord
Metadata services:     InstanceMetadata, ContainerCredentials
Without the emulator:  FakeTransport with Answer and FakeRequest; Recorder

The emulator answers over TLS or in process. It needs the extra wsclient[testing]; importing this package does not.
Each name is loaded on first use, to keep test runs that do not use it fast.
"""

from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from wsclient._client.client_options import EmulatorClientOptions
    from wsclient.testing._emulator.emulator import Emulator
    from wsclient.testing._emulator.inventory import Inventory
    from wsclient.testing._emulator.network import EmulatedNetwork
    from wsclient.testing._emulator.snapshot import Snapshot
    from wsclient.testing._files import FileFormatError
    from wsclient.testing._recording.fake_transport import Answer, FakeRequest, FakeTransport, UnexpectedCallError
    from wsclient.testing._recording.recorder import Recorder, UnrecordedCallError
    from wsclient.testing._server.metadata import ContainerCredentials, InstanceMetadata
    from wsclient.testing._server.transport import EmulatorTransport
    from wsclient.testing._state.call_log import CallRecord
    from wsclient.testing._state.clock import DrivenClock
    from wsclient.testing._state.faults import Drop, Failure, Fault, HttpAnswer, Latency
    from wsclient.testing._state.identities import MfaDevice
    from wsclient.testing._state.network import Route, Rule
    from wsclient.testing._state.quotas import Quotas
    from wsclient.testing._state.store import Durations
    from wsclient.testing._state.throttle import Throttle
    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        "wsclient._client.client_options:EmulatorClientOptions",
        "wsclient.testing._state.call_log:CallRecord",
        "wsclient.testing._state.clock:DrivenClock",
        "wsclient.testing._emulator.emulator:Emulator",
        "wsclient.testing._recording.fake_transport:Answer",
        "wsclient.testing._recording.fake_transport:FakeRequest",
        "wsclient.testing._recording.fake_transport:FakeTransport",
        "wsclient.testing._recording.fake_transport:UnexpectedCallError",
        "wsclient.testing._state.faults:Drop",
        "wsclient.testing._state.faults:Failure",
        "wsclient.testing._state.faults:Fault",
        "wsclient.testing._state.faults:HttpAnswer",
        "wsclient.testing._state.faults:Latency",
        "wsclient.testing._files:FileFormatError",
        "wsclient.testing._state.identities:MfaDevice",
        "wsclient.testing._emulator.inventory:Inventory",
        "wsclient.testing._emulator.network:EmulatedNetwork",
        "wsclient.testing._state.network:Route",
        "wsclient.testing._state.network:Rule",
        "wsclient.testing._server.metadata:ContainerCredentials",
        "wsclient.testing._server.metadata:InstanceMetadata",
        "wsclient.testing._state.quotas:Quotas",
        "wsclient.testing._recording.recorder:Recorder",
        "wsclient.testing._recording.recorder:UnrecordedCallError",
        "wsclient.testing._emulator.snapshot:Snapshot",
        "wsclient.testing._state.store:Durations",
        "wsclient.testing._state.throttle:Throttle",
        "wsclient.testing._server.transport:EmulatorTransport",
        "wsclient.testing._state.vpc_endpoints:InterfaceEndpoint",
    )

__all__ = [
    "Answer",
    "CallRecord",
    "ContainerCredentials",
    "DrivenClock",
    "Drop",
    "Durations",
    "EmulatedNetwork",
    "Emulator",
    "EmulatorClientOptions",
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
    "Route",
    "Rule",
    "Snapshot",
    "Throttle",
    "UnexpectedCallError",
    "UnrecordedCallError",
]
