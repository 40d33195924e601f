"""Reads of what sources say of products, and of whose word each field is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.catalog.product import Product, Source
from edge.catalog.queries import json_text, read_products
from edge.catalog.words.merging import Ranks, deciding
from edge.core.storage.database import Connection

_product = msgspec.json.Decoder(Product).decode


class SourceWord(msgspec.Struct, frozen=True):
    """What a source says of a product: the newest that it said, and where (see `product.Source`)."""

    source: Source
    seq: int
    product: Product


def words_of(db: Connection, ids: Sequence[int]) -> dict[int, list[SourceWord]]:
    """What each source says of products, by product id, in no order."""
    rows = db.execute(
        "SELECT w.product_id, w.source, w.checksum, w.line, w.at_us, w.seq, coalesce(w.says, p.body)"
        " FROM json_each(?) j JOIN product_word w ON w.product_id = j.value JOIN product p ON p.id = w.product_id",
        (json_text(ids),),
    )
    found: dict[int, list[SourceWord]] = {}
    for id, source, checksum, line, at_us, seq, says in rows:
        found.setdefault(id, []).append(SourceWord(Source(source, checksum, line, at_us), seq, _product(says)))
    return found


def ordered(words: Iterable[SourceWord], ranks: Ranks) -> list[SourceWord]:
    """Words by how much they count, the highest first."""
    return sorted(words, key=lambda word: (ranks.of(word.source.name), -word.seq))


def lineage(db: Connection, sku: str, ranks: Ranks) -> dict[str, SourceWord]:
    """By field (`names.fr` for those with keys), whose word holds; nothing for an unknown product."""
    known = read_products(db, [sku]).get(sku)
    words = ordered(words_of(db, [known[0]]).get(known[0], []), ranks) if known else []
    by_name = {word.source.name: word for word in words}
    return {
        field: by_name[source] for field, source in deciding((word.source.name, word.product) for word in words).items()
    }
