"""Orders of web shops: believed by their signature, taken once, held in words, cancelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.registry import Condition
from edge.counter.till.commands import TenderGiven
from edge.foundation.access.rights import system
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.lib.i18n import words
from edge.lib.units.card_numbers import holds_card_number
from edge.ordering.orders.commands import HandOverOrder
from edge.ordering.orders.queries import read_shop_order, read_shop_orders
from edge.ordering.web_orders.arrival import deliver, signed_order
from edge.ordering.web_orders.commands import DropWebOrder, SetWebChannel, TakeWebOrder
from edge.ordering.web_orders.queries import WebOrderState, find_web_order, held_order
from edge.ordering.web_orders.watches import WATCHES
from edge.ordering.web_orders.web_order import Profile, WebChannel, WebLine, WebOrder, is_signed, read_order
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


async def sent(shop: CommandBus, profile: Profile, sim: SimWebShop, told: Any) -> str:
    """Its number there."""
    body, heads = sim.make_webhook({key: value for key, value in told.items() if profile != "generic" or key != "id"})
    order = signed_order(shop.reader, "web", body, heads[sim.head], SECRET, 2)
    outcome = await deliver(shop, "web", order, system())
    assert isinstance(outcome, Done), outcome
    return order.reference


def alerts(shop: CommandBus) -> list[Condition]:
    return list(WATCHES[0].read(shop.reader, shop.now_us(), ""))


async def came(shop: CommandBus, profile: Profile, sim: SimWebShop, told: Any) -> WebOrderState:
    found = find_web_order(shop.reader, "web", await sent(shop, profile, sim, told))
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
        assert sorted("PAID online" in order.note for order in read_shop_orders(shop.reader)) == [False, True]

    in_a_shop(scenario, tmp_path)


def test_who_has_not_the_secret_is_not_believed(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        body, heads = SimWebShop("guessed").make_webhook({"reference": "1"})
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
        assert "has already been handed over" in said and "Refund" in said
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


def said_of(state: WebOrderState) -> tuple[str, str]:
    return state.state, state.why


@pytest.mark.parametrize("first", [("pending", "failed"), ("failed",), ("checkout-draft", "pending")])
def test_what_is_paid_at_the_second_try_is_an_order_once(first: tuple[str, ...], tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "woocommerce", accept=True)
        sim = SimWooCommerce(SECRET)
        whole = sim.order(11, [(MILK_SKU, 2)], "2.40")
        for status in first:
            await sent(shop, "woocommerce", sim, whole | {"status": status, "date_paid": None})
            assert read_shop_orders(shop.reader) == [] and find_web_order(shop.reader, "web", "11") is None
        await came(shop, "woocommerce", sim, whole)
        await came(shop, "woocommerce", sim, whole | {"status": "completed"})
        (order,) = read_shop_orders(shop.reader)
        assert (order.state, order.goods.total_minor) == ("accepted", 240) and "PAID online" in order.note

    in_a_shop(scenario, tmp_path)


def test_one_cancelled_for_want_of_payment_and_paid_late_waits_for_a_person(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "woocommerce", accept=True)
        sim = SimWooCommerce(SECRET)
        paid = sim.order(12, [(MILK_SKU, 1)], "1.20")
        unpaid = paid | {"status": "on-hold", "date_paid": None}
        await came(shop, "woocommerce", sim, unpaid)
        await came(shop, "woocommerce", sim, unpaid | {"status": "cancelled"})
        assert said_of(await came(shop, "woocommerce", sim, unpaid))[0] == "cancelled"  # it was under way
        for _ in range(2):
            assert said_of(await came(shop, "woocommerce", sim, paid)) == ("held", "web_order_came_again")
        assert [one.subject for one in alerts(shop)] == ["web/12"]
        order = held_order(shop.reader, "web", "12")
        assert order is not None
        taken = await done(shop, TakeWebOrder("web", order), SYSTEM)
        assert (taken.result.state, len([o for o in read_shop_orders(shop.reader) if o.open])) == ("taken", 1)

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize(("profile", "kind"), SHOPS)
def test_what_is_changed_there_later_raises_an_alert_and_the_same_again_does_not(
    profile: Profile, kind: type[SimWebShop], tmp_path: Path
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, profile, accept=True)
        sim = kind(SECRET)
        first, second = (sim.order(901, [(MILK_SKU, n)], f"{n * 1.2:.2f}") for n in (1, 2))
        taken = await came(shop, profile, sim, first)
        held = await came(shop, profile, sim, second)
        assert (held.state, held.why, held.order) == ("held", "web_order_changed", taken.order)
        assert [one.subject for one in alerts(shop)] == ["web/901"]
        assert (await came(shop, profile, sim, first)).state == "taken" and not alerts(shop)  # changed back
        await came(shop, profile, sim, second)
        await done(shop, DropWebOrder("web", "901"), SYSTEM)
        after = await came(shop, profile, sim, second)
        assert (after.state, after.order, len(read_shop_orders(shop.reader))) == ("taken", taken.order, 1)
        cancelled = await came(shop, profile, sim, sim.order(901, [(MILK_SKU, 2)], "2.40", cancelled=True))
        assert cancelled.state == "cancelled"

    in_a_shop(scenario, tmp_path)


def test_one_paid_later_says_so_before_money_is_taken_twice(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "shopify", accept=True)
        sim = SimShopify(SECRET)
        paid = sim.order(3, [(MILK_SKU, 1)], "1.20") | {"updated_at": "2027-01-15T14:00:00+02:00"}
        owed = paid | {"financial_status": "pending", "updated_at": "2027-01-15T11:00:00Z"}
        await came(shop, "shopify", sim, owed)
        assert said_of(await came(shop, "shopify", sim, paid)) == ("held", "web_order_paid_later")
        taken = (await done(shop, DropWebOrder("web", "3"), SYSTEM)).result
        assert (await came(shop, "shopify", sim, owed)).state == "taken" and not alerts(shop)  # older news, late
        await done(shop, HandOverOrder(taken.order, (TenderGiven("cash"),)))
        refunded = paid | {"financial_status": "refunded", "updated_at": "2027-01-15T13:00:00Z"}
        assert said_of(await came(shop, "shopify", sim, refunded)) == ("held", "web_order_served")

    in_a_shop(scenario, tmp_path)


def test_of_an_order_edited_at_shopify_what_is_current_counts() -> None:
    told = SimShopify(SECRET).order(4, [(MILK_SKU, 2), ("tea", 1)], "5.00") | {"current_total_price": "1.20"}
    told["line_items"][0]["current_quantity"], told["line_items"][1]["current_quantity"] = 1, 0
    order = read_order("shopify", json.dumps(told).encode(), 2)
    assert ([(line.sku, line.quantity) for line in order.lines], order.total_minor) == ([(MILK_SKU, 1_000)], 120)


@pytest.mark.parametrize(("profile", "kind"), SHOPS)
def test_a_sum_in_another_currency_is_not_taken_for_the_shops(
    profile: Profile, kind: type[SimWebShop], tmp_path: Path
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, profile, accept=True)
        sim = kind(SECRET)
        ours = sim.order(1, [(MILK_SKU, 1)], "1.20")
        held = await came(shop, profile, sim, ours | {"currency": "USD"})
        assert said_of(held) == ("held", "web_order_currency") and "USD" in str(held.told)
        assert read_shop_orders(shop.reader) == []
        assert (await came(shop, profile, sim, ours | {"reference": "2", "id": 2, "currency": "EUR"})).state == "taken"

    in_a_shop(scenario, tmp_path)


def test_what_no_one_can_read_but_its_number_waits_and_a_test_is_no_order(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "shopify", accept=True)
        sim = SimShopify(SECRET)
        odd = sim.order(5, [(MILK_SKU, 1)], "1.20")
        odd["line_items"].append({"sku": None, "variant_id": None, "title": "Gift wrap", "quantity": 1})
        assert said_of(await came(shop, "shopify", sim, odd)) == ("held", "web_order_unreadable")
        test = sim.order(6, [(MILK_SKU, 1)], "1.20") | {"test": True}
        assert said_of(await came(shop, "shopify", sim, test)) == ("held", "web_order_test")
        assert read_shop_orders(shop.reader) == []

    in_a_shop(scenario, tmp_path)


def test_a_part_that_is_refunded_at_woocommerce_is_not_handed_over(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "woocommerce", accept=True)
        sim = SimWooCommerce(SECRET)
        told = sim.order(8, [(MILK_SKU, 2)], "2.40") | {"refunds": []}
        assert (await came(shop, "woocommerce", sim, told)).state == "taken"
        back = told | {"refunds": [{"id": 81, "reason": "", "total": "-1.20"}]}  # total and lines stay as they were
        assert said_of(await came(shop, "woocommerce", sim, back)) == ("held", "web_order_changed")
        assert len(alerts(shop)) == 1

    in_a_shop(scenario, tmp_path)


def test_a_payment_that_expired_at_shopify_is_no_order(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "shopify", accept=True)
        sim = SimShopify(SECRET)
        await sent(shop, "shopify", sim, sim.order(9, [(MILK_SKU, 1)], "1.20") | {"financial_status": "expired"})
        assert read_shop_orders(shop.reader) == [] and not alerts(shop)

    in_a_shop(scenario, tmp_path)


def test_a_sum_that_is_none_waits_and_half_an_emoji_spoils_no_order(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop, "woocommerce", accept=True)
        sim = SimWooCommerce(SECRET)
        endless = sim.order(10, [(MILK_SKU, 1)], "1.20") | {"total": "Infinity"}
        assert said_of(await came(shop, "woocommerce", sim, endless)) == ("held", "web_order_unreadable")
        cut = sim.order(11, [(MILK_SKU, 1)], "1.20") | {"customer_note": "ring twice \ud83d"}
        assert (await came(shop, "woocommerce", sim, cut)).state == "taken"

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
def test_an_invalid_order_is_said_to_be_none(profile: Profile, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_order(profile, body, 2)


def test_only_who_sells_hands_over(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await channel(shop)
        outcome = await deliver(shop, "web", WebOrder("1", (WebLine(MILK_SKU),), MILK_MINOR), CASHIER)
        assert not isinstance(outcome, Done)
        assert find_web_order(shop.reader, "web", "1") is None

    in_a_shop(scenario, tmp_path)
