"""Login credential provider: sessions of `aws login`, through botocore's provider.

"Login credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from wsclient._core.argument_checks import checked
from wsclient._core.errors import CredentialsRefreshError, EndpointResolutionError
from wsclient._core.features import LOGIN, PROFILE_LOGIN
from wsclient._core.value_kinds import NAME
from wsclient.config._profile_loader import load_shared_files, shared_file_paths
from wsclient.config._proxies import proxy_for
from wsclient.config._settings import ARGUMENT, SettingResolver
from wsclient.credentials.botocore import BotocoreSessionProvider

if TYPE_CHECKING:
    from wsclient.config._client_config import ClientConfig
    from wsclient.config._settings import Setting
    from wsclient.credentials._internal.context import ProviderContext

SIGN_IN_URL: Final = "https://signin.aws.amazon.com"
"""Host for which NO_PROXY is evaluated: that of the sign-in service, whose regional hosts are below it."""


_REMEDIES: Final = {
    "MissingDependencyException": "it needs the CRT: pip install 'botocore[crt]'",
    "UnknownCredentialError": "this botocore is too old for it: pip install --upgrade 'botocore[crt]'",
}
"""What to do about the errors of botocore that another login would not end, by their class."""


class LoginProvider(BotocoreSessionProvider):
    """Provider that reads the session of `aws login`; botocore refreshes it in a thread.

    profile must have login_session. Requires botocore with the CRT: pip install 'wsclient[botocore]' 'botocore[crt]'.
    Requests of botocore follow the client's FIPS, dual-stack, CA bundle and proxy settings; botocore's rules refuse
    FIPS where AWS's sign-in service has none. They use botocore's TLS settings, not the client's tls=.
    """

    name: ClassVar[str] = "aws login"
    _own_features: ClassVar[frozenset[str]] = frozenset({PROFILE_LOGIN, LOGIN})
    _secret_arguments = frozenset[str]()

    @checked({"profile": NAME})
    def __init__(self, *, profile: str) -> None:
        self._begin(None)
        self._profile = profile

    def _load(self) -> object:
        try:
            from botocore.session import Session  # noqa: PLC0415 - only login sessions need botocore
        except ModuleNotFoundError:
            raise CredentialsRefreshError(
                f"the login session of profile {self._profile} needs botocore; install it with: "
                "pip install 'wsclient[botocore]' 'botocore[crt]'",
                can_heal=False,
            ) from None
        session: Any = Session(profile=self._profile)
        if self._context is not None:
            self._configure(session, self._context)
        credentials: object = session.get_component("credential_provider").get_provider("login").load()
        return credentials

    def _configure(self, session: BotocoreSession, context: ProviderContext) -> None:
        """Apply a client's files and settings to the session. Raises ConfigurationError for a contradiction."""
        paths = shared_file_paths(context.environ, context.home)
        for variable, path in zip(("config_file", "credentials_file"), paths, strict=True):
            session.set_config_variable(variable, str(path))
        config = context.config
        if config is None:
            return
        if not context.has_given_config:
            files = load_shared_files(paths, context.home)
            lookup = SettingResolver(environ=context.environ, files=files, profile=self._profile)
            reject_url_with_flags(lookup.endpoint_url("signin"), config)
        apply_config(session, config, is_given=context.has_given_config)

    def _require_client_flags(self, credentials: object) -> None:
        """Accept the session: _load() has given it the client's settings."""

    def _refresh_error(self, error: Exception) -> CredentialsRefreshError:
        remedy = _REMEDIES.get(type(error).__name__, f"log in again with: aws login --profile {self._profile}")
        return CredentialsRefreshError(
            f"the login session of profile {self._profile} could not be used: botocore raised {type(error).__name__}; "
            f"{remedy}",
            can_heal=False,
        )


class BotocoreSession(Protocol):
    """Part of botocore's Session that takes settings."""

    def set_config_variable(self, logical_name: str, value: object) -> None:
        """Set a setting, which goes before environment and files."""
        ...

    def set_default_client_config(self, client_config: object) -> None:
        """Set the settings of every client of the session."""
        ...


def reject_url_with_flags(url: Setting[str | None], config: ClientConfig) -> None:
    """Raise EndpointResolutionError for a sign-in URL together with FIPS or dual-stack, which it would drop."""
    for name, flag in (("use_fips", config.use_fips), ("use_dualstack", config.use_dualstack)):
        if flag.value and url.value is not None:
            raise EndpointResolutionError(
                f"the URL of signin ({url.source}) conflicts with {name}=True ({flag.source}): AWS defines no such "
                "form of a custom endpoint. Keep one of them."
            )


def apply_config(session: BotocoreSession, config: ClientConfig, *, is_given: bool) -> None:
    """Apply a client's settings to a botocore session; is_given means that no other setting counts."""
    from botocore.config import Config  # noqa: PLC0415 - only login sessions need botocore

    session.set_config_variable("use_fips_endpoint", config.use_fips.value)
    session.set_config_variable("use_dualstack_endpoint", config.use_dualstack.value)
    if is_given:
        session.set_config_variable("ignore_configured_endpoint_urls", value=True)
    if is_given or config.ca_bundle.value is not None:
        # True is botocore's own bundle: None would leave the variables of the environment in force.
        session.set_config_variable("ca_bundle", config.ca_bundle.value or True)
    if is_given or config.https_proxy.source == ARGUMENT:
        # Otherwise botocore reads the same variables by the same rules.
        proxy = proxy_for(SIGN_IN_URL, config.https_proxy.value, config.no_proxy.value)
        settings: Any = Config(proxies={"https": proxy} if proxy else {})
        session.set_default_client_config(settings)
