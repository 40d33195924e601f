"""Projects assortment events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.assortment.events import ListingSet

# Deletes the entries from the new one's start onwards, and past ones except the one in force.
_PAST = """
    DELETE FROM assortment WHERE sku = ?1 AND (from_us >= ?2 OR from_us < (
        SELECT max(from_us) FROM assortment WHERE sku = ?1 AND from_us <= ?3))
"""
_SAY = "INSERT INTO assortment (sku, from_us, listed, said_by, said_for) VALUES (?, ?, ?, ?, ?)"


def _set(db: Connection, fact: RecordedEvent, event: ListingSet) -> None:
    db.execute(_PAST, (event.sku, event.from_us, fact.at_us))
    db.execute(_SAY, (event.sku, event.from_us, event.listed, event.by, event.group))


projector = Projector(name="assortment", version=1, tables=("assortment",), on={ListingSet: _set})
