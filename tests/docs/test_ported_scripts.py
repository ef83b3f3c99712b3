"""The scripts of the migration page: each port does what its original for boto3 does, in fewer lines."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.doc_blocks import ROOT, Block, blocks_of
from tests.support.doc_reader import Reader
from tests.support.doc_world import WORKSPACES, world

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.testing import Emulator

BLOCKS = {block.title: block for block in blocks_of(ROOT / "docs" / "pages" / "migration.md") if block.title}
SCRIPTS = sorted(title.removeprefix("boto3: ") for title in BLOCKS if title.startswith("boto3: "))


def _facts(aws: Emulator) -> list[Any]:
    """Return what the scripts change: users with state and running mode."""

    async def collect() -> list[Any]:
        async with wsclient.WorkSpacesClient(region=aws.region) as client:
            return [
                (desktop.user_name, desktop.state, desktop.workspace_properties.running_mode)
                async for desktop in client.describe_workspaces()
            ]

    return sorted(asyncio.run(collect()))


def _tag(aws: Emulator, team: str, *workspace_ids: str) -> None:
    async def create() -> None:
        async with wsclient.WorkSpacesClient(region=aws.region) as client:
            for id_ in workspace_ids:
                await client.create_tags(resource_id=id_, tags=[wsclient.types.Tag(key="team", value=team)])

    asyncio.run(create())


@pytest.mark.parametrize("name", SCRIPTS)
def test_ported_script_has_the_effect_of_its_original(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run on equal accounts, script and port leave WorkSpaces in the same states, which are not those of before."""
    with world(tmp_path, monkeypatch) as aws:
        _tag(aws, "lab", *list(WORKSPACES)[:2])
        reader = Reader(aws, tmp_path, monkeypatch)
        before, snapshot, effects = _facts(aws), aws.snapshot(), []
        try:
            for block in (BLOCKS[f"boto3: {name}"], BLOCKS[f"wsclient: {name}"]):
                aws.restore(snapshot)
                reader.run_script(block)
                aws.advance(hours=1)
                effects.append(_facts(aws))
        finally:
            reader.close()
    original, port = effects
    assert port == original != before


@pytest.mark.parametrize("name", SCRIPTS)
def test_ported_script_is_shorter(name: str) -> None:
    """Without blank lines, a port has fewer lines than its original."""

    def lines(block: Block) -> int:
        return len(re.findall(r"\S.*$", block.text, re.MULTILINE))

    assert lines(BLOCKS[f"wsclient: {name}"]) < lines(BLOCKS[f"boto3: {name}"])


def test_migration_page_has_three_scripts() -> None:
    """The page has the three: stop by tag, create and wait, modify in a loop."""
    assert SCRIPTS == ["create_and_wait.py", "modify_running_mode.py", "stop_by_tag.py"]
