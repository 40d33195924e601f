"""Real articles from beside the project: shelf prices of five Israeli chains, then products of cannabis shops."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge.goods.catalog import codes
from edge.goods.catalog.product import Product, Value

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "catalogue"
PRICES = FOLDER / "israel_he" / "israeli_prices_2026-08-14.csv.gz"
CANNABIS = FOLDER / "cannabis_en" / "products_sample.csv"


class Article(NamedTuple):
    """A row of the files: several rows may have one code, or one name."""

    name: str
    code: str
    language: str
    brand: str = ""
    kind: str = ""


def present() -> bool:
    return PRICES.exists() and CANNABIS.exists()


def five_chains() -> Iterator[Article]:
    """All 58,612 rows, in Hebrew."""
    with gzip.open(PRICES, "rt", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield Article(row["שם מוצר"].strip(), codes.normal(row["ברקוד"]), "he", row["יצרן"].strip())


def cannabis() -> Iterator[Article]:
    """All 5,139 rows, in English, without codes."""
    with CANNABIS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Article(row["name"].strip(), "", "en", row["brand"].strip(), row["strain"].strip())


def products(articles: list[Article]) -> Iterator[Product]:
    """Each article as a product of its own, whose sku is its place; a code goes to the first that has it."""
    taken: set[str] = set()
    for place, one in enumerate(articles):
        own = (one.code,) if one.code and one.code not in taken and codes.wrong(one.code) is None else ()
        taken.update(own)
        kind = {"Strain": Value(one.kind)} if one.kind else None
        yield Product(str(place), {one.language: one.name or "?"}, own, 990, brand=one.brand or None, attributes=kind)
