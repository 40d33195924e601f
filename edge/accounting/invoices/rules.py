"""Rules of invoices: numbers, retention, totals. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from edge.accounting.invoices.document import BOUGHT, Kind, PaperPart, Sums
from edge.counter.basket.event_structs import ReturnedGoods
from edge.counter.till.events import SaleCompleted, SaleRefunded

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TillPaper = SaleCompleted | SaleRefunded


def shown_document(prefix: str, year: int, epoch: int, place: int) -> str:
    """A document's number. From the second epoch on it contains the epoch, as a restored journal starts a new
    series.

    >>> shown_document("INV-", 2026, 1, 17), shown_document("INV-", 2026, 37, 1)
    ('INV-2026-00017', 'INV-2026.11-00001')
    """
    return f"{prefix}{year}{f'.{_in_36(epoch)}' if epoch > 1 else ''}-{place:05}"


def key_id(number: str, luck: str) -> str:
    """An id for the key of a document's buyer: never used before, and unguessable. Ids of people share one namespace,
    and a forgotten id is never reused.

    >>> key_id("INV-2026-00017", "1b7c0d5f2a9e4c63")
    'invoice-inv-2026-00017-1b7c0d5f2a9e4c63'
    """
    return "invoice-" + re.sub("[^a-z0-9]+", "-", number.lower()).strip("-") + f"-{luck}"


def kept_until(day: date, years: int, year_ends: str) -> date:
    """The last day on which a document of `day` is kept: `years` after the end (MM-DD) of its tax year.

    >>> kept_until(date(2026, 11, 20), 6, "12-31"), kept_until(date(2026, 11, 20), 6, "03-31")
    (datetime.date(2032, 12, 31), datetime.date(2033, 3, 31))
    """
    ends = _end(day.year, year_ends)
    return _end((ends.year if day <= ends else ends.year + 1) + years, year_ends)


def sums_of(paper: TillPaper) -> Sums:
    """The totals of a sale, or (negative) of a refund."""
    sums = Sums(
        paper.currency, paper.net_minor, paper.total_minor, paper.rounding_minor, paper.taxes, paper.taxes_included
    )
    return sums if isinstance(paper, SaleCompleted) else sums.negate()


def back_of(sale: SaleCompleted, goods: ReturnedGoods) -> Sums:
    """The original price of goods returned in an exchange."""
    return Sums(sale.currency, goods.net_minor, goods.total_minor, 0, goods.taxes, sale.taxes_included)


def kind_of(paper: TillPaper, undone: bool, part: PaperPart = "") -> Kind:
    """The kind of document for a till paper or a part of it. `undone`: the document is for its void."""
    if isinstance(paper, SaleCompleted) and part in ("", BOUGHT):
        return "credit" if undone else "invoice"
    return "debit" if undone else "credit"


def _in_36(number: int) -> str:
    """Base 36 with digits and capitals: an epoch has up to 16 decimal digits."""
    return (_in_36(number // 36) if number >= 36 else "") + _DIGITS[number % 36]


def _end(year: int, year_ends: str) -> date:
    month, day = (int(part) for part in year_ends.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))
