"""Match a name to products: the search proposes, and products with every word of the name count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec

from edge.conversation.understanding.lexicon import vocabularies
from edge.conversation.understanding.reading.name_forms import is_said, name_forms
from edge.conversation.understanding.reading.same_kind import with_same_kind
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.queries import MATCHES_LIMIT, Search
from edge.goods.search.query.text import all_forms, sizes_in, words_of
from edge.lib.i18n import LANGUAGES
from edge.lib.late_import import LateModule
from edge.lib.units.containers import container_forms, container_of
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

if TYPE_CHECKING:
    from rapidfuzz.distance import OSA
else:
    OSA = LateModule("rapidfuzz.distance.OSA")

_PARTS = re.compile(r"[,;()–—]")
"""Separators between the product and its pack in a name."""
MEETING = 24
"""Maximum matching products offered in pages; if more match, the best sellers are offered."""
NEAREST = 3
PART_WORDS, PART_LETTERS = 4, 3
"""If no product has the whole name, search for this many of its words, each with at least this many letters."""
NAME_DIGITS = 4
"""A number with at least this many digits may be a name ("1664"); a shorter one is an amount or a size."""
TYPO_LETTERS = 5
"""Words of at least this many letters may have one typo."""

DOZEN = 12_000
PACK = 6_000
"""A smaller number in a name, in thousandths, is a variety or part of the name rather than a pack size."""

Field = Literal["container", "size", "brand", "name"]


class NameMatch(msgspec.Struct, frozen=True):
    """The products that match a name, best seller first.

    They have all its words (`all`), all with one letter wrong (`near`), or are only the likeliest (`none`). `more`:
    further products match.
    """

    text: str
    kind: Literal["all", "near", "none"]
    skus: tuple[str, ...]
    more: bool = False


def match(db: Connection, search: Search, text: str, contiguous: bool = False, language: str = "") -> NameMatch:
    """Match the words of a name, preferring products that have them in this `language`. `contiguous`: the words must be
    adjacent in the name."""
    words = words_of(text)
    if not words:
        return NameMatch(text, "none", ())
    if contiguous and (digits := _in_digits(words)) != words:
        spelt = _side_by_side_of(db, search, text)
        return (
            spelt if spelt.skus else msgspec.structs.replace(_side_by_side_of(db, search, " ".join(digits)), text=text)
        )
    if contiguous:
        return _side_by_side_of(db, search, text)
    products = search.find(db, text, MATCHES_LIMIT).products
    found = [one for one in products if one.retired_us is None]
    meeting = [one for one in found if meets(one, words)]
    if all(word.isdigit() and len(word) < NAME_DIGITS for word in words):
        meeting = [one for one in meeting if text in one.codes]  # a size or a number in its name doesn't identify it
    own = [one for one in meeting if language in one.names and meets(one, words, language=language)]
    meeting = own or meeting
    if exact := [
        one for one in meeting if any(_same(words, words_of(name)) for name in _names(one, language if own else ""))
    ]:
        meeting = exact
    elif meeting and own:
        meeting = with_same_kind(db, search, meeting, words, language)
    if meeting:
        return NameMatch(text, "all", _skus(meeting[:MEETING]), len(meeting) > MEETING)
    near = [one for one in found if meets(one, words, typos=True)]
    if near:
        return NameMatch(text, "near", _skus(near[:MEETING]), len(near) > MEETING)
    alike = [one for one in found if _resembles(one, words)]
    return NameMatch(text, "none", _skus((alike or _partly(db, search, words))[:NEAREST]))


def _resembles(product: CatalogProduct, words: Sequence[str]) -> bool:
    """Whether a word may be a misspelling of one of the product's, with up to a third of its letters wrong.

    A word that shares only an ending, such as the plural's, doesn't resemble it.
    """
    known = _words_of_product(
        _names(product, ""), product.brand, product.container or "", size_of(product), *product.codes
    )
    asked = {form for word in words for form in (name_forms(word) if _is_hebrew(word) else all_forms(word))}
    return any(
        OSA.distance(word, one, score_cutoff=allowed) <= allowed
        for word in (*words, *asked)
        for one in known
        if (allowed := max(len(word), len(one)) // 3) >= abs(len(word) - len(one))
    )


def _side_by_side_of(db: Connection, search: Search, text: str) -> NameMatch:
    words = words_of(text)
    found = [one for one in search.find(db, text, MATCHES_LIMIT, near=False).products if one.retired_us is None]
    side = [one for one in found if any(_side_by_side(words, words_of(name)) for name in one.names.values())]
    return NameMatch(text, "all" if side else "none", _skus(side[:MEETING]))


def longest_run(db: Connection, search: Search, words: Sequence[str], begin: int, end: int) -> tuple[int, int]:
    """The longest stretch of a sentence around these words that occurs in a product name; empty if none does."""
    found = search.find(db, " ".join(words[begin:end]), MATCHES_LIMIT, near=False).products
    names = [words_of(name) for one in found if one.retired_us is None for name in one.names.values()]
    best = (begin, begin)
    for name in names:
        for first in range(max(0, end - len(name)), begin + 1):
            for last in range(min(len(words), first + len(name)), end - 1, -1):
                if last - first <= best[1] - best[0]:
                    break
                if _side_by_side(words[first:last], name):
                    best = (first, last)
                    break
    return best


def _in_digits(words: Sequence[str]) -> list[str]:
    """The words with numbers as digits, as in product names: "seven up" becomes "7 Up"."""
    numbers = [one.numbers for one in vocabularies()]
    return [next((str(said[word]) for said in numbers if said.get(word, 0) > 1), word) for word in words]


def _partly(db: Connection, search: Search, words: Sequence[str]) -> list[CatalogProduct]:
    """Return products with some of the words, best match first. They are only offered as options."""
    asked = [word for word in words if len(word) >= PART_LETTERS][:PART_WORDS]
    if len(asked) < 2:
        return []
    met: dict[str, CatalogProduct] = {}
    for word in asked:
        proposed = search.find(db, word, NEAREST, near=False).products
        met |= {one.sku: one for one in proposed if one.retired_us is None and meets(one, [word])}
    return sorted(met.values(), key=lambda one: -sum(meets(one, [word]) for word in asked))


def _skus(products: Iterable[CatalogProduct]) -> tuple[str, ...]:
    return tuple(product.sku for product in products)


def _names(product: CatalogProduct, language: str) -> tuple[str, ...]:
    """A product's name in one language, or in all."""
    return (product.names[language],) if language in product.names else tuple(product.names.values())


def meets(product: CatalogProduct, words: Sequence[str], typos: bool = False, language: str = "") -> bool:
    """Whether a product has each of these words in some form: in its names (or one language's), brand, size or
    container."""
    known = _words_of_product(
        _names(product, language), product.brand, product.container or "", size_of(product), *product.codes
    )
    sizes = dict(sizes_in(words))
    skipped = {place + 1 for place in sizes}
    for place, word in enumerate(words):
        if place in skipped or word == "%":
            continue
        if _is_hebrew(word) and not typos:  # without its ending, Hebrew "creams" would be "oil"
            if any(is_said(word, one) for one in known):
                continue
            return False
        if typos and _is_hebrew(word):
            known = known | {form for one in known if _is_hebrew(one) for form in name_forms(one)}
        asked = {sizes[place]} if place in sizes else set(all_forms(word))
        if not asked & known and not (typos and _nearly(word, known)):
            return False
    return True


def is_named_whole(product: CatalogProduct, text: str) -> bool:
    """Whether as many words were said as the name has, not counting sizes, so that only letters differ."""
    said = len([word for word in words_of(text) if word.isalpha()])
    return any(
        said == len([word for place, word in enumerate(words_of(name)) if _is_content(words_of(name), place)])
        for name in product.names.values()
    )


def _is_content(words: Sequence[str], place: int) -> bool:
    sizes = {one for at, _ in sizes_in(words) for one in (at, at + 1)}
    return words[place].isalpha() and place not in sizes


def _is_hebrew(word: str) -> bool:
    return "א" <= word[:1] <= "ת"


@lru_cache(maxsize=4_096)
def _words_of_product(names: tuple[str, ...], brand: str, container: str, size: str, *codes: str) -> frozenset[str]:
    found = set(codes)
    for text in (*names, brand, size):
        words = words_of(text)
        found.update(size for _, size in sizes_in(words))
        for word in words:
            found.update((word,) if _is_hebrew(word) else all_forms(word))
    if id := container_of(container):
        for one in vocabularies():
            forms = one.containers.get(id)
            for text in (*forms.one, *forms.many) if forms else ():
                for word in words_of(text):
                    found.update((word,) if _is_hebrew(word) else all_forms(word))
    return frozenset(found)


def _nearly(word: str, known: frozenset[str]) -> bool:
    if len(word) < TYPO_LETTERS or not word.isalpha():
        return False
    return any(abs(len(one) - len(word)) < 2 and OSA.distance(word, one, score_cutoff=1) <= 1 for one in known)


def _side_by_side(words: Sequence[str], name: Sequence[str]) -> bool:
    places = range(len(name) - len(words) + 1)
    return any(
        all(word in all_forms(said) or said in all_forms(word) for said, word in zip(words, name[at:], strict=False))
        for at in places
    )


def _same(words: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these are all words of a name, in any form and order."""
    if len(words) != len(name):
        return False
    left = [set(all_forms(word)) for word in name]
    for word in words:
        place = next((n for n, forms in enumerate(left) if forms & set(all_forms(word))), None)
        if place is None:
            return False
        left.pop(place)
    return True


def packs_of(product: CatalogProduct, amount: int) -> int:
    """Return the packs that this amount may mean ("a dozen eggs" of "Eggs, 12"), in thousandths; 0 if none."""
    if amount < PACK or amount % THOUSANDTHS:
        return 0
    if _comes_by_the_dozen(product) and amount % DOZEN == 0:
        return amount // DOZEN * THOUSANDTHS
    named = (words_of(name) for name in product.names.values())
    return THOUSANDTHS if any(show_quantity(amount) in (set(words) - _measures(words)) for words in named) else 0


def is_sold_in_packs(product: CatalogProduct) -> bool:
    """Whether the name states a pack size ("eggs, carton of 12"), so that a count of eggs is ambiguous."""
    if _comes_by_the_dozen(product):
        return True
    for name in product.names.values():
        words = words_of(name)
        for at, word in enumerate(words):
            holds = word.isdigit() and int(word) * THOUSANDTHS >= PACK and word not in _measures(words)
            if holds and any(container_of(one) for one in words[max(0, at - 2) : at]):
                return True
    return False


def says_pack(product: CatalogProduct, text: str) -> bool:
    """Whether these words contain the pack in the product's name ("2 rolls", of "Bin bags, roll of 10").

    The pack follows the goods, after a comma or before "of": "Eggs, 12" and "Free range eggs 12" state no pack.
    """
    said = words_of(text)
    for name in product.names.values():
        for place, part in enumerate(_PARTS.split(name)):
            words = words_of(part)
            for at, word in enumerate(words):
                if not word.isdigit() or int(word) < 2 or word in _measures(words):
                    continue
                packs = [one for one in range(max(0, at - 2), at) if len(words[one]) >= PART_LETTERS][-1:]
                named = [words[one] for one in packs if place or 0 < one < at - 1]
                if any(is_said(one, pack) for one in said for pack in named):
                    return True
    return False


def _comes_by_the_dozen(product: CatalogProduct) -> bool:
    """Whether the name contains "dozen": six dozen may then mean six packs or seventy-two pieces."""
    named = {word for name in product.names.values() for word in words_of(name)}
    return any(word in one.dozens for one in vocabularies() for word in named)


def by_price(products: Sequence[CatalogProduct], dearest: bool = False) -> CatalogProduct:
    """Return the cheapest or the dearest product. Products without a price count only if none has one."""
    priced = [one for one in products if one.price_minor is not None] or list(products)
    return sorted(priced, key=lambda one: one.price_minor or 0)[-1 if dearest else 0]


STEM = 4
"""Number of initial letters that two forms of a container word share."""
CARTON = "carton"


def is_counted_in(product: CatalogProduct, word: str) -> bool:
    """Whether a counting word is part of the product's name: "boîte de sardines" is one item, not a box of them."""
    named = [word_of for name in product.names.values() for word_of in words_of(name)]
    return bool(word) and any(is_said(word, one) or _same_container(word, one) for one in named)


def comes_in(product: CatalogProduct, word: str) -> bool:
    """Whether a counting word names the container of a single item: "cartons" of milk, but not "boxes" of it."""
    kind = container(product)
    forms = [one[kind] for one in map(container_forms, LANGUAGES) if kind in one]
    called = {word for one in forms for name in (one.one[0], one.many[0]) for word in words_of(name)}
    return word in called or (
        kind == CARTON and word.startswith(tuple(one for known in vocabularies() for one in known.cartons))
    )


def _same_container(word: str, other: str) -> bool:
    """Whether both are irregular forms of one container word, such as קופסאות and קופסת."""
    kind = container_of(word)
    return bool(kind) and container_of(other) == kind and word[:STEM] == other[:STEM]


def _measures(words: Sequence[str]) -> set[str]:
    """The numbers that state a size: 12, of "12 kg"."""
    return {words[place] for place in dict(sizes_in(words))}


def container(product: CatalogProduct) -> str:
    """A product's container as one of ours; "" if it has none or it's unknown."""
    return container_of(product.container or "")


def size_of(product: CatalogProduct) -> str:
    """A product's size as text; "" if it has none."""
    return f"{show_quantity(product.size.amount)} {product.size.measure}" if product.size else ""


def containers_of(product: CatalogProduct, amount: int, measure: str) -> int | None:
    """Return the number of items, in thousandths, that make up this amount (thousandths of a kg or litre).

    None if the name states no size or they don't add up.
    """
    ending = {"litre": "ml", "kg": "g"}.get(measure, "")
    sizes = {size for name in product.names.values() for _, size in sizes_in(words_of(name))}
    if product.unit != "piece" or len(sizes) != 1 or not ending:
        return None
    figure = next(iter(sizes)).removesuffix(ending)
    if not figure.isdigit() or not int(figure) or amount % int(figure):
        return None
    return amount // int(figure) * THOUSANDTHS


def size_by_name(product: CatalogProduct) -> float:
    """Return the size in the product's name: the largest in grams or millilitres; 0 if there is none."""
    sizes = [size for name in product.names.values() for _, size in sizes_in(words_of(name)) if not size.endswith("%")]
    figures = ("".join(letter for letter in size if letter.isdigit() or letter == ".") for size in sizes)
    return max((float(one) for one in figures if one), default=0.0)


def of_size(products: Sequence[CatalogProduct], biggest: bool) -> list[CatalogProduct]:
    """The biggest or smallest of products that differ only in size; empty if they differ otherwise."""
    if not all(_is_alike(products[0], one) for one in products[1:]):
        return []
    sized = {size_by_name(one) for one in products} - {0.0}
    wanted = (max if biggest else min)(sized) if len(sized) > 1 else -1.0
    return [one for one in products if size_by_name(one) == wanted]


def _is_alike(product: CatalogProduct, other: CatalogProduct) -> bool:
    """Whether two products have the same name in some language, except for size and container."""
    both = product.names.keys() & other.names.keys()
    return any(_bare_name(product.names[one]) == _bare_name(other.names[one]) for one in both)


def _bare_name(name: str) -> frozenset[str]:
    words = words_of(name)
    return frozenset(word for at, word in enumerate(words) if _is_content(words, at) and not container_of(word))


def telling(products: Sequence[CatalogProduct], language: str) -> Field:
    """The first of container, size and brand that distinguishes all of these products; else the name."""
    values: dict[Field, list[str]] = {
        "container": [container(one) for one in products],
        "size": [size_of(one) for one in products],
        "brand": [one.brand for one in products],
    }
    for field, said in values.items():
        if all(said) and len(set(said)) == len(said):
            return field
    return "name"


def of_container(products: Sequence[CatalogProduct], wanted: str) -> list[CatalogProduct]:
    """The products in a container; "bottle" matches plastic and glass. All products if none is given, or none match."""
    if not wanted:
        return list(products)
    good = {wanted} if wanted != "bottle" else {"bottle", "plastic", "glass"}
    return [one for one in products if container(one) in good] or list(products)


def narrowed_by_container(products: Sequence[CatalogProduct], wanted: str) -> list[CatalogProduct]:
    """Return the matches of a name that come in the container stated with it.

    Several matches are never narrowed to one while another has no known container, as that one may be meant too.
    """
    narrower = of_container(products, wanted)
    alone = len(narrower) == 1 < len(products)
    return list(products) if alone and not all(map(container, products)) else narrower
