"""`bench whatif`: a month of 10,000 baskets priced again under other rules, and what a till notices of it.

`reprice_s` is processor time of one process, all of it; `difference_minor` what unchanged rules make of the same month
beside what was taken. `till_ratio`: p99 of scan to line while sales are priced again, against that till alone, in turn.
`coverage`: of the intervals of demand stated as 80 %, the share that holds in weeks that were held out, of made-up
products and (`coverage_real`) of real liquor by town.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

import aiohttp

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.scenario import PriceRule, Scenario, TaxRule
from edge.core.storage.database import open_reader
from edge.counter.till.from_config import till_settings
from edge.goods.promotions.promotion import BuyGet, PercentOff, Promotion, SpendShare
from edge.operations.ledger import Ledger
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.fill import bench_config, fill_products, fill_sales, follow
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.demand_weeks import IOWA, held, iowa, sold_weeks
from tests.stack import store

BASKETS, PRODUCTS, SCANS = 10_000, 2_000, 600
TURNS = 6
"""Of a till alone and beside a run, one after the other, so that what else the machine does slows both."""
BESIDE = 2_000
"""Baskets of a run beside a till: about as long as its turn."""
SHOPS, CUT = 40, 50
"""Made-up shops, whose weeks from `CUT` on are held out."""
IOWA_CUTS = (120, 140, 160, 180)
DAY = "2026-01-01"
"""Of all the sales that `fill_sales` writes."""
UNCHANGED = Scenario(DAY, DAY)
OTHERWISE = Scenario(
    DAY,
    DAY,
    prices=(PriceRule(percent=5_000),),
    promotions=(
        Promotion("third", {"en": "Three for two"}, BuyGet(2, 1)),
        Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000)),
        Promotion("big", {"en": "Big baskets"}, SpendShare(2_000, 5_000)),
    ),
    taxes=(TaxRule("standard", (19_000,)),),
)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench whatif")
    parser.add_argument("--baskets", type=int, default=BASKETS)
    parser.add_argument("--scans", type=int, default=SCANS, help="0: without a till")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-whatif-") as name:
        reprice_s, difference, changed = _priced_again(Path(name) / "month", args.baskets)
        print(f"{args.baskets} baskets priced again in {reprice_s:.1f} s of processor time, {changed} of them differ")
        figures = {"reprice_s": reprice_s * BASKETS / args.baskets, "difference_minor": float(difference)}
        if args.scans:
            (Path(name) / "till").mkdir()
            idle, busy = asyncio.run(_beside(Path(name) / "till", args.scans))
            idle_ms, busy_ms = percentile(idle, 0.99), percentile(busy, 0.99)
            medians = statistics.median(idle), statistics.median(busy)
            print(f"a line after {medians[0]:.1f} ms (p99 {idle_ms:.1f}) alone")
            print(f"and after {medians[1]:.1f} ms (p99 {busy_ms:.1f}) meanwhile")
            figures |= {"till_ratio": busy_ms / idle_ms, "idle_p99_ms": idle_ms, "busy_p99_ms": busy_ms}
            figures |= {"till_median_ratio": medians[1] / medians[0]}
    result(**figures, **_coverage())
    return 0


def _coverage() -> dict[str, float]:
    """The share of intervals that hold in weeks that were held out."""
    tried = {"coverage": [held(sold_weeks(seed), CUT) for seed in range(100, 100 + SHOPS)]}
    if IOWA.is_dir():
        weeks = iowa()
        tried["coverage_real"] = [held(weeks, cut) for cut in IOWA_CUTS]
    found = {}
    for name, shares in tried.items():
        within, many = (sum(one) for one in zip(*shares, strict=True))
        print(f"{name}: {within} of {many} intervals hold")
        found[name] = within / many
    return found


def _priced_again(folder: Path, baskets: int) -> tuple[float, int, int]:
    """Seconds, what unchanged rules are off by, and how many baskets others change."""
    config = bench_config(folder)
    ledger = Ledger(config)
    fill_products(ledger, PRODUCTS)
    fill_sales(ledger, config, baskets)
    ledger.close()
    with closing(open_reader(config.ledger)) as was, closing(open_reader(config.ledger)) as would:
        same = compare(was, would, UNCHANGED, till_settings(config))
    with closing(open_reader(config.ledger)) as was, closing(open_reader(config.ledger)) as would:
        began = time.process_time()
        other = compare(was, would, OTHERWISE, till_settings(config))
        seconds = time.process_time() - began
    assert same.papers == other.papers == baskets and not same.unsure and not other.unsure
    off = abs(same.sums.would.total - same.taken_minor) + same.changed
    return seconds, off, other.changed


async def _beside(folder: Path, scans: int) -> tuple[list[float], list[float]]:
    """Milliseconds of scan to line, alone and while sales are priced again, in turn."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, PRODUCTS)
            fill_sales(ledger, shop.config, BESIDE)
            follow(ledger)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            chance, idle, busy = random.Random(SEED), list[float](), list[float]()
            cashier = Cashier(shop, page, BASKET)

            async def scan(many: int) -> list[float]:
                return await cashier.scan(chance.sample(range(PRODUCTS), many), PAUSE_MS)

            await scan(WARM_SCANS)
            for _ in range(TURNS):
                idle += await scan(scans // TURNS)
                body = {"first": DAY, "last": DAY, "prices": [{"percent": 5_000}]}
                status, asked = await shop.api.post("/api/v1/whatif", body, Grant=shop.api.token)
                assert status == 202, asked
                state = "waiting"
                while state in ("waiting", "running"):
                    busy += await scan(BASKET)
                    _, found = await shop.api.get(f"/api/v1/whatif/{asked['id']}")
                    state = found["state"]
                assert state == "done", found
    print(f"{len(idle)} scans alone, {len(busy)} beside {TURNS} runs of {BESIDE} baskets")
    return idle, busy
