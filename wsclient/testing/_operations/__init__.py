"""Operation handlers of the emulator: one for every operation of the generated models.

To add a handler: write a function (call, request) -> result in the module of its resource, put that module's
`@operations.emulates(ops.NAME)` above it, and raise the operation's modeled errors where AWS does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.testing._operations import (
    account_links,
    add_ins,
    applications,
    bundles,
    byol,
    changes,
    clients,
    connection_aliases,
    directories,
    directory_properties,
    ds,
    ec2_endpoints,
    ec2_networks,
    iam,
    image_imports,
    images,
    ip_groups,
    modify,
    pools,
    recovery,
    standby,
    sts,
    sts_roles,
    tags,
    workspaces,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.testing._operations.handler import Handler

_WORKSPACES = (
    byol,
    account_links,
    add_ins,
    applications,
    bundles,
    changes,
    clients,
    connection_aliases,
    directories,
    directory_properties,
    image_imports,
    images,
    ip_groups,
    modify,
    pools,
    recovery,
    standby,
    tags,
    workspaces,
)

HANDLERS: Mapping[str, Mapping[str, Handler]] = {
    "ds": ds.operations.handlers,
    "ec2": {**ec2_networks.operations.handlers, **ec2_endpoints.operations.handlers},
    "iam": iam.operations.handlers,
    "sts": {**sts.operations.handlers, **sts_roles.operations.handlers},
    "workspaces": {name: handler for module in _WORKSPACES for name, handler in module.operations.handlers.items()},
}
"""Handlers by service and by operation name."""
