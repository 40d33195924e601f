"""What is wanted now, and the suggestion that follows: needs, prices and what is ordered already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.shop.catalog.queries import find_by_sku, json_text
from edge.shop.purchasing.order_suggestions import Chosen, Waiting, carry_first, suggest
from edge.shop.purchasing.prices import Text, offers_of
from edge.shop.purchasing.rules import Need, Spare, SuggestedTransfer, Suggestions, SupplierOffer, WaitingDraft
from edge.shop.stock.events import MAIN
from edge.shop.stock.queries import low_stock
from edge.shop.stock.rows import available_at

NEEDS_LIMIT = 2_000
"""Places of products looked at together; the rest waits until these are ordered."""
_LEVELS = """
    SELECT l.sku, l.location, l.par, l.reorder, l.quantity, l.maximum FROM stock_level l JOIN product p USING (sku)
    WHERE l.status IN ('low', 'critical') AND l.reorder > 0 AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
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
_PLACES = "SELECT count(*) FROM stock_level WHERE sku = ?"
SALES_DAYS = 28
"""So many days say how fast something sells; after fewer than half of them nobody knows yet."""


def read_needs(db: Connection) -> list[Need]:
    """Products that are at or below their reorder point, or below their minimum, and what is ordered of them."""
    needs = []
    for sku, location, par, reorder, quantity, maximum in db.execute(_LEVELS, (NEEDS_LIMIT,)).fetchall():
        there, ordered = available_at(db, sku, location), _ordered(db, sku, location)
        needs.append(Need(sku, location, there, ordered, par, reorder, quantity=quantity, maximum=maximum))
    for short in low_stock(db)[: NEEDS_LIMIT - len(needs)]:
        if not short.location:
            ordered = _ordered(db, short.sku, "")
            needs.append(Need(short.sku, MAIN, short.total, ordered, minimum=short.minimum))
    return needs


def _ordered(db: Connection, sku: str, location: str) -> int:
    """What is on its way or in a draft, at a place or ("") anywhere."""
    return sum(int(db.execute(sql, (sku, location)).fetchone()[0]) for sql in (_ORDERED, _DRAFTED))


class WantedGoods(msgspec.Struct, frozen=True):
    """What is wanted now, and who sells it at what: all that a suggestion follows from."""

    needs: tuple[Need, ...]
    offers: dict[str, list[SupplierOffer]]
    minimums: dict[str, int]
    transfers: tuple[SuggestedTransfer, ...]
    drafts: tuple[WaitingDraft, ...] = ()

    @property
    def waiting(self) -> Waiting:
        return {(one.supplier, one.location): one.goods_minor for one in self.drafts}

    def suggest(self, budget_minor: int | None = None, chosen: Chosen | None = None) -> Suggestions:
        """What to order, and what to carry first."""
        found = suggest(self.needs, self.offers, self.minimums, budget_minor, chosen, self.waiting)
        return msgspec.structs.replace(found, transfers=self.transfers)


Expected = Callable[[Connection, Mapping[str, int]], dict[str, int]]
"""What a forecast says will be wanted of products, whose lead time it is told; what it knows nothing of is left out."""


def nothing_expected(db: Connection, leads: Mapping[str, int]) -> dict[str, int]:
    """Where there are no forecasts."""
    return {}


def read_suggestions(
    db: Connection, today: Text, budget_minor: Number | None = None, expected: Expected = nothing_expected
) -> Suggestions:
    """What to order now, by supplier and place, with reasons; within a budget, if there is one."""
    return read_wanted(db, today, expected).suggest(budget_minor)


def read_wanted(db: Connection, today: str, expected: Expected) -> WantedGoods:
    """What is wanted now."""
    wanted = [need for need in read_needs(db) if need.missing]
    needs, transfers = carry_first(wanted, read_spares(db, [need.sku for need in wanted]))
    needs = [_perishing(db, need, today) for need in needs if need.missing]
    offers = offers_of(db, [need.sku for need in needs], today)
    minimums = dict(db.execute("SELECT id, minimum_order_minor FROM supplier WHERE NOT retired").fetchall())
    needs = _foreseen(db, needs, offers, expected)
    drafts = tuple(WaitingDraft(*row) for row in db.execute(_WAITING).fetchall())
    return WantedGoods(tuple(needs), offers, minimums, tuple(transfers), drafts)


def _foreseen(
    db: Connection, needs: Sequence[Need], offers: Mapping[str, Sequence[SupplierOffer]], expected: Expected
) -> list[Need]:
    """Needs with what is expected to be wanted of them. A forecast is of the whole shop: where several places have
    levels of their own, each is filled to those."""
    alone = [need.sku for need in needs if db.execute(_PLACES, (need.sku,)).fetchone()[0] <= 1]
    leads = {sku: min(offer.lead_time_days for offer in offers[sku]) for sku in alone if offers.get(sku)}
    found = expected(db, leads)
    return [msgspec.structs.replace(need, expected=found.get(need.sku, 0)) for need in needs]


def read_spares(db: Connection, skus: Sequence[str]) -> list[Spare]:
    """What places have of these products beyond their targets, where that is too much."""
    found = []
    for sku, location, par in db.execute(_SPARE, (json_text(skus),)).fetchall():
        spare = available_at(db, sku, location) - int(par)
        if spare > 0:
            found.append(Spare(sku, location, spare))
    return found


def _perishing(db: Connection, need: Need, today: str) -> Need:
    """A need that is bounded by what sells before it is over its last day."""
    product = find_by_sku(db, need.sku)
    if product is None or not product.expiry_days:
        return need
    day = date.fromisoformat(today)
    sold, first = db.execute(_SOLD, (need.sku, (day - timedelta(days=SALES_DAYS)).isoformat())).fetchone()
    days = (day - date.fromisoformat(first)).days if first else 0
    if days < SALES_DAYS // 2:
        return need
    return msgspec.structs.replace(need, sells=max(0, int(sold)) * product.expiry_days // days)
