"""A home directory with AWS files in it, and a search for secrets in whatever an error carries."""

from __future__ import annotations

import asyncio
import traceback
from typing import TYPE_CHECKING

from wsclient.errors import WsclientError

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.credentials import Credentials, CredentialsProvider

CANARY = "canaryS3cr3tDoNotShow"
KEYS = "aws_access_key_id = {0}\naws_secret_access_key = {0}secret\n"


def aws_home(root: Path, config: str | bytes | None = None, credentials: str | bytes | None = None) -> Path:
    """Write ~/.aws/config and ~/.aws/credentials below root, which is the home; None writes no file."""
    (root / ".aws").mkdir(exist_ok=True)
    for name, content in (("config", config), ("credentials", credentials)):
        if content is not None:
            data = content.encode() if isinstance(content, str) else content
            (root / ".aws" / name).write_bytes(data)
    return root


def keys(access_key_id: str) -> str:
    """Return the two lines of a profile with plain keys; the secret is the access key with "secret" behind it."""
    return KEYS.format(access_key_id)


def error_text(error: BaseException | None) -> str:
    """Return all that an error and the errors it came from can show: text, arguments, attributes, traceback."""
    shown: list[str] = []
    if error is not None:
        shown += traceback.format_exception(error)
    while error is not None:
        shown += [str(error), repr(error), repr(error.args), repr(vars(error))]
        shown += [repr(getattr(error, name, None)) for name in ("object", "source", "errors", "line")]
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


def outcome(provider: CredentialsProvider) -> Credentials | str:
    """Return what a provider answers: credentials, or the words of its error."""
    try:
        return asyncio.run(provider.get_credentials())
    except WsclientError as error:
        return f"{type(error).__name__}: {error}"
