"""For tests of code that uses wsclient: an emulator to call over TLS or in process, and transports that answer alone.

Run it:      Emulator, the pytest plugin (wsclient.testing.pytest_plugin), python -m wsclient.testing
Fill it:     Inventory, Snapshot, Durations, Quotas, DrivenClock, MfaDevice
Break it:    Emulator.fail with an error, Drop, HttpAnswer or Latency; Fault
Look at it:  CallRecord
Beside it:   InstanceMetadata, ContainerCredentials
Without it:  FakeTransport with Answer and FakeRequest; Recorder

The emulator needs the extra wsclient[testing]; importing this does not. Each name is loaded when it is first used, so
that a test run that needs none of them waits for none.
"""

from typing import TYPE_CHECKING

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
    from wsclient.testing._transport import EmulatorTransport
else:
    from importlib import import_module

    _HOMES = {
        "Answer": "_fake_transport",
        "CallRecord": "_calls",
        "ContainerCredentials": "_metadata",
        "DrivenClock": "_clock",
        "Drop": "_faults",
        "Durations": "_store",
        "Emulator": "_emulator",
        "EmulatorTransport": "_transport",
        "Failure": "_faults",
        "FakeRequest": "_fake_transport",
        "FakeTransport": "_fake_transport",
        "Fault": "_faults",
        "FileFormatError": "_files",
        "HttpAnswer": "_faults",
        "InstanceMetadata": "_metadata",
        "Inventory": "_inventory",
        "Latency": "_faults",
        "MfaDevice": "_identities",
        "Quotas": "_quotas",
        "Recorder": "_recorder",
        "Snapshot": "_snapshot",
        "UnexpectedCallError": "_fake_transport",
        "UnrecordedCallError": "_recorder",
    }

    def __getattr__(name: str) -> object:
        """Load a public name; hidden from type checkers, so that they still know every name that there is not."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


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
    "Inventory",
    "Latency",
    "MfaDevice",
    "Quotas",
    "Recorder",
    "Snapshot",
    "UnexpectedCallError",
    "UnrecordedCallError",
]
