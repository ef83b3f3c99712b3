"""Static credential provider."""

from __future__ import annotations

from typing import ClassVar

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.features import CODE
from wsclient._core.value_kinds import instance_of, secret
from wsclient.credentials._internal.base import PicklableProvider


class StaticProvider(PicklableProvider):
    """Provider of fixed credentials. It does not pickle, because the credentials would leave the process."""

    _own_features: ClassVar[frozenset[str]] = frozenset({CODE})

    @checked({"credentials": secret(instance_of(Credentials, expected="Credentials"))})
    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get_credentials(self) -> Credentials:
        """Return the credentials."""
        return self._credentials

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - there are no other credentials for any key
        """Return False: this provider has no other credentials."""
        return False
