"""Location of a product: its shelves by planogram, and its stock locations. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.analytics.shelf.queries import read_planograms
from edge.conversation.assistant.phrasing import full_name, say
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.stock.queries import read_item, read_places
from edge.lib.sight.kinds import Facing

PLACES = 4
"""Maximum locations of one product in an answer."""


def places_sentence(db: Connection, product: CatalogProduct, business_date: str, language: str) -> str:
    """A sentence with the product's places, or saying that none are known."""
    name = full_name(product, language)
    shelves = list(_shelves(db, product.sku, business_date, language))
    places = list(_places(db, product.sku, language))
    if not shelves and not places:
        return say(language, "where_unknown", name=name)
    return say(language, "where", name=name, places="; ".join([*shelves[:PLACES], *places[:PLACES]]))


def shelf_sentence(db: Connection, product: CatalogProduct, business_date: str, language: str) -> str:
    """A sentence with the product's shelf, for customers: storage locations are left out."""
    name = full_name(product, language)
    shelves = list(_shelves(db, product.sku, business_date, language))
    if not shelves:
        return say(language, "shop_where_unknown", name=name)
    return say(language, "where", name=name, places="; ".join(shelves[:PLACES]))


def _shelves(db: Connection, sku: str, business_date: str, language: str) -> Iterator[str]:
    """The planogram rows with facings of the product on this day."""
    for plan in read_planograms(db, business_date):
        rows: dict[int, list[Facing]] = {}
        for facing in plan.layout.facings:
            rows.setdefault(facing.row, []).append(facing)
        for row, facings in sorted(rows.items()):
            ordered = sorted(facings, key=lambda one: one.left)
            at = next((place for place, one in enumerate(ordered, 1) if one.sku == sku), 0)
            if at:
                yield say(language, "where_shelf", bay=plan.name or plan.bay, row=row + 1, place=at)


def _places(db: Connection, sku: str, language: str) -> Iterator[str]:
    """The names of the product's stock locations; the unnamed main one is left out."""
    item, names = read_item(db, sku), read_places(db)
    for id in dict.fromkeys(row.location for row in item.rows if row.total > 0) if item else ():
        if named := _localized_name(names.get(id, {}), language):
            yield named


def _localized_name(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()), "")
