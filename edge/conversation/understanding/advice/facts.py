"""Decide whether a product is free of a substance, from stored data only. Pure.

If nothing is stated, it counts neither as having the substance nor as free of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Literal

from edge.conversation.understanding.advice.words import FactWords, Phrases, fact_words, phrases_of
from edge.conversation.understanding.lexicon import vocabularies
from edge.goods.catalog.product import Product, Value
from edge.goods.search.query.text import all_forms, words_of

Stated = Literal["claimed", "listed", "has", "unstated"]
"""Forms of a statement: claimed; absent from a list of contents; present; not stated."""

POSITIVE = frozenset(("vegan", "vegetarian", "kosher", "halal", "organic"))
"""Claims about a product that no list of contents can prove."""
ALLERGENS = frozenset(("gluten", "nuts", "peanuts", "lactose", "dairy", "eggs", "soy", "sesame", "fish"))
"""Allergens a list would name; a list of ingredients may use another name."""
CLAIM_FIRST = frozenset(("lactose",))
"""Facts for which a claim precedes the list: lactose-free milk lists milk as an allergen."""
BEFORE = 2
"""Words before a claim in which a denial may appear ("is not gluten free")."""


def stated_of(product: Product, fact: str) -> Stated:
    """The stored statement about a product and a fact, by the fact's id."""
    known = fact_words(fact)
    claimed, said = _by_attribute(product, fact, known)
    if said:
        return "has"
    texts = [*(product.names or {}).values(), *(value.text for value in (product.attributes or {}).values())]
    claims = [_claims(words_of(text), known, fact) for text in texts]
    claimed = claimed or any(claim is True for claim in claims)
    lists = _lists(product, phrases_of("allergens")), _lists(product, phrases_of("ingredients"))
    listed = fact not in POSITIVE and any(_has(text, known) for texts in lists for text in texts)
    if any(claim is False for claim in claims) or (listed and not (claimed and fact in CLAIM_FIRST)):
        return "has"
    if claimed:
        return "claimed"
    if fact in POSITIVE:
        return "unstated"
    if any(_has(text, known) for text in (product.names or {}).values()):
        return "has"
    return "listed" if lists[0 if fact in ALLERGENS else 1] else "unstated"


def _by_attribute(product: Product, fact: str, known: FactWords) -> tuple[bool, bool]:
    """Whether an attribute says the product is free of the substance, and whether one says it has it.

    Examples are "sugar: 0 g" and "gluten free: yes".
    """
    free = has = False
    for name, value in (product.attributes or {}).items():
        words = tuple(words_of(name))
        if words in known.free:
            free, has = free or not _is_denied(value), has or _is_denied(value)
        elif words in known.said or (fact == "alcohol" and words in (("abv",), ("alc",))):
            amount = value.high if value.high is not None else value.low
            said = words_of(value.text)
            none = amount == 0 if amount is not None else _meets(said[:1], phrases_of("none"))
            some = (value.low or 0) > 0 or (amount is None and _meets(said[:1], phrases_of("yes")))
            free, has = free or (none and fact not in POSITIVE), has or (some and fact not in POSITIVE)
            if fact in POSITIVE:
                free, has = free or some or not none, has or none
    return free, has


def _is_denied(value: Value) -> bool:
    return value.low == 0 or _meets(words_of(value.text)[:1], phrases_of("none"))


def _claims(words: Sequence[str], known: FactWords, fact: str) -> bool | None:
    """Whether a text claims the fact; False: it denies it; None: neither."""
    words = _without_unclear(words, known)
    for at in range(len(words)):
        if _length(known.free, words, at) or (fact not in POSITIVE and _free_at(words, at, known.said)):
            before = words[max(0, at - BEFORE) : at]
            return not any((word,) in phrases_of("denies") for word in before)
    return None


def _has(text: str, known: FactWords) -> bool:
    """Whether a text names the substance, other than to say that there is none."""
    words = _without_unclear(words_of(text), known)
    at = 0
    while at < len(words):
        claimed = _length(known.free, words, at) or _free_at(words, at, known.has | known.said)
        if claimed:
            at += claimed
            continue
        if _is_one_of(words[at], known.has) or _length(known.has, words, at):
            return True
        at += 1
    return False


def _is_one_of(word: str, phrases: Phrases) -> bool:
    """Whether a word is one of these phrases in any form; in Hebrew also with a prefix."""
    single = _single(phrases)
    return any(form in single for one in vocabularies() for bare in one.bare(word) for form in (bare, *all_forms(bare)))


@cache
def _single(phrases: Phrases) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in phrases if len(phrase) == 1)


def _free_at(words: Sequence[str], at: int, named: Phrases) -> int:
    """Return how many words from `at` say that one of these is absent: "without nuts", "nut free"; 0 if none."""
    if (before := _length(phrases_of("without"), words, at)) and (length := _length(named, words, at + before)):
        return before + length
    length = _length(named, words, at)
    return length + 1 if length and words[at + length : at + length + 1] == ["free"] else 0


def _without_unclear(words: Sequence[str], known: FactWords) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = _length(known.unclear, words, at)
        kept += [] if length else [words[at]]
        at += length or 1
    return kept


def _lists(product: Product, names: Phrases) -> list[str]:
    """The values of attributes with one of these names, except those that say "unknown"."""
    texts = [value.text for name, value in (product.attributes or {}).items() if tuple(words_of(name)) in names]
    return [text for text in texts if words_of(text) and not _meets(words_of(text), phrases_of("unknown"))]


def _meets(words: Sequence[str], phrases: Phrases) -> bool:
    return any(_length(phrases, words, at) for at in range(len(words)))


def _length(phrases: Phrases, words: Sequence[str], at: int) -> int:
    """The length of the longest of these phrases at a position; 0 if none matches."""
    for length in range(min(_longest(phrases), len(words) - at), 0, -1):
        if tuple(words[at : at + length]) in phrases:
            return length
    return 0


@cache
def _longest(phrases: Phrases) -> int:
    return max((len(phrase) for phrase in phrases), default=0)


def may_say(name: str, facts: Iterable[str]) -> bool:
    """Whether an attribute of this name may state one of these facts."""
    words = tuple(words_of(name))
    if words in phrases_of("allergens") or words in phrases_of("ingredients"):
        return True
    return any(words in known.said or words in known.free for known in map(fact_words, facts))
