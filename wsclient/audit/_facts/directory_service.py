"""Facts of AWS Directory Service: the type of each directory, its RADIUS servers, and smart cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._client.operations.ds import DsOperations
from wsclient._client.other_service_clients import side_client
from wsclient._core.errors import ConfigurationError
from wsclient.audit._facts.records import Fact, Problem, SmartCards
from wsclient.audit._model import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from wsclient.audit._facts.reader import FactReader, SiteAccess
    from wsclient.audit._facts.records import SiteFacts

DIRECTORY_PREFIX: Final = "d-"
"""Beginning of the ids of directories that Directory Service has."""
UNSUPPORTED: Final = "UnsupportedOperationException"
"""Code for a directory of a type that has no smart cards."""
DIRECTORY_SERVICE_FACTS: Final = frozenset({"ds", "smart_cards"})


async def read_directory_service(facts: SiteFacts, access: SiteAccess, *, needed: AbstractSet[str]) -> None:
    """Read the Directory Service facts of a site's directories that are needed."""
    try:
        side = side_client(access.client, DsOperations, access.reach)
    except ConfigurationError as error:
        facts.ds = Fact(problem=Problem(Reason.NOT_REACHED, str(error)))
        facts.smart_cards = Fact(problem=facts.ds.problem)
        return
    ids = [each.directory_id for each, _ in facts.directories if each.directory_id.startswith(DIRECTORY_PREFIX)]
    reader = access.reader(side)
    try:
        if "ds" in needed:
            # Without ids: one directory that is gone would end the listing of all.
            facts.ds = await reader.listing(
                "DescribeDirectories", side.describe_directories(), lambda page: page.directory_descriptions
            )
        if "smart_cards" in needed:
            facts.smart_cards = await _smart_cards(side, reader, ids)
    finally:
        await side.aclose()


async def _smart_cards(side: DsOperations, reader: FactReader, ids: Sequence[str]) -> Fact[SmartCards]:
    found = list[SmartCards]()
    for directory_id in ids:
        fact = await reader.listing(
            "DescribeClientAuthenticationSettings",
            side.describe_client_authentication_settings(directory_id=directory_id),
            lambda page: page.client_authentication_settings_info,
        )
        if fact.problem is not None and fact.problem.code != UNSUPPORTED:
            return Fact(tuple(found), problem=fact.problem)
        found.append(SmartCards(directory_id, any(each.status == "Enabled" for each in fact.items)))
    return Fact(tuple(found))
