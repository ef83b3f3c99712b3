"""Modules that importing and calling wsclient loads, and modules that stay unloaded."""

import inspect
import pickle
import pkgutil
import pydoc
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from types import ModuleType

import msgspec
import pytest

import wsclient
import wsclient.testing
from tests.support.programs import PLACE, READY_CLIENT, printed
from wsclient import credentials, endpoints, tls
from wsclient.testing import Emulator

STRUCTURES_OF_STS = "wsclient._generated.sts.structures"
FIRST_CALL = """
import asyncio, sys
import wsclient
url, ca_file, *keys = sys.argv[1:]
client = wsclient.WorkSpacesClient(
    region="us-west-2",
    endpoint_url=url,
    credentials=wsclient.Credentials(*keys) if keys else None,
    tls=wsclient.TLSPolicy(ca_file=ca_file),
)
async def main():
    async with client:
        await client.describe_workspaces()
asyncio.run(main())
print(*sys.modules)
"""

OTHERS = frozenset(
    {
        *("anyio", "boto3", "botocore", "certifi", "h11", "httpcore", "httpx", "sniffio", "tenacity"),
        *("aws_requests_auth", "cbor2", "opentelemetry", "trustme", "uvicorn"),
        *("IPython", "ipywidgets", "matplotlib", "numpy", "pandas", "polars", "tqdm"),
    }
)
"""Packages that a call over https to a service that answers well has no use for."""
OF_PYTHON = frozenset(
    {
        "_strptime",
        "calendar",
        "configparser",
        "difflib",
        "email",
        "getpass",
        "http",
        "random",
        "shlex",
        "tempfile",
        "xml",
    }
)
"""Modules that take their time to import, for what a program on a machine without AWS files never does."""
OF_STS = frozenset(
    {
        *("wsclient._client.account_guard", "wsclient.sts", "wsclient.types.sts", STRUCTURES_OF_STS),
        *("wsclient._client.operations.sts", "wsclient._generated.sts.operations"),
    }
)
WAYS = frozenset(
    f"wsclient.credentials.{way}"
    for way in (
        *("assume_role", "botocore", "cached", "login", "process", "saml", "session_token", "sso", "web_identity"),
        *("_internal.cli_cache", "_internal.sts", "_internal.sso_token"),
    )
)
"""Ways to credentials that have to be asked for, or set up in a profile."""
CHAIN = frozenset(f"wsclient.credentials.{way}" for way in ("chain", "container", "environment", "imds", "profile"))
"""What looks for credentials where none are given."""
RARE = frozenset(
    f"wsclient.{name}"
    for name in (
        "_core.protocols.aws_query",
        "_pipeline.middleware_chain",
        "_pipeline.reconciliation",
        "_pipeline.transport.httpx_adapter",
        "config._profile_parser",
        "middleware",
        "policy",
        "telemetry",
        "workspaces._reconcilers",
    )
)
NEVER = OTHERS | OF_PYTHON | OF_STS | WAYS | RARE
AT_THE_FIRST_CALL = frozenset(
    {"wsclient.types", *(f"wsclient._generated.workspaces.{name}" for name in ("enums", "operations", "structures"))}
)
"""Several hundred classes, which a client that is only created does not need."""


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """One emulator for the module."""
    with Emulator() as emulator:
        yield emulator


def _loaded(aws: Emulator, *keys: str, **environ: str) -> set[str]:
    """Return what a process that made one call had loaded by then."""
    return printed(FIRST_CALL, aws.endpoint_url, aws.ca_file, *keys, **environ)


def test_constructed_client_has_loaded_no_structures() -> None:
    """Import and client load neither structures nor enumerations nor operations, which the first call loads."""
    assert printed(f"{READY_CLIENT}print(*sys.modules)") & (NEVER | CHAIN | AT_THE_FIRST_CALL) == set()


def test_first_call_loads_only_needed_modules(aws: Emulator) -> None:
    """Import, client and first call with given keys load no HTTP library, no provider, no STS and no botocore."""
    loaded = _loaded(aws, aws.credentials.access_key_id, aws.credentials.secret_access_key)
    assert loaded & (NEVER | CHAIN) == set()
    assert loaded >= AT_THE_FIRST_CALL


def test_first_call_of_the_default_chain_loads_only_called_providers(aws: Emulator) -> None:
    """The default chain loads only the providers it calls, and no module for credentials described by profiles."""
    keys = {
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
    }
    loaded = _loaded(aws, **keys)
    assert loaded & NEVER == set()
    assert loaded >= CHAIN


def test_modules_listed_as_unloaded_exist() -> None:
    """Each module of wsclient that a first call leaves out exists: a renamed one would be left out for ever."""
    for name in (NEVER | CHAIN | AT_THE_FIRST_CALL) - OTHERS - OF_PYTHON:
        assert import_module(name).__name__ == name


def test_every_public_name_exists() -> None:
    """Each name of __all__ exists, and errors say that they live in wsclient.errors."""
    for module in (wsclient, wsclient.credentials, wsclient.errors, wsclient.tables, wsclient.types):
        assert all(hasattr(module, name) for name in module.__all__)
        assert set(module.__all__) <= set(dir(module))
    assert wsclient.errors.ResourceNotFoundException.__module__ == "wsclient.errors"


def test_lazily_imported_names_behave_like_others() -> None:
    """A lazily imported name is the same object on each access, is importable from its module, and can be pickled."""
    assert wsclient.StsClient is vars(wsclient)["StsClient"] is import_module("wsclient.sts").StsClient
    assert wsclient.types.sts is import_module("wsclient.types.sts")
    assert wsclient.types.sts.Credentials is import_module(STRUCTURES_OF_STS).Credentials
    module = credentials.imds  # pyright: ignore[reportAttributeAccessIssue] - nobody has imported it by that name
    assert module is import_module("wsclient.credentials.imds")
    assert credentials.ImdsProvider is vars(credentials)["ImdsProvider"] is module.ImdsProvider
    assert pickle.loads(pickle.dumps(wsclient.StsClient)) is wsclient.StsClient
    assert pickle.loads(pickle.dumps(wsclient.Identity(account_id="1"))) == wsclient.Identity(account_id="1")


@pytest.mark.parametrize("module", [wsclient, credentials, endpoints, tls])
def test_help_shows_everything_public(module: ModuleType) -> None:
    """help() of a module has every public name in it, and every value tells its parameters."""
    text = pydoc.render_doc(module, renderer=pydoc._PlainTextDoc())  # type: ignore[attr-defined]  # plain, not bold
    assert all(name in text for name in module.__all__ if name != "__version__")  # which help() shows as VERSION
    values = [kind for kind in vars(module).values() if is_dataclass(kind) or isinstance(kind, msgspec.StructMeta)]
    assert all(inspect.signature(kind).parameters for kind in values if isinstance(kind, type))


@pytest.mark.parametrize("module", [wsclient, wsclient.credentials, wsclient.types])
def test_misspelt_module_attribute_raises_attribute_error(module: ModuleType) -> None:
    """A misspelt name fails as in any module."""
    with pytest.raises(AttributeError, match=rf"module '{module.__name__}' has no attribute 'StsCleint'"):
        module.StsCleint  # noqa: B018 - looking is the point


def test_every_name_of_the_testing_package_exists() -> None:
    """Each name is loaded when it is first used, and a name that there is not is an AttributeError as ever."""
    assert all(hasattr(wsclient.testing, name) for name in wsclient.testing.__all__)
    assert not hasattr(wsclient.testing, "Emulater")
    assert wsclient.testing.Emulator.__name__ == "Emulator"


@pytest.mark.parametrize(
    "program",
    [
        (
            "from wsclient.endpoints import EndpointParameters, resolve_endpoint\n"
            "resolve_endpoint(EndpointParameters(service='workspaces', region='x.evil.com/'))"
        ),
        "from wsclient.credentials import ProcessProvider\nProcessProvider('')",
        "import wsclient\nwsclient.WorkSpacesClient(region='us-west-2', transport=object())",
        "from wsclient.tls import TLSPolicy\nTLSPolicy(ca_file='/nonexistent.pem')",
        "from wsclient.testing import Emulator\nEmulator(host='0.0.0.0').start()",
    ],
)
def test_errors_report_wsclient_errors_as_their_module(program: str) -> None:
    """A program that never imports wsclient.errors sees the errors' public names in its tracebacks."""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=PLACE)
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("wsclient.errors."), last


CLASSES_OF_EACH_MODULE = """
import importlib, sys
def subclasses(kind):
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)
public_errors = sys.argv[1].split(",")
for name in sys.argv[2:]:
    importlib.import_module(name)
    structures = sys.modules.get("wsclient._generated.workspaces.structures")
    if structures is not None and structures.Workspace.__module__ != "wsclient.types":
        print(name, "Workspace")
    errors = sys.modules.get("wsclient._core.errors")
    for error in subclasses(errors.WsclientError) if errors else ():
        if error.__name__ in public_errors and error.__module__ != "wsclient.errors":
            print(name, error.__name__)
    for loaded in [loaded for loaded in sys.modules if loaded.startswith("wsclient")]:
        del sys.modules[loaded]
"""


def test_classes_report_their_public_module_from_the_start() -> None:
    """Whichever public module a program imports first, structures and errors that come with it report their own."""
    packages = {module.name for module in pkgutil.iter_modules(wsclient.__path__) if not module.name.startswith("_")}
    # Plots come below the client: who has a structure to plot has imported it, or has a client.
    modules = sorted(f"wsclient.{name}" for name in packages - {"plots"})
    assert printed(CLASSES_OF_EACH_MODULE, ",".join(wsclient.errors.__all__), *modules) == set()


def test_argument_and_result_classes_report_public_modules() -> None:
    """Classes of a client's arguments and results report public modules, whichever module was imported."""
    program = (
        "from wsclient._client.base_client import BaseClient\n"
        "from wsclient._core.http import Timeout\n"
        "from wsclient._client.pagination import Paginator\n"
        "from wsclient.retries._policy import RetryPolicy\n"
        "from wsclient.tls._policy import TLSPolicy\n"
        "from wsclient.config._client_config import ClientConfig\n"
        "print(*sorted({kind.__module__ for kind in (Timeout, Paginator, RetryPolicy, TLSPolicy, ClientConfig)}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PLACE)
    assert not any(part.startswith("_") for name in run.stdout.split() for part in name.split(".")), run.stdout
