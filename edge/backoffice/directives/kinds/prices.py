"""`prices`: {"prices": [{"code": "4006381333931", "price_minor": 99}]}, or with `sku`; optionally for a price list and
a period."""

from __future__ import annotations

from edge.backoffice.directives.commands import NewPrice, Prices
from edge.backoffice.directives.kinds.kind import Applied, Kind, run_item
from edge.backoffice.directives.kinds.source import head_office
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.commands import SetPrice
from edge.goods.catalog.events import PriceChanged, PriceSet
from edge.goods.catalog.product import Source
from edge.goods.catalog.queries import find_by_code


def _apply(tx: Transaction, number: int, prices: tuple[NewPrice, ...]) -> Applied:
    changed, unknown = 0, []
    for new in prices:
        sku = new.sku or _sku_of(tx.db, new.code)
        done = run_item(tx, _pricing(sku, new, tx.at_us, head_office(number))) if sku else "unknown_sku"
        if isinstance(done, str):
            name = new.sku or new.code
            unknown.append(name if done == "unknown_sku" else f"{name}: {done}")
        else:
            changed += any(isinstance(event, PriceChanged | PriceSet) for event in done.events)
    return Applied(changed, tuple(unknown))


def _sku_of(db: Connection, code: str) -> str:
    """The product with a code; "" if the code is unknown or a case's, as the price of a case isn't the product's."""
    product = find_by_code(db, code)
    return product.sku if product is not None and product.units == 1 else ""


def _pricing(sku: str, new: NewPrice, now: int, source: Source) -> SetPrice:
    """The command for a row. A start in the past becomes now."""
    from_us = new.from_us if new.from_us is not None and new.from_us > now else None
    return SetPrice(sku, new.price_minor, new.list, from_us, new.until_us, source)


PRICES = Kind("prices", Prices, _apply)
