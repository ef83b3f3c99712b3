"""The client of Amazon WorkSpaces: its operations, with guards around those that can lock everybody out."""

from wsclient.workspaces._client import WorkSpacesClient

__all__ = [
    "WorkSpacesClient",
]
