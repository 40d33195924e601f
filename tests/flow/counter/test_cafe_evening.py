"""A whole evening of a café by commands: twelve tables of three courses, bills parted in every way, a kitchen's screen
that is away, members with points and a reward, tips by hours. What comes out is what went in, to the cent and plate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Actor, Refused
from edge.counter.basket.splitting import BillPart
from edge.counter.kitchen_screens.commands import BumpTicket, SetKitchenStation
from edge.counter.kitchen_screens.queries import KitchenTicket, find_ticket, kitchen_screen
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.loyalty.commands import SetEarnRule, SetReward, UseReward
from edge.counter.loyalty.loyalty import EarnRule, Reward
from edge.counter.loyalty.queries import points_of
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.tables.commands import (
    MoveTable,
    PutOnTable,
    SetTable,
    SplitSeats,
    SplitTable,
    TakeTable,
    TransferTable,
)
from edge.counter.tables.queries import table_states
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddLine, AddTip, Pay, SendToKitchen, UseCustomer, VoidLine
from edge.counter.till.lines.bill_splits import PrintBill
from edge.counter.till.lines.courses import FireCourse, ServeLines, held_courses
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.till.queries import read_basket
from edge.counter.time_clock.commands import StampClock
from edge.counter.time_clock.queries import shared_tips
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import at_till
from edge.foundation.access.rights import PINS
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.people.customers.commands import GiveConsent
from tests.counter_shop import in_a_shop
from tests.customers import known
from tests.flow.counter.test_tables import written
from tests.shop_fixture import SYSTEM, FakeClock, done

HOUR = 3_600
TABLES, GUESTS = 12, 2
MENU = (("soup", 600, 1), ("steak", 2_400, 2), ("cake", 700, 3))
OAT_MINOR = 50
TIP_MINOR = 101
DAY = "2027-01-15"


@dataclass
class Evening:
    """What was ordered, as whoever serves wrote it down: pieces by product, and what they cost."""

    noa: Actor
    lior: Actor
    dana: str
    ordered: Counter[str] = field(default_factory=Counter)
    cost_minor: int = 0
    tips_minor: int = 0

    def of(self, table: int) -> Actor:
        return self.noa if table % 2 else self.lior


async def opened(shop: CommandBus) -> Evening:
    """Twelve tables, a kitchen with a screen, two who serve, and a member with something to collect for."""
    await done(shop, SetCategories((Category("food", {"en": "Food"}),)), SYSTEM)
    menu = tuple(Product(sku, {"en": sku.title()}, price_minor=minor, category="food") for sku, minor, _ in MENU)
    await done(shop, SetProducts(menu), SYSTEM)
    oat = ModifierGroup("milk", {"en": "Milk"}, (Modifier("oat", {"en": "Oat"}, OAT_MINOR),), products=("soup",))
    await done(shop, SetModifierGroup(oat), SYSTEM)
    await done(shop, SetKitchenStation(KitchenStation("grill", {"en": "Grill"}, ("food",))), SYSTEM)
    for table in range(1, TABLES + 1):
        column, row = (table - 1) % 6 + 1, (table - 1) // 6 + 1
        await done(shop, SetTable(FloorTable(f"t{table}", str(table), "", 4, column, row)), SYSTEM)
    for id, pin in (("noa", "7391"), ("lior", "8264")):
        await done(shop, SetUser(id, id.title(), "cashier", hash_pin(pin)), SYSTEM.with_rights(PINS))
    await done(shop, SetEarnRule(EarnRule("p", {"en": "Points"}, 1, spent_minor=100)), SYSTEM)
    await done(shop, SetReward(Reward("five", {"en": "Five off"}, 30, off_minor=500)), SYSTEM)
    dana = await known(shop)
    await done(shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
    noa, lior = (at_till(shop.reader, id, "cashier", str(place)) for place, id in enumerate(("noa", "lior"), 1))
    return Evening(noa, lior, dana)


async def seated(shop: CommandBus, evening: Evening, table: int) -> None:
    """Two guests order all three courses each; the first guest's soup is with oat milk. Kitchens hear of the first."""
    actor = evening.of(table)
    await done(shop, TakeTable(f"t{table}", guests=GUESTS), actor)
    for sku, minor, course in MENU:
        for seat in range(1, GUESTS + 1):
            oat = sku == "soup" and seat == 1
            await done(shop, ServeLines(course=course, seat=seat), actor)
            await done(shop, AddLine(sku=sku, modifiers=("milk/oat",) if oat else ()), actor)
            evening.ordered[sku] += 1
            evening.cost_minor += minor + (OAT_MINOR if oat else 0)
    await done(shop, SendToKitchen(str(table)), actor)
    assert held_courses(read_basket(shop.reader, actor.register)) == (2, 3)
    await done(shop, PutOnTable(f"t{table}"), actor)


def tickets(shop: CommandBus) -> tuple[KitchenTicket, ...]:
    screen = kitchen_screen(shop.reader, "grill")
    assert screen is not None
    return screen.tickets


async def bumped(shop: CommandBus, seen: tuple[KitchenTicket, ...]) -> int:
    """What a screen shows is made by tapping it; how many of these have changed since it saw them."""
    changed = 0
    for one in seen:
        outcome = await shop.do(BumpTicket("grill", one.ticket, one.version), SYSTEM)
        changed += outcome == Refused("ticket_changed")
    return changed


async def served(shop: CommandBus, evening: Evening) -> None:
    """The second and third course of each table are fired, while the kitchen's screen is away: it taps what it saw
    last, and is told where more came since."""
    first = tickets(shop)
    assert len(first) == TABLES
    assert await bumped(shop, first[:4]) == 0
    away = tickets(shop)
    for table in range(1, TABLES + 1):
        await done(shop, TakeTable(f"t{table}"), evening.of(table))
        await done(shop, FireCourse(2), evening.of(table))
        await done(shop, PutOnTable(f"t{table}"), evening.of(table))
    assert await bumped(shop, away) == len(away)
    back = tickets(shop)
    assert len(back) == TABLES
    assert await bumped(shop, back) == 0 == await bumped(shop, back[:1] * 2)
    assert tickets(shop) == ()
    for table in range(1, TABLES + 1):
        await done(shop, TakeTable(f"t{table}"), evening.of(table))
        await done(shop, FireCourse(3), evening.of(table))
        await done(shop, PutOnTable(f"t{table}"), evening.of(table))


def made(shop: CommandBus) -> Counter[str]:
    """What all tickets of the evening say, made or not."""
    found = Counter[str]()
    for station, ticket in shop.reader.execute("SELECT station, ticket FROM kitchen_ticket").fetchall():
        known_ticket = find_ticket(shop.reader, station, ticket)
        assert known_ticket is not None
        for line in known_ticket.lines:
            found[line.sku] += line.quantity // 1_000
    return found


async def pays(shop: CommandBus, evening: Evening, table: int) -> None:
    """All that is left of a table, bill by bill."""
    actor = evening.of(table)
    while any(one.table.id == f"t{table}" and one.state != "free" for one in table_states(shop.reader)):
        await done(shop, TakeTable(f"t{table}"), actor)
        await done(shop, Pay("card"), actor)
        await written(shop)


async def by_item(shop: CommandBus, evening: Evening, table: int) -> None:
    """One guest pays for both soups, half of what the table had of it at first, and someone has all the rest."""
    actor = evening.of(table)
    await done(shop, TakeTable(f"t{table}"), actor)
    soups = [BillPart(line.id) for line in read_basket(shop.reader, actor.register).sold_lines if line.sku == "soup"]
    await done(shop, SplitTable(tuple(soups)), actor)
    await pays(shop, evening, table)


async def by_seat(shop: CommandBus, evening: Evening, table: int) -> None:
    actor = evening.of(table)
    await done(shop, TakeTable(f"t{table}"), actor)
    await done(shop, PrintBill(), actor)
    await done(shop, SplitSeats(), actor)
    await pays(shop, evening, table)


async def by_share(shop: CommandBus, evening: Evening, table: int) -> None:
    """A third each, and what can't be shared with the last; meanwhile no one parts it, and no one sits elsewhere."""
    actor = evening.of(table)
    await done(shop, TakeTable(f"t{table}"), actor)
    await done(shop, AddTip(TIP_MINOR), actor)
    evening.tips_minor += TIP_MINOR
    due = read_basket(shop.reader, actor.register).total_minor
    for _ in range(2):
        await done(shop, Pay("cash", due // 3), actor)
        refused = await shop.do(SplitSeats(), actor)
        assert isinstance(refused, Refused) and refused.code == "already_paying"
    await done(shop, Pay("card"), actor)


async def of_a_member(shop: CommandBus, evening: Evening, table: int, reward: bool) -> None:
    actor = evening.of(table)
    await done(shop, TakeTable(f"t{table}"), actor)
    await done(shop, UseCustomer(evening.dana), actor)
    if reward:
        await done(shop, UseReward("five"), actor)
        evening.cost_minor -= 500
    await done(shop, Pay("card"), actor)


async def closed(shop: CommandBus, evening: Evening) -> None:
    """Twelve tables, each in its own way."""
    for table in (1, 2):
        await by_item(shop, evening, table)
    for table in (3, 4):
        await by_seat(shop, evening, table)
    for table in (5, 6):
        await by_share(shop, evening, table)
    await of_a_member(shop, evening, 7, reward=False)
    assert points_of(shop.reader, evening.dana, "points") == 74
    await of_a_member(shop, evening, 8, reward=True)
    await done(shop, MoveTable("t9", "t10"), evening.noa)
    await done(shop, TransferTable("t10", "noa"), evening.lior)
    await pays(shop, evening, 10)
    await done(shop, TakeTable("t11"), evening.noa)
    cake = next(line for line in read_basket(shop.reader, "1").sold_lines if line.sku == "cake")
    await done(shop, VoidLine(cake.id), evening.noa)
    evening.ordered["cake"] -= 1
    evening.cost_minor -= 700
    await pays(shop, evening, 11)
    await pays(shop, evening, 12)


def test_an_evening_of_twelve_tables_comes_to_what_was_ordered(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        evening = await opened(shop)
        await done(shop, StampClock("in"), evening.noa)
        for table in range(1, TABLES + 1):
            await seated(shop, evening, table)
            clock.advance(60)
        await done(shop, StampClock("in"), evening.lior)
        clock.advance(HOUR)
        await served(shop, evening)
        clock.advance(2 * HOUR)
        await closed(shop, evening)
        await written(shop)
        await caught_up(shop, *BEHIND)
        sums = read_day_sums(shop.reader, DAY)
        assert (sums.total_minor, read_parked(shop.reader)) == (evening.cost_minor + evening.tips_minor, [])
        assert {one.state for one in table_states(shop.reader)} == {"free"}
        assert made(shop) == evening.ordered
        assert points_of(shop.reader, evening.dana, "points") == 74 - 30 + 69
        await done(shop, StampClock("out"), evening.noa)
        await done(shop, StampClock("out"), evening.lior)
        tips = shared_tips(shop.reader, DAY, DAY)
        assert (sum(one.minor for one in tips.shares), tips.unshared_minor) == (evening.tips_minor, 0)
        assert [(one.person, one.worked_min) for one in tips.shares] == [("lior", 180), ("noa", 192)]

    in_a_shop(scenario, tmp_path)
