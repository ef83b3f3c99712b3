"""What is emulated, operation by operation; an operation of the model that is not in here is not emulated yet.

To add one: write a function (call, request) -> result in the module of its resource, put that module's
`@operations.emulates(ops.NAME)` above it, and raise the operation's modeled errors where AWS does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.testing._operations import (
    bundles,
    changes,
    directories,
    ip_groups,
    modify,
    sts,
    sts_roles,
    tags,
    workspaces,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.testing._call import Handler

_WORKSPACES = (workspaces, changes, modify, directories, bundles, tags, ip_groups)

HANDLERS: Mapping[str, Mapping[str, Handler]] = {
    "sts": {**sts.operations.handlers, **sts_roles.operations.handlers},
    "workspaces": {name: handler for module in _WORKSPACES for name, handler in module.operations.handlers.items()},
}
"""The emulated operations of each service, by name."""
