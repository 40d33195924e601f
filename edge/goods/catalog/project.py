"""Projects catalogue events to rows."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.events import PriceChanged, PriceSet, ProductRestored, ProductRetired, ProductSet
from edge.goods.catalog.product import Product, Source, said_fields

_encode = msgspec.json.Encoder().encode

_ADD = """
    INSERT INTO product (id, sku, body, price_minor, priced_us, priced_by, category, brand, seq)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, ''), nullif(?8, ''), ?1) ON CONFLICT (sku) DO NOTHING
"""
_CHANGE = """
    UPDATE product SET body = ?2, category = nullif(?3, ''), brand = nullif(?4, ''), seq = ?5 WHERE id = ?1
"""
_CODE = "INSERT INTO product_code (code, product_id, units) VALUES (?, ?, 1)"
_PACK = "INSERT INTO product_code (code, product_id, units, price_minor, name) VALUES (?, ?, ?, ?, ?)"
_ATTRIBUTE = "INSERT INTO product_attribute (product_id, name, text, low, high, unit) VALUES (?, ?, ?, ?, ?, ?)"
_WORD = (
    "INSERT OR REPLACE INTO product_word (product_id, source, checksum, line, at_us, seq, says)"
    " VALUES (?, ?, ?, ?, ?, ?, nullif(?, ''))"
)
_CHANGED = "INSERT INTO product_change (product_id, seq) VALUES (?, ?)"
_SAYS_PRICE = """
    SELECT source FROM product_word WHERE product_id = ? AND source <> ? AND says ->> 'price_minor' = ?
    ORDER BY seq DESC LIMIT 1
"""
_KEEP_WORDS = """
    UPDATE product_word SET says = (SELECT body FROM product WHERE id = ?1) WHERE product_id = ?1 AND says IS NULL
"""
_BY_SKU = "SELECT id, price_minor, priced_us, priced_by FROM product WHERE sku = ?"
_BY_SKU_OF_SEVERAL = """
    SELECT p.id, price_minor, priced_us, priced_by, EXISTS (
        SELECT 1 FROM product_word w WHERE w.product_id = p.id AND w.source <> ?2 AND w.says IS NULL)
    FROM product p WHERE sku = ?1
"""
_PRICE = """
    INSERT OR REPLACE INTO price (product_id, list, bound, from_us, until_us, price_minor, source)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_REPRICE = """
    UPDATE product SET price_minor = ?2, priced_us = ?3, priced_by = ?4, seq = ?5,
        body = json_set(body, '$.price_minor', ?2) WHERE id = ?1
"""
_REWORD = """
    INSERT INTO product_word (product_id, source, checksum, line, at_us, seq, says)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, json_object('sku', ?7, 'price_minor', ?8))
    ON CONFLICT (product_id, source) DO UPDATE SET checksum = ?3, line = ?4, at_us = ?5, seq = ?6,
        says = iif(says IS NULL, NULL, json_set(says, '$.price_minor', ?8))
"""


def _set(db: Connection, fact: RecordedEvent, event: ProductSet) -> None:
    product, source = event.product, event.source
    body = _encode(product).decode()
    id, category, brand = fact.seq, product.category or "", product.brand or ""
    values = (id, product.sku, body, product.price_minor, fact.at_us, source.name, category, brand)
    if not db.execute(_ADD, values).rowcount:
        id, price_minor, *priced = db.execute(_BY_SKU, (product.sku,)).fetchone()
        if event.word is not None:
            db.execute(_KEEP_WORDS, (id,))
        db.execute(_CHANGE, (id, body, category, brand, fact.seq))
        db.execute(_CHANGED, (id, fact.seq))
        if product.price_minor != price_minor:
            _price_from_now(db, fact, id, (price_minor, *priced), product.price_minor, _pricing(db, id, event))
        db.execute("DELETE FROM product_code WHERE product_id = ?", (id,))
        db.execute("DELETE FROM product_attribute WHERE product_id = ?", (id,))
    if product.codes:
        for code in product.codes:
            db.execute(_CODE, (code, id))
    if product.packs:
        packs = [(pack.code, id, pack.units, pack.price_minor, pack.name or None) for pack in product.packs]
        db.executemany(_PACK, packs)
    if product.attributes:
        attributes = product.attributes.items()
        db.executemany(_ATTRIBUTE, [(id, name, v.text, v.low, v.high, v.unit) for name, v in attributes])
    _word(db, fact, id, source, event.word)


def _word(db: Connection, fact: RecordedEvent, id: int, source: Source, word: Product | None) -> None:
    """Save a source's data; NULL means equal to the product."""
    if word is not None and not said_fields(word):
        db.execute("DELETE FROM product_word WHERE product_id = ? AND source = ?", (id, source.name))
        return
    says = "" if word is None else _encode(word).decode()
    at_us = source.at_us or fact.at_us
    db.execute(_WORD, (id, source.name, source.checksum, source.line, at_us, fact.seq, says))


def _change_price(db: Connection, fact: RecordedEvent, event: PriceChanged) -> None:
    source = event.source
    id, price_minor, *priced, others = db.execute(_BY_SKU_OF_SEVERAL, (event.sku, source.name)).fetchone()
    if others:
        db.execute(_KEEP_WORDS, (id,))
    _price_from_now(db, fact, id, (price_minor, *priced), event.price_minor, source.name)
    db.execute(_CHANGED, (id, fact.seq))
    at_us = source.at_us or fact.at_us
    db.execute(_REWORD, (id, source.name, source.checksum, source.line, at_us, fact.seq, event.sku, event.price_minor))


def _pricing(db: Connection, id: int, event: ProductSet) -> str:
    """Source of a product's current price after an event."""
    price_minor, source = event.product.price_minor, event.source.name
    if event.word is None or event.word.price_minor == price_minor:
        return source
    other = db.execute(_SAYS_PRICE, (id, source, price_minor)).fetchone()
    return str(other[0]) if other else source


def _price_from_now(
    db: Connection, fact: RecordedEvent, id: int, before: tuple[Any, ...], price_minor: int | None, source: str
) -> None:
    """Set a store price without an end, and archive the previous price."""
    was_minor, priced_us, priced_by = before
    if was_minor is not None:
        db.execute(_PRICE, (id, "store", 0, priced_us, None, was_minor, priced_by))
    db.execute(_REPRICE, (id, price_minor, fact.at_us, source, fact.seq))


def _save_price(db: Connection, fact: RecordedEvent, event: PriceSet) -> None:
    id = db.execute("UPDATE product SET seq = ? WHERE sku = ? RETURNING id", (fact.seq, event.sku)).fetchone()[0]
    db.execute(_CHANGED, (id, fact.seq))
    db.execute("DELETE FROM price WHERE product_id = ? AND list = ? AND from_us = ?", (id, event.list, event.from_us))
    if event.price_minor is None:
        return
    bound = event.until_us is not None
    values = (id, event.list, bound, event.from_us, event.until_us, event.price_minor, event.source.name)
    db.execute(_PRICE, values)


def _retire_product(db: Connection, fact: RecordedEvent, event: ProductRetired) -> None:
    _given_up(db, fact, event.sku, fact.at_us, event.source.name)


def _restore_product(db: Connection, fact: RecordedEvent, event: ProductRestored) -> None:
    _given_up(db, fact, event.sku, None, None)


def _given_up(db: Connection, fact: RecordedEvent, sku: str, since_us: int | None, by: str | None) -> None:
    sql = "UPDATE product SET retired_us = ?, retired_by = ?, seq = ? WHERE sku = ? RETURNING id"
    id = db.execute(sql, (since_us, by, fact.seq, sku)).fetchone()[0]
    db.execute(_CHANGED, (id, fact.seq))


products = Projector(
    name="products",
    version=1,
    tables=("product", "product_change", "product_code", "product_attribute", "product_word", "price"),
    on={
        ProductSet: _set,
        PriceChanged: _change_price,
        PriceSet: _save_price,
        ProductRetired: _retire_product,
        ProductRestored: _restore_product,
    },
)
