"""MFA codes and other secrets, from a function of the program or from a prompt."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.value_kinds import type_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient.credentials._internal.context import AskMfaCode


async def read_secret(function: Callable[[], str | Awaitable[str]], description: str) -> str:
    """Return the secret that a function returns, stripped. A sync function runs in a thread: it may prompt.

    Raises ConfigurationError, without the value, if the function returns no string. description names the secret.
    """
    value: object = function() if inspect.iscoroutinefunction(function) else await asyncio.to_thread(function)
    if inspect.isawaitable(value):
        value = await value
    if not isinstance(value, str):
        raise ConfigurationError(f"the function for {description} must return a string, not {type_name(value)}")
    return value.strip()


MFA_DIGITS = 6


async def ask_mfa_code(serial_number: str) -> str:
    """Prompt for an MFA code in the terminal or notebook. Raises CredentialsError if the process has neither."""
    import getpass  # noqa: PLC0415 - most programs never prompt

    prompt = f"MFA code for {serial_number}: "
    if _is_notebook_prompt(getpass.getpass):
        # A Jupyter kernel accepts prompts only on the thread that runs the cell.
        return getpass.getpass(prompt)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise CredentialsError(
            f"no terminal or notebook to prompt for the MFA code of {serial_number}; pass mfa_code=, a function that "
            "returns the code"
        )
    return await asyncio.to_thread(getpass.getpass, prompt)


async def mfa_code(serial_number: str, function: Callable[[], str | Awaitable[str]] | None, prompt: AskMfaCode) -> str:
    """Return the MFA code from the program's function, sync or async, or from the prompt if function is None.

    Raises ConfigurationError, without the value, unless the code has 6 digits.
    """
    code = (await prompt(serial_number)).strip() if function is None else await read_secret(function, "the MFA code")
    if len(code) != MFA_DIGITS or not (code.isascii() and code.isdigit()):
        raise ConfigurationError(f"the MFA code for {serial_number} must be a string of {MFA_DIGITS} digits")
    return code


def _is_notebook_prompt(prompt: object) -> bool:
    """Return whether getpass is replaced by a Jupyter kernel's prompt."""
    return getattr(prompt, "__module__", "getpass") != "getpass"
