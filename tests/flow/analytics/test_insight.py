"""A shop that has lived, over HTTP: forecasts, risk, key figures and reports; equal to the Z papers to the cent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openpyxl import Workbook

from edge.analytics.forecast.commands import ImportHistory, PromoteModel, RetrainForecasts, SetOccasion
from edge.analytics.forecast.events import ForecastTrained
from edge.analytics.forecast.learning.nightly_forecasts import NightlyForecasts
from edge.analytics.insight.queries import read_sums
from edge.analytics.insight.rules import DaySpan
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.core.jobs.runner import JobRunner
from edge.core.journal.rows import facts
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.events import ReportPrinted
from edge.foundation.access.queries import rights_of
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_folders import new_place
from edge.lib.i18n import LANGUAGES, translate
from tests.browser.serving import Served, serve
from tests.http_client import when
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, run

TODAY = date(2027, 1, 15)
NOW_US = 1_800_000_000_000_000
"""2027-01-15, 08:00 UTC."""
SHOP = (
    CONFIG.replace('currency = "EUR"', 'currency = "ILS"').replace('"Europe/Paris"', '"Asia/Jerusalem"')
    + """
[[tax.class]]
id = "exempt"
"""
)
DAYS = 40


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a shop with forty days behind it."""
    folder = tmp_path_factory.mktemp("lived")
    live_through(config(folder, SHOP), demo_catalog.products()[:60], TODAY, DAYS, 10)
    yield folder


class Caller:
    """Asks the API as this machine's command line does."""

    def __init__(self, session: aiohttp.ClientSession, served: Served) -> None:
        self._session, self._served = session, served

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session.get(self._served.url + "/api/v1/" + path, headers=self._headers) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            return answer.status, await answer.json() if "json" in answer.content_type else text

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        url = self._served.url + "/api/v1/" + path
        async with self._session.post(url, json=body, headers=self._headers) as answer:
            return answer.status, await answer.json()

    async def status(self, path: str) -> int:
        async with self._session.get(self._served.url + path, headers=self._headers) as answer:
            return answer.status

    async def page(self, path: str) -> str:
        async with self._session.get(self._served.url + path, headers=self._headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Grant": self._served.site.door.token, "Surface": "panel", "Register": "1"}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[Served, Caller]]:
    clock = FakeClock(NOW_US)
    async with serve(folder, SHOP, clock=clock) as served, aiohttp.ClientSession() as session:
        served.supervisor.start(Part("jobs", JobRunner(served.shop, served.shop.bus, rights_of).run))
        db = served.shop.reader

        async def behind() -> int:
            return int(
                db.execute(
                    "SELECT (SELECT max(seq) FROM journal) - min(seq) FROM projection"
                    " WHERE name IN ('demand', 'figures', 'papers', 'register_days')"
                ).fetchone()[0]
            )

        await when(behind, lambda rows: rows < 5_000 and caught_up(served), "projections follow", 90)
        yield served, Caller(session, served)


def caught_up(served: Served) -> bool:
    db = served.shop.reader
    days = db.execute("SELECT count(*) FROM demand_open").fetchone()[0]
    papers = db.execute("SELECT count(DISTINCT business_date) FROM receipt").fetchone()[0]
    sums = db.execute("SELECT total(minor) FROM figure_day WHERE kind = 'all'").fetchone()[0]
    return bool(days == papers and sums == db.execute("SELECT total(total_minor) FROM paper").fetchone()[0])


async def job_done(served: Served, job: int) -> None:
    async def state() -> str:
        row = served.shop.reader.execute("SELECT state, message FROM job WHERE id = ?", (job,)).fetchone()
        assert row[0] != "failed", row
        return str(row[0])

    await when(state, lambda now: now == "done", "the job ends", 180, 0.02)


async def trained(served: Served) -> int:
    outcome = await served.shop.do(RetrainForecasts(), SYSTEM)
    assert isinstance(outcome, Done)
    again = await served.shop.do(RetrainForecasts(), SYSTEM)
    assert isinstance(again, Done) and again.result == outcome.result, "one at a time"
    await job_done(served, outcome.result)
    return int(outcome.result)


def test_a_shop_that_has_lived(lived: Path) -> None:
    async def scenario() -> None:
        async with opened(lived) as (served, caller):
            status, problem = await caller.post("forecast/demand", {"entity_id": "store"})
            assert status == 422 and problem["error"]["code"] == "forecast_none", "before anything was worked out"
            await trained(served)
            await _forecasts(served, caller)
            await _figures(served, caller)
            await _pages(served, caller)
            await _versions(served, caller)

    run(scenario(), 280)


async def _forecasts(served: Served, caller: Caller) -> None:
    for entity in ("store", "category:dairy", "1000"):
        status, made = await caller.post("forecast/demand", {"entity_id": entity})
        assert status == 200 and made["period"] == "weekly" and made["confidence_level"] == 85.0
        values, dates = made["forecast_values"], made["forecast_dates"]
        lower, upper = made["confidence_intervals"]["lower"], made["confidence_intervals"]["upper"]
        assert len(values) == len(dates) == len(lower) == len(upper) == 5
        assert dates == sorted(dates) and all(date.fromisoformat(day).weekday() == 0 for day in dates)
        assert all(0 <= low <= value <= high for low, value, high in zip(lower, values, upper, strict=True))
        widths = [high - low for low, high in zip(lower, upper, strict=True)]
        assert all(later >= 0.999 * earlier for earlier, later in pairwise(widths))
        assert sum(values) > 0 and made["model_version"]
    assert (await caller.post("forecast/demand", {"entity_id": "store"})) == (
        await caller.post("forecast/demand", {"entity_id": "store", "period": "weekly", "horizon": 5})
    )
    status, days = await caller.get("forecasts/demand/store?days=14")
    saturdays = [one for one in days if date.fromisoformat(one["forecast_date"]).weekday() == 5]
    assert len(days) == 14 and [one["predicted_demand"] for one in saturdays] == [0, 0], "the shop is closed"
    await served.shop.do(
        SetProducts((Product("new", {"en": "New cheese"}, price_minor=990, category="dairy"),)), SYSTEM
    )
    status, new = await caller.post("forecast/demand", {"entity_id": "new", "period": "quarterly"})
    assert status == 200 and len(new["forecast_values"]) == 4, "as many as there may be"
    assert not new["sure"] and new["model_name"] == "category" and sum(new["forecast_values"]) > 0
    status, new_risk = await caller.post("forecast/inventory-risk", {"entity_id": "new"})
    assert status == 200 and "unsure" in new_risk["risk_factors"]
    for kind in ("inventory", "supply", "quality"):
        status, told = await caller.get(f"forecasts/{kind}/1000?days=14")
        assert status == 200 and len(told) == 14 and {one["forecast_type"] for one in told} == {kind}
        for one in told:
            assert 0 <= one["confidence_lower"] <= one["predicted_demand"] <= one["confidence_upper"], (kind, one)
            assert one["created_at"].endswith("+00:00")
    assert (await caller.get("forecasts/supply/store"))[0] == 422
    assert (await caller.post("forecasts/retrain", {"entity_ids": ["no such"]}))[0] == 404
    for body, expected in (
        ({"entity_id": "no such"}, 404),
        ({"entity_id": "store", "period": "hourly"}, 422),
        ({"entity_id": "store", "confidence_level": 101}, 422),
        ({"entity_id": "store", "period": "quarterly", "horizon": 5}, 422),
        ({"entity_id": "store", "horizon": 10_000}, 422),
        ({"entity_id": "store", "location_id": "moon"}, 404),
    ):
        status, _ = await caller.post("forecast/demand", body)
        assert status == expected, body
    status, risk = await caller.post("forecast/inventory-risk", {"entity_id": "1000"})
    assert status == 200 and 0 <= risk["stockout_probability"] <= 1
    assert risk["risk_level"] in ("low", "medium", "high", "critical") and risk["recommended_reorder_qty"] % 6000 == 0
    status, several = await caller.post("forecasts", {"entity_ids": ["store", "1000"], "horizon": 2})
    assert status == 200 and [one["item"] for one in several] == ["store", "store", "1000", "1000"]
    status, alerts = await caller.get("forecasts/alerts?active=true")
    assert status == 200 and all(one["message"] and one["alert_type"] for one in alerts["alerts"])
    for watch in served.shop.registry.watches.values():
        if watch.kind in ("stockout_risk", "stockout_list", "forecast_drift", "anomaly"):
            for one in watch.read(served.shop.reader, NOW_US, TODAY.isoformat()):
                for language in LANGUAGES:
                    assert "{" not in translate(language, f"alert.{watch.kind}", **one.values)
                    assert "{" not in translate(language, f"alert.{watch.kind}_do", **one.values)


async def _figures(served: Served, caller: Caller) -> None:
    db = served.shop.reader
    days = [day for (day,) in db.execute("SELECT DISTINCT business_date FROM paper ORDER BY 1")]
    zs = [
        (fact.business_date, fact.event.sums.total_minor)
        for fact in facts(db, served.shop.registry)
        if isinstance(fact.event, ReportPrinted) and fact.event.kind == "z" and fact.event.sums
    ]
    assert [day for day, _ in zs] == days
    for day, total in zs:
        assert read_sums(db, "all", DaySpan(day, day)).minor == total == read_day_sums(db, day).total_minor
    span = f"from={days[0]}&to={days[-1]}"
    status, answer = await caller.get(f"insight/kpi?{span}")
    kpis = {one["name"]: one for one in answer["kpis"]}
    assert status == 200 and kpis["sales"]["value"] == sum(total for _, total in zs)
    assert kpis["margin"]["numerator"] / kpis["margin"]["denominator"] == pytest.approx(
        kpis["margin"]["value"] / 1000, abs=0.001
    )
    assert 0 < kpis["margin"]["value"] < 600 and kpis["costed"]["value"] == 1000
    for by in ("day", "hour", "register", "place", "person", "tender"):
        _, told = await caller.get(f"insight/figures/{by}?{span}")
        assert sum(group["sums"]["minor"] for group in told["groups"]) == kpis["sales"]["value"], by
    products = (await caller.get(f"insight/figures/product?{span}"))[1]["groups"]
    categories = (await caller.get(f"insight/figures/category?{span}"))[1]["groups"]
    assert sum(one["sums"]["minor"] for one in products) == sum(one["sums"]["minor"] for one in categories)
    assert (await caller.get("insight/kpi?period=soon"))[0] == 400
    assert (await caller.get("insight/kpi?location=moon"))[0] == 404
    main = (await caller.get(f"insight/kpi?{span}&location=main"))[1]["kpis"]
    assert next(one["value"] for one in main if one["name"] == "sales") == kpis["sales"]["value"], "all sell from there"
    assert (await caller.get(f"insight/figures/product?{span}&location=main"))[0] == 404, "nobody knows that by place"
    for name in ("sales", "margin", "cost"):
        rows = (await caller.get(f"insight/kpi/{name}/rows?{span}"))[1]["rows"]
        assert sum(row["numerator"] for row in rows) == kpis[name]["numerator"], name
    wasted = (await caller.get(f"analytics/waste/report?{span}"))[1]
    assert wasted["cost_minor"] == kpis["waste"]["numerator"] == sum(g["sums"]["minor"] for g in wasted["causes"])
    assert sum(g["sums"]["minor"] for g in wasted["hours"]) == sum(wasted["days"].values()) == wasted["cost_minor"]
    status, report = await caller.get(f"analytics/report/weekly?date={days[-1]}")
    assert report["total_minor"] == sum(total for day, total in zs if day >= report["span"]["first"])
    assert (await caller.get(f"analytics/report/weekly?date={days[0]}"))[1]["made_us"], "it is over, and stays"
    status, pdf = await caller.get(f"analytics/report/daily.pdf?date={days[-1]}&lang=he")
    assert status == 200 and pdf.startswith("%PDF")
    status, table = await caller.get(f"analytics/report/daily.csv?date={days[-1]}")
    assert status == 200 and days[-1] in table
    status, usage = await caller.get("analytics/usage?product_id=1000&period=30d")
    assert status == 200 and usage["mean"] > 0 and usage["cost_minor"] > 0
    assert (await caller.get("analytics/usage?product_id=none"))[0] == 404
    _, soon = await caller.get("analytics/predictions")
    assert soon["predictions"][0]["days_left"] <= soon["predictions"][1]["days_left"]
    assert (await caller.get("analytics/waste?period=30d"))[1]["waste"][0]["cost_minor"] > 0
    assert (await caller.get("insight/anomalies?period=30d"))[0] == 200


async def _pages(served: Served, caller: Caller) -> None:
    for lang in ("en", "fr", "he"):
        assert 'id="by-period"' in await caller.page(f"/manager/forecast?lang={lang}")
        assert 'id="kpis"' in await caller.page(f"/manager/insight?period=30d&lang={lang}")
        assert 'id="report-total"' in await caller.page(f"/manager/report?kind=monthly&date=2027-01-10&lang={lang}")
    assert 'id="margin"' in await caller.page("/manager/today?day=2027-01-14")
    assert 'id="expected-today"' in await caller.page("/manager")


async def _versions(served: Served, caller: Caller) -> None:
    """Something is on, history comes from a file: a new version is another one, on trial; anyone may choose it."""
    db = served.shop.reader
    before = (await caller.post("forecast/demand", {"entity_id": "store", "period": "daily", "horizon": 7}))[1]
    await served.shop.do(SetOccasion("fair", "Town fair", "2027-01-17", "2027-01-18", 300), SYSTEM)
    outside = await served.shop.do(ImportHistory("/etc/hostname"), SYSTEM)
    assert isinstance(outside, Done)

    async def refused() -> str:
        return str(db.execute("SELECT message FROM job WHERE id = ?", (outside.result,)).fetchone()[0])

    await when(refused, lambda why: why == "forecast.not_here", "other files of the machine are not read")
    file = new_place(served.config.folder, "years.xlsx")
    sheet = Workbook()
    for row in (("day", "sku", "sold"), *((date(2026, 11, day), "1000", day) for day in range(1, 29))):
        sheet.active.append(row)
    sheet.save(file)
    brought = await served.shop.do(ImportHistory(str(file)), SYSTEM)
    assert isinstance(brought, Done)
    await job_done(served, brought.result)

    async def days() -> int:
        return int(db.execute("SELECT count(*) FROM demand_day WHERE business_date < '2026-12-01'").fetchone()[0])

    await when(days, lambda count: count == 28, "history is in the tables")
    await trained(served)
    events = [fact.event for fact in facts(db, served.shop.registry) if isinstance(fact.event, ForecastTrained)]
    assert [event.role for event in events] == ["champion", "challenger"]
    outcome = await served.shop.do(PromoteModel(events[1].model_version), SYSTEM)
    assert isinstance(outcome, Done)
    after = (await caller.post("forecast/demand", {"entity_id": "store", "period": "daily", "horizon": 7}))[1]
    assert after["model_version"] == events[1].model_version
    fair = after["forecast_dates"].index("2027-01-17")
    assert after["forecast_values"][fair] > 1.5 * before["forecast_values"][fair]
    assert after["external_factors"]["2027-01-17"]["occasion"] == "Town fair"
    nightly = NightlyForecasts(served.shop, "UTC", served.config.business_date)
    assert nightly.due() is None, "they are as new as can be"
    status, metrics = await caller.get("forecasts/accuracy-metrics")
    assert status == 200 and metrics["backtest"]["wape_store"] > 0
    assert (await caller.post("forecasts/retrain", {}))[0] == 202
    await asyncio.sleep(0)
