"""Reverts product changes inside the transaction, to the state before a journal row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from edge.core.journal.archive import archived_through
from edge.core.registry import Transaction
from edge.goods.catalog.commands import UndoChanges
from edge.goods.catalog.events import PriceChanged, PriceSet, ProductRestored, ProductRetired, ProductSet
from edge.goods.catalog.office_fields import is_office, locked_fields
from edge.goods.catalog.product import Product, Source, content_of, said_fields
from edge.goods.catalog.queries import measured_parts, owners_of
from edge.goods.catalog.sources.apply import codes_of

_replace = msgspec.structs.replace
_PRODUCT = "SELECT id, seq FROM product WHERE sku = ?"
_SEQS = """
    SELECT seq FROM product_change WHERE product_id = ?1 AND seq {0} ?2
    UNION SELECT ?1 WHERE ?1 {0} ?2 ORDER BY seq {1}
"""
CHANGES = 200
"""Maximum newest changes of a product searched for its earlier values. Earlier changes can't be undone."""


class Before(msgspec.Struct):
    """Previous state: the product, the source's data, and whether it was retired."""

    product: Product | None = None
    word: Product | None = None
    word_found: bool = False
    retired: bool | None = None

    def is_whole(self) -> bool:
        return self.product is not None and self.word_found and self.retired is not None


def undo_changes(tx: Transaction, command: UndoChanges) -> tuple[str, ...]:
    """Revert products.

    Returns the SKUs skipped: their earlier state isn't available, they have changed since, recipes need the size they
    would lose, or head office controls a field.
    """
    sources = (command.source, *command.also)
    return tuple(sku for sku, since, last in command.changes if not _undo_product(tx, sku, since, last, sources))


def _undo_product(tx: Transaction, sku: str, since: int, last: int, sources: Sequence[Source]) -> bool:
    found = tx.db.execute(_PRODUCT, (sku,)).fetchone()
    if found is None or found[1] != last or since <= archived_through(tx.db):
        return False
    id = int(found[0])
    later = [tx.read(seq).event for (seq,) in tx.db.execute(_SEQS.format(">=", "ASC"), (id, since))]
    by_name = {one.name: one for one in sources}
    said_by = [getattr(event, "source").name for event in later]  # noqa: B009 - all events of a product
    if not by_name.keys() >= set(said_by):
        return False
    befores: dict[str, Before] = {}
    for name in dict.fromkeys(said_by) or (sources[0].name,):
        if (found_before := _before(tx, id, since, name)) is None:
            return False
        befores[name] = found_before
    name, before = next(reversed(befores.items()))
    source = by_name[name]
    if _is_poured_by_size(tx, id, before.product) or _is_locked(tx, id, before.product, source):
        return False
    for event, name in zip(later, said_by, strict=True):
        if isinstance(event, PriceSet) and event.price_minor is not None:
            tx.append(PriceSet(sku, event.list, None, event.from_us, None, by_name[name]))
    now = _now(tx, id)
    if before.product is None:  # a new product: withdraw all data of these sources, and retire it
        for name in befores:
            tx.append(ProductSet(_replace(now, category=None), by_name[name], Product(sku)))
        if not any(isinstance(event, ProductRetired) for event in later):
            tx.append(ProductRetired(sku, source))
        return True
    product = _with_free_codes(tx, before.product)
    for name, own in befores.items():
        if any(isinstance(event, ProductSet | PriceChanged) and event.source.name == name for event in later):
            tx.append(ProductSet(product, by_name[name], own.word or Product(sku)))
    retired = tx.db.execute("SELECT retired_us IS NOT NULL FROM product WHERE id = ?", (id,)).fetchone()[0]
    if bool(retired) != bool(before.retired):
        tx.append(ProductRetired(sku, source) if before.retired else ProductRestored(sku, source))
    return True


def _is_locked(tx: Transaction, id: int, before: Product | None, source: Source) -> bool:
    """Whether reverting to `before` would change a field controlled by head office."""
    if before is None or is_office(tx, source):
        return False
    now = _now(tx, id)
    return any(getattr(before, field) != getattr(now, field) for field in locked_fields(tx.db, before.sku))


def _is_poured_by_size(tx: Transaction, id: int, before: Product | None) -> bool:
    """Whether a recipe uses the product by a measure whose content would become unknown."""
    if before is None or before.size == _now(tx, id).size:
        return False
    return any(sku == before.sku and not content_of(before, measure) for sku, measure in measured_parts(tx.db))


def _before(tx: Transaction, id: int, since: int, source: str) -> Before | None:
    """Reconstruct the state before `since` from newer changes; None if it isn't available locally."""
    if id >= since:
        return Before()
    before = Before()
    price: dict[str, int | None] = {}
    for event in _events(tx, id, since):
        match event:
            case PriceChanged():
                price.setdefault("product", event.price_minor)
                if event.source.name == source:
                    price.setdefault("word", event.price_minor)
            case ProductSet():
                before.product = before.product or _with_price(event.product, price, "product")
                if event.source.name == source and not before.word_found:
                    word = event.word or event.product
                    before.word, before.word_found = (
                        _with_price(word, price, "word") if said_fields(word) else None,
                        True,
                    )
                price.setdefault("product", None)
            case ProductRetired() | ProductRestored() if before.retired is None:
                before.retired = isinstance(event, ProductRetired)
        if before.is_whole():
            return before
    reached = tx.db.execute(_SEQS.format("<", "DESC") + " LIMIT 1 OFFSET ?3", (id, since, CHANGES)).fetchone()
    if reached or id <= archived_through(tx.db):
        return None
    if not before.word_found and "word" in price:
        before.word = Product(before.product.sku if before.product else "", price_minor=price["word"])
    before.retired = bool(before.retired)
    return before


def _events(tx: Transaction, id: int, since: int) -> Iterator[Any]:
    kept = archived_through(tx.db)
    seqs = [seq for (seq,) in tx.db.execute(_SEQS.format("<", "DESC") + " LIMIT ?3", (id, since, CHANGES))]
    for seq in seqs:
        if seq > kept:
            yield tx.read(seq).event


def _with_price(product: Product, price: dict[str, int | None], key: str) -> Product:
    found = price.get(key)
    return product if found is None else _replace(product, price_minor=found)


def _now(tx: Transaction, id: int) -> Product:
    (body,) = tx.db.execute("SELECT body FROM product WHERE id = ?", (id,)).fetchone()
    return msgspec.json.decode(body, type=Product)


def _with_free_codes(tx: Transaction, product: Product) -> Product:
    """The product without codes that another product has received since."""
    owners = owners_of(tx.db, codes_of(product))
    taken = {code for code, owner in owners.items() if owner != product.sku}
    if not taken:
        return product
    codes = tuple(code for code in product.codes or () if code not in taken)
    packs = tuple(pack for pack in product.packs or () if pack.code not in taken)
    return _replace(product, codes=product.codes and codes, packs=product.packs and packs)
