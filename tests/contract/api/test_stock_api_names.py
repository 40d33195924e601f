"""Every address of stock, purchasing and transfers under its customary names.

They are called by a manager, and by a program whose key only has the right `stock`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.stock.commands import RecordMovement, SetLevels, SetLocation
from edge.goods.transfers.commands import AnnounceTransfer, SentGoods
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import SYSTEM, FakeClock, done, run

COLA = Product("cola", {"en": "Cola"}, ("5449000000996",), 300, box=24, minimum=30_000, expiry_days=30)
DAY = "2027-01-15"
NOT_ALLOWED = 403
COSTS = frozenset({"value_milli", "average_micro", "unit_cost_minor", "cost_minor", "unit_micro"})

READS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    # address, status for a program with the right `stock`, fields in the answer
    ("stock?limit=2", 200, ("items", "after")),
    ("stock?location=rooftop&category=&status=normal&supplier=dairy", 200, ("items", "after")),
    ("stock/cola", 200, ("boxes", "units", "total", "minimum", "rows", "reserved", "available", "on_order")),
    ("stock/movements?product_id=cola&from=2027-01-01&to=2027-02-01", 200, ("movements", "after")),
    ("stock/movements?reason=purchase&actor=system", 200, ("movements", "after")),
    ("products/low-stock", 200, ("products",)),
    ("products/expiring?days=40", 200, ("products",)),
    ("products?stock=1", NOT_ALLOWED, ("products",)),
    ("products/cola?stock=1", NOT_ALLOWED, ("sku", "stock")),
    ("inventory/items?location=main&status=&q=cola", 200, ("items", "skip", "limit", "after")),
    ("inventory/items?skip=1&limit=2", 200, ("items", "skip", "limit", "after")),
    ("inventory/current", 200, ("items", "skip", "limit", "after")),
    ("inventory/locations", 200, ("locations",)),
    ("inventory/locations/main/stock", 200, ("items", "after")),
    ("inventory/items/cola/movements?type=RECEIVE", 200, ("movements", "after")),
    ("inventory/history?sku=cola&from=2027-01-01", 200, ("sku", "location", "days")),
    (f"inventory/days/{DAY}", NOT_ALLOWED, ("business_date", "items", "after")),
    ("quality/inventory-check", 200, ("consistent", "checked_at", "items", "issues")),
    ("suppliers", NOT_ALLOWED, ("suppliers",)),
    ("suppliers/dairy", NOT_ALLOWED, ("supplier", "performance")),
    ("suppliers/pricing?sku=cola&quantity=24000", NOT_ALLOWED, ("prices",)),
    ("orders/suggestions", NOT_ALLOWED, ("orders", "unmet", "transfers", "saved_minor")),
    ("orders/open?kind=purchase", NOT_ALLOWED, ("orders",)),
    ("purchase-orders", NOT_ALLOWED, ("orders",)),
    ("purchase-orders/1", NOT_ALLOWED, ("number", "state", "lines")),
    ("deliveries", 200, ("deliveries",)),
    ("transfers?direction=in", 200, ("transfers",)),
    ("transfers/abcdef01", 200, ("id", "state", "lines")),
)
ADJUST = {"location_id": "main", "transaction_type": "WASTE", "quantity": 1, "notes": "wet"}
RECEIVE = {"location_id": "rooftop", "transaction_type": "RECEIVE", "quantity": 6, "unit_cost_minor": 90}
COUNT = {"transaction_type": "ADJUSTMENT", "quantity": 70}
SCAN = {"code": "5449000000996", "location_id": "main", "do": "look"}
ORDER = {"supplier_id": "dairy", "location_id": "main", "lines": [{"sku": "cola", "quantity": 24_000}], "notes": "x"}
DRAFT = {"to_store": "north", "lines": [{"sku": "cola", "quantity": 1_000}]}
WRITES: tuple[tuple[str, Any, int, int, tuple[str, ...]], ...] = (
    # address, body, status for a manager and for the program, fields in the answer
    ("inventory/items/cola/adjust", ADJUST, 200, 200, ("on_hand", "movement", "total")),
    ("inventory/items/cola/adjust", RECEIVE, 200, 200, ("on_hand", "movement", "total")),
    ("inventory/items/cola/adjust", COUNT, 200, NOT_ALLOWED, ("on_hand", "movement", "total")),
    ("inventory/scan", SCAN, 200, 200, ("item", "here", "lot", "expiry")),
    ("inventory/scan", {"code": "4006381333930"}, 400, 400, ()),
    ("inventory/scan", {"code": "4006381333962"}, 404, 404, ()),
    ("stock/movement", {"sku": "cola", "type": "IN", "boxes": 1}, 200, 200, ("boxes", "units", "total")),
    ("stock/movement", {"sku": "cola", "reason": "damage", "units": 1_000}, 200, 200, ("boxes", "units", "total")),
    ("stock/movement", {"sku": "cola", "reason": "purchase", "units": 1_000}, 200, 200, ("boxes", "units", "total")),
    ("stock/movement", {"sku": "cola", "reason": "sale", "units": 1_000}, 422, 422, ()),
    ("stock/sync", [{"sku": "cola", "boxes": 2, "units": 0}], 202, NOT_ALLOWED, ("job", "lines")),
    ("orders/create", ORDER, 201, NOT_ALLOWED, ("number", "state", "lines")),
    ("purchase-orders/1/approve", {}, 200, NOT_ALLOWED, ("number", "state", "lines")),
    ("transfers/drafts", DRAFT, 200, 200, ("id", "state", "lines")),
    ("transfers", DRAFT, 200, NOT_ALLOWED, ("id", "state", "lines")),
    ("transfers/abcdef01/receive", {}, 200, 422, ("id", "state", "lines")),
)


def costs_in(value: Any) -> Iterator[str]:
    """Yield all costs anywhere in an answer."""
    if isinstance(value, dict):
        yield from (f"{key}={one}" for key, one in value.items() if key in COSTS and one is not None)
        for one in value.values():
            yield from costs_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from costs_in(one)


def test_each_is_there_and_says_no_costs_to_who_may_not_know_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            for command in (
                SetProducts((COLA,)),
                SetLocation("rooftop", {"en": "Rooftop"}, "bar"),
                RecordMovement("cola", "in", boxes=3, unit_cost_minor=90),
                SetLevels("cola", "rooftop", 12_000, 6_000),
                buying.SetSupplier("dairy", {"en": "Dairy"}),
                buying.SetSupplierPrice("dairy", "cola", 100, pack=24),
                buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 24_000),)),
                AnnounceTransfer("abcdef01", "north", (SentGoods("cola", 2_000, value_milli=180_000),)),
            ):
                await done(served.shop, command, SYSTEM)
            manager = {"Grant": served.site.door.token}
            program = await key_of(served, caller, "stock")
            for path, theirs, fields in READS:
                answer = await caller.get(f"/api/v1/{path}", **manager)
                assert (answer.status, [one for one in fields if one not in answer.json]) == (200, []), path
                answer = await caller.get(f"/api/v1/{path}", **program)
                assert (answer.status, list(costs_in(answer.json))) == (theirs, []), path
            for path, body, ours, theirs, fields in WRITES:
                answer = await caller.call("POST", f"/api/v1/{path}", body, **manager)
                assert answer.status == ours, (path, answer.text)
                assert [one for one in fields if one not in answer.json] == [], path
                answer = await caller.call("POST", f"/api/v1/{path}", body, **program)
                assert (answer.status, list(costs_in(answer.json))) == (theirs, []), (path, answer.text)

    run(scenario())


def test_a_product_with_its_stock(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            grant = {"Grant": served.site.door.token}
            bare = await caller.get("/api/v1/products/cola", **grant)
            assert "stock" not in bare.json
            first = await caller.get("/api/v1/products/cola?stock=1", **grant)
            assert first.json["stock"]["on_hand"] == 0
            await done(served.shop, RecordMovement("cola", "in", boxes=1), SYSTEM)
            known = {"If-None-Match": first.headers["Etag"]}
            now = await caller.get("/api/v1/products/cola?stock=1", **grant, **known)
            assert (now.status, now.json["stock"]["available"], now.json["stock"]["status"]) == (200, 24_000, "low")
            till, store_room = [await key_of(served, caller, *rights) for rights in (("sell",), ("sell", "stock"))]
            answer = await caller.get("/api/v1/products?stock=1", **till)
            assert (answer.status, answer.code) == (403, "stock_right")
            await catch_up(served.shop)
            answer = await caller.get("/api/v1/products?stock=1&text=cola", **store_room)
            assert [one["stock"]["on_hand"] for one in answer.json["products"]] == [24_000]
            assert (await caller.get("/api/v1/products?stock=yes", **grant)).status == 400

    run(scenario())
