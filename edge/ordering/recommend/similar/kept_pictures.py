"""The table of results of picture models. It needs no numpy, because most shops don't use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text

if TYPE_CHECKING:
    from edge.ordering.recommend.similar.picture_vectors import Floats

_PENDING = """
    SELECT p.seq, p.body ->> '$.pictures[0]' FROM product p
    WHERE p.seq > ? AND p.retired_us IS NULL AND instr(p.body, '"pictures"') AND p.body ->> '$.pictures[0]' IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM recommend_picture r WHERE r.name = p.body ->> '$.pictures[0]' AND r.model = ?)
    ORDER BY p.seq LIMIT ?
"""
_UNUSED = """
    SELECT name FROM recommend_picture WHERE id < (SELECT max(id) FROM recommend_picture) AND name NOT IN (
        SELECT body ->> '$.pictures[0]' FROM product WHERE body ->> '$.pictures[0]' IS NOT NULL)
    LIMIT ?
"""
_FORGET = "DELETE FROM recommend_picture WHERE name IN (SELECT value FROM json_each(?))"
_LAST = "SELECT coalesce(max(seq), 0) FROM product"


class PendingPicture(msgspec.Struct, frozen=True):
    """A file in the shop's picture folder that a model hasn't processed yet. `seq`: its product's journal row."""

    seq: int
    name: str


def list_pending(db: Connection, model: str, after: int, limit: int) -> list[PendingPicture]:
    """Product pictures after a journal row that this model hasn't processed, in order."""
    return [PendingPicture(*row) for row in db.execute(_PENDING, (after, model, limit))]


def last_change(db: Connection) -> int:
    """The journal row of the newest product change, or 0."""
    return int(db.execute(_LAST).fetchone()[0])


def keep(db: Connection, model: str, looks: Mapping[str, Floats | None]) -> None:
    """Store a model's vectors of these files, on the writer.

    None: the model can't process the file, which isn't tried again. Other models' results are deleted.
    """
    db.execute("DELETE FROM recommend_picture WHERE model <> ?", (model,))
    for name, values in looks.items():
        body = None if values is None else values.astype("<f2").tobytes()
        db.execute(
            "INSERT OR REPLACE INTO recommend_picture (name, model, vector) VALUES (?, ?, ?)", (name, model, body)
        )


def list_unused(db: Connection, limit: int) -> list[str]:
    """Files that no product uses any more, except the newest, by which readers detect changes."""
    return [name for (name,) in db.execute(_UNUSED, (limit,))]


def forget(db: Connection, names: Sequence[str]) -> None:
    """Delete the results of these files, on the writer."""
    db.execute(_FORGET, (json_text(names),))
