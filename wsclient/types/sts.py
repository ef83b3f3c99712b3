"""Structures and enumerations of AWS STS."""

from wsclient._core.public_names import publish
from wsclient._generated.sts import enums, structures
from wsclient._generated.sts.enums import *  # noqa: F403 - the module has an __all__
from wsclient._generated.sts.structures import *  # noqa: F403 - the module has an __all__

__all__: list[str] = []
__all__ += enums.__all__
__all__ += structures.__all__

# get_type_hints() and msgspec resolve annotations in the module that a class reports: it has the names they hold.
for _name, _value in vars(structures).items():
    if not _name.startswith("_"):
        globals().setdefault(_name, _value)
publish(__name__, __all__, resolve_annotations=False)
