"""What importing and calling wsclient loads, and what it does not."""

import subprocess
import sys

import wsclient
import wsclient.testing

CALL = """
import asyncio, sys
import httpx, wsclient
transport = httpx.MockTransport(lambda request: httpx.Response(200, json={}))
client = wsclient.WorkSpacesClient(
    region="us-west-2", credentials=wsclient.Credentials("AKIDEXAMPLE", "secret"), transport=transport,
    config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}),
)
async def main():
    async with client:
        await client.describe_workspaces()
asyncio.run(main())
heavy = {"botocore", "boto3", "aws_requests_auth", "uvicorn", "trustme", "cbor2"}
print(sorted({name.split(".")[0] for name in sys.modules} & heavy))
"""


def test_a_call_imports_no_botocore() -> None:
    """Importing wsclient and calling through it loads neither botocore nor what only tests need."""
    run = subprocess.run([sys.executable, "-W", "error", "-c", CALL], capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == ("[]", "")


def test_everything_public_is_there() -> None:
    """Each name of __all__ exists, and errors say that they live in wsclient.errors."""
    assert all(hasattr(wsclient, name) for name in wsclient.__all__)
    assert all(hasattr(wsclient.types, name) for name in wsclient.types.__all__)
    assert wsclient.errors.ResourceNotFoundException.__module__ == "wsclient.errors"


def test_everything_of_the_testing_kit_is_there() -> None:
    """Each name is loaded when it is first used, and a name that there is not is an AttributeError as ever."""
    assert all(hasattr(wsclient.testing, name) for name in wsclient.testing.__all__)
    assert not hasattr(wsclient.testing, "Emulater")
    assert wsclient.testing.Emulator.__name__ == "Emulator"
