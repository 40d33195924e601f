"""Figures of a suggested price, with the event that suggested it. The key is the product."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from edge.analytics.pricing.events import PricesProposed, ProposedPrice
from edge.core.figure import Figure
from edge.core.journal.browse import JournalFilter, read_back
from edge.core.journal.rows import fact_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection

_PAGE = "/manager/pricing"
_OPEN = "SELECT body FROM price_proposal WHERE sku = ?"
_FROM_JOURNAL = JournalFilter(type=PricesProposed.__name__)


def _read_amount(field: str, db: Connection, registry: Registry, sku: str) -> int | None:
    found = db.execute(_OPEN, (sku,)).fetchone()
    return getattr(msgspec.json.decode(found[0], type=ProposedPrice), field) if found else None


def _suggestion_rows(field: str, db: Connection, registry: Registry, sku: str) -> Iterator[tuple[int, int]]:
    """The newest suggestion, which replaced all earlier ones."""
    before = 0
    while not (page := read_back(db, _FROM_JOURNAL, before, 1)).rows and page.before:
        before = page.before
    for row in page.rows:
        event = fact_of(registry, row).event
        assert isinstance(event, PricesProposed)
        yield from ((row.seq, getattr(one, field)) for one in event.prices if one.sku == sku)


def _figure(name: str, field: str) -> Figure:
    return Figure(
        f"pricing.{name}", "minor", partial(_read_amount, field), partial(_suggestion_rows, field), _PAGE, "product"
    )


FIGURES = (_figure("suggested_price", "price_minor"), _figure("suggested_earns", "earned_then"))
