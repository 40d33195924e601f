"""A bakery's day: bread of dough of flour, planned in one press, begun, baked with scrap, sold; then the flour is
recalled."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast, SavedItem, SaveForecasts
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.checks import production_stock_check
from edge.analytics.production.commands import (
    BuyComponents,
    CancelWork,
    ConsumedLine,
    DayLine,
    EndBom,
    PlanDay,
    PlanWork,
    RecallMade,
    ReportWork,
    SetBom,
    StartWork,
)
from edge.analytics.production.component_orders import components_to_buy
from edge.analytics.production.day_plan import production_plan
from edge.analytics.production.lots import made_of_recalled, production_lot
from edge.analytics.production.queries import (
    WorkOrder,
    production_can_make,
    production_needs,
    production_status,
    read_boms,
    read_work,
)
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Refused
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import read_purchase
from edge.goods.stock.commands import RecallLot, RecordMovement
from edge.goods.stock.queries import average_cost_micro, lot_where, read_stock
from edge.goods.stock.reserving.promised import reserved_by
from edge.lib.units.dates import after
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, agreed, done, open_shop, run
from tests.unit.analytics.test_forecast_versions import QUANTILES

FLOUR = Product("flour", {"en": "Flour", "he": "קמח"}, unit="kg")
YEAST = Product("yeast", {"en": "Yeast"}, unit="piece")
DOUGH = Product("dough", {"en": "Dough"}, unit="kg", expiry_days=1)
BREAD = Product("bread", {"en": "Bread", "fr": "Pain"}, ("2000000000022",), 450, "reduced", expiry_days=2)
BOX = Product("box", {"en": "Breakfast box"}, ("2000000000039",), 900, parts=(BundlePart("bread", 1_000),))
"""A kit: sold as one, never made."""
DOUGH_BOM = Bom("dough", "dough", (BomLine("flour", 6_000), BomLine("yeast", 1_000)), makes=10_000, extra_cost_minor=5)
BREAD_BOM = Bom("bread", "bread", (BomLine("dough", 5_000),), makes=10_000, yield_permille=1_000, extra_cost_minor=10)
TODAY = "2027-01-15"
BACKFLUSH = CONFIG + '[production]\nissue_at = "completion"\n'


async def refused(shop: CommandBus, command: Command) -> Refused:
    outcome = await shop.do(command, SYSTEM)
    assert isinstance(outcome, Refused), outcome
    return outcome


async def stocked(shop: CommandBus, flour: int = 12_000, yeast: int = 3_000) -> None:
    await done(shop, SetProducts((FLOUR, YEAST, DOUGH, BREAD, BOX)), SYSTEM)
    if flour:
        await done(shop, RecordMovement("flour", "in", units=flour, lot="F1", unit_cost_minor=100), SYSTEM)
    if yeast:
        await done(shop, RecordMovement("yeast", "in", units=yeast, lot="Y1", unit_cost_minor=50), SYSTEM)
    await done(shop, SetBom(DOUGH_BOM), SYSTEM)
    await done(shop, SetBom(BREAD_BOM), SYSTEM)


def work(shop: CommandBus, number: int) -> WorkOrder:
    found = read_work(shop.reader, number)
    assert found is not None
    return found


async def foreseen(shop: CommandBus, sku: str, mean: tuple[int, ...]) -> None:
    """So much is expected from today on."""
    item = ItemForecast(sku, "mixed", 0, mean, 1_000, 3_000, 6_000, 90, max(mean))
    saved = SavedItem(sku, msgspec.Raw(msgspec.json.encode(item)))
    await done(shop, SaveForecasts("one", (saved,)), SYSTEM)
    await done(shop, FinishForecasts("one", after(TODAY, -1), 90, 1, True, {}, {"mixed": 1}, QUANTILES), SYSTEM)


def is_sound(shop: CommandBus) -> None:
    assert production_stock_check(shop.reader, 0) == []
    assert verify(shop.reader, shop.registry).faults == ()


def test_a_day_of_a_bakery(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            planned = await done(shop, PlanDay(TODAY, (DayLine("bread", 20_000),)), SYSTEM)
            dough, bread = planned.result
            assert (work(shop, dough.number).sku, work(shop, dough.number).quantity) == ("dough", 10_000)
            assert work(shop, bread.number).components[0].need == 10_000
            assert [(one.sku, one.quantity) for one in bread.missing] == [("dough", 10_000)]
            assert reserved_by(shop.reader, "work-1") == {"flour": 6_000, "yeast": 1_000}
            again = await refused(shop, PlanDay(TODAY, (DayLine("bread", 20_000),)))
            assert (again.code, bool(again.answer)) == ("work_planned_already", True)
            short = await refused(shop, StartWork(bread.number))
            assert (short.code, short.values["missing"]) == ("components_short", "Dough (10)")

            await done(shop, StartWork(dough.number), SYSTEM)
            assert read_stock(shop.reader, "flour") == 6_000
            await done(shop, ReportWork(dough.number, 10_000, done_before=0), SYSTEM)
            # 6 kg at 100, a yeast at 50, 5 a kg: 700 for 10 kg
            assert average_cost_micro(shop.reader, "dough") == 70_000_000
            assert reserved_by(shop.reader, "work-2") == {"dough": 10_000}, "what came in is the bread's"

            await done(shop, StartWork(bread.number), SYSTEM)
            await done(shop, ReportWork(bread.number, 12_000, 1_000, done_before=0), SYSTEM)
            late = await refused(shop, ReportWork(bread.number, 12_000, 1_000, done_before=0))
            assert (late.code, late.values["made"]) == ("work_reported_meanwhile", "13")
            ended = await done(shop, ReportWork(bread.number, 6_000, 1_000, done_before=13_000), SYSTEM)
            assert (ended.result.state, ended.result.lot) == ("completed", "W2")
            second = await refused(shop, ReportWork(bread.number, 1_000))
            assert (second.code, second.values["made"]) == ("work_completed", "18")
            # 700 of dough and 10 for each of the 20; the 18 good bear the 2 that are scrap
            order = work(shop, bread.number)
            assert (order.taken_milli, order.good, order.scrap) == (900_000, 18_000, 2_000)
            assert order.brought_milli == 900_000
            assert average_cost_micro(shop.reader, "bread") == 50_000_000
            assert read_stock(shop.reader, "bread") == 18_000

            await done(shop, AddLine("2000000000022", quantity=3_000))
            await done(shop, AddLine("2000000000039"))
            await done(shop, Pay("card"))
            assert read_stock(shop.reader, "bread") == 14_000, "the box is a kit: bread left for it"
            is_sound(shop)

    run(scenario())


def test_what_no_bill_can_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)

            async def code(bom: Bom) -> str:
                return (await refused(shop, SetBom(bom))).code

            line = (BomLine("flour", 1_000),)
            assert await code(Bom("x", "bread", ())) == "no_lines"
            assert await code(Bom("x", "bread", (BomLine("flour", 0),))) == "quantity_zero"
            assert await code(Bom("x", "bread", line, yield_permille=0)) == "yield_range"
            assert await code(Bom("x", "bread", line, yield_permille=1_001)) == "yield_range"
            assert await code(Bom("x", "bread", line * 2)) == "duplicate_line"
            assert await code(Bom("x", "bread", (BomLine("salt", 1),))) == "unknown_sku"
            assert await code(Bom("x", "bread", (BomLine("yeast", 1, "g"),), from_date="2027-03-01")) == "no_size"
            assert await code(Bom("x", "box", line)) == "bom_kit"
            assert await code(Bom("x", "bread", line)) == "bom_same_day"
            assert await code(Bom("x", "bread", line, from_date="2027-02-30")) == "production_day_wrong"
            # flour of bread, which is of dough, which is of flour; also by way of a kit
            assert await code(Bom("x", "flour", (BomLine("bread", 1),))) == "bom_circle"
            assert await code(Bom("x", "flour", (BomLine("box", 1),))) == "bom_circle"
            await done(shop, SetProducts(tuple(Product(f"p{n}", {"en": str(n)}) for n in range(9))), SYSTEM)
            for n in range(7):
                await done(shop, SetBom(Bom(f"p{n}", f"p{n}", (BomLine(f"p{n + 1}", 1_000),))), SYSTEM)
            assert await code(Bom("p7", "p7", (BomLine("bread", 1_000),))) == "bom_deep"
            await done(shop, SetBom(Bom("p7", "p7", (BomLine("p8", 1_000),))), SYSTEM)
            await done(shop, RetireProducts(("p8",)), SYSTEM)
            assert (await refused(shop, PlanWork("p7", 1_000))).code == "bom_retired"
            found = [(one.check, one.sku) for one in production_stock_check(shop.reader, 0)]
            assert found == [("bom_retired_part", "p8")]

    run(scenario())


def test_an_order_keeps_its_version_and_the_day_says_which(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            assert (await done(shop, SetBom(DOUGH_BOM), SYSTEM)).events == (), "nothing new"
            changed = Bom("dough", "dough", (BomLine("flour", 7_000),), makes=10_000)
            await done(shop, SetBom(changed), SYSTEM)
            later = Bom("dough-may", "dough", (BomLine("flour", 8_000),), makes=10_000, from_date="2027-05-01")
            await done(shop, SetBom(later), SYSTEM)
            await done(shop, PlanWork("dough", 20_000, number=1), SYSTEM)
            assert [(one.sku, one.need) for one in work(shop, 1).components] == [("flour", 12_000), ("yeast", 2_000)]
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, PlanWork("dough", 10_000, "2027-05-02"), SYSTEM)
            assert [work(shop, n).components[0].need for n in (2, 3)] == [7_000, 8_000]
            await done(shop, EndBom("dough"), SYSTEM)
            assert (await refused(shop, PlanWork("dough", 10_000))).code == "no_bom"
            await done(shop, ReportWork(1, 20_000), SYSTEM)
            await done(shop, SetBom(changed), SYSTEM)
            found = {one.bom.id: one.bom.version for one in read_boms(shop.reader, TODAY)}
            assert found == {"bread": 1, "dough": 3, "dough-may": 1}
            is_sound(shop)

    run(scenario())


def test_what_lacks_is_bought_and_reserved_as_it_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=2_000)
            await done(shop, SetSupplier("mill", {"en": "Mill"}), SYSTEM)
            await done(shop, SetSupplierPrice("mill", "flour", 90, pack=5), SYSTEM)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            status = production_status(shop.reader, TODAY)
            assert (status.planned, status.blocked[0].missing[0].quantity) == (1, 4_000)
            assert status.can_make == {"bread": 0, "dough": 0}
            assert production_status(shop.reader, "2027-01-16").late == (1,)
            (wanted,) = components_to_buy(shop.reader, TODAY)
            assert (wanted.lacking, wanted.supplier, wanted.quantity, wanted.cost_minor) == (4_000, "mill", 5_000, 450)
            (number,) = (await done(shop, BuyComponents(), SYSTEM)).result
            order = read_purchase(shop.reader, number)
            assert order is not None
            assert [(line.sku, line.quantity) for line in order.lines] == [("flour", 5_000)]
            assert (await refused(shop, BuyComponents())).code == "nothing_to_buy", "a draft covers it"
            await done(shop, RecordMovement("flour", "in", units=5_000, unit_cost_minor=90), SYSTEM)
            assert reserved_by(shop.reader, "work-1") == {"flour": 6_000, "yeast": 1_000}
            assert production_status(shop.reader, TODAY).blocked == ()
            await done(shop, CancelWork(1), SYSTEM)
            assert reserved_by(shop.reader, "work-1") == {}
            assert (await refused(shop, StartWork(1))).code == "work_cancelled"
            is_sound(shop)

    run(scenario())


def test_what_was_taken_and_not_used_comes_back_at_todays_average(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=6_000, yeast=1_000)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, StartWork(1), SYSTEM)
            await done(shop, RecordMovement("flour", "in", units=6_000, unit_cost_minor=120), SYSTEM)
            assert (await refused(shop, ReportWork(1, 0))).code == "quantity_zero"
            off = await refused(shop, ReportWork(1, 4_000, consumed=(ConsumedLine("flour", 3_000),)))
            assert (off.code, off.values["expected"], off.values["took"]) == ("consumption_off", "2.4", "3")
            said = ReportWork(1, 4_000, consumed=(ConsumedLine("flour", 3_000),), answers=(off.answer,))
            await done(shop, said, SYSTEM)
            assert (await refused(shop, CancelWork(1))).code == "work_made_some"
            ended = await done(shop, ReportWork(1, 0, close=True), SYSTEM)
            assert ended.result.state == "completed"
            # 3 kg of 6 came back: they left at 100, today's average is 120
            assert (read_stock(shop.reader, "flour"), average_cost_micro(shop.reader, "flour")) == (9_000, 120_000_000)
            corrected = shop.reader.execute("SELECT sku, amount_milli FROM stock_correction WHERE sku = 'flour'")
            assert corrected.fetchall() == [("flour", -60_000)]
            # 3 kg at 100, a whole yeast at 50, 5 a kg
            assert work(shop, 1).taken_milli == 300_000 + 50_000 + 20_000
            is_sound(shop)

    run(scenario())


def test_more_than_planned_is_asked_and_all_scrap_is_a_loss(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=BACKFLUSH) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 5_000), SYSTEM)
            await done(shop, StartWork(1), SYSTEM)
            assert read_stock(shop.reader, "flour") == 12_000, "it leaves as it is reported"
            assert (await refused(shop, ReportWork(1, 11_000))).code == "more_than_double"
            more = await refused(shop, ReportWork(1, 0, 6_000))
            assert more.code == "more_than_planned"
            await done(shop, ReportWork(1, 0, 6_000, answers=(more.answer,)), SYSTEM)
            assert (read_stock(shop.reader, "flour"), read_stock(shop.reader, "dough")) == (12_000 - 3_600, 0)
            lost = shop.reader.execute("SELECT amount_milli FROM stock_correction WHERE why = 'production_loss'")
            # 3.6 kg at 100, two yeasts (whole ones) at 50, 5 a kg
            assert lost.fetchall() == [(360_000 + 100_000 + 30_000,)]
            is_sound(shop)

    run(scenario())


def test_a_recalled_flour_stops_what_was_made_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=6_000)
            for sku, quantity in (("dough", 10_000), ("bread", 10_000)):
                number = (await done(shop, PlanWork(sku, quantity), SYSTEM)).result.number
                await done(shop, ReportWork(number, quantity), SYSTEM)
            await done(shop, RecordMovement("flour", "in", units=6_000, lot="F2", unit_cost_minor=100), SYSTEM)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, ReportWork(3, 10_000), SYSTEM)
            await done(shop, AddLine("2000000000022", quantity=4_000))
            await done(shop, Pay("card"))
            await catch_up(shop)
            await done(shop, RecallLot("flour", "F1"), SYSTEM)
            into = production_lot(shop.reader, "flour", "F1").went_into
            assert [(one.sku, one.lot, one.left, one.sold, one.step) for one in into] == [
                ("dough", "W1", 5_000, 0, 1),
                ("bread", "W2", 6_000, 4_000, 2),
            ]
            of = production_lot(shop.reader, "bread", "W2").made_of
            assert [(one.sku, one.lot, one.step) for one in of] == [
                ("dough", "W1", 1),
                ("flour", "F1", 2),
                ("yeast", "Y1", 2),
            ]
            assert {one.lot for _, _, one in made_of_recalled(shop.reader)} == {"W1", "W2"}
            assert (await done(shop, RecallMade("flour", "F1"), SYSTEM)).result == 2
            assert made_of_recalled(shop.reader) == []
            # the dough of the other flour may still be used, and bread of it be sold
            assert production_can_make(shop.reader, "bread", TODAY) == 20_000
            scanned = await shop.do(AddLine("010200000000002210W2", "]d2"), CASHIER)
            assert isinstance(scanned, Refused), scanned
            assert scanned.code == "lot_recalled"
            await done(shop, PlanWork("bread", 10_000), SYSTEM)
            await done(shop, ReportWork(4, 10_000), SYSTEM)
            assert production_lot(shop.reader, "bread", "W4").made_of[0].lot == "W3"
            is_sound(shop)

    run(scenario())


def test_what_is_recalled_or_over_its_day_goes_into_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=3_000)
            await done(shop, RecallLot("flour", "F1"), SYSTEM)
            old = RecordMovement("flour", "in", units=4_000, lot="F0", expiry="2027-01-14", unit_cost_minor=100)
            await agreed(shop, old, SYSTEM)
            planned = await done(shop, PlanWork("dough", 10_000), SYSTEM)
            assert [(one.sku, one.quantity) for one in planned.result.missing] == [("flour", 6_000)]
            short = await refused(shop, StartWork(1))
            assert short.values["missing"] == "Flour (6)"
            await done(shop, RecordMovement("flour", "in", units=6_000, lot="F2", unit_cost_minor=100), SYSTEM)
            await done(shop, StartWork(1), SYSTEM)
            assert lot_where(shop.reader, "flour", "F2") == [], "all of it was taken"
            assert sum(row.total for row in lot_where(shop.reader, "flour", "F1")) == 3_000
            await done(shop, RecallLot("flour", "F2"), SYSTEM)
            stopped = await refused(shop, ReportWork(1, 5_000))
            assert (stopped.code, stopped.values["lot"], bool(stopped.answer)) == ("component_recalled", "F2", True)
            await done(shop, ReportWork(1, 0, 1_000), SYSTEM)
            await done(shop, ReportWork(1, 1_000, answers=(stopped.answer,)), SYSTEM)
            assert {one.lot for _, _, one in made_of_recalled(shop.reader)} == {"W1"}, "who said yes is told on"
            await done(shop, ReportWork(1, 0, close=True), SYSTEM)
            assert read_stock(shop.reader, "flour") == 11_800, "what was not used is back, and barred"
            assert production_can_make(shop.reader, "dough", TODAY) == 0
            is_sound(shop)

    run(scenario())


def test_the_morning_needs_what_the_forecast_expects(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            plan = production_plan(shop.reader, TODAY, TODAY)
            assert (plan.through, [line.propose for line in plan.lines]) == ("", [0, 0])
            await done(shop, RecordMovement("bread", "in", units=3_000, expiry=TODAY, unit_cost_minor=40), SYSTEM)
            await foreseen(shop, "bread", (26_000, 7_000))
            bread, dough = production_plan(shop.reader, "2027-01-15", TODAY).lines
            assert (bread.expected, bread.there, bread.propose, bread.can_make) == (26_000, 3_000, 30_000, 40_000)
            assert (dough.expected, dough.propose) == (None, 0)
            tomorrow = production_plan(shop.reader, "2027-01-16", TODAY).lines[0]
            assert (tomorrow.expected, tomorrow.there, tomorrow.propose) == (7_000, 0, 10_000), "today's is old then"
            needs = production_needs(shop.reader, "bread", TODAY, 30_000)
            assert needs is not None
            assert needs.gross == {"dough": 15_000, "flour": 9_000, "yeast": 2_000}
            assert needs.make == {"dough": 15_000, "bread": 30_000}
            assert list(needs.make) == ["dough", "bread"], "what is needed first comes first"
            await done(shop, PlanDay(TODAY, (DayLine("bread", 30_000),)), SYSTEM)
            bread = production_plan(shop.reader, TODAY, TODAY).lines[0]
            assert (bread.coming, bread.propose) == (30_000, 0)

    run(scenario())
