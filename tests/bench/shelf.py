"""`bench shelf`: what is made of composed bays whose truth is known, none of which anything was learned from.

`facings` right by state (always saying "present" already gives two thirds), `gap_f1`, `bay_ms` of a bay in 1080p,
`cores` of eight such bays once a minute, `till_p99_ms` of a scan while bays are looked at without a pause;
`false_alerts`: what was found that was not so in a simulated week of the bays (`shelf_week.py`), `found` the share of
gaps of more than an hour that were; `fill_error` of drawn bottles in points; `top1` of packages recognised by three
photographs each (`top1_fruit`: loose fruit and vegetables). What is timed is timed first, alone; the rest uses two
processors. The default takes about five minutes of a quiet machine with two, and `--minutes` at most on any: what is
left out then (pictures, photographs, days) is said.
`--train` learns the weights again, from other bays, and writes them.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import aiohttp
import cv2
import numpy as np

from edge.analytics.shelf.sight_process import SightProcess
from edge.lib.sight import bottles, facings, pictures, registration, state_model
from edge.lib.sight.kinds import VERSION, BottleType, Look, Lookup
from edge.lib.sight.similarity import Album
from edge.operations.ledger import Ledger
from sim.shelves.bottles import EMPTY_AT, FULL_AT, DrawnBottle, draw_bottles
from sim.shelves.scene import draw, jpeg, usual_bay
from tests.bench.fill import fill_products
from tests.bench.measure import percentile, result
from tests.bench.shelf_bays import bay_of, composed, layout_of, reference
from tests.bench.shelf_week import DAYS, weeks
from tests.bench.till import Cashier, page_of
from tests.stack import store

FIRST, TRAINED_FIRST = 1, 10_000
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "data" / "grocery_photos"
FACINGS_BY, PHOTOGRAPHS_BY = 0.45, 0.65
"""Parts of the time by which facings and photographs are done with; the rest is the week's."""
WEIGHTS = Path(state_model.__file__).with_name(state_model.FILE)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench shelf")
    parser.add_argument("--bays", type=int, default=8)
    parser.add_argument("--pictures", type=int, default=6, help="of each bay")
    parser.add_argument("--minutes", type=float, default=9, help="by the clock; what is not done by then is left out")
    parser.add_argument("--train", type=int, default=0, metavar="BAYS", help="learn from so many bays, and write that")
    args = parser.parse_args(argv)
    cv2.setNumThreads(2)
    if args.train:
        train(args.train)
    begun_s, whole_s = time.time(), args.minutes * 60
    bay_ms, cores, facings_seen = timed()
    print(f"{facings_seen} facings at 1080p in {bay_ms:.0f} ms", flush=True)
    till = beside_the_till()
    print(f"scans: {till[0]:.1f} ms at p99, {till[1]:.1f} while bays are looked at without a pause", flush=True)
    right, count, gaps, unseen = judged(args.bays, args.pictures, begun_s + FACINGS_BY * whole_s)
    hits, found, truth = gaps
    f1 = 2 * hits / max(1, found + truth)
    print(f"{count} facings of {args.bays} bays: {right / count:.4f} right; {unseen} pictures could not be placed")
    print(f"gap F1 {f1:.4f}", flush=True)
    off, told, drawn = fill_error(12)
    print(f"bottles: {told} of {drawn} told, off by {off:.2f} points", flush=True)
    packages, fruit = recognised(begun_s + PHOTOGRAPHS_BY * whole_s)
    week = weeks(args.bays, FIRST, begun_s + whole_s)
    print(f"{week.days} of {DAYS * args.bays} days in {args.bays} bays, {week.looks} looks", flush=True)
    print(f"{week.true} findings right, {week.false} not so")
    print(f"of {week.lasting} gaps of more than an hour {week.lasting_found} were found")
    result(
        facings=right / count,
        gap_f1=f1,
        bay_ms=bay_ms,
        cores=cores,
        till_p99_ms=till[1],
        till_ratio=till[1] / till[0],
        false_alerts=week.false,
        days=week.days,
        found=week.lasting_found / max(1, week.lasting),
        fill_error=off,
        **({} if packages is None else {"top1": packages, "top1_fruit": fruit}),
    )
    return 0


def judged(bays: int, count: int, until_s: float) -> tuple[int, int, tuple[int, int, int], int]:
    """Facings right, and all that count; gaps right, found and true; pictures that were not placed. It ends with the
    picture in which `until_s` (by time.time) is over."""
    seen: Counter[tuple[str, str]] = Counter()
    unseen = made = 0
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for one, lost, looks in pool.map(_judged, range(FIRST, FIRST + bays), [count] * bays, [until_s] * bays):
            seen, unseen, made = seen + one, unseen + lost, made + looks
    print(f"{made} of {bays * count} pictures")
    right = sum(number for (truth, state), number in seen.items() if truth == state)
    hits = seen["gap", "gap"]
    found = sum(number for (_, state), number in seen.items() if state == "gap")
    truth = sum(number for (truth, _), number in seen.items() if truth == "gap")
    for (truth_of, state), number in sorted(seen.items()):
        print(f"  {truth_of:8} as {state:8} {number}")
    return right, seen.total(), (hits, found, truth), unseen


def _judged(seed: int, count: int, until_s: float) -> tuple[Counter[tuple[str, str]], int, int]:
    """One bay's facings by what is true and what was said; pictures that were not placed, and all of them."""
    cv2.setNumThreads(1)
    seen: Counter[tuple[str, str]] = Counter()
    bay, unseen, made = bay_of(seed), 0, 0
    if seed > FIRST and time.time() >= until_s:
        return seen, 0, 0
    known, layout = reference(bay), layout_of(bay)
    for one in composed(bay, count):
        made += 1
        placed = registration.register(known, pictures.decode(one.picture))
        unseen += placed.bay is None
        for facing in facings.judge(layout, known, placed):
            if (truth := one.truth[facing.id]) is not None:
                seen[truth, facing.state] += 1
        if time.time() >= until_s:
            break
    return seen, unseen, made


def timed() -> tuple[float, float, int]:
    """Milliseconds for one look at a bay of 60 facings in 1080p, from the JPEG on, the median of seven; the share of
    one core that eight such bays need once a minute; and how many facings."""
    bay = usual_bay(4, 5, 12, 1920, 1080)
    known, layout = reference(bay), layout_of(bay)
    data, took = jpeg(draw(bay, moment=9)), []
    cpu = time.process_time()
    for _ in range(7):
        begun = time.perf_counter()
        facings.judge(layout, known, registration.register(known, pictures.decode(data)))
        took.append((time.perf_counter() - begun) * 1000)
    cores = (time.process_time() - cpu) / 7 * 8 / 60
    return statistics.median(took), cores, len(layout.facings)


def beside_the_till() -> tuple[float, float]:
    """p99 of a scan in milliseconds, and the same while the process that sees looks at bays without a pause."""
    return asyncio.run(_beside_the_till())


async def _beside_the_till() -> tuple[float, float]:
    bay, eyes = usual_bay(4, 5, 12, 1920, 1080), SightProcess()
    with tempfile.TemporaryDirectory(prefix="bench-shelf-") as name:
        folder, full = Path(name) / "shop", Path(name) / "full.jpg"
        folder.mkdir()
        full.write_bytes(jpeg(draw(bay)))
        look = Look(jpeg(draw(bay, moment=9)), layout_of(bay), str(full), key="bay")

        async def looking() -> None:
            while True:
                await eyes.ask(look, Lookup)

        async with store(folder) as shop:
            fill_products(ledger := Ledger(shop.config), 5_000)
            ledger.close()
            await shop.start()
            async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
                await page.receive_str()
                cashier, numbers = Cashier(shop, page, 20), random.Random(FIRST).sample(range(5_000), 1_000)
                idle = await cashier.scan(numbers, 20.0)
                task = asyncio.create_task(looking())
                try:
                    busy = await cashier.scan(numbers, 20.0)
                finally:
                    task.cancel()
                    eyes.close()
    return percentile(idle, 0.99), percentile(busy, 0.99)


def recognised(until_s: float) -> tuple[float | None, float]:
    """The share of photographs whose product comes first, of packages and of loose fruit; None: no photographs here.
    Of as many as there is time for, in an order of their own."""
    if not PHOTOGRAPHS.is_dir():
        return None, 0.0
    album = Album([(kind, pixels) for kind, _, pixels in _photographs("train_small.txt")])
    right: dict[bool, list[bool]] = {True: [], False: []}
    for kind, package, pixels in _photographs("val.txt"):
        right[package].append(album.rank(pixels)[0].sku == kind)
        if time.time() >= until_s and all(right.values()):
            break
    print(f"{len(right[True])} photographs of packages, {len(right[False])} of fruit")
    return statistics.fmean(right[True]), statistics.fmean(right[False])


def _photographs(list_of: str) -> Iterator[tuple[str, bool, pictures.Pixels]]:
    lines = (PHOTOGRAPHS / list_of).read_text().splitlines()
    random.Random(FIRST).shuffle(lines)  # they are sorted by product: a part of them is of all
    for line in lines:
        path, kind, _ = (part.strip() for part in line.split(","))
        yield kind, "Packages" in path, pictures.decode((PHOTOGRAPHS / path).read_bytes())


def fill_error(count: int) -> tuple[float, int, int]:
    """By how many points of a hundred levels are off on average; how many were told, of how many."""
    kind, off, drawn = BottleType("x", FULL_AT, EMPTY_AT, 700), [], 0
    for seed in range(count):
        dice = random.Random(seed)
        some = tuple(DrawnBottle(round(dice.uniform(0.03, 1), 2), seed) for _ in range(dice.randrange(3, 8)))
        drawn += len(some)
        found = bottles.find(pictures.decode(jpeg(draw_bottles(some, seed))), (kind,))
        if len(found) == len(some):
            told = zip(some, found, strict=True)
            off += [abs(one.level - bottle.level) * 100 for bottle, one in told if one.level is not None]
    return statistics.fmean(off), len(off), drawn


def train(bays: int) -> None:
    """Learn weights from bays of their own, and write them."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        told = [one for some in pool.map(_telling, range(TRAINED_FIRST, TRAINED_FIRST + bays)) for one in some]
    telling, states = np.array([one for one, _ in told]), np.array([state for _, state in told])
    print(f"{len(told)} facings of {bays} bays", flush=True)
    learned = state_model.learn_weights(telling, states, np.ones(len(states)))
    rows = ",\n".join("  [" + ", ".join(f"{value:.3f}" for value in row) + "]" for row in learned.matrix)
    head = f"# Made by `./run bench shelf --train {bays}` from {len(states)} facings of drawn bays: see README.md."
    WEIGHTS.write_text(f'{head}\nversion = "{VERSION}"\nweights = [\n{rows},\n]\n', encoding="utf-8")


def _telling(seed: int) -> list[tuple[tuple[float, ...], int]]:
    """The figures of a bay's facings, and the states that they are of."""
    cv2.setNumThreads(1)
    bay = bay_of(seed)
    known, layout, made = reference(bay), layout_of(bay), []
    for one in composed(bay, 8):
        placed = registration.register(known, pictures.decode(one.picture))
        if placed.bay is None:
            continue
        for id, cells in facings.measure_facings(layout, known, placed).items():
            if (truth := one.truth[id]) is not None and cells.tells > facings.CANNOT_JUDGE:
                made.append((cells.telling, state_model.STATES.index(truth)))
    return made
