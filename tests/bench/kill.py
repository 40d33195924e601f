"""`bench kill`: three tills sell through the API while appliance, hub, broker and Postgres are killed at random.

A sale is lost when it was answered as done and is not in the journal or, after the drain, not at head office; doubled
when it is there twice, or its receipt is on paper twice without the cashier's word.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

from sim.postgres import Postgres
from tests.bench.measure import result
from tests.kill_test import Outcome, everything, storm


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench kill")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="edge-kill-") as name, Postgres(durable=True) as postgres:
        outcome = asyncio.run(_bench(Path(name), postgres, args.kills, args.seed))
    for wrong in outcome.wrong[:50]:
        print(wrong)
    result(
        lost_or_doubled=len(outcome.wrong),
        kills=args.kills,
        sales=outcome.sales,
        back_s=statistics.median(outcome.back_s or [0.0]),
        back_most_s=max(outcome.back_s, default=0.0),
    )
    return 1 if outcome.wrong else 0


async def _bench(folder: Path, postgres: Postgres, kills: int, seed: int) -> Outcome:
    async with everything(folder, postgres) as (shop, office):
        return await storm(shop, office, kills, seed, lambda line: print(line, flush=True))
