"""The demo's accountant: a simulated QuickBooks company that receives daily journals and invoices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.backoffice.books_out.commands import SetBooksTarget
from edge.backoffice.books_out.target import BooksTarget
from edge.backoffice.feeds.connector import secret_name
from edge.core.messages import Command, Done
from edge.runtime.secrets import secrets_of
from sim.vendors.accounts import SimQuickBooks

TARGET = "accountant"
DAYS = 3
"""Days whose journals are exported on the first start."""
VENDORS = ("Valley Dairy", "North Drinks", "Valley Dairy Ltd", "North Drinks Ltd")
ACCOUNTS = """
assets:cash = 1010
assets:cards = 1020
assets = 1030
income = 4000
liabilities:taxes = 2200
liabilities = 2100
expenses = 6900
purchases = 5000
purchase taxes = 2210
"""


class Accountant:
    """The simulated company and its address."""

    def __init__(self, books: SimQuickBooks, url: str) -> None:
        self.books, self.url = books, url

    async def seed(self, do: Callable[[Command], Awaitable[Done]], folder: Path) -> None:
        """Connect the shop to the simulated accounting system."""
        since = f"{(datetime.now(UTC) - timedelta(days=DAYS)).date()}"
        target = BooksTarget(
            TARGET,
            since,
            "quickbooks",
            self.url,
            self.books.realm,
            sends_bills=True,
            sends_journal=True,
            accounts=ACCOUNTS.strip(),
        )
        await do(SetBooksTarget(target))
        secrets_of(folder).set(secret_name(target.connector), self.books.secret)


async def switched_on(stack: AsyncExitStack) -> Accountant:
    """Run the simulated company for the lifetime of the stack."""
    books = SimQuickBooks()
    for number, name in enumerate(VENDORS, 1):
        books.put("Vendor", f"{number}", "2026-01-01T00:00:00+00:00", DisplayName=name)
    return Accountant(books, await stack.enter_async_context(books.serve()))
