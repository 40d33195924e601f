"""Commands of the catalogue, inside the transaction."""

from __future__ import annotations

from edge.catalog import codes
from edge.catalog.commands import ChangePrice, Product, SetProducts
from edge.catalog.events import PriceChanged, ProductSet
from edge.catalog.queries import find_by_sku, owners_of, read_products
from edge.core.shapes import Refused, Transaction


def set_products(tx: Transaction, command: SetProducts) -> Refused | tuple[tuple[str, str, str], ...]:
    for product in command.products:
        for code in product.codes:
            if why := codes.wrong(code):
                return Refused("code_wrong", {"sku": product.sku, "code": code, "why": why})
    writing = _Writing(tx, command)
    for product in command.products:
        writing.set(product)
    return tuple(writing.taken)


def change_price(tx: Transaction, command: ChangePrice) -> Refused | None:
    product = find_by_sku(tx.db, command.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": command.sku})
    if product.price_minor != command.price_minor:
        tx.append(PriceChanged(command.sku, command.price_minor, product.price_minor, command.source))
    return None


class _Writing:
    """One `SetProducts`: what the catalogue has of it is read in three statements, and kept true while writing."""

    def __init__(self, tx: Transaction, command: SetProducts) -> None:
        self._tx = tx
        self._source = command.source
        self._known = read_products(tx.db, [product.sku for product in command.products])
        self._owners = owners_of(tx.db, [codes.normal(code) for product in command.products for code in product.codes])
        self.taken: list[tuple[str, str, str]] = []

    def set(self, product: Product) -> None:
        """Append what is new about a product. A price that the shop knows is not forgotten."""
        known = self._known.get(product.sku)
        price_minor = known.price_minor if known and product.price_minor is None else product.price_minor
        event = ProductSet(
            product.sku,
            product.names,
            self._take_codes(product, known.codes if known else ()),
            price_minor,
            product.tax_class,
            product.unit,
            product.min_age,
            self._source,
        )
        if known is None or not _same_but_price(known, event):
            self._tx.append(event)
        elif price_minor is not None and price_minor != known.price_minor:
            self._tx.append(PriceChanged(product.sku, price_minor, known.price_minor, self._source))
        self._known[product.sku] = event

    def _take_codes(self, product: Product, had: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a product's codes that no other has, in order; what it had and gives up is free."""
        taken = []
        for code in sorted(set(map(codes.normal, product.codes))):
            owner = self._owners.setdefault(code, product.sku)
            if owner == product.sku:
                taken.append(code)
            else:
                self.taken.append((product.sku, code, owner))
        for code in set(had).difference(taken):
            self._owners.pop(code, None)
        return tuple(taken)


def _same_but_price(known: ProductSet, event: ProductSet) -> bool:
    return (
        known.names == event.names
        and known.codes == event.codes
        and known.tax_class == event.tax_class
        and known.unit == event.unit
        and known.min_age == event.min_age
    )
