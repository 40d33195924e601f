"""Suppliers' current prices for a product: agreed prices, otherwise the supplies in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.purchasing.rules import STALE_DAYS, PriceBreak, SupplierOffer, expected_on, landed_micro, packs_for
from edge.lib.units.quantity import THOUSANDTHS

Text = Annotated[str, msgspec.Meta(max_length=200)]
HISTORY_LIMIT = 500
SKUS_LIMIT = 100_000
_PRICES = """
    SELECT p.sku, p.supplier, p.code, p.cost_minor, p.pack, p.min_packs, s.lead_time_days, s.fee_minor, p.from_date,
           s.currency, p.breaks, max(p.from_date || printf('%020d', p.seq))
    FROM json_each(?1) j JOIN supplier_price p ON p.sku = j.value JOIN supplier s ON s.id = p.supplier
    WHERE NOT s.retired AND p.from_date <= ?2 AND (p.until_date = '' OR p.until_date >= ?2)
    GROUP BY p.sku, p.supplier
"""
_LAST = """
    SELECT l.sku, o.supplier, max(o.number) FROM json_each(?) j JOIN purchase_line l ON l.sku = j.value
    JOIN purchase_order o USING (number) WHERE o.state <> 'cancelled' AND l.quantity > 0 GROUP BY l.sku
"""
_SUPPLIERS = "SELECT id, names, lead_time_days, fee_minor, currency FROM supplier WHERE NOT retired ORDER BY id"
_COMING = "SELECT id, delivery_days FROM supplier WHERE NOT retired AND delivery_days <> '[]'"
_HISTORY = """
    SELECT p.sku, b.body ->> '$.names', p.supplier, p.code, p.cost_minor, p.pack, p.min_packs, p.from_date,
           p.until_date, p.breaks
    FROM supplier_price p LEFT JOIN product b USING (sku)
    WHERE p.supplier = ? AND (? = '' OR p.sku = ?) ORDER BY p.sku, p.from_date DESC, p.seq DESC LIMIT ?
"""


class ComparedPrice(msgspec.Struct, frozen=True):
    """A supplier's price for a quantity; `landed_micro`: unit cost including its share of the fee, in millionths.

    `above_percent`: percentage above the best price; None: in another currency and not compared. `stale`: not confirmed
    recently.
    """

    supplier: str
    names: dict[str, str]
    code: str
    unit_cost_minor: int
    pack: int
    packs: int
    landed_micro: int
    lead_time_days: int
    from_date: str
    age_days: int | None
    stale: bool
    currency: str
    above_percent: int | None
    breaks: tuple[PriceBreak, ...] = ()


class SupplierPrice(msgspec.Struct, frozen=True):
    """An agreed supplier price."""

    sku: str
    names: dict[str, str]
    supplier: str
    code: str
    cost_minor: int
    pack: int
    min_packs: int
    from_date: str
    until_date: str
    breaks: tuple[PriceBreak, ...] = ()


def offers_of(db: Connection, skus: Sequence[str], today: str) -> dict[str, list[SupplierOffer]]:
    """Offers for products on a day, by SKU."""
    found: dict[str, list[SupplierOffer]] = {}
    for sku, supplier, code, cost, pack, least, lead, fee, since, currency, breaks, _ in db.execute(
        _PRICES, (json_text(skus), today)
    ):
        terms = (lead, fee, since, currency, _breaks(breaks))
        found.setdefault(sku, []).append(SupplierOffer(supplier, sku, code, cost, pack, least, *terms))
    _add_supplies(db, skus, found)
    several = [sku for sku, offers in found.items() if len(offers) > 1]
    for sku, supplier, _ in db.execute(_LAST, (json_text(several),)):
        found[sku] = [msgspec.structs.replace(one, usual=one.supplier == supplier) for one in found[sku]]
    days = {id: msgspec.json.decode(text, type=tuple[int, ...]) for id, text in db.execute(_COMING)}
    return {sku: [_coming(one, today, days.get(one.supplier, ())) for one in offers] for sku, offers in found.items()}


def _coming(offer: SupplierOffer, today: str, days: tuple[int, ...]) -> SupplierOffer:
    """An offer adjusted to the supplier's delivery weekdays."""
    if not days:
        return offer
    lead, day = offer.lead_time_days, date.fromisoformat(today)
    return msgspec.structs.replace(offer, later_days=(expected_on(day, lead, days) - day).days - lead)


def _breaks(text: str) -> tuple[PriceBreak, ...]:
    return msgspec.json.decode(text, type=tuple[PriceBreak, ...])


def _add_supplies(db: Connection, skus: Sequence[str], found: dict[str, list[SupplierOffer]]) -> None:
    """Add the catalogue's supplies for suppliers without an agreed price."""
    by_name: dict[str, tuple[str, int, int, str]] = {}
    for id, names, lead, fee, currency in db.execute(_SUPPLIERS):
        for name in (id, *msgspec.json.decode(names, type=dict[str, str]).values()):
            by_name.setdefault(name.casefold(), (id, lead, fee, currency))
    if not by_name:
        return
    for sku, (_, product, _) in read_products(db, skus).items():
        for supply in product.supplies or ():
            known = by_name.get(supply.supplier.casefold())
            offers = found.setdefault(sku, [])
            if known is None or supply.cost_minor is None or any(one.supplier == known[0] for one in offers):
                continue
            id, lead, fee, currency = known
            pack = product.box or 1
            offers.append(SupplierOffer(id, sku, supply.code, supply.cost_minor, pack, 1, lead, fee, "", currency))


def read_supplier_pricing(
    db: Connection, sku: Text, today: Text, quantity: Number = THOUSANDTHS
) -> list[ComparedPrice]:
    """Suppliers' prices for a quantity of a product, best first."""
    quantity = min(max(1, quantity), 10**12)
    offers = offers_of(db, [sku], today).get(sku, [])
    names = {id: msgspec.json.decode(text, type=dict[str, str]) for id, text, *_ in db.execute(_SUPPLIERS)}
    costs = [landed_micro(offer, quantity) for offer in offers if offer.comparable]
    best = min(costs, default=0)
    compared = []
    for offer in offers:
        landed = landed_micro(offer, quantity)
        age = (date.fromisoformat(today) - date.fromisoformat(offer.from_date)).days if offer.from_date else None
        above = (landed - best) * 100 // best if best and offer.comparable else 0 if offer.comparable else None
        packs = packs_for(quantity, offer)
        compared.append(
            ComparedPrice(
                *(offer.supplier, names[offer.supplier], offer.code, offer.unit_cost(packs), offer.pack),
                *(packs, landed, offer.lead_time_days, offer.from_date, age),
                *(age is not None and age > STALE_DAYS, offer.currency, above, offer.breaks),
            )
        )
    return sorted(compared, key=lambda one: (one.above_percent is None, one.landed_micro, one.lead_time_days))


def read_supplier_prices(db: Connection, supplier: Text, sku: Text = "") -> list[SupplierPrice]:
    """Price history of a supplier, for all products or one, newest first for each product."""
    rows = db.execute(_HISTORY, (supplier, sku, sku, HISTORY_LIMIT))
    found = []
    for number, names, *terms, breaks in rows:
        of, code, cost, pack, least, begins, ends = terms
        called = msgspec.json.decode(names or "{}", type=dict[str, str])
        found.append(SupplierPrice(number, called, of, code, cost, pack, least, begins, ends, _breaks(breaks)))
    return found


def read_supplier_skus(db: Connection, supplier: Text) -> list[str]:
    """Products for which a supplier has prices."""
    sql = "SELECT DISTINCT sku FROM supplier_price WHERE supplier = ? ORDER BY sku LIMIT ?"
    return [sku for (sku,) in db.execute(sql, (supplier, SKUS_LIMIT))]
