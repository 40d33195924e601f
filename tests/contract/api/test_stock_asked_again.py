"""A program without an answer repeats its request with the same key: it is done once, with the same answer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from edge.core import ids
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import (
    ApprovePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    SendPurchaseOrder,
    SetSupplier,
    SetSupplierPrice,
)
from tests.stranger import Stranger, stranger

COLA = "5449000000996"
COMMANDS = (
    SetProducts((Product("cola", {"en": "Cola", "he": "קולה"}, (COLA,), 300, box=24),)),
    SetProducts((Product("salt", {"en": "Salt"}, unit="kg"),)),
    SetSupplier("dairy", {"en": "Dairy"}, lead_time_days=2),
    SetSupplierPrice("dairy", "cola", 100),
    CreatePurchaseOrder("dairy", (OrderLine("cola", 24_000),)),
    ApprovePurchaseOrder(1),
    SendPurchaseOrder(1),
)
RECEIVED = {"sku": "cola", "quantity": 10_000, "unit_cost_minor": 120}
BACK = {"sku": "cola", "quantity": 1_000, "credit_minor": 80}
REQUESTS: tuple[tuple[str, Any], ...] = (
    ("stock/movement", {"sku": "cola", "type": "IN", "boxes": 2, "units": 6_000, "unit_cost_minor": 90}),
    ("stock/movement", {"sku": COLA, "type": "OUT", "units": 7_000, "notes": "למסיבה"}),
    ("stock/movement", {"sku": "cola", "type": "ADJUST", "boxes": 1, "units": 5_000}),
    ("stock/movement", {"sku": "cola", "type": "ADJUST", "boxes": 1, "units": 5_000}),
    ("inventory/items/cola/adjust", {"transaction_type": "WASTE", "quantity": 3}),
    ("inventory/items/cola/adjust", {"transaction_type": "RECEIVE", "quantity": 1, "unit_cost": 0.9}),
    ("inventory/items/cola/adjust", {"transaction_type": "ADJUSTMENT", "quantity": 30}),
    ("inventory/scan", {"code": COLA, "do": "receive", "quantity": 2_000}),
    ("stock/sync", [{"sku": "cola", "units": 12_000}]),
    ("purchase-orders/1/receive", {"delivery_note": "DN 1", "lines": [RECEIVED]}),
    ("purchase-orders/receipts/cost", {"supplier": "dairy", "delivery_note": "DN 1", "amount_minor": 50}),
    ("purchase-orders/returns", {"supplier": "dairy", "lines": [BACK]}),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("again"), commands=COMMANDS) as made:
        yield made


@pytest.mark.parametrize(("path", "body"), REQUESTS, ids=[f"{n} {path}" for n, (path, _) in enumerate(REQUESTS)])
def test_what_is_asked_again_is_done_once_and_answered_the_same(shop: Stranger, path: str, body: Any) -> None:
    key = {"Idempotency-Key": ids.show(ids.command_id(shop.clock.at_us, os.urandom(10)))}
    first = shop.ask("POST", path, body, **key)
    assert first.status in (200, 202), first.text
    held = shop.get("stock/cola")
    again = shop.ask("POST", path, body, **key)
    assert (again.status, again.json) == (first.status, first.json)
    assert shop.get("stock/cola") == held


def test_a_quantity_finer_than_a_thousandth_is_refused_instead_of_rounded(shop: Stranger) -> None:
    wrong = shop.ask("POST", "inventory/items/salt/adjust", {"transaction_type": "RECEIVE", "quantity": 1.0005})
    assert (wrong.status, wrong.code) == (400, "argument_wrong")
    assert shop.get("stock/salt")["on_hand"] == 0
    for quantity in (1.1, 2.2, 0.001):  # none of these is exact in binary
        shop.post("inventory/items/salt/adjust", {"transaction_type": "RECEIVE", "quantity": quantity})
    assert shop.get("stock/salt")["on_hand"] == 3_301
