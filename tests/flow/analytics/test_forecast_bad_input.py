"""Odd histories and odd questions by the API and on the pages: an honest answer each, no NaN, no crash."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from edge.analytics.forecast.commands import ImportHistory
from edge.core.messages import Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_folders import new_place
from edge.lib.i18n import LANGUAGES
from tests.browser.serving import Served
from tests.flow.analytics.test_insight import NOW_US, Caller, job_done, opened, trained
from tests.http_client import when
from tests.shop_fixture import SYSTEM, run

TODAY = date(2027, 1, 15)
DAYS = 760
ODD = ("steady", "one_day", "zeros", "huge", "gap", "twice", "negative")
"""Products by what is odd about what was sold of them."""


def lines() -> Iterator[str]:
    """Two years of a shop: a day a line, but for those of `gap`, of which a year is missing."""
    yield "day,sku,sold,amount"
    for at in range(DAYS):
        day = TODAY - timedelta(days=DAYS - at)
        steady = 4 + at % 7
        yield f"{day},steady,{steady},{steady}"
        yield f"{day},zeros,0,0"
        yield f"{day},huge,{100_000 if at == DAYS - 30 else 3},3"
        yield f"{day},twice,1,1"
        yield f"{day},twice,2,2"
        yield f"{day},negative,{-5 if at % 2 else 4},1"
        if not 200 <= at < 565:
            yield f"{day},gap,5,5"
    yield f"{TODAY - timedelta(days=1)},one_day,3,3"


async def prepared(served: Served) -> None:
    """The products are there, their past is brought in, and forecasts are made."""
    products = tuple(Product(sku, {"en": sku}, price_minor=100) for sku in (*ODD, "unsold"))
    assert isinstance(await served.shop.do(SetProducts(products), SYSTEM), Done)
    file = new_place(served.config.folder, "years.csv")
    file.write_text("\n".join(lines()) + "\n")
    brought = await served.shop.do(ImportHistory(str(file)), SYSTEM)
    assert isinstance(brought, Done)
    await job_done(served, brought.result)

    async def days() -> int:
        return int(served.shop.reader.execute("SELECT count(*) FROM demand_open").fetchone()[0])

    await when(days, lambda count: count == DAYS, "the past is in the tables", 60)
    await trained(served)


def told(answer: Any) -> dict[str, Any]:
    """A forecast that is one: whole numbers, none below 0, each within its interval."""
    text = json.dumps(answer, allow_nan=False)
    assert "NaN" not in text and "null" not in text
    limits = answer["confidence_intervals"]
    for low, value, high in zip(limits["lower"], answer["forecast_values"], limits["upper"], strict=True):
        assert isinstance(value, int) and 0 <= low <= value <= high
    found: dict[str, Any] = answer
    return found


def test_odd_histories_and_odd_questions(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            for lang in LANGUAGES:
                assert 'id="by-period"' not in await caller.page(f"/manager/forecast?lang={lang}"), (
                    "nothing is known yet"
                )
                await caller.page(f"/manager/insight?lang={lang}")
            await prepared(served)
            daily = {}
            for sku in (*ODD, "unsold", "store"):
                for period in ("daily", "weekly", "monthly", "quarterly"):
                    asked = {"entity_id": sku, "period": period}
                    status, answer = await caller.post("forecast/demand", asked)
                    assert status == 200, (asked, answer)
                    made = told(answer)
                    if period == "daily":
                        daily[sku] = made
                page = await caller.page(f"/manager/forecast?item={sku}&period=daily")
                assert "NaN" not in page and ("by-period" in page) == (sku in daily)
                status, risk = await caller.post("forecast/inventory-risk", {"entity_id": sku})
                assert status in (200, 404, 422) and "NaN" not in json.dumps(risk)
            _as_said(daily)
            await _questions(caller)
            await _two_at_once(served, caller)

    run(scenario(), 280)


def _as_said(daily: dict[str, Any]) -> None:
    """What each odd history comes to."""
    assert not daily["unsold"]["sure"] and daily["unsold"]["model_name"] == "alike", "by the others, and says so"
    assert not daily["one_day"]["sure"] and daily["one_day"]["days_usable"] == 1
    assert not any(daily["zeros"]["forecast_values"]) and daily["zeros"]["days_usable"] == DAYS, "nobody wants it"
    assert max(daily["huge"]["forecast_values"]) < 50_000 and daily["huge"]["days_damped"] == 1
    assert daily["gap"]["days_unknown"] == 0 and 2_000 < daily["gap"]["forecast_values"][0] <= 6_000
    assert daily["twice"]["forecast_values"][0] == pytest.approx(3_000, abs=300), "both lines of a day count"
    assert daily["steady"]["days_usable"] == DAYS and sum(daily["steady"]["forecast_values"]) > 20_000


async def _questions(caller: Caller) -> None:
    """A horizon of ten thousand days, and what is no question at all."""
    for body, status in (
        ({"entity_id": "steady", "horizon": 10_000}, 422),
        ({"entity_id": "steady", "horizon": -1}, 422),
        ({"entity_id": "", "period": "daily"}, 422),
        ({"entity_id": "steady", "confidence_level": "NaN"}, 422),
        ({"entity_id": "steady", "more": 1}, 422),
        ({"entity_id": "steady", "location_id": "main"}, 200),
        ([], 422),
    ):
        answered, problem = await caller.post("forecast/demand", body)
        assert answered == status and (status == 200 or problem["error"]["message"]), body
    for path, status in (
        ("forecasts/demand/steady?days=10000", 422),
        ("forecasts/demand/steady?days=-1", 422),
        ("forecasts/demand/steady?location_id=moon", 404),
        ("forecasts/accuracy-metrics?model=none", 404),
        ("forecasts/accuracy-metrics?category=none", 404),
        ("forecasts/accuracy-metrics?location_id=moon", 404),
        ("insight/kpi?from=2027-02-01&to=2027-01-01", 400),
        ("insight/kpi?period=10000d", 400),
        ("insight/kpi/none/rows", 404),
        ("analytics/report/daily?date=soon", 400),
        ("analytics/report/yearly", 404),
        ("analytics/usage?product_id=none", 404),
    ):
        answered, problem = await caller.get(path)
        assert answered == status and problem["error"]["message"], path
    for path, status in (
        ("/manager/forecast?period=hourly", 400),
        ("/manager/forecast?item=none", 200),
        ("/manager/insight?period=10000d", 400),
        ("/manager/insight?period=7d&kpi=none", 200),
        ("/manager/report?kind=daily&date=soon", 400),
    ):
        assert await caller.status(path) == status, path


async def _two_at_once(served: Served, caller: Caller) -> None:
    """Whoever asks while a version is made gets that one's job."""
    answers = await asyncio.gather(*(caller.post("forecasts/retrain", {}) for _ in range(4)))
    assert {status for status, _ in answers} == {202} and len({answer["job"] for _, answer in answers}) == 1
    await job_done(served, answers[0][1]["job"])
    assert served.shop.now_us() == NOW_US
