"""Products and customers in the form that another system takes: nobody stays because they cannot leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Product
from edge.lib.i18n import name_in
from edge.lib.tables import write_table
from edge.lib.units.money import show_minor
from edge.people.customers.customer import Customer
from edge.people.customers.queries import read_customer

System = Literal["square", "odoo"]
_PRODUCTS = "SELECT body, price_minor FROM product WHERE retired_us IS NULL ORDER BY id"
_CUSTOMERS = "SELECT id FROM customer WHERE merged_into IS NULL AND NOT forgotten ORDER BY id"
PRODUCTS: dict[System, tuple[str, ...]] = {
    "square": (
        *("Item Name", "Variation Name", "SKU", "Description", "Category", "GTIN", "Price"),
        *("Option Name 1", "Option Value 1", "Option Name 2", "Option Value 2", "Default Unit Cost"),
    ),
    "odoo": ("Internal Reference", "Name", "Sales Price", "Cost", "Barcode", "Product Category"),
}
"""Headings of their own templates for import."""
CUSTOMERS: dict[System, tuple[str, ...]] = {
    "square": (
        *("Reference ID", "First Name", "Last Name", "Email Address", "Phone Number", "Street Address 1"),
        *("Street Address 2", "City", "State", "Postal Code", "Country", "Birthday"),
    ),
    "odoo": ("External ID", "Name", "Email", "Phone", "Street", "Street2", "City", "Zip", "Country"),
}
AXES = 2


class WrittenOut(msgspec.Struct, frozen=True):
    """How many products and customers were written."""

    products: int
    customers: int


def write_for(
    system: System, db: Connection, folder: Path, currency: str, language: str, now_us: int, people: bool
) -> WrittenOut:
    """Write `products.csv` and, with `people`, `customers.csv` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    products = list(_product_rows(system, db, currency, language))
    write_table(folder / "products.csv", "csv", PRODUCTS[system], products)
    found = list(_customer_rows(system, db, now_us)) if people else []
    if people:
        write_table(folder / "customers.csv", "csv", CUSTOMERS[system], found)
    return WrittenOut(len(products), len(found))


def _product_rows(system: System, db: Connection, currency: str, language: str) -> Iterator[list[str]]:
    categories = {one.id: name_in(one.names, language) for one in read_categories(db)}
    decode = msgspec.json.Decoder(Product).decode
    for body, price in db.execute(_PRODUCTS):
        product = decode(body)
        name = name_in(product.names or {}, language) or product.sku
        category = categories.get(product.category or "", "")
        money = ["" if one is None else show_minor(one, currency) for one in (price, product.cost_minor)]
        code = next(iter(product.codes or ()), "")
        if system == "odoo":
            yield [product.sku, name, *money, code, category]
            continue
        axes = list((product.axes or {}).items())[:AXES]
        options = [text for axis in (*axes, ("", ""), ("", ""))[:AXES] for text in axis]
        apart = " ".join((product.axes or {}).values())
        item = name.removesuffix(apart).strip() or name
        yield [item, apart or "Regular", product.sku, "", category, code, money[0], *options, money[1]]


def _customer_rows(system: System, db: Connection, now_us: int) -> Iterator[list[str]]:
    for (id,) in db.execute(_CUSTOMERS).fetchall():
        customer = read_customer(db, id, now_us)
        if customer is not None and not customer.hidden:
            yield _customer_cells(system, customer)


def _customer_cells(system: System, one: Customer) -> list[str]:
    address = one.addresses[0] if one.addresses else None
    lines = [*(address.lines if address else ()), "", ""][:2]
    city, province, postal, country = (
        (address.city, address.province, address.postal_code, address.country) if address else ("", "", "", "")
    )
    # A cell that begins with a plus is taken for a formula, and written with an apostrophe that no other system knows.
    phone = f" {one.phone}" if one.phone else ""
    if system == "odoo":
        return [one.id, one.name, one.email, phone, *lines, city, postal, country]
    first, _, last = one.name.rpartition(" ") if " " in one.name else (one.name, "", "")
    return [one.id, first, last, one.email, phone, *lines, city, province, postal, country, one.born]
