"""The real sales of one grocery store: every till line of the year 2017, as baskets that a till can be put through.

`transactions.csv.gz` gives the value of a line as a whole, so prices are made from it: a line
whose value does not divide by its quantity becomes two, one a cent dearer. Lines of
quantity 0 sold nothing and are left out, and so are the baskets that they leave empty.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from decimal import Decimal
from pathlib import Path

import msgspec

from edge.goods.catalog.codes import in_store

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "sales" / "grocery_store_356"
"""Beside the project, where someone put it; the data is not part of it."""


class Sold(msgspec.Struct, frozen=True):
    """A line of the file: the product, how many pieces, and what all of them cost."""

    product: str
    quantity: int
    value: Decimal


class Part(msgspec.Struct, frozen=True):
    """A line as it must stand in the basket: pieces of a product at a price each."""

    product: str
    quantity: int
    price_minor: int


Basket = tuple[Sold, ...]


def present() -> bool:
    """Whether the data is there."""
    return (FOLDER / "transactions.csv.gz").is_file()


def read_baskets() -> list[Basket]:
    """The baskets in which something was sold, in the order of the file."""
    baskets: dict[str, list[Sold]] = {}
    with gzip.open(FOLDER / "transactions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if Decimal(row["quantity"]):
                sold = Sold(row["product_id"], int(Decimal(row["quantity"])), Decimal(row["sales_value"]))
                baskets.setdefault(row["basket_id"], []).append(sold)
    return [tuple(lines) for lines in baskets.values()]


def parts(sold: Sold) -> tuple[Part, ...]:
    """A line as one price a piece, or as two where the cents do not come out even."""
    each, dearer = divmod(int(sold.value * 100), sold.quantity)
    found = (Part(sold.product, dearer, each + 1), Part(sold.product, sold.quantity - dearer, each))
    return tuple(part for part in found if part.quantity)


def list_prices(baskets: list[Basket]) -> dict[str, int]:
    """Each product's most frequent price in minor units; of several, the lowest. What was only given away costs 1: a
    price of 0 in a file waits for confirmation."""
    seen: dict[str, Counter[int]] = {}
    for part in (part for basket in baskets for sold in basket for part in parts(sold)):
        seen.setdefault(part.product, Counter())[part.price_minor] += 1
    return {
        product: min((price for price in prices if price), key=lambda price: (-prices[price], price), default=1)
        for product, prices in seen.items()
    }


def codes(products: list[str]) -> dict[str, str]:
    """An in-store EAN-13 for each product."""
    return {product: in_store(number) for number, product in enumerate(products, 1)}


def write_catalog(path: Path, prices: dict[str, int]) -> None:
    """The products as a file that the shop imports."""
    names = _names()
    ean = codes(list(prices))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("sku", "barcode", "name", "price"))
        for product, minor in prices.items():
            writer.writerow((product, ean[product], names.get(product) or product, Decimal(minor).scaleb(-2)))


def _names() -> dict[str, str]:
    with gzip.open(FOLDER / "products.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return {row["product_id"]: row["product_type"].title() for row in csv.DictReader(file)}
