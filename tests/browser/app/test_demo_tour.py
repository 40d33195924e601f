"""What stands beside the demo's till: a tour of five steps, and a button that begins the demo again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.counter import Counter
from sim.printer.server import SimPrinter
from sim.scanners.serial import SimScanner
from tests.browser.browsing import till
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
NOBODY = "http://127.0.0.1:9/"
"""Where no till is, as one that is starting again."""


def test_a_tour_leads_through_the_demo_and_a_reset_is_asked_about(tmp_path: Path) -> None:
    resets: list[str] = []

    async def scenario() -> None:
        gun = SimScanner(tmp_path / "scanner")
        async with (
            SimPrinter() as printer,
            Counter(gun, printer, (), reset=lambda: resets.append("asked"), till=NOBODY) as counter,
            till((420, 768)) as page,
        ):
            for language, first, fifth in (
                ("en", "Press a product below", "Open Manager at the till"),
                ("fr", "Touchez un produit", "Ouvrez Gestion"),
                ("he", "לחצו על מוצר", "פתחו את דפי המנהל"),
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
            await page.page.locator("#reset").click()
            await page.see("#reset-sure")
            assert not resets, "nothing is deleted before it is said what is"
            await page.page.locator("#reset-yes").click()
            await page.see("#reset-runs")
            await page.page.wait_for_function("() => document.getElementById('reset').disabled")
        gun.close()

    run(scenario())
    assert resets == ["asked"]
