"""Short run of the experiment with random faults: no duplicates, and every created resource is reported."""

import pytest

from tests.benchmarks.faults import main
from tests.faults import by_boto3, by_wsclient
from tests.support.scale import at_scale

CALLS = at_scale(500, 1500)
SHARE = 0.1


@pytest.mark.parametrize("is_strict", [True, False], ids=["as AWS", "no second refused"])
@pytest.mark.parametrize("share", [SHARE, 0.4])
def test_wsclient_creates_no_duplicates(is_strict: bool, share: float) -> None:
    """Existing resources are exactly those reported as made, or in doubt and found later; none exists twice."""
    result = by_wsclient.run(CALLS, 1, share=share, is_strict=is_strict)
    assert result.made == result.reported + result.found
    assert (result.made_twice, result.unreported, result.untrue) == (0, 0, 0)
    # The calls did meet faults, and still more than half of the requested resources were reported as made.
    assert result.requests > result.calls
    assert result.in_doubt > result.found > 0
    assert result.reported > result.requested * 0.5


def test_boto3_creates_duplicates() -> None:
    """The same calls through the same faults make things twice with boto3: so the experiment can fail."""
    result = by_boto3.run(CALLS, 1, share=SHARE, is_strict=False)
    assert result.workspaces_twice > CALLS / 75
    assert result.made > result.reported + result.found


def test_boto3_reports_a_refusal_for_a_created_resource() -> None:
    """If AWS refuses a duplicate, boto3's retry reports a refusal although its first attempt created the resource."""
    assert by_boto3.run(CALLS, 1, share=SHARE, is_strict=True).unreported > CALLS / 150


def test_experiment_is_reproducible_by_seed() -> None:
    """A seed gives the same counts again, another one gives others."""
    counts = [by_wsclient.run(200, seed, share=SHARE, is_strict=True) for seed in (1, 1, 2)]
    assert counts[0] == counts[1] != counts[2]


def test_experiment_command_prints_both_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """The command runs both and prints their counts under one another."""
    main(["--calls", "30", "--seed", "1", "--with-boto3"])
    printed = capsys.readouterr().out
    assert printed.count("made twice") == 2
    assert "as AWS" in printed
