"""Queries on product data from sources, and on each field's source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.office_fields import office_fields, refused_fields, without_locked
from edge.goods.catalog.product import HEAD_OFFICE, Pack, Product, Source
from edge.goods.catalog.queries import json_text, owners_of, read_products
from edge.goods.catalog.sources.precedence import SourcePrecedence, deciding, merge, spoken_on

_NEWEST = 2**62
"""Greater than the number of any journal row."""

_product = msgspec.json.Decoder(Product).decode


class SourceWord(msgspec.Struct, frozen=True):
    """A source's latest data on a product, and its origin (see `product.Source`)."""

    source: Source
    seq: int
    product: Product


def words_of(db: Connection, ids: Sequence[int]) -> dict[int, list[SourceWord]]:
    """Product data from sources, by product id, unordered."""
    rows = db.execute(
        "SELECT w.product_id, w.source, w.checksum, w.line, w.at_us, w.seq, coalesce(w.says, p.body)"
        " FROM json_each(?) j JOIN product_word w ON w.product_id = j.value JOIN product p ON p.id = w.product_id",
        (json_text(ids),),
    )
    found: dict[int, list[SourceWord]] = {}
    for id, source, checksum, line, at_us, seq, says in rows:
        found.setdefault(id, []).append(SourceWord(Source(source, checksum, line, at_us), seq, _product(says)))
    return found


def by_rank(words: Iterable[SourceWord], ranks: SourcePrecedence) -> list[SourceWord]:
    """Sort by precedence, highest first. Other sources' values of fields controlled by head office are omitted."""
    spoken = list(words)
    office = office_word(spoken) if ranks.office_fields else None
    if office is not None:
        spoken = [
            word if word.source.name == HEAD_OFFICE else _without_locked(word, office, ranks.office_fields)
            for word in spoken
        ]
    return sorted(spoken, key=lambda word: (ranks.of(word.source.name), -word.seq))


def office_word(words: Iterable[SourceWord]) -> Product | None:
    """Head office's data on a product, if any."""
    return next((word.product for word in words if word.source.name == HEAD_OFFICE), None)


def _without_locked(word: SourceWord, office: Product, fields: Sequence[str]) -> SourceWord:
    return msgspec.structs.replace(word, product=without_locked(word.product, office, fields))


def refused_of(db: Connection, word: Product, source: str) -> tuple[str, ...]:
    """The fields in a source's hypothetical update that head office controls; see `office_fields.refused_fields`."""
    fields = office_fields(db)
    found = read_products(db, [word.sku]).get(word.sku) if fields else None
    words = words_of(db, [found[0]]).get(found[0], []) if found else []
    office = office_word(words)
    if found is None or office is None or source == HEAD_OFFICE:
        return ()
    before = next((one.product for one in words if one.source.name == source), None)
    return refused_fields(fields, office, found[1], before, spoken_on(before, word))


def together(sku: str, words: Iterable[SourceWord], ranks: SourcePrecedence) -> Product:
    """The product merged from its sources. Sources of equal rank don't remove each other's codes."""
    spoken = by_rank(words, ranks)
    merged = merge(sku, (word.product for word in spoken))
    return msgspec.structs.replace(
        merged, codes=_codes(spoken, ranks) if merged.codes else merged.codes, packs=_packs(spoken, ranks, merged.packs)
    )


def as_said(known: Product, others: Sequence[SourceWord], spoken: SourceWord, ranks: SourcePrecedence) -> Product:
    """Return the product after a source's update. The update can't remove a name or price."""
    merged = together(known.sku, [*others, spoken], ranks) if others else spoken.product
    if merged.price_minor is not None and merged.names is not None:
        return merged
    return msgspec.structs.replace(
        merged,
        price_minor=known.price_minor if merged.price_minor is None else merged.price_minor,
        names=known.names if merged.names is None else merged.names,
    )


def would_be(db: Connection, word: Product, source: str, sources: Sequence[str]) -> tuple[Product, Product] | None:
    """A product before and after a hypothetical update; None if new. `sources`: in order of precedence."""
    found = read_products(db, [word.sku]).get(word.sku)
    if found is None:
        return None
    id, known, _ = found
    words = words_of(db, [id]).get(id, [])
    others = [other for other in words if other.source.name != source]
    word = spoken_on(next((one.product for one in words if one.source.name == source), None), word)
    after = as_said(
        known, others, SourceWord(Source(source), _NEWEST, word), SourcePrecedence(sources, office_fields(db))
    )
    owners = owners_of(db, after.codes or ())
    free = tuple(code for code in after.codes or () if owners.get(code, word.sku) == word.sku)
    return known, msgspec.structs.replace(after, codes=after.codes and free)


def _codes(words: Iterable[SourceWord], ranks: SourcePrecedence) -> tuple[str, ...]:
    speaking = [word for word in words if word.product.codes is not None]
    alike = [word for word in speaking if ranks.of(word.source.name) == ranks.of(speaking[0].source.name)]
    return tuple(sorted({code for word in alike for code in word.product.codes or ()}))


def _packs(
    words: Iterable[SourceWord], ranks: SourcePrecedence, merged: tuple[Pack, ...] | None
) -> tuple[Pack, ...] | None:
    if not merged:
        return merged
    speaking = [word for word in words if word.product.packs is not None]
    alike = [word for word in speaking if ranks.of(word.source.name) == ranks.of(speaking[0].source.name)]
    packs = {pack.code: pack for word in reversed(alike) for pack in word.product.packs or ()}
    return tuple({pack.code: packs[pack.code] for pack in (*merged, *packs.values())}.values())


def lineage(db: Connection, sku: str, ranks: SourcePrecedence) -> dict[str, SourceWord]:
    """The deciding source of each field (`names.fr`); empty for an unknown product."""
    known = read_products(db, [sku]).get(sku)
    ranks = SourcePrecedence(ranks.sources, office_fields(db))
    words = by_rank(words_of(db, [known[0]]).get(known[0], []), ranks) if known else []
    by_name = {word.source.name: word for word in words}
    return {
        field: by_name[source] for field, source in deciding((word.source.name, word.product) for word in words).items()
    }
