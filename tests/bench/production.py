"""`bench production`: random histories beside a plain model of them (`differences`, wanted: none), and how long it
takes to say what making something needs at every level.

The explosion is of 300 loaves through 8 levels with 40 products on each, 10 components a bill: `explode_ms` is the
processor's, the median; `can_make_s` asks how much of each of 100 products could be made where what it is made of is
made too.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import time
from collections import Counter

from edge.shop.catalog.product import Product
from edge.shop.production.bom import Bom, BomLine
from edge.shop.production.rules import DEPTH_MOST, MakeableProduct, can_make_in_all, explode
from tests.bench.measure import result
from tests.production_histories import live

WIDE, COMPONENTS = 40, 10


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench production")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--asked", type=int, default=100)
    args = parser.parse_args(argv)
    found, codes = list[str](), Counter[str]()
    for seed in range(args.seeds):
        history = asyncio.run(live(seed, args.steps))
        found += [f"seed {seed}: {one}" for one in history.differences]
        codes += history.codes
    print(f"{args.seeds} histories of {args.steps} steps; reports by what became of them: {dict(codes)}")
    for one in found[:20]:
        print(one)
    goods, there = _workshop(random.Random(1))
    explode_ms = statistics.median(
        _ms(lambda: explode({"0-0": 300_000}, goods.get, there.__getitem__)) for _ in range(9)
    )
    tops = [goods[f"{level}-{place}"] for level in range(3) for place in range(WIDE)][: args.asked]
    can_make_s = _ms(lambda: [can_make_in_all(one, goods.get, there.__getitem__) for one in tops]) / 1000
    print(
        f"{explode_ms:.1f} ms to explode {len(goods)} products, {can_make_s:.2f} s for what can be made of {len(tops)}"
    )
    result(differences=len(found), explode_ms=explode_ms, can_make_s=can_make_s)
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


if __name__ == "__main__":
    raise SystemExit(main([]))
