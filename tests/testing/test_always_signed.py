"""Every emulator requires signed requests: no option disables it, and no name suggests it."""

from __future__ import annotations

import asyncio
import inspect
import ssl
from typing import TYPE_CHECKING

import httpx
import pytest

import wsclient
from tests.support.in_process import client_of
from wsclient import errors
from wsclient.testing import Drop, Emulator, Inventory
from wsclient.testing.__main__ import _parser  # pyright: ignore[reportPrivateUsage] - the command's options

if TYPE_CHECKING:
    from collections.abc import Callable

HEADERS = {"content-type": "application/x-amz-json-1.1", "x-amz-target": "WorkspacesService.DescribeWorkspaces"}
WORDS = ("sign", "auth", "verif", "check", "secure", "trust", "valid", "anonym", "skip")
"""What a switch would be called by."""
STRANGER = wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")


def restored(aws: Emulator) -> None:
    """Put an emulator's own state back."""
    aws.restore(aws.snapshot())


def seeded(aws: Emulator) -> None:
    """Seed it."""
    aws.seed(Inventory())


def faulty(aws: Emulator) -> None:
    """Let everything fail."""
    aws.fail("*", with_=Drop.AFTER, times=None)


def delayed(aws: Emulator) -> None:
    """Let everything be late."""
    aws.delay("*", seconds=0.001)


def untouched(_aws: Emulator) -> None:
    """Leave it."""


async def refusals(aws: Emulator) -> tuple[str, str]:
    """Return the error codes of an unsigned request and of requests signed with wrong keys."""
    async with httpx.AsyncClient(transport=aws.transport()) as plain:
        unsigned = await plain.post("https://workspaces.us-west-2.amazonaws.com/", headers=HEADERS, content=b"{}")
    wrong = wsclient.Credentials(aws.credentials.access_key_id, STRANGER.secret_access_key)
    async with client_of(aws, credentials=wrong) as client:
        with pytest.raises(errors.InvalidSignatureException) as raised:
            await client.describe_workspaces()
    async with client_of(aws, credentials=STRANGER) as client:
        with pytest.raises(errors.UnrecognizedClientException):
            await client.describe_workspaces()
    return unsigned.json()["__type"], raised.value.code


@pytest.mark.parametrize("touch", [untouched, restored, seeded, faulty, delayed])
def test_signatures_are_checked_in_process(touch: Callable[[Emulator], None]) -> None:
    """No socket does not mean no signature, whatever else a test has done to the emulator."""
    aws = Emulator()
    touch(aws)
    assert asyncio.run(refusals(aws)) == ("MissingAuthenticationTokenException", "InvalidSignatureException")


def test_no_variable_disables_signature_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables do not disable signature checks."""
    for name in ("AWS_NO_SIGN_REQUEST", "WSCLIENT_NO_SIGN_REQUEST", "WSCLIENT_INSECURE", "MOTO_ALLOW_NONEXISTENT"):
        monkeypatch.setenv(name, "1")
    aws = Emulator()
    with aws:
        trust = ssl.create_default_context(cafile=aws.ca_file)
        answer = httpx.post(aws.endpoint_url, headers=HEADERS, content=b"{}", verify=trust, trust_env=False)
    assert answer.json()["__type"] == "MissingAuthenticationTokenException"


def test_no_option_disables_signature_checks() -> None:
    """No option or method of the emulator, and no option of the command, is named like a switch."""
    names = set(inspect.signature(Emulator).parameters)
    names |= {name for name in dir(Emulator) if not name.startswith("_")}
    methods = [getattr(Emulator, name) for name in dir(Emulator) if not name.startswith("_")]
    names |= {name for method in methods if callable(method) for name in inspect.signature(method).parameters}
    names |= {flag for action in _parser()._actions for flag in action.option_strings}
    # The principals that a role trusts are IAM's, and such a message is an operation's input.
    known = {"trusts", "authorization_message"}
    assert {name for name in names - known if any(word in name for word in WORDS)} == set()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "169.254.169.254", "localhost.", "example.com", ""])
def test_emulator_listens_on_loopback_only(host: str) -> None:
    """Another address is refused before anything listens, and nothing of a start is left."""
    aws = Emulator(host=host)
    with pytest.raises(errors.ConfigurationError, match="is not loopback"):
        aws.start()
    with pytest.raises(errors.ConfigurationError, match="not running"):
        _ = aws.endpoint_url
