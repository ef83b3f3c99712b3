"""What can be done to a fleet: each action is planned first, and the plan is run."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from wsclient._core.errors import ConfigurationError
from wsclient._generated.workspaces.enums import TargetWorkspaceState
from wsclient._generated.workspaces.structures import WorkspaceProperties
from wsclient.fleet._actions.items import Parameters
from wsclient.fleet._inventory.inventory import InventoryMixin
from wsclient.fleet._journal.storage import FILES
from wsclient.fleet._planner import Planning
from wsclient.fleet._rows import Join
from wsclient.fleet.where import WORKSPACE_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Unpack

    from wsclient._client.options import ClientOptions
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.fleet_errors import SiteError
    from wsclient._core.site import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._inventory.inventory import FleetInventory
    from wsclient.fleet._journal.journal import JournalPath
    from wsclient.fleet._journal.storage import JournalStorage
    from wsclient.fleet._selection.predicates import Predicate


Ids: TypeAlias = "Sequence[str] | Mapping[Site, Sequence[str]]"
"""Ids of a fleet's only site, or ids by site."""
Requests: TypeAlias = "Sequence[s.WorkspaceRequest] | Mapping[Site, Sequence[s.WorkspaceRequest]]"
"""WorkSpaces to create at one site, or by site."""


class Fleet(InventoryMixin):
    """A fleet to which something can be done: plan = await fleet.stop(where=…), then report = await plan.run().

    Every method but create takes either where=, a question of wsclient.fleet.where, or ids=, WorkSpace ids (of the
    fleet's only site, or by site). Selecting everything has to be said: where=where.everything(). WorkSpaces that are
    in the wrong state, are as asked already, or cannot be judged are left out, each with the reason.

    journal= names a file in which the plan and every step are written. If it exists, the plan is taken from it, nothing
    is selected anew, and plan.run() goes on where it ended, however it ended. It must be of the same action,
    parameters, selection and sites, else JournalError; selections are known by their words, accounts by their names in
    the fleet, so go on with credentials of the same ones. One journal is for one plan; remove it to plan anew.

    Awaiting raises ConfigurationError when the same WorkSpace is reached by two sites, and SiteError, which says which,
    when a site cannot be read to its end.
    """

    _media: JournalStorage = FILES

    def stop(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to stop WorkSpaces that are AVAILABLE, IMPAIRED, UNHEALTHY or in ERROR, of AUTO_STOP or MANUAL."""
        return self._planning("stop", where, ids, journal)

    def start(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to start WorkSpaces that are STOPPED, of AUTO_STOP or MANUAL."""
        return self._planning("start", where, ids, journal)

    def reboot(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to reboot WorkSpaces that are AVAILABLE or UNHEALTHY: whoever works there is interrupted."""
        return self._planning("reboot", where, ids, journal)

    def rebuild(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to rebuild WorkSpaces: user data goes back to the last snapshot. run() asks for the count."""
        return self._planning("rebuild", where, ids, journal)

    def restore(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to restore WorkSpaces: all data goes back to the last snapshot. run() asks for the count."""
        return self._planning("restore", where, ids, journal)

    def terminate(
        self, *, where: Predicate | None = None, ids: Ids | None = None, journal: JournalPath | None = None
    ) -> Planning:
        """Plan to terminate WorkSpaces that are not SUSPENDED, with all their data. run() asks for the count."""
        return self._planning("terminate", where, ids, journal)

    def migrate(
        self,
        *,
        bundle_id: str,
        where: Predicate | None = None,
        ids: Ids | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to migrate WorkSpaces to another bundle: each gets a new id and a new root volume.

        run() asks for the count. Those of that bundle are left out.
        """
        return self._planning("migrate", where, ids, journal, Parameters(bundle_id=bundle_id))

    def modify(
        self,
        *,
        properties: s.WorkspaceProperties,
        where: Predicate | None = None,
        ids: Ids | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to modify one property of WorkSpaces that are AVAILABLE or STOPPED; AWS takes one a call."""
        if not isinstance(properties, WorkspaceProperties):  # pyright: ignore[reportUnnecessaryIsInstance] - not everybody checks
            raise ConfigurationError(
                f"modify: properties= takes types.WorkspaceProperties(…), not a {type(properties).__name__}"
            )
        given = [name for name in properties.__struct_fields__ if getattr(properties, name) is not None]
        kinds = {name.partition("_auto_stop")[0] for name in given}
        if len(kinds) != 1:
            raise ConfigurationError(
                f"modify takes one property, not {', '.join(given) or 'none'}: AWS takes one a call"
            )
        return self._planning("modify", where, ids, journal, Parameters(properties=properties))

    def set_state(
        self,
        *,
        state: TargetWorkspaceState | str,
        where: Predicate | None = None,
        ids: Ids | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to put WorkSpaces into ADMIN_MAINTENANCE, or back to AVAILABLE (ModifyWorkspaceState)."""
        target = TargetWorkspaceState(state)
        if target.is_unknown and not isinstance(state, TargetWorkspaceState):
            raise ConfigurationError(f"set_state: {state!r} is none of {', '.join(TargetWorkspaceState)}")
        return self._planning("set_state", where, ids, journal, Parameters(target=target))

    def tag(
        self,
        *,
        tags: Mapping[str, str],
        where: Predicate | None = None,
        ids: Ids | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to tag WorkSpaces; values that they have for these keys are replaced."""
        if not tags:
            raise ConfigurationError("tag: tags= is empty")
        return self._planning("tag", where, ids, journal, Parameters(tags=tuple(sorted(tags.items()))))

    def untag(
        self,
        *,
        keys: Sequence[str],
        where: Predicate | None = None,
        ids: Ids | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to take tags away from WorkSpaces."""
        if not keys or isinstance(keys, str):
            raise ConfigurationError("untag: keys= takes a list with one key at least")
        return self._planning("untag", where, ids, journal, Parameters(keys=tuple(sorted(set(keys)))))

    def create(
        self,
        requests: Requests,
        *,
        account: str | None = None,
        region: str | None = None,
        journal: JournalPath | None = None,
    ) -> Planning:
        """Plan to create WorkSpaces, each for a user of its own.

        Args:
            requests: what to create at one site, or by Site.
            account: which account's site, where the fleet has several.
            region: which region's site, where the fleet has several.
            journal: as with the others; the requests have to be given again, the journal has no more than a digest.

        Raises ConfigurationError for a user that is there twice in a directory.
        """
        if isinstance(requests, Mapping):
            if account is not None or region is not None:
                raise ConfigurationError("create: requests by site say where; leave account= and region= out")
            by_site = {site: tuple(wanted) for site, wanted in requests.items()}
        else:
            by_site = {self._only_site("create", account, region): tuple(requests)}
        self._check_sites(by_site)
        return Planning(self, "create", Parameters(), journal, self._media, requests=by_site)

    def _planning(
        self,
        action: str,
        where: Predicate | None,
        ids: Ids | None,
        journal: JournalPath | None,
        parameters: Parameters | None = None,
    ) -> Planning:
        if (where is None) == (ids is None):
            raise ConfigurationError(
                f"{action}: pass where= or ids=, and not both; everything is where=where.everything()"
            )
        self._refuse_strangers(where)
        by_site: dict[Site, tuple[str, ...]] | None = None
        if isinstance(ids, str):
            raise ConfigurationError(f"{action}: ids= takes several ids; put a single one in a list")
        if isinstance(ids, Mapping):
            by_site = {site: tuple(theirs) for site, theirs in ids.items()}
        elif ids is not None:
            by_site = {self._only_site(action, None, None): tuple(ids)}
        self._check_sites(by_site or {})
        for one in chain(*(by_site or {}).values()):
            if not WORKSPACE_ID.fullmatch(one):
                raise ConfigurationError(f"{action}: {one!r:.80} is no id of a WorkSpace (ws-0123456789)")
        return Planning(self, action, parameters or Parameters(), journal, self._media, where=where, ids=by_site)

    def _only_site(self, action: str, account: str | None, region: str | None) -> Site:
        fitting = [site for site in self.sites if account in (None, site.account) and region in (None, site.region)]
        if len(fitting) != 1:
            known = ", ".join(map(str, self.sites))
            raise ConfigurationError(
                f"{action}: which site is meant? {len(fitting)} of {known} fit; give them by Site"
                + (", or account= and region=" if action == "create" else "")
            )
        return fitting[0]

    def _check_sites(self, sites: Mapping[Site, object]) -> None:
        for site in sites:
            self.client(site)


def inventory(
    *,
    regions: Sequence[str] = (),
    profiles: Sequence[str] = (),
    accounts: Mapping[str, Credentials | CredentialsProvider] | None = None,
    where: Predicate | None = None,
    join: Collection[Join | str] = tuple(Join),
    on_site_error: Callable[[SiteError], object] | None = None,
    **options: Unpack[ClientOptions],
) -> FleetInventory:
    """Return the WorkSpaces of these regions and accounts, to be read: Fleet(…).inventory(…) for who needs no fleet.

    `async for row in wsclient.fleet.inventory(regions=["eu-west-1"], profiles=["prod", "lab"]): …`. See Fleet for
    regions, profiles, accounts and options, Fleet.inventory for the others. Connections that stay idle close by
    themselves.
    """
    fleet = Fleet(regions=regions, profiles=profiles, accounts=accounts, **options)
    return fleet.inventory(where=where, join=join, on_site_error=on_site_error)
