"""Base client: options, assembly, pagination and account guard.

The public modules below are loaded with it, whichever module a program imports: their classes report the public module
then, in tracebacks and pickles.
"""

from wsclient import config, credentials, endpoints, pacing, retries, signing, tls  # noqa: F401  # pyright: ignore[reportUnusedImport]
