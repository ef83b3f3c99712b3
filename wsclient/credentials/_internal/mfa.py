"""The code of an MFA device: asked of whoever sits at the keyboard, or of what the program was given for it."""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError, CredentialsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient.credentials._internal.context import AskMfaCode


async def read_secret(give: Callable[[], str | Awaitable[str]], what: str) -> str:
    """Return what the function gives, stripped; a plain function runs in a thread, for it may ask somebody.

    Raises ConfigurationError, without showing it, when that is no text.
    """
    given: object = give() if inspect.iscoroutinefunction(give) else await asyncio.to_thread(give)
    if inspect.isawaitable(given):
        given = await given
    if not isinstance(given, str):
        raise ConfigurationError(f"the function for {what} must return a string, not a {type(given).__name__}")
    return given.strip()


MFA_DIGITS = 6


async def ask_mfa_code(serial_number: str) -> str:
    """Ask at the terminal or in the notebook; raises CredentialsError where there is neither."""
    import getpass  # noqa: PLC0415 - most programs ask nobody

    prompt = f"MFA code for {serial_number}: "
    if _is_a_notebooks(getpass.getpass):
        # The kernel answers prompts on the thread that runs the cell alone.
        return getpass.getpass(prompt)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise CredentialsError(
            f"an MFA code of {serial_number} is needed and there is nobody to ask; pass mfa_code=, a function that "
            "returns it"
        )
    return await asyncio.to_thread(getpass.getpass, prompt)


async def mfa_code(serial_number: str, given: Callable[[], str | Awaitable[str]] | None, ask: AskMfaCode) -> str:
    """Return the code that the program's own function gives, sync or async, else the person at the keyboard.

    Raises ConfigurationError for what is no code, without showing it.
    """
    code = (await ask(serial_number)).strip() if given is None else await read_secret(given, "the MFA code")
    if len(code) != MFA_DIGITS or not (code.isascii() and code.isdigit()):
        raise ConfigurationError(f"the MFA code for {serial_number} must be a string of {MFA_DIGITS} digits")
    return code


def _is_a_notebooks(prompt: object) -> bool:
    """Tell whether a prompt is a Jupyter kernel's, which puts its own in place of the terminal's."""
    return getattr(prompt, "__module__", "getpass") != "getpass"
