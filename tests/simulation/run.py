"""`./run simulate --seeds N [--from S]` runs seeds on all cores; `--seed S [--trace]` replays one exactly."""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.simulation.seed import Result, run_seed
from tests.simulation.troubles import Troubles

CHUNK = 5
TOLD_EVERY = 100
"""Number of seeds between two progress messages."""
_SOME = ",".join(Troubles.names()[:2])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run simulate", description="The whole world in one process, from a seed.")
    parser.add_argument("--seeds", type=int, default=200, help="how many to run (%(default)s)")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first of them (%(default)s)")
    parser.add_argument("--seed", type=int, help="run this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: print what happens")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="at once (%(default)s)")
    parser.add_argument("--only", default="", help=f"with --seed: only these troubles, such as {_SOME}")
    options = parser.parse_args(arguments)
    if options.seed is not None:
        only = tuple(options.only.split(",")) if options.only else ()
        return _report([run_seed(options.seed, print if options.trace else None, only)])
    return _report(run_seeds(range(options.first, options.first + options.seeds), options.processes))


def run_seeds(seeds: Sequence[int], processes: int) -> Iterator[Result]:
    """Yield the results, in the order of the seeds."""
    if processes == 1:
        yield from map(run_seed, seeds)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(run_seed, seeds, chunksize=CHUNK)


def explain(result: Result) -> str:
    """Describe a failed run: the broken invariant, the last events, and how to repeat the run."""
    return "\n".join(
        (
            *result.lines,
            "",
            f"seed {result.seed}: NOT SO: {result.invariant}",
            f"  {result.what}",
            f"  again: ./run simulate --seed {result.seed} --trace",
            "",
        )
    )


def _report(results: Iterator[Result] | list[Result]) -> int:
    held, failed = 0, 0
    facts = 0
    deaths: Counter[str] = Counter()
    points: set[str] = set()
    digest = ""
    for result in results:
        held += not result.invariant
        failed += bool(result.invariant)
        facts += result.facts
        deaths.update(result.deaths)
        points.update(result.points)
        digest = result.digest
        if result.invariant:
            print(explain(result), flush=True)
        elif (held + failed) % TOLD_EVERY == 0:
            print(f"{held + failed} seeds, {failed} failed", flush=True)
    if held + failed == 1:
        print(f"trace {digest}")
    else:
        crashes = sum(deaths.values())
        met = f"{len(points & deaths.keys())} of {len(points)} named points"
        print(
            f"{facts} facts told; processes died {crashes} times, at {met} and {len(deaths.keys() - points)} other ways"
        )
    print(f"{held} of {held + failed} seeds held")
    return 1 if failed or not held else 0
