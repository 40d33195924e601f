"""Products of the same kind without the word in their name: "coffee" also means the espresso beans, if both are "cafés"
in another language, as is their category."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.reading.name_forms import is_said
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.queries import MATCHES_LIMIT, Search
from edge.goods.search.query.text import words_of


def with_same_kind(
    db: Connection, search: Search, found: Sequence[CatalogProduct], words: Sequence[str], language: str
) -> list[CatalogProduct]:
    """The products found for one word, plus products of the category whose name has its equivalent in another language.
    The category's name must contain both."""
    added = list(found)
    categories = {one.category for one in found}
    if len(words) != 1 or len(categories) != 1 or not (category := read_category(db, *categories)):
        return added
    if not any(is_said(words[0], one) for one in words_of(category.names.get(language, ""))):
        return added
    for other, name in category.names.items():
        if other == language:
            continue
        kinds = [kind for kind in words_of(name) if all(_is_called(one, kind, other) for one in found)]
        for kind in kinds:
            for one in search.find(db, kind, MATCHES_LIMIT, near=False).products:
                if one.category == category.id and one.retired_us is None and _is_called(one, kind, other):
                    added += [one] if one.sku not in {known.sku for known in added} else []
    return added


def _is_called(product: CatalogProduct, kind: str, language: str) -> bool:
    return any(is_said(one, kind) or is_said(kind, one) for one in words_of(product.names.get(language, "")))
