"""A model of prices is made by a process of its own, as a job; what waits for a yes is asked for by the API."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.shop.pricing.commands import TrainPrices
from edge.shop.pricing.queries import model_at, price_models
from tests.flow.test_insight import job_done, opened
from tests.shop_fixture import SYSTEM, run
from tests.unit.test_pricing import lived


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

    run(scenario(), 200)
