"""Credential provider chain, and wsclient's default chain."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient._core.argument_checks import checked
from wsclient._core.clock import SYSTEM_CLOCK, Clock, TimeSource
from wsclient._core.credentials import CredentialsProvider, masked_key
from wsclient._core.errors import NoCredentialsError
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.logging import log_fields
from wsclient._core.value_kinds import CALLABLE, CLOCK, NAME, TEXT_MAP, instance_of, optional, secret, sequence_of
from wsclient._pipeline.transport.custom_transport import AsyncTransport
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.argument_kinds import CACHE, SOURCE
from wsclient.credentials._internal.base import bind, validate_credentials
from wsclient.credentials._internal.context import ProviderContext, RunProcess
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.delegating import DelegatingProvider, Selection
from wsclient.credentials.container import ContainerProvider, container_is_configured
from wsclient.credentials.environment import EnvironmentProvider
from wsclient.credentials.imds import ImdsProvider, imds_is_disabled
from wsclient.credentials.profile import ProfileProvider

if TYPE_CHECKING:
    from wsclient.credentials._internal import cli_cache
else:
    cli_cache = LazyModule("wsclient.credentials._internal.cli_cache")

logger = logging.getLogger("wsclient.credentials")


class ChainProvider(DelegatingProvider):
    """Provider that tries providers in order, and uses the first that has credentials from then on.

    NoCredentialsError of a provider means that it is not set up: the chain tries the next. Any other error means that
    it is set up and fails: the chain raises it, because the next provider would be another identity. If no provider has
    credentials, nothing is cached: the next call tries all of them again.
    """

    _secret_arguments = frozenset({"context"})

    @checked({"providers": sequence_of(SOURCE, "a list of credential providers")})
    def __init__(self, providers: Sequence[CredentialsProvider], *, context: ProviderContext | None = None) -> None:
        super().__init__(context)
        self._providers = tuple(map(as_provider, providers))
        self._skipped: list[tuple[str, str]] = []

    def explain(self) -> str:
        """Return the selected provider, and why each one before it was skipped, without a request."""
        names = [type(provider).__name__ for provider in self._providers]
        chosen = self._choice.provider
        if chosen is None:
            return f"not resolved yet; order: {', '.join(names) or 'no providers'}"
        skipped = "".join(f"; {name} {reason}" for name, reason in self._skipped)
        provider = chosen.explain() if isinstance(chosen, ProfileProvider) else type(chosen).__name__
        return f"{provider}{skipped}"

    async def _select(self, context: ProviderContext) -> Selection:
        """Return the first provider with credentials. Raises NoCredentialsError with the reason of each provider."""
        tried: list[tuple[str, str]] = []
        for provider in self._providers:
            try:
                credentials = validate_credentials(await bind(provider, context).get_credentials(), provider)
            except NoCredentialsError as error:
                tried += error.tried or [(type(provider).__name__, "raised NoCredentialsError without a reason")]
                continue
            key = masked_key(credentials.access_key_id)
            name = type(provider).__name__
            extra = log_fields(provider=name, access_key=key)
            logger.debug("%s returned credentials, access key %s", name, key, extra=extra)
            self._skipped[:] = tried  # in place: copies from with_context() share the list
            return Selection(provider, credentials)
        raise NoCredentialsError(tried)


@checked(
    {
        "environ": secret(optional(TEXT_MAP)),
        "home": optional(instance_of(Path, expected="a pathlib.Path")),
        "profile": optional(NAME),
        "clock": CLOCK,
        "runner": optional(CALLABLE),
        "cache": CACHE,
    }
)
def default_chain(
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
    transport: AsyncTransport | None = None,
    clock: Clock = SYSTEM_CLOCK,
    runner: RunProcess | None = None,
    cache: cli_cache.CliCache | None = None,
) -> ChainProvider:
    """Return the chain that a client uses by default: environment, profile, container, EC2 instance.

    The order is botocore's; within a profile it is role, web identity, SSO, credentials file, login, process, config
    file. With profile=, the chain ignores the access keys and web identity of the environment. AWS_PROFILE only selects
    the profile, which comes after them. The chain omits the EC2 metadata service if AWS_EC2_METADATA_DISABLED is true,
    and the container endpoint if the environment has none.

    environ, home, transport, clock and runner replace the machine's own, so that the chain can run without it.
    cache stores role and SSO sessions between runs, as the AWS CLI does.
    """
    context = provider_context(
        environ=environ, home=home, profile=profile, transport=transport, time=TimeSource(clock=clock), runner=runner
    )
    variables = context.environ
    providers: list[CredentialsProvider] = []
    if profile is None:
        providers.append(EnvironmentProvider(variables))
    providers.append(ProfileProvider(profile, environ=variables, home=context.home, cache=cache))
    if container_is_configured(variables):
        providers.append(ContainerProvider())
    if not imds_is_disabled(variables):
        providers.append(ImdsProvider(profile=profile))
    chain = ChainProvider(providers, context=context)
    return chain.made_by(
        default_chain,
        environ=environ,
        home=home,
        profile=profile,
        transport=transport,
        clock=clock,
        runner=runner,
        cache=cache,
    )
