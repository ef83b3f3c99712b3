"""What to write in place of attributes of clients of boto3, aiobotocore and httpx that wsclient's do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._client.option_table import KINDS
from wsclient._core.utils import closest, folded
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

if TYPE_CHECKING:
    from collections.abc import Collection

_PAGES: Final = (
    "an operation that lists is a paginator itself: async for workspace in client.describe_workspaces(), or .pages()"
)
_WAITS: Final = "write await client.wait_until_available(workspace_ids), or another of its wait_until_… methods"
_CLOSE: Final = "write await client.aclose(), or async with"
_RAW: Final = 'call a method, such as client.{operation}(), or await client.raw("{aws_name}", {{…}})'
_MIDDLEWARE: Final = "middleware= of the client takes functions around each attempt; see wsclient.middleware"
_SIGNER: Final = "wsclient signs headers, not URLs: wsclient.signing.SigV4Signer signs a request of your own"
_ENDPOINT: Final = "client.endpoint has the URL and the region, client.config every setting"
_HTTP: Final = (
    *("build_request", "call", "delete", "get", "head", "invoke", "options", "patch", "post", "put", "request", "send"),
    "stream",
)
_OTHER_NAMES: Final = {
    **dict.fromkeys(("close", "is_closed", "stop"), _CLOSE),
    **dict.fromkeys(_HTTP, _RAW),
    **dict.fromkeys(("cookies", "events", "event_hooks", "headers", "hooks", "params"), _MIDDLEWARE),
    **dict.fromkeys(("generate_presigned_post", "generate_presigned_url"), _SIGNER),
    **dict.fromkeys(("base_url", "meta", "region_name", "service_model", "url"), _ENDPOINT),
    "auth": "credentials= of the client signs its requests; await client.whoami() says whose they are",
    "trust_env": "proxy= of the client, HTTPS_PROXY and NO_PROXY set the proxy; client.config has the sources",
    **dict.fromkeys(("exceptions", "errors"), "catch the classes of wsclient.errors, such as errors.{error}"),
}
_PAGING: Final = frozenset({"can_paginate", "get_paginator", "paginate", "paginator"})
_WAITING: Final = frozenset({"get_waiter", "wait", "wait_for", "wait_until", "waiter_names"})
_VERBS: Final = frozenset(
    {"associate", "copy", "create", "delete", "describe", "get", "import", "list", "modify", "update"}
)
_EXAMPLES: Final = {
    "StsClient": {"operation": "get_caller_identity", "aws_name": "GetCallerIdentity", "error": "ExpiredTokenException"}
}
_WORKSPACES: Final = {
    "operation": "describe_workspaces",
    "aws_name": "DescribeWorkspaces",
    "error": "ResourceNotFoundException",
}


def instead_of(client: str, name: str, attributes: Collection[str]) -> str | None:
    """Return what to write in place of a name that a client of this class does not have, None if nothing resembles it.

    attributes are those that the client has.
    """
    if name in _PAGING:
        return _PAGES if "describe_workspaces" in attributes else "none of its operations returns pages"
    if name in _WAITING:
        return _WAITS if "wait_until_available" in attributes else "it has no waiters"
    if name in KINDS:
        return f"it is an option: client.with_options({name}=…) returns a copy, and client.config has the settings"
    hint = _OTHER_NAMES.get(name)
    return hint.format(**_EXAMPLES.get(client, _WORKSPACES)) if hint else _of_operation(client, name, attributes)


def _of_operation(client: str, name: str, attributes: Collection[str]) -> str | None:
    """Return where an operation is that another client has, or how to call one that is newer than the model."""
    for other, service in (("StsClient", STS), ("WorkSpacesClient", WORKSPACES)):
        if other != client and folded(name) in map(folded, service.operations):
            return f"it is an operation of wsclient.{other}"
    if name.partition("_")[0] in _VERBS and closest(name, attributes) is None:
        aws_name = "".join(part.capitalize() for part in name.split("_"))
        return f'an operation newer than this version is await client.raw("{aws_name}", {{…}})'
    return None
