"""Maps words in files to the shop's categories. Pure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from edge.goods.catalog.categories.category import Category

NEAR = 3
"""Maximum categories suggested for an unknown word."""


class CategoryWords(msgspec.Struct, frozen=True):
    """Category ids by lower-case word, and `attributes` by lower-case name.

    `closed`: some goods are regulated, so unknown words don't create categories, which would have no minimum age or
    purchase limit.
    """

    ids: dict[str, str] = {}
    attributes: dict[str, str] = {}
    closed: bool = False

    def id_of(self, word: str) -> str | None:
        """The category of a word, if known."""
        return self.ids.get(_plain(word))

    def attribute(self, word: str) -> str:
        """The attribute for a column's name; otherwise the name unchanged."""
        return self.attributes.get(_plain(word), word)

    def near(self, word: str) -> list[str]:
        """The known words most similar to an unknown word."""
        return difflib.get_close_matches(_plain(word), list(self.ids), NEAR)


NO_WORDS = CategoryWords()


def words_of(categories: Iterable[Category]) -> CategoryWords:
    """Words for a shop's categories: its own unambiguous names first, then suppliers' words."""
    known = {category.id: category for category in categories}
    ids = {word: id for word, id in supplier_words().items() if id in known}
    named: dict[str, set[str]] = {}
    for id, category in known.items():
        for name in category.names.values():
            named.setdefault(_plain(name), set()).add(id)
    ids |= {name: next(iter(of)) for name, of in named.items() if len(of) == 1}
    return CategoryWords(ids, _attributes(known.values()), any(category.regulated for category in known.values()))


def _attributes(categories: Iterable[Category]) -> dict[str, str]:
    """Attribute names with a single meaning."""
    named: dict[str, set[str]] = {}
    for category in categories:
        for id, attribute in category.attributes.items():
            for name in (id, *(attribute.names or {}).values()):
                named.setdefault(_plain(name), set()).add(id)
    return {name: next(iter(of)) for name, of in named.items() if len(of) == 1}


@cache
def supplier_words() -> dict[str, str]:
    """The suppliers' words in category_words.toml."""
    text = files("edge.goods.ingest.mapping").joinpath("category_words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["words"], dict[str, str])


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
