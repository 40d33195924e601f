"""Empty bottles at the till: scanned into a dialog, summed as they come, and their deposit given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.counter.bottle_deposits.queries import read_bottles
from edge.goods.catalog.commands import SetProducts
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.counter.test_counter_dialogs import counter
from tests.browser.serving import serve
from tests.flow.counter.test_bottle_deposits import LIMONADE, PLAIN
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
PICTURES = os.environ.get("BOTTLES_PICTURES", "")
"""A folder for pictures of what is seen, if someone wants to look."""


def test_bottles_are_scanned_and_their_deposit_is_given(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as page:
            await caller.set_pin()
            await done(served.shop, SetProducts((LIMONADE, PLAIN)), SYSTEM)
            await page.open(served)
            await counter(page, "0", "empties")
            field = page.page.locator("#counter-step [name=code]")
            for _ in range(2):
                await field.fill("2000000000046")
                await field.press("Enter")
                await page.see("#bottle-lines", "Lemonade")
            await field.fill("plain")
            await field.press("Enter")
            await page.see("#bottle-hint", "has no deposit")
            await page.see("#counter-step output", "0.50")
            await page.page.locator("#counter-step [value=paper]").check()
            if PICTURES:
                await page.page.screenshot(path=f"{PICTURES}/bottles.png")
            await page.page.locator("#counter-yes").click()
            await page.gone("#counter-dialog[open]")
            (taken,) = read_bottles(served.shop.reader)
            assert (taken.paid_minor, taken.out, taken.lines[0].pieces) == (50, "paper", 2)
            await page.open(served, path="/manager/bottle-deposits")
            await page.see("#bottles tbody", "2 × Lemonade")
            if PICTURES:
                await page.page.screenshot(path=f"{PICTURES}/list.png")
            await page.page.locator("[data-undo]").click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#bottles tbody .pill", "Undone")
            assert read_bottles(served.shop.reader)[0].undone
            assert page.complaints == []

    run(scenario())
