"""The client token of a spec: the same for the same spec however it is written, another for any other spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from wsclient.policy import allow_account, read_only
from wsclient.vpc._spec import MAX_TOKEN, EndpointSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = {"partition": "aws", "account_id": "123456789012", "region": "us-west-2"}
IDS = st.lists(st.sampled_from("abcdef").map("subnet-{}".format), min_size=1, max_size=4, unique=True)
POLICIES = st.sampled_from([None, allow_account("123456789012"), read_only(account_id="123456789012")])
TAGS = st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2).map(
    lambda tags: tuple(sorted(tags.items()))
)
SPECS = st.builds(
    EndpointSpec,
    vpc_id=st.sampled_from(["vpc-1", "vpc-2"]),
    subnet_ids=st.none() | IDS.map(tuple),
    group_ids=IDS.map(tuple),
    private_dns=st.booleans(),
    policy=POLICIES,
    tags=TAGS,
)


def meaning(spec: EndpointSpec) -> Any:
    """Return the content of a spec, without the order of its subnets and groups."""
    subnets = None if spec.subnet_ids is None else frozenset(spec.subnet_ids)
    policy = None if spec.policy is None else spec.policy.to_json()
    return spec.vpc_id, subnets, frozenset(spec.group_ids), spec.private_dns, policy, spec.tags


@settings(max_examples=200)
@given(SPECS, SPECS)
def test_equal_specs_have_equal_tokens(first: EndpointSpec, second: EndpointSpec) -> None:
    """Two specs have the same token if and only if they have the same content."""
    assert (first.token(**WHERE) == second.token(**WHERE)) == (meaning(first) == meaning(second))


@settings(max_examples=50)
@given(SPECS, st.randoms())
def test_order_and_duplicates_do_not_change_the_token(spec: EndpointSpec, random: Any) -> None:
    """Subnets and groups in any order, some of them twice, give the same token, which EC2 takes."""

    def mixed(ids: Sequence[str]) -> tuple[str, ...]:
        again = [*ids, *ids[:1]]
        random.shuffle(again)
        return tuple(again)

    subnets = None if spec.subnet_ids is None else mixed(spec.subnet_ids)
    other = replace(spec, subnet_ids=subnets, group_ids=mixed(spec.group_ids))
    token = spec.token(**WHERE)
    assert other.token(**WHERE) == token
    assert (len(token), token.isascii()) == (MAX_TOKEN, True)


def test_token_includes_account_region_and_history() -> None:
    """Another account, region or partition, or a deleted endpoint of the same spec, gives another token."""
    spec = EndpointSpec(vpc_id="vpc-1", subnet_ids=None, group_ids=("sg-1",), private_dns=True)
    tokens = {spec.token(**WHERE)}
    for change in ({"account_id": "210987654321"}, {"region": "us-east-1"}, {"partition": "aws-cn"}):
        tokens.add(spec.token(**WHERE | change))
    for deleted in ("vpce-1", "vpce-2"):
        tokens.add(spec.token(**WHERE, after=deleted))
    assert len(tokens) == 6
