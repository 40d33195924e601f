"""Suggestions over HTTP: like a product, for a person by consent, counted by a job, and seen on the manager's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from edge.core.jobs.runner import JobRunner
from edge.core.messages import Done
from edge.core.process.parts import Part
from edge.counter.till.commands import AddLine, LineSold, SellBasket, TenderGiven
from edge.foundation.access.queries import rights_of
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Value
from edge.ordering.recommend.commands import TrainRecommendations
from edge.ordering.recommend.queries import recommendation_models
from edge.people.customers.commands import GiveConsent, WithdrawConsent
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.customers import known
from tests.http_client import when
from tests.shop_fixture import MILK, SYSTEM, done, run

CARD = (TenderGiven("card"),)
API = "/api/v1"


def test_consent_profile_and_its_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            all_rights = {"Grant": served.site.door.token, "Surface": "panel"}
            shop = served.shop
            cheese = tuple(Product(f"cheese{n}", {"en": f"Cheddar cheese {n}"}, price_minor=300) for n in range(3))
            await done(shop, SetProducts(cheese), SYSTEM)
            dana = await known(shop)
            for _ in range(2):
                sale = SellBasket((LineSold(sku="milk"), LineSold(sku="cheese1")), CARD, customer=dana)
                await done(shop, sale)

            async def asked(query: str) -> dict[str, list[str]]:
                answer = await caller.call("GET", f"{API}/recommendations?{query}", **all_rights)
                assert answer.status == 200, answer.text
                return {name: [one["sku"] for one in answer.json[name]] for name in ("again", "new")}

            assert (await asked(f"customer={dana}"))["again"] == []
            for purpose in ("profile", "recommendations"):
                await done(shop, GiveConsent(dana, purpose, "en"), SYSTEM)
            found = await asked(f"customer={dana}&k=5")
            assert found["again"] == ["cheese1", "milk"] and not {"cheese1", "milk"} & set(found["new"])
            profile = await caller.call("GET", f"{API}/customers/{dana}/profile", **all_rights)
            assert profile.json["profile"]["purchases"] == 4
            await done(shop, WithdrawConsent(dana, "profile"), SYSTEM)
            assert (await asked(f"customer={dana}"))["again"] == []
            assert (await caller.call("GET", f"{API}/customers/{dana}/profile", **all_rights)).json["profile"] is None
            looked = {"customer_id": dana, "viewed_products": ["milk"], "purchased_products": ["cheese0"]}
            noted = await caller.call("POST", f"{API}/interactions", looked, **all_rights)
            assert noted.status == 200, noted.text
            assert sorted((await asked("sku=cheese1"))["new"]) == ["cheese0", "cheese2"]
            for query, status in (
                ("customer=c9", 404),
                ("sku=none", 404),
                ("sku=milk&customer=c9", 422),
                ("k=51", 422),
            ):
                assert (await caller.call("GET", f"{API}/recommendations?{query}", **all_rights)).status == status, (
                    query
                )
            text = await caller.call(
                "POST", f"{API}/products/similar", {"text": "chedar chese", "top_k": 2}, **all_rights
            )
            assert {one["sku"] for one in text.json} <= {one.sku for one in cheese} and len(text.json) == 2
            both = await caller.call("POST", f"{API}/products/similar", {"text": "a", "sku": "milk"}, **all_rights)
            assert both.status == 422
            of_one = await caller.call("GET", f"{API}/products/cheese0/similar?top_k=0", **all_rights)
            assert of_one.status == 422

    run(scenario())


def test_what_is_like_a_product_lies_within_ranges(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            all_rights = {"Grant": served.site.door.token, "Surface": "panel"}
            shop = served.shop
            cheese = tuple(Product(f"cheese{n}", {"en": f"Cheddar cheese {n}"}, price_minor=300) for n in range(3))
            fat = [{"fat": Value(f"{share}%", share * 1000, share * 1000, "%")} for share in (20, 25, 30)]
            fatter = (replace(one, attributes=of) for one, of in zip(cheese, fat, strict=True))
            await done(shop, SetProducts(tuple(fatter)), SYSTEM)

            async def alike(**more: Any) -> list[str]:
                body = {"sku": "cheese0", **more}
                answer = await caller.call("POST", f"{API}/products/similar", body, **all_rights)
                return sorted(one["sku"] for one in answer.json)

            assert await alike() == ["cheese1", "cheese2"]
            assert await alike(within_of={"fat": 6_000}) == ["cheese1"], "within 6 % of this one's 20 %"
            assert await alike(ranges=[{"name": "fat", "low": 26_000}]) == ["cheese2"]
            assert await alike(most_minor=1) == []
            none = {"sku": "cheese0", "within_of": {"salt": 1}}
            assert (await caller.call("POST", f"{API}/products/similar", none, **all_rights)).status == 422

    run(scenario())


def test_a_job_counts_and_the_pages_show_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            all_rights = {"Grant": served.site.door.token, "Surface": "panel"}
            shop = served.shop
            served.supervisor.start(Part("jobs", JobRunner(shop, shop.bus, rights_of).run))
            await done(shop, SellBasket((LineSold(sku="milk"), LineSold(sku="tomato", quantity=500)), CARD))
            asked = await shop.do(TrainRecommendations(), SYSTEM)
            assert isinstance(asked, Done)

            async def state() -> str:
                return str(shop.reader.execute("SELECT state FROM job WHERE id = ?", (asked.result,)).fetchone()[0])

            await when(state, lambda now: now == "done", "the job is done", 60, 0.02)
            (made,) = recommendation_models(shop.reader)
            assert (made.trained.outcome, made.trained.baskets) == ("not_enough", 0), "days before today"

            async def sold() -> int:
                return int(shop.reader.execute("SELECT count(*) FROM search_sold").fetchone()[0])

            await when(sold, lambda count: count == 2, "what sells is counted", 60, 0.02)
            for language, word in (
                ("en", "not enough baskets"),
                ("fr", "pas encore assez de paniers"),
                ("he", "אין עדיין מספיק סלים"),
            ):
                page = await caller.call("GET", f"/manager/recommend?lang={language}", **all_rights)
                assert page.status == 200 and word in page.text
                main = page.text.split("<main")[1].replace('data-setting="recommend.', "")
                assert "recommend." not in main.replace("name=recommend.", "")
            await done(shop, AddLine(MILK))
            line = await caller.call("GET", "/till/suggestions?register=1&lang=en", **all_rights)
            assert 'data-suggested="tomato"' in line.text and "Tomatoes" in line.text
            waved = await caller.call("GET", "/till/suggestions?register=1&lang=en&waved=tomato", **all_rights)
            assert "data-suggested" not in waved.text
            set_id = line.text.split('data-set="')[1].split('"')[0]
            noted = await caller.call(
                "POST", f"{API}/recommendations/{set_id}/outcome", {"outcome": "taken"}, **all_rights
            )
            assert noted.status == 200
            await done(shop, SetSetting("recommend.till", False), SYSTEM)
            off = await caller.call("GET", "/till/suggestions?register=1&lang=en", **all_rights)
            assert off.status == 200 and "data-suggested" not in off.text

    run(scenario())
