"""Renderer of partitions.py: the partitions of AWS, and the regions of each service and type of endpoint.

Sources are botocore's partitions.json and endpoints.json, and the documented facts in regions.py.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from wsclient._codegen.data import load_file
from wsclient._codegen.regions import DOCUMENTED, PAGES
from wsclient._codegen.text import literal, pattern_literal, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVICES = ("workspaces", "sts", "ec2", "ds")
KINDS = ("public", "dualstack", "fips", "fips_dualstack")
BOTOCORE = "botocore's endpoints.json"

Sources = dict[tuple[str, str], dict[str, list[str]]]
"""Sources of each listed endpoint: by service and kind of endpoint, then by region."""


class Outputs(msgspec.Struct, rename="camel"):
    """DNS suffixes and capabilities of a partition in partitions.json."""

    dns_suffix: str
    dual_stack_dns_suffix: str
    supports_dual_stack: bool
    supports_fips: bool = msgspec.field(name="supportsFIPS")


class PartitionDocument(msgspec.Struct, rename="camel"):
    """Partition of partitions.json; regions includes pseudo-regions such as aws-global."""

    id: str
    outputs: Outputs
    region_regex: str
    regions: dict[str, object]


class Variant(msgspec.Struct):
    """Variant of an endpoint in endpoints.json; tags are "fips" and "dualstack"."""

    tags: list[str]


class EndpointDocument(msgspec.Struct):
    """Region of a service in endpoints.json."""

    variants: list[Variant] = []
    deprecated: bool = False


class ServiceDocument(msgspec.Struct):
    """Service of a partition in endpoints.json."""

    endpoints: dict[str, EndpointDocument] = {}


class EndpointsPartition(msgspec.Struct):
    """Partition of endpoints.json."""

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
    """Return botocore's partitions, sorted by id; the fallback partition of AWS SDKs, aws, is first."""
    document: object = load_file("partitions")
    partitions = msgspec.convert(document, dict[str, object])["partitions"]
    return tuple(sorted(msgspec.convert(partitions, list[PartitionDocument]), key=lambda partition: partition.id))


@cache
def _load_endpoints() -> tuple[EndpointsPartition, ...]:
    document: object = load_file("endpoints")
    partitions = msgspec.convert(msgspec.convert(document, dict[str, object])["partitions"], list[EndpointsPartition])
    # Endpoints of unrelated services change with every release of botocore and must not change the digest.
    return tuple(
        EndpointsPartition({name: partition.services[name] for name in SERVICES if name in partition.services})
        for partition in partitions
    )


def _named_regions(partition: PartitionDocument) -> list[str]:
    return sorted(region for region in partition.regions if not region.endswith("-global"))


def _sources(partitions: tuple[PartitionDocument, ...]) -> Sources:
    sources: Sources = defaultdict(lambda: defaultdict(list))
    partition_regions = {partition.id: _named_regions(partition) for partition in partitions}
    for fact in DOCUMENTED:
        by_partition = (region for name in fact.partitions for region in partition_regions[name])
        for region in (*fact.regions, *by_partition):
            sources[fact.service, fact.kind][region].append(fact.source)
    for service, kind, region in _botocore_facts({name for names in partition_regions.values() for name in names}):
        sources[service, kind][region].append(BOTOCORE)
    return sources


def _botocore_facts(regions: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield service, kind and region of each endpoint in endpoints.json, except pseudo-regions (fips-us-east-1)."""
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
        '"""Partitions of AWS, and the regions of each service and type of endpoint.\n\n'
        "Generated by `python -m wsclient._codegen` from botocore's partitions.json and endpoints.json\n"
        f"(SHA-256 of the data {hashlib.sha256(data).hexdigest()})\n"
        "and from the documented facts in wsclient/_codegen/regions.py. A comment names the source of each entry:\n\n"
        f'{pages}\nDo not edit: change the generator and run it again.\n"""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Final\n\n"
        "from wsclient._core.hosts import Partition\n"
    )


def render_partition(partition: PartitionDocument) -> str:
    """Return the text of one Partition(...); raises ValueError for a partition without FIPS or dual-stack."""
    outputs = partition.outputs
    if not outputs.supports_fips or not outputs.supports_dual_stack:
        raise ValueError(
            f"{partition.id} lacks FIPS or dual-stack: make wsclient/endpoints/_resolver.py reject them in it"
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
    if not regions:
        return f"\n{_name(service, kind)}: Final = frozenset[str]()\n"
    entries = "".join(f"        {literal(region)},  # {'; '.join(regions[region])}\n" for region in sorted(regions))
    return f"\n{_name(service, kind)}: Final = frozenset(\n    {{\n{entries}    }}\n)\n"


def _listed() -> str:
    keys = ((service, kind) for service in SERVICES for kind in KINDS)
    rows = "".join(f"    ({literal(service)}, {literal(kind)}): {_name(service, kind)},\n" for service, kind in keys)
    return f"\nLISTED: Final = {{\n{rows}}}\n"


def _name(service: str, kind: str) -> str:
    return f"{service}_{kind}".upper()
