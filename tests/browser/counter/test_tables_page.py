"""Tables as people meet them: the plan at the till, a bill that is parted, the manager's page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.counter.tables.commands import SetTable
from edge.counter.tables.queries import read_tables
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddLine, AddOpenAmount
from edge.counter.till.lines.parked_baskets import read_parked
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.ordering import do
from tests.shop_fixture import CASHIER, MILK, SYSTEM, run

pytestmark = pytest.mark.needs("chromium")
SHOTS = os.environ.get("SHOTS")


def test_a_waiter_serves_two_tables_and_parts_a_bill(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as waiter:
            shop, page = served.shop, waiter.page
            for number in range(1, 7):
                table = FloorTable(f"t{number}", str(number), "Terrace", 4, 1 + number % 3 * 2, 1 + number // 4)
                await do(shop, SetTable(table), SYSTEM)

            async def plan(key: str = "tables") -> None:
                await page.click('[data-act="more"]')
                await page.click(f'[data-go="{key}"]')

            await waiter.open(served, "register=1&lang=en")
            await do(shop, AddLine(MILK, quantity=3_000), CASHIER)
            await waiter.see("#lines .line")
            await plan()
            await page.fill('#counter-dialog [name="guests"]', "3")
            await page.click('[data-table="t1"]')
            await waiter.gone("#lines .line")
            await plan()
            await waiter.see('[data-table="t1"].open', "3.60")
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/plan.png")
            await page.click('[data-table="t1"]')
            await waiter.see("#lines .line", "Milk")
            await do(shop, AddOpenAmount("Soup", "standard", 700), CASHIER)
            await waiter.see('#lines .line:has-text("Soup")')
            await plan("split")
            await page.check('#counter-dialog [name="part"] >> nth=1')
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/split.png")
            await page.click("#counter-yes")
            await waiter.gone("#lines .line[data-line] >> nth=1")
            assert [(one.name, one.total_minor) for one in read_parked(shop.reader)] == [("1 · 2", 700)]
            await plan()
            await page.check('#counter-dialog [name="move"]')
            await page.click('[data-table="t5"]')
            await waiter.gone("#lines .line")
            await plan()
            await waiter.see('[data-table="t5"].open', "10.60")
            await waiter.see('[data-table="t1"].free')
            assert waiter.complaints == []

    run(scenario())


def test_a_manager_draws_the_floor(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as manager:
            await do(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await manager.open(served, "register=1&lang=he", "/manager/tables")
            new = manager.page.locator("form.thing:not([data-id])")
            for name, column in (("1", "1"), ("2", "3")):
                await new.locator('[name="name"]').fill(name)
                await new.locator('[name="column"]').fill(column)
                await new.locator("[type=submit]").click()
                await manager.see(f'.plan .seat bdi:text-is("{name}")')
            await new.locator('[name="name"]').fill("2")
            await new.locator("[type=submit]").click()
            await manager.see(".error:not(:empty)", "2")
            assert [(one.name, one.column) for one in read_tables(served.shop.reader)] == [("1", 1), ("2", 3)]
            if SHOTS:
                for name, size in (("1024", (1024, 768)), ("390", (390, 664))):
                    await manager.page.set_viewport_size({"width": size[0], "height": size[1]})
                    await manager.page.screenshot(path=f"{SHOTS}/tables-{name}.png", full_page=True)

    run(scenario())
