"""The ledger's days of demand as matrices: what is unknown is not zero."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.analytics.forecast.history.demand_history import read_history
from edge.analytics.forecast.learning.saved_items import save_command
from edge.analytics.forecast.learning.train_protocol import TrainRequest
from edge.analytics.forecast.learning.trainer import forecast
from edge.analytics.forecast.project import demand
from edge.analytics.forecast.risks import at_risk, inventory_risk
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.shadow_rebuild import apply, clear
from edge.counter.reports.project import papers
from edge.counter.till.commands import AddLine, AddReturn, Pay, VoidLastSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.dates import after
from tests.shop_fixture import MANAGER, SYSTEM, FakeClock, done, open_shop, run

TODAY = "2027-01-15"
DAY_S = 24 * 3600
GIN, FIZZ = "4006381333948", "4006381333955"
BAR = (
    Product("gin", {"en": "Gin"}, (GIN,), 4_000),
    Product("fizz", {"en": "Gin fizz"}, (FIZZ,), 900, parts=(BundlePart("gin", 50),)),
)
_SOLD = "SELECT sum(sold - returned), sum(minor) FROM demand_day WHERE sku = ?"


def test_a_day_without_goods_or_closed_is_unknown_and_not_zero(tmp_path: Path) -> None:
    """Thirty days: milk runs out on the tenth and comes again on the fifteenth; on the twentieth no one is there."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            db = shop._writer._db
            for at in range(30):
                day = after(TODAY, at - 30)
                if at == 20:
                    continue
                db.execute("INSERT INTO demand_open VALUES (?, 5)", (day,))
                for sku in ("milk", "tomato"):
                    if sku == "tomato" or not 10 < at < 15:
                        row = (sku, day, 4_000, 480)
                        db.execute("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", row)
            db.execute("INSERT INTO demand_gap VALUES ('milk', ?, ?)", (after(TODAY, 10 - 30), after(TODAY, 15 - 30)))
            history = read_history(db, TODAY, "", 28)
            assert history is not None and history.days == 29
            unknown = {
                sku: np.flatnonzero(np.isnan(row)).tolist()
                for sku, row in zip(history.skus, history.values, strict=True)
            }
            assert unknown == {"milk": [11, 12, 13, 14, 20], "tomato": [20]}
            assert np.isnan(history.totals[0, 20]) and history.totals[0, 12] == 480, "the shop sold other things"

    run(scenario())


def test_goods_that_came_before_the_first_day_are_known_from_that_day_on(tmp_path: Path) -> None:
    """Milk is delivered the day before the shop opens, tomatoes ten days later: of each all days since are known."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            db = shop._writer._db
            insert = "INSERT INTO demand_day (sku, business_date, sold, received) VALUES (?, ?, ?, ?)"
            db.execute(insert, ("milk", after(TODAY, -31), 0, 90_000))
            for at in range(30):
                day = after(TODAY, at - 30)
                db.execute("INSERT INTO demand_open VALUES (?, 5)", (day,))
                for sku in ("milk", "tomato")[: 1 if at < 10 else 2]:
                    db.execute(insert, (sku, day, 3_000, 0))
            history = read_history(db, TODAY, "", 28)
            assert history is not None
            known = dict(zip(history.skus, (~np.isnan(history.values)).sum(axis=1).tolist(), strict=True))
            assert known == {"milk": 30, "tomato": 20}

    run(scenario())


def test_what_goes_into_cocktails_is_expected_to_go_and_runs_out(tmp_path: Path) -> None:
    """Sixty days of twenty cocktails, of which each takes a twentieth of a bottle; a bottle itself is sold on one."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts(BAR), SYSTEM)
            await done(shop, MoveStock("received", (Moved("gin", 62_000),)), SYSTEM)
            for at in range(60):
                await done(shop, AddLine(FIZZ, quantity=20_000))
                if at == 30:
                    await done(shop, AddLine(GIN))
                await done(shop, Pay("card"))
                clock.advance(DAY_S)
            db = shop._writer._db
            follow(shop)
            last = str(db.execute("SELECT max(business_date) FROM receipt").fetchone()[0])
            today = after(last, 1)
            history = read_history(db, today, "", 400)
            assert history is not None and set(history.skus) == {"gin", "fizz"}
            gin = history.values[history.skus.index("gin")]
            assert np.delete(gin, 30).tolist() == [1_000] * 59 and gin[30] == 2_000
            assert history.totals[0].sum() == 60 * 20 * 900 + 4_000, "money is taken for what was sold, once"
            end, items = forecast(history, TrainRequest("", today, "UTC", "", "EUR"), lambda: None)
            await done(shop, save_command(end, items), SYSTEM)
            await done(shop, end, SYSTEM)
            risk = inventory_risk(db, "gin")
            assert risk and risk.sure and 900 <= risk.daily_demand <= 1_200
            assert risk.available == 1_000 and risk.risk_level == "critical" and risk.recommended_reorder_qty > 0
            assert "gin" in [one.sku for one in at_risk(db, today)]

    run(scenario())


def test_an_exchange_of_cocktails_and_its_void_bring_the_gin_back_and_take_it_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts(BAR), SYSTEM)
            await done(shop, AddLine(FIZZ, quantity=4_000))
            await done(shop, Pay("cash"))
            await done(shop, AddLine(GIN))
            await done(shop, AddReturn(1), MANAGER)
            await done(shop, Pay("cash"))
            db = shop._writer._db
            follow(shop)
            assert db.execute(_SOLD, ("gin",)).fetchone() == (1_000, 4_000)
            assert db.execute(_SOLD, ("fizz",)).fetchone() == (0, 0)
            await done(shop, VoidLastSale("no"), MANAGER)
            follow(shop)
            assert db.execute(_SOLD, ("gin",)).fetchone() == (200, 0)
            assert db.execute(_SOLD, ("fizz",)).fetchone() == (4_000, 3_600)

    run(scenario())


@pytest.mark.parametrize("drink", ["fizz", "menu"])
def test_the_price_of_a_bottle_is_not_that_of_a_day_of_cocktails(tmp_path: Path, drink: str) -> None:
    """A bottle a day at 40.00, and on each third day as much again in cocktails, or in menus with one: its price never
    moved."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            menu = Product("menu", {"en": "Menu"}, price_minor=900, parts=(BundlePart("fizz", 1_000),))
            await done(shop, SetProducts((*BAR, menu)), SYSTEM)
            db = shop._writer._db
            for at in range(120):
                day, mixed = after(TODAY, at - 120), at % 3 == 0
                rows = [("gin", day, 2_000 if mixed else 1_000, 4_000)]
                rows += [(drink, day, 20_000, 18_000)] if mixed else []
                db.execute("INSERT INTO demand_open VALUES (?, 5)", (day,))
                db.executemany("INSERT INTO demand_day (sku, business_date, sold, minor) VALUES (?, ?, ?, ?)", rows)
            history = read_history(db, TODAY, "", 28)
            assert history is not None and history.prices.elasticity == 0

    run(scenario())


def follow(shop: CommandBus) -> None:
    """Bring the days of demand up to the journal, as their part does, and the papers that they rest on."""
    db = shop._writer._db
    for projector in (papers, demand):
        clear(db, projector)
        apply(db, (projector,), facts(shop.reader, shop.registry))
