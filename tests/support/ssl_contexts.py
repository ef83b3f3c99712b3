"""SSL contexts as callers of Python make them."""

from __future__ import annotations

import ssl
from typing import Final

PYTHON_SUITES: Final = "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM"
"""Default of CPython (Modules/_ssl.c); Debian's Python leaves suites and versions to OpenSSL."""


def default_context(cadata: str | None = None) -> ssl.SSLContext:
    """Return what ssl.create_default_context() returns on a Python with CPython's own defaults."""
    context = ssl.create_default_context(cadata=cadata)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(PYTHON_SUITES)
    return context
