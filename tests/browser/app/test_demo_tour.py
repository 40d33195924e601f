"""What stands beside the demo's till: a tour of five steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.counter import Counter
from sim.printer.server import SimPrinter
from sim.scanners.serial import SimScanner
from tests.browser.browsing import till
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")


def test_a_tour_leads_through_the_demo(tmp_path: Path) -> None:
    async def scenario() -> None:
        gun = SimScanner(tmp_path / "scanner")
        async with (
            SimPrinter() as printer,
            Counter(gun, printer, ()) as counter,
            till((420, 768)) as page,
        ):
            for language, first, fifth in (
                ("en", "Press a product below", "Open Manager at the till"),
                ("fr", "Touchez un produit", "Ouvrez Gestion"),
                ("he", "לחצו על מוצר", "פתחו את ניהול"),
            ):
                await page.page.goto(f"http://127.0.0.1:{counter.port}/?lang={language}")
                await page.see("#tour li:not([hidden])", first)
                await page.page.locator("#tour-back").click()
                await page.see("#tour li:not([hidden])", fifth)
                await page.see("#tour-step", "5 / 5")
                assert await page.page.locator("#tour li:visible").count() == 1
                await page.page.reload()
                await page.see("#tour-step", "5 / 5")
                await page.page.locator("#tour-next").click()
                await page.see("#tour-step", "1 / 5")
                assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
        gun.close()

    run(scenario())
