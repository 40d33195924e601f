"""An order is changed after it was placed: more goods, another address; what was ordered stays at its price."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import read_print_job
from edge.goods.catalog.commands import SetPrice
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import PercentOff, Promotion
from edge.goods.stock.commands import Moved, MoveStock
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetOrderAddress,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import read_cart
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

PEOPLE: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}


def test_more_goes_in_at_todays_prices_and_what_was_ordered_stays_at_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            order = await milk_order(shop)
            await do(shop, SetPrice("milk", 150), SYSTEM)
            await do(shop, SetPromotion(Promotion("all", {"en": "10 %"}, PercentOff(10_000))), SYSTEM)
            asked = await refused(shop, AddToOrder(order.id, sku="milk", quantity=1000), STAFF)
            assert asked == Refused("price_changed", {"was_minor": 240, "is_minor": 375}), (
                "240 as placed, 150 less 10 %"
            )
            assert (kept(shop, order).version, free(shop)) == (1, 3000), "nothing happens before a yes"
            after = await do(shop, AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=375), STAFF)
            assert [(line.quantity, line.price_minor) for line in after.goods.sold_lines] == [(2000, 120), (1000, 150)]
            assert (after.number, after.version, after.goods.total_minor, free(shop)) == (1, 2, 375, 2000)
            short = await refused(
                shop, AddToOrder(order.id, sku="milk", quantity=3000, accepted_total_minor=780), STAFF
            )
            assert (short.code, short.values["available"]) == ("not_enough", "5"), "what it has and what is left"
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert (sales(shop)[0].total_minor, free(shop)) == (375, 2000)
            await whole(shop)

    run(scenario())


def test_what_is_added_for_grown_ups_is_looked_at_when_it_is_handed_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            after = await do(shop, AddToOrder(order.id, code="beer", accepted_total_minor=490), STAFF)
            assert after.goods.min_age == 18
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).code == "id_not_checked"
            unknown = await refused(shop, AddToOrder(order.id, code="nothing", accepted_total_minor=490), STAFF)
            assert unknown == Refused("unknown_sku", {"sku": "nothing"})
            await whole(shop)

    run(scenario())


def test_a_customer_adds_what_lies_in_their_cart_until_it_is_accepted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            order = await milk_order(shop)
            cart = await milk_cart(shop, 1, "phone")
            asked = await refused(shop, AddToOrder(order.secret, cart=cart.id))
            assert asked == Refused("price_changed", {"was_minor": 240, "is_minor": 360})
            assert read_cart(shop.reader, cart.id) is not None and free(shop) == 2000, "their cart is as it was"
            await do(shop, AddToOrder(order.secret, cart=cart.id, accepted_total_minor=360))
            assert (kept(shop, order).goods.total_minor, free(shop)) == (360, 2000)
            assert read_cart(shop.reader, cart.id) is None
            assert (
                await refused(shop, AddToOrder(order.secret, cart=cart.id, accepted_total_minor=480))
            ).code == "no_such_cart"
            again = await milk_cart(shop, 1, "phone")
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            late = await refused(shop, AddToOrder(order.secret, cart=again.id, accepted_total_minor=480))
            assert late == Refused("order_being_made", {"said": order.said})
            await whole(shop)

    run(scenario())


@pytest.mark.parametrize("state", ["ready", "cancelled"])
def test_staff_add_until_it_is_ready(tmp_path: Path, state: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            if state == "cancelled":
                await do(shop, CancelOrder(order.id), STAFF)
                state_now = "rejected"
            else:
                for to in ("accepted", "preparing", "ready"):
                    await do(shop, MoveOrder(order.id, to), STAFF)  # type: ignore[arg-type]
                state_now = "ready"
            no = await refused(shop, AddToOrder(order.id, sku="milk", accepted_total_minor=360), STAFF)
            assert no == Refused("order_state", {"from": state_now, "to": "changed"})

    run(scenario())


def test_a_slot_that_is_full_by_it_names_others_and_it_moves_in_the_same_commit(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday, 09:00 in Paris
        async with open_shop(tmp_path, clock) as shop:
            week = ((OpenSpan(600, 840),),) * 7
            hours = StoreHours(week, slot_min=60, capacity=3, capacity_in="pieces", prepare_min=15, days_ahead=1)
            await do(shop, SetHours(hours), SYSTEM)
            first, second, *_ = shop.registry.queries["order_slots"].read(shop.reader, clock.at_us)
            order = await milk_order(shop, slot_from_us=first.from_us)
            other = await milk_order(shop, 1, slot_from_us=first.from_us)
            more = AddToOrder(order.id, sku="milk", accepted_total_minor=360)
            full = await refused(shop, more, STAFF)
            assert (full.code, full.values["next1_us"]) == ("slot_full", second.from_us)
            there = AddToOrder(order.id, sku="milk", accepted_total_minor=360, slot_from_us=second.from_us)
            assert (await do(shop, there, STAFF)).slot_from_us == second.from_us
            filled = await do(shop, AddToOrder(other.id, sku="milk", quantity=2000, accepted_total_minor=360), STAFF)
            assert filled.slot_from_us == first.from_us, "what it had itself is not in its way"
            await whole(shop)

    run(scenario())


def test_a_picker_reads_of_the_change_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, AddToOrder(order.id, sku="beer", accepted_total_minor=490), STAFF)
            text = last_paper(shop)
            assert "1 × Beer" in text and "Milk" not in text, text

    run(scenario())


async def delivery(shop: CommandBus) -> KeptOrder:
    """Two bottles of milk for 5.40, to be brought."""
    await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300, free_from_minor=400)), SYSTEM)
    await do(shop, SetZone(DeliveryZone("hills", "Hills", ("92",), "mystery", 500)), SYSTEM)
    await do(shop, SetZone(DeliveryZone("far", "Far", ("77",), "mystery", 500, least_minor=5000)), SYSTEM)
    cart = await milk_cart(shop, channel="phone")
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **PEOPLE))
    return order


def test_enough_more_makes_the_delivery_free(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await delivery(shop)
            after = await do(shop, AddToOrder(order.id, sku="milk", quantity=2000, accepted_total_minor=480), STAFF)
            assert (after.goods.total_minor, after.goods.fee_minor) == (480, 0)
            await whole(shop)

    run(scenario())


def test_another_address_in_the_zone_is_paper_alone_and_in_another_the_fee_is_anew(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await delivery(shop)
            await do(shop, SetOrderAddress(order.secret, "2 rue Basse", "75012"))
            assert (kept(shop, order).address, kept(shop, order).version) == ("2 rue Basse\n75012", 1)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            late = await refused(shop, SetOrderAddress(order.secret, "3 rue Basse", "75012"))
            assert late == Refused("order_being_made", {"said": order.said})
            await do(shop, SetOrderAddress(order.id, "3 rue Basse", "75012"), STAFF)
            assert "3 rue Basse" in last_paper(shop)
            hills = SetOrderAddress(order.id, "4 rue Haute", "92100")
            asked = await refused(shop, hills, STAFF)
            assert asked == Refused("price_changed", {"was_minor": 540, "is_minor": 740})
            assert kept(shop, order).address == "3 rue Basse\n75012", "nothing happens before a yes"
            after = await do(shop, SetOrderAddress(order.id, "4 rue Haute", "92100", 740), STAFF)
            assert (after.zone, after.goods.fee_minor, after.address) == ("hills", 500, "4 rue Haute\n92100")
            assert "4 rue Haute" in last_paper(shop)
            nowhere = await refused(shop, SetOrderAddress(order.id, "5 rue Haute", "13001"), STAFF)
            assert nowhere.code == "no_delivery_there"
            small = await refused(shop, SetOrderAddress(order.id, "5 rue Haute", "77001"), STAFF)
            assert small.code == "order_too_small"
            await whole(shop)
            for state in ("preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)  # type: ignore[arg-type]
            zone = await refused(shop, SetOrderAddress(order.id, "1 rue Haute", "75011", 540), STAFF)
            assert zone == Refused("order_state", {"from": "ready", "to": "changed"})
            await do(shop, SetOrderAddress(order.id, "6 rue Haute", "92100"), STAFF)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            gone = await refused(shop, SetOrderAddress(order.id, "7 rue Haute", "92100"), STAFF)
            assert gone == Refused("order_state", {"from": "out_for_delivery", "to": "changed"})
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert sales(shop)[0].total_minor == 740
            journal = b"".join(bytes(body) for (body,) in shop.reader.execute("SELECT body FROM journal"))
            assert b" rue " not in journal, "sealed as all that was said of people"
            await whole(shop)

    run(scenario())


def test_no_one_goes_round_the_hours_of_a_zone_by_moving_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock()) as shop:
            open_all_day = (OpenSpan(0, 24 * 60),)
            await do(shop, SetHours(StoreHours((open_all_day,) * 7, slot_min=60, prepare_min=0)), SYSTEM)
            order = await delivery(shop)
            minute = datetime.fromtimestamp(clock.at_us / 1e6, ZoneInfo("Europe/Paris")).hour * 60
            later = OpenSpan(minute + 120, minute + 180) if minute < 1200 else OpenSpan(0, 60)
            await do(
                shop, SetZone(DeliveryZone("hills", "Hills", ("92",), "mystery", 500, weekly=((later,),) * 7)), SYSTEM
            )
            for said in ({}, {"slot_from_us": 0}):
                asked = SetOrderAddress(order.id, "4 rue Haute", "92100", 740, **said)
                no = await refused(shop, asked, STAFF)
                assert (no.code, no.values["zone"]) == ("zone_not_then", "Hills")
            first = int(no.values["next1_us"])
            assert kept(shop, order).zone == "town", "nothing happens by half"
            moved = await do(shop, SetOrderAddress(order.id, "4 rue Haute", "92100", 740, first), STAFF)
            assert (moved.zone, moved.slot_from_us) == ("hills", first)
            await whole(shop)

    run(scenario())


def test_what_an_order_costs_nothing_still_has_its_states_its_age_and_its_receipt(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetPrice("beer", 0), SYSTEM)
            cart = await do(shop, OpenCart("kiosk"))
            cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
            order = await do(shop, PlaceOrder(cart.id, 0))
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).code == "id_not_checked"
            done = await do(shop, HandOverOrder(order.id, CARD, id_checked=True), STAFF)
            assert (done.receipt, done.total_minor, kept(shop, order).state) == (1, 0, "handed_over")
            await whole(shop)

    run(scenario())


def last_paper(shop: CommandBus) -> str:
    (last,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
    job = read_print_job(shop.reader, last)
    assert job is not None
    return plain_text(readable(shop.reader, job.document))


def test_a_customer_takes_goods_out_until_it_is_accepted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            cart = await milk_cart(shop, 3, "phone")
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=500))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            total_minor = order.goods.total_minor
            status = order_status(shop.reader, order.secret)
            assert status and [line.id for line in status.lines] == [1, 2]
            await do(shop, SetPrice("milk", 900), SYSTEM)
            less = (LineWanted(1, 1000),)
            no = await refused(shop, ChangeOrder(order.secret, less))
            assert no == Refused("price_changed", {"was_minor": total_minor, "is_minor": total_minor - 240})
            assert (await refused(shop, ChangeOrder(order.secret, (LineWanted(1, 4000),)))).code == "order_takes_out"
            assert (await refused(shop, ChangeOrder(order.secret, (LineWanted(7, 0),)))).code == "no_such_line"
            everything = (LineWanted(1, 0), LineWanted(2, 0))
            assert (
                await refused(shop, ChangeOrder(order.secret, everything, accepted_total_minor=0))
            ).code == "order_left_empty"
            assert (kept(shop, order).version, free(shop)) == (1, 2000), "nothing half-done"
            seq = shop.head.seq
            await do(shop, ChangeOrder(order.secret, (LineWanted(1, 3000),), accepted_total_minor=total_minor))
            assert (shop.head.seq, kept(shop, order).version) == (seq, 1), "what is there already is no change"
            await do(shop, ChangeOrder(order.secret, less, accepted_total_minor=total_minor - 240))
            after = kept(shop, order)
            assert (after.version, after.goods.total_minor, free(shop)) == (2, total_minor - 240, 4000)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            late = await refused(shop, ChangeOrder(order.secret, (LineWanted(2, 0),), accepted_total_minor=120))
            assert late.code == "order_being_made"
            status = order_status(shop.reader, order.secret)
            assert status and status.lines == (), "what nobody can change any more is not shown"
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            await whole(shop)

    run(scenario())


def test_the_page_of_an_order_takes_out_what_is_for_grown_ups_and_never_says_what_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop, 1, "phone")
            cart = await do(shop, AddToCart(cart.id, sku="beer", age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            status = order_status(shop.reader, order.secret)
            assert status
            milk, beer = status.lines
            assert milk.names and (beer.names, beer.quantity, beer.amount_minor) == ({}, 1000, 250)
            await do(shop, ChangeOrder(order.secret, (LineWanted(beer.id, 0),), accepted_total_minor=120))
            goods = kept(shop, order).goods
            assert ([line.sku for line in goods.sold_lines], goods.min_age) == (["milk"], 0)

    run(scenario())


def test_a_delivery_that_less_goes_into_is_free_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await delivery(shop)
            await do(shop, AddToOrder(order.id, sku="milk", quantity=2000, accepted_total_minor=480), STAFF)
            assert kept(shop, order).goods.fee_minor == 0
            less = (LineWanted(1, 1000),)
            no = await refused(shop, ChangeOrder(order.secret, less, accepted_total_minor=360))
            assert no == Refused("price_changed", {"was_minor": 480, "is_minor": 660})
            await do(shop, ChangeOrder(order.secret, less, accepted_total_minor=660))
            goods = kept(shop, order).goods
            assert (goods.fee_minor, goods.total_minor) == (300, 660)
            await whole(shop)

    run(scenario())
