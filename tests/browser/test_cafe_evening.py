"""An evening of a café, played on touch: twelve tables, three courses, a kitchen screen that loses its network, seats
and shares, a member, and tips by hours; and the floor that a manager draws with a finger."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from edge.core.journal.projections import caught_up
from edge.shop.access.commands import SetPin, SetUser
from edge.shop.access.pin import hash_pin
from edge.shop.access.queries import at_till
from edge.shop.access.rights import PINS
from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.commands import SetCategories, SetProducts
from edge.shop.catalog.product import Product
from edge.shop.customers.commands import GiveConsent, SetCustomer
from edge.shop.kitchen_screens.commands import SetKitchenStation
from edge.shop.kitchen_screens.station import KitchenStation
from edge.shop.loyalty.commands import SetEarnRule
from edge.shop.loyalty.loyalty import EarnRule
from edge.shop.loyalty.queries import points_of
from edge.shop.quick_keys.commands import SetQuickKeys
from edge.shop.quick_keys.layout import Key, KeyPage
from edge.shop.reports.queries import BEHIND
from edge.shop.tables.commands import SetTable
from edge.shop.tables.queries import read_tables, table_states
from edge.shop.tables.table import FloorTable
from edge.shop.till.commands import AddTip, UseCustomer
from edge.shop.till.parked_baskets import read_parked
from edge.shop.time_clock.commands import StampClock
from edge.shop.time_clock.queries import shared_tips
from tests.browser.browsing import Till, till
from tests.browser.calling import PIN
from tests.browser.serving import Served, serve
from tests.http_client import when
from tests.ordering import do
from tests.shop_fixture import CASHIER, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("SHOTS")
TABLES = 12
MENU = (("soup", "Soup", 600), ("steak", "Steak", 2_400), ("cake", "Cake", 700))


async def cafe(served: Served) -> str:
    """Twelve tables, a kitchen with a screen, two who work there, and a member, whose id it gives."""
    await do(served.shop, SetCategories((Category("food", {"en": "Food"}),)), SYSTEM)
    goods = tuple(Product(sku, {"en": name}, price_minor=minor, category="food") for sku, name, minor in MENU)
    await do(served.shop, SetProducts(goods), SYSTEM)
    keys = tuple(Key(place, sku) for place, (sku, *_) in enumerate(MENU))
    await do(served.shop, SetQuickKeys((KeyPage({"en": "Food"}, keys, "brown"),)), SYSTEM)
    await do(served.shop, SetKitchenStation(KitchenStation("grill", {"en": "Grill"}, ("food",))), SYSTEM)
    for number in range(1, TABLES + 1):
        place = ((number - 1) % 6 + 1, (number - 1) // 6 + 1)
        await do(served.shop, SetTable(FloorTable(f"t{number}", str(number), "", 4, *place)), SYSTEM)
    for id, pin in (("noa", "7391"), ("lior", "8264")):
        await do(served.shop, SetUser(id, id.title(), "cashier", hash_pin(pin)), SYSTEM.with_rights(PINS))
    await do(served.shop, SetEarnRule(EarnRule("p", {"en": "Points"}, 1, spent_minor=100)), SYSTEM)
    dana = str(await do(served.shop, SetCustomer(name="Dana"), SYSTEM))
    await do(served.shop, GiveConsent(dana, "loyalty", "en"), SYSTEM)
    return dana


async def more(page: Page, key: str) -> None:
    await page.tap('[data-act="more"]')
    await page.tap(f'[data-go="{key}"]')


async def courses(waiter: Till) -> None:
    """Soup for each of two guests, then a steak, then a cake, each with its course."""
    page = waiter.page
    for course, seat, sku, name in ((1, 1, "soup", "Soup"), (2, 2, "steak", "Steak"), (3, 2, "cake", "Cake")):
        await more(page, "courses")
        await page.tap(f'#counter-dialog [data-course="{course}"]')
        await waiter.see(f'#counter-dialog [data-course="{course}"][aria-pressed="true"]')
        await page.tap(f'#counter-dialog [data-seat="{seat}"]')
        await waiter.see(f'#counter-dialog [data-seat="{seat}"][aria-pressed="true"]')
        await page.tap("#counter-dialog [data-close]")
        await page.tap(f'[data-quick="{sku}"]')
        await waiter.see("#lines .line", name)


def test_an_evening_of_a_cafe(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as waiter, till(touched=True) as cook:
            dana, shop, page = await cafe(served), served.shop, waiter.page
            noa, lior = (at_till(shop.reader, id, "cashier", "1") for id in ("noa", "lior"))
            for person in (noa, lior):
                await do(shop, StampClock("in"), person)
            await cook.open(served, "register=1&lang=en&station=grill", "/manager/kitchen")
            await waiter.open(served, "register=1&lang=en")
            await more(page, "tables")
            await waiter.see('[data-table="t12"].free')
            await page.fill('#counter-dialog [name="guests"]', "2")
            await page.tap('[data-table="t7"]')
            await courses(waiter)
            if SHOTS:
                await more(page, "courses")
                await waiter.see("#counter-dialog .parts li")
                await page.screenshot(path=f"{SHOTS}/courses.png")
                await page.tap("#counter-dialog [data-close]")
            await page.tap('[data-act="send"]')
            await cook.see(".ticket li", "Soup")
            await cook.gone('.ticket li:has-text("Steak")')
            await cook.page.context.set_offline(True)
            await more(page, "courses")
            await page.tap('#counter-dialog [data-fire="2"]')
            await waiter.gone("#counter-dialog[open]")
            await cook.page.context.set_offline(False)
            await cook.see('.ticket li:has-text("Steak")', "Course 2")
            await more(page, "bill")
            await page.tap("#counter-yes")
            await waiter.gone("#counter-dialog[open]")
            assert next(one for one in table_states(shop.reader) if one.table.id == "t7").billed
            await more(page, "split")
            await page.tap('#counter-dialog label:has([value="seats"])')
            await page.tap("#counter-yes")
            await waiter.gone("#counter-dialog[open]")
            assert [(one.name, one.total_minor) for one in read_parked(shop.reader)] == [("7 · 2", 3_100)]
            await do(shop, UseCustomer(dana), CASHIER)
            await do(shop, AddTip(100), CASHIER)
            await more(page, "split")
            await page.tap('#counter-dialog label:has([value="shares"])')
            await page.tap("#counter-yes")
            await waiter.gone("#counter-dialog[open]")
            assert await page.input_value("#code") == "3.50"
            await page.tap('[data-act="cash"]')
            await page.tap('[data-act="cash"]')
            await page.tap("dialog[open] [type=submit]")
            await waiter.gone("#lines .line[data-line]")
            assert points_of(shop.reader, dana, "points") == 6
            for person in (noa, lior):
                await do(shop, StampClock("out"), person)
            await caught_up(shop, *BEHIND)
            (day,) = shop.reader.execute("SELECT max(day) FROM work_span").fetchone()
            tips = shared_tips(shop.reader, day, day)
            assert sum(one.minor for one in tips.shares) + tips.unshared_minor == 100
            assert waiter.complaints == []

    run(scenario())


def test_a_manager_draws_the_floor_with_a_finger(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till(touched=True) as manager:
            await cafe(served)
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
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
                "document.querySelector('form[data-id=\"t1\"] [data-field=row]').value === '5'"
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
