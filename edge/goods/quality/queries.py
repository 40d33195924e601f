"""Queries of data quality: held rows, source freshness, findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import json_text
from edge.goods.quality.checks import Finding, findings
from edge.goods.quality.events import RETIRED_AT_SOURCE, SAME_PRODUCT, GateReason
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
    """A source's product data that waits for a decision, or was rejected (`dropped`). `reason`: price deviation, zero
    price, or failed checks with `gate`.
    """

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
        """The existing product that a held product may be; "" if it is held for another reason."""
        return str(self.gate.values["sku"]) if self.gate and self.gate.code == SAME_PRODUCT else ""


class Sameness(NamedTuple):
    """A decision on whether a source's number is the shop's product `other`."""

    other: str
    same: bool


class Freshness(msgspec.Struct, frozen=True):
    """A source: number of products, last new data, and last complete reading."""

    source: str
    products: int
    said_us: int
    seen_us: int | None
    file: str
    rows: int


def held_values(db: Connection, skus: Sequence[str], source: str) -> dict[str, Held]:
    """Held data of these products from one source, by SKU."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM json_each(?) j JOIN held_product h ON h.sku = j.value AND h.source = ?",
        (json_text(skus), source),
    )
    found = (_held_product(*row) for row in rows)
    return {held.product.sku: held for held in found}


def read_proposed_to_retire(db: Connection, source: str) -> dict[str, Source]:
    """Discontinuations proposed by a source that wait for a decision: by product, its data's reference."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM held_product WHERE source = ? AND dropped = 0 AND gate <> '' AND gate ->> '$[0]' = ?",
        (source, RETIRED_AT_SOURCE),
    )
    return {held.product.sku: held.source for held in (_held_product(*row) for row in rows)}


def read_sameness(db: Connection, source: str, skus: Sequence[str]) -> dict[str, list[Sameness]]:
    """Decisions on which products a source's numbers are or aren't."""
    found: dict[str, list[Sameness]] = {}
    for sku, other, same in db.execute(_SAMENESS, (json_text(skus), source)):
        found.setdefault(sku, []).append(Sameness(other, bool(same)))
    return found


def held_products(db: Connection, limit: Number = 100) -> list[Held]:
    """Rows that wait for a decision, oldest first, at most 500."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM held_product WHERE dropped = 0 ORDER BY at_us, sku LIMIT ?", (min(limit, HELD_LIMIT),)
    )
    return [_held_product(*row) for row in rows]


def count_held(db: Connection) -> int:
    """Number of rows that wait for a decision."""
    return int(db.execute("SELECT count(*) FROM held_product WHERE dropped = 0").fetchone()[0])


def source_freshness(db: Connection) -> list[Freshness]:
    """Freshness of every product source."""
    return [Freshness(*row) for row in db.execute(_FRESH)]


def quality_report(db: Connection, place: Jurisdiction, language: str) -> list[Finding]:
    """Findings for a store at that place and language, by kind, with counts and examples. Nothing is changed."""
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
