"""Renderer of enums.py: every enumeration of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.names import class_name, enum_member
from wsclient._codegen.text import header, literal

if TYPE_CHECKING:
    from wsclient._codegen.model import ServiceModel


def render_enums(model: ServiceModel) -> str:
    """Return the text of a service's enums.py."""
    enums = model.enums()
    parts = [header(model, "Enumerations")]
    if enums:
        parts.append("\nfrom typing import TYPE_CHECKING, Literal\n")
        parts.append("\nfrom wsclient._core.model.enums import OpenEnum, text_aliases\n")
    parts += [_enum(class_name(name), values) for name, values in enums.items()]
    parts.append(_aliases(model))
    names = "".join(f"    {literal(class_name(name))},\n" for name in enums)
    parts.append(f"\n\n__all__ = [\n{names}]\n" if names else "\n__all__: list[str] = []\n")
    return "".join(parts)


def _enum(name: str, values: list[str]) -> str:
    members = {enum_member(value): value for value in values}
    if len(members) != len(values):
        raise ValueError(f"two values of {name} would share a member name")
    lines = "".join(f"    {member} = {literal(value)}\n" for member, value in members.items())
    return f"\n\nclass {name}(OpenEnum):\n{lines}"


def argument_alias(name: str) -> str:
    """Return the name of the alias, for type checkers, of an enumeration and the texts that stand for its values."""
    return f"{class_name(name)}Text"


def _aliases(model: ServiceModel) -> str:
    """Return the aliases of the enumerations; outside type checkers, they are made when they are used."""
    lines = [
        f"    {argument_alias(name)} = {class_name(name)} | Literal[{', '.join(map(literal, values))}]\n"
        for name, values in model.enums().items()
    ]
    return f"\n\nif TYPE_CHECKING:\n{''.join(lines)}else:\n    __getattr__ = text_aliases(globals())\n" if lines else ""
