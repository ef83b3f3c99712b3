"""SiteAudit: reads one site's facts and yields the findings of the checks, WorkSpaces page by page."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from wsclient.audit._checks.base import Subject
from wsclient.audit._facts.catalogue import with_prerequisites
from wsclient.audit._facts.directory_service import DIRECTORY_SERVICE_FACTS, read_directory_service
from wsclient.audit._facts.network import NETWORK_FACTS, read_network
from wsclient.audit._facts.reader import FactReader
from wsclient.audit._facts.records import Context, Fact
from wsclient.audit._facts.workspaces import WorkspacesReader
from wsclient.audit._grouping import SameForAll
from wsclient.audit._model import Outcome, Reason
from wsclient.audit._results import SiteResult
from wsclient.endpoints._types import partition_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator, Sequence

    from wsclient._core.site import Site
    from wsclient.audit._checks.base import Check
    from wsclient.audit._facts.reader import CallLog
    from wsclient.audit._facts.records import SiteFacts
    from wsclient.audit._model import Finding
    from wsclient.audit._settings import AuditSettings
    from wsclient.endpoints._types import Reach
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

NOT_WHOLE: Final = frozenset({Reason.INCOMPLETE, Reason.NOT_REACHED})
"""Reasons of a problem with which a site counts as not read completely."""
NOTHING: Final[Fact[None]] = Fact((None,))
"""The one item of a check that reads nothing."""


class SiteAudit:
    """Audit of one site. result is what there is to say of the site once findings() has ended."""

    def __init__(
        self,
        site: Site,
        client: WorkSpacesClient,
        checks: Sequence[Check],
        settings: AuditSettings,
        log: CallLog,
        patience: ThrottleRetry,
        *,
        options: Collection[str],
        reach: Reach | Literal["public"] | None,
        keeps_resources: bool,
    ) -> None:
        self._site = site
        self._client = client
        self._checks = checks
        self._settings = settings
        self._log, self._patience, self._reach = log, patience, reach
        self._clock = patience.time.clock
        self._reader = WorkspacesReader(client, FactReader(site, client, log, patience), options=options)
        self._is_whole = True
        self._workspaces = 0
        self._keeps_resources = keeps_resources
        self._resources: dict[str, set[str]] = {}
        self.result: SiteResult | None = None

    async def findings(self) -> AsyncGenerator[list[Finding]]:
        """Yield the findings in lists: those of the site first, then those of each page of WorkSpaces."""
        begun = self._clock.now()
        facts = await self._facts()
        caller = facts.caller.items[0] if facts.caller.items else None
        context = Context(
            site=self._site,
            partition=partition_id(self._site.region),
            account=caller.account if caller else "",
            now=self._clock.now() + (self._client.clock_skew or timedelta()),
            settings=self._settings,
            facts=facts,
        )
        yield [finding for check in self._site_checks() for finding in self._judge(check, context)]
        async for findings in self._workspace_findings(context):
            yield findings
        self.result = SiteResult(
            site=self._site,
            account_id=context.account,
            caller_arn=caller.arn if caller else "",
            begun=begun,
            ended=self._clock.now(),
            workspaces=self._workspaces,
            left_out=self._reader.left_out,
            is_whole=self._is_whole,
            resources={kind: tuple(sorted(ids)) for kind, ids in sorted(self._resources.items())},
        )

    async def _facts(self) -> SiteFacts:
        """Read everything but the WorkSpaces that the checks look at."""
        needed = with_prerequisites({name for check in self._checks for name in check.facts})
        facts = await self._reader.site(needed)
        for names, read in ((NETWORK_FACTS, read_network), (DIRECTORY_SERVICE_FACTS, read_directory_service)):
            if needed & names:
                await read(facts, self._site, self._client, self._log, self._patience, self._reach)
        return facts

    def _site_checks(self) -> Iterator[Check]:
        return (check for check in self._checks if check.subject is not Subject.WORKSPACE)

    def _judge(self, check: Check, context: Context) -> Iterator[Finding]:
        fact = NOTHING if check.subject is Subject.NOTHING else context.facts.named(check.subject.fact)
        yield from self._noted(check.findings(fact, context))
        if not fact.items and fact.problem is None:
            yield check.about_nothing(context)

    async def _workspace_findings(self, context: Context) -> AsyncGenerator[list[Finding]]:
        checks = [check for check in self._checks if check.subject is Subject.WORKSPACE]
        if not checks:
            return
        has_problem, groups = False, SameForAll()
        async with aclosing(self._reader.workspaces()) as pages:
            async for page in pages:
                self._workspaces += len(page.items)
                has_problem = has_problem or page.problem is not None
                findings = self._noted(finding for check in checks for finding in check.findings(page, context))
                yield list(groups.others(findings))
        yield groups.grouped()
        if not self._workspaces and not has_problem:
            yield [check.about_nothing(context) for check in checks]

    def _noted(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        """Pass findings on, and note what they judge, and whether one stands for what could not be read."""
        for finding in findings:
            if finding.resource is not None:
                if self._keeps_resources:
                    self._resources.setdefault(finding.resource.type, set()).add(finding.resource.id)
            elif finding.outcome is Outcome.UNKNOWN and finding.reason in NOT_WHOLE:
                self._is_whole = False
            yield finding
