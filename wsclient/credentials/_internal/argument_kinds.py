"""Kinds of the options that credential providers share."""

from __future__ import annotations

from typing import Final

from wsclient._core.value_kinds import ANYTHING, CALLABLE, TEXT, TEXTS, either, mapping_of, optional, satisfies, secret


def _stores(value: object) -> bool:
    """Return whether a value loads and stores sessions; CliCache is not imported where none is used."""
    return callable(getattr(value, "load", None)) and callable(getattr(value, "store", None))


def _is_source(value: object) -> bool:
    """Return whether a value has keys, as those of an STS response have, or get_credentials(); as_provider() knows."""
    return not isinstance(value, type) and (hasattr(value, "get_credentials") or hasattr(value, "secret_access_key"))


SOURCE: Final = satisfies(
    "Credentials, a credential provider, or a boto3 or botocore session", _is_source, is_secret=True
)
CACHE: Final = optional(satisfies("a CliCache", lambda value: not isinstance(value, type) and _stores(value)))
SECRET_FUNCTION: Final = secret(CALLABLE)
DURATION_SECONDS: Final = satisfies(
    "a whole number of seconds", lambda value: isinstance(value, int) and not isinstance(value, bool)
)
PROVIDER: Final = satisfies(
    "a credential provider",
    lambda value: not isinstance(value, type) and callable(getattr(value, "get_credentials", None)),
)
POLICY: Final = either("a policy as text or as a mapping", TEXT, mapping_of(ANYTHING, ""))
ROLE_OPTIONS: Final = {
    "role_arn": TEXT,
    "role_session_name": optional(TEXT),
    "duration_seconds": optional(DURATION_SECONDS),
    "policy": optional(POLICY),
    "policy_arns": TEXTS,
}
"""Options of the providers that assume a role."""
SAML_OPTIONS: Final = {name: kind for name, kind in ROLE_OPTIONS.items() if name != "role_session_name"}
"""Options of the provider that assumes a role with SAML, whose sessions AWS names."""
