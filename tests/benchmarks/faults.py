"""Many calls with random faults: resources created twice, and resources created without the caller's knowledge.

`python -m tests.benchmarks.faults --calls 100000 --seed 1 --with-boto3` prints it for wsclient and for boto3 in its
standard mode, each against a service that rejects a user's second WorkSpace, as AWS does, and against a service that
creates it. Everything is in this process, and pauses take no time.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from tests.faults import by_boto3, by_wsclient
from tests.faults.experiment import Count, table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUND = 1000
"""Calls against one emulator: what is looked for is not lost among too much else."""
SERVICES = {"no second refused": False, "as AWS": True}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the experiment and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="calls in all, half against each service")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.1, help="share of the requests that fail, 0 to 1")
    parser.add_argument("--with-boto3", action="store_true", help="have boto3 make the same calls")
    options = parser.parse_args(arguments)
    for name, run in {"wsclient": by_wsclient.run, "boto3": by_boto3.run}.items():
        if name == "boto3" and not options.with_boto3:
            continue
        start = time.perf_counter()
        columns = {service: Count() for service in SERVICES}
        for number in range(-(-options.calls // ROUND)):
            service = list(SERVICES)[number % len(SERVICES)]
            size = min(ROUND, options.calls - number * ROUND)
            seed = options.seed * 1_000_003 + number
            columns[service] += run(size, seed, share=options.share, is_strict=SERVICES[service])
        print(f"{name}, {time.perf_counter() - start:.0f} s")
        print(table(columns), end="\n\n")


if __name__ == "__main__":
    main()
