"""Money of deliveries: with whoever took it at the door, until it is counted into a drawer."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.accounting.books.entries import entries
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.shifts.commands import CloseShift, MoveCash, OpenShift, OtherCounted
from edge.counter.shifts.events import ShiftClosed
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import CorrectTender, TenderGiven
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import read_print_job
from edge.money.tenders.commands import SetRate, SetTender
from edge.money.tenders.tender import ShopTender
from edge.ordering.delivery.commands import HandInCash, SetZone
from edge.ordering.delivery.events import ForeignNotes
from edge.ordering.delivery.queries import read_driver_cash
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import HandOverOrder, LineWanted, MoveOrder, PlaceOrder
from edge.ordering.orders.order import KeptOrder
from tests.ordering import STAFF, do, milk_cart, refused, sales, whole
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, open_shop, run

WAY: tuple[Any, ...] = ("accepted", "preparing", "ready")
PARIS = ZoneInfo("Europe/Paris")


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


def test_foreign_notes_of_a_door_are_with_the_driver_until_they_are_counted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetRate("USD", 500_000), SYSTEM)
            for notes in (1000, 80):
                order = await out(shop)
                given = (TenderGiven("cash_usd", notes), TenderGiven("cash"))
                await do(shop, HandOverOrder(order.id, given), STAFF)
            (owed,) = read_driver_cash(shop.reader)
            assert (owed.owed_minor, owed.orders, owed.notes) == (540, 2, (ForeignNotes("cash_usd", 1080, 540),))
            no = await refused(shop, HandInCash("u1", 540), CASHIER)
            assert no == Refused("driver_notes_uncounted", {"currency": "USD"})
            await do(shop, HandInCash("u1", 540, {"cash_usd": 1000}), CASHIER)
            assert read_driver_cash(shop.reader) == []
            sums: dict[tuple[str, ...], int] = {}
            for entry in entries(facts(shop.reader, shop.registry)):
                for posting in entry.postings:
                    sums[posting.account] = sums.get(posting.account, 0) + posting.minor
            assert sums[("assets", "foreign cash", "USD")] == 500, "what was counted"
            assert sums[("expenses", "cash differences")] == 40, "80 cents of a dollar are lacking"
            await whole(shop)

    run(scenario())


def test_a_shift_expects_no_foreign_notes_that_a_driver_still_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetRate("USD", 500_000), SYSTEM)
            await do(shop, OpenShift(1000), CASHIER)
            order = await out(shop)
            await do(shop, HandOverOrder(order.id, (TenderGiven("cash_usd", 1080),)), STAFF)
            counted = (OtherCounted("cash_usd", 0),)
            await do(shop, CloseShift(counted_minor=1000, others=counted), CASHIER)
            (first,) = closed(shop)
            assert [(one.kind, one.expected_minor, one.difference_minor) for one in first.others] == [
                ("cash_usd", 0, 0)
            ]
            assert (first.expected_minor, first.moved) == (1000, {}), "and the shop's own money is as it was"
            by_hand = await refused(shop, MoveCash("top_up", 100, tender="cash_usd"), SYSTEM)
            assert by_hand.code == "cash_of_deliveries"
            await do(shop, OpenShift(1000), CASHIER)
            await do(shop, HandInCash("u1", 0, {"cash_usd": 1080}), CASHIER)
            assert "10.80 USD" in last_paper(shop)
            await do(shop, CloseShift(counted_minor=1000, others=(OtherCounted("cash_usd", 1080),)), CASHIER)
            *_, second = closed(shop)
            assert [(one.expected_minor, one.difference_minor) for one in second.others] == [(1080, 0)]
            await whole(shop)

    run(scenario())


def closed(shop: CommandBus) -> list[ShiftClosed]:
    return [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, ShiftClosed)]


def last_paper(shop: CommandBus) -> str:
    (last,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
    job = read_print_job(shop.reader, last)
    assert job is not None
    return plain_text(job.document)


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
            lines = tuple(LineWanted(line.id, line.quantity) for line in order.goods.sold_lines)
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
