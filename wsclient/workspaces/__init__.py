"""Client of Amazon WorkSpaces, with guards for the operations that can lock all users out."""

from wsclient._core.public_names import publish
from wsclient.workspaces._client import WorkSpacesClient

__all__ = [
    "WorkSpacesClient",
]

publish(__name__, __all__)
