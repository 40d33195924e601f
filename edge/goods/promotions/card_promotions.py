"""The promotion shown on a product's tile at a till, or its card at a kiosk or on a phone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of
from edge.goods.catalog.prices import STORE
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.promotions.promotion import SpendAmount, SpendShare
from edge.goods.promotions.queries import offers
from edge.goods.promotions.rules import Item, discounts
from edge.lib.units.quantity import ONE


class CardPromotion(msgspec.Struct, frozen=True):
    """A promotion's name, and the price of one piece or kilogram with it; None: a single piece isn't cheaper."""

    names: dict[str, str]
    price_minor: int | None = None


def card_promotions(
    db: Connection,
    products: Iterable[CatalogProduct],
    at_us: int,
    zone: str,
    undiscounted: Collection[str] = (),
    price_list: str = STORE,
) -> dict[str, CardPromotion]:
    """The current promotion of each product for customers of a price list, by SKU.

    Promotions of a whole basket are omitted, as are products in `undiscounted` categories, whose price must not be
    lowered.
    """
    items = [
        Item(place, one.sku, ONE, one.price_minor, one.unit == "piece")
        for place, one in enumerate(_discountable_products(db, products, undiscounted))
        if one.price_minor is not None
    ]
    found = offers(db, items, at_us, zone, price_list) if items else []
    found = [offer for offer in found if not isinstance(offer.promotion.deal, SpendShare | SpendAmount)]
    cards = {}
    for item in items:
        its = [offer for offer in found if item.line in offer.lines]
        off = discounts([item], its).get(item.line, ())
        used = next((one for one in its if off and one.promotion.id == off[0][0]), its[0] if its else None)
        if used:
            lowered_minor = item.price_minor - sum(minor for _, minor in off)
            cards[item.sku] = CardPromotion(used.promotion.names, lowered_minor if off else None)
    return cards


def _discountable_products(
    db: Connection, products: Iterable[CatalogProduct], undiscounted: Collection[str]
) -> list[CatalogProduct]:
    """The products whose price may be lowered."""
    products = list(products)
    if not undiscounted:
        return products
    places, held = places_of(db, [one.sku for one in products]), set(undiscounted)
    return [one for one in products if one.sku not in places or not held.intersection(places[one.sku].categories)]
