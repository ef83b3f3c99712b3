"""Writes wsclient/_generated from the installed botocore's models; botocore 1.44 or newer.

python -m wsclient._codegen            write the files
python -m wsclient._codegen --check    write nothing, fail when a file would change
python -m wsclient._codegen --diff     write nothing, say which facts the installed botocore changes
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import botocore

from wsclient._codegen.client import render_client
from wsclient._codegen.diff import differences
from wsclient._codegen.enums import render_enums
from wsclient._codegen.errors import render_errors
from wsclient._codegen.model import load_model, load_paginators
from wsclient._codegen.operations import page_items, render_operations
from wsclient._codegen.partitions import render_partitions
from wsclient._codegen.structures import render_structures

PACKAGE = Path(__file__).parent.parent
FOLDERS = ("_generated", "_client/operations")
HAND_WRITTEN = frozenset(f"{folder}/__init__.py" for folder in FOLDERS)
SERVICES = ("workspaces", "sts")
OLDEST_BOTOCORE = (1, 44)
RENDERERS = {
    "enums.py": render_enums,
    "structures.py": render_structures,
    "errors.py": render_errors,
    "operations.py": render_operations,
}


def render() -> dict[str, str]:
    """Return the text of every generated file, by its path below wsclient/."""
    files = {"_generated/partitions.py": render_partitions()}
    for service in SERVICES:
        model = load_model(service)
        _agree_with_paginators(service)
        files |= {f"_generated/{service}/{name}": renderer(model) for name, renderer in RENDERERS.items()}
        files[f"_client/operations/{service}.py"] = render_client(model)
        title = model.document.metadata.service_full_name
        files[f"_generated/{service}/__init__.py"] = f'"""{title}: written by `python -m wsclient._codegen`."""\n'
    return files


def committed() -> dict[str, str]:
    """Return the text of the generated files as they are in the checkout."""
    paths = sorted(path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py"))
    files = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return {name: text for name, text in files.items() if name not in HAND_WRITTEN}


def write(files: dict[str, str]) -> None:
    """Write the files, and remove generated ones that are no longer among them."""
    for stale in committed().keys() - files.keys():
        (PACKAGE / stale).unlink()
    for name, text in files.items():
        path = PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 1 when --check or --diff found a difference."""
    parser = argparse.ArgumentParser(prog="python -m wsclient._codegen", description="Write the generated modules.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="fail when a generated file would change")
    mode.add_argument("--diff", action="store_true", help="say which facts the installed botocore changes")
    options = parser.parse_args(arguments)
    if tuple(int(part) for part in botocore.__version__.split(".")[:2]) < OLDEST_BOTOCORE and not options.diff:
        print(f"botocore 1.44 or newer is needed, {botocore.__version__} is installed", file=sys.stderr)
        return 2
    files = render()
    if not options.check and not options.diff:
        write(files)
        return 0
    return _report(files, facts=options.diff)


def _report(files: dict[str, str], *, facts: bool) -> int:
    before = committed()
    lines = differences(before, files) if facts else [f"would change: {name}" for name in _changed(before, files)]
    print("\n".join(lines) if lines else f"no difference with botocore {botocore.__version__}")
    return 1 if lines else 0


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _agree_with_paginators(service: str) -> None:
    """Stop when botocore pages an operation by another member than the one found in the model."""
    model = load_model(service)
    for name, key in load_paginators(service).items():
        if page_items(model, model.document.operations[name]) != key:
            raise ValueError(f"botocore pages {name} by {key}, the generator by another member")


if __name__ == "__main__":
    sys.exit(main())
