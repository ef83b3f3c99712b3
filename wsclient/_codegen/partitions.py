"""Writes partitions.py: the partitions of AWS, and where WorkSpaces and STS have which kind of endpoint.

Sources are botocore's partitions.json and endpoints.json, and the documented facts in regions.py.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from wsclient._codegen.regions import DOCUMENTED, PAGES
from wsclient._codegen.text import literal, pattern_literal, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# botocore has no type hints: its module is Any here, and msgspec checks what it loads.
loaders: Any = import_module("botocore.loaders")

SERVICES = ("workspaces", "sts")
KINDS = ("public", "dualstack", "fips", "fips_dualstack")
BOTOCORE = "botocore's endpoints.json"

Sources = dict[tuple[str, str], dict[str, list[str]]]
"""The sources that say so, by region, by service and kind of endpoint."""


class Outputs(msgspec.Struct, rename="camel"):
    """What partitions.json says of a partition's names."""

    dns_suffix: str
    dual_stack_dns_suffix: str
    supports_dual_stack: bool
    supports_fips: bool = msgspec.field(name="supportsFIPS")


class PartitionDocument(msgspec.Struct, rename="camel"):
    """One partition of partitions.json; regions holds pseudo-regions, such as aws-global, too."""

    id: str
    outputs: Outputs
    region_regex: str
    regions: dict[str, object]


class Variant(msgspec.Struct):
    """One further host of an endpoint in endpoints.json, and what it is for: fips, dualstack."""

    tags: list[str]


class EndpointDocument(msgspec.Struct):
    """One region of a service in endpoints.json."""

    variants: list[Variant] = []
    deprecated: bool = False


class ServiceDocument(msgspec.Struct):
    """One service of a partition in endpoints.json."""

    endpoints: dict[str, EndpointDocument] = {}


class EndpointsPartition(msgspec.Struct):
    """One partition of endpoints.json."""

    services: dict[str, ServiceDocument]


def render_partitions() -> str:
    """Return the text of partitions.py."""
    partitions = load_partitions()
    sources = _sources(partitions)
    tables = (_table(service, kind, sources[service, kind]) for service in SERVICES for kind in KINDS)
    rows = "".join(map(render_partition, partitions))
    return "".join([_header(), f"\nPARTITIONS: Final = (\n{rows})\n", *tables, _listed()])


@cache
def load_partitions() -> tuple[PartitionDocument, ...]:
    """Return botocore's partitions in order of their ids, the one that AWS SDKs fall back to (aws) first."""
    document: object = loaders.Loader().load_data("partitions")
    partitions = msgspec.convert(document, dict[str, object])["partitions"]
    return tuple(sorted(msgspec.convert(partitions, list[PartitionDocument]), key=lambda one: one.id))


@cache
def _load_endpoints() -> tuple[EndpointsPartition, ...]:
    document: object = loaders.Loader().load_data("endpoints")
    partitions = msgspec.convert(msgspec.convert(document, dict[str, object])["partitions"], list[EndpointsPartition])
    # The other services' endpoints change with every release of botocore, and the digest must not.
    return tuple(
        EndpointsPartition({name: one.services[name] for name in SERVICES if name in one.services})
        for one in partitions
    )


def _named_regions(partition: PartitionDocument) -> list[str]:
    return sorted(region for region in partition.regions if not region.endswith("-global"))


def _sources(partitions: tuple[PartitionDocument, ...]) -> Sources:
    found: Sources = defaultdict(lambda: defaultdict(list))
    regions_of = {partition.id: _named_regions(partition) for partition in partitions}
    for fact in DOCUMENTED:
        by_partition = (region for name in fact.partitions for region in regions_of[name])
        for region in (*fact.regions, *by_partition):
            found[fact.service, fact.kind][region].append(fact.source)
    for service, kind, region in _botocore_facts({name for names in regions_of.values() for name in names}):
        found[service, kind][region].append(BOTOCORE)
    return found


def _botocore_facts(regions: set[str]) -> Iterator[tuple[str, str, str]]:
    """Give each service, kind and region of endpoints.json, without its pseudo-regions (fips-us-east-1)."""
    for partition in _load_endpoints():
        for service in SERVICES:
            endpoints: Mapping[str, EndpointDocument] = partition.services.get(service, ServiceDocument()).endpoints
            for region, endpoint in endpoints.items():
                if region in regions and not endpoint.deprecated:
                    yield service, "public", region
                    for variant in endpoint.variants:
                        yield service, "_".join(sorted(variant.tags, reverse=True)), region


def _header() -> str:
    data = msgspec.json.encode(
        [msgspec.to_builtins(load_partitions()), msgspec.to_builtins(_load_endpoints())], order="deterministic"
    )
    pages = "".join(f"    {title}\n        {address}\n" for title, address in PAGES.items())
    return (
        '"""Partitions of AWS, and the regions where WorkSpaces and STS have which kind of endpoint.\n\n'
        "Written by `python -m wsclient._codegen` from botocore's partitions.json and endpoints.json\n"
        f"(SHA-256 of what was read {hashlib.sha256(data).hexdigest()})\n"
        "and from the documented facts in wsclient/_codegen/regions.py. The source is written beside each entry:\n\n"
        f'{pages}\nDo not edit: change the generator and write it again.\n"""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Final\n\n"
        "from wsclient._core.hosts import Partition\n"
    )


def render_partition(partition: PartitionDocument) -> str:
    """Return the text of one Partition(...); ValueError when it lacks what every one has had so far."""
    outputs = partition.outputs
    if not outputs.supports_fips or not outputs.supports_dual_stack:
        raise ValueError(
            f"{partition.id} lacks FIPS or dual-stack: teach wsclient/endpoints/_resolver.py to refuse them"
        )
    regions = "\n".join(wrap(map(literal, _named_regions(partition)), " " * 16))
    return (
        f"    Partition(\n        id={literal(partition.id)},\n"
        f"        dns_suffix={literal(outputs.dns_suffix)},\n"
        f"        dualstack_dns_suffix={literal(outputs.dual_stack_dns_suffix)},\n"
        f"        region_pattern={pattern_literal(partition.region_regex)},\n"
        f"        regions=frozenset(\n            {{\n{regions},\n            }}\n        ),\n    ),\n"
    )


def _table(service: str, kind: str, regions: Mapping[str, list[str]]) -> str:
    entries = "".join(f"        {literal(region)},  # {'; '.join(regions[region])}\n" for region in sorted(regions))
    return f"\n{_name(service, kind)}: Final = frozenset(\n    {{\n{entries}    }}\n)\n"


def _listed() -> str:
    keys = ((service, kind) for service in SERVICES for kind in KINDS)
    rows = "".join(f"    ({literal(service)}, {literal(kind)}): {_name(service, kind)},\n" for service, kind in keys)
    return f"\nLISTED: Final = {{\n{rows}}}\n"


def _name(service: str, kind: str) -> str:
    return f"{service}_{kind}".upper()
