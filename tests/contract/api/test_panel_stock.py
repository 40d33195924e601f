"""The stock API, as programs and phones in the storeroom use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.stock.commands import RecordMovement, SetLocation
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.http_client import when
from tests.shop_fixture import SYSTEM, FakeClock, done, run

COLA = "5449000000996"
GOODS = (Product("cola", {"en": "Cola"}, (COLA,), 300, box=24, minimum=30_000, expiry_days=30),)
API = "/api/v1"


def test_goods_come_go_and_are_found_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            grant = {"Grant": served.site.door.token}

            came = {"sku": COLA, "type": "IN", "boxes": 2, "unit_cost_minor": 90, "document": "DN 1"}
            answer = await caller.call("POST", f"{API}/stock/movement", came, **grant)
            assert (answer.status, answer.json["boxes"], answer.json["total"]) == (200, 2, 48_000)
            for body, status, code in (
                ({"sku": "cola", "type": "OUT", "units": 1_000_000}, 422, "stock_short"),
                ({"sku": "cola", "type": "OUT", "units": -3000}, 400, "body_wrong"),
                ({"sku": "nothing", "type": "IN", "units": 1000}, 422, "unknown_sku"),
                ({"sku": "cola", "type": "SIDEWAYS", "units": 1000}, 400, "body_wrong"),
            ):
                answer = await caller.call("POST", f"{API}/stock/movement", body, **grant)
                assert (answer.status, answer.code) == (status, code)
            answer = await caller.call("POST", f"{API}/stock/movement", {"sku": "cola", "type": "IN", "units": 1000})
            assert answer.status == 403

            item = (await caller.call("GET", f"{API}/stock/{COLA}", **grant)).json
            assert (item["sku"], item["boxes"], item["available"], item["value_milli"]) == (
                "cola",
                2,
                48_000,
                4_320_000,
            )
            assert item["rows"][0]["expiry"] == "2027-02-14", "as long as it keeps"
            assert (await caller.call("GET", f"{API}/stock/nothing", **grant)).status == 404

            waste = {"transaction_type": "WASTE", "quantity": 20, "notes": "wet"}
            answer = await caller.call("POST", f"{API}/inventory/items/cola/adjust", waste, **grant)
            assert answer.json["units_change"] == 4000, "a box was opened"
            short = (await caller.call("GET", f"{API}/products/low-stock", **grant)).json["products"]
            assert [(one["sku"], one["missing_units"], one["boxes_to_order"]) for one in short] == [("cola", 2000, 1)]
            near = (await caller.call("GET", f"{API}/products/expiring?days=31", **grant)).json["products"]
            assert [(one["sku"], one["days"]) for one in near] == [("cola", 30)]
            low = (await caller.call("GET", f"{API}/inventory/items?status=low", **grant)).json
            assert [one["sku"] for one in low["items"]] == ["cola"]
            page = (await caller.call("GET", f"{API}/stock?limit=1", **grant)).json
            rest = (await caller.call("GET", f"{API}/stock?after={page['after']}", **grant)).json
            skus = {one["sku"] for one in page["items"] + rest["items"]}
            assert skus == {"beer", "cola", "milk", "mystery", "tomato"}

            async def moved() -> list[tuple[str, int, int]]:
                found = await caller.call("GET", f"{API}/stock/movements?product_id=cola", **grant)
                return [(one["type"], one["boxes_change"], one["balance"]) for one in found.json["movements"]]

            await when(moved, lambda found: found == [("waste", -1, 28_000), ("in", 2, 48_000)], "two movements")

            async def history() -> list[tuple[Any, ...]]:
                found = await caller.call("GET", f"{API}/inventory/history?sku=cola", **grant)
                return [tuple(day.values()) for day in found.json["days"]]

            await when(history, lambda days: days == [("2027-01-15", 28_000, 0, 28 * 90_000)], "the day")
            newest = (await caller.call("GET", f"{API}/stock/movements?product_id=cola", **grant)).json["movements"][0]
            assert (newest["notes"], newest["user"], newest["at"][:10]) == ("wet", "system", "2027-01-15")

    run(scenario())


def test_as_programs_of_several_stores_call_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            await done(served.shop, SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
            grant = {"Grant": served.site.door.token}
            looked = (await caller.call("GET", f"{API}/quality/inventory-check", **grant)).json
            assert (looked["consistent"], looked["checked_at"][:10], looked["issues"]) == (True, "2027-01-15", [])
            places = (await caller.call("GET", f"{API}/inventory/locations", **grant)).json["locations"]
            assert [(one["id"], one["type"], one["is_active"]) for one in places] == [
                ("main", "shop_floor", True),
                ("rooftop", "bar", True),
            ]
            await done(served.shop, RecordMovement("cola", "in", units=28_000), SYSTEM)
            named = {"code": COLA, "type": "OUT", "units": 1000, "notes": "tasting"}
            assert (await caller.call("POST", f"{API}/stock/movement", named, **grant)).json["total"] == 27_000

    run(scenario())


def test_a_phone_in_the_store_room_scans_looks_receives_and_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            grant = {"Grant": served.site.door.token}
            path = f"{API}/inventory/scan"
            code = "0105449000000996" + "17270301" + "10L7"
            got = await caller.call("POST", path, {"code": code, "do": "receive", "quantity": 6000}, **grant)
            assert got.status == 200, got.text
            got = await caller.call("POST", path, {"code": COLA}, **grant)
            assert (got.json["here"], got.json["item"]["sku"]) == (6000, "cola")
            got = await caller.call("POST", path, {"code": COLA, "do": "count", "quantity": 4000}, **grant)
            assert got.json["here"] == 4000
            assert (await caller.call("POST", path, {"code": "4006381333930"}, **grant)).status == 400
            assert (await caller.call("POST", path, {"code": "4006381333962"}, **grant)).code == "code_unknown"

    run(scenario())


def test_the_card_compares_suppliers_and_the_list_is_a_table(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            for command in (
                SetProducts(GOODS),
                RecordMovement("cola", "in", boxes=1, unit_cost_minor=90),
                SetSupplier("dairy", {"en": "Dairy"}, fee_minor=240),
                SetSupplier("import", {"en": "Import House"}),
                SetSupplier("far", {"en": "Far Away"}, currency="USD"),
                SetSupplierPrice("dairy", "cola", 100, pack=24),
                SetSupplierPrice("import", "cola", 121, pack=24),
                SetSupplierPrice("far", "cola", 1, pack=24),
            ):
                await done(served.shop, command, SYSTEM)
            grant = {"Grant": served.site.door.token, "Surface": "panel"}
            card = (await caller.get("/fragments/stock/item?sku=cola&register=1&lang=en", **grant)).text
            offers = card[card.index('id="offers"') :]
            assert offers.index("Dairy") < offers.index("Import House") < offers.index("Far Away"), "the best first"
            assert "€1.10" in offers and "+10 %" in offers and "$0.01" in offers
            assert "different currency" in offers

            table = await caller.get(f"{API}/exports/stock.csv?lang=en", **grant)
            assert table.headers["Content-Disposition"].endswith('"stock.csv"')
            assert "cola,Cola,main,,2027-02-14,1,0,24,24,0.90,21.60" in table.text

            async def then() -> str:
                return (await caller.get(f"{API}/exports/stock.csv?lang=en&date=2027-01-15", **grant)).text

            await when(then, lambda text: "cola,Cola,main,24,0,21.60" in text, "the day as it was")
            assert "cola" not in (await caller.get(f"{API}/exports/stock.csv?date=2027-01-14", **grant)).text
            assert (await caller.get(f"{API}/exports/stock.odt", **grant)).status == 404
            assert (await caller.get(f"{API}/exports/stock.csv?date=yesterday", **grant)).status == 400
            assert (await caller.get(f"{API}/exports/stock.csv")).status == 403

    run(scenario())


def test_a_cost_that_jumped_is_shown_as_money(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts(GOODS), SYSTEM)
            for cost in (310, 480):
                await done(served.shop, RecordMovement("cola", "in", units=1_000, unit_cost_minor=cost), SYSTEM)
            page = await caller.call("GET", "/manager/stock/check?register=1&lang=en", Grant=served.site.door.token)
            assert page.status == 200 and "€3.10" in page.text and "€4.80" in page.text

    run(scenario())
