"""Changes between two versions of the generated modules, in words: operations, members, limits, errors, and so on."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wsclient._codegen.diff import all_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS: Final = ("operations", "members", "limits", "errors", "enumerations", "regions")
"""Kinds of changes, in the order in which they are listed."""
VERBS: Final = {"+": "added", "-": "removed", "~": "changed"}
MARKS: Final = {"_sensitive": "a secret"}
USES_SHOWN: Final = 4


@dataclass(frozen=True)
class Change:
    """Change of one kind in one service; the service is "" for regions and partitions."""

    service: str
    kind: str
    text: str


@dataclass(frozen=True)
class Version:
    """Generated modules of one version of the models: facts by qualified name."""

    facts: Mapping[str, str]

    def messages(self, service: str) -> set[str]:
        """Return the structures that are the input or output of an operation."""
        prefix = f"_generated.{service}.operations."
        operations = [_keywords(value) for name, value in self.facts.items() if name.startswith(prefix)]
        return {_last(facts[key]) for facts in operations for key in ("input", "output") if key in facts}

    @cached_property
    def limits(self) -> dict[str, tuple[str, str]]:
        """Type and limits of each alias of a scalar shape, by service and name: ("str", "2 to 64")."""
        return {
            name.removeprefix("_generated.").replace(".structures.", "."): parsed
            for name, value in self.facts.items()
            if ".structures." in name and name.count(".") == _CLASS_DOTS and (parsed := _limits(value))
        }

    def users(self, service: str, alias: str) -> list[str]:
        """Return the members that have the type of an alias."""
        prefix = f"_generated.{service}.structures."
        return [
            name.removeprefix(prefix)
            for name, value in self.facts.items()
            if name.startswith(prefix) and name.count(".") > _CLASS_DOTS and alias in _names(value)
        ]

    def members(self, service: str, structure: str) -> list[str]:
        """Return the members of a structure."""
        prefix = f"_generated.{service}.structures.{structure}."
        names = (name.removeprefix(prefix) for name in self.facts if name.startswith(prefix))
        return [name for name in names if not name.startswith("_")]

    def operation(self, name: str) -> dict[str, str]:
        """Return the arguments of the Operation(...) that a fact holds."""
        return _keywords(self.facts[name])

    def annotation(self, service: str, value: str) -> str:
        """Return a member's type in words: its Python type, and the limits of an alias."""
        text = value.partition(" = ")[0].removesuffix(" | None")
        base, limits = self.limits.get(f"{service}.{text}") or _limits(text) or (text, "")
        return f"{base}, {limits}" if limits else base


_CLASS_DOTS = 3  # _generated.sts.structures.Tag


def describe_changes(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Return the changes between two mappings of path to text, as lines under a heading for each service and kind."""
    before, after = Version(all_facts(old)), Version(all_facts(new))
    changes = sorted(set(_changes(before, after)), key=lambda it: (it.service, KINDS.index(it.kind), it.text[2:]))
    lines: list[str] = []
    heading = ""
    for change in changes:
        if heading != (heading := f"{change.service} {change.kind}".strip()):
            lines.append(f"{heading}:")
        lines.append(f"  {VERBS[change.text[0]]} {change.text[2:]}")
    return lines


def _changes(before: Version, after: Version) -> Iterator[Change]:
    for name in sorted(before.facts.keys() | after.facts.keys()):
        old, new = before.facts.get(name), after.facts.get(name)
        if old == new or not name.startswith("_generated."):
            continue
        match name.split(".")[1:]:
            case [service, "operations" | "service", _]:
                yield from _operation(service, name, before, after)
            case [service, "structures", structure]:
                yield from _structure(service, structure, before, after)
            case [service, "structures", structure, member]:
                yield from _member(service, f"{structure}.{member}", before, after)
            case [service, "errors", error, *member]:
                yield from _error(service, error, member, before, after)
            case [service, "enums", enum, *value]:
                yield from _enum(service, enum, value, before, after)
            case ["partitions", constant]:
                yield from _regions(constant, old, new)
            case _:
                pass


def _operation(service: str, name: str, before: Version, after: Version) -> Iterator[Change]:
    if name.rpartition(".")[2] == "OPERATIONS":
        return
    if name not in before.facts or name not in after.facts:
        sign, version = ("+", after) if name in after.facts else ("-", before)
        facts = version.operation(name)
        members = ", ".join(version.members(service, _last(facts["input"])))
        yield Change(service, "operations", f"{sign} {ast.literal_eval(facts['name'])}({members})")
        return
    old, new = before.operation(name), after.operation(name)
    title = str(ast.literal_eval(new.get("name", "''")))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key) or key == "errors":
            continue
        yield Change(service, "operations", f"~ {title}: {key} was {old.get(key)}, is {new.get(key)}")
    raised = {"+": "also raises", "-": "no longer raises"}
    for sign, error in _set_changes(_names(old.get("errors", "()")), _names(new.get("errors", "()"))):
        yield Change(service, "errors", f"~ {title} {raised[sign]} {error}")


def _structure(service: str, structure: str, before: Version, after: Version) -> Iterator[Change]:
    name, alias = f"_generated.{service}.structures.{structure}", f"{service}.{structure}"
    if name in before.facts and name in after.facts:
        (_, old), (_, new) = before.limits.get(alias, ("", "")), after.limits.get(alias, ("", ""))
        users = after.users(service, structure)
        more = f" and {len(users) - USES_SHOWN} more" if len(users) > USES_SHOWN else ""
        text = f"~ {structure} was {old}, is {new} ({', '.join(users[:USES_SHOWN])}{more})"
        yield Change(service, "limits", text)
    elif alias not in before.limits and alias not in after.limits:
        sign, version = ("+", after) if name in after.facts else ("-", before)
        if structure not in (before.messages(service) ^ after.messages(service)):
            members = ", ".join(version.members(service, structure))
            yield Change(service, "members", f"{sign} {structure} ({members})")


def _member(service: str, member: str, before: Version, after: Version) -> Iterator[Change]:
    structure, _, own = member.partition(".")
    name = f"_generated.{service}.structures.{member}"
    if any(f"_generated.{service}.structures.{structure}" not in version.facts for version in (before, after)):
        return  # the structure's line names its members
    old, new = before.facts.get(name), after.facts.get(name)
    if own in MARKS:
        kept = set(after.members(service, structure))
        for sign, marked in _set_changes(_strings(old) & kept, _strings(new)):
            verb = "is now" if sign == "+" else "is no longer"
            yield Change(service, "members", f"~ {structure}.{marked} {verb} {MARKS[own]}")
    elif old is None or new is None:
        sign, version, value = ("+", after, new) if new is not None else ("-", before, old)
        yield Change(service, "members", f"{sign} {member}: {version.annotation(service, value or '')}")
    else:
        if _is_required(old) != _is_required(new):
            yield Change(service, "members", f"~ {member} is {'now' if _is_required(new) else 'no longer'} required")
        was, now = before.annotation(service, old), after.annotation(service, new)
        kind = "limits" if "Limits" in old + new else "members"
        if was != now:
            yield Change(service, kind, f"~ {member} was {was}, is {now}")


def _is_required(value: str) -> bool:
    """Return whether a member has no default: a field(...) may have a name only."""
    _, _, default = value.partition(" = ")
    return not default or (default.startswith("field(") and "default=" not in default)


def _error(service: str, error: str, member: list[str], before: Version, after: Version) -> Iterator[Change]:
    name = f"_generated.{service}.errors.{error}"
    if error == "BY_CODE":
        return
    if not member:
        sign, version = ("+", after) if name in after.facts else ("-", before)
        code = ast.literal_eval(version.facts.get(f"{name}.code", "''"))
        yield Change(service, "errors", f"{sign} {error} ({code})")
    elif name in before.facts and name in after.facts:
        yield Change(service, "errors", f"~ {error}.{member[0]}{_change_text(name, member[0], before, after)}")


def _enum(service: str, enum: str, value: list[str], before: Version, after: Version) -> Iterator[Change]:
    name = f"_generated.{service}.enums.{enum}"
    if not value:
        sign, version = ("+", after) if name in after.facts else ("-", before)
        values = [ast.literal_eval(text) for fact, text in version.facts.items() if fact.startswith(f"{name}.")]
        yield Change(service, "enumerations", f"{sign} {enum} ({', '.join(map(str, values))})")
    elif name in before.facts and name in after.facts:
        sign, version = ("+", after) if f"{name}.{value[0]}" in after.facts else ("-", before)
        text = ast.literal_eval(version.facts[f"{name}.{value[0]}"])
        yield Change(service, "enumerations", f"{sign} {enum}: {text}")


def _regions(constant: str, old: str | None, new: str | None) -> Iterator[Change]:
    changes = list(_set_changes(_strings(old), _strings(new)))
    for sign, value in changes:
        yield Change("", "regions", f"{sign} {constant}: {value}")
    if not changes:
        yield Change("", "regions", f"~ {constant}: the same values in another place")


def _change_text(name: str, member: str, before: Version, after: Version) -> str:
    was, now = (version.facts.get(f"{name}.{member}", "absent") for version in (before, after))
    return f" was {was}, is {now}" if was != now else ""


def _set_changes(old: set[str], new: set[str]) -> Iterator[tuple[str, str]]:
    yield from (("+", value) for value in sorted(new - old))
    yield from (("-", value) for value in sorted(old - new))


def _limits(value: str) -> tuple[str, str] | None:
    """Return the type and the limits of Annotated[TYPE, Limits(...)], or None for another value."""
    match _expression(value):
        case ast.Subscript(
            value=ast.Name(id="Annotated"),
            slice=ast.Tuple(elts=[base, ast.Call(func=ast.Name(id="Limits"), args=arguments)]),
        ):
            bounds = [ast.literal_eval(argument) for argument in arguments]
            return ast.unparse(base), _in_words(*bounds)
        case _:
            return None


def _in_words(low: float | None = None, high: float | None = None, pattern: str | None = None) -> str:
    if low is not None and high is not None:
        span = f"{low} to {high}"
    else:
        span = f"at most {high}" if high is not None else f"at least {low}" if low is not None else ""
    return ", ".join(filter(None, [span, f"pattern {pattern}" if pattern else ""]))


def _expression(value: str) -> ast.expr | None:
    """Parse a fact's annotation or value; it may be ANNOTATION = VALUE."""
    (statement,) = ast.parse(f"_: {value or 'None'}").body
    return statement.annotation if isinstance(statement, ast.AnnAssign) else None


def _keywords(call: str) -> dict[str, str]:
    body = _expression(call)
    if not isinstance(body, ast.Call):
        return {}
    return {keyword.arg: ast.unparse(keyword.value) for keyword in body.keywords if keyword.arg}


def _names(expression: str) -> set[str]:
    """Return the last names in an expression: of e.ExpiredTokenException, ExpiredTokenException."""
    nodes = list(ast.walk(ast.parse(f"_: {expression}")))
    qualified = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return qualified or {node.id for node in nodes if isinstance(node, ast.Name)} - {"_"}


def _strings(expression: str | None) -> set[str]:
    nodes = ast.walk(ast.parse(f"_: {expression}"))
    return {str(node.value) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _last(expression: str) -> str:
    return expression.rpartition(".")[2]
