"""botocore's rule-set engine as the oracle: the same URLs for every region, flag and service.

Differences, each meant: AWS's pseudo-regions (aws-global) are refused here; an endpoint URL that is an AWS host
of another region or service is refused here (tests/endpoints/test_resolver.py); everything that AWS does not list is
refused here unless allow_unlisted says otherwise.
"""

from importlib import import_module
from itertools import product
from typing import Any

import pytest

from wsclient._core.errors import EndpointResolutionError
from wsclient._generated.partitions import LISTED, PARTITIONS
from wsclient.endpoints import EndpointParameters, resolve_endpoint

# botocore has no type hints: its modules are Any here.
exceptions: Any = import_module("botocore.exceptions")
provider: Any = import_module("botocore.endpoint_provider")
loader: Any = import_module("botocore.loaders").Loader()

DOCUMENT: Any = loader.load_data("partitions")
SERVICES = ("workspaces", "sts", "ec2", "ds")
NAMED = [region for partition in DOCUMENT["partitions"] for region in partition["regions"]]
PSEUDO = [region for region in NAMED if region.endswith("-global")]
REAL = [region for region in NAMED if region not in PSEUDO]
BY_PATTERN_ONLY = [
    "ap-southeast-9",
    "cn-south-1",
    "eu-isoe-east-1",
    "eusc-de-west-1",
    "mx-north-1",
    "us-gov-north-1",
    "us-iso-north-1",
    "us-isob-north-1",
    "us-isof-north-1",
]
BY_NO_PATTERN = ["mars-north-1", "mars"]
URLS = [None, "https://proxy.bank.internal/aws/", "https://10.0.0.1:8443", "https://[fd00::1]/x"]
ENGINES = {
    service: provider.EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), DOCUMENT)
    for service in (*SERVICES, "iam")
}


def oracle(service: str, region: str | None, *, fips: bool, dualstack: bool, url: str | None) -> str | None:
    """Return botocore's URL, None when it refuses."""
    options = {"Region": region, "UseFIPS": fips, "UseDualStack": dualstack, "Endpoint": url}
    if service == "sts":
        options["UseGlobalEndpoint"] = False
    try:
        answer: str = ENGINES[service].resolve_endpoint(**options).url
    except exceptions.EndpointProviderError:
        return None
    return answer


def ours(
    service: str, region: str | None, *, fips: bool, dualstack: bool, url: str | None, allow_unlisted: bool = True
) -> str | None:
    """Return our URL, None when we refuse."""
    parameters = EndpointParameters(
        service=service,
        region=region,
        use_fips=fips,
        use_dualstack=dualstack,
        endpoint_url=url,
        allow_unlisted=allow_unlisted,
    )
    try:
        endpoint = resolve_endpoint(parameters)
    except EndpointResolutionError:
        return None
    assert (endpoint.signing_name, endpoint.signing_region) == (service, region)
    return endpoint.url


COMBINATIONS = list(product(SERVICES, (False, True), (False, True), URLS))


@pytest.mark.parametrize(("service", "fips", "dualstack", "url"), COMBINATIONS)
def test_urls_equal_botocores_with_unlisted_regions_allowed(
    *, service: str, fips: bool, dualstack: bool, url: str | None
) -> None:
    """Every region of every partition, named or known by its pattern or by none: the same URL or two refusals."""
    for region in (*REAL, *BY_PATTERN_ONLY, *BY_NO_PATTERN):
        expected = oracle(service, region, fips=fips, dualstack=dualstack, url=url)
        assert ours(service, region, fips=fips, dualstack=dualstack, url=url) == expected, region


@pytest.mark.parametrize(("service", "fips", "dualstack"), list(product(SERVICES, (False, True), (False, True))))
def test_only_listed_regions_resolve_by_default(*, service: str, fips: bool, dualstack: bool) -> None:
    """A listed region gives botocore's URL; any other, for which botocore makes up a host, is refused."""
    kind = {
        (False, False): "public",
        (False, True): "dualstack",
        (True, False): "fips",
        (True, True): "fips_dualstack",
    }[fips, dualstack]
    for region in (*REAL, *BY_PATTERN_ONLY, *BY_NO_PATTERN):
        made_up = oracle(service, region, fips=fips, dualstack=dualstack, url=None)
        answer = ours(service, region, fips=fips, dualstack=dualstack, url=None, allow_unlisted=False)
        assert made_up is not None
        assert answer == (made_up if region in LISTED[service, kind] else None), region


@pytest.mark.parametrize(("service", "region"), list(product(SERVICES, PSEUDO)))
def test_pseudo_regions_are_rejected_where_botocore_uses_a_global_host(service: str, region: str) -> None:
    """A deliberate difference: wsclient never calls a global endpoint."""
    assert oracle(service, region, fips=False, dualstack=False, url=None) is not None
    assert ours(service, region, fips=False, dualstack=False, url=None) is None


@pytest.mark.parametrize("service", SERVICES)
def test_missing_region_is_rejected_as_in_botocore(service: str) -> None:
    """Without a region, wsclient and botocore both raise instead of assuming a default."""
    assert oracle(service, None, fips=False, dualstack=False, url=None) is None
    assert ours(service, None, fips=False, dualstack=False, url=None) is None


def test_partitions_and_regions_equal_botocores() -> None:
    """No partition was lost on the way, and each region is found in its own partition alone."""
    assert {partition.id: partition.regions for partition in PARTITIONS} == {
        partition["id"]: frozenset(partition["regions"]) - {*PSEUDO} for partition in DOCUMENT["partitions"]
    }
    for region in (*REAL, *BY_PATTERN_ONLY):
        assert sum(partition.covers(region) for partition in PARTITIONS) == 1, region


@pytest.mark.parametrize(("fips", "dualstack"), list(product((False, True), (False, True))))
def test_iam_hosts_equal_botocores(*, fips: bool, dualstack: bool) -> None:
    """Each host that the rules name is botocore's, with its signing region; one made from a pattern is refused."""
    for region in REAL:
        rules = ENGINES["iam"].resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack)
        home = rules.properties["authSchemes"][0]["signingRegion"]
        parameters = EndpointParameters(service="iam", region=region, use_fips=fips, use_dualstack=dualstack)
        try:
            endpoint = resolve_endpoint(parameters)
        except EndpointResolutionError:
            partition = next(partition for partition in PARTITIONS if partition.covers(region))
            suffix = partition.dualstack_dns_suffix if dualstack else partition.dns_suffix
            label = "iam-fips" if fips else "iam"
            assert fips or dualstack, region
            assert rules.url in {f"https://{label}.{suffix}", f"https://{label}.{home}.{suffix}"}, region
            continue
        assert endpoint.url == rules.url, region
        assert endpoint.signing_region == home, region
        assert endpoint.is_fips == fips
