"""Tools that do not show objects by their repr (rich, structlog, pytest's comparison) show no secret either."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rich.pretty import pretty_repr

import wsclient
from tests.support.structures import filled, kinds
from wsclient import types
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient._core.model.structures import ResponseMetadata, attach_metadata
from wsclient._core.reprs import Hidden
from wsclient.config import ClientConfig
from wsclient.middleware import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wsclient._core.model.structures import Structure

CANARY = "canaryS3cr3t"
WITHOUT_SECRETS = {"AuditDifference", "ReportContent", "InventoryRow", "Predicate", "Report"}
"""Classes whose own repr is short, and hides nothing."""


def _structs(base: type[object] = msgspec.Struct) -> Iterator[type[object]]:
    for each in type.__subclasses__(base):
        if each.__module__.partition(".")[0] == "wsclient":
            yield each
        yield from _structs(each)


def _definer(kind: type, name: str) -> type:
    return next(each for each in kind.__mro__ if name in vars(each))


def test_a_struct_with_its_own_repr_has_its_own_rich_repr() -> None:
    """A class that replaces the repr of msgspec replaces __rich_repr__, too, by which rich would show every field."""
    for module in pkgutil.walk_packages(wsclient.__path__, "wsclient."):
        if not module.name.endswith("__main__") and "codegen" not in module.name:
            importlib.import_module(module.name)
    own = {kind for kind in _structs() if _definer(kind, "__repr__") is not msgspec.Struct}
    assert len(own) > 100
    wrong = {_definer(kind, "__repr__").__name__ for kind in own if _definer(kind, "__rich_repr__") is msgspec.Struct}
    assert wrong <= WITHOUT_SECRETS


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_rich_shows_no_sensitive_member(kind: type[Structure]) -> None:
    """Rich shows the members of any structure but its sensitive ones, at any depth."""
    shown = pretty_repr(filled(kind, "a-text", items=2, secret=CANARY))
    assert CANARY not in shown
    assert ("a-text" in shown) == ("a-text" in repr(filled(kind, "a-text", items=2, secret=CANARY)))


def test_rich_shows_what_reprs_show() -> None:
    """Requests, responses, metadata, settings and holders of secrets show no header, body or password to rich."""
    headers = (("authorization", CANARY),)
    page = attach_metadata(
        types.DescribeWorkspacesResult(next_token=f"12345678{CANARY}"),
        ResponseMetadata(request_id="an-id", headers=headers),
    )
    config = ClientConfig.load("workspaces", environ={"HTTPS_PROXY": f"http://user:{CANARY}@proxy.example"})
    answer = Answer(status=200, request_id=None, headers=headers)
    objects: list[object] = [
        page,
        page.metadata,
        config,
        config.https_proxy,
        answer,
        Hidden(CANARY),
        HttpRequest("POST", "https://h.example/", headers, CANARY.encode()),
        HttpResponse(200, headers, CANARY.encode()),
    ]
    assert [shown for each in objects if CANARY in (shown := f"{pretty_repr(each)} {each!r}")] == []
    assert "an-id" in pretty_repr(page)
    assert "http://***@proxy.example" in pretty_repr(config)


def test_comparisons_that_fail_show_no_secret(tmp_path: Path) -> None:
    """Pytest shows neither keys that differ nor the password of a client certificate when objects are not equal."""
    certificate = tmp_path / "cert.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")

    def policy(password: str) -> Any:
        path = str(certificate)
        return wsclient.TLSPolicy(client_cert=(path, path, password))

    for make in (lambda secret: wsclient.Credentials("AKIDEXAMPLE", secret, secret), policy):
        first, second = make(f"{CANARY}1"), make(f"{CANARY}2")
        with pytest.raises(AssertionError) as failed:
            assert first == second
        assert CANARY not in str(failed.value)
        assert first == make(f"{CANARY}1")
        assert hash(first) == hash(make(f"{CANARY}1"))
        assert first != object()
