"""Projects product events to the search index: noted immediately, indexed gradually."""

from __future__ import annotations

from operator import itemgetter

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import names_above, skus_below
from edge.goods.catalog.events import CategorySet, ProductRestored, ProductRetired, ProductSet
from edge.goods.catalog.product import STAFF_ONLY, Product
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.search.index import IndexedDocument, write

AT_A_TIME = 32
"""Products indexed in one turn of the writer: about 2 ms."""

_NOTE = "INSERT OR IGNORE INTO search_todo (sku) VALUES (?)"
_YES = frozenset(("yes", "y", "true", "1", "oui", "vrai", "כן"))


def _set(db: Connection, fact: RecordedEvent, event: ProductSet) -> None:
    db.execute(_NOTE, (event.product.sku,))


def _queue_product(db: Connection, fact: RecordedEvent, event: ProductRetired | ProductRestored) -> None:
    db.execute(_NOTE, (event.sku,))


def _queue_category(db: Connection, fact: RecordedEvent, event: CategorySet) -> None:
    db.executemany(_NOTE, ((sku,) for sku in skus_below(db, event.category.id)))


def _process_pending(db: Connection, turns: int) -> bool:
    """Index some noted products; True if there may be more."""
    limit = turns * AT_A_TIME
    skus = [sku for (sku,) in db.execute("SELECT sku FROM search_todo LIMIT ?", (limit,))]
    if skus:
        # In order of id, because FTS5 flushes its buffer whenever a smaller id follows.
        found = sorted(read_products(db, skus).values(), key=itemgetter(0))
        above = names_above(db, {product.category for _, product, _ in found if product.category})
        write(db, [_document(id, product, retired is not None, above) for id, product, retired in found])
        db.execute("DELETE FROM search_todo WHERE sku IN (SELECT value FROM json_each(?))", (json_text(skus),))
    return len(skus) == limit


def _document(id: int, product: Product, retired: bool, above: dict[str, list[str]]) -> IndexedDocument:
    more = [product.brand or "", *above.get(product.category or "", ()), product.container or ""]
    if product.size:
        more.append(f"{product.size.amount / 1000:.12g} {product.size.measure}")
    more += attribute_words(product)
    more += (product.axes or {}).values()
    packs = product.packs or ()
    more += [pack.name for pack in packs]
    codes = [*(product.codes or ()), *(pack.code for pack in packs)]
    return IndexedDocument(id, list((product.names or {}).values()), list(filter(None, more)), codes, retired)


def attribute_words(product: Product) -> list[str]:
    """Words of its text attributes, including descriptions, but without health claims, which must not be searchable."""
    said = (product.attributes or {}).items()
    words = {name: value.text for name, value in said if value.low is None and value.high is None}
    return [name if text.casefold() in _YES else text for name, text in words.items() if name not in STAFF_ONLY]


search = Projector(
    name="search",
    version=1,
    tables=(
        *("search_product", "search_todo", "search_text", "search_vector"),
        *("search_word", "search_spelling"),
    ),
    on={
        ProductSet: _set,
        ProductRetired: _queue_product,
        ProductRestored: _queue_product,
        CategorySet: _queue_category,
    },
    strict=False,
    process_pending=_process_pending,
)
