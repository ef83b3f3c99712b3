"""AuditRun: one run of an audit over its sites, up to 32 of them concurrently."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

from wsclient._core.errors import CredentialsError
from wsclient.audit._earlier_facts import unconnected_since
from wsclient.audit._facts.iam import IamReader
from wsclient.audit._facts.reader import CallLog, SiteAccess
from wsclient.audit._site_audit import SiteAudit
from wsclient.fleet._concurrency import merge
from wsclient.retries._retrying import ThrottleRetry
from wsclient.workspaces._scoped import require_temporary_credentials, scoped_client

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Mapping
    from datetime import datetime

    from wsclient._core.clock import TimeSource
    from wsclient._core.site import Site
    from wsclient.audit._checks.base import Check
    from wsclient.audit._model import AuditCall, Finding
    from wsclient.audit._results import ReportContent
    from wsclient.audit._settings import AuditSettings
    from wsclient.endpoints._routing import Reach
    from wsclient.policy._policy import Policy
    from wsclient.workspaces._client import WorkSpacesClient

MAX_CONCURRENT_SITES: Final = 32
MAX_WAITING_LISTS: Final = 8
"""Lists of findings, of all sites together, that wait for the consumer."""


async def scoped_clients(
    clients: Mapping[Site, WorkSpacesClient], policies: Mapping[Site, Policy]
) -> Mapping[Site, WorkSpacesClient]:
    """Return clients whose credentials allow the policy of their site and nothing else.

    Raises ConfigurationError for long-term keys. A site without credentials is not reached later, as in every audit.
    """
    for site, client in clients.items():
        with suppress(CredentialsError):
            await require_temporary_credentials(client, site)
    return {
        site: scoped_client(client, policies[site], description="wsclient audit") for site, client in clients.items()
    }


class AuditRun:
    """One run: its checks, sites and calls."""

    def __init__(
        self,
        clients: Mapping[Site, WorkSpacesClient],
        settings: AuditSettings,
        checks: tuple[Check, ...],
        options: Collection[str],
        *,
        time: TimeSource,
        reach: Reach | Literal["public"] | None,
        on_call: Callable[[AuditCall], object] | None,
        earlier: ReportContent | None,
        keeps_resources: bool,
    ) -> None:
        self.checks = checks
        self.log = CallLog(on_call)
        iam = IamReader()
        since: Mapping[tuple[str, str], Mapping[str, datetime]] = unconnected_since(earlier) if earlier else {}
        self.site_audits = [
            SiteAudit(
                SiteAccess(site=site, client=client, log=self.log, throttle_retry=ThrottleRetry(time), reach=reach),
                self.checks,
                settings,
                options=options,
                iam=iam,
                unconnected_since=since,
                keeps_resources=keeps_resources,
            )
            for site, client in clients.items()
        ]

    def findings(self) -> AsyncGenerator[list[Finding]]:
        """Yield the findings of all sites in lists, as they come."""
        return merge(
            [site.findings() for site in self.site_audits],
            max_concurrent=MAX_CONCURRENT_SITES,
            max_waiting=MAX_WAITING_LISTS,
        )
