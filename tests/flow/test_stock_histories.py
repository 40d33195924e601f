"""Random histories of one evening: whatever was done, sums, boxes, lots and promises are what the journal says."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.stock import commands as stock
from edge.shop.stock.checks import stock_check
from edge.shop.stock.events import StockMoved
from edge.shop.stock.queries import read_item
from edge.shop.till.commands import AddLine, Pay, VoidLastSale
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, open_shop, run

SEEDS, STEPS = range(6), 250
GOODS = (
    Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24),
    Product("juice", {"en": "Juice"}, ("4006381333948",), 300, box=6, expiry_days=30),
    Product("rice", {"en": "Rice"}, ("4006381333931",), 300, unit="kg"),
)
PLACES = ("main", "rooftop", "aside")
LOTS = (("", ""), ("A", "2027-02-01"), ("B", "2027-01-20"), ("C", "2027-01-01"))


def step(random: random.Random) -> tuple[Command, ...]:
    """What somebody does next, wise or not."""
    sku, place = random.choice(("lager", "juice", "rice")), random.choice(PLACES)
    units = random.randrange(1, 60) * 1000
    boxes = random.randrange(4) if sku != "rice" else 0
    lot, expiry = random.choice(LOTS)
    line = stock.ReserveLine(sku, units)
    match random.randrange(12):
        case 0 | 1 | 2:
            return AddLine(sku=sku, quantity=random.randrange(1, 9) * 1000), Pay("card")
        case 3 | 4:
            cost = random.choice((None, 100, 333))
            return (
                stock.RecordMovement(sku, "in", boxes, units, place, lot, expiry, unit_cost_minor=cost, confirmed=True),
            )
        case 5:
            kind: Any = random.choice(("out", "waste"))
            return (stock.RecordMovement(sku, kind, boxes, units, place, down_to_zero=True, confirmed=True),)
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
        case _:
            return (VoidLastSale("wrong"), stock.SetLevels(sku, place, 50_000, 10_000), stock.LiftRecall("juice", "A"))


@pytest.mark.parametrize("seed", SEEDS)
def test_after_any_history_the_rows_are_what_the_journal_says(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        chance = random.Random(seed)
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            await shop.do(SetProducts(GOODS), SYSTEM)
            for place, kind in (("rooftop", "bar"), ("aside", "quarantine")):
                await shop.do(stock.SetLocation(place, {"en": place}, kind), SYSTEM)  # type: ignore[arg-type]
            outcomes: Counter[str] = Counter()
            for _ in range(STEPS):
                for command in step(chance):
                    actor = CASHIER if isinstance(command, AddLine | Pay) else SYSTEM
                    outcome = await shop.do(command, MANAGER if isinstance(command, VoidLastSale) else actor)
                    assert isinstance(outcome, Done | Refused), outcome
                    assert isinstance(outcome, Done) or not isinstance(command, AddLine | Pay), outcome
                    outcomes[type(outcome).__name__] += 1
            assert outcomes["Done"] > STEPS / 2

            moved: Counter[str] = Counter()
            for (body,) in shop.reader.execute("SELECT body FROM journal WHERE type = 'StockMoved'"):
                for move in msgspec.json.decode(body, type=StockMoved).moves:
                    moved[move.sku] += move.delta
            for product in GOODS:
                item = read_item(shop.reader, product.sku)
                assert item is not None
                assert item.on_hand == moved[product.sku] == sum(row.total for row in item.rows)
                assert item.on_hand == item.boxes * item.box * 1000 + item.units
                assert all(row.boxes >= 0 for row in item.rows)
                claims = "SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ? AND kind = 'reserved'"
                assert item.reserved == shop.reader.execute(claims, (product.sku,)).fetchone()[0] >= 0
            assert verify(shop.reader, shop.registry).faults == ()
            odd = {issue.check for issue in stock_check(shop.reader).issues}
            assert not odd & {"rows_differ", "boxes_negative"}, odd

    run(scenario())
