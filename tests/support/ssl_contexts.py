"""SSL contexts as callers of Python make them."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wsclient.tls import TLSPolicy

PYTHON_SUITES: Final = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""Default of CPython (Modules/_ssl.c); Debian's Python leaves suites and versions to OpenSSL."""


def ignoring_ends(policy: TLSPolicy) -> ssl.SSLContext:
    """Return a context that takes a connection that was cut for one that was closed, as Python 3.11.0 to 3.11.3 do."""
    context = policy.create_context()
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    return context


def default_context(cadata: str | None = None) -> ssl.SSLContext:
    """Return what ssl.create_default_context() returns on a Python with CPython's own defaults."""
    context = ssl.create_default_context(cadata=cadata)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(PYTHON_SUITES)
    return context
