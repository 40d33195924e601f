"""Orders of web shops: believed by their signature, taken once, held in words, cancelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.lib.i18n import words
from edge.lib.units.card_numbers import holds_card_number
from edge.shop.access.rights import system
from edge.shop.modifiers.commands import SetModifierGroup
from edge.shop.modifiers.modifier import Modifier, ModifierGroup
from edge.shop.orders.commands import HandOverOrder
from edge.shop.orders.queries import read_shop_order, read_shop_orders
from edge.shop.till.commands import TenderGiven
from edge.shop.web_orders.arrival import deliver, signed_order
from edge.shop.web_orders.commands import DropWebOrder, SetWebChannel
from edge.shop.web_orders.queries import WebOrderState, find_web_order, held_order
from edge.shop.web_orders.web_order import Profile, WebChannel, WebLine, WebOrder, is_signed, read_order
from sim.vendors.web_shops import SimShopify, SimWebShop, SimWooCommerce
from tests.counter_shop import in_a_shop
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, done

SECRET = "shared with the web shop"
SHOPS: tuple[tuple[Profile, type[SimWebShop]], ...] = (
    ("generic", SimWebShop),
    ("shopify", SimShopify),
    ("woocommerce", SimWooCommerce),
)
MILK_SKU, MILK_MINOR = "milk", 120


async def channel(shop: CommandBus, profile: Profile = "generic", accept: bool = False) -> None:
    await done(shop, SetWebChannel(WebChannel("web", "Web", profile, accept)), SYSTEM)


async def came(shop: CommandBus, profile: Profile, sim: SimWebShop, told: Any) -> WebOrderState:
    body, heads = sim.sent(told)
    order = signed_order(shop.reader, "web", body, heads[sim.head], SECRET, 2)
    outcome = await deliver(shop, "web", order, system())
    assert isinstance(outcome, Done), outcome
    found = find_web_order(shop.reader, "web", order.reference)
    assert found is not None
    return found


def test_a_card_number_in_a_note_is_masked_and_an_order_number_that_looks_like_one_is_none(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "shopify")
        sim, number = SimShopify(SECRET), 5_018_000_000_007  # as long as a card's, with its check digit
        assert holds_card_number(str(number).encode())
        told = sim.order(number, [(MILK_SKU, 2)], "2.40") | {"note": "take it off 4111 1111 1111 1111"}
        assert (await came(shop, "shopify", sim, told)).reference == str(number)
        (order,) = read_shop_orders(shop.reader)
        assert "**** **** **** 1111" in order.note and "4111 1111" not in order.note

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize(("profile", "kind"), SHOPS)
def test_an_order_of_a_web_shop_is_an_order_here_once(profile: Profile, kind: type[SimWebShop], tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, profile, accept=True)
        sim = kind(SECRET)
        told = sim.order(4711, [(MILK_SKU, 2)], "2.40")
        first = await came(shop, profile, sim, told)
        assert await came(shop, profile, sim, told) == first
        (order,) = read_shop_orders(shop.reader)
        assert (first.state, first.order, order.state, order.goods.total_minor) == ("taken", order.id, "accepted", 240)
        assert "4711" in order.note
        cancelled = await came(shop, profile, sim, sim.order(4711, [(MILK_SKU, 2)], "2.40", cancelled=True))
        again = read_shop_order(shop.reader, order.id)
        assert again is not None and (cancelled.state, again.state) == ("cancelled", "cancelled")
        assert (await came(shop, profile, sim, told)).state == "cancelled"

    in_a_shop(scenario, tmp_path)


def test_what_was_paid_there_is_said_where_it_is_handed_over(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "shopify", accept=True)
        sim = SimShopify(SECRET)
        paid = sim.order(1, [(MILK_SKU, 2)], "2.40") | {"financial_status": "paid"}
        await came(shop, "shopify", sim, paid)
        await came(shop, "shopify", sim, sim.order(2, [(MILK_SKU, 2)], "2.40") | {"financial_status": "pending"})
        assert sorted("PAID there" in order.note for order in read_shop_orders(shop.reader)) == [False, True]

    in_a_shop(scenario, tmp_path)


def test_who_has_not_the_secret_is_not_believed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        body, heads = SimWebShop("guessed").sent({"reference": "1"})
        for secret, at in ((SECRET, "web"), ("", "web"), ("guessed", "nowhere")):
            with pytest.raises(PermissionError):
                signed_order(shop.reader, at, body, heads["X-Signature-256"], secret, 2)
        assert not is_signed("shopify", body, SECRET, "\x00")

    in_a_shop(scenario, tmp_path)


def test_one_that_was_served_is_not_cancelled_but_held_in_words(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        sim = SimWebShop(SECRET)
        taken = await came(shop, "generic", sim, sim.order(5, [(MILK_SKU, 1)], "1.20"))
        await done(shop, HandOverOrder(taken.order, (TenderGiven("cash"),)))
        held = await came(shop, "generic", sim, sim.order(5, [(MILK_SKU, 1)], "1.20", cancelled=True))
        assert (held.state, held.why, held.order) == ("held", "web_order_served", taken.order)
        said = words("en")[f"refused.{held.why}"].format(**held.told)
        assert "was handed over already" in said and "refund" in said
        assert (await done(shop, DropWebOrder("web", "5"), SYSTEM)).result.state == "dropped"
        assert held_order(shop.reader, "web", "5") is None

    in_a_shop(scenario, tmp_path)


def test_what_cannot_be_placed_waits_and_is_taken_by_a_person(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        milk = ModifierGroup("milk", {"en": "Milk"}, (Modifier("oat", {"en": "Oat"}),), least=1, products=(MILK_SKU,))
        order = WebOrder("9", (WebLine(MILK_SKU),), 100, name="Ada")
        assert (await deliver(shop, "web", order, system())).result.why == "price_changed"  # type: ignore[union-attr]
        assert held_order(shop.reader, "web", "9") == order
        assert b"Ada" not in b"".join(row[0].encode() for row in shop.reader.execute("SELECT body FROM web_order_held"))
        taken = await deliver(shop, "web", order, system(), accepted_minor=MILK_MINOR)
        assert isinstance(taken, Done) and taken.result.state == "taken"
        await done(shop, SetModifierGroup(milk), SYSTEM)
        lacking = await deliver(shop, "web", WebOrder("10", (WebLine(MILK_SKU),), MILK_MINOR), system())
        assert isinstance(lacking, Done) and (lacking.result.state, lacking.result.order) == ("held", "")
        unknown = await deliver(shop, "web", WebOrder("11", (WebLine("nothing"),), 100), system())
        assert isinstance(unknown, Done) and unknown.result.state == "held"
        assert len(read_shop_orders(shop.reader)) == 1

    in_a_shop(scenario, tmp_path)


def test_a_cancel_that_comes_before_its_order_ends_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        sim = SimWebShop(SECRET)
        assert (await came(shop, "generic", sim, sim.order(6, [], "0", cancelled=True))).state == "cancelled"
        assert (await came(shop, "generic", sim, sim.order(6, [(MILK_SKU, 1)], "1.20"))).state == "cancelled"
        assert read_shop_orders(shop.reader) == []

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        json.dumps({"id": 1, "total_price": "1.234", "line_items": []}).encode(),
        json.dumps({"id": 1, "total_price": "a", "line_items": []}).encode(),
        json.dumps({"id": 1, "total_price": "1", "line_items": [{"sku": "a", "quantity": -1}]}).encode(),
        json.dumps({"id": "\x00", "total_price": "1", "line_items": []}).encode(),
        json.dumps({"id": 1, "total_price": "1", "line_items": [{"quantity": 1}]}).encode(),
    ],
)
@pytest.mark.parametrize("profile", ["generic", "shopify", "woocommerce"])
def test_what_is_no_order_is_said_to_be_none(profile: Profile, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_order(profile, body, 2)


def test_only_who_sells_hands_over(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        outcome = await deliver(shop, "web", WebOrder("1", (WebLine(MILK_SKU),), MILK_MINOR), CASHIER)
        assert not isinstance(outcome, Done)
        assert find_web_order(shop.reader, "web", "1") is None

    in_a_shop(scenario, tmp_path)
