"""Providers one after another, and the order in which wsclient asks them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from wsclient._core.clock import SYSTEM_CLOCK, TimeSource
from wsclient._core.credentials import masked_key
from wsclient._core.errors import NoCredentialsError
from wsclient._core.logging import log_fields
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.base import bind, validate_credentials
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.delegating import DelegatingProvider, Selection
from wsclient.credentials.container import ContainerProvider, container_is_configured
from wsclient.credentials.environment import EnvironmentProvider
from wsclient.credentials.imds import ImdsProvider, imds_is_disabled
from wsclient.credentials.profile import ProfileProvider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wsclient._core.clock import Clock
    from wsclient._core.credentials import CredentialsProvider
    from wsclient._pipeline.transport.httpx_adapter import Transport
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext, RunProcess

logger = logging.getLogger("wsclient.credentials")


class ChainProvider(DelegatingProvider):
    """Asks providers in turn; the first that has credentials is the one from then on.

    Who raises NoCredentialsError has none, and the next is asked. Any other error means that a provider was set up
    and is broken: it is raised, for the next provider would be another identity. Nothing is remembered of a round in
    which nobody had any, so that the next call asks again.
    """

    _secret_arguments = frozenset({"surroundings"})

    def __init__(
        self, providers: Sequence[CredentialsProvider], *, surroundings: ProviderContext | None = None
    ) -> None:
        super().__init__(surroundings)
        self._providers = tuple(map(as_provider, providers))
        self._passed_over: list[tuple[str, str]] = []

    def explain(self) -> str:
        """Say which provider gives the credentials, and why those before it did not; nothing is asked for that."""
        names = [type(provider).__name__ for provider in self._providers]
        chosen = self._choice.provider
        if chosen is None:
            return f"not looked for yet; asked in this order: {', '.join(names) or 'nobody'}"
        passed = "".join(f"; {name} {why}" for name, why in self._passed_over)
        way = chosen.explain() if isinstance(chosen, ProfileProvider) else type(chosen).__name__
        return f"{way}{passed}"

    async def _choose(self, surroundings: ProviderContext) -> Selection:
        """Return the first provider that has credentials; else NoCredentialsError tells who had none."""
        tried: list[tuple[str, str]] = []
        for provider in self._providers:
            try:
                credentials = validate_credentials(await bind(provider, surroundings).get_credentials(), provider)
            except NoCredentialsError as error:
                tried += error.tried or [(type(provider).__name__, "it gave no reason")]
                continue
            key = masked_key(credentials.access_key_id)
            name = type(provider).__name__
            extra = log_fields(provider=name, access_key=key)
            logger.debug("%s gave the credentials, access key %s", name, key, extra=extra)
            self._passed_over[:] = tried  # in place, since the copies within clients share it
            return Selection(provider, credentials)
        raise NoCredentialsError(tried)


def default_chain(
    *,
    environ: Mapping[str, str] | None = None,
    home: Path | None = None,
    profile: str | None = None,
    transport: Transport | None = None,
    clock: Clock = SYSTEM_CLOCK,
    runner: RunProcess | None = None,
    cache: CliCache | None = None,
) -> ChainProvider:
    """Return the chain that is asked when nobody says otherwise: environment, profile, container, EC2 instance.

    That is botocore's order; within a profile it is role, web identity, SSO, credentials file, login, process, config
    file. An explicit profile goes before keys and web identity of the environment, which are then not looked at;
    AWS_PROFILE only says which profile is asked after them. What is switched off or not set up here is left out:
    AWS_EC2_METADATA_DISABLED, and the container endpoint outside of containers.

    environ, home, transport, clock and runner stand in for the machine's own, so that the chain can run without it.
    cache keeps role and SSO sessions between runs, as the AWS CLI does.
    """
    surroundings = provider_context(
        environ=environ, home=home, profile=profile, transport=transport, time=TimeSource(clock=clock), runner=runner
    )
    variables = surroundings.environ
    providers: list[CredentialsProvider] = []
    if profile is None:
        providers.append(EnvironmentProvider(variables))
    providers.append(ProfileProvider(profile, environ=variables, home=surroundings.home, cache=cache))
    if container_is_configured(variables):
        providers.append(ContainerProvider())
    if not imds_is_disabled(variables):
        providers.append(ImdsProvider(profile=profile))
    chain = ChainProvider(providers, surroundings=surroundings)
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
