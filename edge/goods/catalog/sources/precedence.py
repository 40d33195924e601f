"""Merging of sources by precedence, field by field. Pure.

The highest-ranking source that specifies a field decides it; among equals the newest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from edge.goods.catalog.product import KEYED, KEYS_LIMIT, MANAGER, Product, said_fields

ENRICHMENT = ("genetics", "terpenes", "effects")
"""Sources that describe kinds of goods rather than the shop's products. They only fill in missing values."""


class SourcePrecedence:
    """Ranks of sources: configured sources in order, then all others equally, then `ENRICHMENT`.

    Manual changes come first unless the configuration ranks them. `office_fields`: fields for which head office comes
    first.
    """

    def __init__(self, sources: Sequence[str], office_fields: Sequence[str] = ()) -> None:
        self.sources = tuple(sources)
        self.office_fields = tuple(office_fields)
        self._ranks = {name: place for place, name in enumerate(sources, 1)}
        self._ranks.setdefault(MANAGER, 0)
        self._last = len(sources) + 1
        for name in ENRICHMENT:
            self._ranks.setdefault(name, self._last + 1)

    def of(self, source: str) -> int:
        """The source's rank; smaller is higher."""
        return self._ranks.get(source, self._last)


def merge(sku: str, words: Iterable[Product]) -> Product:
    """Merge sources' data, highest precedence first."""
    merged: dict[str, Any] = {}
    for word in words:
        for field, value in said_fields(word).items():
            if field in KEYED:
                merged[field] = {**value, **merged.get(field, {})}
            else:
                merged.setdefault(field, value)
    return Product(sku, **merged)


def spoken_on(before: Product | None, word: Product) -> Product:
    """A source's new data combined with its earlier fields."""
    if before is None:
        return word
    fields = said_fields(before) | said_fields(word)
    for field in KEYED & fields.keys():
        newest, older = getattr(word, field) or {}, getattr(before, field) or {}
        if getattr(word, field) == {}:
            continue  # an explicitly empty value clears the field
        room = KEYS_LIMIT[field] - len(newest)
        kept = [key for key in older if key not in newest][:room]
        fields[field] = {**{key: older[key] for key in older if key in newest or key in kept}, **newest}
    return Product(word.sku, **fields)


def deciding(words: Iterable[tuple[str, Product]]) -> dict[str, str]:
    """The deciding source of each field (`names.fr`, `attributes.THC`); `words` as in `merge`."""
    decided: dict[str, str] = {}
    for source, word in words:
        for field, value in said_fields(word).items():
            keys = [f"{field}.{key}" for key in value] if field in KEYED else [field]
            for key in keys:
                decided.setdefault(key, source)
    return decided
