"""A shift at the page: opened by keys, money paid out with the PIN, counted by coin and note; what the manager sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.shifts.queries import read_shifts
from edge.counter.till.commands import AddLine, Pay, SetBasketAside
from tests.browser.browsing import till
from tests.browser.calling import PIN, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import CASHIER, MILK, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


async def hold_two(served: Served) -> None:
    for name in ("Table 3", ""):
        await done(served.shop, AddLine(MILK))
        await done(served.shop, SetBasketAside(name))


def test_from_the_float_to_the_difference(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await page.open(served)
            await page.see("#shift", "No shift")
            await page.keys("$")
            await page.see('[data-step-of="open"]')
            await page.keys("100", "Enter")
            await page.see("#shift", "Shift 1")
            await page.gone("#shift-dialog")
            await served.shop.do(AddLine(MILK), CASHIER)
            await served.shop.do(Pay("cash", 200), CASHIER)
            await page.page.locator("#shift").click()
            await page.see(".drawer .sum", "€101.20")
            await page.page.locator('[data-move="payout"]').click()
            await page.page.locator('#shift-dialog [name="amount"]').fill("3,50")
            await page.page.locator('#shift-dialog [name="reason"]').fill("stamps")
            await page.keys("Enter")
            await page.see("#pin-dialog[open]")
            await page.keys(PIN, "Enter")
            await page.gone("#shift-dialog")
            clock.advance(24 * 3600)
            await page.open(served)
            await page.see("#shift.warning", "Shift 1 since")
            await page.keys("$")
            await page.see(".drawer .sum", "€97.70")
            await page.keys("Enter")
            await page.page.locator('[data-value="5000"]').fill("1")
            await page.page.locator('[data-value="1000"]').fill("4")
            await page.page.locator('[data-value="200"]').fill("3")
            await page.see("#counted", "€96.00")
            await page.page.locator('[data-value="200"]').press("Enter")  # on to the next coin, and nothing is closed
            assert await page.page.evaluate("document.activeElement.dataset.value") == "100"
            await page.page.locator('[data-step-of="count"] [type="submit"]').click()
            await page.see("#shift-sure .huge", "€96.00")
            await page.see("#shift-sure .wrong", "-€1.70")
            await hold_two(served)
            await page.keys("Enter")  # the way back, for whoever presses it once too often: count again
            await page.page.locator('[data-value="100"]').fill("0")
            await page.page.locator('[data-step-of="count"] [type="submit"]').click()
            await page.see("#shift-sure .huge", "€96.00")
            await page.see("#shift-sure [data-parked-still]", "2 sales are still parked: No. 2, Table 3")
            await page.page.locator('[data-step-of="sure"] [type="submit"]').click()
            await page.see('[data-step-of="ended"] .wrong', "-€1.70")
            await page.keys("Enter")
            await page.see("#shift", "No shift")
            (shift,) = read_shifts(served.shop.reader)
            assert (shift.expected_minor, shift.counted_minor) == (9770, 9600)
            await page.open(served, path="/manager/shifts")
            await page.see(".shifts .short", "-€1.70")
            await page.page.locator("[data-menu]").first.click()
            await page.page.locator("[data-print='1']").click()
            await page.see("#printed", "Shift report sent to the printer.")
            kinds = "SELECT count(*) FROM print_job WHERE kind = 'shift'"
            assert served.shop.reader.execute(kinds).fetchone() == (2,)
            assert page.complaints == []

    run(scenario())
