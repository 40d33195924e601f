"""Alerts about stock: low, expiring, negative, recalled, and large movements by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.stock.alert_limits import AlertLimits
from edge.goods.stock.lists.list_condition import BY_MINIMUM
from edge.goods.stock.moving.large_moves import HandMove, HandMoves
from edge.goods.stock.phones import silent
from edge.goods.stock.project import WATCHED
from edge.goods.stock.queries import Shortage, expiring, low_stock
from edge.goods.stock.rows import holder_named, on_hand_at
from edge.lib.units.quantity import show_quantity

_ITEM = "/manager/stock/item?sku={sku}"
CONDITIONS_LIMIT = 500
NEVER_CAME_LIMIT = 20
"""Maximum alerts for negative stock of products that were never received, counted or given a level.

The stock list shows all of them.
"""
_NEGATIVE = """
    SELECT r.sku, p.body ->> '$.names', r.location, sum(r.quantity),
           coalesce(s.watched, 0) OR EXISTS (SELECT 1 FROM stock_level l WHERE l.sku = r.sku) AS watched
    FROM (SELECT DISTINCT sku, location FROM stock_row WHERE quantity < 0) n
    CROSS JOIN stock_row r USING (sku, location) LEFT JOIN product p USING (sku) LEFT JOIN stock s USING (sku)
    WHERE p.body ->> 'unit' IS NOT 'service'
    GROUP BY r.sku, r.location HAVING sum(r.quantity) < 0
    ORDER BY watched DESC, sum(r.quantity), r.sku, r.location
"""
_KEEPS_STOCK = """
    SELECT EXISTS (SELECT 1 FROM stock_level) OR EXISTS (
        SELECT 1 FROM stock_movement INDEXED BY stock_movement_reason
        WHERE reason <> 'sale' AND reason IN (SELECT value FROM json_each(?)))
"""
_RECALLED = """
    SELECT r.sku, p.body ->> '$.names', r.lot, sum(r.quantity)
    FROM stock_recall x JOIN stock_row r USING (sku, lot) LEFT JOIN product p USING (sku)
    GROUP BY r.sku, r.lot HAVING sum(r.quantity) > 0 ORDER BY r.sku, r.lot
"""
_OWED = """
    SELECT c.sku, p.body ->> '$.names', c.location, sum(c.quantity), (
        SELECT coalesce(sum(r.quantity), 0) FROM stock_row r WHERE r.sku = c.sku AND r.location = c.location) AS held
    FROM stock_claim c LEFT JOIN product p USING (sku) WHERE c.kind = 'reserved'
    GROUP BY c.sku, c.location HAVING sum(c.quantity) > held
    ORDER BY c.sku, c.location
"""
_TOO_MUCH = """
    SELECT l.sku, p.body ->> '$.names', l.location, l.par FROM stock_level l LEFT JOIN product p USING (sku)
    WHERE l.status = 'excess' ORDER BY l.sku, l.location LIMIT ?
"""
_NEWEST = """
    SELECT holder, said FROM stock_claim WHERE sku = ? AND location = ? AND kind = 'reserved' ORDER BY seq DESC LIMIT 1
"""


_BARELY = f"""
    {BY_MINIMUM} BETWEEN m.body ->> 'minimum' AND (m.body ->> 'minimum') * 1.1 AND m.retired_us IS NULL
      AND NOT EXISTS (SELECT 1 FROM stock_level l WHERE l.sku = s.sku)
"""
"""Selects products without levels whose stock is at most a tenth above their minimum."""


def _limit_conditions(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield the first conditions up to the limit; further ones only keep open alerts open."""
    for count, one in enumerate(conditions):
        yield one if count < CONDITIONS_LIMIT else Condition(one.subject, lingers=True)


def _low(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Low stock, most scarce first; critical below half the level.

    An alert by a minimum lasts until stock is a tenth above it; for a level, `rules.status` decides.
    """
    yield from _limit_conditions(_short(one) for one in sorted(low_stock(db), key=_share))
    for (sku,) in db.execute(_BARELY):
        yield Condition(sku, severity="high", lingers=True)


def _short(one: Shortage) -> Condition:
    values = {**_product_values(one.names, one.sku), "total": show_quantity(one.total)}
    critical, nearly = one.status == "critical", one.total * 20 <= one.minimum * 11
    return Condition(_subject(one), values, "critical" if critical else "high", stays="critical" if nearly else "")


def _share(one: Shortage) -> tuple[bool, float, str, str]:
    """Sort key: critical first, then the share of the minimum on hand, then product and location."""
    return one.status != "critical", one.total / max(1, one.minimum), one.sku, one.location


def _excess(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Locations with excess stock by their level; `rules.status` decides when it ends."""
    for sku, names, location, par in db.execute(_TOO_MUCH, (CONDITIONS_LIMIT,)).fetchall():
        held = on_hand_at(db, sku, location)
        values = {**_product_values(_names(names), sku), "total": show_quantity(held), "par": show_quantity(par)}
        yield Condition(f"{sku}@{location}", values)


def _over(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in expiring(db, business_date, 0):
        if one.days < 0:
            values = {**_product_values(one.names, one.sku), "total": show_quantity(one.total), "expiry": one.expiry}
            yield Condition(f"{one.sku}@{one.location}/{one.lot}/{one.expiry}", values)


def _negative(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Products sold below zero, including those never received or counted.

    Empty in a shop without stock management, where all products are below zero. Unwatched products don't displace
    watched ones.
    """
    if not db.execute(_KEEPS_STOCK, (json_text(WATCHED),)).fetchone()[0]:
        return
    unwatched = 0
    for sku, names, location, total, watched in db.execute(_NEGATIVE):
        unwatched += not watched
        values = {**_product_values(_names(names), sku), "total": show_quantity(total)}
        lingers = not watched and unwatched > NEVER_CAME_LIMIT
        yield Condition(f"{sku}@{location}", values, lingers=lingers)


def _recalled_lots(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for sku, names, lot, total in db.execute(_RECALLED):
        values = {**_product_values(_names(names), sku), "lot": lot, "total": show_quantity(total)}
        yield Condition(f"{sku}/{lot}", values)


def _overpromised_stock(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Locations with more stock reserved than on hand, so that the latest reservation will lack goods."""
    for sku, names, location, reserved, held in db.execute(_OWED):
        holder = holder_named(*db.execute(_NEWEST, (sku, location)).fetchone())
        values = {
            **_product_values(_names(names), sku),
            "reserved": show_quantity(reserved),
            "total": show_quantity(held),
        }
        yield Condition(f"{sku}@{location}", {**values, "holder": holder})


def _move_condition(one: HandMove) -> Condition:
    values = {**_product_values(_names(one.names), one.sku), "moved": show_quantity(one.delta), "others": one.others}
    return Condition(one.document or str(one.seq), values, cause_seq=one.seq)


def _subject(one: Shortage) -> str:
    return f"{one.sku}@{one.location}" if one.location else one.sku


def _names(text: str | None) -> dict[str, str]:
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def _product_values(names: dict[str, str], sku: str) -> dict[str, str | int]:
    """A product's text values: `name`, and `name_fr` and so on for other languages."""
    first, *others = names.items() or [("", sku)]
    return {"name": first[1], **{f"name_{language}": name for language, name in others}, "sku": sku}


def watches(limits: AlertLimits) -> tuple[Watch, ...]:
    """The watches of a shop with these limits."""
    by_hand = HandMoves(limits)

    def near(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        """Goods that expire within the days set in `limits`; more severe three days before, one day before, and on the
        day.
        """
        goods = expiring(db, business_date, limits.most_days)
        of = limits.of(db, (one.sku for one in goods))
        for one in goods:
            if one.days >= 0 and of.is_soon(one.sku, one.days):
                severity = "info" if one.days > 3 else "low" if one.days > 1 else "medium" if one.days else "high"
                values = {
                    **_product_values(one.names, one.sku),
                    "total": show_quantity(one.total),
                    "expiry": one.expiry,
                }
                yield Condition(f"{one.sku}@{one.location}/{one.lot}/{one.expiry}", values, severity)

    def large(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        return (_move_condition(one) for one in by_hand.read(db, now_us).large)

    def differences(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        return (_move_condition(one) for one in by_hand.read(db, now_us).differences)

    return (
        Watch("stock_low", "high", _low, at_till="critical", mended_at="/manager/purchasing"),
        Watch("stock_excess", "info", _excess, every_s=600, mended_at=_ITEM),
        Watch("stock_expiring", "info", near, every_s=600, mended_at="/manager/stock/expiring"),
        Watch("stock_expired", "medium", _over, every_s=600, mended_at="/manager/stock/expiring"),
        Watch("stock_negative", "medium", lambda *at: _limit_conditions(_negative(*at)), mended_at=_ITEM),
        Watch("stock_owed", "high", lambda *at: _limit_conditions(_overpromised_stock(*at)), mended_at=_ITEM),
        Watch(
            "stock_recalled",
            "critical",
            lambda *at: _limit_conditions(_recalled_lots(*at)),
            every_s=10,
            at_till="high",
            mended_at=_ITEM,
        ),
        Watch("large_movement", "medium", large, mended_at=_ITEM),
        Watch("stock_phone_waiting", "medium", silent, every_s=600),
        Watch("count_difference", "medium", differences, mended_at="/manager/stock/counts"),
    )
