"""What words of a file mean of the shop's categories. Pure."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from edge.goods.catalog.categories.category import Category

NEAR = 3
"""Categories that are named beside a word that is none."""


class CategoryWords(msgspec.Struct, frozen=True):
    """The ids by word in small letters, and so those of the `attributes` that categories have. `closed`: some of the
    shop's goods are regulated, so that a word that is no category makes none: in one that nobody set up neither age nor
    limit would be asked."""

    ids: dict[str, str] = {}
    attributes: dict[str, str] = {}
    closed: bool = False

    def id_of(self, word: str) -> str | None:
        """The category that a word means, where one is known."""
        return self.ids.get(_plain(word))

    def attribute(self, word: str) -> str:
        """What a column's name is of the categories' attributes; else as it is written."""
        return self.attributes.get(_plain(word), word)

    def near(self, word: str) -> list[str]:
        """The words that are most like one that is not known."""
        return difflib.get_close_matches(_plain(word), list(self.ids), NEAR)


NO_WORDS = CategoryWords()


def words_of(categories: Iterable[Category]) -> CategoryWords:
    """The words for a shop's categories: those of its suppliers, and before them what the shop itself calls them, as
    far as it calls only one so."""
    known = {category.id: category for category in categories}
    ids = {word: id for word, id in supplier_words().items() if id in known}
    named: dict[str, set[str]] = {}
    for id, category in known.items():
        for name in category.names.values():
            named.setdefault(_plain(name), set()).add(id)
    ids |= {name: next(iter(of)) for name, of in named.items() if len(of) == 1}
    return CategoryWords(ids, _attributes(known.values()), any(category.regulated for category in known.values()))


def _attributes(categories: Iterable[Category]) -> dict[str, str]:
    """What the attributes of categories are called, each by what it means; a word for several means none."""
    named: dict[str, set[str]] = {}
    for category in categories:
        for id, attribute in category.attributes.items():
            for name in (id, *(attribute.names or {}).values()):
                named.setdefault(_plain(name), set()).add(id)
    return {name: next(iter(of)) for name, of in named.items() if len(of) == 1}


@cache
def supplier_words() -> dict[str, str]:
    """Those of category_words.toml."""
    text = files("edge.goods.ingest.mapping").joinpath("category_words.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["words"], dict[str, str])


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
