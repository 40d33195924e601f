"""All that is kept of a customer, wherever it is kept: read out whole, in the clear in no file, gone when forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.counter.till.commands import LineSold, SellBasket
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import AddToCart, AskSignIn, OpenCart, PlaceOrder, SignIn
from edge.ordering.orders.customers.customer_orders import carts_of
from edge.ordering.orders.customers.customer_sign_in import read_code
from edge.ordering.orders.queries import other_carts
from edge.ordering.reviews.commands import WriteReview
from edge.people.customers.commands import (
    AddWish,
    AnswerRequest,
    ForgetCustomer,
    GiveConsent,
    MergeCustomers,
    NoteRequest,
    SetCustomer,
)
from edge.people.customers.customer import Preferences
from tests.browser.calling import PIN, Caller, calling
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.flow.ordering.test_sign_in import PHONE, WITH_SMS
from tests.flow.people.test_customers import CARD
from tests.ordering import do, milk_cart
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run

SAID = {
    "name": "Zipporah Quartermain",
    "email": "zipporah@example.org",
    "phone": PHONE,
    "merged name": "Z. Quartermaine",
    "merged mail": "zippy@example.org",
    "liked": "Marzipan Brothers",
    "wish": "for the wedding of Ezekiel",
    "review": "tastes of Ljubljana",
    "order note": "ring at Okonkwo",
    "order name": "Q. Periwinkle",
    "why refused": "the books of Xanthippe",
    "why read": "as Bartholomew asked",
}


async def somebody(served: Served) -> tuple[str, str]:
    """A customer and the id that was merged into theirs, of whom the shop knows all of `SAID` by one way or another."""
    shop = served.shop
    await done(shop, MoveStock("received", (Moved("milk", 90_000),)), SYSTEM)
    kept = await known(shop, **{field: SAID[field] for field in ("name", "email", "phone")})
    merged = await known(shop, name=SAID["merged name"], email=SAID["merged mail"])
    await done(shop, GiveConsent(kept, "profile", "en"), SYSTEM)
    await done(shop, SetCustomer(id=kept, preferences=Preferences(liked_brands=(SAID["liked"],))), SYSTEM)
    await done(shop, AddWish(merged, "milk", SAID["wish"]), SYSTEM)
    await done(shop, WriteReview(merged, "milk", 4, SAID["review"]), SYSTEM)
    cart = await do(shop, OpenCart("api"), SYSTEM)
    shown = await do(shop, AddToCart(cart.id, sku="milk"), SYSTEM)
    said: dict[str, Any] = {"customer": merged, "note": SAID["order note"], "name": SAID["order name"]}
    order = await do(shop, PlaceOrder(cart.id, shown.total_minor, **said), SYSTEM)
    assert order.customer == merged
    request = (await done(shop, NoteRequest(merged, "correction"), SYSTEM)).result
    await done(shop, AnswerRequest(request, True, SAID["why refused"]), SYSTEM)
    await done(shop, MergeCustomers(kept, merged), SYSTEM)
    mine = await milk_cart(shop, 3, "phone")
    await do(shop, AskSignIn(mine.id, PHONE))
    code = read_code(shop.reader, mine.id, shop.now_us())
    assert code
    await do(shop, SignIn(mine.id, code[1]))
    return kept, merged


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def exported(caller: Caller, served: Served, id: str) -> Any:
    body = {"why": SAID["why read"]}
    return await caller.call("POST", f"/api/v1/customers/{id}/export", body, Grant=served.site.door.token)


def test_all_of_somebody_is_read_out_and_stands_in_no_file_in_the_clear(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, WITH_SMS, clock=FakeClock()) as served, calling(served) as caller:
            kept, merged = await somebody(served)
            await caller.set_pin()
            cookie = (await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")).headers["Set-Cookie"]
            manager = {"Cookie": cookie.split(";")[0], "Surface": "panel"}
            body = {"why": SAID["why read"]}
            export = await caller.call("POST", f"/api/v1/customers/{merged}/export", body, **manager)
            assert export.status == 200, export.text
            paper = await caller.get(f"/manager/customer/paper?id={kept}", Register="", **manager)
            assert paper.status == 200, paper.text
            for what, text in SAID.items():
                shown = "+33123456789" if what == "phone" else text
                assert shown in export.text, f"{what} is kept and not told"
                assert shown in paper.text, f"{what} is not on paper"
            assert not any(name in paper.text for name in ("ConsentGiven", "since_us", "postal_code", "member</bdi>"))
            assert export.json["beside"]["carts"][0]["goods"] == {"milk": 3000}
            asked = [fact["event"] for fact in export.json["facts"]]
            assert {"RequestNoted", "RequestAnswered", "PersonalDataRead", "ConsentGiven"} <= set(asked)
            everything = files(tmp_path)
            for what, text in {**SAID, "phone": "+33123456789"}.items():
                assert text.encode() not in everything, f"{what} is in the clear"

    run(scenario())


def test_who_bought_often_is_told_of_all_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            dana = await known(served.shop)
            for _ in range(103):
                await done(served.shop, SellBasket((LineSold(MILK),), CARD, customer=dana))
            export = (await exported(caller, served, dana)).json
            numbers = [paper["number"] for paper in export["beside"]["customer_history"]]
            assert numbers == list(range(103, 0, -1))

    run(scenario())


def test_a_cart_of_who_was_merged_is_theirs_and_goes_with_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=WITH_SMS) as shop:
            await done(shop, MoveStock("received", (Moved("milk", 90_000),)), SYSTEM)
            dana = await known(shop, name="Dana", phone=PHONE)
            carts = [await milk_cart(shop, pieces, "phone") for pieces in (2, 1)]
            await do(shop, AskSignIn(carts[0].id, PHONE))
            code = read_code(shop.reader, carts[0].id, shop.now_us())
            assert code
            await do(shop, SignIn(carts[0].id, code[1]))
            kept = await known(shop, name="D. Levi")
            await done(shop, MergeCustomers(kept, dana), SYSTEM)
            assert len(other_carts(shop.reader, kept, "", shop.now_us())) == 1
            assert carts_of(shop.reader, kept)["carts"][0]["goods"] == {"milk": 2000}
            await do(shop, AskSignIn(carts[1].id, PHONE))
            code = read_code(shop.reader, carts[1].id, shop.now_us())
            assert code
            both = await do(shop, SignIn(carts[1].id, code[1]))
            assert both.basket.customer == kept
            assert [(line.sku, line.quantity) for line in both.lines] == [("milk", 1000)], "as on the screen they see"
            assert other_carts(shop.reader, kept, both.id, shop.now_us()) == []
            await done(shop, ForgetCustomer(dana), SYSTEM)
            assert carts_of(shop.reader, kept) == {}

    run(scenario())
