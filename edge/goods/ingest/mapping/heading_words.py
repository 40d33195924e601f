"""Reads column headings by the meaning of their words, in the languages of common tills. Pure.

A heading whose words are all known is translated to English: "Закупочная цена, ₽" is a cost price, "Art.-Nr." a SKU.
Currency signs and names, prepositions, brackets and dots of abbreviations are ignored. A heading with an unknown word
isn't translated, because that may change its meaning ("Price list", "Preis pro Liter").
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from edge.goods.ingest.mapping.heading_currency import without_currencies
from edge.lib.i18n.folding import without_marks

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DOTTED = re.compile(r"(?<!\w)(?:\w\.){2,}(?=\W|\w?\.?$|$)")
_NUMBER_SIGN = re.compile(r"[№#]|\bn[°º]|^n\.(?=\s)", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+|%")
_LETTERS_LEAST = 3
"""Minimum length of a compound's part, so that words aren't split into syllables; single ideographs are allowed."""
_COMPOUND_LETTERS = 60
"""Maximum length of a compound: splitting one takes quadratic time and recurses once per part."""
_SHORT_TAILS = {"nr": "number"}
"""Short last parts of compounds: "Artikelnr"."""
_LINK = re.compile("(?:s|e[nrs]?|n)?")
"""Linking letters between a compound's parts in German, Dutch and Scandinavian languages."""
_PHRASE = 4
_WEIGHTLESS = ("article", "present")
WITH_TAX, WITHOUT_TAX = "incl", "excl"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[str, str]
    headings: dict[str, tuple[str, ...]]
    ignored: dict[str, str]


class _Vocabulary(msgspec.Struct, frozen=True):
    """Concepts by word or phrase (words joined by blanks), and English headings by concepts."""

    concepts: dict[str, str]
    headings: dict[frozenset[str], str]
    ignored: frozenset[str]


@lru_cache(4096)
def in_english(heading: str) -> str:
    """The English meaning of a heading; "" if it has an unknown word.

    >>> in_english("Закупочная цена, ₽"), in_english("Verkaufspreis (brutto)"), in_english("Price list")
    ('cost price', 'selling price', '')
    >>> in_english("P.A. HT"), in_english("תיאור פריט"), in_english("Código de barras"), in_english("商品名")
    ('cost price', 'item description', 'barcode', 'product name')
    >>> in_english("Top price"), in_english("Cost price, GEL")
    ('', 'cost price')
    """
    found = concepts_of(heading)
    if not found:
        return ""
    headings = _vocabulary().headings
    for less in ((), _WEIGHTLESS[:1], _WEIGHTLESS):
        if name := headings.get(found.difference(less)):
            return name
    return ""


@lru_cache(4096)
def concepts_of(heading: str) -> frozenset[str]:
    """The concepts of a heading's words; empty if a word is unknown. Unknown words in brackets are ignored.

    >>> sorted(concepts_of("Prix de vente TTC")), sorted(concepts_of("Price (excl. GST)"))
    (['incl', 'price', 'sell'], ['excl', 'price', 'tax'])
    """
    found = _meanings(_BRACKETS.sub(" ", heading), strict=True)
    if not found:
        return frozenset()
    aside = {concept for text in _BRACKETS.findall(heading) for concept in _meanings(text, strict=False) or ()}
    return frozenset({*found, *(aside & {WITH_TAX, WITHOUT_TAX, "tax"})})


def _meanings(text: str, strict: bool) -> set[str] | None:
    """The concepts in a text; None if `strict` and a word has none. An unknown word is also tried as words joined by
    capitals ("CostPrice")."""
    found = _concepts(_plain_words(text), strict)
    return _concepts(_plain_words(_HUMPS.sub(" ", text)), strict) if found is None else found


def _concepts(words: list[str], strict: bool) -> set[str] | None:
    vocabulary = _vocabulary()
    found = set[str]()
    at = 0
    while at < len(words):
        for size in range(min(_PHRASE, len(words) - at), 0, -1):
            if concept := vocabulary.concepts.get(" ".join(words[at : at + size])):
                found.add(concept)
                at += size
                break
        else:
            word = words[at]
            at += 1
            if word not in vocabulary.ignored:
                parts = _compound(word)
                if parts is None and strict:
                    return None
                found.update(parts or ())
    return found


def _plain_words(text: str) -> list[str]:
    """A text's words in lower case, without accents, dots of abbreviations and currency signs."""
    bare = "".join(" " if unicodedata.category(sign) == "Sc" else sign for sign in without_currencies(text))
    bare = _NUMBER_SIGN.sub(" number ", bare)
    bare = _DOTTED.sub(lambda dotted: dotted[0].replace(".", "") + " ", bare)
    return _WORDS.findall(without_marks(bare.casefold().translate(_QUOTES)))


_QUOTES = str.maketrans("", "", '"״׳*')


@lru_cache(4096)
def _compound(word: str) -> frozenset[str] | None:
    """The concepts of a compound's parts; None if it isn't made of known words, or is too long for a heading's word."""
    if len(word) > _COMPOUND_LETTERS:
        return None
    concepts = _vocabulary().concepts
    least = 1 if any("\u3040" <= sign <= "\u9fff" for sign in word) else _LETTERS_LEAST
    for end in range(len(word) - min(least, 2), least - 1, -1):
        concept = concepts.get(word[:end])
        if concept is None:
            continue
        rest = word[end:]
        if short := _SHORT_TAILS.get(rest):
            return frozenset((concept, short))
        links = _LINK.match(rest)
        for begin in range(links.end() + 1 if links else 1):
            tail = rest[begin:]
            if len(tail) < least:
                break
            if last := concepts.get(tail):
                return frozenset((concept, last))
            if more := _compound(tail):
                return more | {concept}
    return None


@cache
def _vocabulary() -> _Vocabulary:
    text = files(__package__).joinpath("heading_words.toml").read_text("utf-8")
    read = msgspec.convert(tomllib.loads(text), _File)
    concepts = {
        " ".join(_words_of_phrase(word)): concept for concept, words in read.words.items() for word in words.split()
    }
    headings = {
        frozenset(combination.split("+")): name for name, all_of in read.headings.items() for combination in all_of
    }
    ignored = {word for words in read.ignored.values() for one in words.split() for word in _words_of_phrase(one)}
    return _Vocabulary(concepts, headings, frozenset(ignored))


def _words_of_phrase(word: str) -> list[str]:
    """A vocabulary word, or the words of a phrase, as spelled by `_plain_words`."""
    return _WORDS.findall(without_marks(word.casefold()).replace("_", " "))
