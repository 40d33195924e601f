"""`bench production`: random histories beside a plain model of them, some in a process that is killed in the middle
(`differences`, wanted: none), and how long it takes to say what making something needs at every level. `--seeds` are
long histories, a shop each; `--count 10000` as many short ones besides, with goods of their own in the same shops.

The explosion is of 300 loaves through 8 levels with 40 products on each, 10 components a bill: `explode_ms` is the
processor's, the median. `can_make_s` is how long the page's state of production takes where 5,000 products are made of
10 components each, some of them made too; `can_make_all_s`, how much of each could be made at every level.
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
from pathlib import Path

import msgspec

from edge.analytics.production.bom import BOMS_MOST, Bom, BomLine
from edge.analytics.production.products import MadeGoods
from edge.analytics.production.queries import production_status
from edge.analytics.production.rules import DEPTH_MOST, MakeableProduct, Structures, can_make_in_all, explode
from edge.core.storage.database import open_writer
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.bench.fill import STOCK_ROW
from tests.bench.measure import result
from tests.production_histories import TODAY, live, live_together
from tests.production_kills import killed
from tests.shop_fixture import SYSTEM, done, open_shop

WIDE, COMPONENTS = 40, 10


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench production")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--count", type=int, default=0, help="short histories besides, many in one shop")
    parser.add_argument("--count-steps", type=int, default=30)
    parser.add_argument("--together", type=int, default=100, help="of them in one shop")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kill-steps", type=int, default=40)
    parser.add_argument("--goods", type=int, default=BOMS_MOST)
    args = parser.parse_args(argv)
    found, codes = list[str](), Counter[str]()
    for seed in range(args.seeds):
        history = asyncio.run(live(seed, args.steps))
        found += [f"seed {seed}: {one}" for one in history.differences]
        codes += history.codes
    began = time.process_time()
    for first in range(0, args.count, args.together):
        seeds = range(first, min(first + args.together, args.count))
        more, reports = asyncio.run(live_together(seeds, args.count_steps))
        found, codes = found + more, codes + reports
        print(f"{seeds.stop} of {args.count} short histories, {len(found)} differences", flush=True)
    if args.count:
        print(f"{(time.process_time() - began) / args.count * 1000:.0f} ms of the processor for each of them")
    for seed in range(args.kills):
        found += [f"kill {seed}: {one}" for one in killed(seed, args.kill_steps)]
    print(f"{args.kills} processes were killed in the middle of {args.kill_steps} steps")
    print(f"{args.seeds} histories of {args.steps} steps; reports by what became of them: {dict(codes)}")
    for one in found[:20]:
        print(one)
    goods, there = _workshop(random.Random(1))
    explode_ms = statistics.median(
        _ms(lambda: explode({"0-0": 300_000}, goods.get, there.__getitem__)) for _ in range(9)
    )
    can_make_s, can_make_all_s = asyncio.run(_can_make(args.goods))
    print(
        f"{explode_ms:.1f} ms to explode {len(goods)} products; {can_make_s:.2f} s for what can be made of {args.goods}"
    )
    result(
        histories=args.seeds + args.count,
        differences=len(found),
        explode_ms=explode_ms,
        can_make_s=can_make_s,
        can_make_all_s=can_make_all_s,
    )
    return 1 if found else 0


def _ms(asked: object) -> float:
    assert callable(asked)
    began = time.process_time()
    asked()
    return (time.process_time() - began) * 1000


def _workshop(chance: random.Random) -> tuple[dict[str, MakeableProduct], dict[str, int]]:
    """Products on so many levels, each of some of the next; and what is there of them."""
    goods: dict[str, MakeableProduct] = {}
    for level in range(DEPTH_MOST + 1):
        for place in range(WIDE):
            sku, bom = f"{level}-{place}", None
            if level < DEPTH_MOST:
                below = chance.sample(range(WIDE), COMPONENTS)
                lines = tuple(BomLine(f"{level + 1}-{one}", chance.randrange(1, 900)) for one in below)
                bom = Bom(sku, sku, lines, makes=7_000, yield_permille=970)
            goods[sku] = MakeableProduct(Product(sku), whole=place % 4 == 0, bom=bom)
    return goods, {sku: chance.randrange(100_000_000) for sku in goods}


async def _can_make(count: int) -> tuple[float, float]:
    """Seconds of the processor for what can be made of so many products: of what lies there, and at every level."""
    chance = random.Random(2)
    made, bought = [f"made{n}" for n in range(count)], [f"bought{n}" for n in range(2 * count // 5)]
    products = [Product(sku, {"en": sku}, unit="kg") for sku in (*made, *bought)]
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            for start in range(0, len(products), 500):
                await done(shop, SetProducts(tuple(products[start : start + 500])), SYSTEM)
            writer = open_writer(shop.path)
            with writer:
                writer.executemany("INSERT INTO bom (id, body, seq) VALUES (?, ?, 1)", _bills(chance, made, bought))
                writer.executemany(STOCK_ROW, [(sku, chance.randrange(10**8)) for sku in (*made, *bought)])
            writer.close()
            now_ms = _ms(lambda: production_status(shop.reader, TODAY))
            find = MadeGoods(shop.reader, TODAY)
            structures = Structures(find)
            all_ms = _ms(lambda: [can_make_in_all(one, structures, find.there) for sku in made if (one := find(sku))])
    return now_ms / 1000, all_ms / 1000


def _bills(chance: random.Random, made: list[str], bought: list[str]) -> Iterator[tuple[str, str]]:
    """A tenth is made of what is bought, the next three of two of those too, the rest of two of these."""
    tenth = len(made) // 10
    for place, sku in enumerate(made):
        inner = made[:tenth] if place < 4 * tenth else made[: 4 * tenth]
        below = [*(chance.sample(inner, 2) if place >= tenth else ()), *chance.sample(bought, COMPONENTS - 2)]
        lines = tuple(BomLine(one, chance.randrange(1, 900)) for one in below)
        yield sku, msgspec.json.encode(Bom(sku, sku, lines, makes=7_000, yield_permille=970)).decode()


if __name__ == "__main__":
    raise SystemExit(main([]))
