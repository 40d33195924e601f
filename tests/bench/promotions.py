"""`bench promotions`: a change of a basket of 300 lines in the writer, with 1,000 promotions in force and with none.

All kinds of deals, for numbers, brands, categories and everything; a third of them touch the basket. `ms` and `none_ms`
are processor time, the median of a change of a line's quantity, in turn; a change holds the writer for 5 ms at most.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from edge.core import ids
from edge.core.messages import Actor, Command, Done
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.counter.till.commands import AddLine, SetQuantity
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    Deal,
    FixedPrice,
    Goods,
    PercentOff,
    Promotion,
    SeveralFor,
)
from edge.operations.ledger import Ledger
from tests.bench.fill import bench_config, put_products
from tests.bench.measure import result
from tests.shop_fixture import CASHIER, SYSTEM

PRODUCTS, CATEGORIES, BRANDS = 2_000, 40, 60


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench promotions")
    parser.add_argument("--promotions", type=int, default=1_000)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--changes", type=int, default=200)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-promotions-") as name:
        shops = [_shop(Path(name) / str(count), count, args.lines) for count in (args.promotions, 0)]
        times: list[list[float]] = [[], []]
        for change in range(args.changes):
            for shop, spent in zip(shops, times, strict=True):
                began = time.thread_time()
                _do(shop, SetQuantity(1 + change % args.lines, 1000 * (1 + change % 3)), CASHIER)
                spent.append((time.thread_time() - began) * 1000)
        for shop in shops:
            shop.close()
    ms, none_ms = (statistics.median(spent) for spent in times)
    print(f"{args.lines} lines: {ms:.2f} ms a change with {args.promotions} promotions, {none_ms:.2f} with none")
    result(ms=ms, none_ms=none_ms)
    return 0


def _shop(folder: Path, promotions: int, lines: int) -> Ledger:
    ledger = Ledger(bench_config(folder))
    _do(ledger, SetCategories(tuple(Category(f"c{at}", {"en": f"Kind {at}"}) for at in range(CATEGORIES))), SYSTEM)
    put_products(ledger, [_product(number) for number in range(PRODUCTS)])
    for number in range(promotions):
        _do(ledger, SetPromotion(_promotion(number)), SYSTEM)
    for line in range(lines):
        _do(ledger, AddLine(sku=f"p{line * 3 % PRODUCTS}"), CASHIER)
    return ledger


def _product(number: int) -> Product:
    kind, brand = f"c{number % CATEGORIES}", f"Brand {number % BRANDS}"
    return Product(f"p{number}", {"en": f"Product {number}"}, (), 100 + number, category=kind, brand=brand)


def _promotion(number: int) -> Promotion:
    deals: tuple[Deal, ...] = (
        *(PercentOff(10_000), SeveralFor(3, 250 + number), BuyGet(2)),
        *(FixedPrice(90 + number), AmountOff(10)),
    )
    goods = Goods((f"p{number}", f"p{number + 300}"))
    if number % 10 == 0:
        goods = Goods(categories=(f"c{number % CATEGORIES}",))
    elif number % 10 == 1:
        goods = Goods(brands=(f"Brand {number % BRANDS}",))
    elif number % 250 == 7:
        goods = Goods()
    return Promotion(f"promotion-{number}", {"en": f"Promotion {number}"}, deals[number % len(deals)], goods)


def _do(ledger: Ledger, command: Command, actor: Actor) -> None:
    spec = ledger.registry.commands[type(command)]
    id = ids.command_id(ledger.clock.read().at_us, os.urandom(10))
    answers: list[object] = []
    request = Request(spec, command, actor, id, content_hash(spec.name, encode(command)), True)
    durable = ledger.writer.run([request], lambda _, answer: answers.append(answer))
    answers += [answer for _, answer in durable]
    assert isinstance(answers[-1], Done), answers
