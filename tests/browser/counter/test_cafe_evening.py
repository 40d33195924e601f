"""An evening of a café, played on touch: twelve tables of three courses, a kitchen's screen that taps while its network
is away, bills parted by item, by seat and by share, a member with a reward, and tips by hours; and the floor that a
manager draws with a finger."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from edge.core.journal.projections import caught_up
from edge.counter.kitchen_screens.queries import KitchenTicket, find_ticket, kitchen_screen
from edge.counter.loyalty.queries import points_of
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.tables.queries import read_tables, table_states
from edge.counter.till.lines.parked_baskets import read_parked
from edge.counter.time_clock.queries import shared_tips
from tests.browser.browsing import Till, till
from tests.browser.cafe import (
    MENU,
    STAFF,
    TABLES,
    WELCOME,
    cafe,
    chooses,
    fires,
    more,
    of_table,
    orders,
    parts,
    pays,
    sits,
    stamps,
    yes,
)
from tests.browser.serving import Served, serve
from tests.http_client import when
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("SHOTS")
LIMIT_S = 900
"""Some four hundred taps: a minute on a quiet machine."""
AWAY = 4
"""Tables whose tickets are tapped while the screen has no network."""
TIP_MINOR = 101
OF_A_TABLE_MINOR = sum(minor for _, _, minor in MENU)


async def seated(waiter: Till) -> None:
    """Each table orders three courses, those of the second for its second guest; the kitchen is told."""
    for number in range(1, TABLES + 1):
        await sits(waiter, f"t{number}", guests=2)
        for course, (sku, *_) in enumerate(MENU, 1):
            await chooses(waiter, course, seat=2 if course == 2 else 1 if number == 1 else 0)
            await orders(waiter, sku)
        await waiter.page.tap('[data-act="send"]')


def tickets(served: Served) -> tuple[KitchenTicket, ...]:
    screen = kitchen_screen(served.shop.reader, "grill")
    assert screen is not None
    return screen.tickets


async def cooked(served: Served, cook: Till, left: int) -> None:
    """What the screen shows is made, ticket by ticket, until so many are left."""
    for remaining in range(len(tickets(served)) - 1, left - 1, -1):
        await cook.page.tap(".ticket:first-of-type [data-bump]")

        async def there() -> int:
            return len(tickets(served))

        await when(there, lambda count, wanted=remaining: count == wanted, f"{remaining} tickets are left")
        await cook.gone(f".ticket >> nth={remaining}")


async def away(served: Served, cook: Till, waiter: Till) -> None:
    """Without a network the screen taps four soups; meanwhile two of their tables have their steaks fired. What is
    made is gone when the network is back, and what changed since is looked at again."""
    await cook.see(f".ticket >> nth={TABLES - 1}")
    await cook.see(".all-day", f"{TABLES}")
    await cook.gone('.ticket li:has-text("Steak")')
    await cook.page.context.set_offline(True)
    for place in range(1, AWAY + 1):
        await cook.page.tap(f".ticket:nth-of-type({place}) [data-bump]")
    for number in (1, 2):
        await sits(waiter, f"t{number}")
        await fires(waiter, 2)
    await cook.page.context.set_offline(False)
    await cook.see("#kitchen-error", "changed")
    await cook.see('.ticket li:has-text("Steak")', "Course 2")

    async def lines() -> list[int]:
        return [len(ticket.lines) for ticket in tickets(served)]

    expected = [2, 2] + [1] * (TABLES - AWAY)
    await when(lines, lambda found: found == expected, "two are made, two have their steak besides")


async def by_seat(served: Served, waiter: Till) -> None:
    """Table 1 looks at its bill, and parts it: the second guest has the steak."""
    page = waiter.page
    await sits(waiter, "t1")
    await more(page, "bill")
    await yes(page)
    assert next(one for one in table_states(served.shop.reader) if one.table.id == "t1").billed
    await parts(waiter, "seats")
    assert [one.total_minor for one in read_parked(served.shop.reader) if one.name == "1 · 2"] == [2_400]
    await pays(waiter)
    assert await of_table(served, "t1") == ("open", 2_400)
    await sits(waiter, "t1")
    await pays(waiter)


async def by_item(served: Served, waiter: Till) -> None:
    """The steak of table 2 goes onto a bill of its own."""
    await sits(waiter, "t2")
    await more(waiter.page, "split")
    await waiter.page.tap('#counter-dialog li:has-text("Steak") label.tick')
    await yes(waiter.page)
    await waiter.gone('#lines .line[data-line]:has-text("Steak")')
    await pays(waiter)
    assert await of_table(served, "t2") == ("open", 2_400)
    await sits(waiter, "t2")
    await pays(waiter)


async def by_share(waiter: Till) -> None:
    """Two pay the same for table 3: one of them in cash."""
    await sits(waiter, "t3")
    await parts(waiter, "shares")
    assert await waiter.page.input_value("#code") == "18.50"
    await waiter.page.tap('[data-act="cash"]')
    await waiter.see("#sums .due", "18.50")
    await pays(waiter)


async def of_a_member(waiter: Till) -> None:
    """Dana, of table 4, is found, has a reward that she chooses, and gives a tip."""
    page = waiter.page
    await sits(waiter, "t4")
    await page.tap('[data-act="member"]')
    await page.fill("#customer-dialog [name=text]", "dan")
    await page.tap("#customers-found [data-customer]")
    await waiter.see('[data-act="member"][aria-pressed="true"]', "Dana")
    await more(page, "rewards")
    await waiter.see("#counter-dialog .pick", "Five off")
    await yes(page)
    await waiter.see("#lines .takes-off", "Five off")
    await more(page, "tip")
    await page.fill('#counter-dialog [name="amount"]', "1.01")
    await yes(page)
    await waiter.see("#sums .due", "33.01")
    await pays(waiter)


async def together(served: Served, waiter: Till) -> None:
    """Table 5 sits down with table 6, whom Lior serves from now on; they have one bill."""
    page = waiter.page
    await sits(waiter, "t5")
    await more(page, "tables")
    await page.tap('#counter-dialog label:has([name="move"])')
    await page.tap('[data-table="t6"]')
    await waiter.gone("#lines .line[data-line]")
    await sits(waiter, "t6")
    await more(page, "tables")
    await page.select_option('#counter-dialog [name="to"]', "lior")
    await page.tap('[data-table="t6"]')
    await waiter.gone("#counter-dialog[open]")

    async def of_six() -> tuple[str, int]:
        state = next(one for one in table_states(served.shop.reader) if one.table.id == "t6")
        return state.person, state.total_minor

    await when(of_six, lambda found: found == ("lior", 2 * OF_A_TABLE_MINOR), "both bills are one, and Lior's")
    await pays(waiter)


def made(served: Served) -> Counter[str]:
    """What all tickets of the evening say, made or not."""
    found = Counter[str]()
    for station, ticket in served.shop.reader.execute("SELECT station, ticket FROM kitchen_ticket").fetchall():
        known = find_ticket(served.shop.reader, station, ticket)
        assert known is not None
        for line in known.lines:
            found[line.sku] += line.quantity // 1_000
    return found


@pytest.mark.timeout(LIMIT_S + 60)
def test_an_evening_of_a_cafe(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as waiter, till(touched=True) as cook:
            dana, shop = await cafe(served), served.shop
            await cook.open(served, "register=1&lang=en&station=grill", "/manager/kitchen")
            await waiter.open(served, "register=1&lang=en")
            for _, pin in STAFF:
                await stamps(waiter, "in", pin)
            await seated(waiter)
            await away(served, cook, waiter)
            await cooked(served, cook, left=0)
            await by_seat(served, waiter)
            await by_item(served, waiter)
            await by_share(waiter)
            await of_a_member(waiter)
            await together(served, waiter)
            for number in range(7, TABLES + 1):
                await sits(waiter, f"t{number}")
                await pays(waiter)
            for _, pin in STAFF:
                await stamps(waiter, "out", pin)
            assert {one.state for one in table_states(shop.reader)} == {"free"}
            assert made(served) == Counter({sku: TABLES for sku, *_ in MENU}), "what was paid is made at the latest"
            assert points_of(shop.reader, dana, "points") == WELCOME - 10 + 32
            await caught_up(shop, *BEHIND)
            (day,) = shop.reader.execute("SELECT max(day) FROM work_span").fetchone()
            assert read_day_sums(shop.reader, day).total_minor == TABLES * OF_A_TABLE_MINOR - 500 + TIP_MINOR
            tips = shared_tips(shop.reader, day, day)
            assert sum(one.minor for one in tips.shares) + tips.unshared_minor == TIP_MINOR
            assert waiter.complaints == []

    run(scenario(), LIMIT_S)


def test_a_manager_draws_the_floor_with_a_finger(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as manager:
            await cafe(served)
            await manager.open(served, "register=1&lang=en", "/manager/tables")
            page = manager.page
            seat = page.locator('[data-move="t1"]')
            await seat.scroll_into_view_if_needed()
            plan = await page.locator(".plan.drawn").bounding_box()
            box = await seat.bounding_box()
            assert plan and box
            await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            await page.mouse.down()
            await page.mouse.move(plan["x"] + plan["width"] * 0.45, plan["y"] + plan["height"] * 0.56, steps=5)
            await page.mouse.up()
            await manager.see('[data-move="t1"][data-at-column="3"][data-at-row="5"]')
            await manager.see('form[data-id="t1"]')
            await page.wait_for_function(
                "() => document.querySelector('form[data-id=\"t1\"] [data-field=row]').value === '5'"
            )
            await page.focus('[data-move="t1"]')
            await page.keyboard.press("ArrowRight")
            await manager.see('[data-move="t1"][data-at-column="4"]')
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/floor.png", full_page=True)
                await page.set_viewport_size({"width": 390, "height": 664})
                await page.screenshot(path=f"{SHOTS}/floor-390.png", full_page=True)
            await manager.see('[data-move="t1"][data-at-column="4"][data-at-row="5"]')

            async def where() -> tuple[int, int]:
                (table,) = [one for one in read_tables(served.shop.reader) if one.id == "t1"]
                return table.column, table.row

            await when(where, lambda at: at == (4, 5), "the step by key is saved")
            assert manager.complaints == []

    run(scenario())
