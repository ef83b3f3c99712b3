"""Renderer of errors.py: every error in a service's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._codegen.facts import TRANSIENT_ERRORS
from wsclient._codegen.names import member_name
from wsclient._codegen.text import api_page, header, literal
from wsclient._core import service_errors

if TYPE_CHECKING:
    from wsclient._codegen.model import ServiceModel, Shape


PUBLIC_ERRORS = frozenset({"workspaces", "sts"})
"""Services whose errors are in wsclient.errors."""


def render_errors(model: ServiceModel) -> str:
    """Return the text of a service's errors.py; errors common to all AWS services are in _core/service_errors.py."""
    common = [name for name in model.errors() if is_common(name)]
    own = {name: shape for name, shape in model.errors().items() if not is_common(name)}
    codes = "".join(f"    {literal(error_code(name, shape))}: {name},\n" for name, shape in model.errors().items())
    is_public = model.name in PUBLIC_ERRORS
    names = "".join(f"    {literal(name)},\n" for name in model.errors())
    return "".join(
        [
            header(model, "Errors"),
            "\nfrom typing import TYPE_CHECKING\n",
            f"\nfrom wsclient._core.service_errors import {', '.join(sorted(common))}\n" if common else "\n",
            "from wsclient._core.errors import ServiceError\n",
            "from wsclient._core.public_names import publish_classes\n" if is_public else "",
            "\nif TYPE_CHECKING:\n    from collections.abc import Mapping\n",
            *(_error(model, name, shape) for name, shape in own.items()),
            f"\n\nBY_CODE: Mapping[str, type[ServiceError]] = {{\n{codes}}}\n",
            f"\n__all__ = [\n{names}]\n",
            '\npublish_classes("wsclient.errors", __name__)\n' if is_public else "",
        ]
    )


def is_common(name: str) -> bool:
    """Return whether wsclient/_core/service_errors.py defines this error."""
    return hasattr(service_errors, name)


def error_code(name: str, shape: Shape) -> str:
    """Return the code of an error in responses of the service."""
    return shape.error.code if shape.error else name


def _error(model: ServiceModel, name: str, shape: Shape) -> str:
    code = error_code(name, shape)
    lines = [
        f"\n\nclass {name}(ServiceError):\n",
        f'    """{error_page(model)}"""\n\n',
        f"    code = {literal(code)}\n",
    ]
    if code in TRANSIENT_ERRORS:
        lines.append("    is_transient = True\n")
    lines.extend(
        f"\n    @property\n    def {member_name(member)}(self) -> str | None:\n"
        f"        return self.details.get({literal(member)})\n"
        for member in shape.members
        if member.lower() not in {"message", "requestid"}
    )
    return "".join(lines)


def error_page(model: ServiceModel) -> str:
    """Return the API reference's page of operations; the page of each operation lists its errors."""
    return api_page(model, "Operations")
