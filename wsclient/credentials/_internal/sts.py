"""What every provider that asks AWS STS shares: the call, its failure in words, and the answer as Credentials."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol, TypeVar

from wsclient._core.credentials import make_credentials
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
from wsclient._generated.sts import structures as s
from wsclient.retries._strategy import is_retryable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.model.operations import Operation
    from wsclient.credentials._internal.context import ProviderContext

InputT = TypeVar("InputT", bound=Structure)


class Issued(Protocol):
    """An answer of STS that holds credentials."""

    @property
    def credentials(self) -> s.Credentials | None:
        """The credentials."""
        ...


IssuedT = TypeVar("IssuedT", bound=Output)
ARN_PARTS = 6


async def call_sts(
    surroundings: ProviderContext,
    operation: Operation[InputT, IssuedT],
    request: InputT,
    credentials: CredentialsProvider | None,
    *,
    what: str,
) -> IssuedT:
    """Call STS; its refusal, and any failure on the way, becomes a CredentialsRefreshError that says what failed.

    So does a source without credentials: the chain must not go on to another identity.
    """
    try:
        return await surroundings.call_sts(operation, request, credentials)
    except NoCredentialsError as error:
        raise CredentialsRefreshError(
            f"{operation.name} of {what} has no source credentials: {error}", can_heal=False
        ) from error
    except (ServiceError, TransportError, ResponseParseError) as error:
        raise CredentialsRefreshError(f"{operation.name} of {what}: {error}", can_heal=is_retryable(error)) from error


def credentials_from_response(
    answer: s.Credentials | None, what: str, user: s.AssumedRoleUser | None = None
) -> Credentials:
    """Return the credentials in an answer of STS; user, whose session it is, tells the account."""
    if answer is None or not answer.access_key_id or not answer.secret_access_key or not answer.session_token:
        raise CredentialsRefreshError(f"STS answered without whole credentials for {what}")
    if answer.expiration is None:
        raise CredentialsRefreshError(f"STS answered without an expiration for {what}")
    try:
        return make_credentials(
            what,
            answer.access_key_id,
            answer.secret_access_key,
            answer.session_token,
            answer.expiration,
            account_of_arn(user.arn if user else None),
        )
    except CredentialsError as error:
        raise CredentialsRefreshError(str(error)) from None


def account_of_arn(arn: str | None) -> str | None:
    """Return the 12 digits of the account in an ARN, None when there are none."""
    parts = (arn or "").split(":", ARN_PARTS - 1)
    account = parts[4] if len(parts) == ARN_PARTS and parts[0] == "arn" else ""
    return account if len(account) == 12 and account.isdigit() else None  # noqa: PLR2004 - an account's digits


def policy_text(policy: str | Mapping[str, object] | None) -> str | None:
    """Return a session policy as JSON text; raises ConfigurationError when it is no JSON object."""
    if policy is None or isinstance(policy, str):
        try:
            is_object = policy is None or isinstance(json.loads(policy), dict)
        except ValueError:
            is_object = False
        if not is_object:
            raise ConfigurationError("policy must be a policy document: a JSON object, as text or as a dict")
        return policy
    return json.dumps(policy, separators=(",", ":"))


def managed_policies(arns: Sequence[str]) -> list[s.PolicyDescriptorType] | None:
    """Return managed policies as STS takes them, None for none."""
    return [s.PolicyDescriptorType(arn=arn) for arn in arns] or None
