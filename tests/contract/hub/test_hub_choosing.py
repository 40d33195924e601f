"""Choosing the content of publications: products of all stores with prices, or a file of prices.

Mistakes are caught before publishing.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.core.messages import Actor, Refused
from edge.foundation.access.rights import ALL
from edge.goods.catalog.commands import ChangePrice, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.catalog.queries import find_by_sku
from edge.lib.tables import write_table
from tests.contract.hub.test_hub_api import Client, House, an_api
from tests.contract.hub.test_hub_staff import hire
from tests.contract.hub.test_hub_tenant_records import send, with_factor
from tests.contract.hub.test_hub_tenants import two_tenants
from tests.hub_chain import a_chain
from tests.shop_fixture import done

PLACE = "/v1/publications/spring"
CHOOSE = "/v1/publications/products"
GOODS = """
    INSERT INTO product (tenant, store, device, sku, names, category, price_minor)
    SELECT 'acme', 'store-' || n, 'box1', sku, names::jsonb, category, price + n * step
    FROM generate_series(1, 3) AS n, (VALUES
        ('1001', '{"en": "Oat milk 1 l", "fr": "Lait d''avoine"}', 'dairy', 250, 0),
        ('1002', '{"en": "Milk 1 l", "fr": "Lait"}', 'dairy', 120, 10),
        ('1003', '{"en": "100% juice"}', 'drinks', 300, 0)) AS made (sku, names, category, price, step);
    INSERT INTO store_record (tenant, store, name, store_group, currency)
    SELECT 'acme', 'store-' || n, 'Shop ' || n, CASE WHEN n < 3 THEN 'north' ELSE '' END, 'EUR'
    FROM generate_series(1, 3) AS n;
    INSERT INTO stock (tenant, store, device, sku, on_hand, average_micro)
    SELECT 'acme', 'store-1', 'box1', '1002', 5000, 80000000
"""


def prices(**said: int) -> dict[str, Any]:
    items = [{"sku": sku.removeprefix("of_"), "price_minor": price} for sku, price in said.items()]
    return {"directives": [{"kind": "prices", "body": {"prices": items}}], "title": "Spring", "pause_s": 0}


def milk_at(price: int) -> dict[str, Any]:
    return {"kind": "prices", "body": {"prices": [{"sku": "milk", "price_minor": price}]}}


async def choose(client: Client, **asked: Any) -> list[str]:
    status, found = await client.post(CHOOSE, asked)
    assert status == 200, found
    return [row["sku"] for row in found["rows"]]


def test_products_of_all_stores_are_chosen_by_words_category_and_number(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(GOODS)
            client = await house.client("acme", "read", "publish")
            assert await choose(client, search="lait") == ["1001", "1002"]
            assert await choose(client, search="en") == [], "a language is no word of a name"
            assert await choose(client, search="100%") == ["1003"]
            assert await choose(client, category="dairy", search="oat") == ["1001"]
            assert await choose(client, skus=["1003", "9999"]) == ["1003"]
            _, found = await client.post(CHOOSE, {"skus": ["1002"]})
            (row,) = found["rows"]
            assert [(one["price_minor"], one["named"]) for one in row["prices"]] == [
                *((130, ["store-1"]), (140, ["store-2"]), (150, ["store-3"])),
            ]
            assert row["cost_minor"] == 80
            _, found = await client.post(CHOOSE, {"skus": ["1002"], "groups": ["north"]})
            assert [one["price_minor"] for one in found["rows"][0]["prices"]] == [130, 140]
            one = await house.client("acme", "read", "publish", stores=["store-1"])
            _, found = await one.post(CHOOSE, {"skus": ["1002"]})
            assert [one["price_minor"] for one in found["rows"][0]["prices"]] == [130], "of its own store alone"
            assert await choose(one, skus=["1002"], stores=["store-2"]) == []
            assert (await one.get("/v1/publications/approvers"))[0] == 403
            other = await house.client("other", "read", "publish")
            assert await choose(other, search="lait") == []

    asyncio.run(scenario())


async def bring(client: Client, house: House, body: bytes, **query: str) -> tuple[int, Any]:
    headers = {**client.headers, "Content-Type": "application/octet-stream"}
    async with aiohttp.ClientSession() as session:
        place = f"{house.base}/v1/publications/price-file"
        async with session.post(place, data=body, headers=headers, params=query) as answer:
            return answer.status, await answer.json(content_type=None)


def test_a_file_of_prices_is_read_as_it_stands_in_any_format(database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            client = await house.client("acme", "read", "publish")
            written = "Référence;Désignation;Prix TTC\n1002;Lait;1,45\n1003;Jus;13.50\n".encode()
            status, found = await bring(client, house, written, name="prix.csv", language="fr")
            assert (status, [(row["line"], row["sku"], row["price"]) for row in found["rows"]]) == (
                *(200, [(2, "1002", "1,45"), (3, "1003", "13.50")]),
            )
            book = tmp_path / "prices.xlsx"
            write_table(book, "xlsx", ("SKU", "Price"), [["1002", "1.45"]])
            status, found = await bring(client, house, book.read_bytes(), name="prices.xlsx", language="en")
            assert [(row["sku"], row["price"]) for row in found["rows"]] == [("1002", "1.45")]
            status, found = await bring(client, house, b"name,colour\nMilk,white\n", name="a.csv", language="fr")
            assert (status, found["code"]) == (422, "not_a_price_file")
            assert "numéro de produit" in found["detail"] and "colour" in found["detail"]

    asyncio.run(scenario())


def test_a_wrong_decimal_comma_is_caught_before_it_is_published(database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await house.owner.execute(GOODS)
            client = await house.client("acme", "read", "publish")
            assert (await send(client, house, "PUT", PLACE, prices(of_1001=260, of_1002=14_500)))[0] == 201
            status, found = await client.post(f"{PLACE}/submit", {})
            assert (status, found["code"]) == (409, "publication_jump")
            assert found["values"] == {"sku": "1002", "now": 14_500, "was": 130, "stores": 3, "every": 1}
            assert await house.owner.fetchval("SELECT state FROM publication") == "draft"
            assert (await client.post(f"{PLACE}/submit", {"jumps": True}))[0] == 200, "somebody looked at it"
            await send(client, house, "PUT", PLACE, prices(of_1001=500))
            assert (await client.post(f"{PLACE}/submit", {}))[0] == 200, "twice as dear is no decimal comma"

    asyncio.run(scenario())


def test_of_two_who_edit_the_later_is_told_and_nothing_is_lost(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with two_tenants(database), an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            dana, other = await with_factor(house), await house.client("acme", "read", "publish")
            await send(other, house, "PUT", PLACE, prices(of_1001=260))

            async def seen() -> str:
                return str((await other.get("/v1/publications"))[1]["rows"][0]["changed_at"])

            first = await seen()
            status, _ = await send(dana, house, "PUT", PLACE, prices(of_1001=270), **{"If-Match": f'"{first}"'})
            assert status == 200
            late = prices(of_1001=280)
            status, found = await send(other, house, "PUT", PLACE, late, **{"If-Match": f'"{first}"'})
            assert (status, found["code"], found["values"]["who"]) == (409, "publication_edited", "dana@example.com")
            kept = await house.owner.fetchval("SELECT directives::text FROM publication WHERE id = 'spring'")
            assert "270" in kept and "280" not in kept
            status, _ = await send(other, house, "PUT", PLACE, late, **{"If-Match": f'"{await seen()}"'})
            assert status == 200, "whoever has looked may"
            assert (await send(other, house, "PUT", PLACE, late, **{"If-Match": "yesterday"}))[0] == 400

    asyncio.run(scenario())


def test_who_may_say_yes_is_named_without_whoever_writes(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            program = await house.client("acme", "read", "publish")
            assert (await program.get("/v1/publications/approvers"))[1] == {"rows": ["dana@example.com"]}

    asyncio.run(scenario())


def test_prices_are_taken_back_to_what_each_store_had(database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain:

            async def milk() -> dict[str, int]:
                rows = await chain.house.owner.fetch("SELECT store, price_minor FROM product WHERE sku = 'milk'")
                return {store: price for store, price in rows if store in ("alder", "birch")}

            await chain.publish(
                "birch-alone",
                milk_at(150),
                stores=["birch"],
            )
            await chain.go()
            assert await milk() == {"alder": 120, "birch": 150}
            deal = {"id": "spring", "names": {"en": "Spring"}, "deal": {"kind": "percent_off", "share": 10_000}}
            both = (
                milk_at(200),
                {"kind": "promotions", "body": {"promotions": [{"set": deal}]}},
                {"kind": "assortment", "body": {"assortment": [{"sku": "milk", "listed": False}]}},
            )
            await chain.publish("spring", *both, stores=["alder", "birch"])
            await chain.go()
            assert await milk() == {"alder": 200, "birch": 200}
            await chain.publish("later", milk_at(210), stores=["birch"])
            await chain.go()
            _, seen, _ = await chain.writer.get("/v1/publications/spring/preview?store=birch&step=take-back")
            assert {(one["kind"], one["field"]): (one["now"], one["finding"]) for one in seen["changes"]} == {
                ("prices", "milk"): (210, "kept"),
                ("promotions", "spring"): (None, ""),
                ("assortment", "milk"): (True, ""),
            }
            assert (await chain.decider.post("/v1/publications/spring/take-back", {}))[0] == 200
            await chain.go()
            assert await milk() == {"alder": 120, "birch": 210}, "what others changed since stays"
            owner = chain.house.owner
            assert await owner.fetchval("SELECT bool_and(listed) FROM assortment WHERE sku = 'milk'")
            assert await owner.fetchval("SELECT count(*) FROM promotion WHERE until_at IS NULL") == 0
            assert await owner.fetchval("SELECT state FROM publication WHERE id = 'spring'") == "taken_back"

    asyncio.run(asyncio.wait_for(scenario(), 200))


def test_products_are_edited_once_for_many_stores_and_taken_back(database: str, tmp_path: Path) -> None:
    """A new product is added to all stores, and another one gets a new name. The preview shows both, and both are
    undone.
    """
    new = {"sku": "tea", "names": {"en": "Green tea"}, "price_minor": 450, "unit": "piece", "codes": ["4006381333931"]}
    edited = {"sku": "milk", "names": {"en": "Fresh milk"}, "brand": "Hill farm"}
    items = [{"product": new}, {"product": edited}]

    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain:
            owner = chain.house.owner

            async def said(sku: str) -> list[tuple[str, str, bool]]:
                rows = await owner.fetch(
                    "SELECT names ->> 'en', brand, retired FROM product"
                    " WHERE sku = $1 AND store IN ('alder', 'birch') ORDER BY store",
                    sku,
                )
                return [tuple(row) for row in rows]

            before = await said("milk")
            both = ["alder", "birch"]
            await chain.publish("range", {"kind": "catalogue", "body": {"products": items}}, stores=both)
            _, seen, _ = await chain.writer.get("/v1/publications/range/preview?store=birch")
            shown = {one["field"]: (one["was"], one["now"], one["finding"]) for one in seen["changes"]}
            assert shown["tea"] == (None, new, "")
            was = shown["milk"][0]
            assert (was["names"]["en"], was["brand"]) == (before[0][0], before[0][1] or "")
            await chain.go()
            assert await chain.state("range") == ("done", dict.fromkeys(both, "applied"))
            assert await said("milk") == [("Fresh milk", "Hill farm", False)] * 2
            assert await said("tea") == [("Green tea", None, False)] * 2
            _, seen, _ = await chain.writer.get("/v1/publications/range/preview?store=birch")
            assert {one["finding"] for one in seen["changes"]} == {"same"}
            assert (await chain.decider.post("/v1/publications/range/take-back", {}))[0] == 200
            await chain.go()
            assert await said("milk") == before
            assert await said("tea") == [("Green tea", None, True)] * 2, "it wasn't there before"

    asyncio.run(asyncio.wait_for(scenario(), 200))


def test_head_office_says_which_fields_of_a_product_its_shops_may_change(database: str, tmp_path: Path) -> None:
    """This is published as a setting. A shop's price change is refused, and head office's next price is applied."""

    async def scenario() -> None:
        async with a_chain(tmp_path, database) as chain:
            shop = chain.shops["alder"].bus
            keeps = {"settings": [{"name": "catalog.office_fields", "value": ["price_minor"]}]}
            both = ({"kind": "settings", "body": keeps}, milk_at(130))
            await chain.publish("keeps", *both, stores=["alder"])
            await chain.go()
            assert await chain.state("keeps") == ("done", {"alder": "applied"})
            boss = Actor("boss", "panel", "", ALL)
            refused = await shop.do(ChangePrice("milk", 99, Source(MANAGER)), boss)
            assert isinstance(refused, Refused) and refused.code == "field_of_office"
            await done(shop, SetProducts((Product("milk", brand="Hill"),), Source(MANAGER)), boss)
            await done(chain.shops["birch"].bus, ChangePrice("milk", 99, Source(MANAGER)), boss)
            await chain.publish("dearer", milk_at(140), stores=["alder"])
            await chain.go()
            found = find_by_sku(shop.reader, "milk")
            assert found and (found.price_minor, found.brand) == (140, "Hill")

    asyncio.run(asyncio.wait_for(scenario(), 200))
