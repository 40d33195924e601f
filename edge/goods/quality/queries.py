"""Reads about the quality of the catalogue: what waits for a yes, how fresh sources are, what looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import json_text
from edge.goods.quality.checks import Finding, findings
from edge.goods.quality.events import RETIRED_THERE, SAME_PRODUCT, GateReason
from edge.lib.regions.place import Jurisdiction

HELD_LIMIT = 500
_FIELDS = "source, checksum, line, body, price_minor, was_minor, at_us, dropped, gate"
_SAMENESS = """
    SELECT s.sku, s.other, s.same FROM json_each(?) j JOIN product_sameness s ON s.sku = j.value AND s.source = ?
"""
_product = msgspec.json.Decoder(Product).decode

_FRESH = """
    SELECT w.source, count(*), max(w.at_us), s.at_us, coalesce(s.file, ''), coalesce(s.rows, 0)
    FROM product_word w LEFT JOIN source_seen s ON s.source = w.source GROUP BY w.source ORDER BY w.source
"""


HeldReason = Literal["price_jump", "invalid_price", "gate"]


class Held(msgspec.Struct, frozen=True):
    """What a source says of a product and nobody has said yes to; `dropped`: somebody said no. `reason`: its price is
    far from the shop's, or is none; or the row failed the gate of its file, and `gate` says why."""

    source: Source
    product: Product
    price_minor: int | None
    was_minor: int | None
    at_us: int
    dropped: bool
    reason: HeldReason
    gate: GateReason | None = None

    @property
    def proposed_sku(self) -> str:
        """The shop's product that it may be, under another number; "": it waits for something else."""
        return str(self.gate.values["sku"]) if self.gate and self.gate.code == SAME_PRODUCT else ""


class Sameness(NamedTuple):
    """What somebody said of a number of a source: that it is the shop's product `other`, or is not."""

    other: str
    same: bool


class Freshness(msgspec.Struct, frozen=True):
    """A source: of how many products it speaks, when it last said something new, when it was last read to its end."""

    source: str
    products: int
    said_us: int
    seen_us: int | None
    file: str
    rows: int


def held_of(db: Connection, skus: Sequence[str], source: str) -> dict[str, Held]:
    """What is kept of these products of one source, by sku."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM json_each(?) j JOIN held_product h ON h.sku = j.value AND h.source = ?",
        (json_text(skus), source),
    )
    found = (_held_product(*row) for row in rows)
    return {held.product.sku: held for held in found}


def read_proposed_to_retire(db: Connection, source: str) -> dict[str, Source]:
    """Products of which a source says that they are out of use there, and nobody said yes or no; where it said so."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM held_product WHERE source = ? AND dropped = 0 AND gate <> '' AND gate ->> '$[0]' = ?",
        (source, RETIRED_THERE),
    )
    return {held.product.sku: held.source for held in (_held_product(*row) for row in rows)}


def read_sameness(db: Connection, source: str, skus: Sequence[str]) -> dict[str, list[Sameness]]:
    """What somebody said of these numbers of a source, by number: which products of the shop they are, or are not."""
    found: dict[str, list[Sameness]] = {}
    for sku, other, same in db.execute(_SAMENESS, (json_text(skus), source)):
        found.setdefault(sku, []).append(Sameness(other, bool(same)))
    return found


def held_products(db: Connection, limit: Number = 100) -> list[Held]:
    """What waits for a yes, the oldest first; 500 at most."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM held_product WHERE dropped = 0 ORDER BY at_us, sku LIMIT ?", (min(limit, HELD_LIMIT),)
    )
    return [_held_product(*row) for row in rows]


def count_held(db: Connection) -> int:
    """How many rows wait for a yes."""
    return int(db.execute("SELECT count(*) FROM held_product WHERE dropped = 0").fetchone()[0])


def source_freshness(db: Connection) -> list[Freshness]:
    """Every source that speaks of products."""
    return [Freshness(*row) for row in db.execute(_FRESH)]


def quality_report(db: Connection, place: Jurisdiction, language: str) -> list[Finding]:
    """What looks wrong in the catalogue of a store at that place, which speaks that language, by kind, with counts and
    examples. Nothing of it is mended."""
    return findings(db, place, language)


def _held_product(
    source: str,
    checksum: str,
    line: int,
    body: str,
    price_minor: int | None,
    was_minor: int | None,
    at_us: int,
    dropped: int,
    gate: str,
) -> Held:
    failed = msgspec.json.decode(gate, type=GateReason) if gate else None
    reason: HeldReason = "gate" if failed else "price_jump" if price_minor else "invalid_price"
    said = Source(source, checksum, line)
    return Held(said, _product(body), price_minor, was_minor, at_us, bool(dropped), reason, failed)
