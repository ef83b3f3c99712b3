"""Traits of models that the generator and the codecs know; a model with another stops the generator.

A trait that nobody implements would be lost without a word: a document type would lose its members, a host prefix
would send calls to the wrong host. "Smithy 2.0 specification, AWS protocols", https://smithy.io/2.0/aws/protocols/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

METADATA: Final = frozenset(
    {
        "apiVersion",
        "auth",
        "endpointPrefix",
        "globalEndpoint",  # not used: calls are regional, hosts of IAM are in wsclient/endpoints/_global_hosts.py
        "jsonVersion",
        "protocol",
        "protocols",
        "serviceAbbreviation",
        "serviceFullName",
        "serviceId",
        "signatureVersion",
        "signingName",
        "targetPrefix",
        "uid",
        "xmlNamespace",
    }
)
DEPRECATED: Final = frozenset({"deprecated", "deprecatedMessage", "deprecatedSince"})
OPERATION: Final = DEPRECATED | {"auth", "authtype", "documentation", "errors", "http", "input", "name", "output"}
SHAPE: Final = DEPRECATED | {
    "documentation",
    "enum",
    "error",
    "exception",
    "fault",
    "key",
    "max",
    "member",
    "members",
    "min",
    "pattern",
    "required",
    "sensitive",
    "type",
    "union",
    "value",
}
REFERENCE: Final = DEPRECATED | {"documentation", "shape"}
QUERY: Final = frozenset({"flattened", "locationName", "resultWrapper", "timestampFormat"})
"""Forms of names and values that only the query protocols have here."""
VALUES: Final = {
    "http": {"method": "POST", "requestUri": "/"},
    "authtype": "none",
    "jsonVersion": "1.1",
    "signatureVersion": "v4",
}
"""The only value of a trait that is implemented."""
PARTS: Final = ("member", "key", "value", "input", "output")


def check_traits(model: Mapping[str, Any], protocol: str) -> None:
    """Raise ValueError for a trait of a model that is not implemented, with where it is."""
    forms = frozenset[str]() if protocol == "json" else QUERY
    _check("metadata", model["metadata"], METADATA)
    for name, operation in model["operations"].items():
        _check(name, operation, OPERATION)
    for name, shape in model["shapes"].items():
        _check(name, shape, SHAPE | forms)
    for kind in ("operations", "shapes"):
        for name, owner in model[kind].items():
            for ref in _references(owner):
                _check(name, ref, REFERENCE | forms)


def _references(owner: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from owner.get("members", {}).values()
    yield from (owner[part] for part in PARTS if is_mapping(owner.get(part)))
    yield from owner["errors"] if is_list(owner.get("errors")) else ()


def _check(name: str, facts: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(facts.keys() - known)
    unknown += [f"{fact}={facts[fact]!r}" for fact in sorted(facts.keys() & VALUES) if facts[fact] != VALUES[fact]]
    if unknown:
        raise ValueError(
            f"{name} has {', '.join(unknown)}, which nothing here implements: implement it, or add it to "
            "wsclient/_codegen/traits.py if it changes neither requests nor responses"
        )
