"""RequestPart: base of the structures that programs build for requests, whose wrong constructions say what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import NODEFAULT, StructMeta

from wsclient._core.absence import defaults_of
from wsclient._core.model.structures import Input, public_name
from wsclient._core.utils import name_hint

if TYPE_CHECKING:
    from collections.abc import Collection

    import msgspec


class _ExplainingConstructor(StructMeta):
    """Metaclass whose classes explain the TypeError of a construction.

    Not for the requests themselves, which the client builds for each call: it costs a microsecond.
    """

    if not TYPE_CHECKING:  # type checkers take the parameters of __call__ for those of the class

        def __call__(cls, *arguments: object, **members: object) -> object:  # noqa: N805 - of a metaclass
            """Build the structure. Raises TypeError with the member that is unknown, missing or positional."""
            try:
                return super().__call__(*arguments, **members)
            except TypeError:
                problem = _problem(cls, arguments, members)
            del arguments, members  # a traceback shows the local variables of its frames
            raise TypeError(problem)


def _problem(structure: type[msgspec.Struct], arguments: tuple[object, ...], names: Collection[str]) -> str:
    """Return what is wrong with the arguments of a construction."""
    name = public_name(structure)
    members = structure.__struct_fields__
    optional = {member for member, default in defaults_of(structure) if default is not NODEFAULT}
    unknown = next((each for each in names if each not in members), None)
    missing = [f"{each}=" for each in members if each not in names and each not in optional]
    if arguments:
        return f"{name} takes keyword arguments only, such as {name}({members[0]}=…)"
    if unknown is not None:
        return f"{name} has no member {unknown!r}; {name_hint(unknown, members)}"
    return f"{name} needs {', '.join(missing)}"


class RequestPart(
    Input, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False, metaclass=_ExplainingConstructor
):
    """Structure within requests, such as WorkspaceRequest or Tag."""
