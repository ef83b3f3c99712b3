"""Client of Amazon WorkSpaces, with guards for the operations that can lock all users out."""

from wsclient.workspaces._client import WorkSpacesClient

__all__ = [
    "WorkSpacesClient",
]
