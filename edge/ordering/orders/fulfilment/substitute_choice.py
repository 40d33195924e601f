"""Finds substitutes to choose from for a short line, in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.goods.catalog.allergens import allergens_of
from edge.goods.catalog.least_age import least_ages
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.queries import Search
from edge.goods.stock.queries import available_of
from edge.lib.regions.place import Jurisdiction
from edge.ordering.orders.fulfilment.substitutes import why_unfit
from edge.ordering.orders.order import KeptOrder

OFFERED = 8
"""Maximum substitutes offered per line."""
LOOKED_AT = 60


def ages_for(
    db: Connection, order: KeptOrder, products: Sequence[CatalogProduct], place: Jurisdiction
) -> dict[str, int]:
    """Minimum ages for products, at the store and the order's destination."""
    return least_ages(db, products, place, place.within(order.goods.delivered_to))


def near_in_category(db: Connection, line: RecordedLine, currency: str, at_us: int) -> list[str]:
    """SKUs from the category of a line's product, the nearest in price first."""
    was = find_by_sku(db, line.sku, at_us)
    if was is None or not was.category:
        return []
    listed = Search(currency).page(db, "", Filter(category=was.category), 0, LOOKED_AT, at_us).products
    return [one.sku for one in sorted(listed, key=lambda one: abs((one.price_minor or 0) - line.price_minor))]


def fitting_substitutes(
    db: Connection, order: KeptOrder, line: RecordedLine, skus: Sequence[str], at_us: int, place: Jurisdiction
) -> list[CatalogProduct]:
    """The products among these that can substitute a line and are in stock, in the same order."""
    was = find_by_sku(db, line.sku, at_us)
    listed = [one for one in (find_by_sku(db, sku, at_us) for sku in skus) if one is not None]
    if was is None or not listed:
        return []
    left = available_of(db, [product.sku for product in listed])
    ages = ages_for(db, order, [was, *listed], place)
    allergens = allergens_of(db, [one.sku for one in (was, *listed)])
    enough = (one for one in listed if left.get(one.sku, line.quantity) >= line.quantity)
    return [one for one in enough if why_unfit(line, was, one, ages, allergens) is None][:OFFERED]
