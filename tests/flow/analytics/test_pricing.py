"""A model of prices is made by a process of its own, as a job; what waits for confirmation is asked for by the API."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from edge.analytics.pricing.commands import TrainPrices
from edge.analytics.pricing.queries import model_at, price_models
from edge.analytics.pricing.watches import WATCHES
from edge.core.messages import Done
from edge.foundation.alerts.alert_texts import advice, title
from edge.lib.i18n import translate
from tests.flow.analytics.test_insight import job_done, opened
from tests.http_client import when
from tests.shop_fixture import SYSTEM, run
from tests.unit.analytics.test_pricing import lived


def test_a_job_makes_a_model_and_proposes_prices(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with opened(tmp_path) as (served, caller):
            asked = await served.shop.do(TrainPrices(), SYSTEM)
            assert isinstance(asked, Done)
            await job_done(served, asked.result)
            (young,) = price_models(served.shop.reader)
            assert young.outcome == "not_enough" and model_at(served.shop.reader, 0) is None
            db = served.shop._writer._db
            lived(db, {"milk": 120, "beer": 250, "tomato": 399})
            db.execute("UPDATE product SET priced_us = 0")
            asked = await served.shop.do(TrainPrices(), SYSTEM)
            assert isinstance(asked, Done)
            await job_done(served, asked.result)
            model = model_at(served.shop.reader, 0)
            assert model and model.outcome == "deployed" and model.right > 800 and model.baskets > 2_000
            status, answer = await caller.get("queries/proposed_prices")
            assert status == 200 and {one["sku"] for one in answer["result"]} == {"milk", "beer", "tomato"}
            page = await caller.page("/manager/pricing?lang=fr")
            assert page.count("TakeProposedPrices") == 3 and "NaN" not in page
            links = re.findall(r'href="(/manager/figure\?[^"]*)', page)
            names = [re.findall(r"name=pricing\.(\w+)", link)[0] for link in links]
            for name in (
                "suggested_price",
                "price_now",
                "suggested_sells",
                "sells_now",
                "suggested_earns",
                "earns_now",
            ):
                assert names.count(name) == 3, name
            assert names.count("strength") == len(model.strengths)
            for link in links:
                figure = await caller.page(unescape(link))
                assert 'id="adds-up" class="hint"' in figure, link
                assert "/manager/journal?" in figure or "pricing.baskets" in link, link

    run(scenario(), 200)


def test_a_job_that_dies_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.analytics.pricing.jobs.TRAINER", "edge.analytics.pricing.rules_of_nobody")

    async def scenario() -> None:
        async with opened(tmp_path) as (served, _):
            asked = await served.shop.do(TrainPrices(), SYSTEM)
            assert isinstance(asked, Done)
            db = served.shop.reader

            async def state() -> str:
                return str(db.execute("SELECT state FROM job WHERE id = ?", (asked.result,)).fetchone()[0])

            await when(state, lambda now: now == "failed", "the job fails", 60, 0.02)
            (told,) = next(watch for watch in WATCHES if watch.kind == "model_failed").read(db, 0, "2027-01-15")
            said = {"en": "stopped unexpectedly", "fr": "arrêté de façon inattendue", "he": "נעצר באופן לא צפוי"}
            for language, word in said.items():
                text = advice(language, "model_failed", told.values)
                assert word in text and "pricing." not in text and "…" not in text, text
            message = db.execute("SELECT message FROM job WHERE id = ?", (asked.result,)).fetchone()[0]
            assert "Sunday" in translate("en", message, status=1), "not tonight"
            assert title("en", "prices_proposed", {"count": 1}) == "There is a new price suggestion"

    run(scenario(), 200)
