"""Trained models, as files `recommend/VERSION.npz` next to the ledger. Events name them, with their checksum.

They contain no names of people. If a file is missing or altered, best sellers are suggested until the next training.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np

from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection
from edge.ordering.recommend.learning.pairs import Pairs

FOLDER = "recommend"
KEPT = 3
"""Number of files to keep: the one in use, and earlier ones to go back to."""

LEDGERS = 2
"""Maximum ledgers whose models are in memory: the shop's and practice mode's."""


class PairModel(msgspec.Struct, frozen=True):
    """Pairs, with their products."""

    version: str
    skus: list[str]
    rows: dict[str, int]
    pairs: Pairs


def folder_beside(db: Connection) -> Path:
    """The folder of a ledger's models."""
    return Path(db.execute("PRAGMA database_list").fetchone()[2]).parent / FOLDER


def pack_model(skus: list[str], pairs: Pairs) -> bytes:
    """Encode a model as its file's content."""
    buffer = io.BytesIO()
    names = np.frombuffer(msgspec.json.encode(skus), np.uint8)
    arrays = {field: getattr(pairs, field) for field in Pairs.__struct_fields__}
    np.savez(buffer, skus=names, **arrays)
    return buffer.getvalue()


def checksum_of(body: bytes) -> str:
    """The SHA-256 digest of a body, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def keep(folder: Path, version: str, body: bytes) -> None:
    """Write a model's file atomically; keep the newest `KEPT` files."""
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / f"{version}.npz", body)
    files = sorted(folder.glob("*.npz"), key=lambda one: one.stat().st_mtime_ns, reverse=True)
    for old in files[KEPT:]:
        old.unlink(missing_ok=True)


def read(folder: Path, version: str, checksum: str) -> PairModel | None:
    """Read the model that an event names; None if its file is missing or altered."""
    try:
        body = (folder / f"{version}.npz").read_bytes()
    except OSError:
        return None
    if checksum_of(body) != checksum:
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as found:
        skus = msgspec.json.decode(found["skus"].tobytes(), type=list[str])
        pairs = Pairs(**{field: found[field] for field in Pairs.__struct_fields__})
    return PairModel(version, skus, {sku: row for row, sku in enumerate(skus)}, pairs)


def read_kept(folder: Path, version: str, checksum: str) -> PairModel | None:
    """Read a model like `read`, cached as long as its file exists unchanged."""
    try:
        written_ns = (folder / f"{version}.npz").stat().st_mtime_ns
    except OSError:
        return None
    return _read_at(folder, version, checksum, written_ns)


@lru_cache(maxsize=LEDGERS)
def _read_at(folder: Path, version: str, checksum: str, written_ns: int) -> PairModel | None:
    return read(folder, version, checksum)


def partners(model: PairModel, skus: Sequence[str], most: int) -> list[str]:
    """Products paired with these, the strongest first, without the given products."""
    rows = sorted({model.rows[sku] for sku in skus if sku in model.rows})
    if not rows:
        return []
    scores = model.pairs.with_these(np.array(rows, dtype=np.int64))
    scores[rows] = 0.0
    ordered = np.lexsort((np.arange(len(scores)), -scores))[:most]
    return [model.skus[row] for row in ordered if scores[row] > 0]
