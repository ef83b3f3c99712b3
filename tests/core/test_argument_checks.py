"""Checks of arguments: constructors and functions refuse unknown, missing and wrong arguments with a typed error."""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.constructors import CLIENT, CONSTRUCTORS, KEYS, label
from tests.support.wrong_kinds import VALUES, Stranger, fits, options_of
from wsclient import Timeout, WorkSpacesClient, fleet, testing
from wsclient._core.argument_checks import TABLES, OptionTable
from wsclient._core.value_kinds import (
    REJECTED,
    TEXT,
    Kind,
    collection_of,
    one_of,
    optional,
    satisfies,
    show,
    whole_number,
)
from wsclient.errors import ConfigurationError, WsclientError
from wsclient.testing._plugin.marker import emulator_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.constructors import Constructor

pytestmark = pytest.mark.filterwarnings("ignore:the Planning of .* was never awaited:RuntimeWarning")
CASES = [(case, option) for case in CONSTRUCTORS for option in options_of(case.make) if option not in case.elsewhere]


@pytest.mark.parametrize(("case", "option"), CASES, ids=[f"{label(case)}-{option}" for case, option in CASES])
def test_a_value_of_a_wrong_kind_is_a_typed_error_that_names_the_option(case: Constructor, option: str) -> None:
    """Every value that the annotation excludes raises ConfigurationError at construction; none raises anything else."""
    annotation = options_of(case.make)[option]
    for value in VALUES:
        error = _error_of(case, {**case.arguments, option: value})
        if not fits(value, case.annotations.get(option, annotation)):
            assert isinstance(error, ConfigurationError), (value, error)
            assert option in str(error), (value, error)
        assert "Stranger object" not in str(error)


def _error_of(case: Constructor, arguments: Mapping[str, object]) -> WsclientError | None:
    """Return the typed error of a construction, None if it succeeds; any other exception ends the test."""
    try:
        case.make(**arguments)
    except WsclientError as error:
        return error
    return None


@pytest.mark.parametrize("case", CONSTRUCTORS, ids=label)
def test_an_unknown_name_is_a_type_error_with_the_closest_one(case: Constructor) -> None:
    """A misspelt option raises TypeError, and the message has the option that was meant."""
    for option in options_of(case.make):
        misspelt = f"{option[:-1]}{option[-1]}x"
        with pytest.raises(TypeError, match=rf"has no option '{misspelt}'.*\b{option}\b"):
            case.make(**{**case.arguments, misspelt: None})


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("region_name", "region"),
        ("use_fips_endpoint", "use_fips"),
        ("use_dualstack_endpoint", "use_dualstack"),
        ("proxies", "proxy"),
        ("verify", "tls"),
        ("aws_access_key_id", "credentials"),
        ("aws_session_token", "credentials"),
        ("client_cert", "tls"),
        ("read_timeout", "timeout"),
        ("connect_timeout", "timeout"),
        ("max_pool_connections", "max_connections"),
        ("user_agent_extra", "app_id"),
        ("profile_name", "profile"),
        ("max_attempts", "retry"),
        ("rate_limit", "pace"),
        ("ca_file", "tls"),
        ("role_arn", "credentials"),
        ("session", "credentials"),
        ("verify_ssl", "tls"),
    ],
)
def test_a_name_of_boto3_leads_to_the_option_that_replaces_it(name: str, option: str) -> None:
    """A client that gets an option of boto3 names its own one, not another that is spelt alike."""
    options: Any = {name: "x"}
    with pytest.raises(TypeError, match=f"WorkSpacesClient has no option '{name}'; did you mean '{option}'"):
        WorkSpacesClient(**options)


def test_an_option_of_a_run_leads_from_the_action_to_the_run() -> None:
    """fleet.terminate(expected_count=…), and any other option of a run that an action gets, names plan.run()."""
    for option in inspect.signature(fleet.Plan.run).parameters.keys() - {"self"}:
        options: Any = {option: 3}
        with pytest.raises(
            TypeError, match=rf"^Fleet\.terminate has no option '{option}'; run\(\) of the plan takes it"
        ):
            fleet.Fleet.terminate(fleet.Fleet(regions=["us-west-2"]), **options)


def test_a_mapping_with_a_wrong_value_is_refused_with_the_type_of_the_value() -> None:
    """The error does not ask for a mapping where there is one: a role's ARN is not credentials."""
    accounts: Any = {"prod": "arn:aws:iam::123456789012:role/desktops"}
    with pytest.raises(ConfigurationError, match=r"such as an AssumeRoleProvider, or None, not a dict with a str$"):
        fleet.Fleet(regions=["us-west-2"], accounts=accounts)


def test_a_positional_argument_is_a_type_error_that_shows_a_keyword() -> None:
    """Constructors take keywords only, and name the class and its first option, not a base class."""
    for make, message in (
        (WorkSpacesClient, "WorkSpacesClient takes keyword arguments only, such as WorkSpacesClient(region=…)"),
        (Timeout, "Timeout takes keyword arguments only, such as Timeout(connect=…)"),
    ):
        positional: Any = make
        with pytest.raises(TypeError, match=re.escape(message)):
            positional("us-west-2")


@pytest.mark.parametrize("case", CONSTRUCTORS, ids=label)
def test_missing_and_superfluous_arguments_are_named(case: Constructor) -> None:
    """The error names what was called, as users call it, and what it needs or takes by position."""
    parameters = inspect.signature(case.make).parameters.values()
    for parameter in parameters:
        if parameter.default is parameter.empty and parameter.name in case.arguments:
            rest = {name: value for name, value in case.arguments.items() if name != parameter.name}
            with pytest.raises(TypeError, match=rf"^\w[\w.]* needs .*\b{parameter.name}\b"):
                case.make(**rest)
    if not any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
        with pytest.raises(TypeError, match=r"^\w[\w.]* takes (keyword arguments only|only .* by position)"):
            case.make(*range(len(case.arguments) + 20))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (TEXT, "a string or None"),
        (one_of("a", "b", "c"), "'a', 'b', 'c' or None"),
        (whole_number(1), "a whole number, at least 1, or None"),
        (satisfies('an id, "vpce-...", or an endpoint', bool), 'an id, "vpce-...", an endpoint or None'),
    ],
)
def test_expectation_text_lists_none_as_a_choice(kind: Kind, expected: str) -> None:
    """The text of an optional kind reads as a list of what the option takes."""
    assert optional(kind).expected == expected


def test_every_option_table_is_covered_by_a_constructor() -> None:
    """A table that is added without a constructor in the tests' list fails here."""
    tried = {label(case) for case in CONSTRUCTORS}
    assert {owner for owner, table in TABLES.items() if table.kinds} - tried == {
        "ClientConfig.override",
        "Emulator.client",
        "Emulator.sts_client",
        "EndpointPlan.run",
        "Fleet.inventory",
        "Plan.run",
        "RowsMixin.write_csv",
    }


@pytest.mark.parametrize("kind", [testing.Emulator, type(testing.Emulator().network)], ids=lambda kind: kind.__name__)
def test_every_method_of_an_emulator_with_arguments_checks_them(kind: type) -> None:
    """A public method that is added without a table fails here."""
    methods = {name: method for name, method in inspect.getmembers(kind, callable) if not name.startswith("_")}
    with_arguments = {name for name, method in methods.items() if len(inspect.signature(method).parameters) > 1}
    assert {f"{kind.__name__}.{name}" for name in with_arguments} - TABLES.keys() <= {"Emulator.resolve"}


PASSED_ON: dict[str, Callable[..., object]] = {
    "Fleet": lambda **options: fleet.Fleet(regions=["us-west-2"], accounts={"one": KEYS}, **options),
    "inventory": lambda **options: fleet.inventory(regions=["us-west-2"], accounts={"one": KEYS}, **options),
    "Emulator.client": lambda **options: testing.Emulator().client(**options),
    "Emulator.sts_client": lambda **options: testing.Emulator().sts_client(**options),
    "wait_until_stopped": lambda **options: asyncio.run(
        wsclient.WorkSpacesClient(**CLIENT).wait_until_stopped(["ws-0123456789"], **options)  # type: ignore[arg-type]
    ),
    "@pytest.mark.wsclient": lambda **options: emulator_options(options),
}
"""What passes options on: the options of a client, of a wait, or of an emulator."""


@pytest.mark.parametrize("owner", PASSED_ON)
def test_forwarded_unknown_option_raises_type_error(owner: str) -> None:
    """Fleets, waiters and the testing kit refuse a name that they do not know, with the closest one."""
    meant = {"wait_until_stopped": "fail_fast", "@pytest.mark.wsclient": "account_id"}.get(owner, "read_only")
    misspelt = meant.replace("_", "")
    with pytest.raises(TypeError, match=rf"^{owner} has no option '{misspelt}'; did you mean '{meant}'\?$"):
        PASSED_ON[owner](**{misspelt: True})


@pytest.mark.parametrize(
    ("owner", "options"),
    [
        ("Fleet", {"read_only": "no"}),
        ("Fleet", {"pace": "fast"}),
        ("Emulator.client", {"timeout": "5"}),
        ("Emulator.client", {"vpc": 7}),
        ("wait_until_stopped", {"timeout": 0}),
        ("wait_until_stopped", {"timeout": "60"}),
        ("wait_until_stopped", {"timeout": True}),
        ("wait_until_stopped", {"timeout": float("nan")}),
        ("wait_until_stopped", {"polling": 5}),
        ("wait_until_stopped", {"fail_fast": "no"}),
        ("wait_until_stopped", {"on_progress": "print"}),
    ],
    ids=str,
)
def test_forwarded_wrong_value_raises_configuration_error(owner: str, options: dict[str, object]) -> None:
    """The error names what was called, the option, and what it takes; nothing is sent."""
    with pytest.raises(ConfigurationError, match=rf"^{owner}\.{next(iter(options))} must be "):
        PASSED_ON[owner](**options)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://user:secret@proxy:3128", "'https://***@proxy:3128'"),
        ("user:secret@proxy:3128", "'***@proxy:3128'"),
        ("x" * 200, f"'{'x' * 80}…'"),
        (10**5000, "a large int"),
        ({"AWS_SECRET_ACCESS_KEY": "secret"}, "a dict with a str"),
        (["secret", 1], "a list with a str and an int"),
        (Stranger(), "a Stranger"),
        (Stranger, "the class Stranger"),
        (None, "None"),
    ],
    ids=range(9),
)
def test_a_wrong_value_is_shown_without_secrets(value: object, shown: str) -> None:
    """Messages show numbers and short texts, and only the type of anything else."""
    assert show(value) == shown


def test_option_table_converts_and_checks_values() -> None:
    """A table returns converted values, and names owner, option, expectation and value in its error."""
    table = OptionTable("Thing", {"names": collection_of(whole_number(1), "a list of whole numbers")})
    assert table.check({"names": [1, 2]}) == {"names": (1, 2)}
    with pytest.raises(
        ConfigurationError, match=r"^Thing\.names must be a list of whole numbers, not a list with a bool and an int$"
    ):
        table.check({"names": [1, True]})
    assert table.kinds["names"].accept("12") is REJECTED
