"""Prompt for an MFA code: at a terminal, in a notebook, and in a process without either."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from wsclient.credentials._internal.mfa import ask_mfa_code
from wsclient.errors import CredentialsError

ASK = """
import asyncio
from wsclient.credentials._internal.mfa import ask_mfa_code
print("got", asyncio.run(ask_mfa_code("mfa/me")))
"""
NOTEBOOK = f"""
import getpass
def kernel_s_prompt(prompt):
    print("asked in the notebook:", prompt)
    return "123456"
kernel_s_prompt.__module__ = "ipykernel.kernelbase"
getpass.getpass = kernel_s_prompt
{ASK}
"""


def test_mfa_without_a_terminal_says_to_pass_mfa_code() -> None:
    """Without a terminal or notebook, the error says to pass mfa_code=."""
    with open(os.devnull) as nothing:  # noqa: PTH123 - a file as standard input
        before, sys.stdin = sys.stdin, nothing
        try:
            with pytest.raises(CredentialsError, match=r"no terminal or notebook to prompt for .*; pass mfa_code="):
                asyncio.run(ask_mfa_code("mfa/me"))
        finally:
            sys.stdin = before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no pseudo-terminals here")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # Python 3.12 warns of forking with threads
def test_terminal_prompts_for_the_mfa_code() -> None:
    """A real terminal shows the prompt with the device, and not what is typed."""
    import pty  # noqa: PLC0415 - not on every platform

    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", ASK])
    shown = _read_until(terminal, b"MFA code for mfa/me: ")
    os.write(terminal, b"654321\n")
    shown += _read_until(terminal, b"got 654321")
    os.waitpid(child, 0)
    os.close(terminal)
    assert shown.count(b"654321") == 1


def _read_until(terminal: int, words: bytes) -> bytes:
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 4096)
    return shown


def test_notebook_prompts_for_the_mfa_code() -> None:
    """In a notebook, the MFA code is read with the prompt that the kernel installs in place of input()."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", NOTEBOOK],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    assert run.stdout.splitlines() == ["asked in the notebook: MFA code for mfa/me: ", "got 123456"]
