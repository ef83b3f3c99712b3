"""SiteAudit: reads one site's facts and yields the findings of the checks, WorkSpaces page by page."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import Subject
from wsclient.audit._facts.catalogue import is_requested, with_prerequisites
from wsclient.audit._facts.directory_service import DIRECTORY_SERVICE_FACTS, read_directory_service
from wsclient.audit._facts.network import NETWORK_FACTS, read_network
from wsclient.audit._facts.public_host import public_probe
from wsclient.audit._facts.records import NOT_READ, CheckContext, Fact
from wsclient.audit._facts.workspaces import WorkspacesReader
from wsclient.audit._model import Outcome, Reason
from wsclient.audit._results import SiteResult
from wsclient.audit._shared_findings import SharedFindings
from wsclient.endpoints._types import partition_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from wsclient.audit._checks.base import Check
    from wsclient.audit._facts.iam import IamReader
    from wsclient.audit._facts.reader import SiteAccess
    from wsclient.audit._facts.records import SiteFacts
    from wsclient.audit._model import Finding
    from wsclient.audit._settings import AuditSettings

NOT_WHOLE: Final = frozenset({Reason.INCOMPLETE, Reason.NOT_REACHED})
"""Reasons of a problem with which a site counts as not read completely."""
MIN_SKEW: Final = timedelta(seconds=2)
"""Smallest clock skew that counts: the times of responses are whole seconds, so that a smaller one may be none."""
NOTHING: Final[Fact[None]] = Fact((None,))
"""The one item of a check that reads nothing."""


class SiteAudit:
    """Audit of one site. result describes the site once findings() has ended."""

    def __init__(
        self,
        access: SiteAccess,
        checks: Sequence[Check],
        settings: AuditSettings,
        *,
        options: Collection[str],
        iam: IamReader,
        unconnected_since: Mapping[tuple[str, str], Mapping[str, datetime]],
        keeps_resources: bool,
    ) -> None:
        self._access = access
        self._site = access.site
        self._checks = checks
        self._settings = settings
        self._clock = access.throttle_retry.time.clock
        self._reader = WorkspacesReader(access)
        self._options, self._iam = options, iam
        self._unconnected_since = unconnected_since
        self._is_whole = True
        self.workspaces = 0
        """WorkSpaces that were judged so far."""
        self._keeps_resources = keeps_resources
        self._resources: dict[str, set[str]] = {}
        self.result: SiteResult | None = None

    async def findings(self) -> AsyncGenerator[list[Finding]]:
        """Yield the findings in lists: those of the site first, then those of each page of WorkSpaces."""
        started = self._clock.monotonic()
        facts = await self._facts()
        caller = facts.caller.items[0] if facts.caller.items else None
        context = CheckContext(
            site=self._site,
            partition=partition_id(self._site.region),
            account=caller.account if caller else "",
            now=self._service_time(),
            settings=self._settings,
            facts=facts,
            unconnected_since=self._unconnected_since.get((caller.account if caller else "", self._site.region), {}),
        )
        yield [finding for check in self._site_checks() for finding in self._judge(check, context)]
        async for findings in self._workspace_findings(context):
            yield findings
        ended = self._service_time()
        self.result = SiteResult(
            site=self._site,
            account_id=context.account,
            caller_arn=caller.arn if caller else "",
            # This machine's clock may be wrong, and be set while the site is read.
            started=ended - timedelta(seconds=self._clock.monotonic() - started),
            ended=ended,
            workspaces=self.workspaces,
            left_out=self._reader.left_out,
            is_whole=self._is_whole,
            resources={kind: tuple(sorted(ids)) for kind, ids in sorted(self._resources.items())},
        )

    def _service_time(self) -> datetime:
        """Return the time by AWS's clock, or by this machine's while no response of AWS is known."""
        skew = self._access.client.clock_skew or timedelta()
        return self._clock.now() + (skew if abs(skew) > MIN_SKEW else timedelta())

    async def _facts(self) -> SiteFacts:
        """Read the facts that the checks need, except the WorkSpaces."""
        requested = [check for check in self._checks if self._is_requested(check)]
        needed = with_prerequisites({name for check in requested for name in check.facts})
        facts = await self._reader.site(needed)
        if needed & NETWORK_FACTS:
            await read_network(facts, self._access, needed=needed, api_vpcs=self._settings.api_vpcs)
        if needed & DIRECTORY_SERVICE_FACTS:
            await read_directory_service(facts, self._access, needed=needed)
        if "iam" in needed:
            account = facts.caller.items[0].account if facts.caller.items else ""
            facts.iam = await self._iam.principals(self._access, account)
        if "public_probe" in needed:
            facts.public_probe = await public_probe(self._access)
        problems = [fact.problem for name, fact in vars(facts).items() if name in needed]
        self._is_whole = not any(problem is not None and problem.reason in NOT_WHOLE for problem in problems)
        return facts

    def _site_checks(self) -> Iterator[Check]:
        return (check for check in self._checks if check.subject is not Subject.WORKSPACE)

    def _is_requested(self, check: Check) -> bool:
        return is_requested(check.facts, self._options)

    def _judge(self, check: Check, context: CheckContext) -> Iterator[Finding]:
        fact = NOTHING if check.subject is Subject.NOTHING else context.facts.named(check.subject.fact)
        yield from self._recorded(check.findings(fact, context))
        if not fact.items and fact.problem is None:
            yield check.empty_listing_finding(context)

    async def _workspace_findings(self, context: CheckContext) -> AsyncGenerator[list[Finding]]:
        of_workspaces = [check for check in self._checks if check.subject is Subject.WORKSPACE]
        checks = [check for check in of_workspaces if self._is_requested(check)]
        yield [
            finding for check in of_workspaces if check not in checks for finding in check.findings(NOT_READ, context)
        ]
        if not checks:
            return
        has_problem, groups = False, SharedFindings()
        joins = {name for check in checks for name in check.joins}
        if "tags" not in self._options:
            joins.discard("tags")
        async with aclosing(self._reader.workspaces(joins)) as pages:
            is_timed = self._access.client.clock_skew is not None
            async for page in pages:
                # The first response of AWS, if the checks need no other facts.
                if not is_timed and self._access.client.clock_skew is not None:
                    context, is_timed = replace(context, now=self._service_time()), True
                self.workspaces += len(page.items)
                has_problem = has_problem or page.problem is not None
                findings = self._recorded(finding for check in checks for finding in check.findings(page, context))
                yield list(groups.others(findings))
        yield groups.grouped()
        if not self.workspaces and not has_problem:
            yield [check.empty_listing_finding(context) for check in checks]

    def _recorded(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        """Yield the findings; record the resources that they judge, and whether a read was incomplete."""
        for finding in findings:
            if finding.resource is not None:
                if self._keeps_resources:
                    self._resources.setdefault(finding.resource.type, set()).add(finding.resource.id)
            elif finding.outcome is Outcome.UNKNOWN and finding.reason in NOT_WHOLE:
                self._is_whole = False
            yield finding
