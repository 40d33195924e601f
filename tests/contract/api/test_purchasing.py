"""Orders made by programs; head office gets the same data as the stores."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.hub import PurchaseTables
from edge.goods.stock.commands import RecordMovement, ReserveLine, ReserveStock
from edge.goods.stock.lists.listings import read_receipts
from edge.goods.stock.queries import read_item, read_stock
from sync.hub.model import Key
from tests.browser.calling import Caller, calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

COLA = Product("cola", {"en": "Cola", "he": "קולה"}, ("5449000000996",), 300, box=24, minimum=30_000)
API = "/api/v1"
KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")


def test_a_confirmation_of_one_question_of_a_delivery_is_none_to_the_next(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            for command in (
                SetProducts((COLA,)),
                buying.SetSupplier("dairy", {"en": "Dairy"}),
                buying.SetSupplierPrice("dairy", "cola", 100),
                buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 24_000),)),
                buying.ApprovePurchaseOrder(1),
                buying.SendPurchaseOrder(1),
            ):
                await done(served.shop, command, SYSTEM)
            grant, path = {"Grant": served.site.door.token}, f"{API}/purchase-orders/1/receive"
            line = {"sku": "cola", "quantity": 480_000, "expiry": "2020-01-01"}
            came: dict[str, object] = {"delivery_note": "D1", "lines": [line]}
            old = await caller.call("POST", path, came, **grant)
            assert (old.status, old.code) == (422, "expiry_past")
            more = await caller.call("POST", path, {**came, "answers": [old.json["answer"]]}, **grant)
            assert (more.status, more.code) == (422, "more_than_ordered"), "it was never asked"
            assert (
                more.json["refused"]["message"]
                == "480 of Cola arrived, but only 24 is still on order. Receive it anyway?"
            )
            both = [old.json["answer"], more.json["answer"]]
            other = {**came, "lines": [{**line, "quantity": 481_000}], "answers": both}
            assert (await caller.call("POST", path, other, **grant)).code == "more_than_ordered", (
                "481 is another question"
            )
            assert (await caller.call("POST", path, {**came, "answers": both[1:]}, **grant)).code == "expiry_past"
            assert read_stock(served.shop.reader, "cola") == 0
            taken = await caller.call("POST", path, {**came, "answers": both}, **grant)
            assert (taken.status, read_stock(served.shop.reader, "cola")) == (200, 480_000)
            scan = {"code": COLA.codes[0], "do": "waste", "quantity": 480_000}
            await done(served.shop, ReserveStock("order:o7", (ReserveLine("cola", 2_000),), said="K7"), SYSTEM)
            asked = await caller.call("POST", f"{API}/inventory/scan", scan, **grant)
            assert asked.code == "stock_promised"
            scan["answers"] = [asked.json["answer"]]
            assert (await caller.call("POST", f"{API}/inventory/scan", scan, **grant)).status == 200

    run(scenario())


def test_spaces_around_a_lot_make_no_other_lot(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            grant = {"Grant": served.site.door.token}
            for lot in ("L1", "  L1 "):
                body = {"sku": "cola", "type": "IN", "units": 1_000, "lot": lot, "expiry": "2028-01-01"}
                assert (await caller.call("POST", f"{API}/stock/movement", body, **grant)).status == 200
            found = read_item(served.shop.reader, "cola")
            assert found is not None
            assert [(row.lot, row.total) for row in found.rows] == [("L1", 2_000)]

    run(scenario())


def test_a_program_orders_receives_and_asks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            await done(served.shop, SetProducts((COLA,)), SYSTEM)
            await done(served.shop, RecordMovement("cola", "in", units=4_000), SYSTEM)
            grant = {"Grant": served.site.door.token}
            orders = f"{API}/purchase-orders"

            body = {"id": "dairy", "names": {"en": "=Dairy"}, "lead_time_days": 2}
            assert (await caller.call("POST", f"{API}/suppliers", body)).status == 403
            answer = await caller.call("POST", f"{API}/suppliers", body, **grant)
            assert (answer.status, answer.json["lead_time_days"]) == (200, 2)
            wrong = await caller.call("POST", f"{API}/suppliers", {**body, "lead_time_days": 366}, **grant)
            assert (wrong.status, wrong.code) == (400, "body_wrong")
            price = buying.SetSupplierPrice("dairy", "cola", 100, "=1+1", 24)
            await done(served.shop, price, SYSTEM)
            prices = (await caller.call("GET", f"{API}/suppliers/pricing?sku=cola&quantity=24000", **grant)).json
            assert [(one["supplier"], one["landed_micro"]) for one in prices["prices"]] == [("dairy", 100_000_000)]

            for supplier, skus in (("dairy", ["cola"]), ("nobody", [])):
                page = (await caller.call("GET", f"{API}/inventory/items?supplier={supplier}", **grant)).json
                assert [one["sku"] for one in page["items"]] == skus
            found = (await caller.call("GET", f"{orders}/suggestions?lang=fr", **grant)).json["orders"]
            assert found[0]["lines"][0]["quantity"] == 72_000
            assert "minimum 30" in found[0]["lines"][0]["told"][0]
            repeat = {**grant, "Idempotency-Key": "0199a0a0-0000-7000-8000-000000000001"}
            lines = {"supplier": "dairy", "lines": [{"sku": "cola", "quantity": 24_000}]}
            first = await caller.call("POST", orders, lines, **repeat)
            again = await caller.call("POST", orders, lines, **repeat)
            assert (first.status, first.json["number"], again.json["number"]) == (201, 1, 1)
            named = {"supplier_id": "dairy", "location_id": "main", "lines": [{"sku": "cola", "quantity": 25_000}]}
            answer = await caller.call("POST", f"{API}/orders/create", {**named, "notes": "soon"}, **grant)
            assert (answer.status, answer.code, "48" in answer.message) == (422, "not_whole_packs", True)
            listed = (await caller.call("GET", f"{API}/orders/open?kind=purchase", **grant)).json["orders"]
            assert [one["number"] for one in listed] == [1]
            assert (await caller.call("GET", f"{API}/orders/open?kind=rent", **grant)).status == 400
            sales = await caller.call("GET", f"{API}/orders/open?kind=sales", **grant)
            assert (sales.status, sales.json) == (200, {"orders": [], "before": 0})
            assert (await caller.call("GET", f"{API}/orders/suggestions", **grant)).status == 200
            answer = await caller.call("POST", orders, {**lines, "lines": []}, **grant)
            assert (answer.status, answer.code) == (422, "purchase_empty")
            for step, state in (("approve", "approved"), ("send", "sent")):
                answer = await caller.call("POST", f"{orders}/1/{step}", {}, **grant)
                assert (answer.status, answer.json["state"]) == (200, state)
            came = {"delivery_note": "DN 1", "lines": [{"sku": "cola", "quantity": 24_000}]}
            answer = await caller.call("POST", f"{orders}/1/receive", came, **grant)
            assert (answer.status, answer.json["state"]) == (200, "received")
            await _mend(caller, grant)
            assert (await caller.call("POST", f"{orders}/1/cancel", {}, **grant)).code == "order_state"
            assert (await caller.call("GET", f"{orders}/open", **grant)).json["orders"] == []
            assert (await caller.call("GET", f"{orders}/99", **grant)).status == 404
            assert (await caller.call("GET", f"{orders}?state=odd", **grant)).status == 400
            table = await caller.call("GET", f"{orders}/1.csv?lang=he", **grant)
            assert "קולה" in table.text and "'=1+1" in table.text, "no spreadsheet takes it for a formula"
            card = (await caller.call("GET", f"{API}/suppliers/dairy", **grant)).json
            assert card["performance"]["fill_percent"] == 100

    run(scenario())


async def _mend(caller: Caller, grant: dict[str, str]) -> None:
    """Correct a wrong delivery, add its freight, and return a part of it."""
    orders = f"{API}/purchase-orders"
    assert (await caller.call("GET", f"{API}/deliveries", **grant)).json == {"deliveries": []}
    receipts = (await caller.call("GET", f"{API}/stock/receipts?sku=cola", **grant)).json["receipts"]
    wrong = {"receipt": receipts[0]["receipt"], "sku": "cola", "quantity": 23_000}
    answer = await caller.call("POST", f"{orders}/receipts/correct", wrong, **grant)
    assert (answer.status, answer.json["gone_milli"]) == (200, 0)
    (due,) = (await caller.call("GET", f"{API}/deliveries", **grant)).json["deliveries"]
    assert (due["state"], due["lines"][0]["open"]) == ("part_received", 1_000)
    body = {"amount_minor": 230, "supplier": "dairy", "delivery_note": "DN 1"}
    answer = await caller.call("POST", f"{orders}/receipts/cost", body, **grant)
    assert (answer.status, answer.json["value_milli"]) == (200, 230_000)
    back = {"supplier": "dairy", "lines": [{"sku": "cola", "quantity": 3_000, "credit_minor": 90}]}
    answer = await caller.call("POST", f"{orders}/returns", back, **grant)
    assert (answer.status, answer.json["gone_milli"] > 0) == (200, True)
    (differing,) = (await caller.call("GET", f"{API}/stock/cost-corrections", **grant)).json["corrections"]
    assert (differing["why"], differing["amount_milli"]) == ("returned", answer.json["gone_milli"])
    (gone,) = (await caller.call("GET", f"{orders}/returns?supplier=dairy", **grant)).json["returns"]
    assert (gone["sku"], gone["quantity"], gone["replaced"]) == ("cola", 3_000, False)
    right = {**wrong, "quantity": 24_000}
    await caller.call("POST", f"{orders}/receipts/correct", right, **grant)


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((COLA,)),
                buying.SetSupplier("dairy", {"en": "Dairy"}, contact_name="Dana", province="Galilee"),
                buying.SetSupplier("gone", {"en": "Gone"}),
                buying.RetireSupplier("gone"),
                buying.SetSupplierPrice("dairy", "cola", 100, pack=24),
                buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 48_000),)),
                buying.ApprovePurchaseOrder(1),
                buying.SendPurchaseOrder(1),
                buying.ReceivePurchaseOrder(1, "DN 1", (buying.ReceiptLine("cola", 24_000, 99, "L1"),)),
                buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 24_000),)),
            ):
                await done(shop, command, SYSTEM)
            receipt = read_receipts(shop.reader, "cola")[0].receipt
            back = (buying.ReturnLine("cola", 2_000, "L1", credit_minor=90),)
            for more in (
                buying.CorrectReceipt(receipt, "cola", 20_000, 95),
                buying.ReturnToSupplier("dairy", back, "R 1", 1, replace=True),
            ):
                await done(shop, more, SYSTEM)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["purchasing"])
            projector = PurchaseTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            project = projector.handlers["PurchaseMoved"]
            for key in (KEY, OTHER):
                for at in range(0, len(rows), batch):
                    await project(connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)
            for query in (
                "SELECT number, supplier, state, revision FROM purchase_order ORDER BY 1",
                "SELECT number, delivery_note, sku, quantity, unit_cost_minor, lot FROM purchase_receipt",
                "SELECT supplier, document, number, sku, quantity, credit_minor, lot FROM purchase_return",
            ):
                theirs = [tuple(row) for row in await connection.fetch(query)]
                assert theirs == list(shop.reader.execute(query).fetchall())
            suppliers = await connection.fetch("SELECT id, province, retired FROM supplier ORDER BY 1")
            assert [tuple(row) for row in suppliers] == [("dairy", "Galilee", False), ("gone", "", True)]
            await connection.close()

    run(scenario())
