"""Names of a shop that questions may contain: categories, places, people, suppliers, promotions, products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.name_forms import bare_forms, is_said, name_forms
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.text import all_forms, words_of

RUN_BACK = 3
"""Words before a word of a name that may also belong to the name."""
NAMED = 6
BRAND_WORDS = 4
RANKED_MOST = 40
_VOWELS = frozenset("aeiouyאהויע")
_SOUNDS = (
    *("bvב", "gג", "dד", "zז", "tטת", "kcqכק", "lל", "mמ", "nנ", "sxסשצ", "pfפ", "rר", "hח"),
    *("j",),
)
_SOUND_OF = {letter: str(number) for number, letters in enumerate(_SOUNDS) for letter in letters}


class ShopName(NamedTuple):
    """A name in the shop: its dimension, and its `id` there."""

    dimension: str
    id: str


class LinkedWords(NamedTuple):
    """Meaning of words outside the vocabulary: a name, or several candidate products; neither if unknown."""

    name: ShopName | None = None
    several: tuple[str, ...] = ()


class ShopNames(msgspec.Struct, frozen=True):
    """Names by the forms of their first word; `people`: ids by first name."""

    phrases: dict[str, list[tuple[tuple[str, ...], ShopName]]]
    categories: dict[str, tuple[frozenset[str], ...]]
    people: dict[str, str]
    labels: dict[ShopName, Mapping[str, str]]
    brands: dict[tuple[str, ...], str] = {}

    def brand_at(self, words: Sequence[str], at: int) -> tuple[int, ShopName] | None:
        """Return the longest brand at a word, with its length."""
        for length in range(min(BRAND_WORDS, len(words) - at), 0, -1):
            if brand := self.brands.get(tuple(words[at : at + length])):
                return length, ShopName("brand", brand)
        return None

    def at(self, words: Sequence[str], at: int) -> tuple[int, ShopName] | None:
        """Return the longest full name at a word, with its length; None if there is none or it's ambiguous."""
        found: dict[int, set[ShopName]] = {}
        for form in dict.fromkeys((*bare_forms(words[at]), *all_forms(words[at]))):
            for name, meant in self.phrases.get(form, ()):
                end = at + len(name)
                if end <= len(words) and all(is_said(*pair) for pair in zip(words[at:end], name, strict=True)):
                    found.setdefault(len(name), set()).add(meant)
        longest = found.get(max(found, default=0), set())
        return (max(found), next(iter(longest))) if len(longest) == 1 else None

    def category_of(self, words: Sequence[str]) -> list[str]:
        """Categories with all these words in one of their names."""
        return [
            id
            for id, names in self.categories.items()
            if any(all(any(is_said(word, one) for one in name) for word in words) for name in names)
        ]

    def person_of(self, words: Sequence[str]) -> list[str]:
        """People whose name sounds the same in another script: "דנה" is Dana."""
        said = "".join(bare_forms(words[0])[:1]) if len(words) == 1 else ""
        sounds = {_sound(form) for form in bare_forms(said)} if said else set()
        script = _is_hebrew(said)
        return [id for name, id in self.people.items() if _is_hebrew(name) != script and _sound(name) in sounds]


def names_of_shop(
    named: Iterable[tuple[str, str, Mapping[str, str]]], people: Mapping[str, str], brands: Iterable[str] = ()
) -> ShopNames:
    """The names of a shop, from (dimension, id, names by language), `people` (names by id) and `brands`."""
    phrases: dict[str, list[tuple[tuple[str, ...], ShopName]]] = {}
    categories: dict[str, tuple[frozenset[str], ...]] = {}
    labels: dict[ShopName, Mapping[str, str]] = {}

    def add(text: str, meant: ShopName) -> None:
        if name := tuple(words_of(text)):
            for form in name_forms(name[0]) | set(all_forms(name[0])):
                phrases.setdefault(form, []).append((name, meant))

    for dimension, id, names in named:
        meant = ShopName(dimension, id)
        for text in (*names.values(), id):
            add(text, meant)
        if dimension == "category":
            categories[id] = tuple(frozenset(words_of(text)) for text in names.values())
        labels[meant] = names or {"": id}
    first_names: dict[str, list[str]] = {}
    for id, name in people.items():
        add(name, ShopName("person", id))
        labels[ShopName("person", id)] = {"": name}
        if len(words_of(name)) > 1:
            first_names.setdefault(words_of(name)[0], []).append(id)
    for first, ids in first_names.items():
        if len(ids) == 1:
            add(first, ShopName("person", ids[0]))
    spoken = {words_of(name)[0]: id for id, name in people.items() if words_of(name)}
    called = {tuple(words_of(one)): one for one in brands}
    return ShopNames(phrases, categories, spoken, labels, called)


def stretch(linker: CatalogueLinker, words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the span of words around a word that occur together in a product name; otherwise only that word."""
    seeds = linker.naming(words[at])
    best = (at, at + 1)
    for begin in range(max(0, at - RUN_BACK), at + 1):
        length = linker.run_at(words, begin, seeds) if seeds else 0
        if begin + length > at and length > best[1] - best[0]:
            best = begin, begin + length
    return best


def link_names(names: ShopNames, linker: CatalogueLinker, words: Sequence[str]) -> LinkedWords:
    """The meaning of words outside the vocabulary: a category, products or a person; full names come first."""
    goods = linker.link(words).products
    groups = names.category_of(words)
    if len(goods) == 1 and not (groups and not _is_called(goods[0], words)):
        return LinkedWords(ShopName("product", goods[0].sku))
    if groups and not goods and len(groups) == 1:
        return LinkedWords(ShopName("category", groups[0]))
    if goods or len(groups) > 1:
        called = [_label(names.labels[ShopName("category", id)], linker.language) for id in groups]
        return LinkedWords(several=(*called, *_labels(goods, linker.language))[:NAMED])
    people = names.person_of(words)
    return LinkedWords(ShopName("person", people[0])) if len(people) == 1 else LinkedWords()


def goods_called(names: ShopNames, linker: CatalogueLinker, words: Sequence[str]) -> tuple[str, ...]:
    """Return the products that share a single word, as in a ranking of "beers"; () if it names one, too many (more than
    RANKED_MOST) or a category, or if there are several words.
    """
    found = linker.naming(words[0]) if len(words) == 1 and not names.category_of(words) else ()
    return tuple(one.sku for one in found) if 1 < len(found) <= RANKED_MOST else ()


def _is_called(product: CatalogProduct, words: Sequence[str]) -> bool:
    """Whether these words include every word of one of the product's names."""
    wholes = (words_of(name) for name in product.names.values())
    return any(all(any(is_said(word, one) for word in words) for one in name) for name in wholes)


def _labels(goods: Iterable[CatalogProduct], language: str) -> Iterator[str]:
    for one in goods:
        yield _label(one.names or {"": one.sku}, language)


def _label(names: Mapping[str, str], language: str) -> str:
    return names.get(language) or next(iter(names.values()))


def _is_hebrew(text: str) -> bool:
    return any("א" <= letter <= "ת" for letter in text)


def _sound(name: str) -> tuple[bool, str, bool]:
    """A name's sound independent of script: whether it begins with a vowel, its consonants, and its ending."""
    letters = [letter for letter in name if letter.isalpha()]
    if not letters:
        return False, "", False
    kept = [_SOUND_OF.get(letter, "") for letter in letters if letter not in _VOWELS and letter not in "h"]
    return letters[0] in _VOWELS, "".join(kept), letters[-1] in _VOWELS or letters[-1] == "h"
