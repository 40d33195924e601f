"""Commands of the catalogue, inside the transaction."""

from __future__ import annotations

from edge.catalog import codes
from edge.catalog.commands import ChangePrice, ImportCatalog, Product, SetProducts
from edge.catalog.events import PriceChanged, ProductSet
from edge.catalog.queries import StockedProduct, codes_of, find_by_sku, owner_of
from edge.core import jobs
from edge.core.shapes import Refused, Transaction

IMPORT_JOB = "import_catalog"


def set_products(tx: Transaction, command: SetProducts) -> Refused | tuple[tuple[str, str, str], ...]:
    taken: list[tuple[str, str, str]] = []
    for product in command.products:
        for code in product.codes:
            if why := codes.wrong(code):
                return Refused("code_wrong", {"sku": product.sku, "code": code, "why": why})
        _set_product(tx, product, command.source, taken)
    return tuple(taken)


def change_price(tx: Transaction, command: ChangePrice) -> Refused | None:
    product = find_by_sku(tx.db, command.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": command.sku})
    if product.price_minor != command.price_minor:
        tx.append(PriceChanged(command.sku, command.price_minor, product.price_minor, command.source))
    return None


def import_catalog(tx: Transaction, command: ImportCatalog) -> int:
    return jobs.queue(tx, IMPORT_JOB, {"path": command.path, "mapping": command.mapping})


def _set_product(tx: Transaction, product: Product, source: str, taken: list[tuple[str, str, str]]) -> None:
    known = find_by_sku(tx.db, product.sku)
    free = []
    for code in dict.fromkeys(map(codes.normal, product.codes)):
        owner = owner_of(tx.db, code)
        if owner in (None, product.sku):
            free.append(code)
        else:
            taken.append((product.sku, code, owner or ""))
    if known is None or not _same_but_price(tx, known, product, free):
        tx.append(
            ProductSet(
                product.sku,
                product.names,
                tuple(sorted(free)),
                product.price_minor,
                product.tax_class,
                product.unit,
                product.min_age,
                source,
            )
        )
    elif product.price_minor is not None and product.price_minor != known.price_minor:
        tx.append(PriceChanged(product.sku, product.price_minor, known.price_minor, source))


def _same_but_price(tx: Transaction, known: StockedProduct, product: Product, free: list[str]) -> bool:
    return (
        known.names == product.names
        and known.tax_class == product.tax_class
        and known.unit == product.unit
        and known.min_age == product.min_age
        and codes_of(tx.db, known.id) == sorted(free)
    )
