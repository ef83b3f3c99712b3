from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from wsclient._codegen.partitions import load_partitions, render_partition, render_partitions
from wsclient._codegen.regions import DOCUMENTED, PAGES
from wsclient.endpoints import EndpointKind


def test_the_committed_partitions_are_what_the_generator_writes() -> None:
    """The committed file is identical to the generator's output."""
    path = import_module("wsclient._generated.partitions").__file__
    assert path is not None
    assert Path(path).read_text(encoding="utf-8") == render_partitions()


def test_documented_partition_facts_have_a_source_and_kind() -> None:
    """A fact without a source, or of a kind that the rules do not know, would be lost silently."""
    assert {fact.source for fact in DOCUMENTED} == PAGES.keys()
    assert {fact.kind for fact in DOCUMENTED} <= {*EndpointKind}


def test_a_partition_without_fips_or_dualstack_stops_the_generator() -> None:
    """The rules give every partition both; one without must not get hosts that do not exist."""
    partition = load_partitions()[0]
    outputs = msgspec.structs.replace(partition.outputs, supports_fips=False)
    with pytest.raises(ValueError, match="aws lacks FIPS or dual-stack"):
        render_partition(msgspec.structs.replace(partition, outputs=outputs))
