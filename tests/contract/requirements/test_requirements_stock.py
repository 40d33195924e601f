"""The stock under the names that bars, restaurants and chains use: their addresses, bodies, examples and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.stock.commands import SetLocation
from tests.stranger import Stranger, stranger

COLA = "5449000000996"
GOODS = (
    Product("cola", {"en": "Cola", "he": "קולה"}, (COLA,), 300, box=24, minimum=30_000, expiry_days=30),
    Product("soda", {"en": "Soda"}, ("5449000000439",), 200, box=24),
    Product("gin", {"en": "Gin"}, ("5000289020701",), 3000),
    Product("lemon", {"en": "Lemons"}, ("5010029000016",), 400, unit="kg"),
)
COMMANDS = (
    SetProducts(GOODS),
    SetLocation("rooftop", {"en": "Rooftop"}, "bar"),
    SetSupplier("dairy", {"en": "Dairy"}, lead_time_days=2),
    SetSupplierPrice("dairy", "cola", 100, pack=24),
)
MOVE, ADJUST, SCAN = "stock/movement", "inventory/items/gin/adjust", "inventory/scan"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("stock"), commands=COMMANDS) as made:
        yield made


def test_boxes_open_as_the_example_says(shop: Stranger) -> None:
    def out(**how: Any) -> tuple[int, int]:
        answer = shop.post(MOVE, {"sku": "soda", "type": "OUT", **how})
        return answer["boxes"], answer["units"]

    for taken, left in ((3, (5, 9_000)), (15, (4, 21_000)), (132, (0, 0))):
        shop.post(MOVE, {"sku": "soda", "type": "ADJUST", "boxes": 5, "units": 12_000})
        assert out(units=taken * 1000) == left, taken
    shop.post(MOVE, {"sku": "soda", "type": "ADJUST", "boxes": 5, "units": 12_000})
    short = shop.ask("POST", MOVE, {"sku": "soda", "type": "OUT", "units": 133_000})
    assert (short.status, short.code, short.json["values"]["on_hand"]) == (422, "stock_short", "132")
    assert out(units=133_000, down_to_zero=True) == (0, 0), "what there is"


REFUSED_MOVES = (
    ({"sku": "nothing", "type": "IN", "units": 1000}, 422, "unknown_sku"),
    ({"sku": "gin", "type": "IN", "boxes": 1}, 422, "no_boxes"),
    ({"sku": "gin", "type": "IN"}, 422, "quantity_zero"),
    ({"sku": "gin", "type": "IN", "units": 1_000_001_000}, 422, "quantity_large"),
    ({"sku": "gin", "type": "IN", "units": 500}, 422, "pieces_moved_whole"),
    ({"sku": "gin", "type": "IN", "units": -1000}, 400, "body_wrong"),
    ({"sku": "gin", "type": "IN", "units": 1000, "expiry": "2027-01-14"}, 422, "expiry_past"),
    ({"sku": "gin", "type": "IN", "units": 1000, "expiry": "2027-02-30"}, 422, "expiry_wrong"),
    ({"sku": "gin", "type": "IN", "units": 1000, "location": "moon"}, 422, "no_location"),
    ({"sku": "gin", "type": "OUT", "units": 999_000_000}, 422, "stock_short"),
    ({"sku": "gin", "type": "SIDEWAYS", "units": 1000}, 400, "body_wrong"),
    ({"sku": "gin", "units": 1000, "reason": "sale"}, 422, "moved_by_till"),
    ({"sku": "gin", "type": "IN", "units": 1000, "notes": "x" * 301}, 400, "body_wrong"),
)


@pytest.mark.parametrize(("body", "status", "code"), REFUSED_MOVES, ids=lambda value: str(value)[:60])
def test_what_no_one_can_mean_is_refused(shop: Stranger, body: dict[str, Any], status: int, code: str) -> None:
    before = shop.get("stock/gin")["on_hand"]
    answer = shop.ask("POST", MOVE, body)
    assert (answer.status, answer.code) == (status, code), answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json["status"] == status and answer.json["detail"]
    assert shop.get("stock/gin")["on_hand"] == before, "nothing moved"


def test_a_movement_is_named_as_each_description_does(shop: Stranger) -> None:
    for field in ("sku", "product_id", "code"):
        value = COLA if field == "code" else "cola"
        body = {field: value, "type": "IN", "boxes": 1, "units": 6_000, "reason": "delivery", "notes": "DN"}
        assert shop.post(MOVE, body)["sku"] == "cola"
    shop.catch_up()
    newest = shop.get("stock/movements?product_id=cola&from=2027-01-01&to=2027-12-31")["movements"][0]
    wanted = {"type": "in", "boxes_change": 1, "units_change": 6_000, "reason": "received", "notes": "DN"}
    assert {name: newest[name] for name in wanted} == wanted
    assert newest["user"] and newest["at"] == "2027-01-15T08:00:00Z" and newest["balance"] == 90_000
    assert newest["expiry"] == "2027-02-14", "today and as long as it keeps"


def test_an_item_is_adjusted_by_the_four_types_of_bars(shop: Stranger) -> None:
    place = {"location_id": "rooftop"}
    path = "inventory/items/gin/adjust"
    for body, there in (
        ({"transaction_type": "RECEIVE", "quantity": 12, "unit_cost": 20.5, "notes": "DN 7"}, 12_000),
        ({"transaction_type": "RECEIVE", "quantity": 1, "unit_cost_minor": 2050}, 13_000),
        ({"transaction_type": "WASTE", "quantity": 1, "notes": "broken"}, 12_000),
        ({"transaction_type": "SALE", "quantity": 2}, 10_000),
        ({"transaction_type": "ADJUSTMENT", "quantity": 7}, 7_000),
        ({"transaction_type": "ADJUSTMENT", "quantity": 7}, 7_000),
    ):
        answer = shop.post(path, {**body, **place})
        assert (answer["total"], answer["on_hand"]) == (there, there), body
        assert isinstance(answer["movement"], int)
    assert shop.get("stock/gin")["average_micro"] == 2_050_000_000
    types = [one["retail_reason"] for one in shop.get("inventory/items/gin/movements")["movements"]]
    assert types == ["adjustment", "adjustment", "damage", "purchase", "purchase"]
    wastes = shop.get("inventory/items/gin/movements?type=WASTE&from=2027-01-15&to=2027-01-15")["movements"]
    assert [one["delta"] for one in wastes] == [-1000]


def test_an_adjustment_opens_no_box_it_has_room_for(shop: Stranger) -> None:
    shop.post(MOVE, {"sku": "soda", "type": "ADJUST", "boxes": 5, "units": 12_000})
    answer = shop.post("inventory/items/soda/adjust", {"transaction_type": "ADJUSTMENT", "quantity": 131})
    assert (answer["boxes"], answer["units"]) == (5, 11_000)
    answer = shop.post("inventory/items/soda/adjust", {"transaction_type": "ADJUSTMENT", "quantity": 50})
    assert (answer["boxes"], answer["units"]) == (2, 2_000)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("inventory/items/nothing/adjust", {"transaction_type": "WASTE", "quantity": 1}, 404),
        (ADJUST, {"transaction_type": "ADJUSTMENT", "quantity": -3}, 400),
        (ADJUST, {"transaction_type": "RECEIVE", "quantity": -3}, 400),
        (ADJUST, {"transaction_type": "WASTE", "quantity": -2}, 400),
        (ADJUST, {"transaction_type": "SALE", "quantity": -2}, 400),
        (ADJUST, {"transaction_type": "STEAL", "quantity": 1}, 400),
        (ADJUST, {"transaction_type": "WASTE", "quantity": 0.5}, 422),
        (ADJUST, {"transaction_type": "WASTE", "quantity": "many"}, 400),
        (ADJUST, {"transaction_type": "WASTE", "quantity": 1, "location_id": "moon"}, 422),
        (ADJUST, {"transaction_type": "RECEIVE", "quantity": 1, "unit_cost": 1.005}, 400),
        (ADJUST, {"transaction_type": "RECEIVE", "quantity": 1, "unit_cost": 1, "unit_cost_minor": 100}, 400),
        (ADJUST, {"transaction_type": "RECEIVE", "quantity": 1, "notes": "x" * 301}, 400),
        (ADJUST, {"quantity": 1}, 400),
        (SCAN, {"code": "4006381333930", "do": "look"}, 400),
        (SCAN, {"code": "4006381333962", "do": "look"}, 404),
        (SCAN, {"code": COLA, "do": "steal"}, 400),
        (SCAN, {"code": ""}, 400),
        ("stock/sync", [], 400),
        ("stock/sync", {"sku": "cola"}, 400),
        ("stock/sync", [{"units": 1000}], 400),
        ("stock/sync", [{"sku": "cola", "code": COLA, "units": 1000}], 400),
        ("stock/sync", [{"sku": "cola", "units": -3000}], 400),
        ("stock/sync", [{"sku": "cola", "counted_at": "yesterday"}], 400),
        ("stock/sync", [{"sku": "cola", "units": 1000}] * 10_001, 400),
        ("suppliers", {"id": "x", "names": {"en": "X"}, "rating": 6}, 400),
        ("suppliers", {"id": "x", "names": {"en": "X"}, "lead_time_days": 366}, 400),
    ],
    ids=lambda value: str(value)[:50],
)
def test_requests_that_are_wrong_as_such(shop: Stranger, path: str, body: Any, status: int) -> None:
    answer = shop.ask("POST", path, body)
    assert answer.status == status, answer.text
    assert answer.json["status"] == status and answer.json["code"] and answer.json["detail"]


def test_a_scan_looks_counts_receives_and_wastes(shop: Stranger) -> None:
    shop.post(MOVE, {"sku": "soda", "type": "ADJUST", "units": 3_000})
    look = shop.post(SCAN, {"code": "5449000000439", "symbology": "ean13", "location_id": "main", "do": "look"})
    assert (look["item"]["sku"], look["here"], look["lot"], look["expiry"]) == ("soda", 3_000, "", "")
    for act, quantity, there in (("receive", 6_000, 9_000), ("count", 4_000, 4_000), ("waste", 1_000, 3_000)):
        body = {"code": "5449000000439", "location_id": "main", "do": act, "quantity": quantity}
        assert shop.post(SCAN, body)["here"] == there, act
    lot = shop.post(SCAN, {"code": "0105449000000439" + "17270301" + "10L7", "do": "receive", "quantity": 1_000})
    assert (lot["lot"], lot["expiry"]) == ("L7", "2027-03-01")
    assert lot["item"]["next_expiry"] == "2027-03-01"


READS = (
    ("inventory/items?skip=0&limit=100", {"items", "skip", "limit", "after"}),
    ("inventory/current", {"items"}),
    ("inventory/locations/main/stock", {"items", "after"}),
    ("inventory/items/cola/movements?type=RECEIVE", {"movements", "after"}),
    ("stock", {"items", "after"}),
    ("products/low-stock", {"products"}),
    ("products/expiring?days=7", {"products"}),
    ("suppliers", {"suppliers"}),
    ("suppliers/pricing?sku=cola&quantity=24000", {"prices"}),
    ("orders/suggestions", {"orders", "unmet", "transfers"}),
    ("orders/open?kind=purchase", {"orders"}),
    ("quality/inventory-check", {"consistent", "checked_at", "items", "issues"}),
    ("products/search?q=קולה", {"result"}),
)


@pytest.mark.parametrize(("path", "fields"), READS, ids=[path for path, _ in READS])
def test_what_is_read_stands_at_its_address(shop: Stranger, path: str, fields: set[str]) -> None:
    assert fields <= set(shop.get(path))
    assert shop.plain("GET", f"/api/v1/{path}").status == (200 if "search" in path else 403), "not for anybody"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("stock/nothing", 404),
        ("inventory/items/nothing/movements", 404),
        ("stock/movements?product_id=nothing", 404),
        ("inventory/history?sku=nothing", 404),
        ("inventory/locations/moon/stock", 404),
        ("suppliers/nobody", 404),
        ("suppliers/pricing?sku=nothing&quantity=1", 404),
        ("suppliers/pricing", 400),
        ("inventory/items?limit=x", 400),
        ("inventory/items?skip=-1", 400),
        ("inventory/items?status=bogus", 400),
        ("inventory/items/cola/movements?type=SIDEWAYS", 400),
        ("inventory/items/cola/movements?from=2027-02-30", 400),
        ("products/expiring?days=-1", 400),
        ("orders/open?kind=bogus", 400),
    ],
)
def test_what_is_not_there_or_no_question(shop: Stranger, path: str, status: int) -> None:
    answer = shop.ask("GET", path)
    assert (answer.status, answer.json["status"]) == (status, status), answer.text


def test_pages_by_skip_and_by_cursor_are_the_same(shop: Stranger) -> None:
    whole = [one["sku"] for one in shop.get("inventory/items")["items"]]
    first = shop.get("inventory/items?skip=0&limit=3")
    second = shop.get("inventory/items?skip=3&limit=100")
    assert [one["sku"] for one in first["items"] + second["items"]] == whole
    behind = shop.get(f"inventory/items?limit=100&after={first['after']}")
    assert [one["sku"] for one in behind["items"]] == whole[3:]
    assert shop.get("inventory/items?limit=0")["limit"] == 1 and shop.get("inventory/items?limit=9999")["limit"] == 500


def test_short_is_below_the_minimum_and_says_how_many_boxes(shop: Stranger) -> None:
    def short() -> list[tuple[str, int, int]]:
        found = shop.get("products/low-stock")["products"]
        return [(one["sku"], one["missing_units"], one["boxes_to_order"]) for one in found if one["sku"] == "cola"]

    shop.post(MOVE, {"sku": "cola", "type": "ADJUST", "units": 4_000})
    assert short() == [("cola", 26_000, 2)], "30 less 4, in boxes of 24"
    shop.post(MOVE, {"sku": "cola", "type": "ADJUST", "units": 40_000})
    assert short() == []


def test_the_history_of_a_product_by_business_day(shop: Stranger) -> None:
    shop.post(MOVE, {"sku": "gin", "type": "ADJUST", "units": 9_000})
    shop.catch_up()
    days = shop.get("inventory/history?sku=gin&from=2027-01-01&to=2027-12-31")["days"]
    assert [(day["business_date"], day["reserved"]) for day in days] == [("2027-01-15", 0)]


def test_the_same_key_moves_once_and_another_body_under_it_is_a_conflict(shop: Stranger) -> None:
    before = shop.get("stock/gin")["on_hand"]
    key = {"Idempotency-Key": "01a3185c-5000-7ef3-80a9-633fe03d6f98"}
    body = {"sku": "gin", "type": "IN", "units": 2_000}
    first, second = shop.ask("POST", MOVE, body, **key), shop.ask("POST", MOVE, body, **key)
    assert (first.status, second.status) == (200, 200)
    assert shop.get("stock/gin")["on_hand"] == before + 2_000
    other = shop.ask("POST", MOVE, {**body, "units": 3_000}, **key)
    assert (other.status, other.code) == (409, "conflict")


LINE = {"sku": "cola", "quantity": 24_000}
BAD_ORDERS = (
    ({"supplier_id": "dairy", "lines": []}, 422, "purchase_empty"),
    ({"supplier_id": "dairy", "lines": [{"sku": "cola", "quantity": 0}]}, 400, "body_wrong"),
    ({"supplier_id": "dairy", "lines": [{"sku": "cola", "quantity": -24_000}]}, 400, "body_wrong"),
    ({"supplier_id": "dairy", "lines": [{"sku": "cola", "quantity": 25_000}]}, 422, "not_whole_packs"),
    ({"supplier_id": "dairy", "lines": [{"sku": "nothing", "quantity": 24_000}]}, 422, "unknown_sku"),
    ({"supplier_id": "dairy", "lines": [{"sku": "gin", "quantity": 1_000}]}, 422, "not_sold_by"),
    ({"supplier_id": "dairy", "lines": [LINE, LINE]}, 422, "line_twice"),
    ({"supplier_id": "nobody", "lines": [LINE]}, 422, "no_supplier"),
    ({"supplier_id": "dairy", "lines": [LINE], "location_id": "moon"}, 422, "no_location"),
)


@pytest.mark.parametrize(("body", "status", "code"), BAD_ORDERS, ids=[code for *_, code in BAD_ORDERS])
def test_an_order_that_cannot_be_meant(shop: Stranger, body: dict[str, Any], status: int, code: str) -> None:
    answer = shop.ask("POST", "orders/create", body)
    assert (answer.status, answer.code) == (status, code), answer.text
    if code == "not_whole_packs":
        assert answer.json["values"]["next"] == "48", "the next whole quantity"


def test_an_order_from_draft_to_goods_received_in_part(shop: Stranger) -> None:
    body = {"supplier_id": "dairy", "location_id": "main", "lines": [{**LINE, "quantity": 48_000}], "notes": "x"}
    key = {"Idempotency-Key": "01a3185c-5000-7ef3-80a9-633fe03d6f99"}
    order = shop.post("orders/create", body, 201, **key)
    assert (order["state"], order["lines"][0]["received"], order["total_minor"]) == ("draft", 0, 4_800)
    assert shop.post("orders/create", body, 201, **key)["number"] == order["number"], "once"
    here = f"purchase-orders/{order['number']}"
    early = shop.ask("POST", f"{here}/receive", {"delivery_note": "DN 1", "lines": [LINE]})
    assert early.status in (400, 409, 422), "a draft is not received"
    for step, state in (("approve", "approved"), ("send", "sent")):
        assert shop.post(f"{here}/{step}", {})["state"] == state
    assert shop.ask("POST", f"{here}/approve", {}).code == "order_state"
    assert [one["number"] for one in shop.get("orders/open?kind=purchase")["orders"]] == [order["number"]]
    assert shop.get("stock/cola")["on_order"] == 48_000
    part = {"delivery_note": "DN 1", "lines": [LINE]}
    assert shop.ask("POST", f"{here}/receive", part).status == 200
    assert shop.get(here)["state"] == "part_received" and shop.get("stock/cola")["on_order"] == 24_000
    again = shop.ask("POST", f"{here}/receive", part)
    assert again.status >= 400 or shop.get("stock/cola")["on_order"] == 24_000, "a delivery note counts once"
    assert shop.ask("POST", f"{here}/cancel", {}).code == "order_state"
    assert shop.post(f"{here}/close", {})["state"] == "closed"
    assert shop.get("stock/cola")["on_order"] == 0
