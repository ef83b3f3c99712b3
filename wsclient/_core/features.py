"""Feature ids of the User-Agent header, by which AWS sees how a call was made.

The ids are those of AWS's SDKs (botocore 1.44, botocore/useragent.py).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final, cast

WAITER: Final = "B"
PAGINATOR: Final = "C"
RETRY_MODES: Final = {"standard": "E", "adaptive": "F"}
ENDPOINT_OVERRIDE: Final = "N"

CODE: Final = "e"
ENVIRONMENT: Final = "g"
ENVIRONMENT_WEB_IDENTITY: Final = "h"
ROLE: Final = "i"
SAML_ROLE: Final = "j"
WEB_IDENTITY_ROLE: Final = "k"
SESSION_TOKEN: Final = "m"  # noqa: S105 - a feature id
PROFILE: Final = "n"
PROFILE_SOURCE_PROFILE: Final = "o"
PROFILE_NAMED_PROVIDER: Final = "p"
PROFILE_WEB_IDENTITY: Final = "q"
PROFILE_SSO: Final = "r"
SSO: Final = "s"
PROFILE_SSO_LEGACY: Final = "t"
SSO_LEGACY: Final = "u"
PROFILE_PROCESS: Final = "v"
PROCESS: Final = "w"
CONTAINER: Final = "z"
INSTANCE: Final = "0"
PROFILE_LOGIN: Final = "AC"
LOGIN: Final = "AD"

NO_FEATURES: Final[frozenset[str]] = frozenset()
_features: ContextVar[frozenset[str]] = ContextVar("wsclient_features", default=NO_FEATURES)


class using:  # noqa: N801 - read as a word of a with statement
    """Add features to the calls that start within the block, in this task and in those that it starts."""

    __slots__ = ("_features", "_token")

    def __init__(self, *features: str) -> None:
        self._features = frozenset(features)

    def __enter__(self) -> None:
        """Add the features."""
        self._token = _features.set(_features.get() | self._features)

    def __exit__(self, *_: object) -> None:
        """Restore the features of the surrounding code."""
        _features.reset(self._token)


def features_in_use() -> frozenset[str]:
    """Return the features that using() has added around the caller."""
    return _features.get()


def credential_features(provider: object) -> frozenset[str]:
    """Return the features of a provider's credentials: where they come from. Other people's providers have none."""
    features: object = getattr(provider, "_features", NO_FEATURES)
    return cast("frozenset[str]", features) if isinstance(features, frozenset) else NO_FEATURES
