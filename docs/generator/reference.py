"""Reference pages that are generated from the service models: operations by subject, structures, enumerations."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import ismodule
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

import wsclient
from wsclient import errors, waiters
from wsclient._codegen.names import member_name
from wsclient._core.model.operations import Effect
from wsclient._core.model.structures import Input, Structure
from wsclient._generated.sts import structures as sts_structures
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import enums, structures
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.workspaces import WorkSpacesClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wsclient._core.model.operations import AnyOperation

SUBJECTS: Final = (
    ("pools", "Pools", "Pool"),
    ("account-links", "Account links", "AccountLink"),
    ("images", "Images", "Image"),
    ("bundles", "Bundles", "Bundle"),
    ("applications", "Applications", "Application|DescribeWorkspaceAssociations"),
    ("ip-groups", "IP access control groups", "IpGroup|IpRules"),
    ("connection-aliases", "Connection aliases", "ConnectionAlias"),
    ("clients", "WorkSpaces clients", "ClientBranding|ClientProperties|ClientAddIn"),
    ("account", "Account", "Account|CidrRanges"),
    ("tags", "Tags", "Tags"),
    (
        "directories",
        "Directories",
        "Director|Authentication|CertificateBased|Saml|Selfservice|Streaming|AccessProperties|CreationProperties|EncryptionMode",
    ),
    ("workspaces", "WorkSpaces", "Workspace"),
)
"""Pages of operations: file name, title, and a pattern of names; the first that matches takes an operation."""
EFFECTS: Final = {
    Effect.READ: "reads",
    Effect.REPEATABLE: "changes; idempotent",
    Effect.ONCE: "changes; once",
}


ALL_OPERATIONS: Final = """Every operation of the model 2015-04-08 is a method of
[`WorkSpacesClient`][wsclient.WorkSpacesClient], with AWS's name in snake_case: `CreateWorkspaces` is
`create_workspaces`. The operations of STS are on [a separate page](../sts.md).

The effect says which operations are retried after a failure: those that *read*, and changes that are *idempotent*.
Changes that must be executed *once* are not retried after an attempt with an unknown outcome
([Idempotency](../../explanation/nothing-twice.md)).
"""
ALONE: Final = "members: false, inherited_members: false, show_signature: false, separate_signature: false"
"""Options of an entry that shows its docstring only."""
BELOW_THE_CONTENTS: Final = 4
"""A level of headings that the table of contents leaves out."""
REQUESTS: Final = """Structures of requests. Methods take their members as keyword arguments.
"""
ENUMERATIONS: Final = """Enumerations are strings. A parameter whose type is an enumeration takes the text, too, as in
`where.state("AVAILABLE")`. A value that AWS adds later is kept, with `is_unknown` set.
"""
PLACED: Final = frozenset(
    {"cli", "config", "credentials", "errors", "pacing", "retries", "sts", "testing", "types", "waiters", "workspaces"}
)
"""Public modules that have a page of another kind, or a part of one."""
TITLES: Final = {
    "tls": "TLS",
    "policy": "Policies",
    "fleet": "Fleets",
    "audit": "Audits",
    "vpc": "Interface endpoint",
    "progress": "Progress bars",
    "tables": "Tables of structures",
}
FLEET_FIRST: Final = (
    *("Fleet", "FleetOptions", "Site", "Predicate", "Planning", "Plan", "PlanItem", "LeftOut", "PlanRow", "Progress"),
    *("Report", "ItemReport", "Outcome", "ReportRow", "inventory", "FleetInventory", "InventoryRow", "Join"),
    *("WrittenFile", "SiteError"),
)
"""Names of wsclient.fleet in the order of their use; the check of the site reports missing ones."""
Subject = tuple[str, str, list["AnyOperation"]]


def pages() -> dict[str, str]:
    """Return the Markdown of each generated page by its path below the site's root."""
    found = {f"reference/workspaces/{name}.md": _subject(title, ops) for name, title, ops in subjects()}
    found["reference/workspaces/index.md"] = _all_operations()
    found["reference/sts.md"] = _sts()
    found |= {path: _module(title, name) for title, name, path in modules()}
    found["reference/waiters.md"] = _waiters()
    found["reference/types/structures.md"] = _structures(
        "Structures", "Parts of requests and responses.", _kind(Structure)
    )
    found["reference/types/requests.md"] = _structures("Requests", REQUESTS, _kind(Input))
    found["reference/types/enumerations.md"] = _structures("Enumerations", ENUMERATIONS, sorted(enums.__all__))
    return found


def modules() -> list[tuple[str, str, str]]:
    """Return title, name and page of each public module whose reference is generated from its docstrings."""
    public = sorted(found.name for found in iter_modules(wsclient.__path__) if not found.name.startswith("_"))
    return [
        (TITLES.get(name, name.capitalize()), f"wsclient.{name}", f"reference/{name}.md")
        for name in public
        if name not in PLACED
    ]


def subjects() -> list[Subject]:
    """Return each page of operations: its file's name, title and operations."""
    left = dict(WORKSPACES.operations)
    found: list[Subject] = []
    for name, title, pattern in SUBJECTS:
        chosen = [operation for operation in left.values() if re.search(pattern, operation.name)]
        for operation in chosen:
            del left[operation.name]
        found.append((name, title, chosen))
    if left:
        raise ValueError(f"no subject of the reference matches {', '.join(left)}")
    return found[::-1]


def _module(title: str, name: str) -> str:
    """Return the page of a module, and of modules that it offers as a part of itself."""
    module = import_module(name)
    parts = [part for part in getattr(module, "__all__", ()) if ismodule(getattr(module, part))]
    first = FLEET_FIRST if name == "wsclient.fleet" else ()
    alone = "members: false, " if first else ""
    entries = [f"::: {name}\n    options: {{{alone}show_root_heading: false}}\n"]
    if first:
        entries += [_fleet_entry(f"{name}.{member}") for member in first]
    entries += [f"::: {name}.{part}\n    options: {{show_root_full_path: true}}\n" for part in parts]
    return "\n".join([f"# {title}", "", *entries])


def _fleet_entry(path: str) -> str:
    # Users make predicates by the functions of where, and combine them; their methods are the fleet's.
    is_opaque = path.endswith(".Predicate")
    return f"::: {path}\n" + ("    options: {members: false, show_signature: false}\n" if is_opaque else "")


def _subject(title: str, operations: Sequence[AnyOperation]) -> str:
    parts = [f"# {title}: operations", "", _table(operations, "wsclient.WorkSpacesClient")]
    parts += [_operation(operation, "wsclient.WorkSpacesClient", "wsclient.types") for operation in operations]
    return "\n".join(parts)


def _operation(operation: AnyOperation, client: str, home: str) -> str:
    """Return an operation's entry: the method and its result."""
    lines = [f"::: {client}.{member_name(operation.name)}", ""]
    output = operation.output.__name__
    lines += [f"::: {home}.{output}", f"    options: {{heading_level: {BELOW_THE_CONTENTS}, {ALONE}}}", ""]
    return "\n".join(lines)


def _table(operations: Iterable[AnyOperation], client: str) -> str:
    rows = ["| method | effect | returns |", "|---|---|---|"]
    for operation in operations:
        method = member_name(operation.name)
        answer = f"pages of `{operation.items}`" if operation.items else f"`{operation.output.__name__}`"
        rows.append(f"| [`{method}`][{client}.{method}] | {EFFECTS[operation.effect]} | {answer} |")
    return "\n".join([*rows, ""])


def _all_operations() -> str:
    parts = ["# All operations", "", ALL_OPERATIONS]
    for name, title, operations in subjects():
        parts += ["", f"## [{title}]({name}.md)", "", _table(operations, "wsclient.WorkSpacesClient")]
    return "\n".join(parts)


def _sts() -> str:
    operations = list(STS.operations.values())
    shown = {operation.output.__name__ for operation in operations}
    parts = ["# AWS STS", "", "::: wsclient.StsClient", "    options: {members: false, inherited_members: false}", ""]
    parts += ["## Operations", "", _table(operations, "wsclient.StsClient")]
    parts += [_operation(operation, "wsclient.StsClient", "wsclient.types.sts") for operation in operations]
    parts += ["## Structures of STS", ""]
    rest = sorted(set(sts_structures.__all__) - shown)
    return "\n".join([*parts, *(_entry(f"wsclient.types.sts.{name}", 3) for name in rest)])


def _waiters() -> str:
    methods = [name for name in dir(WorkSpacesClient) if name.startswith("wait_until_")]
    parts = ["# Waiters", "", "::: wsclient.waiters", "    options: {members: false, show_root_heading: false}", ""]
    parts += ["## All waiters", "", *(_waiter_row(name) for name in methods), ""]
    parts += [f"::: wsclient.WorkSpacesClient.{name}\n    options: {{heading_level: 3}}\n" for name in methods]
    parts += ["## Parameters, progress and errors", ""]
    # WaiterError and WaiterTimeoutError are at home among the errors.
    taken = [name for name in waiters.__all__ if not hasattr(errors, name)]
    parts += [f"::: wsclient.waiters.{name}\n    options: {{heading_level: 3}}\n" for name in taken]
    return "\n".join(parts)


def _waiter_row(name: str) -> str:
    first = (getattr(WorkSpacesClient, name).__doc__ or "").partition("\n")[0]
    return f"- [`{name}`][wsclient.WorkSpacesClient.{name}]: {first.removeprefix('Wait until ')}"


def _structures(title: str, words: str, names: Iterable[str]) -> str:
    entries = [_entry(f"wsclient.types.{name}", 2) for name in names]
    return "\n".join([f"# {title}", "", words, "", *entries])


def _entry(path: str, level: int) -> str:
    return f"::: {path}\n    options: {{heading_level: {level}, {ALONE}}}\n"


def _kind(kind: type[Structure]) -> list[str]:
    """Return the names of the structures of a kind that no page of operations shows."""
    answers = {operation.output.__name__ for operation in WORKSPACES.operations.values()}
    return [name for name in sorted(structures.__all__) if name not in answers and _is_of(name, kind)]


def _is_of(name: str, kind: type[Structure]) -> bool:
    structure = getattr(structures, name)
    is_request = name in {operation.input.__name__ for operation in WORKSPACES.operations.values()}
    return issubclass(structure, Structure) and is_request == (kind is Input)
