"""Structures decoded by several threads at once, each for the first time."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import wsclient
from tests.support.platforms import posix_only, program_environment

PACKAGE = Path(wsclient.__file__).parent
DECODERS = {"convert": 1, "Decoder": 0, "decode": 1}
"""Functions of msgspec that take a type, with the type's position."""
FIRST_CALLS = """
import msgspec, sys, threading, types
from wsclient._core.decodable import decodable
sys.setswitchinterval(1e-6)
sys.modules["many"] = many = types.ModuleType("many")
lines = ["from __future__ import annotations", "from msgspec import Struct"]
for number in range(40):
    lines.append(f"class S{number}(Struct):")
    lines += [f"    f{member}: list[S{(7 * number + member) % 40}] | None = None" for member in range(10)]
exec("\\n".join(lines), vars(many))
start = threading.Barrier(8)

def decode(number):
    start.wait()
    msgspec.convert({"f0": [{"f1": [{}]}]}, decodable(getattr(many, f"S{number % 2}")))

threads = [threading.Thread(target=decode, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


FORK = """
import os, threading
from wsclient import types
from wsclient._core import decodable
prepared = threading.Event()

def prepare():
    with decodable._LOCK:
        prepared.set()
        threading.Event().wait(0.05)

threading.Thread(target=prepare).start()
prepared.wait()
child = os.fork()
if child == 0:
    types.Workspace.from_dict({})
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


def test_concurrent_first_decoding_in_threads_does_not_crash() -> None:
    """Threads that decode the same structures for the first time at once end without a segmentation fault."""
    environment = {**program_environment(), "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", FIRST_CALLS], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@posix_only("os.fork")
def test_fork_waits_for_types_being_prepared() -> None:
    """A child that was forked while another thread prepared a type can prepare types."""
    environment = {**program_environment(), "PYTHONPATH": str(PACKAGE.parent)}
    # Python 3.12 warns of every fork while other threads run.
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK]
    done = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_every_decoded_type_is_prepared() -> None:
    """Every type that a function hands to msgspec for decoding goes through decodable(), or contains no structure.

    What a module decodes by itself, no other one does, and a module is imported by one thread.
    """
    found = {
        (path.relative_to(PACKAGE).as_posix(), ast.unparse(target))
        for path in PACKAGE.rglob("*.py")
        if path.parent.name != "_codegen"  # runs in one thread
        if "msgspec" in (source := path.read_text(encoding="utf-8")) and path.name != "decodable.py"
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for target in _decoded_types(call)
    }
    assert found
    unprepared = {(place, target) for place, target in found if not target.startswith(("decodable(", "dict[str, "))}
    assert unprepared == set()


def _decoded_types(call: ast.Call) -> list[ast.expr]:
    """Return the type that a call of msgspec decodes to, if it is one."""
    name = ast.unparse(call.func)
    function = name.rpartition(".")[2]
    if function not in DECODERS or not name.startswith("msgspec."):
        return []
    position = DECODERS[function]
    return [*call.args[position : position + 1], *(word.value for word in call.keywords if word.arg == "type")]
