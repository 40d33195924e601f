"""Totals of days from another system, without products: figures and forecasts stand on them, say so, and let go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.accounting.books.entries import entries
from edge.analytics.forecast.history.imported_days import imported_by_day
from edge.analytics.insight.queries import read_year_before
from edge.analytics.insight.rules import DaySpan
from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import MovedFile
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.jobs.store import read_job_notes
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.queries import rights_of
from edge.lib.i18n import LANGUAGES
from tests.browser.serving import serve
from tests.flow.analytics.test_insight import NOW_US, SHOP, TODAY, Caller, job_done, trained
from tests.flow.backoffice.test_switching import brought, moved
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run

DAYS = 420
EACH = 12_000
"""Cash and card of a day, in minor units."""
TURNOVER = {"turnover": "Total TTC"}


def z_reports() -> str:
    """Z reports in French, in shekels as the shop: totals without and with tax, tenders, and a row of totals."""
    rows = ["N° Z;Date;Total HT;TVA;Total TTC;Espèces;Carte bancaire;Nombre de tickets"]
    for at in range(DAYS, 0, -1):
        day = TODAY - timedelta(days=at)
        rows.append(f"{DAYS - at};{day:%d/%m/%Y};100,00 ₪;20,00 ₪;120,00 ₪;30,00 ₪;90,00 ₪;15")
    rows.append(f"TOTAL;;{DAYS * 100},00 ₪;{DAYS * 20},00 ₪;{DAYS * 120},00 ₪;{DAYS * 30},00 ₪;{DAYS * 90},00 ₪;")
    return "\n".join(rows) + "\n"


HOURS = """\
Date,Hour,Category,Payment Type,Net Sales
2026-07-13,9 AM,Hot drinks,Cash,10.00
2026-07-13,10:00 - 11:00,Home,Visa,20.50
2026-07-14,22:15,Hot drinks,Barter,5.25
"""
RECEIPTS = """\
Date,Time,Receipt number,Total,Payment method,Status
2026-07-13,09:30,R1,10.00,Cash,Closed
2026-07-13,21:05,R2,20.00,Card,Closed
2026-07-13,21:10,R3,4.00,Card,Refund
2026-07-14,08:00,R4,7.00,Card,Voided
"""


def test_z_reports_become_last_years_figures_and_a_forecast(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOW_US)
        async with serve(tmp_path, SHOP, clock=clock) as served, aiohttp.ClientSession() as session:
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, rights_of).run))
            shop, caller = served.shop, Caller(session, served)
            clock.advance(1)
            file = MovedFile(str(brought(shop, tmp_path, "z.csv", z_reports())), "sales_days", TURNOVER)
            began = await shop.do(MoveIn((file,)), SYSTEM)
            assert isinstance(began, Done), began
            await job_done(served, began.result)
            await caught_up(shop, "past_totals", "figures", "demand")
            (note,) = read_job_notes(shop.reader, began.result)
            assert note.values == {"taken_minor": DAYS * EACH, "own_minor": 0, "again_minor": 0}
            await _figures(caller)
            assert not list(entries(facts(shop.reader, shop.registry))), "nothing of it is in the books"
            clock.advance(1)
            await trained(served)
            status, store = await caller.post("forecast/demand", {"entity_id": "store"})
            assert status == 200 and store["days_usable"] == store["days_imported"] > 300
            for lang in LANGUAGES:
                page = await caller.page(f"/manager/insight?period=30d&lang={lang}")
                assert page.count("data-imported") > 30 and 'id="year-before"' in page
            back = await shop.do(TakeBackMove(began.result), SYSTEM)
            assert isinstance(back, Done)
            await job_done(served, back.result)
            await caught_up(shop, "past_totals")
            assert shop.reader.execute("SELECT count(*) FROM past_total").fetchone() == (0,)
            assert (await caller.get("insight/figures/day?period=30d"))[1]["groups"] == []

    run(scenario(), 280)


async def _figures(caller: Caller) -> None:
    for by in ("day", "tender"):
        _, found = await caller.get(f"insight/figures/{by}?period=30d")
        sums = [group["imported_minor"] for group in found["groups"]]
        assert sum(sums) == 29 * EACH and sums == [group["sums"]["minor"] for group in found["groups"]], by
    assert [group["key"] for group in found["groups"]] == ["card", "cash"]
    _, found = await caller.get("insight/kpi?period=30d")
    assert next(one for one in found["kpis"] if one["name"] == "sales")["value"] is None, "the shop has sold nothing"


async def taken(shop: CommandBus, folder: Path, clock: FakeClock, kind: Any, text: str) -> tuple[int, dict[str, Any]]:
    path = brought(shop, folder, "totals.csv", text)
    job, notes = await moved(shop, MoveIn((MovedFile(str(path), kind),)), clock)
    await caught_up(shop, "past_totals", "demand", "figures")
    return job.id, dict(next(note.values for note in notes if note.reason == "moved_totals"))


def parts(shop: CommandBus, grouped: str) -> dict[tuple[str, str], int]:
    rows = shop.reader.execute("SELECT business_date, key, minor FROM past_total WHERE grouped = ?", (grouped,))
    return {(day, key): minor for day, key, minor in rows}


def test_hours_categories_and_tenders_of_a_day_add_up_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            _, sums = await taken(shop, tmp_path, clock, "sales_days", HOURS)
            assert sums["taken_minor"] == 3575
            assert parts(shop, "day") == {("2026-07-13", ""): 3050, ("2026-07-14", ""): 525}
            hours = {hour: minor for (_, hour), minor in parts(shop, "hour").items()}
            assert hours == {"09": 1000, "10": 2050, "22": 525}
            assert parts(shop, "tender") == {
                ("2026-07-13", "cash"): 1000,
                ("2026-07-13", "card"): 2050,
                ("2026-07-14", ""): 525,
            }
            assert parts(shop, "category")["2026-07-13", "Home"] == 2050
            await verify_whole(shop)

    run(scenario())


def test_receipts_without_items_are_totals_less_refunds_and_voids(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            _, sums = await taken(shop, tmp_path, clock, "receipts", RECEIPTS)
            assert sums["taken_minor"] == 2600
            assert parts(shop, "day") == {("2026-07-13", ""): 2600}
            assert parts(shop, "hour") == {("2026-07-13", "09"): 1000, ("2026-07-13", "21"): 1600}
            assert shop.reader.execute("SELECT receipts FROM past_total WHERE grouped = 'day'").fetchone() == (2,)

    run(scenario())


def test_the_newest_import_of_a_day_counts_and_an_undo_brings_the_one_before_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            first, _ = await taken(shop, tmp_path, clock, "sales_days", "Date,Net Sales\n2026-07-13,10.00\n")
            later, _ = await taken(shop, tmp_path, clock, "sales_days", "Date,Net Sales\n2026-07-13,12.00\n")

            def day() -> list[int]:
                return [one.minor for one in imported_by_day(shop.reader, "2026-07-01", "2026-07-31").values()]

            assert day() == [1200]
            for job, left in ((later, [1000]), (first, [])):
                await moved(shop, TakeBackMove(job), clock)
                await caught_up(shop, "past_totals")
                assert day() == left
            await verify_whole(shop)

    run(scenario())


@pytest.mark.parametrize("lines_first", (True, False))
def test_a_day_with_products_keeps_their_sum(tmp_path: Path, lines_first: bool) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            lines = "Date,SKU,Item,Qty,Net Sales,Transaction ID\n2026-07-13,milk,Milk,1,3.00,R1\n"
            files = {"sales_lines": lines, "sales_days": "Date,Net Sales\n2026-07-13,12.00\n2026-07-14,5.00\n"}
            moves: list[MovedFile] = [
                MovedFile(str(brought(shop, tmp_path, f"{kind}.csv", text)), kind)  # type: ignore[arg-type]
                for kind, text in files.items()
            ]
            await moved(shop, MoveIn(tuple(moves if lines_first else moves[::-1])), clock)
            await caught_up(shop, "past_totals", "demand")
            found = imported_by_day(shop.reader, "2026-07-01", "2026-07-31")
            assert {day: one.minor for day, one in found.items()} == {"2026-07-13": 300, "2026-07-14": 500}

    run(scenario())


def test_a_day_of_our_own_stays_as_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            await done(shop, AddLine(MILK), CASHIER)
            await done(shop, Pay("card"), CASHIER)
            await caught_up(shop, "papers")
            (today,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
            _, sums = await taken(shop, tmp_path, clock, "sales_days", f"Date,Net Sales\n{today},12.00\n")
            assert (sums["taken_minor"], sums["own_minor"]) == (0, 1200)
            assert parts(shop, "day") == {}
            assert read_year_before(shop.reader, DaySpan("2026-07-13", "2026-07-13")) is None

    run(scenario())


def test_two_files_of_the_same_days_count_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(NOW_US)) as shop:
            texts = (
                "Date,Net Sales\n2026-07-13,12.00\n",
                "Date,Payment Type,Net Sales\n2026-07-13,Cash,5.00\n2026-07-13,Card,7.00\n",
            )
            paths = (brought(shop, tmp_path, f"{at}.csv", text) for at, text in enumerate(texts))
            files = tuple(MovedFile(str(path), "sales_days") for path in paths)
            for dry in (True, False):
                _, notes = await moved(shop, MoveIn(files, dry_run=dry), clock)
                sums = [dict(note.values) for note in notes if note.reason == "moved_totals"]
                assert [(one["taken_minor"], one["again_minor"]) for one in sums] == [(1200, 0), (0, 1200)]
            await caught_up(shop, "past_totals")
            assert parts(shop, "day") == {("2026-07-13", ""): 1200}
            assert parts(shop, "tender") == {("2026-07-13", "card"): 700, ("2026-07-13", "cash"): 500}

    run(scenario())


async def verify_whole(shop: CommandBus) -> None:
    assert verify(shop.reader, shop.registry).faults == ()
