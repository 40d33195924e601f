"""Carts as people meet them over HTTP: ended and touched again, held for two hours, left at a kiosk; and a basket that
was set aside, which two tills take up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import ChangePrice, RetireProducts
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.orders.commands import EndCarts
from edge.ordering.orders.events import CartEnded
from edge.ordering.orders.queries import other_carts
from edge.people.customers.commands import SetCustomer
from edge.people.customers.queries import read_customer
from tests.browser.serving import Served, serve
from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, Client, browser
from tests.ordering import do, free
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, run

HALF_HOUR_S = 1800
DAY_S = 24 * 3600


class Street:
    """A shop with stock of milk, and phones in it; `passes` lets time go by and ends what is over."""

    def __init__(self, served: Served, clock: FakeClock, phones: list[Client]) -> None:
        self.shop: CommandBus = served.shop
        self.clock = clock
        self.phones = phones

    async def passes(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await do(self.shop, EndCarts(), SYSTEM)


@asynccontextmanager
async def street(folder: Path, pieces: int, phones: int = 1) -> AsyncIterator[Street]:
    clock = FakeClock()
    async with serve(folder, PHONES, clock=clock) as served, AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(browser()) for _ in range(phones)]
        await do(served.shop, MoveStock("received", (Moved("milk", pieces * 1000),)), SYSTEM)
        yield Street(served, clock, [Client(one, served.url) for one in sessions])


async def cart(client: Client, touch: str = "no", base: str = "/shop", **at: str) -> str:
    """The cart as the page draws it."""
    status, answer = await client.ask("GET", f"{base}/cart?lang=en&touch={touch}", **at)
    assert status == 200
    return str(answer["cart"])


def test_an_ended_cart_that_is_touched_again_names_what_is_gone_dearer_and_short(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=3) as at:
            (phone,) = at.phones
            for wanted in ({"sku": "milk", "quantity": 3000}, {"sku": "tomato", "quantity": 500}):
                assert (await phone.ask("POST", "/shop/add", wanted))[0] == 200
            assert free(at.shop) == 0
            await at.passes(HALF_HOUR_S + 1)
            assert free(at.shop) == 3000, "its end takes what was held, and not the list"
            for _ in range(2):
                await do(at.shop, AddLine(MILK), CASHIER)
            await do(at.shop, Pay("card"), CASHIER)
            await do(at.shop, ChangePrice("milk", 150), SYSTEM)
            await do(at.shop, RetireProducts(("tomato",)), SYSTEM)
            await at.passes(6 * DAY_S)
            looked = await cart(phone)
            assert "<del>" in looked and "was €1.20" in looked.lower(), "who looks reads what is gone and dearer"
            assert free(at.shop) == 1000, "looking holds nothing"
            touched = await cart(phone, touch="yes")
            assert "<del>" in touched and "was €1.20" in touched.lower() and 'class="short"' in touched
            assert free(at.shop) == 0, "what there still is is theirs again"
            status, settled = await phone.ask("POST", "/shop/settle", {})
            assert status == 200 and 'data-total="150"' in settled["cart"]
            status, placed = await phone.ask("POST", "/shop/place", {"accepted_total_minor": 150})
            assert (status, placed["said"]) == (200, "P01")

    run(scenario())


def test_a_list_is_kept_for_seven_days_from_its_end_and_no_longer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=3, phones=2) as at:
            for phone in at.phones:
                await phone.ask("POST", "/shop/add", {"sku": "milk"})
            await at.passes(HALF_HOUR_S + 1)
            await at.passes(7 * DAY_S - 60)
            assert "Milk" in await cart(at.phones[0], touch="yes")
            await at.passes(120)
            assert "Milk" in await cart(at.phones[0]) and "Milk" not in await cart(at.phones[1], touch="yes")

    run(scenario())


def test_nobody_holds_the_last_piece_for_ever(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=1, phones=2) as at:
            holder, other = at.phones
            await holder.ask("POST", "/shop/add", {"sku": "milk"})
            for _ in range(7):
                await at.passes(17 * 60)
                assert "Milk" in await cart(holder, touch="yes")
                status, no = await other.ask("POST", "/shop/add", {"sku": "milk"})
                assert (status, no["refused"]["code"]) == (422, "not_enough")
            await at.passes(60)
            assert free(at.shop) == 1000, "two hours behind its first line, whoever touches it"
            assert (await other.ask("POST", "/shop/add", {"sku": "milk"}))[0] == 200
            touched = await cart(holder, touch="yes")
            assert 'class="short"' in touched and "Milk" in touched, "it is still on their list, and somebody else's"
            status, no = await holder.ask("POST", "/shop/place", {"accepted_total_minor": 120})
            assert (status, no["refused"]["code"]) == (422, "not_enough")

    run(scenario())


def ended(shop: CommandBus) -> list[CartEnded]:
    return [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, CartEnded)]


def test_what_a_customer_leaves_at_a_kiosk_is_theirs_for_half_an_hour_and_nothing_of_it_stays_there(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=5) as at:
            (kiosk,) = at.phones
            dana = await do(at.shop, SetCustomer(name="Dana", new_code=True), SYSTEM)
            known = read_customer(at.shop.reader, dana, at.shop.now_us())
            assert known is not None
            await kiosk.ask("POST", "/kiosk/add", {"sku": "milk", "quantity": 2000}, **AT_KIOSK)
            await kiosk.ask("POST", "/kiosk/add", {"code": f"M/{known.member_code}"}, **AT_KIOSK)
            (before,) = other_carts(at.shop.reader, dana, "", at.shop.now_us())
            assert (await kiosk.ask("POST", "/kiosk/leave", {}, **AT_KIOSK))[0] == 200
            assert "Milk" not in await cart(kiosk, base="/kiosk", **AT_KIOSK)
            _, page = await kiosk.ask("GET", "/kiosk?register=2&lang=en", **AT_KIOSK)
            assert "Dana" not in page and before.id not in page
            gone = await kiosk.ask("GET", f"/api/v1/carts/{before.id}", Register="1")
            assert gone[0] == 404, "whoever saw its QR has nothing of it"
            (theirs,) = other_carts(at.shop.reader, dana, "", at.shop.now_us())
            assert (theirs.channel, free(at.shop), ended(at.shop)) == ("phone", 3000, [])
            await at.passes(HALF_HOUR_S - 1)
            assert free(at.shop) == 3000
            await at.passes(2)
            assert free(at.shop) == 5000 and [one.why for one in ended(at.shop)] == ["idle"]
            await kiosk.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            assert free(at.shop) == 4000
            await kiosk.ask("POST", "/kiosk/leave", {}, **AT_KIOSK)
            assert free(at.shop) == 5000 and [one.why for one in ended(at.shop)] == ["idle", "left"], "nobody's ends"

    run(scenario())


def test_of_two_tills_that_take_up_one_basket_one_has_it_and_the_other_is_told_who(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with street(tmp_path, pieces=5) as at:
            (client,) = at.phones

            async def till(register: str, command: str, **fields: Any) -> tuple[int, Any]:
                return await client.ask("POST", f"/api/v1/commands/{command}", fields, Register=register)

            async def basket(register: str) -> dict[str, Any]:
                _, answer = await client.ask("GET", "/api/v1/queries/basket", Register=register)
                return dict(answer["result"])

            await till("1", "AddLine", code=MILK)
            await till("1", "SetBasketAside", name="Table 4")
            _, parked = await client.ask("GET", "/api/v1/queries/parked", Register="1")
            number = parked["result"][0]["number"]
            answers = await asyncio.gather(*(till(register, "TakeBasketUp", id=number) for register in ("1", "2")))
            assert sorted(status for status, _ in answers) == [200, 422]
            has, lacks = ("1", "2") if answers[0][0] == 200 else ("2", "1")
            told = answers[int(lacks) - 1][1]["refused"]
            assert (told["code"], told["values"]["register"], told["values"]["who"]) == ("parked_with", has, "cashier")
            assert has in told["message"]
            status, taken = await till(lacks, "TakeBasketUp", id=number, take_over=True)
            assert status == 200 and taken["done"]["result"]["lines"][0]["sku"] == "milk"
            left = await basket(has)
            assert not left.get("lines") and left["away"]["register"] == lacks, "the first sees who has it now"
            status, no = await till(has, "TakeBasketUp", id=number)
            assert (status, no["refused"]["values"]["register"]) == (422, lacks)
            assert (await till(lacks, "Pay", kind="card"))[0] == 200
            status, no = await till(has, "TakeBasketUp", id=number, take_over=True)
            assert (status, no["refused"]["code"]) == (422, "parked_taken"), "it was paid, once"
            assert msgspec.json.encode(await basket(has)).count(b"milk") == 0

    run(scenario())
