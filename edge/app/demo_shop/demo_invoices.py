"""The demo's invoices: two business customers, and a credit note for a return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from edge.accounting.invoices.commands import IssueInvoice
from edge.core.messages import Command, Done
from edge.counter.till.commands import LineSold, RefundedLine, RefundSale, SellBasket, TenderGiven
from edge.counter.till.events import SaleCompleted

BUYERS: tuple[dict[str, Any], ...] = (
    {
        "name": 'בית קפה הפינה בע"מ',
        "address": "רוטשילד 12\nתל אביב 6688112",
        "country": "IL",
        "tax_number": "514123454",
        "language": "he",
    },
    {
        "name": "Boulangerie Côté & Fils inc.",
        "address": "1204, rue Saint-Denis\nMontréal QC H2X 3J6",
        "country": "CA",
        "tax_number": "123456782 RT 0001",
        "email": "compta@cote.example",
        "language": "fr",
    },
)


async def seed(do: Callable[[Command], Awaitable[Done]], skus: Sequence[str]) -> None:
    """Sell the business customers goods of `skus` (at least four with a fixed unit price), and issue invoices."""
    for at, buyer in enumerate(BUYERS):
        lines = tuple(LineSold(sku=sku) for sku in skus[2 * at : 2 * at + 2])
        sold = await do(SellBasket(lines, (TenderGiven("card"),), age_checked=21, print=False))
        number = next(event.number for event in sold.events if isinstance(event, SaleCompleted))
        await do(IssueInvoice(number, print=False, **buyer))
    await do(RefundSale(number, lines=(RefundedLine(1, 1000),), reason="broken"))
