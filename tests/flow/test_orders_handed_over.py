"""Orders at the counter as shops have them: in parts, without an ID, by a code that is guessed, at another time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.shop.books.entries import entries
from edge.shop.orders.commands import (
    AddToCart,
    CancelOrder,
    CancelOwnOrder,
    CartCounter,
    ChangeOrder,
    HandInCash,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    PrintRun,
    SetHours,
    SetOrderSlot,
    SetOwnSlot,
    SetZone,
    TakeUpOrder,
)
from edge.shop.orders.driver_cash import read_driver_cash
from edge.shop.orders.hours import DayException, OpenSpan, StoreHours
from edge.shop.orders.order import KeptOrder, OrderPart
from edge.shop.orders.queries import order_steps, wanting_orders
from edge.shop.orders.zones import DeliveryZone
from edge.shop.printing.layout import plain_text
from edge.shop.printing.queries import read_print_job
from edge.shop.shifts.commands import OpenShift
from edge.shop.shifts.queries import read_drawer
from edge.shop.stock.commands import Moved, MoveStock
from edge.shop.stock.queries import read_stock
from edge.shop.tenders.commands import SetTender
from edge.shop.tenders.tender import ShopTender
from edge.shop.till.commands import AddLine, CorrectTender, OverridePrice, Pay, TenderGiven
from tests.ordering import CARD, STAFF, do, free, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, CASHIER, MANAGER, SYSTEM, FakeClock, open_shop, run

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


def test_nobody_gives_up_what_lies_on_a_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, TakeUpOrder(secret=order.secret), CASHIER)
            no = await refused(shop, CancelOwnOrder(order.secret))
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
                no = await refused(shop, HandOverOrder(order.id, CARD, code=wrong), STAFF)
                assert no.code == "pickup_code_wrong"
            dead = await refused(shop, HandOverOrder(order.id, CARD, code=order.code), STAFF)
            assert dead == Refused("pickup_code_dead", {"said": "K01"})
            assert (await refused(shop, TakeUpOrder(code=order.code), CASHIER)).code == "no_such_order"
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
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
            past = await refused(shop, SetOwnSlot(orders[0].secret, slots[2].from_us - 24 * 3600 * 10**6))
            assert past.code == "slot_past"
            for order in orders:
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            await do(shop, SetOwnSlot(orders[0].secret, slots[3].from_us))
            moved = kept(shop, orders[0])
            assert (moved.slot_from_us, moved.slot_until_us) == (slots[3].from_us, slots[3].until_us)
            assert (await refused(shop, SetOwnSlot(orders[0].secret, slots[0].from_us))).code == "order_being_made"
            await do(shop, CancelOwnOrder(orders[1].secret))
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
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            assert await do(shop, PrintRun("u1"), STAFF) == 1
            (last,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
            job = read_print_job(shop.reader, last)
            assert job is not None
            text = plain_text(job.document)
            assert all(word in text for word in ("DELIVERIES", "P01", "Dana", "1 rue Haute", "5.40")), text
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


async def out(shop: CommandBus) -> KeptOrder:
    """Two bottles of milk for 5.40, as a driver has them."""
    await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
    cart = await milk_cart(shop, channel="phone")
    to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
    for state in (*WAY, "out_for_delivery"):
        await do(shop, MoveOrder(order.id, state, driver="u1"), STAFF)
    return order


def test_cash_of_a_delivery_is_with_its_driver_until_it_is_counted_into_a_drawer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(1000), CASHIER)
            for tender in (TenderGiven("cash", 600), TenderGiven("card")):
                order = await out(shop)
                await do(shop, HandOverOrder(order.id, (tender,)), STAFF)
            (owed,) = read_driver_cash(shop.reader)
            assert (owed.driver, owed.owed_minor, owed.orders) == ("u1", 540, 1)
            drawer = read_drawer(shop.reader, "1")
            assert drawer.expected_minor == 1000, "what a driver has is not in the drawer"
            owing = await refused(shop, CorrectTender(1, "card"), MANAGER)
            assert owing == Refused("driver_has_cash", {"number": "1-000001"})
            await do(shop, CorrectTender(2, "card"), MANAGER)
            done = await do(shop, HandInCash("u1", 500), CASHIER)
            assert (done.expected_minor, done.counted_minor, done.difference_minor) == (540, 500, -40)
            assert read_drawer(shop.reader, "1").expected_minor == 1500
            assert (await refused(shop, HandInCash("u1", 500), CASHIER)).code == "driver_owes_nothing"
            sums: dict[tuple[str, ...], int] = {}
            for entry in entries(facts(shop.reader, shop.registry)):
                for posting in entry.postings:
                    sums[posting.account] = sums.get(posting.account, 0) + posting.minor
            assert sums[("assets", "cash with drivers")] == 0
            assert sums[("expenses", "cash differences")] == 40
            await whole(shop)

    run(scenario())


def test_a_delivery_that_came_back_and_is_fetched_is_paid_into_the_drawer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(1000), CASHIER)
            order = await out(shop)
            await do(shop, MoveOrder(order.id, "failed", reason="away"), STAFF)
            await do(shop, HandOverOrder(order.id, (TenderGiven("cash"),)), STAFF)
            assert not read_driver_cash(shop.reader)
            assert read_drawer(shop.reader, "1").expected_minor == 1540

    run(scenario())


def test_at_the_door_all_lines_by_name_are_the_drivers_as_well(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await out(shop)
            lines = tuple(LineWanted(line.id, line.quantity) for line in order.goods.sold)
            await do(shop, HandOverOrder(order.id, (TenderGiven("cash"),), lines=lines), STAFF)
            assert [one.owed_minor for one in read_driver_cash(shop.reader)] == [540]

    run(scenario())


def test_no_driver_gives_more_change_than_they_were_given_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetTender(ShopTender("meal", {"en": "Meal card"}, "change")), SYSTEM)
            order = await out(shop)
            no = await refused(shop, HandOverOrder(order.id, (TenderGiven("meal", 600),)), STAFF)
            assert no == Refused("no_change_at_door", {"said": order.said})
            assert not sales(shop)

    run(scenario())
