"""`catalogue`: {"products": [{"product": {"sku": "milk", "names": {"en": "Milk"}, "codes": ["4006381333931"]}}]}.

Omitted fields stay unchanged; {"retired": "milk"} retires a product, {"restored": "milk"} restores it.
"""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.backoffice.directives.kinds.source import head_office
from edge.core.messages import Command
from edge.core.registry import Transaction
from edge.goods.catalog.commands import RestoreProducts, RetireProducts, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku


class ProductItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of: a product in catalogue format, or the SKU of a product to retire or restore."""

    product: Product | None = None
    retired: str = ""
    restored: str = ""


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `catalogue` directive."""

    products: tuple[ProductItem, ...]


def _apply(tx: Transaction, number: int, products: tuple[ProductItem, ...]) -> Applied:
    changed, unknown = 0, []
    for wanted in products:
        sku, command = _command(wanted, number)
        known = wanted.product is not None or find_by_sku(tx.db, sku) is not None
        done = attempt(tx, command) if command is not None and known else None
        if done:
            changed += bool(done.events)
        else:  # refused, an unknown product, or an item that changes nothing
            unknown.append(sku)
    return Applied(changed, tuple(unknown))


def _command(wanted: ProductItem, number: int) -> tuple[str, Command | None]:
    source = head_office(number)
    if wanted.product is not None:
        return wanted.product.sku, SetProducts((wanted.product,), source)
    if wanted.retired:
        return wanted.retired, RetireProducts((wanted.retired,), source)
    return wanted.restored, RestoreProducts((wanted.restored,), source) if wanted.restored else None


CATALOGUE = Kind("catalogue", Catalogue, _apply)
