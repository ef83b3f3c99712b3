"""Enumerations of AWS Security Token Service.

Written by `python -m wsclient._codegen` from the model sts-2011-06-15
(SHA-256 61ad864dde7632da0c80666c582e7cbf923446511ca2b932c1c3ccd589b32b4b).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

__all__: list[str] = []
