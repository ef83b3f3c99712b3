"""Structures and enumerations of Amazon WorkSpaces; those of AWS STS are in types.sts."""

from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import lazy_exports
from wsclient._core.model.structures import ResponseMetadata
from wsclient._core.public_names import publish
from wsclient._generated.workspaces import enums, structures
from wsclient._generated.workspaces.enums import *  # noqa: F403 - the module has an __all__
from wsclient._generated.workspaces.structures import *  # noqa: F403 - the module has an __all__

if TYPE_CHECKING:
    from wsclient.types import sts
else:
    __getattr__, __dir__ = lazy_exports(__name__, sts="wsclient.types.sts")

__all__ = ["ResponseMetadata", "sts"]
__all__ += enums.__all__
__all__ += structures.__all__

# get_type_hints() and msgspec resolve annotations in the module that a class reports: it has the names they hold.
for _name, _value in vars(structures).items():
    if not _name.startswith("_"):
        globals().setdefault(_name, _value)
publish(__name__, __all__, resolve_annotations=False)
