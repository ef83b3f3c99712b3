"""AWS credentials: what they are, and the providers that find them."""

from wsclient.credentials._types import Credentials, CredentialsProvider

__all__ = ["Credentials", "CredentialsProvider"]
