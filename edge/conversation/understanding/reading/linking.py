"""Link the words of a mention to products whose names have all of them, in the sentence's language first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, Literal

import msgspec

from edge.conversation.understanding.lexicon import vocabularies
from edge.conversation.understanding.product_matching import MEETING, TYPO_LETTERS, container, size_of
from edge.conversation.understanding.reading.name_forms import bare_forms, is_said, looked_for, name_forms
from edge.conversation.understanding.reading.same_kind import with_same_kind
from edge.conversation.understanding.reading.statement_words import is_slip, statement_words
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories, skus_below
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.queries import LIMIT, MATCHES_LIMIT, Found, Search
from edge.goods.search.query.text import sizes_in, words_of

Kind = Literal["all", "none"]
SHORT_RUN = 2
KEPT = 4096
"""Names whose words are cached."""
PACK = "pack"


class LinkedMention(msgspec.Struct, frozen=True):
    """The products with all words of a mention, best seller first. If some have exactly this name, only those."""

    products: tuple[CatalogProduct, ...] = ()

    @property
    def skus(self) -> tuple[str, ...]:
        return tuple(one.sku for one in self.products)


class TurnSearch(Search):
    """The search for one turn, on one state of the catalogue. It caches results, as readers look up the same words.

    `named`: products by name word.
    """

    def __init__(self, search: Search) -> None:
        self.minor = search.minor
        self.named: dict[str, tuple[CatalogProduct, ...]] = {}
        self._found: dict[tuple[Any, ...], Found] = {}

    @classmethod
    def of(cls, search: Search) -> TurnSearch:
        """This turn's search, created if needed."""
        return search if isinstance(search, TurnSearch) else cls(search)

    def find(
        self,
        db: Connection,
        text: str,
        limit: Number = LIMIT,
        retired: bool = False,
        at_us: Number | None = None,
        near: bool = True,
    ) -> Found:
        asked = (text, limit, retired, at_us, near)
        if asked not in self._found:
            self._found[asked] = super().find(db, *asked)
        return self._found[asked]


class CatalogueLinker:
    """The catalogue for one sentence in one language, with cached lookups."""

    def __init__(self, db: Connection, search: Search, language: str) -> None:
        self._db, self._search, self.language = db, search, language
        self._naming = search.named if isinstance(search, TurnSearch) else dict[str, tuple[CatalogProduct, ...]]()

    def naming(self, word: str) -> tuple[CatalogProduct, ...]:
        """Products with this word in their names, brand or size."""
        if word not in self._naming:
            met: dict[str, CatalogProduct] = {}
            for form in looked_for(word):
                found = self._search.with_word(self._db, form)
                met |= {one.sku: one for one in found if one.sku not in met and has_words(one, (word,))}
            self._naming[word] = tuple(met.values())
        return self._naming[word]

    def has_word(self, word: str) -> bool:
        """Whether a word, in a form generated from names, occurs in a name."""
        names = (name for product in self.naming(word) for name in product.names.values())
        return any(word in name_forms(one) for name in names for one in _words_in_text(name))

    def names_with(self, word: str) -> list[list[str]]:
        """The names that contain this word, as words."""
        return [words_of(name) for product in self.naming(word) for name in product.names.values()]

    def link(self, words: Sequence[str]) -> LinkedMention:
        """The products that have all these words."""
        content = [word for word in words if word != "%"]
        if not content:
            return LinkedMention()
        named = [
            found for word in content if not word[0].isdigit() and word not in _packs() and (found := self.naming(word))
        ]
        rarest = min(named, key=len, default=())
        if not rarest:
            rarest = self.naming(content[0])
        meeting = [one for one in rarest if has_words(one, words)]
        own = [one for one in meeting if has_words(one, words, self.language)]
        meeting = own or meeting
        whole = [
            one
            for one in meeting
            if any(_is_whole(words, _words_in_text(name)) for name in self._names(one, bool(own)))
        ]
        if meeting and not whole:
            meeting = self.with_same_kind(meeting, content)
        return LinkedMention(tuple((whole or meeting)[:MEETING]))

    def with_same_kind(self, found: Sequence[CatalogProduct], words: Sequence[str]) -> list[CatalogProduct]:
        """The products found for these words, with others of the same kind."""
        return with_same_kind(self._db, self._search, found, words, self.language)

    def respelt(self, word: str) -> str:
        """Return the only name word one letter away from an unknown word; the word itself without exactly one."""
        if len(word) < TYPO_LETTERS or not word.isalpha() or self.naming(word):
            return word
        found = self._search.find(self._db, word, MATCHES_LIMIT).products
        names = {one for product in found if product.retired_us is None for one in _words_in(product)}
        near = {one for one in names if len(one) >= TYPO_LETTERS and one[0] == word[0] and _is_near(word, one)}
        return next(iter(near)) if len(near) == 1 else word

    def numbers_in(self, words: Sequence[str]) -> frozenset[int]:
        """Whole numbers in the names of the matching products, except sizes and percentages: "pack of 6"."""
        found: set[int] = set()
        for product in self.link(words).products:
            for name in map(_words_in_text, product.names.values()):
                sizes = {place for place, _ in sizes_in(name)}
                numbers = ((at, whole_number(one)) for at, one in enumerate(name) if at not in sizes)
                found |= {number for at, number in numbers if number > 1 and name[at + 1 : at + 2] != ("%",)}
        return frozenset(found)

    def _names(self, product: CatalogProduct, own: bool) -> tuple[str, ...]:
        return (
            (product.names[self.language],) if own and self.language in product.names else tuple(product.names.values())
        )

    def run_at(self, words: Sequence[str], at: int, seeds: Sequence[CatalogProduct]) -> int:
        """The number of words from `at` that occur together in one of these products' names; 0 if fewer than two."""
        best = 0
        for product in seeds:
            for name in product.names.values():
                best = max(best, _run(words, at, _words_in_text(name)))
        return best if best >= SHORT_RUN else 0


def whole_number(word: str) -> int:
    """The whole number in a name, in digits or in words of any language; 0 if it isn't one."""
    return (
        int(word) if word.isdigit() else next((one.numbers[word] for one in vocabularies() if word in one.numbers), 0)
    )


def _words_in(product: CatalogProduct) -> set[str]:
    return {word for name in product.names.values() for word in _words_in_text(name)}


def _is_near(word: str, name_word: str) -> bool:
    return any(is_slip(word, form) for form in name_forms(name_word))


def _run(words: Sequence[str], at: int, name: Sequence[str]) -> int:
    best = 0
    for begin in range(len(name)):
        length = 0
        while (
            at + length < len(words)
            and begin + length < len(name)
            and is_said(words[at + length], name[begin + length])
        ):
            length += 1
        best = max(best, length)
    return best


def _is_whole(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these are all words of a name without its size, in any form and order."""
    sizes = {place for at, _ in sizes_in(name) for place in (at, at + 1)}
    kept = [one for place, one in enumerate(name) if place not in sizes and one != "%"]
    said = [one for one in words if one != "%"]
    return len(said) == len(kept) and all(any(is_said(one, of) for of in kept) for one in said)


def comes_by_itself(product: CatalogProduct) -> bool:
    """Whether the product is sold as single items: neither weighed nor packed."""
    return product.unit == "piece" and not (product.box or container(product) or size_of(product))


def goods_of_category(db: Connection, words: Sequence[str], whole: bool = False) -> tuple[str, ...]:
    """Return the products of a category with this name or, unless `whole`, with these words in its name: "wines".

    "And" alone matches nothing.
    """
    if all(any((word,) in one.joiners or (word,) in one.fillers for one in vocabularies()) for word in words):
        return ()
    for category in read_categories(db):
        for name in category.names.values():
            named = words_of(name)
            if whole and len(named) != len(words):
                continue
            if all(any(is_said(word, one) for one in named) for word in words):
                return tuple(skus_below(db, category.id))
    return ()


@lru_cache(maxsize=KEPT)
def _words_in_text(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


@lru_cache(maxsize=KEPT)
def _sizes_in_text(text: str) -> frozenset[str]:
    return frozenset(size for _, size in sizes_in(_words_in_text(text)))


@cache
def _container_words(kind: str, language: str) -> tuple[str, ...]:
    """The words for a container, in this language or ("") in all."""
    known = [one for one in vocabularies() if kind in one.containers and language in ("", one.language)]
    forms = [one.containers[kind] for one in known]
    return tuple(word for one in forms for text in (*one.one, *one.many) for word in words_of(text))


@cache
def _packs() -> frozenset[str]:
    """Words for a pack in all languages."""
    forms = [one.containers[PACK] for one in vocabularies() if PACK in one.containers]
    counted = (word for one in forms for text in (*one.one, *one.many) for word in words_of(text))
    called = (word for one in vocabularies() for phrase in statement_words(one.language).packs for word in phrase)
    return frozenset((*counted, *called))


def _is_pack(word: str, name_word: str) -> bool:
    """Whether both are words for a pack: "pack of batteries" matches "lot de 4 piles"."""
    packs = _packs()
    return name_word in packs and any(bare in packs for bare in bare_forms(word))


def has_words(product: CatalogProduct, words: Sequence[str], language: str = "") -> bool:
    """Whether a product has each of these words in its names (or one language's), brand, size or container."""
    names = [product.names.get(language, "")] if language else list(product.names.values())
    known = [word for text in (*names, product.brand, size_of(product)) for word in _words_in_text(text)]
    sizes = {size for text in (*names, size_of(product)) for size in _sizes_in_text(text)}
    numbers = {word for word in known if word[0].isdigit()}
    if kind := container(product):
        known += _container_words(kind, language)
    measured = dict(sizes_in(words))
    skipped = {place + 1 for place in measured}
    for place, word in enumerate(words):
        if place in skipped or word == "%":
            continue
        if place in measured:
            if measured[place] not in sizes:
                return False
        elif word[0].isdigit():
            if word not in numbers:
                return False
        elif not any(is_said(word, one) or _is_pack(word, one) for one in known):
            return False
    return True
