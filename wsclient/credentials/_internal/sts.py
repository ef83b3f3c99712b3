"""Shared parts of the STS-based providers: the call, its errors, and the credentials in the response."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from wsclient._core.absence import is_absent
from wsclient._core.credentials import make_credentials, mark_account_proven
from wsclient._core.errors import (
    ConfigurationError,
    CredentialsError,
    CredentialsRefreshError,
    NoCredentialsError,
    ResponseParseError,
    ServiceError,
    TransportError,
)
from wsclient._core.model.structures import Output, Structure
from wsclient._core.utils import is_mapping
from wsclient._generated.sts import structures as s
from wsclient.retries._strategy import is_retryable

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.model.operations import Operation
    from wsclient.credentials._internal.context import ProviderContext

InputT = TypeVar("InputT", bound=Structure)


IssuedT = TypeVar("IssuedT", bound=Output)
ARN_PARTS = 6


async def call_sts(
    context: ProviderContext,
    operation: Operation[InputT, IssuedT],
    request: InputT,
    credentials: CredentialsProvider | None,
    *,
    subject: str,
) -> IssuedT:
    """Call STS. A service, transport or parse error becomes a CredentialsRefreshError that names operation and subject.

    So does NoCredentialsError of the source: a chain that skipped this provider would use another identity.
    """
    with named_failures(operation.name, subject):
        return await context.call_sts(operation, request, credentials)


@contextmanager
def named_failures(operation: str, subject: str) -> Generator[None]:
    """Convert service, transport and parse errors, and missing source credentials, as call_sts() does."""
    try:
        yield
    except NoCredentialsError as error:
        # Without the advice of a client's error: the source is that of a role's profile, or of a provider.
        message = f"{operation} of {subject} has no source credentials: {error.reasons}"
        raise CredentialsRefreshError(message, can_heal=False) from error
    except (ServiceError, TransportError, ResponseParseError) as error:
        message = f"{operation} of {subject}: {error}"
        raise CredentialsRefreshError(message, can_heal=is_retryable(error)) from error


def credentials_from_response(issued: s.Credentials | None, subject: str, arn: str | None = None) -> Credentials:
    """Convert the credentials of an STS response; arn, of the session, holds the account ID.

    Raises CredentialsRefreshError if a member is missing or malformed; subject names the credentials in its message.
    """
    if issued is None or not issued.access_key_id or not issued.secret_access_key or not issued.session_token:
        raise CredentialsRefreshError(f"STS returned credentials without a key or session token for {subject}")
    if is_absent(issued.expiration):
        raise CredentialsRefreshError(f"STS returned credentials without an expiration for {subject}")
    try:
        return mark_account_proven(
            make_credentials(
                subject,
                issued.access_key_id,
                issued.secret_access_key,
                issued.session_token,
                issued.expiration,
                account_from_arn(arn),
            )
        )
    except CredentialsError as error:
        raise CredentialsRefreshError(str(error)) from None


def account_from_arn(arn: str | None) -> str | None:
    """Return the 12-digit account ID in an ARN, or None without a valid one."""
    parts = (arn or "").split(":", ARN_PARTS - 1)
    account = parts[4] if len(parts) == ARN_PARTS and parts[0] == "arn" else ""
    return account if len(account) == 12 and account.isdigit() else None  # noqa: PLR2004 - an account's digits


def policy_text(policy: str | Mapping[str, object] | None) -> str | None:
    """Return a session policy as JSON text.

    Raises ConfigurationError if a string is not a JSON object, or has a member twice, or a dict has no JSON form.
    """
    if policy is None:
        return None
    if isinstance(policy, str):
        from wsclient.policy._documents import load_policy_json  # noqa: PLC0415 - few sessions have a policy

        text, value = policy, load_policy_json(policy)
    else:
        text, value = _dumped(policy), policy
    if not is_mapping(value):
        raise ConfigurationError("policy must be a policy document: a JSON object, as a string or a dict")
    return text


def _dumped(policy: Mapping[str, object]) -> str:
    try:
        return json.dumps(policy, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        problem = "policy must hold strings, numbers, bools, lists and dicts only"
    raise ConfigurationError(problem)


def managed_policies(arns: Sequence[str]) -> list[s.PolicyDescriptorType] | None:
    """Convert managed policy ARNs to the STS request type; None if there are no ARNs."""
    return [s.PolicyDescriptorType(arn=arn) for arn in arns] or None
