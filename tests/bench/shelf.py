"""`bench shelf`: what is made of composed bays whose truth is known, none of which anything was learned from.

`facings` right by state (always saying "present" already gives two thirds), `gap_f1`, `bay_ms` of a bay in 1080p,
`cores` of eight such bays once a minute, `till_p99_ms` of a scan while bays are looked at without a pause;
`false_alerts` in bays that stay full while light changes and people pass, `fill_error` of drawn bottles in points,
`top1` of packages recognised by three photographs each (`top1_fruit`: loose fruit and vegetables).
`--train` learns the weights anew, from other bays, and writes them.
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
from pathlib import Path

import aiohttp
import cv2
import numpy as np

from edge.app.ledger import Ledger
from edge.lib.sight import bottles, facings, pictures, registration, state_model
from edge.lib.sight.kinds import VERSION, BottleType, Look, Lookup
from edge.lib.sight.similarity import Album
from edge.shop.shelf import rules
from edge.shop.shelf.rules import BayTrack, LookSeen, Paces
from edge.shop.shelf.sight_process import SightProcess
from sim.shelves.bottles import EMPTY_AT, FULL_AT, DrawnBottle, draw_bottles
from sim.shelves.scene import Light, View, draw, jpeg, usual_bay
from tests.bench.fill import fill_products
from tests.bench.measure import percentile, result
from tests.bench.shelf_bays import bay_of, composed, layout_of, reference
from tests.bench.till import Cashier, page_of
from tests.stack import store

FIRST, TRAINED_FIRST = 1, 10_000
PHOTOGRAPHS = Path(__file__).parents[3] / "shared" / "data" / "grocery_photos"
WEIGHTS = Path(state_model.__file__).with_name(state_model.FILE)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench shelf")
    parser.add_argument("--bays", type=int, default=8)
    parser.add_argument("--pictures", type=int, default=6, help="of each bay")
    parser.add_argument("--train", type=int, default=0, metavar="BAYS", help="learn from so many bays, and write that")
    args = parser.parse_args(argv)
    cv2.setNumThreads(2)
    if args.train:
        train(args.train)
    right, count, gaps, unseen = judged(args.bays, args.pictures)
    print(f"{count} facings of {args.bays} bays: {right / count:.4f} right; {unseen} pictures could not be placed")
    hits, found, truth = gaps
    f1 = 2 * hits / max(1, found + truth)
    bay_ms, cores, facings_seen = timed()
    till = beside_the_till()
    packages, fruit = recognised()
    alerts, looks = false_alerts(args.bays, 3 * args.pictures)
    off, told, drawn = fill_error(12)
    print(
        f"gap F1 {f1:.4f}; {facings_seen} facings at 1080p in {bay_ms:.0f} ms; {alerts} false alerts in {looks} looks"
    )
    print(f"bottles: {told} of {drawn} told, off by {off:.2f} points")
    print(f"scans: {till[0]:.1f} ms at p99, {till[1]:.1f} while bays are looked at without a pause")
    result(
        facings=right / count,
        gap_f1=f1,
        bay_ms=bay_ms,
        cores=cores,
        till_p99_ms=till[1],
        till_ratio=till[1] / till[0],
        false_alerts=alerts,
        fill_error=off,
        **({} if packages is None else {"top1": packages, "top1_fruit": fruit}),
    )
    return 0


def judged(bays: int, count: int) -> tuple[int, int, tuple[int, int, int], int]:
    """Facings right, and all that count; gaps right, found and true; pictures that were not placed."""
    seen: Counter[tuple[str, str]] = Counter()
    unseen = 0
    for seed in range(FIRST, FIRST + bays):
        bay = bay_of(seed)
        known, layout = reference(bay), layout_of(bay)
        for one in composed(bay, count):
            placed = registration.register(known, pictures.decode(one.picture))
            unseen += placed.bay is None
            for facing in facings.judge(layout, known, placed):
                if (truth := one.truth[facing.id]) is not None:
                    seen[truth, facing.state] += 1
    right = sum(number for (truth, state), number in seen.items() if truth == state)
    hits = seen["gap", "gap"]
    found = sum(number for (_, state), number in seen.items() if state == "gap")
    truth = sum(number for (truth, _), number in seen.items() if truth == "gap")
    for (truth_of, state), number in sorted(seen.items()):
        print(f"  {truth_of:8} as {state:8} {number}")
    return right, seen.total(), (hits, found, truth), unseen


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


def recognised() -> tuple[float | None, float]:
    """The share of photographs whose product comes first, of packages and of loose fruit; None: no photographs here."""
    if not PHOTOGRAPHS.is_dir():
        return None, 0.0
    album = Album([(kind, pixels) for kind, _, pixels in _photographs("train_small.txt")])
    right: dict[bool, list[bool]] = {True: [], False: []}
    for kind, package, pixels in _photographs("val.txt"):
        right[package].append(album.ranked(pixels)[0].sku == kind)
    return statistics.fmean(right[True]), statistics.fmean(right[False])


def _photographs(list_of: str) -> Iterator[tuple[str, bool, pictures.Pixels]]:
    for line in (PHOTOGRAPHS / list_of).read_text().splitlines():
        path, kind, _ = (part.strip() for part in line.split(","))
        yield kind, "Packages" in path, pictures.decode((PHOTOGRAPHS / path).read_bytes())


def false_alerts(bays: int, looks: int) -> tuple[int, int]:
    """Findings in bays that stay full, five minutes from look to look."""
    found = 0
    for seed in range(FIRST, FIRST + bays):
        bay, dice = bay_of(seed), random.Random(seed)
        known, layout, track = reference(bay), layout_of(bay), BayTrack()
        for moment in range(looks):
            light = Light(dice.uniform(0.6, 1.2), dice.uniform(-0.1, 0.1), dice.uniform(-0.3, 0.3))
            seen = View(light=light, person=dice.uniform(0.2, 0.8) if dice.random() < 0.3 else -1)
            placed = registration.register(known, pictures.decode(jpeg(draw(bay, seen, moment + 2))))
            if placed.bay is not None:
                at_us = (moment + 1) * 5 * rules.MINUTE_US
                look = LookSeen(at_us, facings.judge(layout, known, placed))
                track, decisions = rules.decided(track, layout, look, Paces())
                found += sum(decision.found for decision in decisions)
    return found, bays * looks


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
    with ProcessPoolExecutor(2) as pool:
        told = [one for some in pool.map(_telling, range(TRAINED_FIRST, TRAINED_FIRST + bays)) for one in some]
    telling, states = np.array([one for one, _ in told]), np.array([state for _, state in told])
    print(f"{len(told)} facings of {bays} bays", flush=True)
    learned = state_model.learned(telling, states, np.ones(len(states)))
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
        for id, cells in facings.measured(layout, known, placed).items():
            if (truth := one.truth[id]) is not None and cells.tells > facings.CANNOT_JUDGE:
                made.append((cells.telling, state_model.STATES.index(truth)))
    return made
