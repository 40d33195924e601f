"""Perpetual totals of registers, and the sums of closed days, months and years, open and add up from signed papers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.accounting.fiscal.queries import closings, read_register
from edge.core.journal.figure_trace import ExplainedFigure
from edge.counter.till.commands import AddLine, Pay, VoidLastSale
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.fiscal_shop import AUSTRIA, DAY_S, FRANCE, begin, close, sell
from tests.flow.analytics.test_page_figures import explain, open_all
from tests.shop_fixture import CASHIER, MANAGER, MILK, FakeClock, agreed, done, run

DECEMBER_DAYS = 320
"""From 2027-01-15 into December."""


def sum_of(found: ExplainedFigure) -> int:
    return found.before[0] + sum(one.numerator for one in found.parts)


def test_each_fiscal_figure_opens_to_the_papers_and_closings_it_is_made_of(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, FRANCE, clock=clock) as served, calling(served) as caller:
            shop = served.shop
            await begin(shop, "fr")
            await sell(shop, MILK, MILK)
            await sell(shop)
            await done(shop, VoidLastSale(), MANAGER)
            for days in (1, DECEMBER_DAYS, 40):
                clock.advance(days * DAY_S)
                await sell(shop)
                await done(shop, VoidLastSale(), MANAGER)
                await sell(shop, MILK, MILK, MILK)
            await close(shop)
            closed = closings(shop.reader)
            assert {one.kind for one in closed} == {"day", "month", "year"}
            for one in closed:
                shown = {"papers": one.papers, "total": one.total_minor, "closed_perpetual": one.perpetual_minor}
                for name, value in shown.items():
                    found = explain(shop, f"fiscal.{name}", str(one.seq))
                    assert (found.shown[0], sum_of(found)) == (value, value), (name, one.period)
            day, year = (next(one for one in closed if one.kind == kind) for kind in ("day", "year"))
            assert {one.type for one in explain(shop, "fiscal.total", str(day.seq)).parts} == {"PaperSigned"}
            assert {one.type for one in explain(shop, "fiscal.total", str(year.seq)).parts} == {"PeriodClosed"}
            stands = read_register(shop.reader, "fr", "1")
            assert 0 < stands.perpetual_minor < stands.absolute_minor
            now = explain(shop, "fiscal.absolute", "fr", "1")
            assert (now.shown[0], sum_of(now)) == (stands.absolute_minor, stands.absolute_minor)
            assert [one.type for one in now.parts] == ["PeriodClosed", *["PaperSigned"] * 3], "those of today"
            await caller.set_pin()
            grant = await caller.enter_pin()
            names, wrong = await open_all(caller, "/manager/fiscal", Grant=grant)
            assert not wrong
            assert names == {one for one in shop.registry.figures if one.startswith("fiscal.")}
            for odd in ("9" * 30, "-1", "x"):
                page = await caller.get(f"/manager/figure?name=fiscal.total&key={odd}", Grant=grant)
                assert page.status == 404, odd

    run(check(), 240)


def test_where_no_law_closes_days_a_perpetual_total_is_made_of_all_papers_of_its_register(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, AUSTRIA, clock=FakeClock()) as served:
            shop = served.shop
            await begin(shop, "at")
            for register in ("1", "2", "1"):
                actor = msgspec.structs.replace(CASHIER, register=register)
                await agreed(shop, AddLine(MILK), actor)
                await agreed(shop, Pay("card"), actor)
            found = explain(shop, "fiscal.perpetual", "at", "1")
            assert found.shown == (240, 0) and {one.register for one in found.parts} == {"1"}
            assert explain(shop, "fiscal.perpetual", "at", "2").shown == (120, 0)

    run(check())
