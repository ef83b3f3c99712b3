"""Cost of creating a client, measured by counts of loaded modules and created objects instead of time."""

from pathlib import Path

from tests.support.programs import READY_CLIENT, printed

MODULES = Path(__file__).parent / "ready_modules.txt"
FLOOR = "import asyncio, ssl, msgspec, httptools, sys; print(*sys.modules)"
"""What no client of this kind can do without."""
OF_PYTHON = frozenset(
    {"_bisect", "_blake2", "_hashlib", "bisect", "copy", "dataclasses", "fnmatch", "glob", "hashlib", "hmac"}
    | {"ipaddress", "ntpath", "pathlib", "urllib"}
    | {"_hmac", "grp", "pwd"}  # of hmac and pathlib since Python 3.14
)
"""Modules of Python beyond the floor: hashes, paths and URLs."""
DATACLASSES = frozenset(
    f"wsclient.{name}"
    for name in (
        *("Credentials", "EndpointParameters", "Pace", "PrivateDns"),
        *("RetryPolicy", "TLSPolicy", "Timeout", "VpcEndpoint"),
    )
)
"""Public options of a client; making a dataclass costs thirty times what making a Struct does."""
MAX_PATTERNS = 24


def test_modules_loaded_by_a_constructed_client() -> None:
    """A module that comes to the list is needed before the first call; whatever is needed later is imported later."""
    loaded = printed(f"{READY_CLIENT}print(*sys.modules)") - printed(FLOOR)
    own = sorted(name for name in loaded if name.partition(".")[0] == "wsclient")
    assert own == MODULES.read_text(encoding="utf-8").split()
    assert {name.partition(".")[0] for name in loaded} - OF_PYTHON == {"wsclient"}


def test_dataclasses_created_by_a_constructed_client() -> None:
    """Only public options are dataclasses, which are slow to make; internal values are Structs or plain classes."""
    kinds = (
        "from dataclasses import is_dataclass\n"
        "members = [member for name, module in list(sys.modules.items()) if name.startswith('wsclient')\n"
        "           for member in vars(module).values()]\n"
        "print(*{f'wsclient.{each.__name__}' for each in members if isinstance(each, type) and is_dataclass(each)})\n"
    )
    assert printed(READY_CLIENT + kinds) == DATACLASSES


def test_patterns_compiled_by_a_constructed_client() -> None:
    """Patterns of what most programs never meet are compiled at their first use."""
    count = (
        "import re, sys\n"
        "compiled = set()\n"
        "compile = re._compile\n"
        "def counted(pattern, flags):\n"
        "    caller = sys._getframe(2).f_globals['__name__']\n"
        "    if caller.startswith('wsclient'):\n"
        "        compiled.add((caller, pattern))\n"
        "    return compile(pattern, flags)\n"
        "re._compile = counted\n"
    )
    (number,) = printed(f"{count}{READY_CLIENT}print(len(compiled))")
    assert int(number) <= MAX_PATTERNS
