"""What a row would change of a product, field by field: what a dry run shows, old beside new."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.catalog.product import Product, Source
from edge.catalog.queries import owners_of, read_products
from edge.catalog.words.merging import Ranks
from edge.catalog.words.queries import SourceWord, as_said, words_of
from edge.catalog.words.writing import codes_of
from edge.core.shapes import Note
from edge.core.storage.database import Connection
from edge.ingest.exporting import cells_of

CELL_CHARS = 200
"""Of what a field was and would be, what is shown."""
NEWEST = 2**62
"""Behind every row of the journal."""


def changes(db: Connection, product: Product, source: str, ranks: Ranks, currency: str) -> list[tuple[str, str, str]]:
    """The columns of an export (`name.fr`, `price`) in which a product would be another, before and afterwards."""
    found = read_products(db, [product.sku]).get(product.sku)
    if found is None:
        return []
    id, known, _ = found
    others = [word for word in words_of(db, [id]).get(id, []) if word.source.name != source]
    after = as_said(known, others, SourceWord(Source(source), NEWEST, product), ranks)
    old, new = cells_of(known, currency), cells_of(_with_free_codes(db, after), currency)
    keys = dict.fromkeys((*new, *old))
    return [(key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]


def notes_of(line: int, sku: str, found: list[tuple[str, str, str]]) -> Iterator[Note]:
    """The same for the report of a job."""
    for field, before, after in found:
        values: dict[str, str | int] = {"before": before[:CELL_CHARS] or "-", "after": after[:CELL_CHARS] or "-"}
        yield Note(line, field, sku, "would_change", values, fault=False)


def _with_free_codes(db: Connection, product: Product) -> Product:
    owners = owners_of(db, codes_of(product))
    free = tuple(code for code in product.codes or () if owners.get(code, product.sku) == product.sku)
    return msgspec.structs.replace(product, codes=product.codes and free)
