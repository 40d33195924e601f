"""Customers, carts, orders and whole sales for programs: field names, states, limits and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from edge.goods.stock.commands import RecordMovement
from tests.stranger import Stranger, stranger

COMMANDS = (RecordMovement("milk", "in", units=500_000), RecordMovement("beer", "in", units=500_000))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("orders"), commands=COMMANDS) as made:
        yield made


@pytest.fixture(scope="module")
def ana(shop: Stranger) -> str:
    """Add a customer, with a phone number as people write it; returns the id."""
    said = {"name": "Ana Lee", "phone": "06 12 34 56 78", "email": " Ana@Example.com ", "born": "1990-01-01"}
    answer = shop.post("customers", said, 201)
    assert (answer["phone"], answer["email"], answer["price_list"]) == ("+33612345678", "ana@example.com", "store")
    assert "ana" not in answer["id"].lower() and "6123" not in answer["id"], "an id says nothing"
    return str(answer["id"])


CUSTOMERS = (
    ({"name": "B", "phone": "123"}, 422, "phone_invalid"),
    ({"name": "B", "phone": "+33 6 12 34 56 78"}, 422, "customer_exists"),
    ({"name": "B", "email": "ANA@example.com"}, 422, "customer_exists"),
    ({"name": "B", "email": "b"}, 422, "email_invalid"),
    ({"name": "B", "email": "b@@example.com"}, 422, "email_invalid"),
    ({"name": "B", "born": "2030-01-01"}, 422, "birth_date_invalid"),
    ({"name": "B", "born": "1899-12-31"}, 422, "birth_date_invalid"),
    ({"name": "x" * 201}, 422, "name_too_long"),
    ({"name": "a\u0007b"}, 422, "control_characters"),
    ({"name": "B", "price_list": "vip"}, 400, "body_wrong"),
    ({}, 422, "customer_empty"),
)


@pytest.mark.parametrize(
    ("body", "status", "code"), CUSTOMERS, ids=[f"{code} {str(body)[:30]}" for body, _, code in CUSTOMERS]
)
def test_customers_that_cannot_be(shop: Stranger, ana: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = shop.ask("POST", "customers", body)
    assert (answer.status, answer.code, answer.json["status"]) == (status, code, status), answer.text
    if code == "customer_exists":
        assert answer.json["values"]["id"] == ana, "which it is"


def test_a_name_of_two_hundred_characters_is_one(shop: Stranger) -> None:
    assert shop.post("customers", {"name": "x" * 200}, 201)["name"] == "x" * 200


def test_customers_are_found_by_phone_mail_and_the_begin_of_a_name(shop: Stranger, ana: str) -> None:
    for text in ("ana", "0612345678", "+33612345678", "ana@example.com"):
        assert ana in [one["id"] for one in shop.post("customers/search", {"text": text})], text


def test_a_wish_list_keeps_an_item_once_and_its_note_short(shop: Stranger, ana: str) -> None:
    here = f"customers/{ana}/wishlist"
    assert shop.ask("PUT", f"{here}/milk", {"note": "x" * 120}).status == 200
    assert shop.ask("PUT", f"{here}/milk", {"note": "x" * 120}).json["done"]["events"] == [], "no event"
    assert shop.ask("PUT", f"{here}/milk", {"note": "x" * 121}).code == "wish_note_wrong"
    assert shop.ask("PUT", f"{here}/nothing", {}).code == "unknown_sku"
    (wish,) = shop.get(here)
    assert {"sku", "names", "price_minor", "fell_minor", "arrived", "gone", "picture", "promotions"} <= set(wish)


@pytest.mark.parametrize(("rating", "status"), [(0, 422), (6, 422), (4.5, 400), (-1, 422)])
def test_ratings_that_are_none(shop: Stranger, ana: str, rating: float, status: int) -> None:
    assert shop.ask("POST", "products/milk/reviews", {"customer": ana, "rating": rating}).status == status


def test_a_review_waits_is_published_and_counts(shop: Stranger, ana: str) -> None:
    body = {"customer": ana, "rating": 4, "text": "<b>good</b>"}
    assert shop.ask("POST", "products/milk/reviews", {**body, "text": "x" * 2_001}).code == "review_text_wrong"
    shop.post("products/milk/reviews", body)
    assert shop.get("products/milk/reviews")["rating"]["count"] == 0, "pending"
    (review,) = shop.get("reviews")
    assert (review["state"], review["verified"], review["text"]) == ("pending", False, "<b>good</b>")
    assert shop.ask("POST", f"reviews/{review['id']}/publish", {}).status == 200
    rating = shop.get("products/milk/reviews")["rating"]
    assert (rating["count"], rating["tenths"], rating["counts"]) == (1, 40, [0, 0, 0, 1, 0])
    assert shop.ask("POST", f"reviews/{review['id']}/withdraw", {}).status == 200
    assert shop.get("products/milk/reviews")["rating"]["count"] == 0


def test_a_consent_is_given_withdrawn_and_both_stay_readable(shop: Stranger, ana: str) -> None:
    here = f"customers/{ana}/consents"
    shop.post(here, {"purpose": "profile", "language": "en"})
    assert [(one["purpose"], one["state"]) for one in shop.get(here)] == [("profile", "given")]
    assert shop.ask("DELETE", f"{here}/profile").status == 200
    (kept,) = shop.get(here)
    assert kept["state"] == "withdrawn" and kept["wording"] and kept["language"] == "en"
    assert shop.ask("POST", here, {"purpose": "world domination", "language": "en"}).status == 400


def test_all_of_a_person_is_read_out_and_that_is_noted(shop: Stranger, ana: str) -> None:
    assert shop.ask("POST", f"customers/{ana}/export", {"why": ""}).code == "export_why"
    said = shop.post(f"customers/{ana}/export", {"why": "they asked"})
    assert said["customer"]["name"] == "Ana Lee"
    again = shop.post(f"customers/{ana}/export", {"why": "they asked again"})
    assert "they asked" in str(again), "who has looked is in it"


ADDRESSES = (
    ("ON", "k1a0b1", "corrected", "K1A 0B1"),
    ("ON", "K1A 0B1", "ok", "K1A 0B1"),
    ("ON", "W1A 0B1", "wrong", "W1A 0B1"),
    ("ON", "D1A 0B1", "wrong", "D1A 0B1"),
    ("ON", "K1O 0B1", "wrong", "K1O 0B1"),
    ("ON", "H1A 0B1", "wrong", "H1A 0B1"),
    ("QC", "H1A 0B1", "ok", "H1A 0B1"),
    ("NL", "A1A 1A1", "ok", "A1A 1A1"),
    ("NU", "X0A 0H0", "ok", "X0A 0H0"),
    ("YT", "Y1A 1A1", "ok", "Y1A 1A1"),
)


@pytest.mark.parametrize(("province", "code", "state", "shown"), ADDRESSES)
def test_postal_codes_of_canada(shop: Stranger, province: str, code: str, state: str, shown: str) -> None:
    body = {"lines": ["1 Main St"], "city": "Town", "province": province, "postal_code": code, "country": "CA"}
    answer = shop.post("addresses/check", body)
    assert (answer["state"], answer["address"]["postal_code"]) == (state, shown)
    assert (state == "wrong") == ("postal_code" in answer["faults"])


def test_another_countrys_address_is_unchecked(shop: Stranger) -> None:
    body = {"lines": ["1 rue X"], "city": "Paris", "postal_code": "75001", "country": "FR"}
    assert shop.post("addresses/check", body)["state"] == "unchecked"


def cart_with(shop: Stranger, sku: str = "milk", quantity: int = 2_000) -> str:
    cart = shop.post("carts", {"channel": "api"}, 201)
    assert cart["left_s"] == 1_800, "thirty minutes"
    shop.post(f"carts/{cart['id']}/lines", {"sku": sku, "quantity": quantity})
    return str(cart["id"])


def test_from_a_cart_to_goods_handed_over(shop: Stranger) -> None:
    before = shop.get("stock/milk")
    cart = cart_with(shop)
    assert shop.get("stock/milk")["reserved"] == before["reserved"] + 2_000, "what lies in a cart is kept"
    changed = shop.ask("POST", "orders", {"cart": cart, "accepted_total_minor": 1})
    assert (changed.status, changed.code) == (422, "price_changed")
    assert changed.json["values"] == {"was_minor": 1, "is_minor": 240}
    order = shop.post("orders", {"cart": cart, "accepted_total_minor": 240, "name": "Ana"}, 201)
    assert (order["state"], len(order["code"])) == ("placed", 6)
    assert shop.post("orders", {"cart": cart, "accepted_total_minor": 240}, 201)["id"] == order["id"], "once"
    here = f"orders/{order['id']}"
    wrong = shop.ask("PATCH", f"{here}/status", {"to": "ready"})
    assert (wrong.code, wrong.json["values"]) == ("order_state", {"from": "placed", "to": "ready"})
    for state in ("accepted", "preparing", "ready"):
        assert shop.ask("PATCH", f"{here}/status", {"to": state}).json["state"] == state
    done = shop.post(f"{here}/hand-over", {"tenders": [{"kind": "cash", "amount_minor": 500}]})
    assert (done["total_minor"], done["left_minor"]) == (240, 0) and done["receipt"] > 0
    steps = [one["now"] for one in shop.get(f"{here}/steps")]
    assert steps == ["placed", "accepted", "preparing", "ready", "handed_over"]
    after = shop.get("stock/milk")
    assert (after["on_hand"], after["reserved"]) == (before["on_hand"] - 2_000, before["reserved"])
    for act in (("POST", f"{here}/cancel", {}), ("PATCH", f"{here}/status", {"to": "ready"})):
        assert shop.ask(*act).code == "order_state", "only refunds are left"


def test_hand_over_walks_what_was_left_out_each_its_own_step(shop: Stranger) -> None:
    order = shop.post("orders", {"cart": cart_with(shop), "accepted_total_minor": 240}, 201)
    here = f"orders/{order['id']}"
    shop.post(f"{here}/hand-over", {"tenders": [{"kind": "cash", "amount_minor": 240}]})
    steps = [one["now"] for one in shop.get(f"{here}/steps")]
    assert steps == ["placed", "accepted", "preparing", "ready", "handed_over"]


@pytest.mark.parametrize(("accepted", "ends"), [(False, "rejected"), (True, "cancelled")])
def test_an_order_that_is_given_up_stays_so_and_lets_go_of_its_goods(shop: Stranger, accepted: bool, ends: str) -> None:
    before = shop.get("stock/milk")["reserved"]
    order = shop.post("orders", {"cart": cart_with(shop), "accepted_total_minor": 240}, 201)
    here = f"orders/{order['id']}"
    if accepted:
        assert shop.ask("PATCH", f"{here}/status", {"to": "accepted"}).status == 200
    assert shop.post(f"{here}/cancel", {"reason": "no time"})["state"] == ends
    assert shop.get("stock/milk")["reserved"] == before
    assert shop.ask("PATCH", f"{here}/status", {"to": "accepted"}).code == "order_state"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"sku": "milk", "quantity": 900_000}, "not_enough"),
        ({"sku": "nothing"}, "unknown_sku"),
        ({"sku": "beer"}, "age_not_checked"),
        ({"sku": "mystery"}, "price_missing"),
    ],
)
def test_what_a_cart_does_not_take(shop: Stranger, line: dict[str, Any], code: str) -> None:
    answer = shop.ask("POST", f"carts/{cart_with(shop)}/lines", line)
    assert (answer.status, answer.code) == (422, code), answer.text
    if code == "not_enough":
        assert "available" in answer.json["values"]


def test_carts_and_orders_that_there_are_none_of(shop: Stranger) -> None:
    assert shop.ask("GET", "orders/nothing").status == shop.ask("GET", f"carts/{'x' * 24}").status == 404
    empty = shop.post("carts", {"channel": "api"}, 201)["id"]
    answer = shop.ask("POST", "orders", {"cart": empty, "accepted_total_minor": 0})
    assert (answer.status, answer.code) == (422, "cart_empty")


HOURS = (
    ([{"from_min": 540, "until_min": 540}], "hours_backwards"),
    ([{"from_min": 540, "until_min": 700}, {"from_min": 600, "until_min": 800}], "hours_overlap"),
)


@pytest.mark.parametrize(("spans", "code"), HOURS, ids=[code for _, code in HOURS])
def test_hours_that_cannot_be(shop: Stranger, spans: list[dict[str, int]], code: str) -> None:
    assert shop.ask("PUT", "store-hours", {"weekly": [spans, *[[]] * 6]}).code == code


def test_an_exception_on_a_day_that_there_is_not(shop: Stranger) -> None:
    answer = shop.ask("PUT", "store-hours", {"exceptions": [{"date": "2027-02-30", "spans": []}]})
    assert (answer.status, answer.code) == (422, "hours_no_such_day")


def test_a_whole_sale_is_one_request_that_may_come_again(shop: Stranger) -> None:
    sale = {"lines": [{"sku": "milk", "quantity": 2_000}], "tenders": [{"kind": "cash", "amount_minor": 500}]}
    assert shop.ask("POST", "sales", sale).code == "key_missing"
    key = {"Idempotency-Key": "01a3185c-5000-7ef3-80a9-633fe03d6f01"}
    first = shop.post("sales", sale, 201, **key)
    assert (first["total_minor"], first["net_minor"], first["change_minor"]) == (240, 227, 260)
    assert shop.post("sales", sale, 201, **key)["number"] == first["number"]
    other = shop.ask("POST", "sales", {**sale, "tenders": [{"kind": "cash", "amount_minor": 240}]}, **key)
    assert (other.status, other.code) == (409, "conflict")
    assert shop.get(f"sales/{first['register']}/{first['number']}")["total_minor"] == 240
    assert shop.ask("GET", "sales/1/999999").status == 404


def test_programs_read_what_happened_by_a_cursor(shop: Stranger) -> None:
    first = shop.get("events?after=0")
    assert first["events"] and first["after"] > 0
    assert shop.get(f"events?after={10**9}")["events"] == []
    assert shop.ask("GET", "events?after=x").status == 400


def test_who_is_forgotten_is_not_there(shop: Stranger) -> None:
    id = shop.post("customers", {"name": "Gone Soon", "phone": "+33699999999"}, 201)["id"]
    assert shop.ask("DELETE", f"customers/{id}").status == 200
    assert shop.ask("GET", f"customers/{id}").status == 404
    assert shop.post("customers/search", {"text": "+33699999999"}) == []


@pytest.mark.parametrize("path", ["/kiosk", "/manager/devices", "/manager/journal", "/manager/stock"])
def test_pages_stand_where_they_are_said_to_be(shop: Stranger, path: str) -> None:
    answer = shop.plain("GET", path, **shop.grant)
    assert answer.status == 200 and answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("POST", "customers", {"name": "B", "price_list": "vip"}, "$.price_list"),
        ("POST", "carts", {"channel": "pigeon"}, "$.channel"),
        ("POST", "orders", {"accepted_total_minor": 240}, "$.cart"),
        ("PUT", "promotions/x", {"names": {"en": "X"}, "deal": {"kind": "percent_off"}}, "$.deal.share"),
        ("POST", "stock/sync", [{"sku": "milk", "units": "many"}], "$[0].units"),
        ("POST", "stock/movement", {"sku": "milk", "type": "IN", "units": "many"}, "$.units"),
        ("POST", "chat/message", {"text": 5}, "$.text"),
    ],
)
def test_a_wrong_body_says_which_field(shop: Stranger, method: str, path: str, body: Any, where: str) -> None:
    answer = shop.ask(method, path, body)
    assert (answer.status, answer.code, answer.json["values"]["where"]) == (400, "body_wrong", where), answer.text
    assert "` - at `" not in answer.json["detail"], "once"


@pytest.mark.parametrize("path", ["orders?ended=maybe", "notify/alerts?active=maybe"])
def test_a_confirmation_or_no_is_one(shop: Stranger, path: str) -> None:
    answer = shop.ask("GET", path)
    assert (answer.status, answer.code) == (400, "argument_wrong")
