"""Options of clients: conveniences, checks of copies, and the table that all of it is generated from."""

from __future__ import annotations

import asyncio
import inspect
import ssl
import typing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.constructors import CLIENT, KEYS
from wsclient import audit, fleet, testing, vpc
from wsclient._client.client_options import CheckedOptions, ClientOptions
from wsclient._client.constructor import Constructor
from wsclient._client.option_table import CALL_OPTIONS, OPTIONS
from wsclient.errors import ConfigurationError, RequestValidationError, TLSPolicyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _client(**options: object) -> wsclient.WorkSpacesClient:
    return wsclient.WorkSpacesClient(**{**CLIENT, **options})  # type: ignore[arg-type]  # wrong ones too


def _makers() -> tuple[Callable[..., object], ...]:
    """Return the constructor and with_options()."""
    return _client, _client().with_options


def test_a_number_is_the_timeout_of_each_phase() -> None:
    """timeout=30 means 30 seconds for each phase, as in httpx, and no limit for the whole call."""
    client = _client(timeout=30)
    expected = wsclient.Timeout(connect=30, read=30, write=30, pool=30)
    assert client._pipeline.timeout == expected
    assert client.with_options(timeout=30)._pipeline.timeout == expected
    assert expected.total is None


def test_a_number_is_the_rate_of_a_pace() -> None:
    """pace=2 means two calls a second, with the documented burst."""
    assert _client(pace=2).pace == _client(pace=wsclient.Pace(2)).pace
    assert _client().with_options(pace=0.5).pace.rate == 0.5


def test_tls_path_means_a_ca_file(tmp_path: Path) -> None:
    """tls="ca.pem" means TLSPolicy(ca_file="ca.pem"), as text or as Path; a missing file is refused at construction."""
    file = tmp_path / "ca.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\n")
    for path in (file, str(file)):
        policy = _client(tls=path)._shared.transport.settings.policy
        assert policy == wsclient.TLSPolicy(ca_file=file) == wsclient.TLSPolicy(ca_file=str(file))
    with pytest.raises(TLSPolicyError, match=r"missing\.pem cannot be read"):
        _client(tls=tmp_path / "missing.pem")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pace": "fast"}, r"pace must be a Pace, a positive number of calls per second, 'auto' or None, not 'fast'"),
        ({"read_only": "no"}, "read_only must be True or False, not 'no'"),
        ({"max_connections": 0}, "max_connections must be a whole number of connections, at least 1, or None, not 0"),
        ({"max_connections": "5"}, "max_connections must be .* not '5'"),
        ({"timeout": "5"}, "timeout must be a Timeout, a positive number of seconds for each phase or None, not '5'"),
        ({"timeout": -1}, "timeout must be .* not -1"),
        ({"retry": 3}, r"retry must be a RetryPolicy, such as RetryPolicy\(max_attempts=3\), or None, not 3"),
        ({"sts": "vpce-0123"}, r'sts must be a StsRouting, such as StsRouting\(vpc_endpoint="vpce-..."\)'),
        ({"priority": "low"}, "priority must be 'interactive' or 'background', not 'low'"),
        ({"on_retry": "print"}, "on_retry must be a plain function or None, not 'print'"),
        ({"config": "prod"}, "config must be a ClientConfig"),
        ({"proxy": 8080}, "proxy must be a URL such as 'http://proxy.example.com:3128' or None, not 8080"),
        ({"expected_account": 123456789012}, "expected_account must be a string of 12 digits"),
        ({"telemetry": True}, r"telemetry must be a wsclient\.telemetry\.OpenTelemetry\(\) or None, not True"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_value_is_refused_when_a_client_or_a_copy_is_made(options: dict[str, object], words: str) -> None:
    """The error names option, value and what it takes, for the constructor and for with_options() alike."""
    for make in _makers():
        with pytest.raises(ConfigurationError, match=rf"^WorkSpacesClient\.{words}"):
            make(**options)


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("readonly", "read_only"), ("regoin", "region"), ("maxconnections", "max_connections"), ("Timeout", "timeout")],
)
def test_an_unknown_option_is_a_type_error_with_the_closest_name(misspelt: str, meant: str) -> None:
    """A misspelt option is refused by the constructor and by with_options(), and never ignored."""
    for make in _makers():
        with pytest.raises(
            TypeError, match=rf"^WorkSpacesClient has no option '{misspelt}'; did you mean '{meant}'\?$"
        ):
            make(**{misspelt: True})


def test_read_only_copy_rejects_changes_before_sending() -> None:
    """with_options(read_only=True) refuses a change before it is sent."""
    with pytest.raises(RequestValidationError, match="read_only"):
        asyncio.run(_client().with_options(read_only=True).stop_workspaces(stop_workspace_requests=[]))


def test_signature_types_and_descriptions_come_from_one_table() -> None:
    """The constructor, ClientOptions and CheckedOptions have the table's options, in its order; each is described."""
    names = [option.name for option in OPTIONS]
    parameters = inspect.signature(wsclient.WorkSpacesClient).parameters
    assert list(parameters) == names
    assert list(ClientOptions.__annotations__) == list(CheckedOptions.__annotations__) == names
    assert {option.name: repr(parameters[option.name].default) for option in OPTIONS} == {
        option.name: option.default.replace('"', "'") for option in OPTIONS
    }
    docstring = inspect.getdoc(Constructor.__init__) or ""
    assert all(f"\n    {option.name}: " in docstring for option in OPTIONS)
    assert set(names) > CALL_OPTIONS


def _takers(aws: testing.Emulator) -> dict[str, Callable[..., object]]:
    """Return what passes client options on, by the name in messages, with the arguments that it needs."""
    sites: dict[str, Any] = {"regions": ["us-west-2"], "accounts": {"lab": KEYS}}
    return {
        "wsclient.WorkSpacesClient.with_options": _client().with_options,
        "wsclient.fleet.Fleet": partial(fleet.Fleet, **sites),
        "wsclient.fleet.inventory": partial(fleet.inventory, **sites),
        "wsclient.audit.Audit": partial(audit.Audit, **sites),
        "wsclient.testing.Emulator.client": aws.client,
        "wsclient.testing.Emulator.sts_client": aws.sts_client,
    }


def _options_type(function: Callable[..., object]) -> type | None:
    """Return the TypedDict of a function's **options, None for a function without one."""
    target: Any = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]  # a class
    parameters = inspect.signature(target).parameters.values()
    keywords = next((each.name for each in parameters if each.kind is each.VAR_KEYWORD), None)
    hint = typing.get_type_hints(target).get(keywords) if keywords else None
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Unpack else None


def test_every_taker_of_client_options_takes_those_of_its_type() -> None:
    """Type checkers accept an option of Fleet, Audit, inventory() or an emulator's client if and only if it is taken.

    The error for each other option says what to use instead.
    """
    defaults = {name: each.default for name, each in inspect.signature(wsclient.WorkSpacesClient).parameters.items()}
    with testing.Emulator() as aws:
        for name, take in _takers(aws).items():
            known = _options_type(getattr(take, "func", take))
            assert known is not None, name
            for option, default in defaults.items():
                value = CLIENT.get(option, default)
                if option in known.__annotations__:
                    assert take(**{option: value}) is not None, (name, option)
                else:
                    with pytest.raises(TypeError, match=rf"has no option '{option}'; .*\bpass "):
                        take(**{option: value})


def test_every_public_taker_of_client_options_is_tried() -> None:
    """The test above goes through each public function that takes options of clients as **options."""
    names = {option.name for option in OPTIONS}
    found: set[str] = set()
    for module in (wsclient, audit, fleet, testing, vpc):
        for name in module.__all__:
            member = getattr(module, name)
            functions = {"": member} if inspect.isfunction(member) else {}
            if isinstance(member, type) and not issubclass(member, tuple):
                functions = {f".{key}": value for key, value in inspect.getmembers(member, inspect.isfunction)}
            for key, function in functions.items():
                kind = _options_type(function) if function.__module__.startswith("wsclient") else None
                if kind is not None and kind.__annotations__.keys() <= names:
                    found.add(f"{module.__name__}.{name}{key}".removesuffix(".__init__"))
    with_options = {"wsclient.StsClient.with_options"}  # the same method
    of_settings = {"wsclient.ClientConfig.override"}
    assert found - with_options - of_settings == _takers(testing.Emulator()).keys()


def test_the_default_of_every_option_is_a_value_that_it_takes() -> None:
    """Passing each default explicitly makes the same client."""
    defaults = {name: each.default for name, each in inspect.signature(wsclient.WorkSpacesClient).parameters.items()}
    assert _client(**{**defaults, **CLIENT}).config == _client().config


def test_ssl_context_is_accepted_for_tls() -> None:
    """An ssl.SSLContext stays an option of tls=."""
    context = wsclient.TLSPolicy().create_context()
    assert isinstance(context, ssl.SSLContext)
    assert _client(tls=context)._shared.transport.settings.context is context
