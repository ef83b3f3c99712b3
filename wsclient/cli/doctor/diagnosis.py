"""Connectivity diagnosis: checks each step of a call, with a remedy for each step that fails.

The steps are settings, endpoint, name, connection, TLS, clock, credentials, identity and one read-only call. A step is
skipped only if a step that it depends on has failed: credentials, clock and identity are checked even if the endpoint
cannot be reached. The report contains no secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.cli.doctor.access import check_call, check_credentials, check_identity
from wsclient.cli.doctor.network import check_clock, check_connection, check_name, check_tls
from wsclient.cli.doctor.report import Status, ok, skipped, warning
from wsclient.cli.shell_terms import option_name
from wsclient.config._settings import ARGUMENT, DEFAULT
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from wsclient.cli.doctor.context import Diagnosis
    from wsclient.cli.doctor.report import Step


async def check_settings(at: Diagnosis, name: str) -> Step:
    """List the settings that have a value, with its source."""
    config = at.client.config
    rows = [
        (setting, value, option_name(setting) if source == ARGUMENT else source)
        for setting, value, source in config.rows()
        if source != DEFAULT and value
    ]
    facts = {setting: {"value": value, "source": source} for setting, value, source in rows}
    detail = "" if rows else "all settings have their defaults"
    url = config.endpoint_url
    is_used = at.client.endpoint.kind is EndpointKind.CUSTOM and url.value is not None
    if is_used and url.source.startswith("AWS_ENDPOINT_URL"):
        advice = f"{url.source} overrides the endpoint; unset it if unintended"
        return warning(name, detail, advice, rows=rows, facts={"settings": facts})
    return ok(name, detail, rows=rows, facts={"settings": facts})


async def check_endpoint(at: Diagnosis, name: str) -> Step:
    """Explain the endpoint."""
    endpoint = at.client.endpoint
    facts = {"url": endpoint.url, "kind": endpoint.kind.value, "signing_region": endpoint.signing_region}
    return ok(name, endpoint.explain(), facts=facts)


CHECKS: Final[Sequence[tuple[str, Callable[[Diagnosis, str], Awaitable[Step]], tuple[str, ...]]]] = (
    ("settings", check_settings, ()),
    ("endpoint", check_endpoint, ()),
    ("name", check_name, ()),
    ("connection", check_connection, ("name",)),
    ("TLS", check_tls, ("name", "connection")),
    ("clock", check_clock, ()),
    ("credentials", check_credentials, ()),
    ("identity", check_identity, ("credentials",)),
    ("call", check_call, ("name", "connection", "TLS", "credentials", "identity")),
)
"""Name, function and required steps of each check, in order."""


async def diagnose(at: Diagnosis) -> list[Step]:
    """Run every check whose required steps have not failed and return the results in order."""
    steps: dict[str, Step] = {}
    for name, check, required in CHECKS:
        broken = next((each for each in required if steps[each].status is Status.FAILED), None)
        steps[name] = skipped(name, f"{broken} failed") if broken else await check(at, name)
    return list(steps.values())
