"""Prices in a row for other lists, and future prices."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from edge.core.storage.database import Connection
from edge.goods.catalog.commands import SetPrice
from edge.goods.catalog.prices import PriceEntry, price_history
from edge.goods.catalog.product import Source
from edge.goods.ingest.mapping.repeated_fields import PlannedPrice

SOON_US = 60_000_000
"""Time before its start within which a scheduled price is left to the next file: it may start before it's written."""


def new_prices(db: Connection, sku: str, prices: Iterable[PlannedPrice], source: Source) -> Iterator[SetPrice]:
    """Yield commands for a row's new prices.

    Expired prices, prices that start within `SOON_US`, and started prices without an end are ignored. A price with an
    end that should be in effect, but that the shop lacks, begins now.
    """
    known = price_history(db, sku, 2000)
    now_us = int(time.time() * 1e6)
    for price in prices:
        if price.until_us is not None and price.until_us < now_us + SOON_US:
            continue
        begins_us = price.from_us
        if begins_us is not None and begins_us < now_us + SOON_US:
            if price.until_us is None or begins_us > now_us:
                continue
            begins_us = None
        if not _has(known, price, now_us):
            yield SetPrice(sku, price.price_minor, price.list, begins_us, price.until_us, source)


def _has(known: list[PriceEntry], price: PlannedPrice, now_us: int) -> bool:
    mine = [entry for entry in known if entry.list == price.list]
    if price.from_us is not None or price.until_us is not None:
        wanted = price.price_minor, price.until_us
        at = price.from_us

        def begins(entry: PriceEntry) -> bool:
            return at is None or entry.from_us == at or max(entry.from_us, at) <= now_us

        return any((entry.price_minor, entry.until_us) == wanted and begins(entry) for entry in mine)
    begun = (entry.price_minor for entry in mine if entry.until_us is None and entry.from_us <= now_us)
    return next(begun, None) == price.price_minor
