"""Tables of a restaurant: whose bill each has, moved, joined, parted, and what kitchens hear of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Refused
from edge.counter.basket.splitting import BillPart
from edge.counter.kitchen.queries import read_told
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.tables.commands import MoveTable, PutOnTable, SetTable, SplitTable, TakeTable
from edge.counter.tables.queries import TableState, table_states
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddLine, AddOpenAmount, Pay, SendToKitchen, SetBasketAside
from edge.counter.till.lines.bill_splits import JoinBasket, PrintBill
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_basket
from edge.goods.catalog.commands import SetCategories, SetProducts
from tests.card_shop import card_shop
from tests.counter_shop import SECOND, in_a_shop, paid, paper
from tests.flow.counter.test_slips import KINDS, MENU, SLIPS
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, run


async def floor(shop: CommandBus, tables: int = 3) -> None:
    for number in range(1, tables + 1):
        await done(shop, SetTable(FloorTable(f"t{number}", str(number), seats=4, column=number)), SYSTEM)


async def written(shop: CommandBus) -> None:
    """Behind what was answered before it was on the disk, as changes of open baskets are."""
    await done(shop, SetTable(FloorTable("t1", "1", seats=4)), SYSTEM)


def state(shop: CommandBus, table: str) -> TableState:
    return next(one for one in table_states(shop.reader) if one.table.id == table)


def test_a_bill_waits_at_its_table_and_is_paid_at_any_register(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop)
        await done(shop, TakeTable("t1", guests=3))
        await done(shop, AddLine(MILK, quantity=2_000))
        await written(shop)
        assert (state(shop, "t1").state, state(shop, "t1").register) == ("here", "1")
        await done(shop, PutOnTable("t1"))
        clock.advance(600)
        await done(shop, AddOpenAmount("Soup", "standard", 800))
        await done(shop, PutOnTable("t1"))
        found = state(shop, "t1")
        assert (found.state, found.guests, found.items, found.total_minor, len(found.bills)) == ("open", 3, 2, 1_040, 1)
        assert (state(shop, "t2").state, state(shop, "t2").total_minor) == ("free", 0)
        await done(shop, TakeTable("t1"), SECOND)
        refused = await shop.do(TakeTable("t1"), CASHIER)
        assert isinstance(refused, Refused) and refused.code == "parked_with"
        await done(shop, TakeTable("t1", take_over=True))
        assert (await paid(shop)).total_minor == 1_040
        assert {one.state for one in table_states(shop.reader)} == {"free"}

    in_a_shop(scenario, tmp_path)


def test_who_goes_from_table_to_table_leaves_each_bill_where_it_belongs(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop)
        for table, minor in (("t1", 100), ("t2", 200), ("t1", 50)):
            await done(shop, TakeTable(table))
            await done(shop, AddOpenAmount("Tea", "standard", minor))
        await written(shop)
        assert (state(shop, "t1").total_minor, state(shop, "t2").total_minor) == (150, 200)
        await done(shop, SetBasketAside("somebody"))
        await done(shop, AddLine(MILK))
        assert await shop.do(TakeTable("t2"), CASHIER) == Refused("basket_not_empty")
        await done(shop, PutOnTable("t3"))
        assert state(shop, "t3").state == "open"

    in_a_shop(scenario, tmp_path)


def test_guests_move_and_sit_down_together(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop)
        for table, minor in (("t1", 100), ("t2", 200)):
            await done(shop, AddOpenAmount("Tea", "standard", minor))
            await done(shop, PutOnTable(table, guests=2))
        await done(shop, MoveTable("t1", "t3"))
        assert (state(shop, "t1").state, state(shop, "t3").total_minor, state(shop, "t3").guests) == ("free", 100, 2)
        await done(shop, MoveTable("t3", "t2"))
        assert (state(shop, "t2").total_minor, state(shop, "t2").items) == (300, 2)
        assert await shop.do(MoveTable("t1", "t2"), CASHIER) == Refused("table_free", {"table": "1"})
        taken = await shop.do(SetTable(FloorTable("t9", "2")), SYSTEM)
        assert taken == Refused("table_name_taken", {"name": "2"})

    in_a_shop(scenario, tmp_path)


def test_guests_whose_bill_is_at_another_register_are_not_moved_in_part(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop)
        for command in (TakeTable("t1"), AddOpenAmount("Tea", "standard", 100), AddOpenAmount("Cake", "standard", 200)):
            await done(shop, command, SECOND)
        await done(shop, SplitTable((BillPart(1),)), SECOND)
        await done(shop, Pay("cash", 50), SECOND)
        served = Refused("table_at_register", {"table": "1", "register": "2"})
        assert await shop.do(MoveTable("t1", "t3"), CASHIER) == served
        await written(shop)
        assert (state(shop, "t1").total_minor, state(shop, "t3").state) == (300, "free")
        await done(shop, Pay("cash"), SECOND)
        await done(shop, MoveTable("t1", "t3"))
        assert (state(shop, "t1").state, state(shop, "t3").total_minor) == ("free", 100)

    in_a_shop(scenario, tmp_path)


def test_nobody_parts_or_takes_over_a_bill_whose_card_is_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as here:
            shop = here.shop
            await floor(shop)
            await done(shop, AddOpenAmount("Tea", "standard", 100))
            await done(shop, PutOnTable("t1"))
            await done(shop, TakeTable("t1"))
            await here.kill()  # its terminal is asked, and nobody hears what it says yet
            await here.begin(MILK)
            for command in (SplitTable((BillPart(1),)), MoveTable("t1", "t2"), PutOnTable("t3")):
                assert await shop.do(command, CASHIER) == Refused("payment_open")
            assert await shop.do(TakeTable("t1", take_over=True), SECOND) == Refused("payment_open")
            await here.start()
            await here.ends("captured")
            await written(shop)
            assert (len(here.sales()), state(shop, "t1").state) == (1, "free")

    run(scenario())


def test_a_bill_is_parted_by_what_was_eaten_and_printed_for_guests(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop)
        await done(shop, TakeTable("t1"))
        await done(shop, AddLine(MILK, quantity=3_000))
        await done(shop, AddOpenAmount("Soup", "standard", 700))
        await done(shop, PrintBill(guests=2))
        text = paper(shop, "bill")
        assert "This is not a receipt" in text and "Share 2 5.30" in text
        await done(shop, SplitTable((BillPart(1, 1_000), BillPart(2))))
        assert [(one.name, one.total_minor) for one in read_parked(shop.reader)] == [("1 · 2", 820)]
        assert state(shop, "t1").total_minor == 1_060
        first = await paid(shop)
        await done(shop, TakeTable("t1"))
        second = await paid(shop)
        assert (first.total_minor, second.total_minor) == (240, 820)
        assert state(shop, "t1").state == "free"

    in_a_shop(scenario, tmp_path)


def test_kitchens_hear_nothing_twice_of_a_bill_that_is_parted_and_joined(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        for command in (SetCategories(KINDS), SetProducts(MENU)):
            await done(shop, command, SYSTEM)
        await floor(shop)
        await done(shop, AddLine(sku="tea", quantity=3_000))
        await done(shop, SendToKitchen())
        await done(shop, SplitTable((BillPart(1, 1_000),)))
        (other,) = read_parked(shop.reader)
        assert read_told(shop.reader, f"parked {other.number}") == {("bar", 1): 1_000}
        assert await shop.do(SendToKitchen(), CASHIER) == Refused("nothing_to_send")
        await done(shop, JoinBasket(other.number))
        assert await shop.do(SendToKitchen(), CASHIER) == Refused("nothing_to_send")
        sale = await paid(shop)
        assert sum(line.quantity for line in sale.lines) == 3_000
        assert read_told(shop.reader, "1") == {}

    in_a_shop(scenario, tmp_path, SLIPS)


@pytest.mark.parametrize("seed", range(3))
def test_bills_come_to_what_was_ordered_however_guests_move_and_part(seed: int, tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await floor(shop, 4)
        luck, ordered = random.Random(seed), 0
        for _ in range(60):
            clock.advance(60)
            table, other = (f"t{luck.randint(1, 4)}" for _ in range(2))
            what, actor = luck.random(), luck.choice((CASHIER, SECOND))
            if what < 0.4:
                await shop.do(TakeTable(table), actor)
            if what < 0.5:
                minor = luck.randint(1, 900)
                await done(shop, AddOpenAmount("Tea", "standard", minor), actor)
                ordered += minor
            elif what < 0.65:
                await shop.do(PutOnTable(table), actor)
            elif what < 0.75:
                await shop.do(MoveTable(table, other), actor)
            elif what < 0.85:
                lines = read_basket(shop.reader, actor.register).sold_lines
                if lines:
                    await shop.do(SplitTable((BillPart(luck.choice(lines).id),)), actor)
            elif what < 0.95:
                await shop.do(Pay("card"), actor)
        await written(shop)
        waiting = sum(one.total_minor for one in read_parked(shop.reader))
        waiting += sum(read_basket(shop.reader, register).total_minor for register in ("1", "2"))
        await caught_up(shop, *BEHIND)
        assert read_day_sums(shop.reader, "2027-01-15").total_minor + waiting == ordered

    in_a_shop(scenario, tmp_path)
