"""The page of books that go out: an accounts system is set, and what was refused is sent again or left."""

from __future__ import annotations

import os
from pathlib import Path

from edge.backoffice.books_out.commands import BeginBooksDocument, NoteBooksRefused, NoteBooksSent
from edge.backoffice.books_out.document import BooksDocument, BooksLine
from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.queries import read_books_documents
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.shop_fixture import SYSTEM, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
SIZES = (("en", (1280, 800)), ("he", (1024, 768)), ("fr", (390, 664)))
CASH, SALES = BooksLine("assets:cash:1", 250, "1000"), BooksLine("income:sales", -250, "4000")
JOURNAL = BooksDocument("journal", "2027-01-15 EUR", "2027-01-15", "corner-2027-01-15", "EUR", (CASH, SALES))
BILLS = tuple(
    BooksDocument("bill", f"{number}", "2027-01-15", f"F-{number}", "EUR", (BooksLine("purchases", 972, "5000"),), "d")
    for number in (1, 2)
)


def test_an_accounts_system_is_set_and_what_was_refused_is_decided(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/books-out")
            await page.page.locator(".new summary").click()
            await page.page.locator(".new [name=new_id]").fill("accountant")
            for name, value in (("since", "2027-01-01"), ("address", "https://quickbooks.api.intuit.com")):
                await page.page.locator(f".new [name={name}]").fill(value)
            await page.page.locator(".new [name=accounts]").fill("assets = 1000\nincome = 4000")
            await page.page.locator(".new button.strong").click()
            await page.see("[data-target=accountant]", "not run yet")
            made = BOOKS_TARGETS.find(served.shop.reader, "accountant")
            assert made is not None and (made.sends_bills, made.accounts) == (False, "assets = 1000\nincome = 4000")

            for command in (
                BeginBooksDocument("accountant", JOURNAL, "r-1"),
                NoteBooksSent("accountant", "journal", JOURNAL.ref, "101"),
                *(NoteBooksRefused("accountant", bill, "books_out.supplier_unknown", "The Dairy") for bill in BILLS),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            await page.page.reload()
            await page.see("[data-state=refused]", "Supplier not found there: The Dairy")
            await page.page.locator("[data-leave='1']").click()
            await page.see("[data-state=left]", "Bill for invoice 1")
            await page.page.locator("[data-again='2']").click()
            await page.page.wait_for_selector("[data-state=refused]", state="detached")
            shown = {one.ref: one.state for one in read_books_documents(served.shop.reader)}
            assert shown == {JOURNAL.ref: "sent", "1": "left"}, "the other one is made anew at the next turn"
            assert page.complaints == []
            for language, (width, height) in SIZES:
                await page.page.set_viewport_size({"width": width, "height": height})
                await page.open(served, f"register=1&lang={language}", path="/manager/books-out")
                wide = await page.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{language} at {width}"
                if SHOTS:
                    await page.page.screenshot(path=f"{SHOTS}/books-out-{language}-{width}.png", full_page=True)

    run(scenario())
