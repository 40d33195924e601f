"""The morning after a move: figures stand on the imported past, and each says that it does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import aiohttp

from edge.analytics.insight.reports import read_report
from edge.analytics.insight.rules import DaySpan
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import SetBom
from edge.analytics.production.day_plan import production_plan
from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import FileKind, MovedFile
from edge.core.command_bus import CommandBus
from edge.core.jobs.runner import JobRunner
from edge.core.journal.projections import caught_up
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.loyalty.commands import SetTier
from edge.counter.loyalty.loyalty import Tier
from edge.counter.loyalty.queries import membership
from edge.foundation.access.queries import rights_of
from edge.foundation.alerts.alert_texts import advice
from edge.goods.ingest.import_folders import bring
from edge.goods.search.queries import best_sellers
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.i18n import LANGUAGES, translate
from edge.people.customers.queries import by_email
from tests.browser.serving import Served, serve
from tests.flow.analytics.test_insight import NOW_US, SHOP, TODAY, Caller, job_done, trained
from tests.shop_fixture import SYSTEM, FakeClock, run

CATALOGUE = """\
Token,Item Name,Variation Name,SKU,Category,Price,Option Name 1,Option Value 1,Default Unit Cost
T1,Flat White,Small,FW-S,Hot drinks,3.50,Size,Small,0.80
T2,Flat White,Large,FW-L,Hot drinks,4.20,Size,Large,1.00
T3,Mug,Regular,MUG,Home,14.00,,,6.00
"""
CUSTOMERS = """\
First Name,Last Name,Email Address,Points Balance
Ada,Lovelace,ada@example.com,520
"""
DAYS = 420
"""More than a year, so that last year's days are among them."""


def past() -> str:
    """Square's lines: four large and one small a day, and a mug on Fridays."""
    rows = ["Date,Time,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type"]
    for at in range(1, DAYS + 1):
        day = TODAY - timedelta(days=at)
        sold = [("Flat White", "Large", "FW-L", 4, "16.80"), ("Flat White", "Small", "FW-S", 1, "3.50")]
        sold += [("Mug", "Regular", "MUG", 1, "14.00")] if day.weekday() == 4 else []
        rows += [
            f"{day},10:00:00,{item},{quantity},{size},{sku},{minor},0.00,{minor},0.00,R{at},Payment"
            for item, size, sku, quantity, minor in sold
        ]
    return "\n".join(rows) + "\n"


async def moved_in(served: Served, folder: Path) -> int:
    """The job that took the three files."""
    files = []
    kinds: tuple[tuple[FileKind, str, dict[str, str]], ...] = (
        ("sales_lines", past(), {}),
        ("customers", CUSTOMERS, {"member": "members"}),
        ("catalogue", CATALOGUE, {}),
    )
    for kind, text, answers in kinds:
        file = folder / f"{kind}.csv"
        file.write_text(text, "utf-8")
        files.append(MovedFile(str(bring(served.shop.path.parent, file)), kind, answers))
    done = await served.shop.do(MoveIn(tuple(files)), SYSTEM)
    assert isinstance(done, Done), done
    await job_done(served, done.result)
    await follow(served.shop)
    return int(done.result)


async def follow(shop: CommandBus) -> None:
    await caught_up(shop, "demand", "search_sold", "figures")


def test_the_first_morning_stands_on_the_imported_past_and_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(NOW_US)
        async with serve(tmp_path, SHOP, clock=clock) as served, aiohttp.ClientSession() as session:
            served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, rights_of).run))
            shop, caller = served.shop, Caller(session, served)
            gold = Tier("gold", {"en": "Gold"}, from_points=500, times_percent=150)
            assert isinstance(await shop.do(SetTier(gold), SYSTEM), Done)
            clock.advance(1)
            job = await moved_in(served, tmp_path)
            clock.advance(1)
            await trained(served)
            await _forecasts_and_orders(shop, caller)
            await _figures(caller)
            assert best_sellers(shop.reader, 3) == ["FW-L", "FW-S", "MUG"]
            ada = by_email(shop.reader, "ada@example.com")
            assert ada is not None
            known = membership(shop.reader, ada, shop.now_us(), TODAY.isoformat())
            assert known and known.tier and (known.tier.id, known.imported) == ("gold", 520)
            await _pages(caller)
            await _production(shop, caller)
            await _running_out(shop, caller)
            back = await shop.do(TakeBackMove(job), SYSTEM)
            assert isinstance(back, Done)
            await job_done(served, back.result)
            await follow(shop)
            assert best_sellers(shop.reader, 3) == []
            assert (await caller.get("insight/figures/day?period=30d"))[1]["groups"] == []

    run(scenario(), 280)


async def _forecasts_and_orders(shop: CommandBus, caller: Caller) -> None:
    status, store = await caller.post("forecast/demand", {"entity_id": "store"})
    assert status == 200 and store["days_usable"] == store["days_imported"] > 300, "days of the imported past"
    status, large = await caller.post("forecast/demand", {"entity_id": "FW-L", "period": "daily"})
    assert status == 200 and large["days_imported"] == large["days_usable"]
    assert all(3_000 < value < 5_000 for value in large["forecast_values"]), large["forecast_values"]


async def _production(shop: CommandBus, caller: Caller) -> None:
    bom = Bom("latte", "FW-L", lines=(BomLine("MUG", 1000),))
    assert isinstance(await shop.do(SetBom(bom), SYSTEM), Done)
    day = TODAY.isoformat()
    plan = production_plan(shop.reader, day, day)
    assert plan.imported and [one.sku for one in plan.lines] == ["FW-L"]
    assert 'id="imported-basis"' in await caller.page(f"/manager/production?day={day}")


async def _running_out(shop: CommandBus, caller: Caller) -> None:
    """One large cup is left: its alert says on what it rests, and so does the day's report."""
    assert isinstance(await shop.do(MoveStock("received", (Moved("FW-L", 1_000),)), SYSTEM), Done)
    await follow(shop)
    today = TODAY.isoformat()
    conditions = list(shop.registry.watches["stockout_risk"].read(shop.reader, NOW_US, today))
    (large,) = [one for one in conditions if one.subject == "FW-L"]
    status, told = await caller.get("forecasts/alerts?active=true")
    assert status == 200
    assert [one["imported"] for one in told["alerts"] if one["alert_id"] == "stockout_risk/FW-L"] == [True]
    report = read_report(shop.reader, "daily", DaySpan(today, today))
    yesterday = 1680 + 350 + (1400 if (TODAY - timedelta(days=1)).weekday() == 4 else 0)
    assert report.imported and (report.before_minor, report.before_imported_minor) == (0, yesterday)
    for lang in LANGUAGES:
        assert advice(lang, "stockout_risk", large.values).endswith(translate(lang, "alert.imported_basis"))
        page = await caller.page(f"/manager/report?kind=daily&date={today}&lang={lang}")
        assert 'id="before-imported"' in page and 'id="imported-basis"' in page


async def _figures(caller: Caller) -> None:
    status, found = await caller.get("insight/figures/product?period=30d")
    assert status == 200
    (first, *_), total = found["groups"], sum(group["sums"]["minor"] for group in found["groups"])
    assert first["key"] == "FW-L" and first["imported_minor"] == first["sums"]["minor"] == 29 * 1680
    for by in ("day", "category"):
        status, found = await caller.get(f"insight/figures/{by}?period=30d")
        assert sum(group["imported_minor"] for group in found["groups"]) == total, by
    status, found = await caller.get("insight/kpi?period=30d")
    sales = next(one for one in found["kpis"] if one["name"] == "sales")
    assert sales["value"] is None, "the shop itself has sold nothing"


async def _pages(caller: Caller) -> None:
    for lang in LANGUAGES:
        insight = await caller.page(f"/manager/insight?period=30d&lang={lang}")
        assert insight.count("data-imported") > 30 and 'id="year-before"' in insight
        assert 'id="imported-basis"' in await caller.page(f"/fragments/today?lang={lang}")
        assert 'id="imported-days"' in await caller.page(f"/manager/forecast?lang={lang}")
        keys = await caller.page(f"/manager/keys?propose=yes&lang={lang}")
        assert 'id="imported"' in keys and "FW-L" in keys
