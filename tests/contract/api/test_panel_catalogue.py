"""The catalogue over HTTP: pages, filters, ETags, and protection against overwriting another person's change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.core.messages import Done
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import RetireProducts, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import Product, Source, Supply, Value
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.importing import ean
from tests.shop_fixture import SYSTEM, run

PRODUCTS = "/api/v1/products"


async def stock(served: Served) -> None:
    """Stock a small dispensary: three products of two brands, in a tree of three categories."""
    tree = (Category("flower", {"en": "Flower"}), Category("indica", {"en": "Indica"}, "flower"))
    strains = (("og", "indica", 15, 21), ("haze", "flower", 5, 9), ("kush", "indica", 22, 30))
    products = tuple(
        Product(
            sku,
            {"en": sku.title()},
            (),
            1000,
            category=category,
            brand="Turtle" if sku != "haze" else "Bud",
            attributes={"THC": Value(f"{low}-{high}%", low * 1000, high * 1000, "%"), "strain": Value(category)},
        )
        for sku, category, low, high in strains
    )
    for command in (SetCategories(tree), SetProducts(products, Source("a list", "ab", 9)), RetireProducts(("milk",))):
        assert isinstance(await served.shop.do(command, SYSTEM), Done)


def test_products_come_in_pages_and_by_what_they_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stock(served)

            async def skus(query: str) -> list[str]:
                answer = await caller.get(f"{PRODUCTS}?{query}")
                assert answer.status == 200, answer
                return [product["sku"] for product in answer.json["products"]]

            assert await skus("category=flower") == ["og", "haze", "kush"]
            assert await skus("category=indica&brand=turtle") == ["og", "kush"]
            assert await skus("category=&limit=1") == ["beer"]
            assert await skus("retired=yes") == ["milk"]
            kush = Product("kush-big", {"en": "Kush, big"}, variant_of="kush", axes={"size": "7 g"})
            await served.shop.do(SetProducts((kush,)), SYSTEM)
            assert await skus("variant_of=kush") == ["kush-big"]
            assert "milk" not in await skus("limit=200")
            assert await skus("attribute=THC:10-20") == ["og"]
            assert await skus("attribute=thc:-9.5") == ["haze"]
            assert await skus("attribute=THC:21-&attribute=strain:Indica") == ["og", "kush"]
            assert (await skus("text=kush-big&attribute="))[0] == "kush-big"
            walked, path = [], f"{PRODUCTS}?category=flower&limit=2"
            while path:
                answer = await caller.get(path)
                walked += [product["sku"] for product in answer.json["products"]]
                path = answer.headers["Link"].split(">")[0].strip("<") if "Link" in answer.headers else ""
            assert walked == ["og", "haze", "kush"]
            seq = served.shop.head.seq
            assert await skus(f"changed_since={seq}&retired=any") == []
            await served.shop.do(SetPrice("haze", 900), SYSTEM)
            assert await skus(f"changed_since={seq}&retired=any") == ["haze"]

    run(scenario())


def test_who_has_it_already_is_told_so_until_it_changes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stock(served)
            for path in (PRODUCTS, f"{PRODUCTS}/og", "/api/v1/categories", "/api/v1/categories/flower"):
                first = await caller.get(path)
                assert first.status == 200
                again = await caller.get(path, If_None_Match=first.headers["Etag"])
                assert (again.status, again.text) == (304, "")
            first = await caller.get(f"{PRODUCTS}/og")
            await served.shop.do(SetPrice("og", 1100), SYSTEM)
            again = await caller.get(f"{PRODUCTS}/og", If_None_Match=first.headers["Etag"])
            assert (again.status, again.json["price_minor"]) == (200, 1100)

    run(scenario())


def test_what_the_shop_pays_is_for_managers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            tea = Product("tea", {"en": "Tea"}, (ean(1),), 300, cost_minor=120, supplies=(Supply("Farm", "T-1", 120),))
            assert isinstance(await served.shop.do(SetProducts((tea,)), SYSTEM), Done)
            token = served.site.door.token
            for path in (f"{PRODUCTS}/tea", f"{PRODUCTS}?limit=200", "/api/v1/queries/product?sku=tea"):
                assert "Farm" not in (await caller.get(path)).text
            assert (await caller.get(f"{PRODUCTS}/tea", Grant=token)).json["cost_minor"] == 120
            assert '"Farm"' in (await caller.get(f"{PRODUCTS}?limit=200", Grant=token)).text
            await caller.set_pin()
            page = "/manager/product?sku=tea"
            closed, opened = await caller.get(page, Register=""), await caller.get(page, Grant=token)
            assert (closed.status, opened.status) == (403, 200)
            for paid in ("Farm", "1.20"):
                assert paid not in closed.text
                assert paid in opened.text
            assert (await caller.get(page, Grant="guessed")).status == 403

    run(scenario())


def test_a_change_says_of_what_it_is_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stock(served)

            async def call(method: str, sku: str, body: Any, **headers: str) -> Any:
                return await caller.call(method, f"{PRODUCTS}/{sku}", body, Grant=served.site.door.token, **headers)

            made = await call("PUT", "tea", {"names": {"en": "Tea"}, "price_minor": 300}, If_None_Match="*")
            assert (made.status, made.json["price_minor"]) == (201, 300)
            assert (await call("PUT", "tea", {"names": {"en": "T"}}, If_None_Match="*")).code == "product_there"
            assert (await call("PUT", "mate", {"names": {"en": "M"}}, If_Match="*")).status == 412
            tag = made.headers["Etag"]
            changed = await call("PATCH", "tea", {"brand": "Leaf"}, If_Match=tag)
            assert (changed.status, changed.json["brand"], changed.json["price_minor"]) == (200, "Leaf", 300)
            late = await call("PATCH", "tea", {"brand": "Blatt"}, If_Match=tag)
            assert (late.status, late.code) == (412, "product_not_as_said")
            id = "0197f000-0000-7000-8000-000000000001"
            for _ in range(2):
                assert (await call("PATCH", "tea", {"brand": "Blatt"}, Idempotency_Key=id)).status == 200
            assert (await caller.get(f"/api/v1/commands/{id}")).status == 200
            assert (await call("PATCH", "nothing", {})).code == "product_unknown"
            assert (await call("PUT", "tea", {"names": {"en": "T"}, "colour": "green"})).code == "body_wrong"
            assert (await call("PUT", "tea", {"names": {"en": "T"}, "category": "nowhere"})).code == "category_unknown"
            denied = await caller.call("PUT", f"{PRODUCTS}/tea", {"names": {"en": "T"}})
            assert denied.status == 403

    run(scenario())


def test_a_field_taken_back_is_what_the_others_say_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stock(served)
            token = served.site.door.token
            path = f"{PRODUCTS}/og"
            patched = await caller.call("PATCH", path, {"brand": "Ours", "price_minor": 1200}, Grant=token)
            assert (patched.json["brand"], patched.json["price_minor"]) == ("Ours", 1200)
            past = (await caller.get(f"{path}/history", Grant=token)).json
            assert (past["lineage"]["brand"]["name"], past["lineage"]["names.en"]["name"]) == ("manager", "a list")
            assert [price["price_minor"] for price in past["prices"]] == [1200, 1000]
            assert [word["product"]["brand"] for word in past["words"]] == ["Ours", "Turtle"]
            back = await caller.call("PATCH", path, {"brand": None}, Grant=token)
            assert (back.json["brand"], back.json["price_minor"]) == ("Turtle", 1200)
            assert (await caller.get(f"{path}/history")).status == 403

    run(scenario())


def test_categories_are_read_and_put(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await stock(served)
            put = await caller.call(
                "PUT",
                "/api/v1/categories/sativa",
                {"names": {"en": "Sativa"}, "parent": "flower"},
                Grant=served.site.door.token,
            )
            assert put.status == 200
            assert await ids(caller, "?parent=flower") == (["indica", "sativa"], None)
            assert await ids(caller, "?limit=2") == (["flower", "indica"], "indica")
            assert await ids(caller, "?after=indica") == (["sativa"], None)
            assert (await caller.get("/api/v1/categories/x")).code == "category_not_found"
            limit = {"equivalent": {"kind": "number", "unit": "g", "most": 30_000}}
            law = {"names": {"en": "Sativa"}, "parent": "flower", "regulated": "cannabis", "attributes": limit}
            for said, kept in (
                (law, law),
                ({"names": {"en": "Sativas"}}, law | {"names": {"en": "Sativas"}}),
                ({"names": {"en": "Sativa"}, "regulated": "", "attributes": {}}, {"parent": "flower"}),
            ):
                put = await caller.call("PUT", "/api/v1/categories/sativa", said, Grant=served.site.door.token)
                found = (await caller.get("/api/v1/categories/sativa")).json
                assert put.status == 200 and {**found, **kept} == found, "what isn't mentioned stays"
            assert not found.keys() & {"regulated", "attributes"}
            circle = {"names": {"en": "Flower"}, "parent": "sativa"}
            refused = await caller.call("PUT", "/api/v1/categories/flower", circle, Grant=served.site.door.token)
            assert (refused.status, refused.code) == (422, "category_circle")

    run(scenario())


async def ids(caller: Caller, query: str) -> tuple[list[str], str | None]:
    found = (await caller.get(f"/api/v1/categories{query}")).json
    return [category["id"] for category in found["categories"]], found["after"]


def test_a_wrong_question_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for query, code in (
                ("colour=red", "argument_unknown"),
                ("retired=maybe", "argument_wrong"),
                ("attribute=THC", "argument_wrong"),
                ("attribute=THC:1.2.3-4", "argument_wrong"),
                ("limit=many", "argument_wrong"),
            ):
                answer = await caller.get(f"{PRODUCTS}?{query}")
                assert (answer.status, answer.code) == (400, code)
            assert (await caller.get(f"{PRODUCTS}/nothing")).code == "product_unknown"

    run(scenario())
