"""Data files of the installed botocore, without the customer's own in ~/.aws/models, which botocore reads first."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

# botocore has no type hints: its modules are Any here.
_loaders: Any = import_module("botocore.loaders")
LOADER: Final[Any] = _loaders.Loader(
    extra_search_paths=[_loaders.Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
)


def load_service_file(service: str, document_type: str) -> object:
    """Return a file of a service, such as "service-2", in its newest version."""
    document: object = LOADER.load_service_model(service, document_type)
    return document


def load_file(name: str) -> object:
    """Return a file of all services, such as "partitions"."""
    document: object = LOADER.load_data(name)
    return document
