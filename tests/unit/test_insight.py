"""Periods, odd days, use and reports, on rows that are made by hand or by a shop."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Done, Refused
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.access.rights import anonymous_actor
from edge.shop.alerts.commands import SendAlert
from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.commands import SetCategories, SetProducts
from edge.shop.catalog.product import Product
from edge.shop.forecast.project import demand
from edge.shop.insight.anomalies import read_anomalies
from edge.shop.insight.commands import JudgeAnomaly
from edge.shop.insight.kpis import ROWS, read_kpi_rows, read_kpis
from edge.shop.insight.outlook import read_outlook
from edge.shop.insight.project import figures
from edge.shop.insight.queries import read_groups, read_sums
from edge.shop.insight.report_paper import ReportWording, as_csv, as_sheet
from edge.shop.insight.reports import read_report, span_of
from edge.shop.insight.rules import DaySpan, after, oddness, share
from edge.shop.insight.rules import span_of as period_of
from edge.shop.insight.usage import read_predictions, read_usage
from edge.shop.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    ReceiptLine,
    ReceivePurchaseOrder,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from edge.shop.reports.queries import read_day_sums
from edge.shop.stock.commands import Moved, MoveStock, SetLocation, SetSellingPlace
from edge.shop.till.commands import AddLine, Pay, RefundSale, VoidLastSale
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, done, open_shop, run

DAY_S = 24 * 3600
TODAY = "2027-01-15"
BARMAN = anonymous_actor("2")


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
    assert span_of("weekly", date(2026, 11, 21)) == DaySpan("2026-11-16", "2026-11-22")


@given(st.lists(st.integers(-1000, 1000), min_size=14, max_size=60), st.integers(-5000, 5000))
def test_oddness_is_a_number_or_nothing(others: list[int], value: int) -> None:
    found = oddness(value, [float(one) for one in others])
    assert found is None or found == found
    assert oddness(value, [1.0] * 13) is None


def follow(shop: CommandBus, db: Connection) -> None:
    """Bring what follows the journal up to it, as its parts do."""
    for projector in (demand, figures):
        _replay(shop, db, projector)


def _replay(shop: CommandBus, db: Connection, projector: Projector) -> None:
    for table in projector.tables:
        db.execute(f"DELETE FROM {table}")
    for fact in facts(shop.reader, shop.registry):
        if type(fact.event) in projector.on:
            projector.on[type(fact.event)](db, fact, fact.event)


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
    return str(next(iter(shop.reader.execute("SELECT max(business_date) FROM paper")))[0])


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
    """For somebody: open alerts; and a week's also what will be gone when."""
    await done(shop, SendAlert("The freezer hums", "Since noon", "high"), SYSTEM)
    daily = read_report(db, "daily", DaySpan(last, last))
    assert daily.alerts_open == 1 and daily.alerts[0].severity == "high" and not daily.predictions
    weekly = read_report(db, "weekly", DaySpan(after(last, -6), last))
    assert [one.sku for one in weekly.predictions] == ["tomato", "milk"], "tomatoes were sold that nobody received"
    table = as_csv(weekly, lambda key: key, lambda names: names["en"], str)
    assert "The freezer hums" in table and "insight.gone" in table
    sheet = as_sheet(weekly, ReportWording("he", str, str, lambda names: names["en"]), ())
    assert any("The freezer hums" in cell for one in sheet.tables for row in one.rows for cell in row)


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
            for name in ROWS:
                rows, kpi = read_kpi_rows(db, name, day), kpis[name]
                if name in ("sales", "net", "cost", "variance", "shrinkage", "pour_cost", "waste"):
                    assert sum(row.numerator for row in rows) == kpi.numerator, name
            assert [row.key for row in read_kpi_rows(db, "supplier_on_time", day)] == ["#1 dairy"]
            usage = read_usage(db, "milk", day)
            assert usage and sum(one.adjusted for one in usage.days) == -2_000

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
