"""AWS credentials: what they are, and the providers that find them.

A provider is anything with `async def get_credentials() -> Credentials`. It raises NoCredentialsError to say that it
has none, any other error to say that it should have some and cannot; CredentialsProvider tells how to write one.
"""

from wsclient.credentials._types import Credentials, CredentialsProvider
from wsclient.credentials.chain import ChainProvider, default_chain, resolve_provider
from wsclient.credentials.environment import EnvironmentProvider
from wsclient.credentials.profile import ProfileProvider
from wsclient.credentials.static import StaticProvider

__all__ = [
    "ChainProvider",
    "Credentials",
    "CredentialsProvider",
    "EnvironmentProvider",
    "ProfileProvider",
    "StaticProvider",
    "default_chain",
    "resolve_provider",
]
