"""Queries on the assortment: unlisted products, and products no longer offered."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection

LIMIT = 500
RangeShow = Literal["", "in", "out", "coming"]
# Before a product's first entry, it has the opposite of that entry's state.
_OUT = """
    SELECT sku FROM assortment WHERE ?2 = '' OR sku = ?2 GROUP BY sku HAVING coalesce(
        max(CASE WHEN from_us <= ?1 THEN from_us * 2 + listed END) % 2, 1 - min(from_us * 2 + listed) % 2) = 0
"""
_WORDS = f"""
    SELECT p.sku, p.body ->> '$.names', p.sku NOT IN ({_OUT.replace("?2", "''")}),
        coalesce(held.from_us, 0), coalesce(held.said_by, ''), coalesce(held.said_for, ''),
        coalesce(next.from_us, 0), coalesce(next.said_by, ''), coalesce(next.said_for, ''),
        coalesce((SELECT sum(quantity) FROM stock_row r WHERE r.sku = p.sku), 0)
    FROM product p
    LEFT JOIN assortment held ON held.sku = p.sku AND held.from_us = (
        SELECT max(from_us) FROM assortment a WHERE a.sku = p.sku AND from_us <= ?1)
    LEFT JOIN assortment next ON next.sku = p.sku AND next.from_us = (
        SELECT min(from_us) FROM assortment a WHERE a.sku = p.sku AND from_us > ?1)
    WHERE p.retired_us IS NULL AND p.sku IN (SELECT sku FROM assortment) AND p.sku > ?2 AND CASE ?3
        WHEN 'in' THEN p.sku NOT IN ({_OUT.replace("?2", "''")})
        WHEN 'out' THEN p.sku IN ({_OUT.replace("?2", "''")})
        WHEN 'coming' THEN next.sku IS NOT NULL ELSE true END
    ORDER BY p.sku LIMIT ?4
"""
_COUNTS = f"""
    SELECT coalesce(sum(p.sku NOT IN ({_OUT})), 0), coalesce(sum(p.sku IN ({_OUT})), 0),
        coalesce(sum(p.sku IN (SELECT sku FROM assortment WHERE from_us > ?1)), 0)
    FROM product p WHERE p.retired_us IS NULL
"""
_NEWEST_US = "SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1"
_LEFT = "SELECT coalesce(sum(quantity), 0) FROM stock_row WHERE sku = ?"
_SHOWN = f"""
    SELECT out.sku, p.body ->> '$.names', coalesce((SELECT sum(quantity) FROM stock_row r WHERE r.sku = out.sku), 0),
        (SELECT said_by FROM assortment a WHERE a.sku = out.sku AND a.from_us <= ?1 ORDER BY from_us DESC LIMIT 1)
    FROM ({_OUT}) AS out JOIN product p USING (sku) WHERE p.retired_us IS NULL ORDER BY out.sku LIMIT ?3
"""
_SOLD = f"""
    SELECT m.sku, p.body ->> '$.names', -sum(m.delta) FROM stock_movement m JOIN product p USING (sku)
    WHERE m.business_date = ?3 AND m.reason IN ('sale', 'void', 'refund') AND m.sku IN ({_OUT})
    GROUP BY m.sku HAVING sum(m.delta) < 0 ORDER BY m.sku LIMIT ?4
"""


class NotListed(msgspec.Struct, frozen=True):
    """An unlisted product, with its remaining stock in thousandths of its unit.

    `by`: the source that unlisted it ("": it isn't listed yet, but will be).
    """

    sku: str
    names: dict[str, str]
    left: int
    by: str


class RangeWord(msgspec.Struct, frozen=True):
    """A product's assortment entry: its state since `since_us`, its source and its store group.

    `group` "": this store. Without a current entry, `since_us` is 0 and `by` is empty. `next_us`: start of the next
    entry (0: none). `left`: stock in thousandths of its unit.
    """

    sku: str
    names: dict[str, str]
    listed: bool
    since_us: int
    by: str
    group: str
    next_us: int
    next_by: str
    next_group: str
    left: int


class RangeCounts(msgspec.Struct, frozen=True):
    """Numbers of listed, unlisted and scheduled products."""

    listed: int
    unlisted: int
    coming: int


class SoldUnlisted(msgspec.Struct, frozen=True):
    """Quantity sold of an unlisted product, in thousandths of its unit."""

    sku: str
    names: dict[str, str]
    quantity: int


def not_listed(db: Connection, at_us: Number, limit: Number = LIMIT) -> list[NotListed]:
    """Unlisted products at a moment by SKU, at most 500."""
    rows = db.execute(_SHOWN, (at_us, "", max(1, min(limit, LIMIT))))
    return [NotListed(sku, _names(names), left, by or "") for sku, names, left, by in rows]


def range_words(
    db: Connection, at_us: Number, show: RangeShow = "", after: str = "", limit: Number = 50
) -> list[RangeWord]:
    """Assortment entries by SKU after `after`; `show`: only listed, unlisted or scheduled ones."""
    rows = db.execute(_WORDS, (at_us, after, show, max(1, min(limit, LIMIT))))
    return [RangeWord(row[0], _names(row[1]), bool(row[2]), *row[3:]) for row in rows]


def range_counts(db: Connection, at_us: Number) -> RangeCounts:
    """Numbers of listed, unlisted and scheduled products at a moment."""
    return RangeCounts(*db.execute(_COUNTS, (at_us, "")).fetchone())


def is_listed(db: Connection, sku: str, at_us: int) -> bool:
    """Whether a product is listed at a moment."""
    return db.execute(_OUT, (at_us, sku)).fetchone() is None


def is_withheld(db: Connection, sku: str, at_us: int) -> bool:
    """Whether a product is no longer offered: unlisted and out of stock."""
    return not is_listed(db, sku, at_us) and int(db.execute(_LEFT, (sku,)).fetchone()[0]) <= 0


def unlisted_skus(db: Connection) -> frozenset[str]:
    """All unlisted products as of the newest event."""
    newest = db.execute(_NEWEST_US).fetchone()
    return frozenset(sku for (sku,) in db.execute(_OUT, (newest[0] if newest else 0, "")))


def unlisted_sales(db: Connection, at_us: int, business_date: str, limit: int) -> list[SoldUnlisted]:
    """Net sales of unlisted products on a day."""
    rows = db.execute(_SOLD, (at_us, "", business_date, limit))
    return [SoldUnlisted(sku, _names(names), quantity) for sku, names, quantity in rows]


def listing_from(db: Connection, sku: str, from_us: int) -> tuple[bool, bool]:
    """Whether a product is listed from that moment, and whether there is no later entry."""
    later = db.execute("SELECT 1 FROM assortment WHERE sku = ? AND from_us > ?", (sku, from_us)).fetchone()
    return is_listed(db, sku, from_us), later is None


def _names(text: Any) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}
