"""Current needs, prices and open orders, and the resulting suggestions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.assortment.queries import unlisted_skus
from edge.goods.catalog.queries import find_by_sku, json_text
from edge.goods.purchasing.rules import (
    Foreseen,
    Need,
    Spare,
    SuggestedTransfer,
    Suggestions,
    SupplierOffer,
    WaitingDraft,
)
from edge.goods.purchasing.suggesting.order_suggestions import Chosen, Waiting, carry_first, suggest
from edge.goods.purchasing.supply.prices import Text, offers_of
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import low_stock
from edge.goods.stock.rows import available, available_at

NEEDS_LIMIT = 2_000
"""Maximum needs (a product at a location) per suggestion; the rest are suggested once these are ordered."""
_LEVELS = """
    SELECT l.sku, l.location, l.par, l.reorder, l.quantity, l.maximum FROM stock_level l JOIN product p USING (sku)
    WHERE l.status IN ('low', 'critical') AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
    ORDER BY l.status, l.sku, l.location LIMIT ?
"""
_ORDERED = (
    "SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ?1 AND kind = 'ordered' AND ?2 IN ('', location)"
)
_DRAFTED = """
    SELECT coalesce(sum(l.quantity), 0) FROM purchase_line l JOIN purchase_order o USING (number)
    WHERE l.sku = ?1 AND o.state IN ('draft', 'approved') AND ?2 IN ('', o.location)
"""


_WAITING = """
    SELECT o.supplier, o.location, coalesce(sum((l.quantity * l.unit_cost_minor + 999) / 1000), 0)
    FROM purchase_order o LEFT JOIN purchase_line l USING (number)
    WHERE o.number IN (
        SELECT min(number) FROM purchase_order WHERE state = 'draft' AND automatic GROUP BY supplier, location)
    GROUP BY o.number
"""
_SPARE = """
    SELECT sku, location, par FROM stock_level WHERE status = 'excess' AND sku IN (SELECT value FROM json_each(?))
"""
_SOLD = """
    SELECT -coalesce(sum(delta) FILTER (WHERE reason IN ('sale', 'void', 'refund', 'used')), 0), min(business_date)
    FROM stock_movement WHERE sku = ? AND business_date >= ?
"""
_CALM = """
    SELECT l.sku, l.location, l.par, l.reorder, l.quantity, l.maximum
    FROM json_each(?) j JOIN stock_level l ON l.sku = j.value JOIN product p USING (sku)
    WHERE l.status NOT IN ('low', 'critical') AND l.reorder > 0 AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
    ORDER BY l.sku, l.location
"""
_CALM_MINIMUM = """
    SELECT p.sku, p.body ->> 'minimum' FROM json_each(?) j JOIN product p ON p.sku = j.value
    WHERE p.body ->> 'minimum' > 0 AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
        AND NOT EXISTS (SELECT 1 FROM stock_level l WHERE l.sku = p.sku)
    ORDER BY p.sku
"""
_UNWATCHED = """
    SELECT p.sku FROM json_each(?) j JOIN product p ON p.sku = j.value
    WHERE coalesce(p.body ->> 'minimum', 0) = 0 AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
        AND p.body ->> 'unit' IS NOT 'service' AND NOT EXISTS (SELECT 1 FROM stock_level l WHERE l.sku = p.sku)
    ORDER BY p.sku
"""
SALES_DAYS = 28
"""Number of days from which a product's sales rate is computed; at least half must have data."""


def read_needs(db: Connection, only: Collection[str] = ()) -> list[Need]:
    """Products at or below their reorder point, or below their minimum, with their open orders. Unlisted products are
    omitted."""
    levels = db.execute(_LEVELS, (NEEDS_LIMIT,)).fetchall()
    needs = [_of_level(db, row) for row in levels if not only or row[0] in only]
    for short in low_stock(db)[: NEEDS_LIMIT - len(levels)]:
        if not short.location and (not only or short.sku in only):
            ordered = _on_order(db, short.sku, "")
            needs.append(Need(short.sku, MAIN, short.total, ordered, minimum=short.minimum))
    return _in_range(db, needs)


def _in_range(db: Connection, needs: list[Need]) -> list[Need]:
    out = unlisted_skus(db)
    return [one for one in needs if one.sku not in out] if out else needs


def _calm(db: Connection, busy: Sequence[str], known: Collection[str]) -> list[Need]:
    """Best sellers that aren't low yet, because a forecast may require them earlier."""
    skus = json_text(busy)
    needs = [_of_level(db, row) for row in db.execute(_CALM, (skus,)).fetchall()]
    for sku, minimum in db.execute(_CALM_MINIMUM, (skus,)).fetchall():
        if sku not in known:
            needs.append(Need(sku, MAIN, available(db, sku), _on_order(db, sku, ""), minimum=int(minimum)))
    return _in_range(db, needs)


def _needs_without_level(db: Connection, busy: Sequence[str]) -> list[Need]:
    """Best sellers without stock levels, which are ordered only by forecast."""
    skus = [sku for (sku,) in db.execute(_UNWATCHED, (json_text(busy),)).fetchall()]
    return _in_range(db, [Need(sku, MAIN, available(db, sku), _on_order(db, sku, "")) for sku in skus])


def _of_level(db: Connection, row: tuple[str, str, int, int, int, int]) -> Need:
    sku, location, par, reorder, quantity, maximum = row
    there, ordered = available_at(db, sku, location), _on_order(db, sku, location)
    return Need(sku, location, there, ordered, par, reorder, quantity=quantity, maximum=maximum)


def _on_order(db: Connection, sku: str, location: str) -> int:
    """Quantity on order or in drafts, at a location or ("") at all of them."""
    return sum(int(db.execute(sql, (sku, location)).fetchone()[0]) for sql in (_ORDERED, _DRAFTED))


class WantedGoods(msgspec.Struct, frozen=True):
    """Input of a suggestion: needs and offers."""

    needs: tuple[Need, ...]
    offers: dict[str, list[SupplierOffer]]
    minimums: dict[str, int]
    transfers: tuple[SuggestedTransfer, ...]
    drafts: tuple[WaitingDraft, ...] = ()

    @property
    def usual(self) -> Chosen:
        """Each product's last supplier, by product and location."""
        places = ((need.sku, need.location) for need in self.needs)
        return {(sku, at): one.supplier for sku, at in places for one in self.offers.get(sku, ()) if one.usual}

    def lost_minor(self, found: Suggestions) -> int:
        """Expected lost profit until these orders arrive, weighted by stock-out probability."""
        needs = {(need.sku, need.location): need for need in self.needs}
        offers = {(one.supplier, sku): one for sku, several in self.offers.items() for one in several}
        bought = ((order, line.sku) for order in found.orders for line in order.lines)
        return sum(needs[sku, one.location].lost_minor(offers[one.supplier, sku]) for one, sku in bought)

    @property
    def waiting(self) -> Waiting:
        return {(one.supplier, one.location): one.goods_minor for one in self.drafts}

    def suggest(self, budget_minor: int | None = None, chosen: Chosen | None = None) -> Suggestions:
        """Suggest orders, and transfers to make before ordering, from these needs and offers."""
        found = suggest(self.needs, self.offers, self.minimums, budget_minor, chosen, self.waiting)
        return msgspec.structs.replace(found, transfers=self.transfers)


class Foresight(NamedTuple):
    """Forecasts, if available: best sellers, and expected needs by product and location; unknown ones are omitted.

    `net`: returns a price without tax, by tax class.
    """

    busy: Callable[[Connection], Sequence[str]]
    foresee: Callable[[Connection, Sequence[Need]], Mapping[tuple[str, str], Foreseen]]
    net: Callable[[str, int], int] = lambda _, minor: minor


BLIND = Foresight(lambda _: (), lambda _, __: {})


def read_suggestions(
    db: Connection, today: Text, budget_minor: Number | None = None, foresight: Foresight = BLIND
) -> Suggestions:
    """Order suggestions by supplier and location with reasons, within an optional budget."""
    return read_wanted(db, today, foresight).suggest(budget_minor)


def read_wanted(db: Connection, today: str, foresight: Foresight, only: Collection[str] = ()) -> WantedGoods:
    """Current needs with the suppliers' offers and minimum orders, transfers that fill needs, and waiting drafts.
    `only`: limit them to these products.
    """
    needs = read_needs(db, only)
    busy = [sku for sku in foresight.busy(db) if not only or sku in only]
    needs += _calm(db, busy, {need.sku for need in needs})
    needs += _needs_without_level(db, busy)
    seen = foresight.foresee(db, needs)
    needs = [msgspec.structs.replace(need, foreseen=seen.get((need.sku, need.location), Foreseen())) for need in needs]
    wanted = [need for need in needs if need.missing]
    needs, transfers = carry_first(wanted, read_spares(db, [need.sku for need in wanted]))
    needs = [_selling(db, need, today, foresight.net) for need in needs if need.missing]
    offers = offers_of(db, [need.sku for need in needs], today)
    minimums = dict(db.execute("SELECT id, minimum_order_minor FROM supplier WHERE NOT retired").fetchall())
    drafts = tuple(WaitingDraft(*row) for row in db.execute(_WAITING).fetchall())
    return WantedGoods(tuple(needs), offers, minimums, tuple(transfers), drafts)


def read_spares(db: Connection, skus: Sequence[str]) -> list[Spare]:
    """Surplus of these products above target, by location."""
    found = []
    for sku, location, par in db.execute(_SPARE, (json_text(skus),)).fetchall():
        spare = available_at(db, sku, location) - int(par)
        if spare > 0:
            found.append(Spare(sku, location, spare))
    return found


def _selling(db: Connection, need: Need, today: str, net: Callable[[str, int], int]) -> Need:
    """Add the net price per unit to a need and, with enough sales history, its expected sales before expiry."""
    product = find_by_sku(db, need.sku)
    if product is None:
        return need
    need = msgspec.structs.replace(need, sells_for=net(product.tax_class, product.price_minor or 0))
    if not product.expiry_days:
        return need
    day = date.fromisoformat(today)
    sold, first = db.execute(_SOLD, (need.sku, (day - timedelta(days=SALES_DAYS)).isoformat())).fetchone()
    days = (day - date.fromisoformat(first)).days if first else 0
    if days < SALES_DAYS // 2:
        return need
    return msgspec.structs.replace(need, sells=max(0, int(sold)) * product.expiry_days // days)
