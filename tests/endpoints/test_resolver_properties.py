import pickle
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient._core.errors import EndpointResolutionError, PrivateLinkFipsError
from wsclient._core.hosts import is_privatelink_host
from wsclient._generated.partitions import PARTITIONS
from wsclient.endpoints import Endpoint, EndpointParameters, PrivateDns, VpcEndpoint, resolve_endpoint

SUFFIXES = tuple(
    f".{suffix}" for partition in PARTITIONS for suffix in (partition.dns_suffix, partition.dualstack_dns_suffix)
)
REGIONS = sorted(region for partition in PARTITIONS for region in partition.regions)
SAMPLES = [
    "us-west-2.evil.com/",
    "vpce-0123-abcd",
    "vpce-0123-abcd-us-west-2a",
    "VPCE-0123.workspaces.us-west-2.vpce.amazonaws.com",
    "vpce-0123.sts-fips.us-west-2.vpce.amazonaws.com:443/",
    "https://vpce-0123.workspaces-fips.us-west-2.vpce.amazonaws.com",
    "https://workspaces-fips.us-west-2.amazonaws.com",
    "https://proxy.bank.internal/aws/",
    "http://localhost:4566",
    "https://[::1]:1/",
    "http://134744072",
]
ODD = st.text(alphabet=st.characters() | st.sampled_from(".:/@?#[]%\\\0 -"), max_size=40)
TEXT = st.sampled_from(SAMPLES) | ODD | st.builds("{}{}".format, st.sampled_from(SAMPLES), ODD)
HOSTS = st.from_regex(r"\A(https?://)?[a-z0-9.:\[\]%_-]{0,30}(/[a-z.%]{0,9})?\Z")
FLAGS = st.none() | st.booleans()
ANY_PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "service": st.sampled_from(["workspaces", "sts", "ec2", "ds", "iam"]),
    "region": st.sampled_from(["us-west-2", *REGIONS]) | st.none() | TEXT,
    "use_fips": FLAGS,
    "use_dualstack": FLAGS,
    "vpc_endpoint": st.none() | TEXT,
    "private_dns": FLAGS | st.just(PrivateDns(api_host=True)),
    "endpoint_url": st.none() | TEXT | HOSTS,
    "allow_unlisted": st.booleans(),
    "allow_http": st.booleans(),
}
PARAMETERS = st.builds(EndpointParameters, **ANY_PARAMETERS)
FEWER = st.fixed_dictionaries(
    {name: ANY_PARAMETERS[name] for name in ("service", "region")},
    optional={name: item for name, item in ANY_PARAMETERS.items() if name not in {"service", "region"}},
).map(lambda chosen: EndpointParameters(**chosen))


def outcome(parameters: EndpointParameters) -> Endpoint | str:
    """Return the endpoint, or the refusal in words."""
    try:
        return resolve_endpoint(parameters)
    except EndpointResolutionError as error:
        return str(error)


@settings(max_examples=400)
@given(PARAMETERS | FEWER)
def test_any_parameters_resolve_or_raise_the_typed_error(parameters: EndpointParameters) -> None:
    """No input raises anything else, a second look gives the same answer, and both travel by pickle."""
    answer = outcome(parameters)
    assert outcome(parameters) == answer
    assert outcome(pickle.loads(pickle.dumps(parameters))) == answer
    assert pickle.loads(pickle.dumps(answer)) == answer


@settings(max_examples=300)
@given(FEWER)
def test_only_endpoint_url_can_leave_aws_domains(parameters: EndpointParameters) -> None:
    """No region and no endpoint id can put another domain behind the host, nor a port, path or user before it."""
    answer = outcome(parameters)
    if isinstance(answer, str) or parameters.endpoint_url is not None:
        return
    assert answer.host.endswith(SUFFIXES)
    assert answer.url == f"https://{answer.host}"
    if parameters.service != "iam":  # one host for a whole partition
        assert f".{parameters.region}." in answer.host
    assert not answer.insecure


@settings(max_examples=300)
@given(FEWER)
def test_requested_fips_is_never_dropped(parameters: EndpointParameters) -> None:
    """An answer to use_fips=True is a FIPS host, and WorkSpaces by PrivateLink never is one."""
    answer = outcome(parameters)
    if isinstance(answer, str):
        return
    assert answer.is_fips or not parameters.use_fips
    assert not (answer.is_fips and parameters.service == "workspaces" and is_privatelink_host(answer.host))


@settings(max_examples=150)
@given(given_id=st.sampled_from(["vpce-0123-abcd", "vpce-0123-abcd-us-west-2a"]), form=st.sampled_from("iud"))
def test_privatelink_with_fips_is_rejected_for_every_form(given_id: str, form: str) -> None:
    """Id, URL or private DNS: the same refusal."""
    forms: dict[str, dict[str, Any]] = {
        "i": {"vpc_endpoint": VpcEndpoint(given_id)},
        "u": {"endpoint_url": f"{given_id}.workspaces.us-west-2.vpce.amazonaws.com"},
        "d": {"private_dns": True},
    }
    parameters = EndpointParameters(service="workspaces", region="us-west-2", use_fips=True, **forms[form])
    try:
        resolve_endpoint(parameters)
    except PrivateLinkFipsError:
        return
    raise AssertionError(form)


@settings(max_examples=200)
@given(st.lists(st.ip_addresses().map(str), max_size=5) | st.lists(ODD, max_size=3))
def test_private_dns_allows_only_addresses_in_allowed_cidrs(addresses: list[str]) -> None:
    """Returned addresses were resolved and lie in allowed_cidrs; an IPv4 address outside raises an error."""
    try:
        passed = PrivateDns(allowed_cidrs=("128.0.0.0/1", "8000::/1")).check(addresses)
    except EndpointResolutionError:
        return
    assert passed
    assert set(passed) <= set(addresses)
    assert all(int(address.split(".")[0]) >= 128 for address in addresses if ":" not in address)
