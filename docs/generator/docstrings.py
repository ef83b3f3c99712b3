"""Extension of griffe that formats docstrings for the site.

Docstrings are written for the terminal. Generated structures get a table of their members with AWS's names and limits,
enumerations their values; patterns and examples become code, and names of errors become links.
"""

from __future__ import annotations

import ast
import importlib
import re
from html import escape
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final, get_args

import griffe
import msgspec

from wsclient import errors, types
from wsclient._core.model.enums import OpenEnum
from wsclient._core.model.structures import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

GENERATED: Final = re.compile(r"wsclient\._generated\.(workspaces|sts)\.(structures|enums|errors)\.")
OPERATIONS: Final = "wsclient._client.operations."
ERROR_NAME: Final = re.compile(rf"(?<![\w.`/\[])({'|'.join(sorted(errors.__all__, key=len, reverse=True))})\b")
RAISES: Final = re.compile(r"\nRaises:\n((?:    .*\n)+)")
PATTERN: Final = re.compile(r"pattern (.+?)(?=; each |\.$)")
ONE_OF: Final = re.compile(r"one of ([\w.-]+(?:, [\w.-]+)*)")
SEVERAL_NAMES: Final = re.compile(r"^( +)(\w+(?:, \w+)+): (.*)$", re.MULTILINE)
CONTENTS_LINE: Final = re.compile(r"^([A-Z][\w ]{0,14}): +(\S.*)$")
"""A line of a module's table of contents, as Fill it:  Inventory, Snapshot."""
TREE_BRANCH: Final = "\u251c"
END: Final = "end"
"""Stands behind the last line of a docstring."""
COMMAND: Final = re.compile(r"(?:\$ |python |pip |pytest |wsclient )")
"""How a shell command in a docstring begins."""
ENUMERATIONS: Final = frozenset(
    {"Join", "Outcome", "Severity"}
    | {
        name
        for name, kind in (vars(types) | vars(types.sts)).items()
        if isinstance(kind, type) and issubclass(kind, OpenEnum)
    }
)
"""Enumerations whose values parameters take as text, too."""
UNITS: Final[dict[type, str]] = {str: " characters", bytes: " bytes", list: " items"}
MOST_VALUES: Final = 8
"""Values of an enumeration that a parameter lists; above that, only their number."""


class ReadableDocstrings(griffe.Extension):
    """Rewrite docstrings as griffe reads them."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:  # noqa: ANN401 - griffe's own signature
        """Describe generated structures and enumerations, and give written structures their constructor."""
        found = GENERATED.match(cls.path)
        kind = found.group(2) if found else ""
        if kind == "structures":
            _describe_structure(cls, importlib.import_module(cls.module.path))
        elif kind == "enums":
            _describe_enumeration(cls)
        elif kind == "errors":
            _describe_error(cls)
        elif any(str(base).endswith("Struct") for base in cls.bases):
            _add_constructor(cls)
        _link_errors(cls)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:  # noqa: ANN401 - griffe's own signature
        """Make patterns, errors, joint parameters and types of a function readable."""
        for parameter in func.parameters:
            _show_enumerations(parameter.annotation)
        if func.docstring is not None and func.path.startswith(OPERATIONS):
            func.docstring.value = _readable_operation(func.docstring.value)
        _link_errors(func)

    def on_attribute(self, *, attr: griffe.Attribute, **_: Any) -> None:  # noqa: ANN401 - griffe's own signature
        """Give type aliases and public constants without a docstring one, since only documented names are shown."""
        is_of_module = attr.parent is not None and attr.parent.is_module and attr.name[0].isupper()
        if not is_of_module or attr.docstring is not None:
            return
        if "TypeAlias" in str(attr.annotation):
            attr.docstring = griffe.Docstring("Type alias.", parent=attr)
        elif attr.is_exported:
            attr.docstring = griffe.Docstring("Constant." if attr.name.isupper() else "Type alias.", parent=attr)

    def on_module(self, *, mod: griffe.Module, **_: Any) -> None:  # noqa: ANN401 - griffe's own signature
        """Link the errors that a module's docstring names."""
        _link_errors(mod)


def _show_enumerations(annotation: str | griffe.Expr | None) -> None:
    """Replace each alias of an enumeration and its texts, such as RunningModeText, by the documented enumeration."""
    if not isinstance(annotation, griffe.Expr):
        return
    for part in annotation.iterate(flat=True):
        if isinstance(part, griffe.ExprName) and part.name.removesuffix("Text") in ENUMERATIONS:
            part.name = part.name.removesuffix("Text")


def described(kind: type, limits: Limits) -> str:
    """Return a value's limits as text, such as 1 to 64 characters."""
    least, most = (None if each is None else f"{each:,g}" for each in (limits.minimum, limits.maximum))
    unit = UNITS.get(kind, "")
    parts: list[str] = []
    if least is not None and most is not None:
        parts.append(f"{least} to {most}{unit}")
    elif most is not None:
        parts.append(f"at most {most}{unit}")
    elif least is not None:
        parts.append(f"at least {least}{unit}")
    if limits.pattern:
        parts.append(f"pattern {_code(limits.pattern)}")
    return ", ".join(parts)


def _code(text: str) -> str:
    """Return text as Markdown code that also survives in a table."""
    return f"``{text}``" if "`" in text else f"`{text}`"


def _describe_structure(cls: griffe.Class, module: ModuleType) -> None:
    """Document each member: AWS's name, limits, whether it is required."""
    structure = getattr(module, cls.name)
    lines: list[str] = []
    for field in msgspec.structs.fields(structure):
        member = cls.members.get(field.name)
        if not isinstance(member, griffe.Attribute):
            continue
        limits = list(_limits_named_in(member, module))
        words = member.docstring.value if member.docstring else ""
        facts = [f"`{field.encode_name}`", "required" if field.required else "", *limits]
        lines.append(f"    {field.name}: {' '.join(filter(None, [words, '; '.join(filter(None, facts))]))}")
    page = cls.docstring.value if cls.docstring else ""
    table = "Attributes:\n" + "\n".join(lines) if lines else "No members of its own."
    cls.docstring = griffe.Docstring(f"{page}\n\n{table}", parent=cls)
    cls.members.pop("__init__", None)  # for type checkers: the members say the same


def _limits_named_in(member: griffe.Attribute, module: ModuleType) -> Iterator[str]:
    """Yield the limits in a member's annotation, and replace it by the plain type."""
    if not isinstance(member.annotation, griffe.Expr):
        return
    for part in member.annotation.iterate(flat=True):
        if not isinstance(part, griffe.ExprName):
            continue
        alias = getattr(module, part.name, None)
        if metadata := getattr(alias, "__metadata__", ()):
            kind = get_args(alias)[0]
            part.name = kind.__name__
            if isinstance(metadata[0], Limits) and (text := described(kind, metadata[0])):
                yield text


def _describe_enumeration(cls: griffe.Class) -> None:
    """List the values, with Python's names where they differ."""
    values: list[str] = []
    for name, member in cls.members.items():
        if isinstance(member, griffe.Attribute) and member.value is not None:
            value = str(member.value).strip("'\"")
            values.append(f"`{value}`" if value == name else f"`{name}` (`{value}`)")
    cls.docstring = griffe.Docstring(", ".join(values), parent=cls)
    cls.members = {}


def _describe_error(cls: griffe.Class) -> None:
    page = cls.docstring.value if cls.docstring else ""
    cls.docstring = griffe.Docstring(f"AWS's error of this name. {page}", parent=cls)
    cls.members = {}


def _add_constructor(cls: griffe.Class) -> None:
    """Add the constructor of a msgspec structure: griffe derives those of dataclasses only."""
    fields = {
        name: member
        for name, member in cls.members.items()
        if isinstance(member, griffe.Attribute)
        and member.annotation is not None
        and "ClassVar" not in str(member.annotation)
    }
    if "__init__" in cls.members or not fields:
        return
    parameters = [
        griffe.Parameter(
            name, annotation=member.annotation, kind=griffe.ParameterKind.keyword_only, default=_default(member)
        )
        for name, member in fields.items()
        if not name.startswith("_")
    ]
    init = griffe.Function("__init__", parameters=griffe.Parameters(*parameters), parent=cls, lineno=0, endlineno=0)
    cls.members["__init__"] = init


def _default(member: griffe.Attribute) -> str | griffe.Expr | None:
    """Return a default as text; that of a factory is an ellipsis."""
    return "..." if member.value is not None and "field(" in str(member.value) else member.value


def _readable_operation(text: str) -> str:
    """Return a generated docstring with its facts as code and links."""
    text = RAISES.sub(lambda found: f"\nErrors: {' '.join(found.group(1).split())}\n", f"{text}\n")
    text = text.replace("see the class.", "see [the clients][wsclient.WorkSpacesClient].")
    return "\n".join(_readable_fact(line) for line in text.splitlines())


def _readable_fact(line: str) -> str:
    if not line.startswith("    "):
        return line
    line = PATTERN.sub(lambda found: f"pattern {_code(found.group(1))}", line)
    return ONE_OF.sub(_values, line)


def _values(found: re.Match[str]) -> str:
    values = found.group(1).split(", ")
    if len(values) > MOST_VALUES:
        return f"one of {len(values)} values"
    return f"one of {', '.join(f'`{value}`' for value in values)}"


def _link_errors(thing: griffe.Object) -> None:
    """Link the errors that a docstring names, split lines of several parameters, and highlight code."""
    if thing.docstring is None:
        return
    text = thing.docstring.value
    if "Args:" in text:
        text = SEVERAL_NAMES.sub(_a_line_each, text)
    lines = [line if line.startswith(" ") else ERROR_NAME.sub(_link, line) for line in text.splitlines()]
    thing.docstring.value = "\n".join(_with_highlighted_code(list(_with_contents(lines))))


def _with_contents(lines: list[str]) -> Iterator[str]:
    """Yield a docstring's lines, with a table of contents as a list, and a blank line before each list."""
    matches = [CONTENTS_LINE.match(line) for line in lines]
    before = ""
    for number, (line, found) in enumerate(zip(lines, matches, strict=True)):
        neighbours = matches[max(number - 1, 0) : number] + matches[number + 1 : number + 2]
        text = f"- **{found[1]}**: {found[2]}" if found and any(neighbours) else line
        if text.startswith("- ") and before and not before.startswith(("- ", "  ")):
            yield ""
        yield text
        before = text


def _with_highlighted_code(lines: list[str]) -> Iterator[str]:
    """Yield a docstring's lines, with each indented block behind a blank line as code in its language."""
    code: list[str] = []
    before = ""
    for line in [*lines, END]:
        if (line.startswith("    ") and (code or not before)) or (code and not line):
            code.append(line)
        else:
            if code:
                yield _highlighted(code)
                code = []
            if line is not END:
                yield line
        before = line


def _highlighted(lines: list[str]) -> str:
    """Return an indented block as a fence in its language, and a tree of errors as HTML with a link for each."""
    code = dedent("\n".join(lines)).strip("\n")
    language = _language(code)
    if language == "text":
        text = ERROR_NAME.sub(_anchor, escape(code)) if TREE_BRANCH in code else escape(code)
        return f'<pre class="columns">{text}</pre>\n'
    return f"```{language}\n{code}\n```\n"


def _language(code: str) -> str:
    """Return sh, python, or text: a table or a tree, read by its columns."""
    if COMMAND.match(code):
        return "sh"
    try:
        compile(code, "docstring", "exec", flags=ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return "text"
    return "python"


def _anchor(found: re.Match[str]) -> str:
    return f'<a href="#wsclient.errors.{found[1]}">{found[1]}</a>'


def _link(found: re.Match[str]) -> str:
    return f"[{found.group(1)}][wsclient.errors.{found.group(1)}]"


def _a_line_each(found: re.Match[str]) -> str:
    indent, names, what = found.groups()
    return "\n".join(f"{indent}{name}: {what}" for name in names.split(", "))
