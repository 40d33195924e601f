"""Embeddings of product pictures, stored next to the products by the part that runs the model.

Only a product's first picture by file name counts; uploaded files are named by content. A vector is kept as
`DIMENSIONS` numbers, whatever its length: sums of its values with signs drawn once (Achlioptas, 2003), which give the
cosine to about 0.09, and closer for similar pictures. Similarity is the cosine relative to the mean of the shop's
pictures if there are at least `CENTRED`, because most share a white background. Vectors of different models are never
compared: a new model starts over. Loads numpy, so import it when first needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

DIMENSIONS = 128
CENTRED = 20
SKETCHED, SKETCHES_LEAST = 32, 4_000
"""From `SKETCHES_LEAST` pictures on, searches compare only `SKETCHED` numbers, the principal components.

This cuts a scan of 60,000 pictures to a fourth of the time.
"""
Floats = NDArray[np.float32]
_NEXT = np.uint64(0x9E3779B97F4A7C15)
_NEWEST = "SELECT model, max(id) FROM recommend_picture"
_SINCE = "SELECT id, name, vector FROM recommend_picture WHERE id > ? AND vector IS NOT NULL ORDER BY id"
_OF = "SELECT name, vector FROM recommend_picture WHERE name IN (SELECT value FROM json_each(?)) AND vector IS NOT NULL"


class PictureVector(msgspec.Struct, frozen=True):
    """A picture's vector, with its model: float32 (`DIMENSIONS`,) of length 1."""

    model: str
    values: Floats


def shorten(values: Floats) -> Floats:
    """Shorten a model's vector of any length to `DIMENSIONS` numbers of length 1. A zero vector stays 0."""
    codes = (np.arange(len(values) * DIMENSIONS, dtype=np.uint64) + np.uint64(1)) * _NEXT
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # SplitMix64 (Steele et al., 2014)
        codes = (codes ^ (codes >> np.uint64(shift))) * np.uint64(factor)
    signs = np.where(codes >> np.uint64(63), np.float32(1), np.float32(-1)).reshape(len(values), DIMENSIONS)
    return _unit(values.astype(np.float32) @ signs)


class PictureRows:
    """Pictures of an index's products in memory, one row for each product: about 512 bytes per product."""

    def __init__(self) -> None:
        self._model, self._through = "", 0
        self._names: list[str] = []
        self._rows: dict[str, set[int]] = {}
        self._values: Floats = np.zeros((0, DIMENSIONS), np.float32)
        self._known = np.zeros(0, dtype=bool)
        self._mean: Floats = np.zeros(DIMENSIONS, np.float32)
        self._units: Floats = self._values
        self._basis: Floats | None = None
        self._sketches: Floats = self._values
        self._stale = False

    def put(self, db: Connection, names: Sequence[tuple[int, str]]) -> None:
        """Set the first picture of some rows ("": none). New rows are appended."""
        more = max((row for row, _ in names), default=-1) + 1 - len(self._names)
        if more > 0:
            self._names += [""] * more
            self._values = np.concatenate([self._values, np.zeros((more, DIMENSIONS), np.float32)])
            self._known, self._stale = np.concatenate([self._known, np.zeros(more, dtype=bool)]), True
        changed = [(row, name) for row, name in names if self._names[row] != name]
        for row, name in changed:
            self._rows.get(self._names[row], set()).discard(row)
            self._names[row], self._known[row], self._stale = name, False, True
            if name:
                self._rows.setdefault(name, set()).add(row)
        if self._through and (fresh := sorted({name for _, name in changed if name})):
            self._take(db.execute(_OF, (json_text(fresh),)).fetchall())

    def refresh(self, db: Connection) -> None:
        """Read results added since the last call."""
        model, newest = db.execute(_NEWEST).fetchone()
        if (model or "") != self._model or (newest or 0) < self._through:
            self._model, self._through, self._stale = model or "", 0, True
            self._known[:] = False
        if newest and newest > self._through:
            found = db.execute(_SINCE, (self._through,)).fetchall()
            self._through = newest
            self._take([(name, vector) for _, name, vector in found])
        self._settle()

    def of(self, row: int) -> Floats | None:
        """A row's picture vector, relative to the mean; None if it's missing or not processed."""
        return self._units[row] if self._known[row] else None

    def centre(self, vector: PictureVector) -> Floats | None:
        """A given picture's vector, relative to the mean.

        None if the shop's pictures were processed by another model.
        """
        return _unit(vector.values - self._mean) if vector.model == self._model else None

    def like(self, own: Floats | None, rows: slice | NDArray[np.int64], sketched: bool = False) -> Floats:
        """A picture's similarity to the pictures of `rows`, from 0 to 1; NaN unless both are known.

        With `sketched`, it's approximate.
        """
        known = self._known[rows]
        if own is None or not known.any():
            return np.full(len(known), np.nan, np.float32)
        if sketched and self._basis is not None:
            found = self._sketches[rows] @ (own @ self._basis)
        else:
            found = self._units[rows] @ own
        np.clip(found, 0, 1, out=found)
        found[~known] = np.nan
        return np.asarray(found, dtype=np.float32)

    def _settle(self) -> None:
        if self._stale:
            known = self._values[self._known]
            self._mean = known.mean(axis=0) if len(known) >= CENTRED else np.zeros(DIMENSIONS, np.float32)
            self._units, self._stale = _unit(self._values - self._mean), False
            self._units[~self._known] = 0
            self._basis = _directions(self._units) if len(known) >= SKETCHES_LEAST else None
            self._sketches = self._units if self._basis is None else self._units @ self._basis

    def _take(self, found: Sequence[tuple[str, bytes]]) -> None:
        for name, vector in found:
            for row in self._rows.get(name, ()):
                self._values[row], self._known[row], self._stale = np.frombuffer(vector, "<f2"), True, True


def _directions(units: Floats) -> Floats:
    """The principal components, float32 (`DIMENSIONS`, `SKETCHED`)."""
    _, vectors = np.linalg.eigh(units.T @ units)
    return np.ascontiguousarray(vectors[:, -SKETCHED:], dtype=np.float32)


def _unit(values: Floats) -> Floats:
    length = np.linalg.norm(values, axis=-1, keepdims=True)
    return np.asarray(values / np.maximum(length, 1e-9), dtype=np.float32)
