"""Cocktails: a recipe takes millilitres of a bottle, and bottles add up to the drop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge.analytics.insight.kpis import read_kpi_rows
from edge.analytics.insight.rules import DaySpan
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import mark_all_stale
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.counter.till.commands import AddLine, Pay, RefundedLine, RefundSale, VoidLastSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.stock.checks import stock_check
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement
from edge.goods.stock.queries import StockItem, read_item
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, open_shop, run

FIZZ, GIN, LIME = "4006381333948", "5449000000996", "4006381333931"
BAR = (
    Product("gin", {"en": "Gin"}, (GIN,), 4_000, size=Size(700_000, "ml")),
    Product("lime", {"en": "Lime juice"}, (LIME,), 900, unit="litre"),
    Product(
        "fizz",
        {"en": "Gin fizz"},
        (FIZZ,),
        900,
        parts=(BundlePart("gin", 40_000, "ml"), BundlePart("lime", 25_000, "ml")),
    ),
)


async def do(shop: CommandBus, command: Command, actor: Actor = SYSTEM) -> Any:
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Done), outcome
    return outcome.result


async def sell(shop: CommandBus, fizzes: int) -> int:
    await do(shop, AddLine(FIZZ, quantity=fizzes * 1000), CASHIER)
    await do(shop, Pay("cash"), CASHIER)
    return int(shop.reader.execute("SELECT max(seq) FROM journal WHERE type = 'SaleCompleted'").fetchone()[0])


def item(shop: CommandBus, sku: str) -> StockItem:
    found = read_item(shop.reader, sku)
    assert found is not None
    return found


def test_seven_hundred_millilitres_are_one_bottle_however_they_are_poured(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            await do(shop, RecordMovement("gin", "in", units=2_000, lot="A", unit_cost_minor=2_100))
            await do(shop, RecordMovement("lime", "in", units=1_000))
            await sell(shop, 1)
            assert item(shop, "gin").on_hand == 1_943  # 660 ml of 700 are 942.86 thousandths
            assert (item(shop, "gin").whole, item(shop, "gin").rest) == (1, 660_000)
            for _ in range(15):
                await sell(shop, 1)
            await sell(shop, 2)  # 18 fizzes: 720 ml
            assert (item(shop, "gin").whole, item(shop, "gin").rest) == (0, 680_000)
            await sell(shop, 17)
            assert (item(shop, "gin").on_hand, item(shop, "lime").on_hand) == (0, 125)  # 35 × 40 ml, 35 × 25 ml
            assert [row.lot for row in item(shop, "gin").rows] == []
            assert stock_check(shop.reader) == [] and verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_cocktail_costs_what_was_poured_into_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            gin, lime = (
                msgspec.structs.replace(one, cost_minor=cost) for one, cost in zip(BAR, (2_100, 400), strict=False)
            )
            await do(shop, SetProducts((gin, lime, BAR[2])))
            await sell(shop, 3)
            await catch_up(shop)
            (cost,) = read_kpi_rows(shop.reader, "cost", DaySpan("2027-01-15", "2027-01-15"))
            assert cost.numerator == 3 * (120 + 10)  # 40 of 700 ml at 21.00, 25 ml of a litre at 4.00

    run(scenario())


def test_what_is_poured_back_leaves_the_bottle_as_it_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts(BAR))
            await do(shop, RecordMovement("gin", "in", units=1_000, lot="A"))
            for _ in range(5):
                await sell(shop, 1)
            before = item(shop, "gin").rows
            await sell(shop, 1)
            await do(shop, VoidLastSale(), MANAGER)
            assert item(shop, "gin").rows == before
            await do(shop, RefundSale(5, lines=(RefundedLine(1, 1000),)), MANAGER)
            assert item(shop, "gin").rest == 700_000 - 4 * 40_000
            assert [row.lot for row in item(shop, "gin").rows] == ["A"]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_an_opened_bottle_is_counted_in_parts_and_a_whole_thing_is_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await do(shop, SetProducts((*BAR, Product("soap", {"en": "Soap"}, (), 300))))
            await do(shop, RecordMovement("gin", "adjust", units=2_500))
            assert (item(shop, "gin").whole, item(shop, "gin").rest) == (2, 350_000)
            refused = await shop.do(RecordMovement("soap", "adjust", units=2_500), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "pieces_moved_whole"
            by_hand = await shop.do(MoveStock("lost", (Moved("gin", -40_000, of=700_000),)), SYSTEM)
            assert isinstance(by_hand, Refused) and by_hand.code == "moved_by_till"

    run(scenario())


def test_a_recipe_in_a_measure_that_no_one_knows_of_its_bottle_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            bare = Product("gin", {"en": "Gin"}, (GIN,), 4_000)
            refused = await shop.do(SetProducts((bare, *BAR[1:])), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "part_size_unknown", refused
            await do(shop, SetProducts(BAR))  # its size comes with the recipe
            cents = Product("gin", size=Size(1_000_000, "g"))
            refused = await shop.do(SetProducts((cents,)), SYSTEM)
            assert isinstance(refused, Refused) and refused.code == "size_poured", refused

    run(scenario())


def test_what_is_left_of_a_pour_is_what_the_journal_says_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()

        def rests() -> list[Any]:
            return list(shop.reader.execute("SELECT * FROM stock_pour ORDER BY sku"))

        async with open_shop(tmp_path, clock) as shop:
            await do(shop, SetProducts(BAR))
            await do(shop, RecordMovement("gin", "in", units=2_000))
            await sell(shop, 3)
            poured = rests()
            assert [rest for _, _, rest, _ in poured] == [300_000, 0], "of the gin, and of the lime"
            await shop.maintain(lambda db: db.execute("UPDATE stock_pour SET rest = 1") and None)
            (fault,) = verify(shop.reader, shop.registry).faults
            assert "stock_pour" in fault
            await shop.maintain(mark_all_stale)
        async with open_shop(tmp_path, clock) as shop:
            assert rests() == poured, "made anew at the start"
            assert verify(shop.reader, shop.registry).faults == ()
            await sell(shop, 32)
            assert item(shop, "gin").on_hand == 0, "35 glasses of 40 ml are two bottles still"

    run(scenario())
