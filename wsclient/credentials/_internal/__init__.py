"""Internals of the credential providers: cache, refresh, provider context, STS calls and metadata requests."""
