"""Tips of orders: promised with them, given with their sale, and whose they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.accounting.books.entries import entries
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import (
    AddTip,
    CorrectTender,
    Pay,
    PrintReport,
    RefundedLine,
    RefundSale,
    SetQuantity,
    TenderGiven,
)
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_period
from edge.counter.till.rules.day_totals import DaySums, sums
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import read_print_job
from edge.ordering.delivery.commands import HandInCash, SetZone
from edge.ordering.delivery.queries import read_driver_cash
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    PlaceOrder,
    PrintRun,
    SetOrderTip,
    TakeUpOrder,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.order import KeptOrder
from tests.ordering import CARD, STAFF, do, kept, milk_cart, refused, sales, whole
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, SYSTEM, open_shop, run

TO: dict[str, Any] = {
    "fulfilment": "delivery",
    "name": "Dana",
    "phone": "0123456789",
    "address": "1 rue Haute",
    "postal_code": "75011",
}
CASH = (TenderGiven("cash"),)


async def placed(shop: CommandBus, tip_minor: int = 100, pieces: int = 2) -> KeptOrder:
    """Two bottles of milk for 2.40, brought for 3.00, with a tip."""
    await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
    cart = await milk_cart(shop, pieces, channel="phone")
    total = cart.total_minor + 300 + tip_minor
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, total, tip_minor=tip_minor, **TO))
    return order


async def out(shop: CommandBus, tip_minor: int = 100) -> KeptOrder:
    """The same, as a driver has it."""
    order = await placed(shop, tip_minor)
    for state in ("accepted", "preparing", "ready", "out_for_delivery"):
        await do(shop, MoveOrder(order.id, state, driver="u1"), STAFF)
    return order


def day(shop: CommandBus) -> DaySums:
    return sums(read_period(shop.reader, "1").day)


def tip_of(sale: SaleCompleted) -> list[tuple[int, str]]:
    return [(line.amount_minor, line.tip_to) for line in sale.lines if line.kind == "tip"]


def papers(shop: CommandBus, kind: str) -> list[str]:
    jobs = [read_print_job(shop.reader, id) for (id,) in shop.reader.execute("SELECT id FROM print_job ORDER BY id")]
    return [plain_text(readable(shop.reader, job.document)) for job in jobs if job is not None and job.kind == kind]


def booked(shop: CommandBus) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for entry in entries(facts(shop.reader, shop.registry)):
        for posting in entry.postings:
            found[posting.account] = found.get(posting.account, 0) + posting.minor
    return found


def test_a_tip_is_part_of_what_is_accepted_and_of_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300, 250, 340)), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            small = await refused(shop, PlaceOrder(cart.id, 640, tip_minor=100, **TO))
            assert small == Refused("order_too_small", {"least_minor": 250, "goods_minor": 240}), "a tip is no goods"
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300, 200, 340)), SYSTEM)
            unsaid = await refused(shop, PlaceOrder(cart.id, 540, tip_minor=100, **TO))
            assert unsaid == Refused("price_changed", {"was_minor": 540, "is_minor": 640})
            order = await do(shop, PlaceOrder(cart.id, 640, tip_minor=100, **TO))
            assert (order.goods.tip_minor, order.goods.fee_minor, order.goods.total_minor) == (100, 300, 640)
            plain = await placed(shop, tip_minor=0)
            for one in (order, plain):
                await do(shop, HandOverOrder(one.id, CARD), STAFF)
            tipped, bare = sales(shop)
            assert tipped.taxes == bare.taxes and tipped.total_minor == bare.total_minor + 100
            assert day(shop).apart == {"tip": 100}
            await whole(shop)

    run(scenario())


def test_where_the_shop_does_not_ask_for_a_tip_none_is_taken(tmp_path: Path) -> None:
    async def scenario(folder: Path, said: str, delivery: bool, pickup: bool) -> None:
        async with open_shop(folder, text=f"{CONFIG}\n[orders]\ntips = {said!r}\n") as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            for taken, total, to in ((delivery, 640, TO), (pickup, 340, {})):
                cart = await milk_cart(shop)
                wanted = PlaceOrder(cart.id, total, tip_minor=100, **to)
                if taken:
                    assert (await do(shop, wanted)).goods.tip_minor == 100
                else:
                    assert (await refused(shop, wanted)).code == "tip_not_taken"

    for said, delivery, pickup in (("none", False, False), ("delivery", True, False), ("all", True, True)):
        (tmp_path / said).mkdir()
        run(scenario(tmp_path / said, said, delivery, pickup))


def test_a_customer_changes_the_tip_until_the_order_is_accepted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await placed(shop, pieces=3)
            await do(shop, SetOrderTip(order.secret, 250))
            now = kept(shop, order)
            assert (now.goods.tip_minor, now.goods.total_minor, now.version) == (250, 910, 2)
            await do(shop, SetOrderTip(order.secret, 250))
            assert kept(shop, order).version == 2, "a repeat is no change"
            tip = next(line for line in now.goods.lines if line.kind == "tip")
            status = order_status(shop.reader, order.secret)
            assert status is not None and status.tip_minor == 250
            assert [line.quantity for line in status.lines] == [3000], "a tip is no goods that could be taken out"
            no = await refused(shop, ChangeOrder(order.secret, (LineWanted(tip.id, 0),)))
            assert no.code == "no_such_line"
            milk = now.goods.lines[0].id
            less = ChangeOrder(order.secret, (LineWanted(milk, 2000),), accepted_total_minor=790)
            await do(shop, less)
            assert kept(shop, order).goods.tip_minor == 250, "it stays with less of the goods"
            alone = await refused(shop, ChangeOrder(order.secret, (LineWanted(milk, 0),)))
            assert alone.code == "order_left_empty", "a tip alone is no order"
            await do(shop, SetOrderTip(order.secret, 0))
            assert kept(shop, order).goods.total_minor == 540
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            late = await refused(shop, SetOrderTip(order.secret, 100))
            assert late.code == "order_being_made"
            await whole(shop)

    run(scenario())


def test_cash_at_the_door_the_driver_keeps_the_tip_and_hands_in_the_rest(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(1000), CASHIER)
            order = await out(shop)
            await do(shop, PrintRun("u1"), STAFF)
            assert "Tip included 1.00" in " ".join(papers(shop, "order")[-1].split())
            await do(shop, HandOverOrder(order.id, (TenderGiven("cash", 1000),)), STAFF)
            (owed,) = read_driver_cash(shop.reader)
            assert owed.owed_minor == 540, "6.40 less the tip of 1.00"
            assert tip_of(sales(shop)[0]) == [(100, "u1")]
            drawer = read_drawer(shop.reader, "1")
            assert (drawer.expected_minor, drawer.moved["driver_tip"].minor) == (1000, 100)
            owing = await refused(shop, CorrectTender(1, "card"), MANAGER)
            assert owing.code == "driver_has_cash"
            done = await do(shop, HandInCash("u1", 540), CASHIER)
            assert done.difference_minor == 0
            books = booked(shop)
            assert books["liabilities", "tips"] == 0, "it is with whom it is due to"
            assert books["assets", "cash with drivers"] == 0
            assert read_drawer(shop.reader, "1").expected_minor == 1540
            await whole(shop)

    run(scenario())


def test_by_card_the_shop_owes_it_to_the_driver_and_papers_say_to_whom(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(0), CASHIER)
            for tender in (CARD, CASH):
                order = await out(shop)
                await do(shop, HandOverOrder(order.id, tender), STAFF)
            assert booked(shop)["liabilities", "tips"] == -100, "the one that came by card"
            assert day(shop).tips == {"card": 100, "cash": 100}
            assert day(shop).tips_to == {"u1": {"card": 100, "cash": 100}}
            await do(shop, PrintReport("x"), MANAGER)
            said = [" ".join(row.split()) for row in papers(shop, "report")[-1].splitlines()]
            assert "for u1, Card 1.00" in said and "Tips included in total 2.00" in said
            await do(shop, CorrectTender(1, "cash"), MANAGER)
            assert day(shop).tips_to == {"u1": {"cash": 200}}
            await do(shop, CloseShift(640), CASHIER)
            assert "for u1, Cash 2.00" in " ".join(papers(shop, "shift")[-1].split())
            await whole(shop)

    run(scenario())


def test_of_a_delivery_paid_by_card_and_in_cash_the_driver_keeps_what_of_the_tip_is_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            order = await out(shop)
            await do(shop, HandOverOrder(order.id, (TenderGiven("card", 320), TenderGiven("cash"))), STAFF)
            (owed,) = read_driver_cash(shop.reader)
            assert owed.owed_minor == 270, "3.20 in cash, half of the tip in it"
            assert day(shop).tips_to == {"u1": {"card": 50, "cash": 50}}

    run(scenario())


def test_a_tip_of_the_pool_is_handed_in_with_the_rest(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=f"{CONFIG}\n[orders]\ntips_to = 'pool'\n") as shop:
            order = await out(shop)
            await do(shop, HandOverOrder(order.id, CASH), STAFF)
            (owed,) = read_driver_cash(shop.reader)
            assert (owed.owed_minor, tip_of(sales(shop)[0])) == (640, [(100, "")])
            assert (day(shop).tips, day(shop).tips_to) == ({"cash": 100}, {})

    run(scenario())


def test_at_the_door_another_tip_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            more = await out(shop)
            done = await do(shop, HandOverOrder(more.id, CASH, tip_minor=300), STAFF)
            assert (done.total_minor, kept(shop, more).goods.tip_minor) == (840, 300)
            none = await out(shop)
            done = await do(shop, HandOverOrder(none.id, CASH, tip_minor=0), STAFF)
            assert (done.total_minor, kept(shop, none).goods.tip_minor) == (540, 0)
            assert [tip_of(sale) for sale in sales(shop)] == [[(300, "u1")], []]
            await whole(shop)

    run(scenario())


def test_on_the_counter_the_cashier_changes_the_tip_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=f"{CONFIG}\n[orders]\ntips = 'all'\n") as shop:
            cart = await milk_cart(shop, 5)
            order = await do(shop, PlaceOrder(cart.id, 700, tip_minor=100))
            laid = await do(shop, TakeUpOrder(order.id), CASHIER)
            assert laid.total_minor == 700
            edit = await refused(shop, SetQuantity(laid.lines[0].id, 1000), CASHIER)
            assert edit.code == "order_on_counter"
            basket = await do(shop, AddTip(share=10_000), CASHIER)
            assert basket.total_minor == 660, "10 % of 6.00, in the place of the tip that was promised"
            await do(shop, Pay("card"), CASHIER)
            assert tip_of(sales(shop)[0]) == [(60, "")], "nobody drove: it is the pool's"
            now = kept(shop, order)
            assert (now.state, now.goods.tip_minor, now.goods.total_minor) == ("handed_over", 60, 660)
            await whole(shop)

    run(scenario())


def test_a_tip_goes_with_the_last_part_and_with_nothing_where_that_is_cancelled(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            given, cancelled = await placed(shop), await placed(shop)
            for order in (given, cancelled):
                milk = order.goods.lines[0].id
                await do(shop, MoveOrder(order.id, "accepted"), STAFF)
                first = await do(shop, HandOverOrder(order.id, CARD, lines=(LineWanted(milk, 1000),)), STAFF)
                assert (first.total_minor, first.left_minor) == (420, 220)
            last = (LineWanted(given.goods.lines[0].id, 1000),)
            await do(shop, HandOverOrder(given.id, CARD, lines=last), STAFF)
            await do(shop, CancelOrder(cancelled.id, "nobody came"), STAFF)
            assert [sum(minor for minor, _ in tip_of(sale)) for sale in sales(shop)] == [0, 0, 100]
            assert (kept(shop, given).state, kept(shop, cancelled).state) == ("delivered", "cancelled")
            assert day(shop).apart == {"tip": 100}
            await whole(shop)

    run(scenario())


def test_a_tip_comes_back_when_it_is_named_or_all_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for _ in range(2):
                order = await out(shop)
                await do(shop, HandOverOrder(order.id, CARD), STAFF)
            milk = sales(shop)[0].lines[0].id
            await do(shop, RefundSale(1, lines=(RefundedLine(milk, 2000),)), MANAGER)
            assert day(shop).tips_to == {"u1": {"card": 200}}
            await do(shop, RefundSale(2), MANAGER)
            back = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, SaleRefunded)]
            assert [one.total_minor for one in back] == [240, 640]
            assert day(shop).tips_to == {"u1": {"card": 100}}
            await whole(shop)

    run(scenario())
