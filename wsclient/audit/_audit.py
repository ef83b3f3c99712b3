"""Audit: checks the sites of a fleet against AWS's page and further rules, and keeps the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self, Unpack

import msgspec

from wsclient._client.client_options import FleetOptions
from wsclient._client.option_table import FLEET_HINTS, FLEET_KINDS
from wsclient._core.argument_checks import checked
from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.site import Site
from wsclient._core.unawaited import refuse_plain_with
from wsclient._core.utils import name_hint
from wsclient._core.value_kinds import (
    BOOL,
    CALLBACK,
    TEXT,
    collection_of,
    instance_of,
    one_of,
    optional,
    sequence_of,
    whole_number,
)
from wsclient._generated.sts.structures import Credentials as StsCredentials
from wsclient.audit._checks.base import Check
from wsclient.audit._checks.registry import CHECKS, selected
from wsclient.audit._facts.catalogue import OPTIONS, Estimate, Size, estimated, is_requested, sources_of
from wsclient.audit._model import AuditCall, Finding, Outcome
from wsclient.audit._permissions import audit_policy
from wsclient.audit._report import AuditReport
from wsclient.audit._results import AuditedCheck, CheckCount
from wsclient.audit._run import AuditRun, scoped_clients
from wsclient.audit._settings import AuditSettings
from wsclient.endpoints._routing import REACH_KIND, Reach
from wsclient.fleet._sites import SITE_KINDS, Sites
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from wsclient.audit._facts.catalogue import Source
    from wsclient.workspaces._client import WorkSpacesClient

Keep = Literal["problems", "all"]
_JUDGED: Final = {
    "settings": optional(instance_of(AuditSettings, expected="an AuditSettings")),
    "checks": sequence_of(instance_of(Check, expected=""), "a list of checks"),
    "reach": REACH_KIND,
}
_NAMES: Final = collection_of(TEXT, "a list of names (put a single name in a list)")
_EARLIER: Final = optional(instance_of(AuditReport, expected="an AuditReport"))
_OTHER_NAMES: Final[Mapping[str, str]] = dict.fromkeys(
    ("audit", "check", "execute", "report", "results", "scan", "start"), "write report = await audit.run()"
)
_SELECTION: Final = {"benchmarks": _NAMES, "only": _NAMES, "options": _NAMES}


class AuditProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a run: calls made, WorkSpaces judged, findings so far, and failures among them."""

    calls: int
    workspaces: int
    findings: int
    failed: int

    def __str__(self) -> str:
        """Return the progress as one line."""
        return (
            f"{self.calls:,} calls, {self.workspaces:,} WorkSpaces, {self.findings:,} findings, {self.failed:,} failed"
        )


class Audit(ExplainedAttributes):
    """Audit of the accounts and regions of a fleet: report = await audit.run().

    It reads, and changes nothing. What cannot be read is unknown, with the reason, and never a pass; a missing
    permission or an unreachable site never ends the audit of the others. Throttled reads are waited out as in
    inventories, WorkSpaces are judged page by page, so that memory stays flat.

    "Infrastructure security in Amazon WorkSpaces",
    https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
    """

    _time: TimeSource = SYSTEM_TIME
    _other_names = _OTHER_NAMES

    @checked({**SITE_KINDS, **_JUDGED}, keywords=FLEET_KINDS, hints=FLEET_HINTS)
    def __init__(
        self,
        *,
        regions: Sequence[str] = (),
        profiles: Sequence[str] = (),
        accounts: Mapping[str, Credentials | StsCredentials | CredentialsProvider] | None = None,
        settings: AuditSettings | None = None,
        checks: Sequence[Check] = CHECKS,
        reach: Reach | Literal["public"] | None = None,
        **options: Unpack[FleetOptions],
    ) -> None:
        """Create the clients of the sites. No network access until a run.

        Args:
            regions, profiles, accounts: the sites, as for Fleet.
            settings: the intended configuration of the accounts; AuditSettings() by default.
            checks: checks to run; CHECKS, with your own added, or a part of them.
            reach: where EC2, Directory Service and IAM are called. Clients of a private or custom endpoint do not call
                them unless it says where, or "public".
            options: FleetOptions, further options of every client (see WorkSpacesClient).

        Raises ConfigurationError as Fleet does, for no check, and for two checks with the same id.
        """
        sites = Sites(regions=regions, profiles=profiles, accounts=accounts, **options)
        self._set_up(sites, settings, checks, reach)

    @classmethod
    @checked({"sites": instance_of(Sites, expected="a Fleet, such as Fleet.over((account, client))"), **_JUDGED})
    def over(
        cls,
        sites: Sites,
        *,
        settings: AuditSettings | None = None,
        checks: Sequence[Check] = CHECKS,
        reach: Reach | Literal["public"] | None = None,
    ) -> Self:
        """Return an audit of a Fleet's sites, through its clients; closing the audit closes them with the fleet."""
        audit = cls.__new__(cls)
        audit._set_up(sites, settings, checks, reach)  # noqa: SLF001 - an audit of this class
        return audit

    def _set_up(
        self,
        sites: Sites,
        settings: AuditSettings | None,
        checks: Sequence[Check],
        reach: Reach | Literal["public"] | None,
    ) -> None:
        if not checks:
            raise ConfigurationError("checks= is empty: an audit without a check would find no failure")
        ids = Counter(check.id for check in checks)
        if repeated := sorted(name for name, count in ids.items() if count > 1):
            raise ConfigurationError(f"checks= has {', '.join(repeated)} twice; an id names one check")
        self._sites = sites
        self._reach: Reach | Literal["public"] | None = reach
        self.settings = settings if settings is not None else AuditSettings()
        self.checks = tuple(checks)

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that a run reads."""
        return self._sites.sites

    @checked({**dict.fromkeys(("workspaces", "directories", "vpcs", "images"), whole_number(0)), **_SELECTION})
    def estimate(
        self,
        *,
        workspaces: int,
        directories: int = 4,
        vpcs: int = 2,
        images: int = 4,
        benchmarks: Collection[str] = (),
        only: Collection[str] = (),
        options: Collection[str] = (),
    ) -> Estimate:
        """Return the calls and the time that one site of this size takes; nothing is sent.

        vpcs are those of the directories and of interface endpoints for the API, images the account's own. benchmarks,
        only and options are those of run().
        """
        size = Size(workspaces=workspaces, directories=directories, vpcs=vpcs, images=images)
        return estimated(self._select(benchmarks, only, options).sources, size)

    @checked(_SELECTION)
    def policy(
        self, *, benchmarks: Collection[str] = (), only: Collection[str] = (), options: Collection[str] = ()
    ) -> Policy:
        """Return the IAM policy with exactly the actions that a run needs; nothing is sent.

        The operations list every resource of the account, so that they take no narrower resource than "*". Calls of the
        WorkSpaces API by clients with vpc_endpoint= are allowed through that interface endpoint only.
        """
        return self._policy(self._select(benchmarks, only, options), self.sites)

    def _policy(self, selection: _Selection, sites: Collection[Site]) -> Policy:
        actions = {source.action for source in selection.sources}
        return audit_policy(actions, {site: self._sites.client(site).endpoint for site in sites})

    @checked(
        {
            **_SELECTION,
            "keep": one_of("problems", "all"),
            "scoped": BOOL,
            "earlier": _EARLIER,
            "on_progress": optional(CALLBACK),
        }
    )
    async def run(
        self,
        *,
        benchmarks: Collection[str] = (),
        only: Collection[str] = (),
        options: Collection[str] = (),
        keep: Keep = "problems",
        scoped: bool = False,
        earlier: AuditReport | None = None,
        on_progress: Callable[[AuditProgress], object] | None = None,
    ) -> AuditReport:
        """Read every site, judge, and return the report.

        Args:
            benchmarks: "aws-page" or "cis-euc-1.2"; every check by default.
            only: ids of checks, or patterns such as "access.*".
            options: optional reads: "tags" (one call for each WorkSpace), "interfaces" (every network interface in the
                directories' subnets), "probe_public" (one call over the internet, at the region's public host).
            keep: "all" keeps passes too; by default they are counted only.
            scoped: make every call with credentials that AWS STS has narrowed to policy(), so that nothing else can be
                done with them, as Plan.run(scoped=True) does. Needs temporary credentials.
            earlier: report of an earlier audit. The new report continues it (see AuditReport.continued_from), and a
                WorkSpace that had no connection then, and has none now, is unused after AuditSettings.idle_days.
            on_progress: called with the progress as findings come in.

        Raises ConfigurationError for an unknown name, and with scoped=True for long-term keys; nothing was
        sent then.
        """
        calls = list[AuditCall]()
        selection = self._select(benchmarks, only, options)
        run = await self._new_run(selection, scoped=scoped, on_call=calls.append, earlier=earlier, keeps_resources=True)
        counts = Counter[tuple[str, Site, Outcome]]()
        kept = list[Finding]()
        async with aclosing(run.findings()) as lists:
            async for findings in lists:
                for finding in findings:
                    counts[finding.check, finding.site, finding.outcome] += finding.resources
                kept += [finding for finding in findings if keep == "all" or finding.outcome is not Outcome.PASS]
                if on_progress is not None:
                    on_progress(_progress(run, counts))
        order = {check.id: index for index, check in enumerate(run.checks)}
        report = AuditReport(
            settings=self.settings,
            sites=tuple(site.result for site in run.site_audits if site.result is not None),
            checks=tuple(map(AuditedCheck.of, run.checks)),
            check_counts=tuple(
                CheckCount(check=check, site=site, outcome=outcome, count=count)
                for (check, site, outcome), count in sorted(counts.items(), key=lambda pair: (order[pair[0][0]], pair))
            ),
            findings=tuple(sorted(kept, key=lambda finding: (order[finding.check], finding.key))),
            calls=tuple(calls),
            options=tuple(sorted(selection.options)),
            policy=self._policy(selection, self.sites).to_dict(),
        )
        return report if earlier is None else report.continued_from(earlier)

    @checked({**_SELECTION, "scoped": BOOL, "earlier": _EARLIER, "on_call": optional(CALLBACK)})
    async def findings(
        self,
        *,
        benchmarks: Collection[str] = (),
        only: Collection[str] = (),
        options: Collection[str] = (),
        scoped: bool = False,
        earlier: AuditReport | None = None,
        on_call: Callable[[AuditCall], object] | None = None,
    ) -> AsyncGenerator[Finding]:
        """Yield every finding, passes included, as the sites are read; memory stays flat.

        on_call gets each call before the findings whose evidence has its number. The other arguments are those of
        run().
        """
        selection = self._select(benchmarks, only, options)
        run = await self._new_run(selection, scoped=scoped, on_call=on_call, earlier=earlier, keeps_resources=False)
        async with aclosing(run.findings()) as lists:
            async for findings in lists:
                for finding in findings:
                    yield finding

    async def aclose(self) -> None:
        """Close the clients."""
        await self._sites.aclose()

    async def __aenter__(self) -> Self:
        """Return the audit itself; its clients open at their first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the clients."""
        await self.aclose()

    if not TYPE_CHECKING:  # type checkers report a plain with by themselves
        __enter__ = __exit__ = refuse_plain_with

    def __repr__(self) -> str:
        """Return the sites and the number of checks."""
        return f"<Audit of {', '.join(map(str, self.sites))}: {len(self.checks)} checks>"

    async def _new_run(
        self,
        selection: _Selection,
        *,
        scoped: bool,
        on_call: Callable[[AuditCall], object] | None,
        earlier: AuditReport | None,
        keeps_resources: bool,
    ) -> AuditRun:
        clients: Mapping[Site, WorkSpacesClient] = {site: self._sites.client(site) for site in self.sites}
        if scoped:
            policies = {site: self._policy(selection, [site]) for site in clients}
            clients = await scoped_clients(clients, policies)
        return AuditRun(
            clients,
            self.settings,
            selection.checks,
            selection.options,
            time=self._time,
            reach=self._reach,
            on_call=on_call,
            earlier=earlier,
            keeps_resources=keeps_resources,
        )

    def _select(self, benchmarks: Collection[str], only: Collection[str], options: Collection[str]) -> _Selection:
        """Return the checks and optional reads of these names; raise ConfigurationError for an unknown name."""
        checks = selected(self.checks, benchmarks, only)
        for name in options:
            if name not in OPTIONS:
                raise ConfigurationError(f"unknown optional read {name!r}; {name_hint(name, OPTIONS)}")
        return _Selection(checks, options)


class _Selection(NamedTuple):
    """Checks of a run, and the optional reads that they may use."""

    checks: tuple[Check, ...]
    options: Collection[str]

    @property
    def sources(self) -> tuple[Source, ...]:
        """What is read for the checks."""
        requested = [check for check in self.checks if is_requested(check.facts, self.options)]
        return sources_of({name for check in requested for name in check.facts}, self.options)


def _progress(run: AuditRun, counts: Counter[tuple[str, Site, Outcome]]) -> AuditProgress:
    failed = sum(count for (_, _, outcome), count in counts.items() if outcome is Outcome.FAIL)
    judged = sum(site.workspaces for site in run.site_audits)
    return AuditProgress(calls=run.log.count, workspaces=judged, findings=counts.total(), failed=failed)
