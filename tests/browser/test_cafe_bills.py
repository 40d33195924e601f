"""A café's bills as a waiter's finger meets them: who works stamps by PIN, plates go onto a bill of their own, a member
is chosen and has something off, a tip is given, a kitchen's screen taps while its network is away; all get free."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.core.journal.projections import caught_up
from edge.shop.access.commands import SetPin
from edge.shop.access.pin import hash_pin
from edge.shop.kitchen_screens.queries import kitchen_screen
from edge.shop.loyalty.commands import AdjustPoints, SetReward
from edge.shop.loyalty.loyalty import Reward
from edge.shop.loyalty.queries import points_of
from edge.shop.reports.queries import BEHIND, read_day_sums
from edge.shop.tables.queries import table_states
from edge.shop.time_clock.queries import shared_tips
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.browser.test_cafe_evening import cafe, more
from tests.http_client import when
from tests.ordering import do
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


async def stamps(waiter: Till, step: str, pin: str) -> None:
    await more(waiter.page, "clock")
    await waiter.page.tap(f'#counter-dialog label:has([value="{step}"])')
    await waiter.page.tap("#counter-yes")
    await waiter.page.fill('#pin-dialog [name="pin"]', pin)
    await waiter.page.press('#pin-dialog [name="pin"]', "Enter")
    await waiter.gone("#counter-dialog[open]")


async def sits(waiter: Till, table: str) -> None:
    """A table's bill comes onto the counter, whatever lay there of another."""
    await more(waiter.page, "tables")
    await waiter.page.tap(f'[data-table="{table}"]')
    await waiter.gone("#counter-dialog[open]")


async def orders(waiter: Till, *skus: str) -> None:
    for sku in skus:
        await waiter.page.tap(f'[data-quick="{sku}"]')
        await waiter.see("#lines .line", sku.title())
    await waiter.page.tap('[data-act="send"]')


async def yes(page: Page) -> None:
    await page.tap("#counter-yes")
    await page.locator("#counter-dialog[open]").wait_for(state="hidden")


async def pays(waiter: Till) -> None:
    await waiter.page.tap('[data-act="card"]')
    await waiter.page.tap("#card-dialog [type=submit]")
    await waiter.gone("#lines .line[data-line]")


async def of_table(served: Served, table: str) -> tuple[str, int]:
    found = next(one for one in table_states(served.shop.reader) if one.table.id == table)
    return found.state, found.total_minor


async def parted_by_item(served: Served, waiter: Till) -> None:
    """Table 5 waits meanwhile. The steak goes onto a bill of its own; the soup is paid first, then the steak."""
    await sits(waiter, "t3")
    await waiter.see("#lines .line", "Steak")
    await more(waiter.page, "split")
    await waiter.page.tap('#counter-dialog li:has-text("Steak") label.tick')
    await yes(waiter.page)
    await waiter.gone('#lines .line[data-line]:has-text("Steak")')
    await pays(waiter)
    assert await of_table(served, "t3") == ("open", 2_400)
    await sits(waiter, "t3")
    await waiter.see("#lines .line", "Steak")
    await pays(waiter)


async def of_a_member(waiter: Till) -> None:
    """Dana is found, has a reward that she chooses, and gives a tip."""
    page = waiter.page
    await sits(waiter, "t5")
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
    await waiter.see("#sums .due", "€27.01")
    await pays(waiter)


async def away(served: Served, cook: Till, waiter: Till) -> None:
    """The kitchen's screen has no network: what it taps goes when it is back, and what changed since is looked at."""
    await cook.see(".ticket:nth-of-type(2)", "Steak")
    await cook.page.context.set_offline(True)
    await cook.page.tap(".ticket:nth-of-type(1) [data-bump]")
    await cook.page.tap(".ticket:nth-of-type(2) [data-bump]")
    await orders(waiter, "cake")
    await cook.page.context.set_offline(False)
    await cook.see("#kitchen-error", "changed")
    await cook.see(".all-day", "Cake")

    async def left() -> list[int]:
        screen = kitchen_screen(served.shop.reader, "grill")
        assert screen is not None
        return [len(ticket.lines) for ticket in screen.tickets]

    await when(left, lambda lines: lines == [2], "one is made, the other has the cake besides")
    await cook.gone('.ticket:has-text("Soup")')
    await cook.page.tap(".ticket [data-bump]")
    await cook.gone(".ticket")


def test_bills_a_member_and_a_screen_that_is_away_by_touch(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as waiter, till(touched=True) as cook:
            dana, shop = await cafe(served), served.shop
            await do(shop, SetReward(Reward("five", {"en": "Five off"}, 10, off_minor=500)), SYSTEM)
            await do(shop, AdjustPoints(dana, 10, "welcome"), SYSTEM)
            await do(shop, SetPin(hash_pin(PIN)), SYSTEM)
            await cook.open(served, "register=1&lang=en&station=grill", "/manager/kitchen")
            await waiter.open(served, "register=1&lang=en")
            await stamps(waiter, "in", "7391")
            await sits(waiter, "t3")
            await orders(waiter, "soup", "steak")
            await sits(waiter, "t5")
            await orders(waiter, "steak")
            await away(served, cook, waiter)
            await parted_by_item(served, waiter)
            await of_a_member(waiter)
            await stamps(waiter, "out", "7391")
            assert {one.state for one in table_states(shop.reader)} == {"free"}
            assert points_of(shop.reader, dana, "points") == 10 - 10 + 26
            await caught_up(shop, *BEHIND)
            (day,) = shop.reader.execute("SELECT max(day) FROM work_span").fetchone()
            assert read_day_sums(shop.reader, day).total_minor == 3_000 + 3_100 - 500 + 101
            tips = shared_tips(shop.reader, day, day)
            assert sum(one.minor for one in tips.shares) + tips.unshared_minor == 101
            assert waiter.complaints == []

    run(scenario())
