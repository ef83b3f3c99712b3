"""The client token of a wish: the same for the same wish however it is written, another for any other wish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from wsclient.policy import allow_account, read_only
from wsclient.vpc._wish import MAX_TOKEN, Wish

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = {"partition": "aws", "account_id": "123456789012", "region": "us-west-2"}
IDS = st.lists(st.sampled_from("abcdef").map("subnet-{}".format), min_size=1, max_size=4, unique=True)
POLICIES = st.sampled_from([None, allow_account("123456789012"), read_only(account_id="123456789012")])
TAGS = st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2).map(
    lambda tags: tuple(sorted(tags.items()))
)
WISHES = st.builds(
    Wish,
    vpc_id=st.sampled_from(["vpc-1", "vpc-2"]),
    subnet_ids=st.none() | IDS.map(tuple),
    group_ids=IDS.map(tuple),
    private_dns=st.booleans(),
    policy=POLICIES,
    tags=TAGS,
)


def meaning(wish: Wish) -> Any:
    """Return what a wish asks for, without the order in which it names subnets and groups."""
    subnets = None if wish.subnet_ids is None else frozenset(wish.subnet_ids)
    policy = None if wish.policy is None else wish.policy.to_json()
    return wish.vpc_id, subnets, frozenset(wish.group_ids), wish.private_dns, policy, wish.tags


@settings(max_examples=200, deadline=None)
@given(WISHES, WISHES)
def test_tokens_are_equal_as_wishes_are(first: Wish, second: Wish) -> None:
    """Two wishes have one token if, and only if, they ask for the same."""
    assert (first.token(**WHERE) == second.token(**WHERE)) == (meaning(first) == meaning(second))


@settings(max_examples=50, deadline=None)
@given(WISHES, st.randoms())
def test_order_and_repetition_make_no_difference(wish: Wish, random: Any) -> None:
    """Subnets and groups in any order, some of them twice, give the same token, which EC2 takes."""

    def mixed(ids: Sequence[str]) -> tuple[str, ...]:
        again = [*ids, *ids[:1]]
        random.shuffle(again)
        return tuple(again)

    subnets = None if wish.subnet_ids is None else mixed(wish.subnet_ids)
    other = replace(wish, subnet_ids=subnets, group_ids=mixed(wish.group_ids))
    token = wish.token(**WHERE)
    assert other.token(**WHERE) == token
    assert (len(token), token.isascii()) == (MAX_TOKEN, True)


def test_place_and_history_are_part_of_it() -> None:
    """Another account, region or partition, or a deleted endpoint of the same wish, gives another token."""
    wish = Wish(vpc_id="vpc-1", subnet_ids=None, group_ids=("sg-1",), private_dns=True)
    tokens = {wish.token(**WHERE)}
    for change in ({"account_id": "210987654321"}, {"region": "us-east-1"}, {"partition": "aws-cn"}):
        tokens.add(wish.token(**WHERE | change))
    for deleted in ("vpce-1", "vpce-2"):
        tokens.add(wish.token(**WHERE, after=deleted))
    assert len(tokens) == 6
