"""What an order was placed with holds: its fee, its slot and its steps, whatever is changed of it or fails."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.foundation.outbox.letters import about_of, letters_of
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import read_print_job
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    ReplaceLine,
    SetOrderSlot,
    TakeUpOrder,
)
from edge.ordering.orders.customers.order_news import NewsLetter
from edge.ordering.orders.events import OrderChanged
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import free_slots, order_steps, with_faults
from tests.ordering import CARD, STAFF, do, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, CASHIER, MILK, SYSTEM, FakeClock, open_shop, run

TO: Any = {
    "fulfilment": "delivery",
    "name": "Dana",
    "phone": "0123456789",
    "address": "1 rue Haute",
    "postal_code": "75011",
}
PARIS = ZoneInfo("Europe/Paris")


async def town(shop: CommandBus, fee_minor: int = 300, **more: Any) -> None:
    await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", fee_minor, **more)), SYSTEM)


async def delivery(shop: CommandBus, pieces: int = 2) -> KeptOrder:
    """Milk for 1.20 each, to be brought to the town."""
    cart = await milk_cart(shop, pieces, "phone")
    asked = await shop.do(PlaceOrder(cart.id, 0, **TO), CASHIER)
    assert isinstance(asked, Refused) and asked.code == "price_changed"
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, int(asked.values["is_minor"]), **TO))
    return order


async def on_its_way(shop: CommandBus, order: KeptOrder) -> None:
    for state in ("accepted", "preparing", "ready"):
        await do(shop, MoveOrder(order.id, state), STAFF)
    await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)


def states(shop: CommandBus, order: KeptOrder) -> list[tuple[str, str]]:
    return [(step.was, step.now) for step in order_steps(shop.reader, order.id)]


def test_after_an_attempt_that_failed_it_is_back_in_the_shop_before_it_goes_out_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop)
            order = await delivery(shop)
            await on_its_way(shop, order)
            await do(shop, MoveOrder(order.id, "failed", reason="nobody at home"), STAFF)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert states(shop, order)[-4:] == [
                ("out_for_delivery", "failed"),
                ("failed", "ready"),
                ("ready", "out_for_delivery"),
                ("out_for_delivery", "delivered"),
            ]
            await whole(shop)

    run(scenario())


def test_what_failed_for_an_age_is_handed_over_no_more_neither_at_a_door_nor_at_a_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop)
            order = await delivery(shop)
            await on_its_way(shop, order)
            await do(shop, MoveOrder(order.id, "failed", reason="age"), STAFF)
            never = Refused("failed_for_age", {"said": order.said})
            assert await refused(shop, HandOverOrder(order.id, CARD), STAFF) == never
            assert await refused(shop, TakeUpOrder(order.id), CASHIER) == never
            assert (kept(shop, order).state, sales(shop)) == ("failed", [])

    run(scenario())


def test_without_an_id_at_the_door_what_is_for_grown_ups_alone_failed_there_and_is_cancelled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop)
            cart = await do(shop, OpenCart("phone"))
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(shop, PlaceOrder(cart.id, 550, **TO))
            await on_its_way(shop, order)
            done = await do(shop, HandOverOrder(order.id, CARD, id_failed=True), STAFF)
            assert (done.receipt, sales(shop)) == (0, [])
            assert states(shop, order)[-2:] == [("out_for_delivery", "failed"), ("failed", "cancelled")]
            await whole(shop)

    run(scenario())


def test_without_an_id_on_a_counter_the_rest_stays_there_and_all_of_it_can_be_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            (asked,) = (await do(shop, TakeUpOrder(order.id), CASHIER)).questions
            assert (asked.kind, asked.price_minor) == ("age", 240), "what the rest comes to is said beforehand"
            assert (await do(shop, AnswerQuestion(asked.id, yes=False), CASHIER)).empty
            assert kept(shop, order).goods == order.goods, "put back, it is as it was"
            (asked,) = (await do(shop, TakeUpOrder(order.id), CASHIER)).questions
            rest = await do(shop, AnswerQuestion(asked.id, yes=False, id_failed=True), CASHIER)
            assert (rest.total_minor, rest.questions) == (240, ())
            await do(shop, Pay("card"), CASHIER)
            assert ([sale.total_minor for sale in sales(shop)], kept(shop, order).state) == ([240], "handed_over")
            changes = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, OrderChanged)]
            assert [change.reason for change in changes] == ["age"], "noted, and of nobody"
            await whole(shop)

    run(scenario())


def test_without_an_id_on_a_counter_an_order_for_grown_ups_alone_is_cancelled_and_the_counter_free(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await do(shop, OpenCart("kiosk"))
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            (asked,) = (await do(shop, TakeUpOrder(order.id), CASHIER)).questions
            assert asked.price_minor is None, "no rest is offered"
            assert (await do(shop, AnswerQuestion(asked.id, yes=False, id_failed=True), CASHIER)).empty
            assert (kept(shop, order).state, sales(shop)) == ("cancelled", [])
            assert (await do(shop, AddLine(MILK), CASHIER)).total_minor == 120
            await whole(shop)

    run(scenario())


def test_a_fee_stays_as_it_was_placed_whatever_the_shop_asks_for_by_now(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop, free_from_minor=400)
            order, free = await delivery(shop), await delivery(shop, 4)
            assert (order.goods.total_minor, free.goods.total_minor) == (540, 480)
            await town(shop, 700, free_from_minor=400, least_minor=240)
            fee_of_now = ChangeOrder(free.secret, (LineWanted(1, 3000),), accepted_total_minor=360 + 700)
            await do(shop, fee_of_now)
            more = await do(shop, AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=660), STAFF)
            less = await do(shop, ChangeOrder(order.id, (LineWanted(1, 1000),)), STAFF)
            assert (more.goods.fee_minor, less.goods.fee_minor, less.goods.total_minor) == (300, 300, 540)
            await town(shop, 700, least_minor=9000)
            await do(shop, AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=660), STAFF)
            await do(shop, ChangeOrder(order.secret, (LineWanted(1, 0),), accepted_total_minor=540))
            assert kept(shop, order).goods.fee_minor == 300, "what is too little by now was enough then"

    run(scenario())


def test_a_fee_is_no_line_that_is_struck_or_ordered_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop)
            order = await delivery(shop)
            for quantity in (0, 2000):
                no = await refused(shop, ChangeOrder(order.id, (LineWanted(2, quantity),)), STAFF)
                assert no == Refused("no_such_line", {"line": 2})
            assert kept(shop, order) == order, "nothing happened"
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            (paper,) = papers(shop)
            assert "Milk" in paper and "No price yet" not in paper, "nor is it picked"

    run(scenario())


def papers(shop: CommandBus) -> list[str]:
    """What was printed of orders."""
    jobs = [read_print_job(shop.reader, id) for (id,) in shop.reader.execute("SELECT id FROM print_job ORDER BY id")]
    return [plain_text(readable(shop.reader, job.document)) for job in jobs if job is not None and job.kind == "order"]


def test_more_of_a_line_needs_room_in_its_slot_and_stays_within_reason(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetHours(StoreHours(capacity=4, capacity_in="pieces")), SYSTEM)
            slot = free_slots(shop.reader, PARIS, shop.now_us())[2]
            order = await milk_order(shop, slot_from_us=slot.from_us)
            await milk_order(shop, 1, slot_from_us=slot.from_us)
            assert (await do(shop, ChangeOrder(order.id, (LineWanted(1, 3000),)), STAFF)).goods.total_minor == 360
            full = await refused(shop, ChangeOrder(order.id, (LineWanted(1, 4000),)), STAFF)
            assert full.code == "slot_full" and int(full.values["next1_us"]) > slot.from_us
            soon = await milk_order(shop)
            much = await refused(shop, ChangeOrder(soon.id, (LineWanted(1, 1_000_000),)), STAFF)
            assert (much.code, much.values["limit"]) == ("too_much_of_it", 999)
            assert (kept(shop, order).version, kept(shop, soon).version) == (2, 1)

    run(scenario())


def test_another_time_is_told_to_its_customer_and_to_whoever_makes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            slots = free_slots(shop.reader, PARIS, shop.now_us())
            order = await milk_order(shop, phone="+33612345678", slot_from_us=slots[2].from_us)
            await do(shop, SetOrderSlot(order.id, slots[3].from_us), STAFF)
            assert (news(shop), papers(shop)) == (["changed"], []), "nobody makes it yet"
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            clock.advance(60)
            await do(shop, SetOrderSlot(order.id, slots[4].from_us), STAFF)
            await do(shop, SetOrderSlot(order.id, slots[4].from_us), STAFF)
            assert news(shop) == ["changed", "accepted", "changed"], "the same time once more is none"
            assert ["CHANGE" in paper for paper in papers(shop)] == [False, True]
            assert "Milk" not in papers(shop)[1], "of the goods nothing changed"

    run(scenario())


def news(shop: CommandBus) -> list[str]:
    """Of what steps the customers of orders are told."""
    return [about_of(one, NewsLetter).step for one in letters_of(shop.reader, "order:")]


def test_who_drives_is_somebody_of_the_shop(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await town(shop)
            await do(shop, SetUser("u1", "Ann Zucker", "cashier", hash_pin("1357")), SYSTEM)
            order = await delivery(shop)
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            nobody = await refused(shop, MoveOrder(order.id, "out_for_delivery", driver="u7"), STAFF)
            assert nobody == Refused("no_such_user", {"id": "u7"})
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)

    run(scenario())


@pytest.mark.parametrize(("deposit_minor", "asked"), [(5, False), (25, True)])
def test_what_is_dearer_by_its_deposit_is_asked_about_also_of_who_ticked_it(
    tmp_path: Path, deposit_minor: int, asked: bool
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goat = Product("goat", {"en": "Goat milk"}, (), 110, "reduced", deposit_minor=deposit_minor)
            await do(shop, SetProducts((goat,)), SYSTEM)
            order = await milk_order(shop, substitutes=True)
            after = await do(shop, ReplaceLine(order.id, 1, "goat"), STAFF)
            assert ([one.sku for one in after.proposals], after.goods.total_minor <= 240) == (["goat"] * asked, True)

    run(scenario())


def test_nobody_has_stayed_away_before_the_night_is_over_in_which_their_slot_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        clock.at_us = wall("2027-02-01T20:00")
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, SetHours(StoreHours(((OpenSpan(1080, 1560),),) * 7)), SYSTEM)  # 18:00 to 02:00
            order = await milk_order(shop, slot_from_us=wall("2027-02-01T23:30"))
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            told = {}
            for moment in ("2027-02-02T01:59", "2027-02-02T02:01"):
                (found,) = with_faults(shop.reader, PARIS, [kept(shop, order)], wall(moment))
                told[moment] = (found.late, found.no_show)
            assert told == {"2027-02-02T01:59": (True, False), "2027-02-02T02:01": (True, True)}

    run(scenario())


def wall(text: str) -> int:
    """A moment as a clock in Paris shows it, in UTC microseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()) * 1_000_000


def test_whoever_takes_the_money_takes_the_sum_that_they_saw(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, AddToOrder(order.id, sku="milk", quantity=1000, accepted_total_minor=360), STAFF)
            asked = await refused(shop, HandOverOrder(order.id, CARD, accepted_total_minor=240), STAFF)
            assert asked == Refused("price_changed", {"was_minor": 240, "is_minor": 360})
            assert (kept(shop, order).state, sales(shop)) == ("placed", []), "another put more in meanwhile"
            await do(shop, HandOverOrder(order.id, CARD, accepted_total_minor=360), STAFF)
            assert [sale.total_minor for sale in sales(shop)] == [360]

    run(scenario())
