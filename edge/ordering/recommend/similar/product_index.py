"""All products of a shop in memory, to find similar ones interactively.

Takes about 1 KB per product, and 1 KB more with processed pictures. Built on first use; each use rereads changed
products. Trigram rarity (`likeness.rarity`) is recomputed once a fiftieth of the products has changed. Reads the ledger
and writes nothing to it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import names_above, parents
from edge.goods.catalog.product import Product
from edge.goods.search.query.text import plain
from edge.ordering.recommend.similar.declared_units import declared_attributes
from edge.ordering.recommend.similar.likeness import (
    CATEGORY,
    DIMENSIONS,
    FEATURES,
    PICTURE,
    TEXT,
    Features,
    Floats,
    Parts,
    by_bits,
    category_likeness,
    feature_likeness,
    hash_trigrams,
    rarity,
    unit_rows,
)
from edge.ordering.recommend.similar.picture_vectors import PictureRows, PictureVector
from edge.ordering.recommend.similar.product_features import features_of, spans_of, text_of

COMPARED = 160
"""Number of products whose features are compared: the nearest ones by text, category and price."""
SKETCHED = 128
"""Numbers in a text's sketch, one for each principal component of the shop's texts."""
SKETCHES_LEAST, SHORTLIST = 4_000, 1_000
"""From `SKETCHES_LEAST` products on, texts are first compared by sketch, and only the `SHORTLIST` nearest in full."""
NEAREST = 400
"""Number of products to consider, nearest to the mean of past purchases."""
LEAST = 0.3
"""Minimum similarity at which products count as similar."""
RENEW_SHARE = 50
_CHANGED = "SELECT id, sku, body, seq, retired_us IS NOT NULL FROM product WHERE seq > ? ORDER BY seq LIMIT ?"
_PAGE = 2_000
_SENSES = """
    SELECT s.id, v.vector FROM search_sense s JOIN search_sense_vector v ON v.id = s.id WHERE s.model = ?
"""
_MODEL = "SELECT model FROM search_sense GROUP BY model ORDER BY count(*) DESC, model LIMIT 1"
_SENSE_COUNT = "SELECT count(*) FROM search_sense"
_product = msgspec.json.Decoder(Product).decode


class Like(msgspec.Struct, frozen=True):
    """A similar product, its score, and the parts of the score."""

    sku: str
    score: float
    parts: Parts


class Sought(msgspec.Struct, frozen=True):
    """A query against all products: features, and a text and a picture as vectors; None: unknown.

    `row`: the product's own row, if the query is a product.
    """

    features: Features = Features()
    text: Floats | None = None
    picture: Floats | None = None
    row: int | None = None


class ProductIndex:
    """The products of one ledger. Thread-safe; runs one query at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._through = 0
        self._changed = 0
        self._skus: list[str] = []
        self._rows: dict[str, int] = {}
        self._ids: list[int] = []
        self._features: list[Features] = []
        self._counts: NDArray[np.int8] = np.zeros((0, DIMENSIONS), np.int8)
        self._texts: Floats = np.zeros((0, DIMENSIONS), np.float32)
        self._weights: Floats = np.ones(DIMENSIONS, np.float32)
        self._basis: Floats = np.zeros((DIMENSIONS, SKETCHED), np.float32)
        self._sketches: Floats = np.zeros((0, SKETCHED), np.float32)
        self._sold_now = np.zeros(0, dtype=bool)
        self._prices: Floats = np.zeros(0, np.float32)
        self._category = np.zeros(0, dtype=np.int64)
        self._places: list[tuple[str, ...]] = []
        self._place_of: dict[tuple[str, ...], int] = {}
        self._spans: dict[tuple[str, str], float] = {}
        self._senses: tuple[int, NDArray[np.uint64], NDArray[np.bool_]] | None = None
        self._sense_count = -1
        self._pictures = PictureRows()

    def like(
        self,
        db: Connection,
        sku: str,
        within: Collection[str] | None = None,
        most: int = COMPARED,
        only: Collection[int] | None = None,
    ) -> list[Like]:
        """Products similar to a product, the most similar first, with similarity of at least `LEAST`.

        Excludes the product itself and discontinued ones. `within`: only these categories and their subcategories;
        `only`: only these `id`s. Empty for an unknown SKU.
        """
        with self._lock:
            self._refresh(db)
            row = self._rows.get(sku)
            if row is None:
                return []
            sought = Sought(self._features[row], self._texts[row], self._pictures.of(row), row)
            return self._rank_products(sought, self._good(within, only, row), most)

    def like_text(
        self,
        db: Connection,
        text: str,
        within: Collection[str] | None = None,
        most: int = COMPARED,
        only: Collection[int] | None = None,
    ) -> list[Like]:
        """Products whose words are similar to a text. A text has no category or features to compare."""
        with self._lock:
            self._refresh(db)
            own = unit_rows(hash_trigrams([plain(text)]), self._weights)[0]
            return self._rank_products(Sought(text=own), self._good(within, only), most)

    def like_picture(
        self,
        db: Connection,
        vector: PictureVector,
        within: Collection[str] | None = None,
        most: int = COMPARED,
        only: Collection[int] | None = None,
    ) -> list[Like]:
        """Products with a picture similar to the given one, whatever their names.

        Empty if another model processed the shop's pictures.
        """
        with self._lock:
            self._refresh(db)
            own = self._pictures.centre(vector)
            return [] if own is None else self._rank_products(Sought(picture=own), self._good(within, only), most)

    def to_mean(self, db: Connection, weights: dict[str, float]) -> dict[str, float]:
        """Each product's similarity by text, from 0 to 1, to the weighted mean of the given products (by SKU)."""
        with self._lock:
            self._refresh(db)
            rows = [(self._rows[sku], weight) for sku, weight in weights.items() if sku in self._rows]
            if not rows:
                return {}
            mean = sum(self._texts[row] * weight for row, weight in rows)
            length = float(np.linalg.norm(mean))
            if length == 0:
                return {}
            scores = np.maximum(self._texts @ (mean / length), 0)
            scores[~self._sold_now] = 0
            nearest = np.argpartition(-scores, min(NEAREST, len(scores) - 1))[:NEAREST]
            return {self._skus[row]: float(scores[row]) for row in nearest if scores[row] > 0}

    def exact(self, db: Connection, sku: str) -> list[Like]:
        """Find similar products by comparing every product's features: a reference for tests of `like`."""
        return self.like(db, sku, most=max(1, len(self._skus)))

    def _texts_like(self, own: Sought, rows: slice | NDArray[np.int64], sketched: bool = False) -> Floats | None:
        """Similarity of a text to the texts of `rows`; by embeddings if a sentence model has processed both."""
        if own.text is None:
            return None
        texts = self._sketches[rows] @ (own.text @ self._basis) if sketched else self._texts[rows] @ own.text
        return self._by_senses(texts if sketched else np.maximum(texts, 0), own.row, rows)

    def _by_senses(self, texts: Floats, row: int | None, rows: slice | NDArray[np.int64]) -> Floats:
        if self._senses is None or row is None or row >= len(self._senses[2]) or not self._senses[2][row]:
            return texts
        dimensions, bits, known = self._senses
        if missing := len(self._skus) - len(known):  # products added since the index of senses was built
            bits, known = np.pad(bits, ((0, missing), (0, 0))), np.pad(known, (0, missing))
        like = by_bits(bits[row], bits[rows], dimensions)
        return np.where(known[rows], like, texts).astype(np.float32)

    def _good(
        self, within: Collection[str] | None, only: Collection[int] | None, row: int | None = None
    ) -> NDArray[np.bool_]:
        """Eligible products: on sale, in these categories, with these ids, and not in `row`."""
        good = self._sold_now.copy()
        if within is not None:
            wanted = np.array([not set(place).isdisjoint(within) for place in self._places] or [False], dtype=bool)
            good &= wanted[self._category]
        if only is not None:
            good &= np.isin(self._ids, list(only))
        if row is not None:
            good[row] = False
        return good

    def _rank_products(self, own: Sought, good: NDArray[np.bool_], most: int) -> list[Like]:
        by_place = [category_likeness(own.features.categories, place) for place in self._places]
        rows = np.flatnonzero(good)
        if most < SHORTLIST < SKETCHES_LEAST <= len(self._skus):
            everything = slice(None)
            texts = self._texts_like(own, everything, sketched=True)
            rough = self._rough(own, texts, self._pictures.like(own.picture, everything, True), by_place, everything)
            rough[~good] = -np.inf
            nearest = np.argpartition(-rough, SHORTLIST)[:SHORTLIST]
            rows = nearest[good[nearest]]
        if not len(rows):
            return []
        texts, pictures = self._texts_like(own, rows), self._pictures.like(own.picture, rows)
        rough = self._rough(own, texts, pictures, by_place, rows)
        places = np.argpartition(-rough, most - 1)[:most] if most < len(rows) else range(len(rows))
        found = []
        for place in map(int, places):
            text, picture = None if texts is None else float(texts[place]), float(pictures[place])
            found.append(self._like(own.features, int(rows[place]), text, picture, by_place))
        return sorted((one for one in found if one.score >= LEAST), key=lambda one: (-one.score, one.sku))

    def _rough(
        self,
        own: Sought,
        texts: Floats | None,
        pictures: Floats,
        by_place: Sequence[float | None],
        rows: slice | NDArray[np.int64],
    ) -> Floats:
        """The vectorised part of the similarity: text, category, price and picture."""
        of_place = np.array([np.nan if one is None else one for one in by_place] or [np.nan], np.float32)
        others = (
            (CATEGORY, of_place[self._category[rows]]),
            (FEATURES, self._prices_like(own.features, rows)),
            (PICTURE, pictures),
        )
        return _mean(texts, others)

    def _like(
        self, own: Features, row: int, text: float | None, picture: float, by_place: Sequence[float | None]
    ) -> Like:
        features = feature_likeness(own, self._features[row], self._spans)
        known = None if picture != picture else picture
        parts = Parts(None if text is None else min(1.0, text), by_place[self._category[row]], features, known)
        return Like(self._skus[row], parts.score, parts)

    def _prices_like(self, own: Features, rows: slice | NDArray[np.int64]) -> Floats:
        """The vectorised part of the feature similarity: the price."""
        prices = self._prices[rows]
        if not own.price_minor:
            return np.full(len(prices), np.nan, np.float32)
        apart = np.abs(prices - np.float32(np.log(own.price_minor))) / np.float32(np.log(4))
        return np.asarray(np.maximum(0, 1 - apart), dtype=np.float32)

    def _refresh(self, db: Connection) -> None:
        """Read product changes since the last call."""
        while changed := db.execute(_CHANGED, (self._through, _PAGE)).fetchall():
            self._take(db, changed)
            self._through = changed[-1][3]
        if self._changed * RENEW_SHARE >= len(self._skus) and self._changed:
            self._weights = rarity(self._counts)
            self._texts = unit_rows(self._counts, self._weights)
            self._sketch_all()
            self._spans = spans_of(db)
            self._changed, self._sense_count = 0, -1
        (count,) = db.execute(_SENSE_COUNT).fetchone()
        if count != self._sense_count:
            self._senses, self._sense_count = self._read_senses(db), count
        self._pictures.refresh(db)

    def _sketch_all(self) -> None:
        """Compute the texts' principal components and sketches."""
        if len(self._skus) >= SKETCHES_LEAST:
            _, vectors = np.linalg.eigh(self._texts.T @ self._texts)
            self._basis = np.ascontiguousarray(vectors[:, -SKETCHED:], dtype=np.float32)
        self._sketches = self._texts @ self._basis

    def _take(self, db: Connection, changed: Sequence[tuple[int, str, bytes, int, bool]]) -> None:
        products = [_product(body) for _, _, body, _, _ in changed]
        above, tree = names_above(db, {p.category for p in products if p.category}), parents(db)
        declared = declared_attributes(db)
        fresh = [sku for _, sku, *_ in changed if sku not in self._rows]
        self._grow(len(fresh))
        counts = hash_trigrams([text_of(one, above) for one in products])
        rows = unit_rows(counts, self._weights)
        for (id, sku, _, _, retired), product in zip(changed, products, strict=True):
            row = self._rows.get(sku)
            if row is None:
                row = self._rows[sku] = len(self._skus)
                self._skus.append(sku)
                self._ids.append(id)
                self._features.append(Features())
            features = self._features[row] = features_of(product, tree, declared)
            self._sold_now[row] = not retired
            self._prices[row] = np.log(features.price_minor) if features.price_minor else np.nan
            number = self._place_of.setdefault(features.categories, len(self._places))
            if number == len(self._places):
                self._places.append(features.categories)
            self._category[row] = number
        at = [self._rows[sku] for _, sku, *_ in changed]
        self._pictures.put(
            db, [(row, next(iter(one.pictures or ()), "")) for row, one in zip(at, products, strict=True)]
        )
        self._counts[at], self._texts[at], self._sketches[at] = np.clip(counts, -127, 127), rows, rows @ self._basis
        self._changed += len(changed)

    def _grow(self, by: int) -> None:
        if by:
            self._counts = np.concatenate([self._counts, np.zeros((by, DIMENSIONS), np.int8)])
            self._texts = np.concatenate([self._texts, np.zeros((by, DIMENSIONS), np.float32)])
            self._sketches = np.concatenate([self._sketches, np.zeros((by, SKETCHED), np.float32)])
            self._sold_now = np.concatenate([self._sold_now, np.zeros(by, dtype=bool)])
            self._prices = np.concatenate([self._prices, np.zeros(by, np.float32)])
            self._category = np.concatenate([self._category, np.zeros(by, dtype=np.int64)])

    def _read_senses(self, db: Connection) -> tuple[int, NDArray[np.uint64], NDArray[np.bool_]] | None:
        """Text embeddings by the sentence model that processed the most texts; None if there is none."""
        model = db.execute(_MODEL).fetchone()
        if model is None:
            return None
        rows_by_id = {id: row for row, id in enumerate(self._ids)}
        bits, known = np.zeros((len(self._skus), 8), np.uint64), np.zeros(len(self._skus), dtype=bool)
        for id, vector in db.execute(_SENSES, model):
            if (row := rows_by_id.get(id)) is not None:
                bits[row], known[row] = np.frombuffer(vector, np.uint64), True
        together: np.ufunc = np.bitwise_or
        used = int(np.bitwise_count(together.reduce(bits, axis=0)).sum()) if known.any() else 0
        return (used, bits, known) if used else None


def _mean(texts: Floats | None, others: Sequence[tuple[float, Floats]]) -> Floats:
    """The mean similarity of many products over their known parts; 0 if none is known."""
    size = len(others[0][1])
    total = np.zeros(size, np.float32) if texts is None else TEXT * texts
    weights = np.full(size, 0.0 if texts is None else TEXT, np.float32)
    for weight, part in others:
        known = part == part  # False for NaN: the cheapest test
        total += np.where(known, np.float32(weight) * part, np.float32(0))
        weights += np.float32(weight) * known
    total /= np.maximum(weights, np.float32(1e-9))
    return np.asarray(total, dtype=np.float32)
