"""What of the stock wants a person now: it runs low, it expires, it is below zero, it was recalled, much was moved."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.lib.units.quantity import show_quantity
from edge.shop.stock.large_moves import HandMove, count_differences, large_moves
from edge.shop.stock.queries import Shortage, expiring, low_stock

DAYS = 7
"""So long before its last day goods are spoken of; what is graver nearer to it."""
CONDITIONS_LIMIT = 500
_NEGATIVE = """
    SELECT r.sku, p.body ->> '$.names', r.location, sum(r.quantity)
    FROM stock_row r JOIN stock s USING (sku) LEFT JOIN product p USING (sku)
    WHERE s.watched GROUP BY r.sku, r.location HAVING sum(r.quantity) < 0 LIMIT ?
"""
_RECALLED = """
    SELECT r.sku, p.body ->> '$.names', r.lot, sum(r.quantity)
    FROM stock_recall x JOIN stock_row r USING (sku, lot) LEFT JOIN product p USING (sku)
    GROUP BY r.sku, r.lot HAVING sum(r.quantity) > 0 LIMIT ?
"""
_OWED = """
    SELECT c.sku, p.body ->> '$.names', c.location, sum(c.quantity), (
        SELECT coalesce(sum(r.quantity), 0) FROM stock_row r WHERE r.sku = c.sku AND r.location = c.location) AS held
    FROM stock_claim c LEFT JOIN product p USING (sku) WHERE c.kind = 'reserved'
    GROUP BY c.sku, c.location HAVING sum(c.quantity) > held LIMIT ?
"""
_NEWEST = (
    "SELECT holder FROM stock_claim WHERE sku = ? AND location = ? AND kind = 'reserved' ORDER BY seq DESC LIMIT 1"
)


def _short(status: str, db: Connection) -> Iterator[Condition]:
    for one in low_stock(db)[:CONDITIONS_LIMIT]:
        if one.status == status:
            yield Condition(_subject(one), {**_called(one.names, one.sku), "total": show_quantity(one.total)})


def _low(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    return _short("low", db)


def _critical(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    return _short("critical", db)


def _near(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """A week, three days, a day before, and on the day itself."""
    for one in expiring(db, business_date, DAYS):
        if one.days >= 0:
            severity = "info" if one.days > 3 else "low" if one.days > 1 else "medium" if one.days else "high"
            values = {**_called(one.names, one.sku), "total": show_quantity(one.total), "expiry": one.expiry}
            yield Condition(f"{one.sku}@{one.location}/{one.lot}/{one.expiry}", values, severity)


def _over(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in expiring(db, business_date, 0):
        if one.days < 0:
            values = {**_called(one.names, one.sku), "total": show_quantity(one.total), "expiry": one.expiry}
            yield Condition(f"{one.sku}@{one.location}/{one.lot}/{one.expiry}", values)


def _negative(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for sku, names, location, total in db.execute(_NEGATIVE, (CONDITIONS_LIMIT,)):
        values = {**_called(_names(names), sku), "total": show_quantity(total)}
        yield Condition(f"{sku}@{location}", values)


def _recalled(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for sku, names, lot, total in db.execute(_RECALLED, (CONDITIONS_LIMIT,)):
        values = {**_called(_names(names), sku), "lot": lot, "total": show_quantity(total)}
        yield Condition(f"{sku}/{lot}", values)


def _promised(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Places where more is promised than there is: what was promised last will lack it."""
    for sku, names, location, reserved, held in db.execute(_OWED, (CONDITIONS_LIMIT,)):
        (holder,) = db.execute(_NEWEST, (sku, location)).fetchone()
        values = {**_called(_names(names), sku), "reserved": show_quantity(reserved), "total": show_quantity(held)}
        yield Condition(f"{sku}@{location}", {**values, "holder": holder})


def _large(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    return (_told(one) for one in large_moves(db, now_us))


def _differences(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    return (_told(one) for one in count_differences(db, now_us))


def _told(one: HandMove) -> Condition:
    values = {**_called(_names(one.names), one.sku), "moved": show_quantity(one.delta), "others": one.others}
    return Condition(one.document or str(one.seq), values, cause_seq=one.seq)


def _subject(one: Shortage) -> str:
    return f"{one.sku}@{one.location}" if one.location else one.sku


def _names(text: str | None) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def _called(names: dict[str, str], sku: str) -> dict[str, str | int]:
    """A product in a sentence: `name`, and `name_fr` and the like for other languages."""
    first, *others = names.items() or [("", sku)]
    return {"name": first[1], **{f"name_{language}": name for language, name in others}, "sku": sku}


WATCHES = (
    Watch("stock_low", "low", _low),
    Watch("stock_critical", "high", _critical),
    Watch("stock_expiring", "info", _near, every_s=600),
    Watch("stock_expired", "medium", _over, every_s=600),
    Watch("stock_negative", "medium", _negative),
    Watch("stock_owed", "high", _promised),
    Watch("stock_recalled", "critical", _recalled, every_s=10),
    Watch("large_movement", "medium", _large),
    Watch("count_difference", "medium", _differences),
)
