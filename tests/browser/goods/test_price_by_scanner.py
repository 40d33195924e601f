"""A scanner that a driver holds asks a price, where a dialog for that is open, and sells again behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.browsing import till
from tests.browser.counter.test_counter_dialogs import counter
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, store

pytestmark = pytest.mark.needs("chromium")


def test_what_is_scanned_into_a_price_check_is_not_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with store(tmp_path) as shop, till() as page:
            await shop.start(PRODUCTS)
            await page.page.goto(f"http://127.0.0.1:{shop.port}/?register=1")
            await page.see('body[data-link="open"]')
            await counter(page, "c", "price")
            for code, name in ((MILK, "Milk"), (BREAD, "Bread"), (MILK, "Milk")):
                shop.scanner.type(code)
                await page.see("#price-found", name)
            await page.keys("Escape")
            await page.gone("#counter-dialog[open]")
            await page.see("#lines .idle")
            shop.scanner.type(BREAD)
            await page.see("#sums .due", "3.45")
            await counter(page, "c", "price")
            await page.page.reload()
            await page.see('body[data-link="open"]')
            shop.scanner.type(MILK)
            await page.see("#sums .due", "4.65")
            assert page.complaints == []

    run(scenario())
