"""Implausible input is refused or questioned in plain words, and has no effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.stock.commands import CountLine, RecordMovement, StartCount
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import MANAGER, SYSTEM, FakeClock, done, run

API = "/api/v1"
LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500, box=24, expiry_days=90)
COUNTED = {"count": 1, "sku": "lager"}
OLD = "0105449000000996" + "17260101" + "10L0"
"""A code that expired a year ago."""
UNBORN = "0105449000000996" + "13270801" + "17270601" + "10L0"
"""A code with a future expiry that is earlier than its packing date."""
SOLD: dict[str, Any] = {"transaction_type": "SALE", "location_id": "main"}
CAME: dict[str, Any] = {"transaction_type": "RECEIVE", "quantity": 1, "unit_cost": 1}
BAD: tuple[tuple[str, str, dict[str, Any] | list[Any], int, str], ...] = (
    ("a count of -3", "commands/CountLine", {**COUNTED, "units": -3000}, 400, "body_wrong"),
    ("a sync of -3", "stock/sync", [{"sku": "lager", "units": -3000}], 400, "body_wrong"),
    ("a sync of nothing", "stock/sync", [{"units": 3000}], 400, "count_of_one"),
    ("a sale of -2", "inventory/items/lager/adjust", {**SOLD, "quantity": -2}, 400, "quantity_below_zero"),
    ("two costs", "inventory/items/lager/adjust", {**CAME, "unit_cost_minor": 100}, 400, "cost_twice"),
    ("1.5 pieces", "stock/movement", {"sku": "lager", "type": "IN", "units": 1500}, 422, "pieces_moved_whole"),
    ("1.5 pieces counted", "commands/CountLine", {**COUNTED, "units": 1500}, 422, "pieces_moved_whole"),
    ("expired before it came", "inventory/scan", {"code": OLD, "do": "receive"}, 422, "expiry_past"),
    ("expired before it was packed", "inventory/scan", {"code": UNBORN, "do": "receive"}, 422, "expiry_before_packed"),
    (
        "ordered, and expired before it was packed",
        "purchase-orders/1/receive",
        {
            "delivery_note": "DN 2",
            "lines": [{"sku": "lager", "quantity": 24_000, "expiry": "2027-06-01", "packed": "2027-08-01"}],
        },
        422,
        "expiry_before_packed",
    ),
    (
        "a transfer to itself",
        "commands/TransferStock",
        {"from_location": "main", "to_location": "main", "lines": [{"sku": "lager", "quantity": 1000}]},
        422,
        "transfer_to_itself",
    ),
    (
        "a pack of 0",
        "commands/SetSupplierPrice",
        {"supplier": "brewery", "sku": "lager", "cost_minor": 100, "pack": 0},
        400,
        "body_wrong",
    ),
    ("an order without lines", "orders/create", {"supplier_id": "brewery", "lines": []}, 422, "purchase_empty"),
    (
        "more than was ordered",
        "purchase-orders/1/receive",
        {"delivery_note": "DN 1", "lines": [{"sku": "lager", "quantity": 48_000}]},
        422,
        "more_than_ordered",
    ),
    ("somebody else's shelf", "commands/CountLine", {**COUNTED, "units": 4000}, 422, "counted_by_other"),
)


def test_what_no_one_can_mean(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop, grant = served.shop, {"Grant": served.site.door.token}
            for command in (
                SetProducts((LAGER,)),
                RecordMovement("lager", "in", units=5000),
                buying.SetSupplier("brewery", {"en": "Brewery"}),
                buying.SetSupplierPrice("brewery", "lager", 100, pack=24),
                buying.CreatePurchaseOrder("brewery", (buying.OrderLine("lager", 24_000),)),
                buying.ApprovePurchaseOrder(1),
                buying.SendPurchaseOrder(1),
                StartCount(),
            ):
                await done(shop, command, SYSTEM)
            await done(shop, CountLine(1, "lager", units=5000), MANAGER.with_rights("manage"))
            head = shop.head.seq
            for what, path, body, status, code in BAD:
                answer = await caller.call("POST", f"{API}/{path}", body, **grant)
                assert (answer.status, answer.code) == (status, code), (what, answer.text)
                assert len(answer.message) > 20, what
                assert shop.head.seq == head, f"{what} left something"

    run(scenario())
