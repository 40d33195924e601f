"""A cart that no one touches, as it is read: at the prices of this moment, which reading neither writes nor uses up."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.goods.catalog.commands import ChangePrice, RetireProducts
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.ordering.orders.commands import AddToCart, EndCarts, TouchCart
from edge.ordering.orders.queries import read_cart
from tests.browser.serving import serve
from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, Client, browser, shop
from tests.ordering import do, milk_cart
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

AT_TILL = {"Register": "1"}


def kept(bus: CommandBus, id: str) -> bytes:
    """The cart as it stands on the disk."""
    (body,) = bus.reader.execute("SELECT body FROM cart WHERE id = ?", (id,)).fetchone()
    return bytes(body)


def test_a_program_reads_what_a_cart_costs_now_and_what_it_cost_when_it_was_last_seen(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, PHONES, clock=clock) as served, browser() as http:
            client = Client(http, served.url)
            _, cart = await client.ask("POST", "/api/v1/carts", {}, **AT_TILL)
            path = f"/api/v1/carts/{cart['id']}"
            for sku in ("milk", "tomato"):
                await client.ask("POST", f"{path}/lines", {"sku": sku, "quantity": 1000}, **AT_TILL)
            before = kept(served.shop, cart["id"])
            await do(served.shop, ChangePrice("milk", 150), SYSTEM)
            await do(served.shop, RetireProducts(("tomato",)), SYSTEM)
            for _ in "12":
                _, read = await client.ask("GET", path, **AT_TILL)
                assert (read["total_minor"], read["changed"], read["gone"]) == (150, {"1": 120}, [2])
            asked = f"/api/v1/queries/cart?id={cart['id']}"
            assert (await client.ask("GET", asked, **AT_TILL))[1]["result"]["total_minor"] == 150
            assert kept(served.shop, cart["id"]) == before, "who looks changes nothing"
            await do(served.shop, SetPromotion(Promotion("half", {"en": "Half"}, PercentOff(50_000))), SYSTEM)
            _, read = await client.ask("GET", path, **AT_TILL)
            assert (read["total_minor"], read["discount_minor"]) == (75, 75), "a promotion that began meanwhile holds"
            await do(served.shop, ChangePrice("milk", 120), SYSTEM)
            _, read = await client.ask("GET", path, **AT_TILL)
            assert "changed" not in read and read["total_minor"] == 60, "what it cost before is no news"

    run(scenario())


def test_was_and_is_stay_until_they_were_seen_and_no_longer(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as bus:
            cart = await milk_cart(bus, 1, "phone")
            await do(bus, ChangePrice("milk", 150), SYSTEM)
            clock.advance(600)
            assert (await do(bus, TouchCart(cart.id))).changed == {1: 120}
            clock.advance(2)
            more = await do(bus, AddToCart(cart.id, sku="tomato", quantity=500))
            assert more.changed == {1: 120}, "a hasty finger has not read it yet"
            await do(bus, ChangePrice("milk", 160), SYSTEM)
            assert (await do(bus, TouchCart(cart.id))).changed == {1: 120}, "as it was last seen"
            clock.advance(120)
            assert (await do(bus, TouchCart(cart.id))).changed == {}, "it was seen"
            clock.advance(3600)
            await do(bus, EndCarts(), SYSTEM)
            listed = read_cart(bus.reader, cart.id)
            assert listed is not None and listed.ended
            await do(bus, ChangePrice("milk", 170), SYSTEM)
            clock.advance(3 * 24 * 3600)
            assert (await do(bus, TouchCart(cart.id))).changed == {1: 160}

    run(scenario())


def test_the_pages_of_a_phone_and_a_kiosk_show_the_price_of_this_moment_without_a_touch(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop(tmp_path) as (served, client):
            await client.ask("POST", "/shop/add", {"sku": "milk"})
            await client.ask("POST", "/kiosk/add", {"sku": "milk"}, **AT_KIOSK)
            await do(served.shop, ChangePrice("milk", 150), SYSTEM)
            for base, at in (("/shop", {}), ("/kiosk", AT_KIOSK)):
                for _ in "12":
                    _, cart = await client.ask("GET", f"{base}/cart?lang=en", **at)
                    assert 'data-total="150"' in cart["cart"] and "€1.20" in cart["cart"], "was, and is"
                _, terms = await client.ask("GET", f"{base}/terms?lang=en", **at)
                assert terms["total_minor"] == 150
                status, _ = await client.ask("POST", f"{base}/place", {"accepted_total_minor": 150}, **at)
                assert status == 200, "what is read is what it costs"

    run(scenario())
