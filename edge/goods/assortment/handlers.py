"""Assortment commands, inside the transaction."""

from __future__ import annotations

from edge.core.registry import Transaction
from edge.goods.assortment.commands import SetAssortment
from edge.goods.assortment.events import ListingSet
from edge.goods.assortment.queries import listing_from
from edge.goods.catalog.queries import read_products


def set_assortment(tx: Transaction, command: SetAssortment) -> tuple[str, ...]:
    """Apply the listings; return the unknown products."""
    known = read_products(tx.db, [one.sku for one in command.listings])
    for one in command.listings:
        from_us = max(one.from_us or 0, tx.at_us)
        if one.sku in known and listing_from(tx.db, one.sku, from_us) != (one.listed, True):
            tx.append(ListingSet(one.sku, one.listed, from_us, command.by, command.group))
    return tuple(one.sku for one in command.listings if one.sku not in known)
