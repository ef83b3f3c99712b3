from importlib import import_module
from pathlib import Path

from wsclient._codegen.partitions import render_partitions
from wsclient._codegen.regions import DOCUMENTED, PAGES
from wsclient.endpoints import EndpointKind


def test_the_committed_partitions_are_what_the_generator_writes() -> None:
    """Nobody edited the generated file, and nobody forgot to write it again."""
    path = import_module("wsclient._generated.partitions").__file__
    assert path is not None
    assert Path(path).read_text(encoding="utf-8") == render_partitions()


def test_each_documented_fact_names_a_page_and_a_kind_of_endpoint() -> None:
    """A fact without a source, or of a kind that the rules do not know, would be lost silently."""
    assert {fact.source for fact in DOCUMENTED} == PAGES.keys()
    assert {fact.kind for fact in DOCUMENTED} <= {*EndpointKind}
