"""What a day came to equals its Z reports, and papers are found by what people know of them."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.analytics.insight.pages.today import change_percent
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up, differences
from edge.core.journal.rows import facts
from edge.core.messages import Actor, Command, Done
from edge.counter.basket.sums import DaySums, Sum
from edge.counter.reports.papers import PaperFilter, PaperKind, query_plan, read_paper, read_papers
from edge.counter.reports.queries import BEHIND, Hour, read_day, read_day_sums, read_sum_until
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted
from edge.foundation.access.rights import anonymous_actor
from edge.lib.units.ticks import MARKS, ticks
from tests.shop_fixture import CASHIER, MANAGER, MILK, TOMATO, FakeClock, open_shop, run

OTHER = anonymous_actor("2")
OTHER_MANAGER = OTHER.with_rights("override", "refund_cash")
PARIS = ZoneInfo("Europe/Paris")


async def do(shop: CommandBus, command: Command, actor: Actor = CASHIER) -> None:
    outcome = await shop.do(command, actor)
    assert isinstance(outcome, Done), outcome


async def sell(shop: CommandBus, code: str, pay: Pay, actor: Actor = CASHIER, quantity: int | None = None) -> None:
    await do(shop, AddLine(code, quantity=quantity), actor)
    await do(shop, pay, actor)


async def busy_day(shop: CommandBus, clock: FakeClock) -> None:
    """Sales at two registers, one voided, one refunded at the other one, a cleared basket and a copy."""
    await sell(shop, MILK, Pay("cash", 500))
    await sell(shop, MILK, Pay("card"), OTHER, 3000)
    clock.advance(3600)
    await sell(shop, TOMATO, Pay("cash"), quantity=1250)
    await do(shop, VoidLastSale("wrong"), MANAGER)
    await do(shop, RefundSale(1, "2", (RefundedLine(1, 1000),)), MANAGER)
    await do(shop, AddLine(MILK), OTHER)
    await do(shop, AbandonBasket(), OTHER)
    await do(shop, ReprintReceipt(1))


def z_reports(shop: CommandBus) -> list[ReportPrinted]:
    events = (fact.event for fact in facts(shop.reader, shop.registry, 1))
    return [event for event in events if isinstance(event, ReportPrinted) and event.kind == "z"]


def money_in(sums: list[DaySums]) -> tuple[object, ...]:
    """What is to be the same to the cent, of one report or of several together."""
    tenders: dict[str, Sum] = {}
    taxes: dict[tuple[str, int], tuple[int, int]] = {}
    for one in sums:
        for kind, sum_ in one.tenders.items():
            had = tenders.get(kind, Sum(0, 0))
            tenders[kind] = Sum(had.count + sum_.count, had.minor + sum_.minor)
        for tax in one.taxes:
            net, minor = taxes.get((tax.name, tax.rate), (0, 0))
            taxes[tax.name, tax.rate] = (net + tax.net_minor, minor + tax.tax_minor)
    counts = [(s.sales, s.voids, s.refunds, s.cleared) for s in sums]
    of = [Sum(sum(one[n].count for one in counts), sum(one[n].minor for one in counts)) for n in range(4)]
    rest = [sum(getattr(one, name) for one in sums) for name in ("total_minor", "rounding_minor", "copies")]
    return (tenders, taxes, of, rest)


def test_a_day_is_what_its_z_reports_say_to_the_cent(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await busy_day(shop, clock)
            await do(shop, PrintReport("z"), MANAGER)
            await do(shop, PrintReport("z"), OTHER_MANAGER)
            day = next(fact.business_date for fact in facts(shop.reader, shop.registry, shop.head.seq))
            closed = [report.sums for report in z_reports(shop) if report.sums]
            assert len(closed) == 2
            await caught_up(shop, *BEHIND)
            now = read_day_sums(shop.reader, day)
            assert now.total_minor == 120 + 360 - 120
            assert money_in([now]) == money_in(closed)
            report = read_day(shop.reader, day, PARIS)
            assert sum(hour.sales.minor for hour in report.hours) == now.total_minor
            assert [(one.sku, one.quantity, one.minor) for one in report.best] == [("milk", 3000, 360)]
            assert report.cashiers == {"cashier": Sum(3, 360)}
            assert report.average_minor == 240
            assert list(differences(shop.reader, shop.registry)) == []

    run(scenario())


def test_what_is_undone_after_midnight_goes_off_the_new_day(tmp_path: Path) -> None:
    """A sale of before midnight, voided behind it: both days together are what one Z over both says."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await sell(shop, MILK, Pay("card"))
            before = next(fact.business_date for fact in facts(shop.reader, shop.registry, shop.head.seq))
            clock.advance(24 * 3600)
            await do(shop, VoidLastSale(), MANAGER)
            await do(shop, PrintReport("z"), MANAGER)
            after = next(fact.business_date for fact in facts(shop.reader, shop.registry, shop.head.seq))
            assert before != after
            await caught_up(shop, *BEHIND)
            days = [read_day_sums(shop.reader, day) for day in (before, after)]
            assert [day.total_minor for day in days] == [120, -120]
            assert days[1].tenders["card"].minor == -120
            (z,) = z_reports(shop)
            assert z.sums is not None
            assert z.sums.total_minor == sum(day.total_minor for day in days) == 0

    run(scenario())


def test_hours_stand_beside_those_of_a_week_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await sell(shop, MILK, Pay("card"))
            clock.advance(7 * 24 * 3600 + 2 * 3600)
            await sell(shop, MILK, Pay("card"), quantity=2000)
            day = next(fact.business_date for fact in facts(shop.reader, shop.registry, shop.head.seq))
            await caught_up(shop, *BEHIND)
            hours = read_day(shop.reader, day, PARIS).hours
            first, last = hours[0].hour, hours[-1].hour
            assert (last - first) % 24 == 2
            assert hours == (
                Hour(first, Sum(0, 0), Sum(1, 120)),
                Hour((first + 1) % 24, Sum(0, 0), Sum(0, 0)),
                Hour(last, Sum(1, 240), Sum(0, 0)),
            )

    run(scenario())


def test_papers_are_found_by_what_people_know_of_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await busy_day(shop, clock)
            await caught_up(shop, *BEHIND)
            db = shop.reader

            def found(**wanted: object) -> list[tuple[str, int, str, int]]:
                papers = read_papers(db, PaperFilter(**wanted))  # type: ignore[arg-type]
                return [(one.register, one.number, one.kind, one.total_minor) for one in papers]

            sale: PaperKind = "sale"
            assert found()[0] == ("1", 4, "refund", -120)
            assert [one[:2] for one in found()] == [("1", 4), ("1", 3), ("1", 2), ("2", 1), ("1", 1)]
            assert found(number=1) == [("2", 1, sale, 360), ("1", 1, sale, 120)]
            assert found(number=1, register="2") == [("2", 1, sale, 360)]
            assert found(total_minor=360) == [("2", 1, sale, 360)]
            assert [one[2] for one in found(sku="tomato")] == ["void", "sale"]
            assert found(kind="refund", person="cashier") == found(kind="refund")
            assert found(day="2001-01-01") == []
            voided = read_paper(db, "1", 2)
            assert voided is not None
            assert voided.voided_by == 3
            first = read_papers(db, PaperFilter(), limit=2)
            await sell(shop, MILK, Pay("card"))  # meanwhile: the next page goes on where the first one ended
            rest = read_papers(db, PaperFilter(), first[-1].seq)
            assert [(one.register, one.number) for one in (*first, *rest)] == [
                *(("1", 4), ("1", 3), ("1", 2), ("2", 1), ("1", 1))
            ]

    run(scenario())


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (PaperFilter(day="2026-01-01"), "paper_day"),
        (PaperFilter(number=1, register="1"), "paper_number"),
        (PaperFilter(register="1"), "paper_register"),
        (PaperFilter(person="u1"), "paper_person"),
        (PaperFilter(total_minor=100), "paper_total"),
        (PaperFilter(sku="milk"), "PRIMARY KEY (sku=?"),
    ],
)
def test_each_condition_has_its_index_and_nothing_is_sorted(tmp_path: Path, wanted: PaperFilter, index: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            plan = query_plan(shop.reader, wanted)
            assert any(index in step for step in plan), plan
            assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")], plan

    run(scenario())


@pytest.mark.parametrize("most", [1, 4, 99, 100, 101, 12_345, 500_000, 7_777_777])
def test_marks_are_round_few_and_reach_the_top(most: int) -> None:
    marks = ticks(most)
    assert marks[0] == 0
    assert marks[-1] >= most
    assert len(marks) <= MARKS + 1
    assert str(marks[1]).rstrip("0") in ("1", "2", "5")


def test_a_day_without_sales_has_one_mark() -> None:
    assert ticks(0) == ticks(-5) == (0,)


def test_a_day_that_goes_on_is_compared_until_its_hour(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await sell(shop, MILK, Pay("card"))
            clock.advance(3600)
            between_us = shop.now_us()
            clock.advance(3600)
            await sell(shop, MILK, Pay("card"), quantity=2000)
            day = next(fact.business_date for fact in facts(shop.reader, shop.registry, shop.head.seq))
            await caught_up(shop, *BEHIND)
            assert read_sum_until(shop.reader, day, between_us) == Sum(1, 120)
            assert read_sum_until(shop.reader, day, shop.now_us() + 1) == Sum(2, 360)
            assert read_sum_until(shop.reader, "1999-01-01", between_us) == Sum(0, 0)

    run(scenario())


@pytest.mark.parametrize(("now", "before", "percent"), [(112, 100, 12), (0, 50, -100), (50, 0, None), (50, -5, None)])
def test_a_change_is_told_where_there_is_something_to_compare_with(now: int, before: int, percent: int | None) -> None:
    assert change_percent(now, before) == percent
