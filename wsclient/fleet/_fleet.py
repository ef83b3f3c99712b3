"""Fleet and its actions: each method plans an action, and the plan is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, TypeAlias, Unpack

from wsclient._client.client_options import FleetOptions
from wsclient._client.option_table import FLEET_HINTS, FLEET_KINDS
from wsclient._core.absence import is_absent
from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.fleet_errors import SiteError
from wsclient._core.site import Site
from wsclient._core.utils import is_mapping
from wsclient._core.value_kinds import (
    ANYTHING,
    CALLBACK,
    MAPPING,
    PATH,
    REJECTED,
    TEXT,
    TEXTS,
    collection_of,
    either,
    optional,
    satisfies,
    sequence_of,
    type_name,
)
from wsclient._generated.sts.structures import Credentials as StsCredentials
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import TargetWorkspaceState, TargetWorkspaceStateText
from wsclient._generated.workspaces.structures import WorkspaceProperties
from wsclient.fleet._actions.items import Parameters
from wsclient.fleet._actions.parameter_checks import check_requests, check_structure, check_tags, check_value
from wsclient.fleet._inventory.inventory import FleetInventory
from wsclient.fleet._journal.journal import JournalPath
from wsclient.fleet._journal.storage import FILE_STORAGE, JournalStorage
from wsclient.fleet._planner import Planning
from wsclient.fleet._references import Items, group_by_site
from wsclient.fleet._rows import Join, JoinText
from wsclient.fleet._selection.predicates import Predicate
from wsclient.fleet._waits import WaitsMixin
from wsclient.fleet.where import BUNDLE_ID

OnSiteError: TypeAlias = Callable[[SiteError], object]
"""Function that is called with the error of each site that cannot be read, while the other sites are read on."""


_SELECTION: Final = {"journal": optional(PATH), "on_site_error": optional(CALLBACK)}
"""Options of every action except create; the planner checks where and ids."""
_ITEMS: Final = sequence_of(ANYTHING, "")
_REQUESTS: Final = either(
    "a list of WorkspaceRequests, or a mapping from sites to such lists",
    _ITEMS,
    satisfies(
        "", lambda value: is_mapping(value) and all(_ITEMS.accept(each) is not REJECTED for each in value.values())
    ),
)


_RUN_OPTIONS: Final = (
    *("concurrency", "consistency", "deadline", "dry_run", "expected_count", "max_failures", "on_progress", "pause"),
    *("per_site", "retry_ambiguous", "scoped", "wave_timeout", "waves"),
)
_action = partial(checked, hints=dict.fromkeys(_RUN_OPTIONS, "run() of the plan takes it: await plan.run(…)"))


class Selection(NamedTuple):
    """Arguments by which every action except create selects its WorkSpaces."""

    where: Predicate | None
    ids: Items | None
    journal: JournalPath | None
    on_site_error: OnSiteError | None


Requests: TypeAlias = Sequence[s.WorkspaceRequest] | Mapping[Site, Sequence[s.WorkspaceRequest]]
"""Requests for WorkSpaces to create at one site, or by site."""


class Fleet(WaitsMixin):
    """Fleet of WorkSpaces, to be read and changed: plan = await fleet.stop(where=…), then report = await plan.run().

    Every action except create takes either where=, a predicate of wsclient.fleet.where, or ids=: items of a report, a
    plan or an inventory, as in ids=report.of("done"), or WorkSpace ids (of the fleet's only site, or by site). Of a
    creation or migration, the new WorkSpace is selected. To select everything, pass where=where.everything().
    WorkSpaces that are in the wrong state, are already as requested, or cannot be evaluated are left out, each with the
    reason.

    journal= is the path of a file to which the plan and every step are written. If the file exists, the plan is loaded
    from it, no WorkSpaces are selected, and plan.run() continues where the last run ended, however it ended. The file
    must have the same action, parameters, selection and sites, or JournalError is raised. Selections are compared by
    their text, accounts by their names in the fleet, so use credentials of the same accounts. A journal belongs to one
    plan; remove it to plan again. A relative path is that of the folder in which the plan is made.

    Awaiting an action raises ConfigurationError if two sites list the same WorkSpace, and SiteError, with the site, if
    a site cannot be read completely. With on_site_error=, it calls that function with each SiteError instead, and plans
    for the other sites; plan.failed then shows what the plan lacks, also if it is loaded from its journal.

    The wait_until_… methods take the report of a run, or items of it: await fleet.wait_until_stopped(report).
    """

    _journal_storage: JournalStorage = FILE_STORAGE

    @_action(_SELECTION)
    def stop(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to stop WorkSpaces that are AVAILABLE, IMPAIRED, UNHEALTHY or in ERROR, of AUTO_STOP or MANUAL."""
        return self._planning("stop", Selection(where, ids, journal, on_site_error))

    @_action(_SELECTION)
    def start(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to start WorkSpaces that are STOPPED, of AUTO_STOP or MANUAL."""
        return self._planning("start", Selection(where, ids, journal, on_site_error))

    @_action(_SELECTION)
    def reboot(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to reboot WorkSpaces that are AVAILABLE or UNHEALTHY; this interrupts connected users."""
        return self._planning("reboot", Selection(where, ids, journal, on_site_error))

    @_action(_SELECTION)
    def rebuild(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to rebuild WorkSpaces: user data reverts to the last snapshot. run() requires expected_count."""
        return self._planning("rebuild", Selection(where, ids, journal, on_site_error))

    @_action(_SELECTION)
    def restore(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to restore WorkSpaces: all data reverts to the last snapshot. run() requires expected_count."""
        return self._planning("restore", Selection(where, ids, journal, on_site_error))

    @_action(_SELECTION)
    def terminate(
        self,
        *,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to terminate WorkSpaces that are not SUSPENDED, with all their data. run() requires expected_count."""
        return self._planning("terminate", Selection(where, ids, journal, on_site_error))

    @_action({**_SELECTION, "bundle_id": TEXT})
    def migrate(
        self,
        *,
        bundle_id: str,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to migrate WorkSpaces to another bundle: each gets a new id and a new root volume.

        run() requires expected_count. WorkSpaces that use the bundle already are left out.
        """
        if not BUNDLE_ID.fullmatch(str(bundle_id)):
            raise ConfigurationError(f"migrate: {bundle_id!r:.80} is not a bundle id (wsb-0123456789)")
        return self._planning("migrate", Selection(where, ids, journal, on_site_error), Parameters(bundle_id=bundle_id))

    @_action(_SELECTION)
    def modify(
        self,
        *,
        properties: s.WorkspaceProperties,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to modify one property of WorkSpaces that are AVAILABLE or STOPPED; AWS accepts one property a call."""
        if not isinstance(properties, WorkspaceProperties):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers
            raise ConfigurationError(
                f"modify: properties= takes types.WorkspaceProperties(…), not {type_name(properties)}"
            )
        names = [name for name in properties.__struct_fields__ if not is_absent(getattr(properties, name))]
        # The auto-stop timeout belongs to the running mode: AWS accepts both in one call.
        distinct = {name.partition("_auto_stop")[0] for name in names}
        if len(distinct) != 1:
            raise ConfigurationError(
                f"modify takes one property, not {', '.join(names) or 'none'}: AWS changes one in a call"
            )
        check_structure("modify", properties)
        return self._planning(
            "modify", Selection(where, ids, journal, on_site_error), Parameters(properties=properties)
        )

    @_action({**_SELECTION, "state": TEXT})
    def set_state(
        self,
        *,
        state: TargetWorkspaceStateText,
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to set the state of WorkSpaces to ADMIN_MAINTENANCE or back to AVAILABLE (ModifyWorkspaceState)."""
        check_value("set_state", "state", state, TargetWorkspaceState)
        target = TargetWorkspaceState(state)
        return self._planning("set_state", Selection(where, ids, journal, on_site_error), Parameters(target=target))

    @_action({**_SELECTION, "tags": MAPPING})
    def tag(
        self,
        *,
        tags: Mapping[str, str],
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to tag WorkSpaces; existing values of these keys are replaced."""
        if not tags:
            raise ConfigurationError("tag: tags= is empty; pass at least one key with its value")
        check_tags("tag", tags.items())
        return self._planning(
            "tag", Selection(where, ids, journal, on_site_error), Parameters(tags=tuple(sorted(tags.items())))
        )

    @_action({**_SELECTION, "keys": TEXTS})
    def untag(
        self,
        *,
        keys: Sequence[str],
        where: Predicate | None = None,
        ids: Items | None = None,
        journal: JournalPath | None = None,
        on_site_error: OnSiteError | None = None,
    ) -> Planning:
        """Plan to remove tags from WorkSpaces, by their keys."""
        if not keys:
            raise ConfigurationError("untag: keys= takes a list with at least one key")
        check_tags("untag", ((key, "") for key in keys))
        return self._planning(
            "untag", Selection(where, ids, journal, on_site_error), Parameters(keys=tuple(sorted(set(keys))))
        )

    @_action({"requests": _REQUESTS, "account": optional(TEXT), "region": optional(TEXT), "journal": optional(PATH)})
    def create(
        self,
        requests: Requests,
        *,
        account: str | None = None,
        region: str | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to create WorkSpaces, one for each user.

        Args:
            requests: WorkSpaces to create at one site, or by Site.
            account: account of the site, if the fleet has several.
            region: region of the site, if the fleet has several.
            journal: as for the other actions. To resume, pass the same requests again: the journal contains only a
                digest of them.

        Raises ConfigurationError if a user occurs twice in a directory.
        """
        if isinstance(requests, Mapping):
            if account is not None or region is not None:
                raise ConfigurationError("create: requests= is by Site already; leave account= and region= out")
            by_site = {site: tuple(site_requests) for site, site_requests in requests.items()}
        else:
            by_site = {self._only_site("create", account, region): tuple(requests)}
        self._check_sites(by_site)
        for site_requests in by_site.values():
            check_requests(site_requests)
        return Planning(self, "create", Parameters(), journal, self._journal_storage, requests=by_site)

    def _planning(self, action: str, selection: Selection, parameters: Parameters | None = None) -> Planning:
        where, ids, journal, on_site_error = selection
        if (where is None) == (ids is None):
            raise ConfigurationError(
                f"{action}: pass either where= or ids=; to select everything, pass where=where.everything()"
            )
        self._validate_selection(where)
        by_site: dict[Site, tuple[str, ...]] | None = None
        if ids is not None:
            groups = group_by_site(action, "ids", ids, self.sites)
            by_site = {site: tuple(target.current_id for _, target in group) for site, group in groups.items()}
        self._check_sites(by_site or {})
        return Planning(
            self,
            action,
            parameters or Parameters(),
            journal,
            self._journal_storage,
            where=where,
            ids=by_site,
            on_site_error=on_site_error,
        )

    def _only_site(self, action: str, account: str | None, region: str | None) -> Site:
        matches = [site for site in self.sites if account in (None, site.account) and region in (None, site.region)]
        known = ", ".join(map(str, self.sites))
        if not matches:
            asked = {"account": account, "region": region}
            wanted = " and ".join(f"{name}={value!r}" for name, value in asked.items() if value is not None)
            raise ConfigurationError(f"{action}: the fleet has no site with {wanted}; it has {known}")
        if len(matches) > 1:
            raise ConfigurationError(
                f"{action}: the site is ambiguous, since {len(matches)} of {known} match; pass a mapping by Site, or "
                "account= and region="
            )
        return matches[0]

    def _check_sites(self, sites: Mapping[Site, object]) -> None:
        for site in sites:
            self.client(site)


@checked(
    {
        **dict.fromkeys(("regions", "profiles", "accounts", "where"), ANYTHING),
        "join": collection_of(TEXT, "a list of joins"),
        "on_site_error": optional(CALLBACK),
    },
    keywords=FLEET_KINDS,
    hints=FLEET_HINTS,
)
def inventory(
    *,
    regions: Sequence[str] = (),
    profiles: Sequence[str] = (),
    accounts: Mapping[str, Credentials | StsCredentials | CredentialsProvider] | None = None,
    where: Predicate | None = None,
    join: Collection[JoinText] = tuple(Join),
    on_site_error: Callable[[SiteError], object] | None = None,
    **options: Unpack[FleetOptions],
) -> FleetInventory:
    """Return an inventory of these regions and accounts: Fleet(…).inventory(…) without a fleet to close.

    `async for row in wsclient.fleet.inventory(regions=["eu-west-1"], profiles=["prod", "lab"]): …`. See Fleet for
    regions, profiles, accounts and options, Fleet.inventory for the other parameters. Idle connections are closed
    automatically.
    """
    fleet = Fleet(regions=regions, profiles=profiles, accounts=accounts, **options)
    return fleet.inventory(where=where, join=join, on_site_error=on_site_error)
