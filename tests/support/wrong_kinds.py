"""Values of wrong kinds for the options of constructors, by the options' annotations."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Stranger:
    """Object of a class that no option knows."""


def a_function(*_: object) -> None:
    """Do nothing."""


async def an_async_function(*_: object) -> None:
    """Do nothing."""


class AsyncCallable:
    """Object that is called as an async function is."""

    async def __call__(self, *_: object) -> None:
        """Do nothing."""


VALUES: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    10**30,
    0.0,
    1.5,
    -2.5,
    float("nan"),
    float("inf"),
    "",
    "text",
    "\0",
    "no",
    "5",
    b"bytes",
    [],
    [1],
    ["text"],
    [Stranger()],
    (),
    (None,),
    {},
    {"a": 1},
    {1: "a"},
    {"a", "b"},
    a_function,
    an_async_function,
    AsyncCallable(),
    Stranger(),
    Stranger,
    Path("folder/file"),
)
"""Values of many kinds: for every option most of them are wrong."""

_CONTAINERS = {
    "Sequence": (list, tuple),
    "Collection": (list, tuple, set),
    "Iterable": (list, tuple, set, dict),
    "list": (list,),
    "tuple": (tuple,),
    "frozenset": (),
    "Mapping": (dict,),
    "dict": (dict,),
}
_SCALARS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "bytes": (bytes,),
    "None": (type(None),),
    "Path": (Path,),
    "PathLike": (Path, str),
    "PathLike[str]": (Path,),
    "JournalPath": (Path, str),
}


def fits(value: object, annotation: str) -> bool:
    """Return whether a value is of the annotated kind; False for classes, of which VALUES has no object."""
    return any(_fits(value, part.strip()) for part in _parts(annotation, "|"))


def _fits(value: object, part: str) -> bool:
    if part == "object":
        return True
    if part in _SCALARS:
        return isinstance(value, _SCALARS[part]) and (part == "bool" or not isinstance(value, bool))
    return _fits_generic(value, part)


def _fits_generic(value: object, part: str) -> bool:
    name, _, rest = part.partition("[")
    inner = _parts(rest.removesuffix("]"), ",")
    if name.endswith("Callable"):
        # A coroutine that nobody awaits does nothing: only a function whose result is awaited may be async.
        is_async = isinstance(value, AsyncCallable) or inspect.iscoroutinefunction(value)
        return callable(value) and not isinstance(value, type) and (not is_async or "Awaitable" in part)
    if name.endswith("Literal"):
        return isinstance(value, str) and value in [text.strip().strip("'\"") for text in inner]
    name = name.rpartition(".")[2]
    if name not in _CONTAINERS or not isinstance(value, _CONTAINERS[name]):
        return False
    if isinstance(value, dict):
        items = cast("dict[object, object]", value).items()
        kinds = inner if name in {"Mapping", "dict"} else [inner[0], "object"]
        return all(fits(key, kinds[0]) and fits(item, kinds[1]) for key, item in items)
    return all(fits(item, inner[0]) for item in cast("list[object]", value))


def _parts(text: str, separator: str) -> list[str]:
    """Split an annotation at a separator outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def options_of(constructor: Callable[..., object]) -> Mapping[str, str]:
    """Return the annotations of a constructor's parameters, by name, as texts."""
    parameters = inspect.signature(constructor).parameters.values()
    return {
        each.name: _text(each.annotation)
        for each in parameters
        if each.kind is not each.VAR_KEYWORD and not each.name.startswith("_")
    }


def _text(annotation: object) -> str:
    if isinstance(annotation, str):
        return annotation
    text = annotation.__name__ if isinstance(annotation, type) and "[" not in str(annotation) else str(annotation)
    text = re.sub(r"(typing|collections\.abc|datetime|pathlib)\.", "", text)
    return (
        text.replace("NoneType", "None").removeprefix("Optional[") if "Optional" not in text else f"{text[9:-1]} | None"
    )
