"""The search over HTTP: as data, and as the list below the till's input while someone types."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.goods.catalog.commands import SetPrice
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.shop_fixture import MILK, SYSTEM, FakeClock, run

DAY_US = 24 * 3600 * 1_000_000


def test_the_address_of_the_search_is_the_query(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await catch_up(served.shop)
            found = (await caller.get("/api/v1/search?q=mlik&limit=1")).json["result"]
            assert ([one["sku"] for one in found["products"]], found["meant"]) == (["milk"], "milk")
            same = (await caller.get("/api/v1/queries/search?text=mlik&limit=1")).json["result"]
            assert [one["sku"] for one in same["products"]] == ["milk"]
            limits = (await caller.get("/api/v1/search?q=under+2+%E2%82%AC")).json["result"]["limits"]
            assert [(one["name"], one["high"]) for one in limits] == [("price", 2000)]
            assert (await caller.get("/api/v1/products/search?q=mlik&limit=1")).json["result"] == found
            assert (await caller.get("/api/v1/search")).code == "argument_missing"
            assert (await caller.get("/api/v1/search?q=milk&limit=-1")).code == "argument_wrong"

    run(scenario())


def test_the_box_shows_what_was_found_and_what_it_was_found_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await catch_up(served.shop)
            exact = (await caller.get("/fragments/products?text=milk")).text
            assert 'data-sku="milk"' in exact
            assert "Showing results for" not in exact
            misspelt = (await caller.get("/fragments/products?text=mlik")).text
            assert 'data-sku="milk"' in misspelt
            assert "Showing results for “milk”." in misspelt
            assert "No results." in (await caller.get("/fragments/products?text=xqzwv")).text
            assert 'data-sku="milk"' in (await caller.get(f"/fragments/products?text={MILK[-4:]}&lang=he")).text
            assert (await caller.get("/fragments/products")).status == 200

    run(scenario())


def test_prices_are_those_of_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            now_us = FakeClock().at_us
            planned = SetPrice("milk", 99, until_us=now_us + DAY_US)
            assert isinstance(await served.shop.do(planned, SYSTEM), Done)
            await catch_up(served.shop)
            (milk,) = (await caller.get("/api/v1/search?q=milk")).json["result"]["products"]
            assert milk["price_minor"] == 99
            (later,) = (await caller.get(f"/api/v1/search?q=milk&at_us={now_us + 2 * DAY_US}")).json["result"][
                "products"
            ]
            assert later["price_minor"] == 120

    run(scenario())
