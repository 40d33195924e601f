"""What can't be ordered so: refused in plain words, and nothing is half-done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.asking import ask_nobody, confirmation_token, refuse
from edge.core.journal.rows import read_head
from edge.core.messages import Refused
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.commands import ChangePrice, RetireProducts
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.regions.place import Jurisdiction
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone, undeliverable
from edge.ordering.orders.commands import (
    AddToCart,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetOrderAddress,
)
from edge.people.customers.commands import SetCustomer
from tests.browser.strangers import open_to_all, stranger
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.refusals import outcome_of
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, open_shop, run

TOWN = DeliveryZone("town", "Town", ("M5",), "mystery", 300)
DOOR = {"fulfilment": "delivery", "name": "Dana", "phone": "4165550100", "address": "1 King St"}
ONTARIO = CONFIG.replace("[tax]", 'province = "ON"\n[tax]')


def test_a_cart_with_a_retired_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            await do(shop, RetireProducts(("milk",)), SYSTEM)
            head = read_head(shop.reader)
            assert (await refused(shop, PlaceOrder(cart.id, 240))).code == "cart_empty"
            assert (await refused(shop, AddToCart(cart.id, sku="milk"))).code == "retired"
            assert read_head(shop.reader) == head, "the journal has nothing of it"

    run(scenario())


def test_a_price_that_changed_between_cart_and_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            await do(shop, ChangePrice("milk", 150), SYSTEM)
            head = read_head(shop.reader)
            no = await refused(shop, PlaceOrder(cart.id, 240))
            assert no == Refused("price_changed", {"was_minor": 240, "is_minor": 300})
            assert read_head(shop.reader) == head

    run(scenario())


def test_two_kiosks_take_the_last_piece(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 1000),)), SYSTEM)
            other = anonymous_actor("1", "kiosk")
            await milk_cart(shop, 1)
            theirs = await do(shop, OpenCart("kiosk"), other)
            no = await refused(shop, AddToCart(theirs.id, sku="milk"), other)
            assert (no.code, no.values["available"]) == ("not_enough", "0")
            assert free(shop) == 0
            await whole(shop)

    run(scenario())


def test_an_order_is_picked_up_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            no = await refused(shop, HandOverOrder(order.id, CARD), STAFF)
            assert no == Refused("order_state", {"from": "handed_over", "to": "handed_over"})
            assert len(sales(shop)) == 1

    run(scenario())


@pytest.mark.parametrize(
    ("postal", "code"), [("H2X 1Y4", "delivery_other_province"), ("M5V 3L", "postal_code_wrong"), ("m5v3l9", "")]
)
def test_a_postal_code_of_another_province(postal: str, code: str) -> None:
    ontario = Jurisdiction("CA", "ON")
    no = outcome_of(undeliverable, "1 King St", postal, ontario, refuse)
    assert (no.code if no else "") == code
    undeliverable("1 King St", "H2X 1Y4", ontario, ask_nobody)  # somebody of the shop knows
    assert outcome_of(undeliverable, "PO Box 12", "M5V 3L9", ontario, refuse).code == "delivery_post_box"
    undeliverable("1 rue Haute", "75011", Jurisdiction("FR"), refuse)  # elsewhere it is the zone that says it


def test_a_postal_code_that_cannot_be_is_refused_where_no_one_said_the_province(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = CONFIG.replace('zone = "Europe/Paris"', 'zone = "America/Toronto"\ncountry = "CA"')
        async with open_shop(tmp_path, text=text) as shop:
            await do(shop, SetZone(TOWN), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            for wrong in ("M5D 0O0", "M5V 3L"):  # D and O never occur
                no = await refused(shop, PlaceOrder(cart.id, 540, **{**DOOR, "postal_code": wrong}))
                assert no.code == "postal_code_wrong"
            await do(shop, PlaceOrder(cart.id, 540, **{**DOOR, "postal_code": "M5V 3L9"}))

    run(scenario())


def test_a_zones_prefix_in_small_letters_is_mended_and_a_name_is_as_long_as_a_customers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            small = msgspec.convert({**msgspec.to_builtins(TOWN), "prefixes": ["m5v", "M5-V", " m5 a"]}, DeliveryZone)
            await do(shop, SetZone(small), SYSTEM)
            assert [zone.prefixes for zone in read_zones(shop.reader)] == [("M5V", "M5A")]
            twice = await refused(shop, SetZone(msgspec.structs.replace(small, id="other", prefixes=("m5a",))), SYSTEM)
            assert twice == Refused("zone_prefix_twice", {"prefix": "M5A", "zone": "Town"})
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert({**msgspec.to_builtins(TOWN), "prefixes": ["- -"]}, DeliveryZone)
            assert (await milk_order(shop, name="N" * 200)).name == "N" * 200
            no = await refused(shop, PlaceOrder((await milk_cart(shop)).id, 240, name="N" * 201))
            assert no == Refused("name_too_long", {"limit": 200})

    run(scenario())


def test_a_line_that_is_named_twice_in_one_command(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            twice = (LineWanted(1, 1000), LineWanted(1, 2000))
            head = read_head(shop.reader)
            never = Refused("order_line_twice", {"line": 1})
            assert await refused(shop, ChangeOrder(order.id, twice), STAFF) == never
            assert await refused(shop, ChangeOrder(order.secret, twice)) == never
            assert await refused(shop, HandOverOrder(order.id, CARD, lines=twice), STAFF) == never
            assert read_head(shop.reader) == head

    run(scenario())


def test_a_delivery_to_another_province_or_a_post_box_places_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await do(shop, SetZone(TOWN), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            there = {**DOOR, "postal_code": "H2X 1Y4"}
            head = read_head(shop.reader)
            no = await refused(shop, PlaceOrder(cart.id, 540, **there))
            assert no == Refused("delivery_other_province", {"postal_code": "H2X1Y4", "province": "ON"})
            sure = PlaceOrder(cart.id, 540, **there, answers=(confirmation_token(no.code, no.values),))
            assert (await refused(shop, sure)).code == no.code, "a customer knows no better"
            box = {**DOOR, "postal_code": "M5V 3L9", "address": "P.O. Box 7"}
            assert (await refused(shop, PlaceOrder(cart.id, 540, **box))).code == "delivery_post_box"
            assert read_head(shop.reader) == head
            await do(shop, PlaceOrder(cart.id, 540, **{**DOOR, "postal_code": "m5v3l9"}))

    run(scenario())


def test_201_characters_of_a_name_and_a_second_customer_with_the_same_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            first = await do(shop, SetCustomer(name="x" * 200, phone="+33123456789"), SYSTEM)
            head = read_head(shop.reader)
            assert (await refused(shop, SetCustomer(name="x" * 201), SYSTEM)).code == "name_too_long"
            no = await refused(shop, SetCustomer(name="Noa", phone="01 23 45 67 89"), SYSTEM)
            assert (no.code, no.values["id"]) == ("customer_exists", first)
            assert read_head(shop.reader) == head

    run(scenario())


@pytest.mark.parametrize(
    ("said", "code"),
    [
        *[({"phone": phone}, "phone_invalid") for phone in ("123", "555-0100", "000-000-0000", "call me")],
        *[({"name": name}, "control_characters") for name in ("\u202eanaD", "Da\u2066na")],
        *[({"name": name}, "delivery_needs") for name in ("", "  ", "\u200b")],
    ],
)
def test_a_delivery_to_nobody_who_can_be_called_places_nothing(said: dict[str, str], code: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await do(shop, SetZone(TOWN), SYSTEM)
            cart = await milk_cart(shop)
            head = read_head(shop.reader)
            wrong: Any = {**DOOR, "postal_code": "M5V 3L9", **said}
            assert (await refused(shop, PlaceOrder(cart.id, cart.total_minor + 300, **wrong))).code == code
            assert read_head(shop.reader) == head

    run(scenario())


def test_what_is_said_at_a_kiosk_is_kept_as_it_is_written_here(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=ONTARIO) as shop:
            await do(shop, SetZone(TOWN), SYSTEM)
            cart = await milk_cart(shop)
            said: Any = {**DOOR, "phone": "(416) 555-0100 poste 7", "postal_code": "m5v3l9"}
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor + 300, **said))
            assert (order.phone, order.address) == ("+14165550100 ext. 7", "1 King St\nM5V 3L9")
            moved = await do(shop, SetOrderAddress(order.id, " 2 King St ", "m5v-1a1"), STAFF)
            assert moved.address == "2 King St\nM5V 1A1"

    run(scenario())


def test_goods_with_an_age_without_a_check(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await do(shop, OpenCart("kiosk"))
            assert (await refused(shop, AddToCart(cart.id, sku="beer"))).code == "age_not_checked"
            cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).code == "id_not_checked"
            assert (kept(shop, order).state, sales(shop)) == ("placed", [])
            for to in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, to), STAFF)  # type: ignore[arg-type]
            assert (await refused(shop, HandOverOrder(order.id, CARD), CASHIER)).code == "id_not_checked"

    run(scenario())


def test_a_kiosk_token_of_another_store(tmp_path: Path) -> None:
    """What one store let in is a stranger at another, and nothing of a cart is begun there."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()

    async def scenario() -> None:
        async with open_to_all(here) as ours, open_to_all(there) as theirs:
            async with stranger(theirs) as kiosk:
                await kiosk.let_in("kiosk", "2")
                assert (await kiosk.get("/kiosk", Accept="text/html", Register="")).status == 200
                cookie = kiosk.cookie
            assert cookie
            async with stranger(ours) as kiosk:
                kiosk.cookie = cookie
                sent = {"Register": "2", "Origin": kiosk.url}
                assert (await kiosk.get("/kiosk", Accept="text/html", **sent)).status in (302, 303)
                no = await kiosk.call("POST", "/kiosk/add", {"sku": "milk"}, **sent)
                assert no.status in (302, 303, 401, 403), no
            assert ours.shop.reader.execute("SELECT count(*) FROM cart").fetchone() == (0,)

    run(scenario())
