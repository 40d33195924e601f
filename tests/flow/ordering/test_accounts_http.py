"""A customer's account over HTTP: a phone that no one let in signs in, and reaches no one else's things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.ordering.orders.commands import HandOverOrder, MoveOrder
from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.orders.queries import cart_at
from edge.people.customers.commands import AddWish, SetCustomer
from edge.people.customers.queries import wished_skus
from tests.browser.strangers import open_to_all, stranger
from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, shop
from tests.flow.ordering.test_sign_in import WITH_SMS
from tests.ordering import CARD, do
from tests.shop_fixture import CASHIER, SYSTEM, run

ACCOUNTS = WITH_SMS + "[orders]\nphones = true\n[customer_accounts]\non = true\n"


async def signed_in(served: Any, phone: Any, to: str = "06 12 34 56 78", **said: Any) -> None:
    status, answer = await phone.ask("POST", "/me/code", {"to": to})
    assert status == 200, answer
    (code,) = served.shop.reader.execute("SELECT code FROM account_code ORDER BY until_us DESC").fetchone()
    status, answer = await phone.ask("POST", "/me/sign-in", {"asking": answer["asking"], "code": code, **said})
    assert status == 200, answer


def test_a_phone_signs_in_wishes_and_puts_it_into_its_cart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, ACCOUNTS) as (served, phone):
            assert "ask-code" in (await phone.ask("GET", "/me"))[1]
            dana = await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            bo = await do(served.shop, SetCustomer(name="Bo", phone="+33699999999"), SYSTEM)
            await do(served.shop, AddWish(bo, "beer"), SYSTEM)
            assert (await phone.ask("POST", "/me/wish", {"sku": "milk"}))[0] == 401
            await signed_in(served, phone)
            assert (await phone.ask("POST", "/me/wish", {"sku": "milk", "customer": bo}))[0] == 400
            assert (await phone.ask("POST", "/me/wish", {"sku": "milk"}))[0] == 200
            assert (wished_skus(served.shop.reader, dana), wished_skus(served.shop.reader, bo)) == (["milk"], ["beer"])
            status, page = await phone.ask("GET", "/me")
            assert status == 200 and 'data-sku="milk"' in page and "Dana" in page and "beer" not in page
            assert (await phone.ask("POST", "/me/cart", {"sku": "milk"}))[0] == 200
            assert (await phone.ask("GET", "/shop/cart"))[1]["count"] == 1
            status, kept = await phone.ask("POST", "/me/export")
            assert status == 200 and kept["customer"]["name"] == "Dana" and kept["wishlist"][0]["sku"] == "milk"
            assert (await phone.ask("POST", "/me/forget"))[0] == 200
            assert (await phone.ask("GET", "/me/account"))[0] == 401
            assert wished_skus(served.shop.reader, dana) == []

    run(scenario())


def test_a_program_has_a_token_for_its_customers_own_things_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, ACCOUNTS) as (served, phone):
            dana = await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            bo = await do(served.shop, SetCustomer(name="Bo", phone="+33699999999"), SYSTEM)
            await do(served.shop, AddWish(bo, "beer"), SYSTEM)
            assert (await phone.ask("GET", "/api/v1/me/wishlist"))[0] == 401
            status, asked = await phone.ask("POST", "/api/v1/me/code", {"to": "06 12 34 56 78"})
            assert status == 200, asked
            (code,) = served.shop.reader.execute("SELECT code FROM account_code").fetchone()
            wanted = {"asking": asked["asking"], "code": code, "device": "My list"}
            status, got = await phone.ask("POST", "/api/v1/me/token", wanted)
            assert status == 200, got
            mine = {"Authorization": f"Bearer {got['token']}"}
            assert (await phone.ask("PUT", "/api/v1/me/wishlist/milk", {"note": "2"}, **mine))[0] == 200
            assert (wished_skus(served.shop.reader, dana), wished_skus(served.shop.reader, bo)) == (["milk"], ["beer"])
            status, listed = await phone.ask("GET", "/api/v1/me/wishlist", **mine)
            assert (status, [(one["sku"], one["note"]) for one in listed]) == (200, [("milk", "2")])
            status, who = await phone.ask("GET", "/api/v1/me/account", **mine)
            assert (status, who["name"], who["ways"]) == (200, "Dana", ["sms"])
            for what in ("orders", "reviews", "recommendations"):
                assert (await phone.ask("GET", f"/api/v1/me/{what}", **mine))[0] == 200, what
            for path in (f"/api/v1/customers/{dana}", "/api/v1/products/milk", "/me", "/me/account", "/kiosk/cart"):
                assert (await phone.ask("GET", path, **mine))[0] == 401, f"a customer's token opens {path}"
            staff = {"Authorization": "Bearer edge_" + "a" * 32}
            assert (await phone.ask("GET", "/api/v1/me/wishlist", **staff))[0] == 401
            assert (await phone.ask("GET", "/me/account", Cookie=f"edge-local={got['token']}"))[0] == 401
            (session,) = served.shop.reader.execute("SELECT device FROM account_session").fetchall()
            assert session == ("My list",)
            assert (await phone.ask("DELETE", "/api/v1/me/wishlist/milk", **mine))[0] == 200
            assert (await phone.ask("DELETE", "/api/v1/me/token", **mine))[0] == 200
            assert (await phone.ask("GET", "/api/v1/me/wishlist", **mine))[0] == 401

    run(scenario())


def test_who_signed_in_at_a_kiosk_wishes_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, ACCOUNTS) as (served, phone):
            dana = await do(served.shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)
            assert (await phone.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK))[0] == 200
            status, refused = await phone.ask("POST", "/kiosk/wish", {"sku": "beer"}, **AT_KIOSK)
            assert refused["refused"]["code"] == "account_signed_out", status
            assert "data-signed-in" not in (await phone.ask("GET", "/kiosk/wishes", **AT_KIOSK))[1]
            cart = cart_at(served.shop.reader, "2", served.shop.now_us())
            assert cart is not None
            await do(served.shop, SignInCart(cart.id, dana), SYSTEM)
            status, answer = await phone.ask("POST", "/kiosk/wish", {"sku": "beer"}, **AT_KIOSK)
            assert (status, wished_skus(served.shop.reader, dana)) == (200, ["beer"]), answer
            assert 'data-sku="beer"' in (await phone.ask("GET", "/kiosk/wishes", **AT_KIOSK))[1]
            assert (await phone.ask("POST", "/kiosk/wish/remove", {"sku": "beer"}, **AT_KIOSK))[0] == 200
            assert wished_skus(served.shop.reader, dana) == []

    run(scenario())


def test_who_ordered_as_a_guest_reviews_what_they_were_handed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path, PHONES) as (served, phone):
            assert (await phone.ask("POST", "/shop/add", {"sku": "milk"}))[0] == 200
            placed = await place(phone)
            said = {"sku": "milk", "rating": 5, "text": "Fresh"}
            status, answer = await phone.ask("POST", f"/order/{placed}/review", said)
            assert status != 200 and answer["refused"]["code"] == "review_not_ordered", "not before it was handed over"
            (order,) = served.shop.reader.execute("SELECT id FROM shop_order").fetchone()
            for state in ("accepted", "preparing", "ready"):
                await do(served.shop, MoveOrder(order, state), CASHIER.with_rights("orders"))
            await hand_over(served.shop, order)
            assert (await phone.ask("POST", f"/order/{placed}/review", said | {"sku": "beer"}))[0] != 200
            status, answer = await phone.ask("POST", f"/order/{placed}/review", said)
            assert status == 200, answer
            row = served.shop.reader.execute("SELECT person, state FROM review").fetchone()
            assert row == (order, "pending")
            state = (await phone.ask("GET", f"/order/{placed}/state?seen=x"))[1]
            assert "Fresh" in state["html"]

    async def place(phone: Any) -> str:
        status, answer = await phone.ask("POST", "/shop/place", {"accepted_total_minor": 120, "name": "Gil"})
        assert status == 200, answer
        return str(answer["secret"])

    async def hand_over(shop: Any, order: str) -> None:
        await do(shop, HandOverOrder(order, CARD), CASHIER.with_rights("orders"))

    run(scenario())


def test_strangers_read_the_privacy_page_and_no_account_where_there_is_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path / "without") as served, stranger(served) as phone:
            page = await phone.get("/privacy", Accept="text/html", Register="")
            assert page.status == 200 and "What we store, and why" in page.text
            assert (await phone.get("/me", Accept="text/html", Register="")).status in (303, 401)

    run(scenario())
