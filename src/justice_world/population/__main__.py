"""``python -m justice_world.population --people N --seed S --errors E --out DIR`` writes a population."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

from justice_world.population.write import write_population
from piperoll.errors import UserError


def main(arguments: list[str] | None = None) -> int:
    """Write a population and say what it came to; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m justice_world.population", description="Write a simulated population with known truth."
    )
    parser.add_argument("--people", type=int, required=True, help="how many people")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=float, default=1.0, help="factor of the chances of errors (1)")
    parser.add_argument("--block", type=int, default=250_000, help="people in one file (250,000)")
    parser.add_argument("--out", type=Path, required=True, help="an empty directory")
    given = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        done = write_population(given.out, people=given.people, seed=given.seed, errors=given.errors, block=given.block)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"people     {done.people:>12,}")
    for source, count in done.records.items():
        print(f"{source:<10} {count:>12,}")
    print(f"records    {done.total:>12,}  ({done.total / done.people:.2f} a person)")
    print(f"{done.total / took:,.0f} records a second ({took:.1f} s), peak memory {peak:.2f} GiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
