"""Supplier prices, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.purchasing.commands import SetSupplierPrice, WithdrawSupplierPrice
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.events import CheaperFrom, SupplierPriceSet, SupplierPriceWithdrawn
from edge.goods.stock.rows import find_product
from edge.lib.units.dates import day_of

PRICES_LIMIT = 200
"""Maximum stored prices of a supplier for a product."""


def set_supplier_price(tx: Transaction, command: SetSupplierPrice) -> None:
    SUPPLIERS.require(tx.db, command.supplier)
    product = find_product(tx.db, command.sku)
    if product is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    for text in (command.from_date, command.until_date):
        if text and day_of(text) is None:
            raise Refusal("price_day_wrong", {"day": text})
    begins = command.from_date or tx.business_date
    if command.until_date and command.until_date < begins:
        raise Refusal("price_ends_first", {"until": command.until_date})
    count = "SELECT count(*) FROM supplier_price WHERE sku = ? AND supplier = ?"
    if tx.db.execute(count, (product.sku, command.supplier)).fetchone()[0] >= PRICES_LIMIT:
        raise Refusal("too_many_prices", {"limit": PRICES_LIMIT, "sku": product.sku})
    packs, cost = command.min_packs, command.cost_minor
    for one in command.breaks:
        if one.packs <= packs or one.cost_minor >= cost:
            raise Refusal("price_breaks_wrong", {"packs": one.packs, "before": packs})
        packs, cost = one.packs, one.cost_minor
    terms = (command.code, command.cost_minor, command.pack, command.min_packs, begins, command.until_date)
    breaks = tuple(CheaperFrom(one.packs, one.cost_minor) for one in command.breaks)
    tx.append(SupplierPriceSet(command.supplier, product.sku, *terms, breaks))


def withdraw_supplier_price(tx: Transaction, command: WithdrawSupplierPrice) -> None:
    SUPPLIERS.require(tx.db, command.supplier)
    product = find_product(tx.db, command.sku)
    sku = product.sku if product else command.sku
    last = "SELECT max(seq) FROM supplier_price WHERE sku = ? AND supplier = ?"
    (price,) = tx.db.execute(last, (sku, command.supplier)).fetchone()
    if price is None:
        raise Refusal("no_supplier_price", {"sku": sku})
    tx.append(SupplierPriceWithdrawn(command.supplier, sku, price))
