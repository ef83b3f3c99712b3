"""Endpoints of SSO and SSO OIDC against botocore's rule-set engine: the same URL for every region and flag."""

from importlib import import_module
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.errors import EndpointResolutionError
from wsclient.config import Setting
from wsclient.endpoints._sso import SsoService, SsoSettings, sso_url

# botocore has no type hints: its modules are Any here.
exceptions: Any = import_module("botocore.exceptions")
provider: Any = import_module("botocore.endpoint_provider")
loader: Any = import_module("botocore.loaders").Loader()

DOCUMENT: Any = loader.load_data("partitions")
NAMED = [region for partition in DOCUMENT["partitions"] for region in partition["regions"]]
PSEUDO = [region for region in NAMED if region.endswith("-global")]
REGIONS = [region for region in NAMED if region not in PSEUDO]
BY_PATTERN_ONLY = ["ap-southeast-9", "cn-south-1", "eusc-de-west-1", "us-gov-north-1", "us-iso-north-1", "mars-north-1"]
SERVICES: tuple[SsoService, ...] = get_args(SsoService)
URLS = [None, "https://sso.bank.internal/aws", "https://10.0.0.1:8443"]
ENGINES = {
    service: provider.EndpointProvider(
        loader.load_service_model(service.replace("_", "-"), "endpoint-rule-set-1"), DOCUMENT
    )
    for service in SERVICES
}
FLAGS = (False, True)


def oracle(service: SsoService, region: str, *, fips: bool, dualstack: bool, url: str | None) -> str | None:
    """Return botocore's URL, None when it refuses."""
    try:
        answer: str = (
            ENGINES[service].resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dualstack, Endpoint=url).url
        )
    except exceptions.EndpointProviderError:
        return None
    return answer


def ours(service: SsoService, region: str, *, fips: bool, dualstack: bool, url: str | None) -> str | None:
    """Return our URL, None when we refuse."""
    settings = SsoSettings(use_fips=Setting(fips), use_dualstack=Setting(dualstack), endpoint_url=Setting(url, "VAR"))
    try:
        return sso_url(service, region, settings)
    except EndpointResolutionError:
        return None


@pytest.mark.parametrize(("service", "fips", "dualstack", "url"), list(product(SERVICES, FLAGS, FLAGS, URLS)))
def test_sso_urls_equal_botocores(*, service: SsoService, fips: bool, dualstack: bool, url: str | None) -> None:
    """Every region of every partition, named or known by its pattern or by none: the same URL, or two refusals."""
    for region in (*REGIONS, *BY_PATTERN_ONLY):
        expected = oracle(service, region, fips=fips, dualstack=dualstack, url=url)
        assert ours(service, region, fips=fips, dualstack=dualstack, url=url) == expected, region


@given(
    st.sampled_from(SERVICES),
    st.from_regex(r"[a-z]{2}(-[a-z]{3,5}){1,2}-[1-9]", fullmatch=True),
    st.sampled_from(FLAGS),
    st.sampled_from(FLAGS),
)
def test_unlisted_sso_region_resolves_as_in_botocore(
    service: SsoService, region: str, fips: bool, dualstack: bool
) -> None:
    """An unlisted region resolves to the same host as in botocore."""
    answer = ours(service, region, fips=fips, dualstack=dualstack, url=None)
    assert answer == oracle(service, region, fips=fips, dualstack=dualstack, url=None)


@pytest.mark.parametrize("region", PSEUDO)
def test_sso_pseudo_regions_are_rejected(region: str) -> None:
    """SSO has no global endpoint: where botocore makes a host up, there is an error."""
    assert [ours(service, region, fips=False, dualstack=False, url=None) for service in SERVICES] == [None, None]


@pytest.mark.parametrize("url", ["http://sso.bank.internal", "https://user@sso.bank", "sso.bank", ""])
def test_insecure_sso_url_names_the_settings_source(url: str) -> None:
    """Plain http, user information and invalid URLs are errors that name the setting's source."""
    for service in SERVICES:
        with pytest.raises(EndpointResolutionError, match="VAR"):
            sso_url(service, "eu-west-1", SsoSettings(endpoint_url=Setting(url, "VAR")))


@pytest.mark.parametrize("flag", ["use_fips", "use_dualstack"])
def test_sso_flag_with_a_url_names_both_settings(flag: str) -> None:
    """The refusal names the URL's source and the flag's."""
    values: dict[str, Any] = {flag: Setting(value=True, source="FLAG"), "endpoint_url": Setting("https://x.y", "VAR")}
    with pytest.raises(EndpointResolutionError, match=rf"VAR.*{flag}=True \(FLAG\)"):
        sso_url("sso", "us-east-1", SsoSettings(**values))
