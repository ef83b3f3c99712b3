"""AWS credentials and credential providers.

Fixed:        Credentials, StaticProvider, EnvironmentProvider
Files:        ProfileProvider, ProcessProvider, SsoProvider, LoginProvider
From STS:     AssumeRoleProvider, WebIdentityProvider, SamlProvider, SessionTokenProvider, ScopedCredentialsProvider
This machine: ContainerProvider (ECS, EKS), ImdsProvider (EC2)
Composed:     default_chain, ChainProvider, CachedProvider, CliCache
boto3:        as_botocore and botocore_session pass a provider to boto3; a client also accepts a boto3 session

A provider is any object with `async def get_credentials() -> Credentials`. It raises NoCredentialsError if it is not
set up, and any other error if it is set up and fails. CredentialsProvider documents how to write one.
"""

from typing import TYPE_CHECKING

from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.lazy_imports import lazy_exports
from wsclient._core.public_names import publish

if TYPE_CHECKING:
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials.assume_role import AssumeRoleProvider
    from wsclient.credentials.botocore import BotocoreSessionProvider, as_botocore, botocore_session
    from wsclient.credentials.cached import CachedProvider
    from wsclient.credentials.chain import ChainProvider, default_chain
    from wsclient.credentials.container import ContainerProvider
    from wsclient.credentials.environment import EnvironmentProvider
    from wsclient.credentials.imds import ImdsProvider
    from wsclient.credentials.login import LoginProvider
    from wsclient.credentials.process import ProcessProvider
    from wsclient.credentials.profile import ProfileProvider
    from wsclient.credentials.saml import SamlProvider
    from wsclient.credentials.scoped import ScopedCredentialsProvider
    from wsclient.credentials.session_token import SessionTokenProvider
    from wsclient.credentials.sso import SsoProvider
    from wsclient.credentials.static import StaticProvider
    from wsclient.credentials.web_identity import WebIdentityProvider
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        "wsclient.credentials._internal.cli_cache:CliCache",
        "wsclient.credentials.assume_role:AssumeRoleProvider",
        "wsclient.credentials.botocore:BotocoreSessionProvider",
        "wsclient.credentials.botocore:as_botocore",
        "wsclient.credentials.botocore:botocore_session",
        "wsclient.credentials.cached:CachedProvider",
        "wsclient.credentials.chain:ChainProvider",
        "wsclient.credentials.chain:default_chain",
        "wsclient.credentials.container:ContainerProvider",
        "wsclient.credentials.environment:EnvironmentProvider",
        "wsclient.credentials.imds:ImdsProvider",
        "wsclient.credentials.login:LoginProvider",
        "wsclient.credentials.process:ProcessProvider",
        "wsclient.credentials.profile:ProfileProvider",
        "wsclient.credentials.saml:SamlProvider",
        "wsclient.credentials.scoped:ScopedCredentialsProvider",
        "wsclient.credentials.session_token:SessionTokenProvider",
        "wsclient.credentials.sso:SsoProvider",
        "wsclient.credentials.static:StaticProvider",
        "wsclient.credentials.web_identity:WebIdentityProvider",
    )

__all__ = [
    "AssumeRoleProvider",
    "BotocoreSessionProvider",
    "CachedProvider",
    "ChainProvider",
    "CliCache",
    "ContainerProvider",
    "Credentials",
    "CredentialsProvider",
    "EnvironmentProvider",
    "ImdsProvider",
    "LoginProvider",
    "ProcessProvider",
    "ProfileProvider",
    "SamlProvider",
    "ScopedCredentialsProvider",
    "SessionTokenProvider",
    "SsoProvider",
    "StaticProvider",
    "WebIdentityProvider",
    "as_botocore",
    "botocore_session",
    "default_chain",
]

publish(__name__, ["Credentials", "CredentialsProvider"])
