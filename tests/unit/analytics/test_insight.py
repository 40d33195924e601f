"""Periods, odd days, use and reports, on rows that are made by hand or by a shop."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analytics.forecast.project import demand
from edge.analytics.insight.anomalies import read_anomalies
from edge.analytics.insight.commands import JudgeAnomaly
from edge.analytics.insight.kpis import ROWS, SIDES, read_kpi_rows, read_kpis
from edge.analytics.insight.outlook import read_outlook
from edge.analytics.insight.project import figures
from edge.analytics.insight.queries import read_groups, read_sums
from edge.analytics.insight.report_paper import ReportWording, as_csv, as_lines, as_sheet
from edge.analytics.insight.reports import PeriodReport, read_report, span_of
from edge.analytics.insight.rules import DaySpan, oddness, share
from edge.analytics.insight.rules import span_of as period_of
from edge.analytics.insight.usage import read_predictions, read_usage
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Done, Refused
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.reports.project import days, papers
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.commands import AddLine, Pay, RefundSale, VoidLastSale
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.alerts.commands import SendAlert
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.goods.stock.commands import Moved, MoveStock, SetLocation, SetSellingPlace
from edge.lib.units.dates import after
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, done, open_shop, run

DAY_S = 24 * 3600
TODAY = "2027-01-15"
BARMAN = anonymous_actor("2")
GIN, FIZZ = "4006381333948", "4006381333955"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7d", "2027-01-09", "2027-01-15"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-12-31", "2026-12-31", "2026-12-31"),
        ("2026-11-01..2026-11-20", "2026-11-01", "2026-11-20"),
    ],
)
def test_periods_as_people_write_them(text: str, first: str, last: str) -> None:
    assert period_of(text, TODAY) == DaySpan(first, last)


@pytest.mark.parametrize(
    "text", ["", "0d", "9999d", "2026-13", "soon", "2026-11-20..2026-11-01", "2001-01-01..2026-01-01"]
)
def test_what_is_no_period(text: str) -> None:
    assert period_of(text, TODAY) is None


def test_the_period_before() -> None:
    assert DaySpan("2026-03-01", "2026-03-31").before == DaySpan("2026-02-01", "2026-02-28")
    assert DaySpan("2026-03-02", "2026-03-08").before == DaySpan("2026-02-23", "2026-03-01")
    assert [span_of("weekly", date(2026, 11, 21), one).first for one in (1, 7)] == ["2026-11-16", "2026-11-15"]


@given(st.lists(st.integers(-1000, 1000), min_size=14, max_size=60), st.integers(-5000, 5000))
def test_oddness_is_a_number_or_nothing(others: list[int], value: int) -> None:
    found = oddness(value, [float(one) for one in others])
    assert found is None or found == found
    assert oddness(value, [1.0] * 13) is None


def follow(shop: CommandBus, db: Connection) -> None:
    """Bring what follows the journal up to it, as its parts do."""
    for projector in (papers, days, demand, figures):
        _replay(shop, db, projector)


def _replay(shop: CommandBus, db: Connection, projector: Projector) -> None:
    for table in projector.tables:
        db.execute(f"DELETE FROM {table}")
    projector.apply(db, facts(shop.reader, shop.registry))


async def traded(shop: CommandBus, clock: FakeClock, days: int) -> str:
    """So many days of three sales of milk and one of tomatoes, the last of them with fifteen; that day."""
    await shop.do(SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60),)), SYSTEM)
    await shop.do(MoveStock("received", (Moved("milk", 1_000_000),)), SYSTEM)
    for day in range(days):
        for _ in range(15 if day == days - 1 else 3):
            await shop.do(AddLine(MILK), CASHIER)
            await shop.do(Pay("card"), CASHIER)
        await shop.do(AddLine(TOMATO, quantity=500), CASHIER)
        assert isinstance(await shop.do(Pay("cash"), CASHIER), Done)
        if day == 3:
            await shop.do(AddLine(MILK), CASHIER)
            await shop.do(Pay("card"), CASHIER)
            assert isinstance(await shop.do(VoidLastSale("no"), MANAGER), Done)
            assert isinstance(await shop.do(RefundSale(1), MANAGER), Done)
        clock.advance(DAY_S)
    return str(next(iter(shop.reader.execute("SELECT max(business_date) FROM receipt")))[0])


def test_figures_are_those_of_the_papers_and_odd_days_are_noticed(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await traded(shop, clock, 18)
            first = after(last, -17)
            span = DaySpan(first, last)
            follow(shop, db := shop._writer._db)
            for at in range(18):
                day = after(first, at)
                said, sums = read_day_sums(shop.reader, day), read_sums(db, "all", DaySpan(day, day))
                assert sums.minor == said.total_minor
                tenders = {one.key: one.sums.minor for one in read_groups(db, "tender", DaySpan(day, day))}
                assert {kind: minor for kind, minor in tenders.items() if minor} == {
                    kind: one.minor for kind, one in said.tenders.items() if one.minor
                }
            kpis = {one.name: one for one in read_kpis(db, span)}
            milk = 17 * 3 + 15 - 1  # one was refunded, and the undone one counts for nothing
            assert kpis["cost"].value == milk * 60
            assert kpis["margin"].denominator == read_groups(db, "product", span)[0].sums.costed_minor
            assert kpis["costed"].value is not None and kpis["costed"].value < 1000, "tomatoes have no cost"
            assert kpis["stock_value"].value == (1000 - milk) * 60
            assert kpis["forecast_error"].value is None
            odd = read_anomalies(db, span)
            assert odd[0].day == last and odd[0].value > 2 * odd[0].usual
            assert len(odd[0].rows) == odd[0].days >= 14 and last not in odd[0].rows, "what it was held against"
            assert not any(one.kind == "hour" for one in odd)
            by_hour = [one for one in read_anomalies(db, span, zone="Europe/Paris") if one.kind == "hour"]
            assert [(one.day, one.key) for one in by_hour] == [(last, "09")] and not by_hour[0].calls
            assert isinstance(
                await shop.do(JudgeAnomaly(odd[0].kind, odd[0].key, last, False), MANAGER.with_rights("manage")), Done
            )
            assert read_anomalies(db, span)[0].judged is False
            bad = await shop.do(JudgeAnomaly("sales", "", "2027-02-31", True), MANAGER.with_rights("manage"))
            assert isinstance(bad, Refused) and bad.code == "day_wrong"
            outlook = read_outlook(db, last)
            assert outlook.margin == share(outlook.earned_minor, sums_of(db, last)) and outlook.expected is None
            (soon,) = [one for one in read_predictions(db, after(last, 1)) if one.sku == "milk"]
            assert soon.days_left and soon.stock_out_on and soon.available == (1000 - milk) * 1000
            report = read_report(db, "weekly", DaySpan(after(last, -6), last))
            assert report.total_minor == sum(one.sums.total_minor for one in report.money)
            table = as_csv(report, lambda key: key, lambda names: "=" + names["en"], str)
            assert last in table and "'=Milk" in table, "no formula gets into a spreadsheet"
            await _reports_say_what_waits(shop, db, last)

    run(scenario())


async def _reports_say_what_waits(shop: CommandBus, db: Connection, last: str) -> None:
    """For someone: open alerts; and a week's also what will be gone when."""
    await done(shop, SendAlert("The freezer hums", "Since noon", "high"), SYSTEM)
    daily = read_report(db, "daily", DaySpan(last, last))
    assert daily.alerts_open == 1 and daily.alerts[0].severity == "high" and not daily.predictions
    weekly = read_report(db, "weekly", DaySpan(after(last, -6), last))
    assert [one.sku for one in weekly.predictions] == ["tomato", "milk"], "tomatoes were sold that nobody received"
    table = as_csv(weekly, lambda key: key, lambda names: names["en"], str)
    assert "The freezer hums" in table and "insight.gone" in table
    sheet = as_sheet(weekly, ReportWording("he", str, str, lambda names: names["en"]), ())
    assert any("The freezer hums" in cell for one in sheet.tables for row in one.rows for cell in row)
    _reports_say_what_was_imported(weekly)


def _reports_say_what_was_imported(weekly: PeriodReport) -> None:
    """The previous period's imported sales are beside its total, never in it; a forecast's basis is said with it."""
    write = ReportWording("en", str, str, lambda names: names["en"])
    text = write.say("insight.before_imported", sum="7777")
    basis = write.say("insight.risks_imported")
    assert not weekly.imported and not {text, basis} & set(as_sheet(weekly, write, ()).paragraphs[0])
    moved = msgspec.structs.replace(weekly, before_imported_minor=7777, imported=True)
    assert {text, basis} <= set(as_sheet(moved, write, ()).paragraphs[0])
    assert text in as_lines(moved, write) and as_lines(moved, write)[0] == as_lines(weekly, write)[0]
    table = as_csv(moved, write.say, lambda names: names["en"], str)
    assert f"{write.say('insight.before_imported_total')},,7777\r\n" in table.replace('"', "") and basis in table


def sums_of(db: Connection, day: str) -> int:
    return read_sums(db, "all", DaySpan(day, day)).costed_minor


def test_counts_drinks_and_suppliers_are_measured_by_what_there_is(tmp_path: Path) -> None:
    """Milk is a drink; two cartons too few are counted, one is stolen, a delivery is late, short and dearer."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await traded(shop, clock, 5)
            follow(shop, db := shop._writer._db)
            day = DaySpan(after(last, -4), after(last, 10))
            before = {one.name: one.value for one in read_kpis(db, day)}
            unknown = ("variance", "shrinkage", "pour_cost", "supplier_price")
            assert [before[name] for name in unknown] == [None] * 4, "no figure without its data"
            await done(shop, SetCategories((Category("drinks", {"en": "Drinks"}),)), SYSTEM)
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60, category="drinks")
            await done(shop, SetProducts((milk,)), SYSTEM)
            await done(shop, MoveStock("counted", (Moved("milk", -2_000),)), SYSTEM)
            await done(shop, MoveStock("lost", (Moved("milk", -1_000),)), SYSTEM)
            await done(shop, SetSupplier("dairy", {"en": "Dairy"}, lead_time_days=1), SYSTEM)
            await done(shop, SetSupplierPrice("dairy", "milk", 60), SYSTEM)
            ordered = await done(shop, CreatePurchaseOrder("dairy", (OrderLine("milk", 10_000, 60),)), SYSTEM)
            for command in (ApprovePurchaseOrder, SendPurchaseOrder):
                await done(shop, command(ordered.result), SYSTEM)
            clock.advance(4 * DAY_S)
            came = ReceiptLine("milk", 5_000, unit_cost_minor=66)
            await done(shop, ReceivePurchaseOrder(ordered.result, "N1", (came,)), SYSTEM)
            follow(shop, db)
            kpis = {one.name: one for one in read_kpis(db, day)}
            assert kpis["variance"].numerator == 120 and kpis["variance"].denominator == (4 * 3 + 15 - 1) * 60
            assert kpis["shrinkage"].numerator == 180 and kpis["shrinkage"].denominator > 0
            assert kpis["pour_cost"].numerator == kpis["cost"].numerator
            assert (kpis["supplier_on_time"].value, kpis["supplier_short"].value) == (0, 1000)
            assert (kpis["supplier_price"].numerator, kpis["supplier_price"].denominator) == (30, 300)
            assert set(ROWS) - {"units", "refunds", "voids"} == set(SIDES) == set(kpis), (
                "each figure says what it rests on"
            )
            for name, kpi in kpis.items():
                rows = read_kpi_rows(db, name, day)
                assert bool(rows) == bool(kpi.rows), name
                if name not in ("stock_value", "turns", "cover"):  # these are of what there was, not sums of it
                    assert sum(row.numerator for row in rows) == kpi.numerator, name
                if name in ("basket", "margin", "costed", "refunded", "stock_out"):
                    assert sum(row.denominator for row in rows) == kpi.denominator, name
            worth = [row.numerator for row in read_kpi_rows(db, "stock_value", day)]
            assert worth[-1] == kpis["stock_value"].value
            passed = 5 + 5  # days of the fifteen that there were yet
            yearly = sum(row.numerator for row in read_kpi_rows(db, "turns", day)) * 365 / passed
            assert abs(yearly - kpis["turns"].numerator) < 1, "what would be sold in a year, at cost"
            assert kpis["cover"].numerator == worth[-1], "of how many days, beside what goes in one"
            assert [row.key for row in read_kpi_rows(db, "supplier_on_time", day)] == ["#1 dairy"]
            usage = read_usage(db, "milk", day)
            assert usage and sum(one.adjusted for one in usage.days) == -2_000 and usage.box == 1

    run(scenario())


async def cocktails(shop: CommandBus, clock: FakeClock) -> str:
    """Four gin fizzes a day for twenty days, then one and a bottle of gin on one receipt; the day of that. Each takes
    50 thousandths of a bottle that costs 20.00, and two of tonic at 0.50."""
    parts = (BundlePart("gin", 50), BundlePart("tonic", 2_000))
    bottles = (
        Product("gin", {"en": "Gin"}, (GIN,), 4_000, cost_minor=2_000, category="drinks"),
        Product("tonic", {"en": "Tonic"}, (), 150, cost_minor=50),
        Product("fizz", {"en": "Gin fizz"}, (FIZZ,), 900, parts=parts, category="drinks"),
    )
    await done(shop, SetCategories((Category("drinks", {"en": "Drinks"}),)), SYSTEM)
    await done(shop, SetProducts(bottles), SYSTEM)
    await done(shop, MoveStock("received", (Moved("gin", 20_000), Moved("tonic", 900_000))), SYSTEM)
    for _ in range(20):
        await done(shop, AddLine(FIZZ, quantity=4_000), CASHIER)
        await done(shop, Pay("cash"), CASHIER)
        clock.advance(DAY_S)
    await done(shop, AddLine(GIN), CASHIER)
    await done(shop, AddLine(FIZZ), CASHIER)
    await done(shop, Pay("cash"), CASHIER)
    return str(shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()[0])


def test_what_goes_into_a_cocktail_is_used_until_its_sale_is_undone(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await cocktails(shop, clock)
            follow(shop, db := shop._writer._db)

            def went(sku: str) -> tuple[int, int]:
                usage = read_usage(db, sku, DaySpan(last, last))
                assert usage
                return sum(one.sold for one in usage.days), sum(one.returned for one in usage.days)

            assert [went(sku) for sku in ("gin", "tonic", "fizz")] == [(1_050, 0), (2_000, 0), (1_000, 0)]
            (soon,) = read_predictions(db, last, "gin")
            assert (soon.use, soon.available) == (200, 20_000 - 20 * 200 - 1_050), "four cocktails a day"
            assert soon.days_left == 75
            await done(shop, VoidLastSale("no"), MANAGER)
            follow(shop, db)
            assert [went(sku) for sku in ("gin", "tonic", "fizz")] == [(0, 0)] * 3
            await done(shop, RefundSale(20), MANAGER)
            follow(shop, db)
            assert [went(sku) for sku in ("gin", "tonic", "fizz")] == [(0, 200), (0, 8_000), (0, 4_000)]
            await done(shop, VoidLastSale("no"), MANAGER)
            follow(shop, db)
            assert [went(sku) for sku in ("gin", "tonic")] == [(200, 200), (8_000, 8_000)], (
                "the guest drank it after all"
            )

    run(scenario())


def test_a_cocktail_without_a_cost_of_its_own_costs_what_goes_into_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await cocktails(shop, clock)
            follow(shop, db := shop._writer._db)
            span = DaySpan(after(last, -20), last)

            def costs(span: DaySpan) -> dict[str, int]:
                return {one.key: one.sums.cost_minor for one in read_groups(db, "product", span)}

            assert costs(span) == {"gin": 2_000, "fizz": 81 * (100 + 100)}
            kpis = {one.name: one for one in read_kpis(db, span)}
            assert kpis["pour_cost"].numerator == kpis["cost"].numerator == 81 * 200 + 2_000
            assert kpis["costed"].value == 1000, "of all that was sold the cost is known"
            await done(shop, VoidLastSale("no"), MANAGER)
            follow(shop, db)
            assert costs(DaySpan(last, last)) == {"gin": 0, "fizz": 0}
            limes = (BundlePart("gin", 50), BundlePart("lime", 1_000))
            lime, fizz = Product("lime", {"en": "Lime"}), Product("fizz", {"en": "Gin fizz"}, (FIZZ,), 900, parts=limes)
            came = []
            for cost in (None, 300):
                await done(shop, SetProducts((lime, msgspec.structs.replace(fizz, cost_minor=cost))), SYSTEM)
                await done(shop, AddLine(FIZZ), CASHIER)
                await done(shop, Pay("cash"), CASHIER)
                follow(shop, db)
                came.append(costs(DaySpan(last, last))["fizz"])
            assert came == [0, 300], "what limes cost nobody knows; its own cost counts, where somebody says one"

    run(scenario())


def test_each_place_of_the_shop_has_its_own_figures(tmp_path: Path) -> None:
    """Register 2 sells from the bar: what it sells, undoes and wastes is of there, and both places are the shop."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await traded(shop, clock, 2)
            span = DaySpan(after(last, -1), after(last, 1))
            await done(shop, SetLocation("bar", {"en": "Bar"}), SYSTEM)
            await done(shop, SetSellingPlace("2", "bar"), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 10_000),), "bar"), SYSTEM)
            for actor in (BARMAN, BARMAN, MANAGER):
                await done(shop, AddLine(MILK), actor)
                await done(shop, Pay("card"), actor)
            await done(shop, VoidLastSale("no"), BARMAN.with_rights("override", "refund_cash"))
            await done(shop, MoveStock("lost", (Moved("milk", -1_000),), "bar"), SYSTEM)
            follow(shop, db := shop._writer._db)
            whole, main, bar = ({one.name: one for one in read_kpis(db, span, at)} for at in ("", "main", "bar"))
            for name in ("sales", "net", "receipts", "cost", "stock_value"):
                assert whole[name].numerator == main[name].numerator + bar[name].numerator, name
            assert (bar["sales"].value, bar["receipts"].value, bar["cost"].value) == (120, 1, 60)
            assert bar["stock_value"].value == (10 - 1 - 1) * 60
            assert bar["waste"].numerator == 60 and main["waste"].numerator == 0
            assert bar["shrinkage"].numerator == 60 and main["shrinkage"].value is None
            assert not {"stock_out", "drawer", "forecast_error", "pour_cost"} & set(bar), "nobody knows these by place"
            assert sum(row.numerator for row in read_kpi_rows(db, "sales", span, "bar")) == 120
            assert {one.key: one.sums.minor for one in read_groups(db, "place", span)}["bar"] == 120

    run(scenario())


def test_a_young_shop_is_told_nothing_that_is_not_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            last = await traded(shop, clock, 3)
            follow(shop, db := shop._writer._db)
            assert read_anomalies(db, DaySpan(after(last, -2), last)) == []
            assert {one.use for one in read_predictions(db, after(last, 1))} == {None}
            empty = {one.name: one.value for one in read_kpis(db, DaySpan("2020-01-01", "2020-01-31"))}
            assert {name for name, value in empty.items() if value is not None} <= {"stock_value"}

    run(scenario())


def test_days_are_counted() -> None:
    assert after("2026-12-31", 1) == "2027-01-01" and DaySpan("2026-02-01", "2026-03-01").days == 29
    assert date.fromisoformat(after("2026-03-01", -1)) == date(2026, 3, 1) - timedelta(days=1)


def test_a_count_that_takes_off_far_more_than_counts_do_is_odd(tmp_path: Path) -> None:
    """A carton or two are missing at each count; once it is fifty."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60)
            await shop.do(SetProducts((milk,)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 1_000_000),)), SYSTEM)
            for day in range(20):
                missing = 50_000 if day == 18 else 1_000 + day % 2 * 1_000
                await done(shop, MoveStock("counted", (Moved("milk", -missing),)), SYSTEM)
                clock.advance(DAY_S)
            follow(shop, db := shop._writer._db)
            (last,) = db.execute("SELECT max(business_date) FROM figure_move").fetchone()
            (odd,) = [one for one in read_anomalies(db, DaySpan(after(last, -19), last)) if one.kind == "variance"]
            assert (odd.day, odd.value, odd.calls) == (after(last, -1), 50 * 60, True)

    run(scenario())


@pytest.mark.parametrize(("kind", "said"), [("gift", "Gift card"), ("cash", "Cash"), ("meal", "meal")])
def test_a_way_of_paying_is_called_what_it_is_on_a_report(kind: str, said: str) -> None:
    assert ReportWording("en", str, str, lambda names: names["en"]).tender(kind) == said
