"""Applies accepted translations with the commands of the capability that owns the name."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.commands import SetText
from edge.foundation.settings.queries import read_texts
from edge.goods.catalog.categories.queries import read_categories, read_category
from edge.goods.catalog.commands import SetCategories, SetProducts, UndoChanges
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.goods.catalog.sources.queries import words_of
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.queries import read_promotion


def call_so(tx: Transaction, key: str, language: str, text: str, source: str) -> tuple[int, int]:
    """Set the name of `key` in a language; "" removes it, except for a product.

    Returns the first and last journal row in which a product changed (0: none). Raises `Refusal` if the item has ended
    or no longer exists.
    """
    kind, _, id = key.partition("/")
    if kind != "product":
        _call_other(tx, key, language, text, source)
        return 0, 0
    names = {**_source_names(tx, id, source), language: text}  # a source always sets all its names together
    done = tx.do(SetProducts((Product(id, names=names),), Source(source)))
    changed = find_by_sku(tx.db, id) if done.events else None
    return done.first_seq, changed.seq if changed else 0


def take_back_product(tx: Transaction, key: str, rows: tuple[int, int], source: str) -> bool:
    """Undo `call_so` for a product. Returns False if the product has changed since."""
    first, last = rows
    sku = key.removeprefix("product/")
    return not first or not tx.do(UndoChanges(((sku, first, last),), Source(source))).result


def _call_other(tx: Transaction, key: str, language: str, text: str, source: str) -> None:
    kind, _, id = key.partition("/")
    match kind:
        case "category":
            if category := read_category(tx.db, id):
                called = replace(category, names=_names_with(category.names, language, text))
                tx.do(SetCategories((called,), Source(source), whole=True))
        case "attribute":
            _call_attribute(tx, id, language, text, source)
        case "promotion":
            _call_promotion(tx, key, language, text)
        case _:
            _call_text(tx, key, language, text)


def _names_with(names: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    """Names with the name in one language replaced; "" removes it."""
    return {**{one: name for one, name in names.items() if one != language}, **({language: text} if text else {})}


def _source_names(tx: Transaction, sku: str, source: str) -> dict[str, str]:
    """A source's names of a product, by language."""
    known = read_products(tx.db, [sku])[sku][0]
    words = words_of(tx.db, [known]).get(known, [])
    return next((dict(word.product.names or {}) for word in words if word.source.name == source), {})


def _call_attribute(tx: Transaction, id: str, language: str, text: str, source: str) -> None:
    """Set the name of an attribute. `id`: the ids of category and attribute, joined by `/`; either may
    contain a `/`.
    """
    for category in read_categories(tx.db):
        name = id.removeprefix(f"{category.id}/")
        attribute = category.attributes.get(name) if name != id else None
        if attribute is not None:
            called = replace(attribute, names=_names_with(attribute.names or {}, language, text))
            changed = replace(category, attributes={**category.attributes, name: called})
            tx.do(SetCategories((changed,), Source(source), whole=True))
            return


def _call_promotion(tx: Transaction, key: str, language: str, text: str) -> None:
    """Rename a promotion. Raises `Refusal` if it has ended, because setting it would restart it."""
    known = read_promotion(tx.db, key.removeprefix("promotion/"))
    if known is None or (known.until_us is not None and known.until_us <= tx.at_us):
        raise Refusal("translation_outdated", {"named": key})
    tx.do(SetPromotion(replace(known.promotion, names=_names_with(known.promotion.names, language, text))))


def _call_text(tx: Transaction, key: str, language: str, text: str) -> None:
    known = next((one for one in read_texts(tx.db) if f"text/{one.id}" == key), None)
    if known is None or known.until_us <= tx.at_us:
        raise Refusal("translation_outdated", {"named": key})
    texts = _names_with(known.texts, language, text)
    tx.do(SetText(known.id, known.place, texts, known.from_us, known.until_us, known.by))
