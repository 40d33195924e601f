"""From an empty folder to the first printed receipt, as the pages for owners say it: by what they call each button."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from sim.child import Child
from sim.ports import free_port
from sim.printer.server import SimPrinter
from tests.browser.app.test_first_start import PIN, START_S, listens
from tests.browser.browsing import Till, till
from tests.http_client import when
from tests.shop_fixture import MILK, run

pytestmark = pytest.mark.needs("chromium")

MOST_S = 180.0
"""From the empty folder to the paper, without what is downloaded before; each key is pressed as a person does."""


def test_from_an_empty_folder_to_a_printed_receipt_in_three_minutes(tmp_path: Path) -> None:
    async def scenario() -> None:
        began_s, port = time.monotonic(), free_port()
        appliance = Child("appliance", tmp_path / "log")
        words = ("-m", "edge", "--config", str(tmp_path / "shop" / "config.toml"), "run", "--first-port", str(port))
        appliance.spawn([sys.executable, *words], dict(os.environ))
        try:
            async with SimPrinter() as printer, till() as opened:
                await when(lambda: listens(port), bool, "the first page", START_S)
                await opened.page.goto(f"http://127.0.0.1:{port}/?lang=en")
                await _open_the_shop(opened, printer)
                await _add_milk(opened)
                await opened.page.locator(".top a", has_text="Open till").click()
                await opened.see('body[data-link="open"]')
                await _begin_to_sell(opened)
                await opened.scan(MILK)
                await opened.see("#lines [data-line]", "Fresh milk")
                await opened.keys("F8")
                await opened.see("#cash-dialog[open]")
                await opened.keys("Enter")
                paper = await printer.next_receipt()
                assert "Fresh milk" in paper.text and "14.50" in paper.text
                took_s = time.monotonic() - began_s
                print(f"From an empty folder to the first printed receipt: {took_s:.0f} s.")
                assert took_s < MOST_S
                assert opened.complaints == []
        finally:
            await asyncio.to_thread(appliance.stop, signal.SIGTERM)

    run(scenario())


async def _open_the_shop(opened: Till, printer: SimPrinter) -> None:
    """docs/owner/en/1-install.md, step 4."""
    page = opened.page
    for field, text in (("name", "Corner Dairy"), ("address", "1 High Street")):
        await page.locator(f"[name={field}]").click()
        await opened.keys(*text)
    await page.locator("[name=country]").select_option("IL")
    await page.locator("[name=printer]").select_option("network")
    await page.locator("[name=host]").fill(f"127.0.0.1:{printer.port}")
    await page.locator("[name=manager]").fill("Dana")
    for field in ("pin", "again"):
        await page.locator(f"[name={field}]").click()
        await opened.keys(PIN)
    await page.locator("[name=backup]").select_option("same_disk")
    await page.get_by_role("button", name="Print test page").click()
    await opened.see("#printed", "Did the page print?")
    await printer.next_receipt()
    await page.get_by_role("button", name="Open shop").click()
    await page.wait_for_url("**/manager?**", timeout=START_S * 1000)
    opened.complaints.clear()
    await opened.see('body:not(.locked)[data-link="open"]')


async def _add_milk(opened: Till) -> None:
    """docs/owner/en/2-first-day.md, step 2: one by one."""
    page = opened.page
    await page.locator("nav.groups a", has_text="Products").click()
    await page.get_by_role("link", name="New product").click()
    for field, text in (("sku", "1"), ("names.en", "Fresh milk"), ("codes", MILK), ("price_minor", "14.50")):
        await page.locator(f"[name='{field}']").first.click()
        await page.keyboard.type(text, delay=60)
    await page.get_by_role("button", name="Save", exact=True).click()
    await opened.see("h1", "Fresh milk")


async def _begin_to_sell(opened: Till) -> None:
    """docs/owner/en/2-first-day.md, step 6: a new shop knows who sells, and from which float."""
    await opened.see("#sign-dialog[open]")
    await opened.keys(PIN, "Enter")
    await opened.see("#signed_in", "Dana")
    await opened.scan(MILK)
    await opened.page.locator('#notice [data-act="shift"]').click()
    opened.complaints.clear()  # of the sale that was refused
    await opened.page.locator("#shift-step [name=float]").fill("300")
    await opened.keys("Enter")
    await opened.see("#shift", "Shift 1")
