"""Components to buy for open work orders: the cheapest supplier of each, and draft purchase orders."""

from __future__ import annotations

import msgspec

from edge.analytics.production.commands import BuyComponents
from edge.analytics.production.products import MadeGoods, names_of
from edge.analytics.production.queries import Text, open_works
from edge.analytics.production.rules import OPEN
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.purchasing.commands import MOST, CreatePurchaseOrder, OrderLine
from edge.goods.purchasing.rules import SupplierOffer, cost_of, landed_micro, packs_for
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.stock.location import MAIN
from edge.goods.stock.reserving.promised import reserved_by
from edge.lib.units.quantity import THOUSANDTHS

_COMING = """
    SELECT sku, sum(quantity) FROM (
        SELECT sku, quantity FROM stock_claim WHERE kind = 'ordered' AND location = ?2
        UNION ALL
        SELECT l.sku, l.quantity FROM purchase_line l JOIN purchase_order o USING (number)
        WHERE o.state IN ('draft', 'approved') AND o.location = ?2)
    WHERE sku IN (SELECT value FROM json_each(?1)) GROUP BY sku
"""


class ComponentToBuy(msgspec.Struct, frozen=True):
    """A component missing from open orders, in thousandths.

    `lacking`: the shortage, including `coming`, which is on order or drafted; `quantity`: the rest in whole packs of
    `supplier` ("": none); `cost_minor`: total cost.
    """

    sku: str
    names: dict[str, str]
    lacking: int
    coming: int
    supplier: str
    quantity: int
    cost_minor: int


def components_to_buy(db: Connection, today: Text, location: Text = MAIN) -> list[ComponentToBuy]:
    """The bought components that open orders lack at a location, with the cheapest supplier."""
    find = MadeGoods(db, today, location)
    short: dict[str, int] = {}
    making: set[str] = set()
    for order in open_works(db):
        making.add(order.sku)
        if order.source != location or order.state not in OPEN:
            continue
        own = reserved_by(db, order.holder)
        for one in order.components:
            if (more := one.open - own.get(one.sku, 0)) > 0:
                short[one.sku] = short.get(one.sku, 0) + more
    short = {sku: need - max(0, find.there(sku)) for sku, need in short.items()}
    bought = {sku: need for sku, need in short.items() if need > 0 and not _is_made(find, sku)}
    coming = dict(db.execute(_COMING, (json_text(bought), location)).fetchall())
    offers, names = offers_of(db, list(bought), today), names_of(db, bought)
    return [
        _component_to_buy(sku, names.get(sku, {}), need, coming.get(sku, 0), offers.get(sku, []))
        for sku, need in sorted(bought.items())
    ]


def _is_made(find: MadeGoods, sku: str) -> bool:
    goods = find(sku)
    return bool(goods and goods.is_made)


def _component_to_buy(
    sku: str, names: dict[str, str], lacking: int, coming: int, offers: list[SupplierOffer]
) -> ComponentToBuy:
    open = max(0, lacking - coming)
    known = [offer for offer in offers if offer.comparable]
    if not open or not known:
        return ComponentToBuy(sku, names, lacking, coming, "", 0, 0)
    best = min(known, key=lambda one: (landed_micro(one, open), one.lead_time_days, one.supplier))
    packs = packs_for(open, best)
    quantity = packs * best.pack * THOUSANDTHS
    return ComponentToBuy(
        sku, names, lacking, coming, best.supplier, quantity, cost_of(quantity, best.unit_cost(packs))
    )


def buy_components(tx: Transaction, command: BuyComponents) -> tuple[int, ...]:
    """Draft a purchase order per supplier."""
    by_supplier: dict[str, list[OrderLine]] = {}
    for one in components_to_buy(tx.db, tx.business_date, command.location):
        if one.supplier and one.quantity <= MOST:
            by_supplier.setdefault(one.supplier, []).append(OrderLine(one.sku, one.quantity))
    if not by_supplier:
        raise Refusal("nothing_to_buy")
    return tuple(
        tx.do(CreatePurchaseOrder(supplier, tuple(lines), command.location)).result
        for supplier, lines in sorted(by_supplier.items())
    )
