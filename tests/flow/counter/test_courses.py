"""Courses that are held until they are fired, seats that get bills of their own, and who serves a table."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.basket.splitting import BillPart
from edge.counter.kitchen_screens.commands import SetKitchenStation
from edge.counter.kitchen_screens.queries import kitchen_screen
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.tables.commands import PutOnTable, SplitSeats, SplitTable, TakeTable, TransferTable
from edge.counter.tables.events import TableTransferred
from edge.counter.till.commands import AddLine, Pay, SendToKitchen
from edge.counter.till.lines.bill_splits import PrintBill
from edge.counter.till.lines.courses import FireCourse, ServeLines, held_courses
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_basket
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import PINS
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from tests.counter_shop import event_of, in_a_shop, paid
from tests.flow.counter.test_tables import floor, state, written
from tests.shop_fixture import BAR, CASHIER, CONFIG, MILK, SYSTEM, FakeClock, done

MENU = (
    Product("soup", {"en": "Soup"}, price_minor=600, category="food"),
    Product("steak", {"en": "Steak"}, price_minor=2_400, category="food"),
    Product("cake", {"en": "Cake"}, price_minor=700, category="food"),
)


async def kitchen(shop: CommandBus) -> None:
    await done(shop, SetCategories((Category("food", {"en": "Food"}),)), SYSTEM)
    await done(shop, SetProducts(MENU), SYSTEM)
    await done(shop, SetKitchenStation(KitchenStation("grill", {"en": "Grill"}, ("food",))), SYSTEM)
    await floor(shop)


async def ordered(shop: CommandBus) -> None:
    """A table's three courses, of which the first is sent."""
    await done(shop, TakeTable("t1", guests=2))
    for course, sku in enumerate(("soup", "steak", "cake"), 1):
        await done(shop, ServeLines(course=course))
        await done(shop, AddLine(sku=sku, quantity=2_000))


def told(shop: CommandBus) -> list[tuple[str, int, int]]:
    screen = kitchen_screen(shop.reader, "grill")
    assert screen is not None
    return [(line.sku, line.course, line.open_quantity) for ticket in screen.tickets for line in ticket.lines]


def test_a_course_is_held_until_it_is_fired_also_while_its_bill_waits(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await kitchen(shop)
        await ordered(shop)
        await done(shop, SendToKitchen("1"))
        assert told(shop) == [("soup", 1, 2_000)]
        assert await shop.do(SendToKitchen(), CASHIER) == Refused("nothing_to_send")
        assert held_courses(read_basket(shop.reader, "1")) == (2, 3)
        await done(shop, PutOnTable("t1"))
        await done(shop, TakeTable("t1"))
        await done(shop, FireCourse(2))
        assert told(shop) == [("soup", 1, 2_000), ("steak", 2, 2_000)]
        refused = await shop.do(ServeLines((1,), course=3), CASHIER)
        assert isinstance(refused, Refused) and refused.code == "course_sent"
        await done(shop, ServeLines((3,), course=2))
        await done(shop, SendToKitchen())
        assert told(shop) == [("soup", 1, 2_000), ("steak", 2, 2_000), ("cake", 2, 2_000)]
        assert (await paid(shop)).total_minor == 7_400

    in_a_shop(scenario, tmp_path, CONFIG + BAR)


def test_what_was_held_is_made_at_the_latest_when_it_is_paid(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await kitchen(shop)
        await ordered(shop)
        await done(shop, SendToKitchen())
        await paid(shop)
        assert [sku for sku, _, _ in told(shop)] == ["soup", "steak", "cake"]

    in_a_shop(scenario, tmp_path, CONFIG + BAR)


def test_equal_things_of_two_courses_or_seats_are_two_lines(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for seat in (1, 1, 2):
            await done(shop, ServeLines(seat=seat))
            await done(shop, AddLine(MILK))
        await floor(shop)
        assert [(line.seat, line.quantity) for line in read_basket(shop.reader, "1").sold_lines] == [
            (1, 2_000),
            (2, 1_000),
        ]
        assert await shop.do(ServeLines((9,), seat=1), CASHIER) == Refused("no_such_line", {"line": 9})

    in_a_shop(scenario, tmp_path)


def test_each_seat_gets_a_bill_and_the_first_pays_for_all(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await kitchen(shop)
        await done(shop, TakeTable("t1", guests=3))
        await done(shop, AddLine(sku="cake"))
        assert await shop.do(SplitSeats(), CASHIER) == Refused("split_no_seats")
        for seat, sku in ((1, "soup"), (2, "steak"), (3, "soup")):
            await done(shop, ServeLines(seat=seat))
            await done(shop, AddLine(sku=sku))
        await done(shop, SplitSeats())
        assert sorted((one.name, one.total_minor) for one in read_parked(shop.reader)) == [
            ("1 · 2", 2_400),
            ("1 · 3", 600),
        ]
        assert (await paid(shop)).total_minor == 1_300
        await done(shop, TakeTable("t1"))
        assert (await paid(shop)).total_minor == 2_400

    in_a_shop(scenario, tmp_path, CONFIG + BAR)


def test_nobody_parts_a_bill_of_which_somebody_pays(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await kitchen(shop)
        await ordered(shop)
        await done(shop, ServeLines((1,), seat=1))
        await done(shop, ServeLines((2,), seat=2))
        await done(shop, Pay("cash", 100))
        for command in (SplitTable((BillPart(1),)), SplitSeats(), ServeLines((1,), seat=2)):
            assert await shop.do(command, CASHIER) == Refused("already_paying", {"paid_minor": 100})
        assert (await paid(shop)).total_minor == 7_400

    in_a_shop(scenario, tmp_path, CONFIG + BAR)


def test_a_table_goes_to_another_person_and_says_that_its_bill_was_shown(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await kitchen(shop)
        await done(shop, SetUser("noa", "Noa", "cashier", hash_pin("2468")), SYSTEM.with_rights(PINS))
        assert await shop.do(TransferTable("t1", "noa"), CASHIER) == Refused("table_free", {"table": "1"})
        await done(shop, TakeTable("t1", guests=2), CASHIER)
        await done(shop, AddLine(sku="soup"))
        await written(shop)
        assert (state(shop, "t1").person, state(shop, "t1").billed) == (CASHIER.name, False)
        await done(shop, PrintBill())
        assert state(shop, "t1").billed
        await done(shop, AddLine(sku="cake"))
        await written(shop)
        assert not state(shop, "t1").billed
        assert await shop.do(TransferTable("t1", "nobody"), CASHIER) == Refused("table_to_nobody", {"person": "nobody"})
        given = event_of(await done(shop, TransferTable("t1", "noa")), TableTransferred)
        assert (given.served_by, given.served_before, state(shop, "t1").person) == ("noa", CASHIER.name, "noa")
        assert (await done(shop, TransferTable("t1", "noa"))).events == ()
        await paid(shop)
        await done(shop, TakeTable("t1"))
        await done(shop, AddLine(sku="soup"))
        await written(shop)
        assert (state(shop, "t1").person, state(shop, "t1").guests) == (CASHIER.name, 0)

    in_a_shop(scenario, tmp_path, CONFIG + BAR)
