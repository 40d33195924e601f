"""Customers over HTTP and at the till: found, attached, sold to at their prices, read out and forgotten."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    LineSold,
    Pay,
    RefundedLine,
    RefundSale,
    SellBasket,
    SetQuantity,
    TakeWishes,
    TenderGiven,
    UseCustomer,
    UsePriceList,
)
from edge.counter.till.customer_sales import read_customer_history
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_basket
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.commands import RetireProducts, SetPrice
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import AddToCart, OpenCart, PlaceOrder
from edge.ordering.reviews.commands import PublishReview, WriteReview
from edge.people.customers.commands import AddWish, ForgetCustomer, MergeCustomers
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.customers import DANA, known, refused
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run

CARD = (TenderGiven("card"),)


def test_a_card_or_a_choice_gives_a_basket_their_prices_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, SetPrice("milk", 100, "member"), SYSTEM)
            member = await known(shop, **DANA, price_list="member", member_code="4711")
            other = await known(shop, name="Bo")
            await done(shop, AddLine(MILK))
            basket = (await done(shop, AddLine("M/4711"))).result
            assert (basket.customer, basket.price_list, basket.total_minor) == (member, "member", 100)
            assert len(basket.lines) == 1, "a card is no line"
            basket = (await done(shop, UseCustomer(other))).result
            assert (basket.customer, basket.price_list, basket.total_minor) == (other, "store", 120)
            basket = (await done(shop, UseCustomer())).result
            assert (basket.customer, basket.total_minor) == ("", 120)
            assert await refused(shop, AddLine("M/4712"), CASHIER) == "member_unknown"
            assert await refused(shop, UseCustomer("c9"), CASHIER) == "no_such_customer"
            await done(shop, UseCustomer(member))
            paid = await done(shop, Pay("card"))
            (sale,) = (event for event in paid.events if isinstance(event, SaleCompleted))
            assert (sale.customer, sale.price_list, sale.total_minor) == (member, "member", 100)
            assert read_basket(shop.reader, "1").customer == "", "the next basket is nobody's"
            await done(shop, UseCustomer(member))
            assert (await done(shop, AbandonBasket())).result.customer == ""

    run(scenario())


def test_a_list_without_its_customer_has_to_be_approved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, SetPrice("milk", 100, "member"), SYSTEM)
            await done(shop, AddLine(MILK))
            assert await refused(shop, UsePriceList("member"), CASHIER) == "right_denied"
            assert (await done(shop, UsePriceList("member"), MANAGER)).result.total_minor == 100
            assert (await done(shop, UsePriceList("store"))).result.total_minor == 120
            whole = SellBasket((LineSold(MILK),), CARD, price_list="member")
            assert await refused(shop, whole, CASHIER) == "right_denied"
            member = await known(shop, **DANA, price_list="member", member_code="1")
            sold = await done(shop, SellBasket((LineSold(MILK),), CARD, customer=member))
            assert (sold.result.customer, sold.result.total_minor) == (member, 100)
            assert await refused(shop, SellBasket((LineSold("M/1"),), CARD), CASHIER) == "code_is_member"

    run(scenario())


def test_a_history_has_sales_and_refunds_of_all_their_ids_newest_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana, other = await known(shop), await known(shop, name="D.")
            await done(shop, SellBasket((LineSold(MILK),), CARD, customer=other))
            await done(shop, SellBasket((LineSold(MILK, quantity=3000),), CARD, customer=dana))
            await done(shop, SellBasket((LineSold(MILK),), CARD))
            (refund,) = (await done(shop, RefundSale(2, lines=(RefundedLine(1, 1000),)), MANAGER)).events
            assert isinstance(refund, SaleRefunded) and refund.customer == dana
            await done(shop, MergeCustomers(dana, other), SYSTEM)
            papers = read_customer_history(shop.reader, other)
            assert [(paper.kind, paper.total_minor) for paper in papers] == [
                ("refund", -120),
                ("sale", 360),
                ("sale", 120),
            ]
            assert [paper.number for paper in read_customer_history(shop.reader, dana, papers[1].seq)] == [1]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_forgetting_waits_for_money_and_takes_them_out_of_open_baskets(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana = await known(shop)
            for command in (UseCustomer(dana), AddLine(MILK), SetQuantity(1, 2000)):
                await done(shop, command)
            await done(shop, Pay("card", 100))
            assert await refused(shop, ForgetCustomer(dana)) == "customer_busy"
            await done(shop, Pay("card"))
            await done(shop, UseCustomer(dana))
            await done(shop, AddLine(MILK))
            await done(shop, ForgetCustomer(dana), SYSTEM)
            assert read_basket(shop.reader, "1").customer == ""
            await done(shop, Pay("card"))
            (sale,) = (paper for paper in read_customer_history(shop.reader, dana))
            assert sale.number == 1, "the sale stays, without a name"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_power_cut_loses_no_customer_of_a_basket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana = await known(shop)
            await done(shop, UseCustomer(dana))
            await done(shop, AddLine(MILK))
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            assert read_basket(shop.reader, "1").customer == dana

    run(scenario())


def test_programs_make_find_change_read_out_and_forget_customers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:

            async def ask(method: str, path: str, body: Any = None) -> Any:
                return await caller.call(method, f"/api/v1/{path}", body, Grant=served.site.door.token)

            made = await ask("POST", "customers", {**DANA, "new_code": True})
            assert (made.status, made.json["phone"]) == (201, "+33612345678")
            id = made.json["id"]
            again = await ask("POST", "customers", {"phone": "+33 612345678"})
            assert (again.status, again.json["refused"]["values"]) == (422, {"id": id})
            found = await caller.call("POST", "/api/v1/customers/search", {"text": "5678"})
            assert [one["id"] for one in found.json] == [id], "a cashier finds them"
            assert (await caller.get(f"/api/v1/customers/{id}")).status == 403, "and sees no more"
            changed = await ask("PATCH", f"customers/{id}", {"price_list": "member", "name": "Dana L."})
            assert (changed.json["name"], changed.json["email"]) == ("Dana L.", "dana@example.org")
            wrong = await ask("POST", "addresses/check", {"lines": ["1"], "city": "T", "province": "ON"})
            assert (wrong.json["state"], wrong.json["faults"]) == ("wrong", {"postal_code": "missing"})
            assert (await ask("POST", f"customers/{id}/consents", {"purpose": "chat", "language": "en"})).status == 200
            assert (await ask("DELETE", f"customers/{id}/consents/chat")).status == 200
            assert [one["state"] for one in (await ask("GET", f"customers/{id}/consents")).json] == ["withdrawn"]
            assert (await ask("PUT", f"customers/{id}/wishlist/milk", {"note": "soon"})).status == 200
            assert [wish["note"] for wish in (await ask("GET", f"customers/{id}/wishlist")).json] == ["soon"]
            await done(served.shop, SellBasket((LineSold(MILK),), CARD, customer=id))
            assert [paper["number"] for paper in (await ask("GET", f"customers/{id}/history")).json] == [1]
            written = await ask("POST", "products/milk/reviews", {"customer": id, "rating": 5, "text": "Good"})
            review = written.json["done"]["result"]
            assert (await ask("POST", f"reviews/{review}/publish")).status == 200
            read = (await caller.get("/api/v1/products/milk/reviews")).json
            assert (read["rating"]["tenths"], read["reviews"][0]["verified"]) == (50, True)
            product = await caller.get("/api/v1/products/milk")
            assert product.json["rating"] == {"count": 1, "tenths": 50, "counts": [0, 0, 0, 0, 1]}
            export = (await ask("POST", f"customers/{id}/export", {"why": "She asked"})).json
            assert set(export["beside"]) == {
                "customer_history",
                "customer_invoices",
                "customer_reviews",
                "customer_orders",
            }
            assert export["facts"][-1]["event"] == "PersonalDataRead" and export["wishlist"][0]["note"] == "soon"
            listed = (await ask("GET", "customers")).json
            assert [one["id"] for one in listed["customers"]] == [id]
            assert (await ask("DELETE", f"customers/{id}")).status == 200
            for path in (f"customers/{id}", f"customers/{id}/wishlist", f"customers/{id}/history"):
                gone = await ask("GET", path)
                assert gone.status == 404 and id in gone.message, path
            assert (await caller.call("POST", "/api/v1/customers/search", {"text": "5678"})).json == []
            assert "Good" not in (await caller.get("/api/v1/products/milk/reviews")).text

    run(scenario())


def test_a_product_is_read_with_its_average_its_count_and_its_five_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            read = (await caller.get("/api/v1/products/milk")).json
            assert read["rating"] == {"count": 0, "tenths": None, "counts": [0, 0, 0, 0, 0]}

            async def rated(*stars: int) -> Any:
                for customer, rating in zip(ids, stars, strict=False):
                    written = await done(served.shop, WriteReview(customer, "milk", rating), SYSTEM)
                    await done(served.shop, PublishReview(written.result), SYSTEM)
                answer = await caller.get("/api/v1/products/milk")
                return answer.json["rating"], answer.headers.get("ETag") or answer.headers["Etag"]

            ids = [await known(served.shop, name=name, phone=None, email=None) for name in ("Ann", "Ben", "Cy", "Di")]
            four, _ = await rated(5, 4, 4, 1)
            assert four == {"count": 4, "tenths": 35, "counts": [1, 0, 0, 2, 1]}
            apart, first_tag = await rated(5, 3)
            alike, second_tag = await rated(4, 4)
            assert (apart["tenths"], apart["count"]) == (alike["tenths"], alike["count"])
            assert (apart["counts"], alike["counts"]) == ([1, 0, 1, 1, 1], [1, 0, 0, 3, 0])
            assert first_tag != second_tag, "who kept the first answer is told that there is another"

    run(scenario())


def test_two_tills_making_one_phone_at_once_make_one_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            path, token = "/api/v1/customers", served.site.door.token
            asked = (caller.call("POST", path, {"phone": "0612345678", "name": str(n)}, Grant=token) for n in range(5))
            assert sorted(answer.status for answer in await asyncio.gather(*asked)) == [201, 422, 422, 422, 422]

    run(scenario())


def test_what_is_looked_for_is_never_in_an_address_or_the_log(tmp_path: Path, capfd: Any) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            body = {**DANA, "name": "Zebulon Quartermain"}
            assert (await caller.call("POST", "/api/v1/customers", body, Grant=served.site.door.token)).status == 201
            for text in ("zebulon", "0612345678", "dana@example.org"):
                found = await caller.call("POST", "/api/v1/customers/search", {"text": text})
                assert len(found.json) == 1, text
            settled = await served.shop.do(SetSetting("reviews.buyers_only", True), SYSTEM)
            assert isinstance(settled, Done)

    run(scenario())
    said = "".join(capfd.readouterr())
    assert "uartermain" not in said and "612345678" not in said and "dana@example" not in said.lower()


def test_a_wish_list_goes_into_the_basket_at_once_and_the_rest_is_named(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana = await known(shop)
            assert await refused(shop, TakeWishes(), CASHIER) == "no_customer_in_basket"
            await done(shop, UseCustomer(dana))
            assert await refused(shop, TakeWishes(), CASHIER) == "nothing_to_wish_for"
            for sku in ("milk", "beer", "tomato"):
                await done(shop, AddWish(dana, sku), SYSTEM)
            await done(shop, RetireProducts(("tomato",)), SYSTEM)
            taken = (await done(shop, TakeWishes())).result
            assert ([line.sku for line in taken.lines], taken.left) == (["milk"], ("tomato",))
            assert [question.kind for question in taken.questions] == ["age"], "a beer is asked about"

    run(scenario())


def test_an_export_has_their_orders_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            shop, token = served.shop, served.site.door.token
            await done(shop, MoveStock("received", (Moved("milk", 9000),)), SYSTEM)
            dana = await known(shop)
            cart = (await done(shop, OpenCart("api"), SYSTEM)).result
            shown = (await done(shop, AddToCart(cart.id, sku="milk"), SYSTEM)).result
            await done(shop, PlaceOrder(cart.id, shown.total_minor, customer=dana, note="ring twice"), SYSTEM)
            export = await caller.call("POST", f"/api/v1/customers/{dana}/export", {"why": "Asked"}, Grant=token)
            assert export.status == 200, export
            (order,) = export.json["beside"]["customer_orders"]
            assert (order["state"], order["total_minor"], order["note"]) == ("placed", 120, "ring twice")
            assert "secret" not in order
            await caller.set_pin()
            cookie = (await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")).headers["Set-Cookie"]
            page = await caller.get(f"/manager/customer?id={dana}", Cookie=cookie.split(";")[0], Register="")
            assert page.status == 200 and order["said"] in page.text

    run(scenario())
