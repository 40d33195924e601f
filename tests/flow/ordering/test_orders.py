"""Orders through the door, with what a shop notices: placed, handed over as sales, cancelled, delivered, late."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AbandonBasket, AddLine, AnswerQuestion, Pay
from edge.counter.till.events import BasketAbandoned
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.goods.catalog.commands import SetPrice
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
    TakeUpOrder,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.events import OrderMoved
from edge.ordering.orders.order import qr_path
from edge.ordering.orders.queries import (
    late_orders,
    order_steps,
    read_shop_orders,
)
from edge.people.customers.commands import ForgetCustomer, SetCustomer
from tests.ordering import CARD, STAFF, do, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, CASHIER, MILK, SYSTEM, FakeClock, open_shop, run

HOUR_US = 3_600_000_000
PARIS = ZoneInfo("Europe/Paris")


def hour_of(at_us: int) -> int:
    return datetime.fromtimestamp(at_us / 1e6, PARIS).hour


def test_from_the_kiosk_to_a_sale_at_the_till_by_one_scan(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            assert [(line.sku, line.quantity) for line in cart.lines] == [("milk", 2000)], "one line, two of it"
            assert cart.total_minor == 240
            order = await do(shop, PlaceOrder(cart.id, 240))
            assert (order.number, order.said, order.state) == (1, "K01", "placed")
            again = await do(shop, PlaceOrder(cart.id, 999))
            assert (again.id, again.secret) == (order.id, order.secret), "a cart is placed once"
            link = f"https://box.local:8443/order/{order.secret}?lang=fr"
            basket = await do(shop, AddLine(link), CASHIER)
            assert [line.sku for line in basket.lines] == ["milk"] and basket.total_minor == 240
            assert (await refused(shop, AddLine(MILK), CASHIER)).code == "order_on_counter"
            other = await refused(shop, TakeUpOrder(secret=order.secret), anonymous_actor("2"))
            assert (other.code, other.values["said"], other.values["register"]) == ("order_with_register", "K01", "1")
            await do(shop, Pay("cash", 300), CASHIER)
            (sale,) = sales(shop)
            assert (sale.number, sale.total_minor, sale.change_minor) == (1, 240, 60)
            now = kept(shop, order)
            assert (now.state, now.register, now.receipt) == ("handed_over", "1", 1)
            steps = [step.now for step in order_steps(shop.reader, order.id)]
            assert steps == ["placed", "accepted", "preparing", "ready", "handed_over"]
            assert (await refused(shop, TakeUpOrder(secret=order.secret), CASHIER)).code == "order_state"
            await whole(shop)

    run(scenario())


def test_the_order_of_another_store_is_refused_by_its_name(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            no = await refused(shop, AddLine("https://box.local" + qr_path("x" * 24, "north")), CASHIER)
            assert (no.code, no.values) == ("order_of_store", {"store": "north"})
            for of in ("", "#corner", "?lang=fr", "#not a store"):
                no = await refused(shop, AddLine(f"https://box.local/order/{'x' * 24}{of}"), CASHIER)
                assert no.code == "no_such_order", of
                no = await refused(shop, TakeUpOrder(scanned=f"https://box.local/order/{'x' * 24}{of}"), CASHIER)
                assert no.code == "no_such_order", of
            assert (await refused(shop, TakeUpOrder(scanned="order/north"), CASHIER)).code == "no_such_order"
            no = await refused(shop, TakeUpOrder(scanned="https://box.local" + qr_path("x" * 24, "north")), CASHIER)
            assert no == Refused("order_of_store", {"store": "north"}), "from the board, too"
            order = await milk_order(shop)
            basket = await do(shop, AddLine("https://box.local" + qr_path(order.secret, "corner")), CASHIER)
            assert basket.total_minor == 240, "and its own is laid onto the counter"
            await do(shop, AbandonBasket(), CASHIER)
            own = TakeUpOrder(scanned="https://box.local" + qr_path(order.secret, "corner"))
            assert (await do(shop, own, CASHIER)).total_minor == 240

    run(scenario())


def test_an_order_that_is_put_back_is_no_cleared_basket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            await do(shop, TakeUpOrder(order=order.id), CASHIER)
            assert (await do(shop, AbandonBasket(), CASHIER)).empty
            assert not [fact for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, BasketAbandoned)]
            await do(shop, TakeUpOrder(code=order.code), anonymous_actor("2"))
            assert kept(shop, order).state == "placed"

    run(scenario())


def test_what_is_for_grown_ups_is_handed_over_once_somebody_looked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await do(shop, OpenCart("kiosk"))
            assert (await refused(shop, AddToCart(cart.id, code=BEER))).code == "age_not_checked"
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            no = await refused(shop, HandOverOrder(order.id, CARD), STAFF)
            assert no == Refused("id_not_checked", {"said": "K01", "age": 18})
            basket = await do(shop, TakeUpOrder(order=order.id), CASHIER)
            assert (await refused(shop, Pay("card"), CASHIER)).code == "answer_first"
            assert (await do(shop, AnswerQuestion(basket.questions[0].id, yes=False), CASHIER)).empty
            assert kept(shop, order).state == "placed"
            done = await do(shop, HandOverOrder(order.id, CARD, id_checked=True), STAFF)
            assert (done.receipt, done.total_minor) == (1, 250)
            assert sales(shop)[0].age_checked == 18
            steps = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, OrderMoved)]
            assert [step.id_checked for step in steps] == [False, False, False, True]
            await whole(shop)

    run(scenario())


def test_steps_that_cannot_be_and_those_of_the_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop, name="Dana", phone="+33 1 23 45 67 89", note="no bag")
            assert (kept(shop, order).name, kept(shop, order).note) == ("Dana", "no bag")
            status = order_status(shop.reader, order.secret)
            assert status and status.said == "K01" and "Dana" not in str(status)
            no = await refused(shop, MoveOrder(order.id, "ready"), STAFF)
            assert no == Refused("order_state", {"from": "placed", "to": "ready"})
            for to in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, to), STAFF)
            assert (await refused(shop, CancelOrder(order.secret))).code == "order_being_made"
            await do(shop, CancelOrder(order.id, "nobody came"), STAFF)
            assert kept(shop, order).state == "cancelled"
            assert (await refused(shop, HandOverOrder(order.id, CARD), STAFF)).code == "order_state"
            second = await milk_order(shop)
            assert second.number == 2, "a number that was cancelled is not given again"
            await do(shop, CancelOrder(second.secret))
            assert kept(shop, second).state == "cancelled"
            third = await milk_order(shop)
            assert kept(shop, await do(shop, CancelOrder(third.id), STAFF)).state == "rejected"
            assert not sales(shop)
            await whole(shop)

    run(scenario())


def test_a_kiosk_may_order_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            for command in (
                *(Pay("cash"), CartCounter(), HandOverOrder(order.id, CARD), MoveOrder(order.id, "accepted")),
                *(CancelOrder(order.id), TakeUpOrder(order=order.id), SetHours(StoreHours())),
            ):
                assert (await refused(shop, command)).code == "right_denied"
            assert (await refused(shop, PlaceOrder("x" * 20, 0, customer="c1"))).code == "right_denied"
            no = await refused(shop, AddLine(f"http://box/order/{order.secret}"))
            assert no.code == "right_denied", "a kiosk lays nothing onto a counter"

    run(scenario())


def test_short_of_something_the_order_goes_on_with_less(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop, 3)
            cart = await do(shop, AddToCart(cart.id, sku="tomato", quantity=1000))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor))
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            less = await do(shop, ChangeOrder(order.id, (LineWanted(1, 1000), LineWanted(2, 0)), "short"), STAFF)
            assert (less.version, less.goods.total_minor, less.said) == (2, 120, order.said)
            assert (await refused(shop, ChangeOrder(order.id, (LineWanted(1, 0),)), STAFF)).code == "order_left_empty"
            seq = shop.head.seq
            same = ChangeOrder(order.id, (LineWanted(1, 1000),))
            assert await refused(shop, same, STAFF) == Refused("order_unchanged", {"said": order.said})
            assert shop.head.seq == seq, "a repeat tells nobody anything"
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            (sale,) = sales(shop)
            assert sale.total_minor == 120 and [line.voided for line in sale.lines] == [False, True]
            await whole(shop)

    run(scenario())


def test_slots_within_the_hours_with_room_for_so_many(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday, 09:00 in Paris
        async with open_shop(tmp_path, clock) as shop:
            week = ((OpenSpan(600, 840),),) * 7
            await do(shop, SetHours(StoreHours(week, slot_min=60, capacity=1, prepare_min=15, days_ahead=1)), SYSTEM)
            backwards = StoreHours(((OpenSpan(700, 600),),) * 7)
            assert (await refused(shop, SetHours(backwards), SYSTEM)).code == "hours_backwards"
            reads = shop.registry.queries["order_slots"].read
            first, second, *_ = reads(shop.reader, clock.at_us)
            await milk_order(shop, slot_from_us=first.from_us)
            assert second.from_us - first.from_us == 3_600_000_000
            cart = await milk_cart(shop)
            order = await do(shop, PlaceOrder(cart.id, 240, slot_from_us=second.from_us))
            assert order.slot_from_us == second.from_us
            cart = await milk_cart(shop)
            assert (await refused(shop, PlaceOrder(cart.id, 240, slot_from_us=first.from_us))).code == "slot_full"
            full = await refused(shop, PlaceOrder(cart.id, 240, slot_from_us=second.from_us))
            assert full.code == "slot_full" and full.values["next1_us"] > second.from_us
            assert (await refused(shop, PlaceOrder(cart.id, 240, slot_from_us=clock.at_us))).code == "slot_past"
            phone = await milk_cart(shop, channel="phone")
            assert (await refused(shop, PlaceOrder(phone.id, 240))).code in ("shop_closed",)
            await do(shop, CancelOrder(order.id), STAFF)
            await do(shop, PlaceOrder(cart.id, 240, slot_from_us=second.from_us))

    run(scenario())


def test_a_slot_may_have_room_for_so_many_pieces_instead_of_orders(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # a Friday, 09:00 in Paris
        async with open_shop(tmp_path, clock) as shop:
            week = ((OpenSpan(600, 840),),) * 7
            hours = StoreHours(week, slot_min=60, capacity=5, capacity_in="pieces", prepare_min=15, days_ahead=1)
            await do(shop, SetHours(hours), SYSTEM)
            first, *later = shop.registry.queries["order_slots"].read(shop.reader, clock.at_us)
            second = later[0]
            three = await milk_order(shop, pieces=3, slot_from_us=first.from_us)
            cart = await milk_cart(shop, 3)
            full = await refused(shop, PlaceOrder(cart.id, 360, slot_from_us=first.from_us))
            assert full == Refused("slot_full", {f"next{n}_us": slot.from_us for n, slot in enumerate(later[:3], 1)})
            await do(shop, PlaceOrder(cart.id, 360, slot_from_us=second.from_us))
            two = await milk_order(shop, slot_from_us=first.from_us)
            left = shop.registry.queries["order_slots"].read(shop.reader, clock.at_us)
            assert (left[0].from_us, left[0].left) == (second.from_us, 2), "three and two fill the first"
            await do(shop, CancelOrder(two.id), STAFF)
            await do(shop, CancelOrder(three.id), STAFF)
            many = await milk_cart(shop, 7)
            await do(shop, PlaceOrder(many.id, 840, slot_from_us=first.from_us)), "more than a slot: an empty one"
            await whole(shop)

    run(scenario())


def test_late_orders_are_told_while_the_shop_is_open(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            order = await milk_order(shop)
            watch = shop.registry.watches["order_late"]
            assert not list(watch.read(shop.reader, shop.now_us(), ""))
            clock.advance(16 * 60)
            (found,) = watch.read(shop.reader, shop.now_us(), "")
            assert (found.subject, found.values["said"]) == (order.id, "K01")
            await do(shop, SetHours(StoreHours(((),) * 7)), SYSTEM)
            assert not list(watch.read(shop.reader, shop.now_us(), "")), "a shop that is closed lets nobody wait"
            assert [one.said for one in read_shop_orders(shop.reader)] == ["K01"]

    run(scenario())


def test_what_is_wanted_as_soon_as_possible_is_late_once_the_shop_had_its_time_to_prepare(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # 09:00 in Paris
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, SetHours(StoreHours(((OpenSpan(600, 840),),) * 7, prepare_min=30)), SYSTEM)
            order = await milk_order(shop)
            assert order.expected_us == clock.at_us + 90 * 60_000_000, "half an hour behind the opening"
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)

            def late() -> list[str]:
                return [one.said for one in late_orders(shop.reader, ZoneInfo("Europe/Paris"), shop.now_us())]

            clock.advance(89 * 60)
            assert late() == []
            await do(shop, MoveOrder(order.id, "preparing"), STAFF)
            clock.advance(61)
            assert late() == [order.said], "whatever was done with it meanwhile"
            assert not list(shop.registry.watches["order_overdue"].read(shop.reader, shop.now_us(), "")), (
                "they are at it"
            )
            await do(shop, MoveOrder(order.id, "ready"), STAFF)
            assert late() == []
            await whole(shop)

    run(scenario())


def test_an_order_of_a_customer_is_at_their_prices_and_their_sale(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = (await shop.do(SetCustomer(name="Dana", price_list="member"), SYSTEM)).result  # type: ignore[union-attr]
            await do(shop, SetPrice("milk", 100, list="member"), SYSTEM)
            cart = await milk_cart(shop)
            assert (await refused(shop, PlaceOrder(cart.id, 240, customer=dana), STAFF)).values["is_minor"] == 200
            order = await do(shop, PlaceOrder(cart.id, 200, customer=dana, note="no bag"), STAFF)
            assert (order.customer, order.note) == (dana, "no bag")
            busy = await refused(shop, ForgetCustomer(dana), SYSTEM)
            assert busy == Refused("customer_busy", {"why": "order_open"})
            await do(shop, HandOverOrder(order.id, CARD), STAFF)
            assert (sales(shop)[0].customer, sales(shop)[0].price_list) == (dana, "member")
            await do(shop, ForgetCustomer(dana), SYSTEM)
            assert kept(shop, order).note == ""
            await whole(shop)

    run(scenario())
