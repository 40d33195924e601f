"""A day played by hand, from the shop that is empty to the Z report: by touch on a small screen, and by keys alone.

What the other tests of pages look at one by one is done here in the order of a day, and by one hand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.shop.shifts.queries import read_shifts
from edge.shop.till.queries import read_receipts, read_z_reports
from tests.browser.browsing import Till, till
from tests.browser.serving import Served, serve
from tests.http_client import PIN
from tests.shop_fixture import MILK, run

pytestmark = pytest.mark.needs("chromium")

Press = Callable[[Till, str, str], Awaitable[None]]


async def by_touch(page: Till, selector: str, key: str) -> None:
    await page.page.locator(selector).first.click()


async def by_key(page: Till, selector: str, key: str) -> None:
    await page.keys(key)


async def type_digits(page: Till, dialog: str, digits: str, touched: bool) -> None:
    """Digits into a dialog's field: on its pad, or by keys."""
    if not touched:
        await page.keys(digits)
        return
    for digit in digits:
        await page.page.locator(f'{dialog} [data-key="{digit}"]').first.click()


async def yes(page: Till, dialog: str, touched: bool) -> None:
    """Go on with a dialog."""
    if touched:
        await page.page.locator(f'{dialog} [type="submit"]:visible').first.click()
    else:
        await page.keys("Enter")


async def enter_pin(page: Till, touched: bool) -> None:
    await page.see("#pin-dialog[open]")
    await type_digits(page, "#pin-dialog", PIN, touched)
    await yes(page, "#pin-dialog", touched)
    await page.gone("#pin-dialog[open]")


async def add_milk(page: Till, touched: bool) -> None:
    """A code into the box: scanned where there are no keys to type it."""
    lines = await page.page.locator("#lines .line[data-line]").count()
    if touched:
        await page.scan(MILK)
    else:
        await page.keys(MILK, "Enter")
    if not lines:
        await page.see("#lines .line[data-line]")


async def play(page: Till, served: Served, press: Press, touched: bool) -> None:
    # the first day: a PIN, on the manager's page of a shop that has none
    await page.open(served, path="/manager")
    await page.page.locator('#set-pin [name="pin"]').fill(PIN)
    await page.page.locator('#set-pin [name="again"]').fill(PIN)
    await page.page.locator('#set-pin [type="submit"]').click()
    await page.see("#pin-set")
    # the morning: a float in the drawer
    await page.open(served)
    await press(page, "#shift", "$")
    await page.see('[data-step-of="open"]')
    await type_digits(page, "#shift-dialog", "100", touched)
    await yes(page, "#shift-dialog", touched)
    await page.see("#shift", "Shift 1")
    await page.gone("#shift-dialog[open]")
    # ten of something, paid in cash
    await add_milk(page, touched)
    await press(page, '[data-act="quantity"]', "F2")
    await page.see("#quantity-dialog[open]")
    await type_digits(page, "#quantity-dialog", "10", touched)
    await yes(page, "#quantity-dialog", touched)
    await page.see("#sums .due", "12.00")
    await press(page, '[data-act="cash"]', "F8")
    await page.see("#cash-dialog[open]")
    await yes(page, "#cash-dialog", touched)
    await page.see("#sales", "1-000001")
    # one by card, which was a mistake
    await add_milk(page, touched)
    await press(page, '[data-act="card"]', "F9")
    await page.see("#card-dialog[open]")
    await yes(page, "#card-dialog", touched)
    await page.see("#sales", "1-000002")
    if touched:
        await page.page.locator('[data-act="more"]').click()
        await page.see('[data-counter="more"]')
    await press(page, '[data-go="void_sale"]', "F10")
    await page.see("#void-sale", "1-000002")
    await yes(page, "#void-sale-dialog", touched)
    await enter_pin(page, touched)
    await page.see("#sales", "1-000003")
    # the evening: the Z report
    await press(page, '[data-act="reports"]', "#")
    await page.see('#reports [data-to="sure"]')
    await press(page, '#reports [data-to="sure"]', "z")
    await page.see("#reports .subject", "Z 1 closes till 1")
    await yes(page, "#reports-dialog", touched)
    await enter_pin(page, touched)
    await page.gone("#reports-dialog[open]")


@pytest.mark.parametrize("touched", [True, False], ids=["touch", "keys"])
def test_a_day_from_the_empty_shop_to_the_z(tmp_path: Path, touched: bool) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await play(page, served, by_touch if touched else by_key, touched)
            assert [(z.number, z.total_minor) for z in read_z_reports(served.shop.reader, "1")] == [(1, 1_200)]
            kinds = [(one.kind, one.total_minor) for one in read_receipts(served.shop.reader, "1")]
            assert kinds == [("void", -120), ("sale", 120), ("sale", 1_200)]
            assert [one.float_minor for one in read_shifts(served.shop.reader)] == [10_000]
            assert page.complaints == []

    run(scenario(), limit_s=120)
