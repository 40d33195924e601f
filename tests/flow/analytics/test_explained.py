"""Each figure of a day and of a Z report is made of facts, and adds up from them to the cent."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec

from edge.analytics.insight.explain import ExplainFigure
from edge.core.command_bus import CommandBus
from edge.core.journal.figure_trace import ExplainedFigure
from edge.counter.reports.figure_paths import unit_of
from edge.counter.reports.figures import figures_of, read_z_sums
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    OverridePrice,
    Pay,
    PrintReport,
    ReprintReceipt,
    VoidLastSale,
)
from edge.counter.till.events import ReportPrinted, SaleCompleted
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.shop_fixture import MANAGER, MILK, FakeClock, done, open_shop, run

OTHER = msgspec.structs.replace(MANAGER, register="2")


async def sell(shop: CommandBus, kind: str = "cash") -> SaleCompleted:
    await done(shop, AddLine(MILK), MANAGER)
    events = (await done(shop, Pay(kind), MANAGER)).events  # type: ignore[arg-type]
    return next(event for event in events if isinstance(event, SaleCompleted))


async def a_day(shop: CommandBus, clock: FakeClock) -> str:
    """A day with everything that changes a figure; its date."""
    await sell(shop)
    await sell(shop, "card")
    await done(shop, VoidLastSale(), MANAGER)
    await done(shop, AddLine(MILK), OTHER)
    await done(shop, OverridePrice(1, 99), OTHER)
    await done(shop, Pay("card"), OTHER)
    await done(shop, AddLine(MILK), MANAGER)
    await done(shop, AbandonBasket(), MANAGER)
    sale = await sell(shop)
    await done(shop, ReprintReceipt(sale.number), MANAGER)
    clock.advance(60)
    (day,) = shop.reader.execute("SELECT max(business_date) FROM journal").fetchone()
    return str(day)


def explain(shop: CommandBus, of: str, path: str, *key: str) -> ExplainedFigure:
    """A figure of a day or a Z report that adds up from its facts."""
    asked = ExplainFigure(f"reports.{of}_{unit_of(path)}", "", "", "\n".join((*key, path)), "Europe/Paris")
    found = asked.read(shop.reader, shop.registry)
    assert found is not None, path
    assert (found.left_over, found.faults) == ((0, 0), ()), path
    return found


def test_all_figures_of_a_day_add_up_from_its_facts(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            days = [await a_day(shop, clock)]
            clock.advance(86_400)
            await done(shop, VoidLastSale(), MANAGER)  # of the day before
            days.append(await a_day(shop, clock))
            await catch_up(shop)
            for day in days:
                figures = figures_of(read_day_sums(shop.reader, day))
                assert figures["total_minor"] and figures["taxes.VAT 5500.tax_minor"]
                assert figures["cleared.minor"] == 120
                for path, amount in figures.items():
                    found = explain(shop, "day", path, day)
                    assert found.shown[0] == amount == sum(one.numerator for one in found.parts), path
            assert explain(shop, "day", "total_minor", "2020-01-01").parts == ()

    run(check())


def test_all_figures_of_a_z_report_add_up_from_its_facts(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for number in (1, 2):
                await a_day(shop, clock)
                (report,) = (await done(shop, PrintReport("z"), MANAGER)).events
                assert isinstance(report, ReportPrinted) and report.sums is not None
                for path, amount in figures_of(report.sums).items():
                    found = explain(shop, "z", path, "1", str(number))
                    assert found.shown[0] == amount, path
                    assert {one.register for one in found.parts} == {"1"}
                assert explain(shop, "z", "total_minor", "1", str(number)).shown == (report.total_minor, 0)
            assert read_z_sums(shop.reader, shop.registry, "1", 9) is None

    run(check())


def test_a_figure_that_no_fact_accounts_for_is_found(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            day = await a_day(shop, clock)
            await catch_up(shop)
            spoil = "UPDATE register_day SET body = CAST(replace(CAST(body AS TEXT), '120', '121') AS BLOB)"
            await shop.maintain(lambda db: db.execute(spoil))
            asked = ExplainFigure("reports.day_minor", "", "", f"{day}\ncleared.minor", "Europe/Paris")
            found = asked.read(shop.reader, shop.registry)
            assert found is not None and found.left_over == (1, 0)

    run(check())


def test_the_page_lists_every_figure_of_a_day_and_of_a_z_report_and_each_opens(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            shop, day = served.shop, await a_day(served.shop, clock)
            await done(shop, PrintReport("z"), MANAGER)
            await catch_up(shop)
            today = (await caller.get("/manager/today")).text
            assert f"/manager/explained?register=1&amp;day={day}" in today
            z_sums = read_z_sums(shop.reader, shop.registry, "1", 1)
            assert z_sums is not None
            for asked, of, key, sums in (
                (f"day={day}", "day", (day,), read_day_sums(shop.reader, day)),
                ("of=1&z=1", "z", ("1", "1"), z_sums),
            ):
                page = (await caller.get(f"/manager/explained?{asked}")).text
                figures = figures_of(sums)
                assert len(figures) > 10
                for at, path in enumerate(figures):
                    name, whole = f"reports.{of}_{unit_of(path)}", quote("\n".join((*key, path)), safe="/")
                    link = f"/manager/figure?register=1&amp;name={name}&amp;key={whole}"
                    assert link in page, link
                    language = ("en", "fr", "he")[at % 3]
                    answer = await caller.get(link.replace("&amp;", "&") + f"&lang={language}")
                    assert answer.status == 200, answer.text[-500:]
                    assert 'id="adds-up" class="hint"' in answer.text and 'id="chain" class="hint"' in answer.text
                    seqs = [one.seq for one in explain(shop, of, path, *key).parts]
                    assert all(f"/manager/journal?register=1&amp;before={seq + 1}" in answer.text for seq in seqs)
            for odd in (
                *(f"name=reports.day_minor&key={day}%0A{path}" for path in ("nothing", "first", "sales.count")),
                *("name=reports.day_minor&key=nonsense%0Atotal_minor", "name=reports.day_minor&key=total_minor"),
                *(f"name=reports.z_minor&key=1%0A{number}%0Atotal_minor" for number in ("9", "-1", "9" * 30)),
            ):
                assert (await caller.get(f"/manager/figure?{odd}")).status == 404, odd
            journal = (await caller.get("/manager/journal?type=SaleCompleted")).text
            assert "/manager/sale?register=1&amp;number=1" in journal
            sale = (await caller.get("/manager/sale?register=1&number=1")).text
            assert 'id="proof" class="hint"' in sale and "/manager/journal?register=1&amp;before=" in sale
            rows = (await caller.get(f"/manager/insight?from={day}&to={day}&kpi=sales")).text
            assert f"/manager/figure?register=1&amp;name=sales&amp;from={day}&amp;to={day}" in rows

    run(check(), 120)
