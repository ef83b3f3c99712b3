"""Check and Subject: the rules of an audit, and the resources that they judge."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, cast

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import name_hint
from wsclient._core.value_kinds import CALLBACK, TEXT, collection_of, instance_of, type_name, whole_number
from wsclient.audit._facts.catalogue import OPTIONS, sources_of
from wsclient.audit._facts.records import CheckContext, Fact, SiteFacts
from wsclient.audit._model import (
    Evidence,
    Finding,
    Outcome,
    Reason,
    Resource,
    Section,
    Severity,
    Verdict,
    not_applicable,
    unknown,
)
from wsclient.audit._settings import AuditSettings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wsclient.audit._facts.records import Problem

logger = logging.getLogger("wsclient")

Judge = Callable[[Any, "CheckContext"], Verdict]
"""Pure function that judges one item of a fact; it sends nothing."""


@dataclass(frozen=True, slots=True)
class _Kind:
    fact: str
    type: str
    id: str
    arn: str = ""


class Subject(Enum):
    """Kind of resource that a check judges, and the fact whose items these are."""

    CONNECTION = _Kind("connection", "Connection", "host")
    CALLER = _Kind("caller", "AWS::IAM::Principal", "arn")
    ACCOUNT = _Kind("tenancy", "AWS::Account", "")
    DIRECTORY = _Kind("directories", "AWS::WorkSpaces::Directory", "directory_id", "directory")
    WORKSPACE = _Kind("workspaces", "AWS::WorkSpaces::Workspace", "workspace.workspace_id", "workspace")
    IMAGE = _Kind("images", "AWS::WorkSpaces::Image", "image_id", "workspaceimage")
    IMAGE_SHARE = _Kind("image_shares", "AWS::WorkSpaces::Image", "image_id", "workspaceimage")
    CLIENT_SETTINGS = _Kind("client_settings", "AWS::WorkSpaces::Directory", "resource_id", "directory")
    ENDPOINT = _Kind("endpoints", "AWS::EC2::VPCEndpoint", "vpc_endpoint_id")
    PRINCIPALS = _Kind("iam", "AWS::Account", "")
    PUBLIC_HOST = _Kind("public_probe", "Connection", "host")
    NOTHING = _Kind("", "AWS::Account", "")
    """The check can read nothing: its outcome is the same for every account."""

    @property
    def fact(self) -> str:
        """Name of the fact in SiteFacts, "workspaces" for WorkSpaces, "" where nothing is read."""
        return self.value.fact

    def resource(self, item: object, context: CheckContext) -> Resource:
        """Return the resource that an item of the fact describes."""
        kind, value = self.value, item
        if not kind.id:
            return Resource(type=kind.type, id=context.account or str(context.site))
        for name in kind.id.split("."):
            value = getattr(value, name)
        arn = None
        if kind.arn and context.account:
            arn = f"arn:{context.partition}:workspaces:{context.site.region}:{context.account}:{kind.arn}/{value}"
        return Resource(type=kind.type, id=str(value or "(without an id)"), arn=arn)


_NAMES: Final = collection_of(TEXT, "a list of names (put a single name in a list)")
_KINDS: Final = {
    "section": instance_of(Section, expected="a Section"),
    "subject": instance_of(Subject, expected="a Subject"),
    "severity": instance_of(Severity, expected="a Severity"),
    "judge": CALLBACK,
    "revision": whole_number(1),
    **dict.fromkeys(("same_as", "needs", "joins", "settings"), _NAMES),
}
_ID: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_KNOWN: Final[Mapping[str, Collection[str]]] = {
    # The usual name is resolved together with the interfaces of endpoints.
    "needs": [each.name for each in fields(SiteFacts) if each.name != "usual_name"],
    "joins": ("connections", "tags"),
    "settings": [each.name for each in fields(AuditSettings)],
}


@checked_class(_KINDS, others=TEXT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Rule for each resource of a kind, and the function that judges it.

    id is stable; a changed rule has another revision. same_as names public checks of the same rule. why names the risk
    where the rule does not hold. needs are further facts that judge reads: if one could not be read, the finding is
    unknown, unless the verdict is proven(). joins are further reads for each WorkSpace: "connections", "tags".
    severity_source is the source of the severity. remedy is a call or a step in the console. settings are the names of
    the AuditSettings that judge reads. empty_message is the finding's message if there is no such resource. Raises
    ConfigurationError for an unknown name or a wrong type.
    """

    id: str
    title: str
    section: Section
    subject: Subject
    severity: Severity
    severity_source: str
    remedy: str
    judge: Judge = field(repr=False)
    why: str = ""
    revision: int = 1
    same_as: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    empty_message: str = "there is no such resource"
    settings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate the id, and the names of facts and settings."""
        if _ID.fullmatch(self.id) is None:
            raise ConfigurationError(f"Check.id: {self.id!r:.80} is not an id of the form group.name, as in access.web")
        for member, known in _KNOWN.items():
            for name in getattr(self, member):
                if name not in known:
                    raise ConfigurationError(
                        f"Check.{member} of {self.id}: {name!r:.80} is not known; {name_hint(name, known)}"
                    )

    @property
    def facts(self) -> tuple[str, ...]:
        """Names of the facts that the check reads."""
        return tuple(name for name in (self.subject.fact, *self.needs, *self.joins) if name)

    @property
    def actions(self) -> tuple[str, ...]:
        """IAM actions that the check needs, those of its optional reads included."""
        return tuple(sorted({source.action for source in sources_of(self.facts, OPTIONS)}))

    def findings(self, fact: Fact[Any], context: CheckContext) -> Iterator[Finding]:
        """Yield a finding for each item of a fact, and one for what could not be read.

        A judge that raises an error makes unknown, and does not end the audit; the first error is logged.
        """
        missing = next((problem for name in self.needs if (problem := context.facts.named(name).problem)), None)
        has_logged = False
        for item, call in fact:
            try:
                verdict = self._verdict(item, context)
            except Exception as error:
                if not has_logged:
                    logger.exception("the check %s raised an error", self.id)
                has_logged = True
                verdict = unknown(Reason.INCOMPLETE, f"the check raised {type(error).__name__}: {error}")
            if missing is not None and not verdict.is_proven:
                verdict = problem_verdict(missing)
            yield self._finding(verdict, context, self.subject.resource(item, context), call)
        if fact.problem is not None:
            yield self._finding(problem_verdict(fact.problem), context)

    def _verdict(self, item: object, context: CheckContext) -> Verdict:
        verdict = cast("object", self.judge(item, context))
        if isinstance(verdict, Verdict):
            return verdict
        raise TypeError(f"judge returned {type_name(verdict)} instead of a Verdict")

    def empty_listing_finding(self, context: CheckContext) -> Finding:
        """Return the finding for a listing that is complete and empty."""
        return self._finding(not_applicable(self.empty_message), context)

    def _finding(
        self, verdict: Verdict, context: CheckContext, resource: Resource | None = None, call: int | None = None
    ) -> Finding:
        return Finding(
            check=self.id,
            revision=self.revision,
            site=context.site,
            title=self.title,
            section=self.section,
            severity=verdict.severity or self.severity,
            outcome=verdict.outcome,
            message=verdict.message,
            remedy=self.remedy if verdict.outcome is Outcome.FAIL else "",
            same_as=self.same_as,
            resource=resource,
            reason=verdict.reason,
            action=verdict.action,
            evidence=tuple(Evidence(member=name, value=value, call=call) for name, value in verdict.read),
            at=context.now,
        )


def problem_verdict(problem: Problem) -> Verdict:
    """Return that a read failed, and why."""
    return Verdict(outcome=Outcome.UNKNOWN, message=problem.message, reason=problem.reason, action=problem.action)


def absent(member: str) -> Verdict:
    """Return that a response lacks the member that decides."""
    return unknown(Reason.INCOMPLETE, f"the response has no {member}", **{member: None})


def decided_elsewhere(item: object, context: CheckContext, *, reason: Reason, message: str) -> Verdict:
    """Return unknown for every resource: no member of any response decides."""
    del item, context
    return unknown(reason, message)


PAGE: Final = "AWS's page"
OURS: Final = "wsclient"
"""Sources of a severity that no public check gives."""
