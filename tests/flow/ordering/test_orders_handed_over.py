"""Orders at the counter as shops have them: in parts, without an ID, by a code that is guessed, at another time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, OverridePrice, Pay, RefundSale
from edge.counter.till.events import SaleRefunded
from edge.counter.till.queries import read_basket
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import DayException, OpenSpan, StoreHours
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import read_print_job
from edge.goods.stock.commands import Moved, MoveStock
from edge.goods.stock.queries import read_stock
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    CartCounter,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    PrintRun,
    SetOrderSlot,
    TakeUpOrder,
)
from edge.ordering.orders.order import OrderPart
from edge.ordering.orders.queries import order_steps, wanting_orders
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, CASHIER, CONFIG, MANAGER, SYSTEM, FakeClock, open_shop, run

WAY: tuple[Any, ...] = ("accepted", "preparing", "ready")
PARIS = ZoneInfo("Europe/Paris")


def test_a_part_is_a_sale_and_the_rest_stays_ready(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            cart = await milk_cart(shop, 3)
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            line = order.goods.lines[0].id
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            there = free(shop)
            assert (await refused(shop, HandOverOrder(order.id, CARD, lines=()), STAFF)).code == "part_empty"
            much = await refused(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(line, 4000),)), STAFF)
            assert much.code == "part_too_much"
            assert (await refused(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(9, 1000),)), STAFF)).code == (
                "no_such_line"
            )
            first = await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(line, 1000),)), STAFF)
            assert (first.receipt, first.total_minor, first.left_minor) == (1, 120, 240)
            now = kept(shop, order)
            assert (now.state, now.goods.total_minor, now.goods.lines[0].quantity) == ("ready", 240, 2000)
            assert free(shop) == there, "what is left is still promised, what went is gone"
            assert order_steps(shop.reader, order.id)[-1].reason == "1-000001"
            rest = await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert (rest.receipt, rest.total_minor, rest.left_minor) == (2, 240, 0)
            assert kept(shop, order).state == "handed_over"
            assert [sale.total_minor for sale in sales(shop)] == [120, 240]
            whole_order = kept(shop, order)
            assert whole_order.parts == (OrderPart("1", 1, 120),)
            assert (whole_order.whole_minor, whole_order.goods.total_minor) == (360, 240)
            await whole(shop)

    run(scenario())


def test_taxes_on_top_of_an_order_in_parts_are_those_of_the_whole_and_a_part_comes_back_whole(tmp_path: Path) -> None:
    async def scenario() -> None:
        on_top = CONFIG.replace("inclusive = true", "inclusive = false")
        assert on_top != CONFIG
        async with open_shop(tmp_path, text=on_top) as shop:
            order = await milk_order(shop, pieces=3)
            whole_minor, line = order.goods.total_minor, order.goods.lines[0].id
            assert whole_minor == 380, "3 x 1.20, and 5.5 % on 3.60: 19.8 cents"
            parts = [await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(line, 1000),)), STAFF)]
            parts.append(await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(line, 1000),)), STAFF))
            parts.append(await do(shop, HandOverOrder(order.id, CARD), STAFF))
            assert sum(part.total_minor for part in parts) == whole_minor
            assert sum(row.tax_minor for sale in sales(shop) for row in sale.taxes) == 20
            assert [part.total_minor for part in parts] == [127, 126, 127], (
                "the second is not 1.27 as it would be alone"
            )
            await do(shop, RefundSale(2), MANAGER)
            (back,) = (fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SaleRefunded))
            assert (back.total_minor, back.taxes) == (126, sales(shop)[1].taxes)
            await whole(shop)

    run(scenario())


def test_an_order_that_was_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            for again in (HandOverOrder(order.id, CARD), TakeUpOrder(secret=order.secret)):
                no = await refused(shop, again, STAFF)
                assert no == Refused("order_state", {"from": "handed_over", "to": "handed_over"})
            assert len(sales(shop)) == 1

    run(scenario())


def test_what_is_left_of_a_part_may_be_cancelled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            order = await milk_order(shop)
            line = order.goods.lines[0].id
            before = free(shop)
            await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(line, 1000),)), STAFF)
            await do(shop, CancelOrder(order.id, "no time"), STAFF)
            assert (kept(shop, order).state, free(shop)) == ("cancelled", before + 1000)
            await whole(shop)

    run(scenario())


def test_goods_at_another_price_are_goods_in_an_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            await do(shop, AddLine(sku="milk", quantity=2000), MANAGER)
            await do(shop, OverridePrice(1, 100), MANAGER)
            await do(shop, AddLine(sku="tomato", quantity=1000), MANAGER)
            cart = await do(shop, CartCounter(), CASHIER)
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor), STAFF)
            assert free(shop) == 8000, "it is reserved"
            await do(shop, ChangeOrder(order.id, (LineWanted(2, 0),)), STAFF)
            part = await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),)), STAFF)
            assert (part.total_minor, part.left_minor) == (100, 100)
            assert (await do(shop, HandOverOrder(order.id, CARD), STAFF)).total_minor == 100
            await whole(shop)

    run(scenario())


def test_no_one_gives_up_what_lies_on_a_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, TakeUpOrder(secret=order.secret), CASHIER)
            no = await refused(shop, CancelOrder(order.secret))
            assert no == Refused("order_at_register", {"said": "K01", "register": "1"})
            assert kept(shop, order).state == "placed"

    run(scenario())


def test_no_part_of_what_a_driver_has_and_after_an_attempt_that_failed_it_is_ready(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
            for state in WAY:
                await do(shop, MoveOrder(order.id, state), STAFF)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            part = HandOverOrder(order.id, CARD, lines=(LineWanted(1, 1000),))
            no = await refused(shop, part, STAFF)
            assert no == Refused("order_state", {"from": "out_for_delivery", "to": "ready"})
            await do(shop, MoveOrder(order.id, "failed", reason="away"), STAFF)
            await do(shop, part, STAFF)
            assert kept(shop, order).state == "ready"
            await whole(shop)

    run(scenario())


def test_without_an_id_the_rest_goes_out_and_alone_it_is_cancelled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            done = await do(shop, HandOverOrder(order.id, CARD, id_failed=True), STAFF)
            assert (done.total_minor, kept(shop, order).state) == (240, "handed_over")
            assert [[line.sku for line in sale.lines if not line.voided] for sale in sales(shop)] == [["milk"]]
            cart = await do(shop, OpenCart("kiosk"))
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            beer = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            none = await do(shop, HandOverOrder(beer.id, CARD, id_failed=True), STAFF)
            assert (none.receipt, kept(shop, beer).state) == (0, "cancelled")
            assert order_steps(shop.reader, beer.id)[-1].reason == "age"
            await whole(shop)

    run(scenario())


def test_a_code_that_is_guessed_opens_nothing_and_the_order_is_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop)
            wrong = f"{(int(order.code) + 1) % 10**6:06}"
            for _ in range(5):
                assert (
                    await refused(shop, HandOverOrder(order.id, CARD, code=wrong), STAFF)
                ).code == "pickup_code_wrong"
            dead = await refused(shop, HandOverOrder(order.id, CARD, code=order.code), STAFF)
            assert dead == Refused("pickup_code_dead", {"said": "K01"})
            assert (await refused(shop, TakeUpOrder(code=order.code), CASHIER)).code == "no_such_order"
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).values["right"] == "override"
            await do(shop, HandOverOrder(order.id, CARD), STAFF.with_rights("override"))
            assert order_steps(shop.reader, order.id)[-1].reason == "code_dead"
            other = await milk_order(shop)
            for _ in range(14):
                await refused(shop, TakeUpOrder(code=f"{(int(other.code) + 1) % 10**6:06}"), CASHIER)
            closed = await refused(shop, TakeUpOrder(code=other.code), CASHIER)
            assert closed == Refused("pickup_code_wait", {"minutes": 10})
            clock.advance(601)
            assert (await do(shop, TakeUpOrder(code=other.code), CASHIER)).total_minor == 240

    run(scenario())


def test_closing_early_names_whom_it_strands_and_they_choose_another_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday, 09:00 in Paris
        async with open_shop(tmp_path, clock) as shop:
            week = StoreHours(((OpenSpan(600, 840),),) * 7, slot_min=60, prepare_min=15, days_ahead=1)
            await do(shop, SetHours(week), SYSTEM)
            slots = shop.registry.queries["order_slots"].read(shop.reader, clock.at_us)
            carts = [await milk_cart(shop, channel="phone") for _ in range(2)]
            orders = [await do(shop, PlaceOrder(cart.id, 240, slot_from_us=slots[2].from_us)) for cart in carts]
            assert wanting_orders(shop.reader, PARIS, clock.at_us) == []
            today = datetime.fromtimestamp(clock.at_us / 1e6, tz=UTC).date().isoformat()
            early = StoreHours(week.weekly, (DayException(today, (OpenSpan(600, 720),), "stocktaking"),), 60, 0, 15, 1)
            await do(shop, SetHours(early), SYSTEM)
            assert [one.stranded for one in wanting_orders(shop.reader, PARIS, clock.at_us)] == [True, True]
            assert {kept(shop, one).state for one in orders} == {"placed"}, "nothing is cancelled by itself"
            past = await refused(shop, SetOrderSlot(orders[0].secret, slots[2].from_us - 24 * 3600 * 10**6))
            assert past.code == "slot_past"
            for order in orders:
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, SetOrderSlot(orders[0].secret, slots[3].from_us))
            moved = kept(shop, orders[0])
            assert (moved.slot_from_us, moved.slot_until_us) == (slots[3].from_us, slots[3].until_us)
            assert (await refused(shop, SetOrderSlot(orders[0].secret, slots[0].from_us))).code == "order_being_made"
            await do(shop, CancelOrder(orders[1].secret))
            await do(shop, SetOrderSlot(orders[0].id, slots[0].from_us), STAFF)
            assert wanting_orders(shop.reader, PARIS, clock.at_us) == []
            await whole(shop)

    run(scenario())


def test_nobody_came_is_said_and_nothing_is_cancelled_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop)
            for to in WAY:
                await do(shop, MoveOrder(order.id, to), STAFF)
            assert wanting_orders(shop.reader, PARIS, clock.at_us) == []
            clock.advance(24 * 3600)
            (found,) = wanting_orders(shop.reader, PARIS, clock.at_us)
            assert (found.no_show, found.state) == (True, "ready")

    run(scenario())


def test_a_driver_has_on_paper_to_whom_and_what_they_pay(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            assert (await refused(shop, PrintRun("u1"), STAFF)).code == "run_empty"
            cart = await milk_cart(shop, channel="phone")
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
            for state in WAY:
                await do(shop, MoveOrder(order.id, state), STAFF)
            await do(shop, SetUser("u1", "Ann Zucker", "cashier", hash_pin("1357")), SYSTEM)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            assert await do(shop, PrintRun("u1"), STAFF) == 1
            (last,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
            job = read_print_job(shop.reader, last)
            assert job is not None
            text = plain_text(readable(shop.reader, job.document))
            assert all(word in text for word in ("DELIVERIES", "Zucker", "P01", "Dana", "1 rue Haute", "5.40")), text
            (kept,) = shop.reader.execute("SELECT document FROM print_job WHERE id = ?", (last,)).fetchone()
            assert b"P01" in kept and b"Zucker" not in kept, "on paper alone"
            await do(shop, MoveOrder(order.id, "failed", reason="age"), STAFF)
            never = await refused(shop, MoveOrder(order.id, "ready"), STAFF)
            assert never == Refused("failed_for_age", {"said": "P01"})

    run(scenario())


def trouble(shop: CommandBus, kind: str) -> list[str]:
    """The orders of which a watch tells now."""
    return [str(found.values["said"]) for found in shop.registry.watches[kind].read(shop.reader, shop.now_us(), "")]


def test_an_order_that_nobody_goes_on_with_or_that_was_paid_and_stays_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop)
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            clock.advance(59 * 60)
            assert not trouble(shop, "order_overdue")
            clock.advance(2 * 60)
            assert trouble(shop, "order_overdue") == ["K01"]
            await do(shop, TakeUpOrder(order.id), CASHIER)
            await do(shop, Pay("card", 100), CASHIER)
            assert not trouble(shop, "order_paid_here"), "they are at it"
            clock.advance(16 * 60)
            assert trouble(shop, "order_paid_here") == ["K01"]
            (found,) = wanting_orders(shop.reader, PARIS, clock.at_us)
            assert (found.at_register, found.paid_minor) == ("1", 100)
            await do(shop, Pay("card"), CASHIER)
            assert not wanting_orders(shop.reader, PARIS, clock.at_us)

    run(scenario())


def test_of_an_order_that_is_given_up_goods_are_back_or_thrown_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, MoveStock("received", (Moved("milk", 10_000),)), SYSTEM)
            for wasted, left in ((False, 10_000), (True, 8000)):
                order = await milk_order(shop)
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                assert free(shop) == 8000
                await do(shop, CancelOrder(order.id, wasted=wasted), STAFF)
                assert (free(shop), read_stock(shop.reader, "milk")) == (left, left)
            await whole(shop)

    run(scenario())


def test_an_order_on_another_counter_is_taken_over_with_a_yes_that_it_sees(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            second = msgspec.structs.replace(CASHIER, register="2")
            await do(shop, TakeUpOrder(order.id), CASHIER)
            no = await refused(shop, TakeUpOrder(order.id), second)
            assert (no.code, no.values["register"], no.values["order"]) == ("order_with_register", "1", order.id)
            here = await do(shop, TakeUpOrder(order.id, take_over=True), second)
            assert here.total_minor == 240
            done = await do(shop, Pay("cash", 100), second)
            there = read_basket(shop.reader, "1")
            assert (there.empty, there.away and there.away.called, there.away and there.away.register) == (
                True,
                order.said,
                "2",
            )
            late = await refused(shop, TakeUpOrder(order.id, take_over=True), CASHIER)
            assert late.code == "paid_there", "money is under way there"
            await do(shop, Pay("cash", done.total_minor - 100), second)
            assert kept(shop, order).state == "handed_over" and sales(shop)[0].total_minor == 240
            await whole(shop)

    run(scenario())
