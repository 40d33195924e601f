"""What the stock is worth in the key figures, whatever becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.insight.kpis import read_kpis
from edge.analytics.insight.rules import DaySpan
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement, ReviseReceipt, SetLocation
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_insight import DAY_S, follow


def came(units: int, cost: int | None = None) -> RecordMovement:
    return RecordMovement("limes", "in", units=units * 1000, reason="delivery", unit_cost_minor=cost)


def went(units: int) -> MoveStock:
    return MoveStock("lost", (Moved("limes", -units * 1000),))


@pytest.mark.parametrize(
    ("moves", "worth"),
    [
        ((came(10, 100), "revised", went(10)), 0),
        ((MoveStock("counted", (Moved("limes", 100_000),)), came(10, 100), went(50)), 6_000),
        ((came(5, 100), went(15)), -1_000),
        ((came(5, 100), went(15), came(20, 200)), 2_000),
        ((came(10), SetProducts((Product("limes", {"en": "Limes"}, cost_minor=30),))), 300),
        ((came(10, 100), MoveStock("received", (Moved("limes", 5_000),), "bar"), came(15, 200)), 4_500),
    ],
)
def test_stock_is_worth_what_is_on_hand_at_what_it_costs(
    tmp_path: Path, moves: tuple[Command | str, ...], worth: int
) -> None:
    """At any time: also where the average changes under it, a receipt is corrected, or all of it is gone."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts((Product("limes", {"en": "Limes"}),)), SYSTEM)
            await done(shop, SetLocation("bar", {"en": "Bar"}), SYSTEM)
            receipt = 0
            for move in moves:
                command = ReviseReceipt(receipt, "limes", unit_cost_minor=200) if isinstance(move, str) else move
                outcome = await shop.do(command, SYSTEM)
                assert isinstance(outcome, Done), outcome
                receipt = receipt or outcome.first_seq
                clock.advance(DAY_S)
            follow(shop, db := shop._writer._db)
            today = str(db.execute("SELECT max(business_date) FROM figure_day").fetchone()[0])
            span = DaySpan(today, today)
            whole, main, bar = ({one.name: one for one in read_kpis(db, span, at)} for at in ("", "main", "bar"))
            assert whole["stock_value"].value == worth
            assert main["stock_value"].numerator + bar["stock_value"].numerator == worth

    run(scenario())
