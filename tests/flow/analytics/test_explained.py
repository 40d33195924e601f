"""Each figure of a day and of a Z report is made of facts, and adds up from them to the cent."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec

from edge.core.command_bus import CommandBus
from edge.counter.reports.explained import explain_day, explain_z
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
                found = explain_day(shop.reader, shop.registry, day)
                assert found.figures["total_minor"] and found.figures["taxes.VAT 5500.tax_minor"]
                assert found.figures["cleared.minor"] == 120
                assert (found.unexplained, found.faults) == ({}, ())
            assert explain_day(shop.reader, shop.registry, "2020-01-01").facts == ()

    run(check())


def test_all_figures_of_a_z_report_add_up_from_its_facts(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for number in (1, 2):
                await a_day(shop, clock)
                (report,) = (await done(shop, PrintReport("z"), MANAGER)).events
                assert isinstance(report, ReportPrinted)
                found = explain_z(shop.reader, shop.registry, "1", number)
                assert found is not None and found.figures["total_minor"] == report.total_minor
                assert {one.register for one in found.facts} == {"1"}
                assert (found.unexplained, found.faults) == ({}, ())
            assert explain_z(shop.reader, shop.registry, "1", 9) is None

    run(check())


def test_a_figure_that_no_fact_accounts_for_is_found(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            day = await a_day(shop, clock)
            await catch_up(shop)
            spoil = "UPDATE register_day SET body = CAST(replace(CAST(body AS TEXT), '120', '121') AS BLOB)"
            await shop.maintain(lambda db: db.execute(spoil))
            assert explain_day(shop.reader, shop.registry, day).unexplained

    run(check())


def test_the_page_opens_every_figure_of_today_and_of_a_z_report(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            day = await a_day(served.shop, clock)
            await done(served.shop, PrintReport("z"), MANAGER)
            await catch_up(served.shop)
            today = (await caller.get("/manager/today")).text
            assert f"/manager/explained?register=1&amp;day={day}" in today
            for asked, found in (
                (f"day={day}", explain_day(served.shop.reader, served.shop.registry, day)),
                ("of=1&z=1", explain_z(served.shop.reader, served.shop.registry, "1", 1)),
            ):
                assert found is not None and len(found.figures) > 10
                for figure in found.figures:
                    for language in ("en", "he"):
                        answer = await caller.get(f"/manager/explained?{asked}&figure={quote(figure)}&lang={language}")
                        assert answer.status == 200, answer.text[-500:]
                        assert 'id="adds-up" class="hint"' in answer.text and 'id="chain" class="hint"' in answer.text
                        seqs = [one.seq for one in found.facts if figure in one.parts]
                        assert all(f"/manager/journal?register=1&amp;before={seq + 1}" in answer.text for seq in seqs)
            journal = (await caller.get("/manager/journal?type=SaleCompleted")).text
            assert "/manager/sale?register=1&amp;number=1" in journal
            sale = (await caller.get("/manager/sale?register=1&number=1")).text
            assert 'id="proof" class="hint"' in sale and "/manager/journal?register=1&amp;before=" in sale
            rows = (await caller.get(f"/manager/insight?from={day}&to={day}&kpi=sales")).text
            assert f"/manager/figure?register=1&amp;name=sales&amp;from={day}&amp;to={day}" in rows

    run(check())
