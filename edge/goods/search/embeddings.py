"""Sentence embeddings of products, stored with the index by the model's part.

Embeddings have one bit per dimension, as in `vectors.py`; smaller models are padded with zeros. The module loads numpy,
so it is imported on first use.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import CatalogProduct, find_by_ids
from edge.goods.search.index import ProductFilter
from edge.goods.search.project import attribute_words
from edge.goods.search.vectors import DIMENSIONS

NEAR_SHARE = 0.4
"""Share of a model's dimensions whose signs may differ between related texts; unrelated texts differ in half."""

COMPARED = 200
"""Number of nearest products read before a filter is applied."""

EMBEDDED_CHARS = 1_000
"""Maximum characters of a product's name and description to embed; the model ignores the rest."""

_PENDING = """
    SELECT p.id, p.words, q.body FROM search_product p JOIN product q ON q.id = p.id
    LEFT JOIN search_sense s ON s.id = p.id
    WHERE p.id > ? AND (s.id IS NULL OR s.model <> ? OR s.words <> p.words) ORDER BY p.id LIMIT ?
"""
_STANDS = "SELECT 1 FROM search_product WHERE id = ? AND words = ?"
_KEEP = """
    INSERT INTO search_sense (id, model, words) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET model = excluded.model, words = excluded.words
"""
_NEAR = """
    SELECT v.id FROM (SELECT id, distance FROM search_sense_vector WHERE vector MATCH vec_bit(?) AND k = ?) v
    JOIN search_sense s ON s.id = v.id WHERE s.model = ? AND v.distance <= ? ORDER BY v.distance
"""
_product = msgspec.json.Decoder(Product).decode


class SentenceEmbedding(msgspec.Struct, frozen=True):
    """A text's embedding: its model, number of dimensions, and one bit per dimension."""

    model: str
    dimensions: int
    bits: bytes


class Pending(msgspec.Struct, frozen=True):
    """A product without an embedding: its indexed words, and the model's input."""

    id: int
    words: str
    text: str


def senses_of(model: str, values: NDArray[np.float32]) -> list[SentenceEmbedding]:
    """Convert model vectors, one per row, to embeddings."""
    rows = np.zeros((len(values), DIMENSIONS), bool)
    width = min(DIMENSIONS, values.shape[1])
    rows[:, :width] = values[:, :width] > 0
    return [SentenceEmbedding(model, width, row.tobytes()) for row in np.packbits(rows, axis=1, bitorder="little")]


def pending(db: Connection, model: str, after: int, limit: int) -> list[Pending]:
    """Products after an id without this model's embedding, or renamed since it was made."""
    rows = db.execute(_PENDING, (after, model, limit)).fetchall()
    return [Pending(id, words, _text(_product(body))) for id, words, body in rows]


def keep(db: Connection, products: Sequence[Pending], senses: Sequence[SentenceEmbedding]) -> None:
    """Save embeddings, except for products renamed since they were made. Requires the writer's connection."""
    for product, sense in zip(products, senses, strict=True):
        if db.execute(_STANDS, (product.id, product.words)).fetchone():
            db.execute("DELETE FROM search_sense_vector WHERE id = ?", (product.id,))
            db.execute("INSERT INTO search_sense_vector (id, vector) VALUES (?, vec_bit(?))", (product.id, sense.bits))
            db.execute(_KEEP, (product.id, sense.model, product.words))


def nearest(
    db: Connection, sense: SentenceEmbedding, limit: int, retired: bool, at_us: int | None
) -> list[CatalogProduct]:
    """Products with similar meaning, nearest first."""
    ids = _near(db, sense, 2 * limit)
    return [one for one in find_by_ids(db, ids, at_us) if retired or one.retired_us is None][:limit]


def nearest_within(
    db: Connection, sense: SentenceEmbedding, limit: int, within: ProductFilter, at_us: int | None
) -> list[CatalogProduct]:
    """The products within a filter that are among the nearest of all products."""
    ids = _near(db, sense, COMPARED)
    good = within.of(ids)
    return find_by_ids(db, [id for id in ids if id in good][:limit], at_us)


def _near(db: Connection, sense: SentenceEmbedding, count: int) -> list[int]:
    furthest = NEAR_SHARE * sense.dimensions
    return [id for (id,) in db.execute(_NEAR, (sense.bits, count, sense.model, furthest))]


def _text(product: Product) -> str:
    """The text to embed: names, brand and text attributes. Often only the description says how goods are used."""
    names = " / ".join((product.names or {}).values())
    called = f"{names} ({product.brand})" if product.brand else names
    return ". ".join((called, *attribute_words(product)))[:EMBEDDED_CHARS]
