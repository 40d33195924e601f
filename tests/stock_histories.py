"""Random histories of a few evenings, with eight registers and a list of counts at once: whatever was done, sums,
boxes, lots and promises are what the journal says, also behind a power cut, a clock that jumps and a restored backup.

    python -m tests.stock_histories --seeds 3000
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.journal.epochs import begin_restored_epoch
from edge.core.journal.projections import Follower
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.purchasing import commands as buying
from edge.goods.stock import commands as stock
from edge.goods.stock.checks import stock_check
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.stock.events import StockMoved
from edge.goods.stock.lists.history import projector, stock_history
from edge.goods.stock.queries import read_item
from edge.goods.transfers import commands as between
from edge.operations.ledger import Ledger
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, answered, config, open_shop, run

STEPS, REGISTERS = 160, 8
LIMIT_S = 900
"""A history takes some seconds; a machine that does much else at once may take a hundred times as long."""
EIGHT = CONFIG.replace('registers = ["1", "2"]', 'registers = ["1", "2", "3", "4", "5", "6", "7", "8"]')
GOODS = (
    Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24),
    Product("juice", {"en": "Juice"}, ("4006381333948",), 300, box=6, expiry_days=30),
    Product("rice", {"en": "Rice"}, ("4006381333931",), 300, unit="kg"),
    Product("gin", {"en": "Gin"}, ("96385074",), 4_000, size=Size(700_000, "ml")),
)
BAR = (
    Product(
        "fizz", {"en": "Gin fizz"}, (), 900, parts=(BundlePart("gin", 40_000, "ml"), BundlePart("rice", 7_000, "g"))
    ),
    Product("sour", {"en": "Gin sour"}, (), 900, parts=(BundlePart("gin", 33_000, "ml"), BundlePart("juice", 1_000))),
)
"""What is poured: shares of a bottle that are no thousandths of it."""
PLACES = ("main", "rooftop", "aside")
LOTS = (("", ""), ("A", "2027-02-01"), ("B", "2027-01-20"), ("C", "2027-01-01"))


def step(random: random.Random) -> tuple[Command, ...]:
    """What someone does next, wise or not."""
    sku, place = random.choice(("lager", "juice", "rice", "gin")), random.choice(PLACES)
    units = random.randrange(1, 60) * 1000
    boxes = random.randrange(4) if sku != "rice" else 0
    lot, expiry = random.choice(LOTS)
    line = stock.ReserveLine(sku, units)
    match random.randrange(21):
        case 0 | 1 | 2:
            return AddLine(sku=sku, quantity=random.randrange(1, 9) * 1000), Pay("card")
        case 3 | 4:
            cost = random.choice((None, 100, 333))
            return (stock.RecordMovement(sku, "in", boxes, units, place, lot, expiry, unit_cost_minor=cost),)
        case 5:
            kind: Any = random.choice(("out", "waste"))
            return (stock.RecordMovement(sku, kind, boxes, units, place, down_to_zero=True),)
        case 6:
            return (stock.RecordMovement(sku, "adjust", boxes, units, place, random.choice(("", "A"))),)
        case 7:
            other = random.choice(PLACES)
            return (stock.TransferStock(place, other, (stock.TransferLine(sku, units),)),)
        case 8:
            return (stock.ReserveStock(random.choice("xyz"), (line,), place),)
        case 9:
            return (stock.FulfilReservation(random.choice("xyz"), (line,)), stock.CloseBox(sku, 1, place))
        case 10:
            size = random.choice((0, 6, 24))
            return (SetProducts((msgspec.structs.replace(GOODS[0], box=size),)), stock.RecallLot("juice", "A"))
        case 11:
            return (stock.SetAside(sku, boxes, units, place),)
        case 12:
            found = random.choice((None, 0, units, 3 * units))
            return (buying.CorrectReceipt(random.randrange(1, 400), sku, found, random.choice((None, 90, 500))),)
        case 13:
            receipts = tuple(random.randrange(1, 400) for _ in range(5))
            return (buying.AddReceiptCost(random.randrange(-500, 5000), receipts),)
        case 14:
            back = buying.ReturnLine(sku, units, location=place, credit_minor=random.choice((None, 80)))
            return (buying.ReturnToSupplier("dairy", (back,), "R"),)
        case 15:
            return _between(random, sku, units, place)
        case 16:
            counted = CountedStock(sku, boxes if sku != "rice" else 0, units, place, line=1)
            return (SyncLines((counted,)),)
        case 17 | 18:
            drink = random.choice(("fizz", "sour"))
            return AddLine(sku=drink, quantity=random.randrange(1, 9) * 1000), Pay("card")
        case 19:
            back = RefundedLine(1, random.choice((None, 1000)), damaged=random.random() < 0.5)
            place = stock.SetSellingPlace(random.choice("12"), random.choice(("main", "rooftop")))
            return place, RefundSale(random.randrange(1, 9), lines=(back,))
        case _:
            return (VoidLastSale("wrong"), stock.SetLevels(sku, place, 50_000, 10_000), stock.LiftRecall("juice", "A"))


def _between(random: random.Random, sku: str, units: int, place: str) -> tuple[Command, ...]:
    """Goods to another store and from one, with more or less of them than were sent."""
    id = f"{random.randrange(16**8):08x}"
    came = between.AnnounceTransfer(id, "north", (between.SentGoods(sku, units, value_milli=units * 77),))
    got = between.ReceiveTransfer(id, (between.GotLine(0, units // 2000 * 1000),), place)
    sent = between.SendTransfer("south", (stock.TransferLine(sku, units),), place)
    return sent, came, random.choice((got, between.RefuseTransfer(id), got))


async def somebody(shop: CommandBus, register: str, seed: int, clock: FakeClock) -> Counter[str]:
    """What one person does at a register, one thing after another, while the others do theirs; the clock jumps."""
    chance, outcomes = random.Random(seed), Counter[str]()
    cashier = anonymous_actor(register)
    manager = cashier.with_rights("override", "refund_cash")
    for _ in range(STEPS // REGISTERS):
        clock.at_us += chance.choice((1, 60, 3600, -1800)) * 1_000_000
        for command in step(chance):
            actor = cashier if isinstance(command, AddLine | Pay) else SYSTEM
            outcome = await answered(
                shop, command, manager if isinstance(command, VoidLastSale | RefundSale) else actor
            )
            assert isinstance(outcome, Done | Refused), outcome
            assert isinstance(outcome, Done) or not isinstance(command, AddLine | Pay), outcome
            outcomes[type(outcome).__name__] += 1
    return outcomes


async def an_hour(shop: CommandBus, seed: int, clock: FakeClock) -> None:
    """Eight registers at once, and a list of counts that comes in between."""
    people = (somebody(shop, str(n), seed * 100 + n, clock) for n in range(1, REGISTERS + 1))
    outcomes = sum(await asyncio.gather(*people), Counter[str]())
    assert outcomes["Done"] > STEPS / 2


async def check(shop: CommandBus) -> None:
    """Sums, boxes, lots and promises are what the journal says, and the newest day is now."""
    follower = Follower(shop, projector)
    while await follower._turn():
        pass
    moved: Counter[str] = Counter()
    rests: dict[tuple[str, str], tuple[int, int]] = {}
    for (body,) in shop.reader.execute("SELECT body FROM journal WHERE type = 'StockMoved'"):
        event = msgspec.json.decode(body, type=StockMoved)
        for move in event.moves:
            moved[move.sku] += move.delta
        rests.update({(rest.sku, rest.location): (rest.rest, rest.of) for rest in event.rests})
    kept = shop.reader.execute("SELECT sku, location, rest, of FROM stock_pour").fetchall()
    assert {(sku, place): tuple(rest) for sku, place, *rest in kept} == rests
    assert all(0 <= rest < of for rest, of in rests.values()), "less than a thousandth of a bottle"
    for product in GOODS:
        item = read_item(shop.reader, product.sku)
        assert item is not None
        assert item.on_hand == moved[product.sku] == sum(row.total for row in item.rows)
        day = stock_history(shop.reader, product.sku)[-1]
        assert (day.on_hand, day.reserved, day.value_milli) == (item.on_hand, item.reserved, item.value_milli)
        assert item.on_hand == item.boxes * item.box * 1000 + item.units
        assert all(row.boxes >= 0 for row in item.rows)
        claims = "SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ? AND kind = 'reserved'"
        assert item.reserved == shop.reader.execute(claims, (product.sku,)).fetchone()[0] >= 0
    assert verify(shop.reader, shop.registry).faults == ()
    odd = {issue.check for issue in stock_check(shop.reader)}
    assert not odd & {"rows_differ", "boxes_negative"}, odd


async def history(folder: Path, seed: int) -> None:
    """An hour, a power cut and another hour; then the backup from before that, and an hour from there."""
    clock, first, cut, backup = FakeClock(), folder / "first", folder / "cut", folder / "backup"
    first.mkdir()
    async with open_shop(first, clock, stocked=False, text=EIGHT) as shop:
        await shop.do(SetProducts((*GOODS, *BAR)), SYSTEM)
        await shop.do(buying.SetSupplier("dairy", {"en": "Dairy"}), SYSTEM)
        for place, kind in (("rooftop", "bar"), ("aside", "quarantine")):
            await shop.do(stock.SetLocation(place, {"en": place}, kind), SYSTEM)  # type: ignore[arg-type]
        await an_hour(shop, seed, clock)
        await check(shop)
        for copy in (cut, backup):
            shutil.copytree(first, copy, ignore=shutil.ignore_patterns("*.lock"))  # as a power cut leaves it
    async with open_shop(cut, clock, stocked=False, text=EIGHT) as shop:
        await check(shop)
        await an_hour(shop, seed + 1000, clock)
        await check(shop)
    ledger = Ledger(config(backup, EIGHT), clock)
    begin_restored_epoch(ledger.writer, clock.at_us, seed)
    ledger.close()
    async with open_shop(backup, clock, stocked=False, text=EIGHT) as shop:
        await check(shop)
        await an_hour(shop, seed + 2000, clock)
        await check(shop)


def main(argv: list[str]) -> int:
    """See the module's docstring; the status is 0 only if all held."""
    parser = argparse.ArgumentParser(prog="python -m tests.stock_histories")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    args = parser.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    failed = []
    for seed in range(args.first, args.first + args.seeds):
        with tempfile.TemporaryDirectory(prefix="stock-history-") as name:
            try:
                run(history(Path(name), seed), LIMIT_S)
            except AssertionError as error:
                failed.append(seed)
                print(f"seed {seed}: {error}")
    print(f"{args.seeds - len(failed)} of {args.seeds} histories held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
