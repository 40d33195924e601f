"""A day played by hand, from the page of the first start to the signed Z report: by touch on a small screen without a
keyboard, and by keys alone.

What the other tests of pages look at one by one is done here in the order of a day, by one hand, in a shop that is the
real process.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import Locator

from edge.core.storage.database import open_reader
from edge.counter.shifts.queries import read_shifts
from edge.counter.till.closing.z_signature import read_z_signature
from edge.counter.till.queries import read_receipts, read_z_reports
from sim.child import Child
from sim.ports import free_port
from sim.printer.server import SimPrinter
from tests.browser.app.test_first_start import listens
from tests.browser.browsing import Till, till
from tests.http_client import when
from tests.shop_fixture import MILK, run

pytestmark = pytest.mark.needs("chromium")

PIN = "864209"
START_S = 60
STEPS_MOST = 120
"""Of the Tab key to a field."""


class Hand:
    """What someone does to a page, by touch or by keys and never by both."""

    def __init__(self, page: Till) -> None:
        self.till = page
        self.page = page.page

    async def press(self, selector: str, key: str = "") -> None:
        """A button or a link; at the till, by its `key`."""
        raise NotImplementedError

    async def write(self, selector: str, text: str) -> None:
        """Text into a field."""
        raise NotImplementedError

    async def digits(self, dialog: str, text: str) -> None:
        """Digits into the field that a dialog opened with."""
        raise NotImplementedError

    async def amount(self, field: str, text: str) -> None:
        """Digits into a field of a dialog of the till's."""
        raise NotImplementedError

    async def code(self, code: str) -> None:
        """A code into the till's box."""
        raise NotImplementedError

    async def yes(self, dialog: str) -> None:
        """Go on with a dialog."""
        raise NotImplementedError

    async def choose(self, selector: str, label: str) -> None:
        """An option of a list: what it opens is the system's."""
        raise NotImplementedError

    async def mark(self, selector: str) -> None:
        """One of several ways."""
        raise NotImplementedError


class Finger(Hand):
    """A finger on a screen that has no keyboard beside it."""

    async def tap(self, where: Locator) -> None:
        await where.first.tap()  # which brings it into sight, and looks again where the page drew it anew

    async def press(self, selector: str, key: str = "") -> None:
        await self.tap(self.page.locator(f"{selector} >> visible=true"))

    async def write(self, selector: str, text: str) -> None:
        await self.tap(self.page.locator(selector))
        await self.till.see("#letters")
        for letter in text:
            if letter.isupper():
                await self.tap(self.page.locator('#letters [data-letter="shift"]'))
            await self.tap(self.page.locator(f'#letters [data-letter="{letter}"]'))
        await self.tap(self.page.locator('#letters [data-letter="close"]'))

    async def digits(self, dialog: str, text: str) -> None:
        if await self.page.locator(f"{dialog} [data-digit]").count():
            for digit in text:
                await self.tap(self.page.locator(f'{dialog} [data-digit="{digit}"]'))
            return
        if await self.page.locator(f"{dialog} [data-key]").count() == 0:  # of a manager's page, which has no pad
            await self.tap(self.page.locator(f"{dialog} input:visible"))
        for digit in text:
            await self.tap(self.page.locator(f'{dialog} [data-key="{digit}"], #letters [data-letter="{digit}"]'))

    async def amount(self, field: str, text: str) -> None:
        await self.tap(self.page.locator(field))
        for digit in text:
            await self.tap(self.page.locator(f'dialog[open] [data-key="{digit}"]'))

    async def code(self, code: str) -> None:
        await self.till.scan(code)  # a scanner is no keyboard

    async def yes(self, dialog: str) -> None:
        await self.press(f'{dialog} [type="submit"]')

    async def choose(self, selector: str, label: str) -> None:
        await self.tap(self.page.locator(selector))
        await self.page.keyboard.press("Escape")  # the system's list, which no test can touch
        await self.page.locator(selector).select_option(label=label)

    async def mark(self, selector: str) -> None:
        await self.tap(self.page.locator(f"label:has({selector})"))


class Keys(Hand):
    """A keyboard, and no hand at the screen."""

    async def to(self, selector: str) -> None:
        for _ in range(STEPS_MOST):
            if await self.page.evaluate("(it) => document.activeElement?.matches(it)", selector):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by the Tab key")

    async def press(self, selector: str, key: str = "") -> None:
        if key:
            await self.till.keys(key)
        else:
            await self.to(selector)
            await self.page.keyboard.press("Enter")

    async def write(self, selector: str, text: str) -> None:
        await self.to(selector)
        await self.page.keyboard.type(text)

    async def digits(self, dialog: str, text: str) -> None:
        await self.till.keys(text)

    async def amount(self, field: str, text: str) -> None:
        await self.write(field, text)

    async def code(self, code: str) -> None:
        await self.till.keys(code, "Enter")

    async def yes(self, dialog: str) -> None:
        await self.till.keys("Enter")

    async def choose(self, selector: str, label: str) -> None:
        await self.to(selector)
        await self.page.keyboard.type(label)

    async def mark(self, selector: str) -> None:
        await self.to(selector)
        await self.page.keyboard.press("Space")


async def sign_in(hand: Hand) -> None:
    """Once: whoever is signed in is asked for no PIN again."""
    await hand.till.see("#sign-dialog[open]")
    await hand.digits("#sign-dialog", PIN)
    await hand.yes("#sign-dialog")
    await hand.till.gone("#sign-dialog[open]")


async def first_day(hand: Hand, printer: int) -> None:
    """A box from nothing: its first page, with a test page of its printer, and a product."""
    page = hand.till
    await page.see("#first")
    await hand.write("[name=name]", "Dana")
    await hand.choose("[name=country]", "France")
    await hand.choose("[name=printer]", "network printer, by address")
    await hand.write("[name=host]", f"127.0.0.1:{printer}")
    await hand.press("#try")
    await page.see("#printed", "Did the page print?")
    await hand.write("[name=pin]", PIN)
    await hand.write("[name=again]", PIN)
    await hand.choose("[name=backup]", "This box's own disk (protects against mistakes only)")
    await hand.press("#open")
    await page.page.wait_for_url("**/manager?**", timeout=START_S * 1000)
    await page.see('body:not(.locked)[data-link="open"]')
    await page.see(".top .shop", "Dana")
    await hand.press('nav.groups a[href^="/manager/products"]')
    await page.page.wait_for_url("**/manager/products?**")
    await page.see('body[data-link="open"]')
    await hand.press('.list-head a[href^="/manager/product?"]')
    await page.page.wait_for_url("**/manager/product?**")
    await page.see('body[data-link="open"]')
    await hand.write("#product [name='names.en']", "Milk")
    await hand.write("#product [name=codes]", MILK)
    await hand.write("#product [name=price_minor]", "1.20")
    await hand.press("#product [type=submit]")
    await page.see("h1", "Milk")
    await hand.press('nav.groups a[href^="/manager?"]')
    await page.see("#today, .rooms")
    await page.see('body[data-link="open"]')
    await hand.press('.top a.quiet[href^="/?"]')
    await page.see("#code")
    await page.see('body[data-link="open"]')


async def selling(hand: Hand) -> None:
    """A float, a sale in cash with a discount, one by card that was a mistake, goods that come back, the count of the
    drawer and the Z report."""
    page = hand.till
    await sign_in(hand)
    await hand.press("#shift", "$")
    await page.see('[data-step-of="open"]')
    await hand.digits("#shift-dialog", "100")
    await hand.yes("#shift-dialog")
    await page.see("#shift", "Shift 1")
    await page.gone("#shift-dialog[open]")
    await hand.code(MILK)
    await page.see("#lines .line[data-line]")
    await hand.press('[data-act="quantity"]', "F2")
    await page.see("#quantity-dialog[open]")
    await hand.digits("#quantity-dialog", "10")
    await hand.yes("#quantity-dialog")
    await page.see("#sums .due", "12.00")
    await hand.press('[data-act="discount"]', "%")
    await page.see('[data-counter="discount"]')
    await hand.digits("#counter-dialog", "10")
    await hand.mark('[name="reason"][value="damaged"]')
    await hand.yes("#counter-dialog")
    await page.see("#sums .due", "10.80")
    await hand.press('[data-act="cash"]', "F8")
    await page.see("#cash-dialog[open]")
    await hand.yes("#cash-dialog")
    await page.see("#sales", "1-000001")
    await hand.code(MILK)
    await page.see("#lines .line[data-line]")
    await hand.press('[data-act="card"]', "F9")
    await page.see("#card-dialog[open]")
    await hand.yes("#card-dialog")
    await page.see("#sales", "1-000002")
    if isinstance(hand, Finger):
        await hand.press('[data-act="more"]')
        await page.see('[data-counter="more"]')
    await hand.press('[data-go="void_sale"]', "F10")
    await page.see("#void-sale", "1-000002")
    await hand.yes("#void-sale-dialog")
    await page.see("#sales", "1-000003")
    await taking_back(hand)
    await counting(hand)
    await hand.press('[data-act="reports"]', "#")
    await page.see('#reports [data-to="sure"]')
    await hand.press('#reports [data-to="sure"]', "z")
    await page.see("#reports .subject", "Z report 1 closes register 1")
    await hand.yes("#reports-dialog")
    await page.see("#reports [data-sums] .huge")
    await hand.yes("#reports-dialog")
    await page.see("#reports [role=status]", "Z report 1 created.")


async def taking_back(hand: Hand) -> None:
    """All goods of the first sale, in cash as they were paid."""
    page = hand.till
    await hand.press('[data-act="refund"]', "F3")
    await page.see('#refundable [data-number="1"]')
    if isinstance(hand, Finger):
        await hand.press('#refundable [data-number="1"]')
    else:
        await hand.till.keys("1-000001")
        await page.see("#refundable .found:only-of-type", "1-000001")
        await hand.yes("#refund-dialog")
    await page.see("#refund-sale [data-line]")
    await hand.press("#refund-dialog [data-all]")
    await page.see("#refund-sums", "10.80")
    await hand.press('#refund-dialog [data-give=""]')
    await page.see("#sales", "1-000004")


async def counting(hand: Hand) -> None:
    """The drawer has the float again."""
    page = hand.till
    await hand.press("#shift", "$")
    await page.see('[data-step-of="now"] .sum', "100.00")
    await hand.yes("#shift-dialog")
    await page.see('[data-step-of="count"]')
    await hand.amount('#shift-dialog [name="sum"]', "100")
    await hand.press('[data-step-of="count"] [type="submit"]')
    await page.see("#shift-sure .huge", "100.00")
    await hand.press('[data-step-of="sure"] [type="submit"]')
    await page.see('[data-step-of="ended"]', "The drawer is correct.")
    await hand.yes("#shift-dialog")
    await page.see("#shift", "No shift")


@pytest.mark.parametrize("kind", [Finger, Keys], ids=["touch", "keys"])
def test_a_day_from_the_first_page_to_the_signed_z(tmp_path: Path, kind: type[Hand]) -> None:
    async def scenario() -> None:
        port, file = free_port(), tmp_path / "shop" / "config.toml"
        appliance = Child("appliance", tmp_path / "log")
        run_it = [sys.executable, "-m", "edge", "--config", str(file), "run", "--first-port", str(port)]
        appliance.spawn(run_it, dict(os.environ))
        try:
            papers = tmp_path / "papers"
            async with SimPrinter(folder=papers) as printer, till((1024, 768), touched=kind is Finger) as page:
                await when(lambda: listens(port), bool, "the first page", START_S)
                await page.page.goto(f"http://127.0.0.1:{port}/?lang=en")
                hand = kind(page)
                await first_day(hand, printer.port)
                assert len(list(papers.glob("*.png"))) == 1, "the test page"
                await selling(hand)
        finally:
            await asyncio.to_thread(appliance.stop, signal.SIGTERM)
        db = open_reader(file.parent / "data" / "ledger.db")
        try:
            assert [(z.number, z.total_minor) for z in read_z_reports(db, "1")] == [(1, 0)]
            signed = read_z_signature(db, "1")
            assert signed is not None and signed.holds
            kinds = [(one.kind, one.total_minor) for one in read_receipts(db, "1")]
            assert kinds == [("refund", -1_080), ("void", -120), ("sale", 120), ("sale", 1_080)]
            assert [(one.float_minor, one.counted_minor) for one in read_shifts(db)] == [(10_000, 10_000)]
        finally:
            db.close()

    run(scenario(), limit_s=240)
