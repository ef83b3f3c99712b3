"""Small pieces of generated text that several emitters share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient._codegen.model import ServiceModel, Shape

DOCUMENTATION = {
    "workspaces": "https://docs.aws.amazon.com/workspaces/latest/api",
    "sts": "https://docs.aws.amazon.com/STS/latest/APIReference",
}


def header(model: ServiceModel, what: str) -> str:
    """Return a generated module's docstring: what it holds, what wrote it, and from which model."""
    metadata = model.document.metadata
    return (
        f'"""{what} of {metadata.service_full_name}.\n\n'
        f"Written by `python -m wsclient._codegen` from the model {metadata.uid}\n"
        f"(SHA-256 {model.digest}).\n"
        'Do not edit: change the generator and write it again.\n"""\n\n'
        "from __future__ import annotations\n"
    )


def api_page(model: ServiceModel, name: str) -> str:
    """Return the address of the API reference's page on an operation or a data type."""
    return f"{DOCUMENTATION[model.name]}/API_{name}.html"


def literal(value: str) -> str:
    """Return a string as a double-quoted Python literal."""
    return json.dumps(value, ensure_ascii=False)


def pattern_literal(value: str) -> str:
    """Return a pattern as the most readable Python literal that holds it."""
    return f'r"{value}"' if '"' not in value and not value.endswith("\\") else repr(value)


def number(value: float) -> str:
    """Return a limit as the model means it: whole where it is whole."""
    return str(int(value)) if value == int(value) else str(value)


def limits(shape: Shape) -> str | None:
    """Return the Limits(...) of a shape, or None when the model sets none."""
    if shape.enum or (shape.min is None and shape.max is None and shape.pattern is None):
        return None
    bounds = [number(bound) if bound is not None else "None" for bound in (shape.min, shape.max)]
    parts = [*bounds, pattern_literal(shape.pattern)] if shape.pattern else bounds
    while parts[-1] == "None":
        parts.pop()
    return f"Limits({', '.join(parts)})"


def describe(shape: Shape) -> str:
    """Say a shape's limits in words for a docstring: "1 to 25 items"."""
    unit = {"list": "items", "string": "characters", "blob": "bytes", "map": "entries"}.get(shape.type, "")
    low, high = (None if bound is None else number(bound) for bound in (shape.min, shape.max))
    if low and high:
        span = f"{low} to {high} {unit}"
    elif high:
        span = f"at most {high} {unit}"
    else:
        span = f"at least {low} {unit}" if low else ""
    pattern = f"pattern {shape.pattern}" if shape.pattern and not shape.enum else ""
    return ", ".join(part.strip() for part in (span, pattern) if part)


def wrap(words: Iterable[str], indent: str, separator: str = ", ", width: int = 108) -> list[str]:
    """Fill lines with words, as a person would."""
    lines: list[str] = []
    line = ""
    for word in words:
        grown = f"{line}{separator}{word}" if line else word
        if line and len(indent) + len(grown) + len(separator) > width:
            lines.append(f"{indent}{line}{separator.rstrip()}")
            line = word
        else:
            line = grown
    return [*lines, f"{indent}{line}"] if line else lines
