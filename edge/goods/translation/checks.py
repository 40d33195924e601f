"""Checks of a translation that need no knowledge of either language. Pure.

Hard findings reject a text; soft findings are shown to the person who accepts it. Numbers are compared by value, in any
order, script and notation ("1,000.50" equals "1 000,50"); sizes are compared by measured amount.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import cache
from typing import Literal, TypeVar, get_args

from edge.goods.search.query.sizes import size_of
from edge.goods.search.query.text import plain
from edge.goods.translation.glossary import TermPair, as_compared, has_word, terms_in
from edge.lib.i18n import own_name
from edge.lib.i18n.unseen import has_control

T = TypeVar("T")
HardFinding = Literal["empty", "too_long", "control", "lines", "gaps", "markup", "numbers", "sizes", "currency", "keep"]
SoftFinding = Literal["same", "doubled_word", "end_mark", "long", "script", "two_ways", "glossary", "avoided"]
Finding = HardFinding | SoftFinding
HARD: frozenset[str] = frozenset(get_args(HardFinding))
LONG = 2
"""Maximum length of a translation relative to its source; a longer one, allowing a few extra letters, won't fit."""
LONG_CHARS = 12
MOST_NUMBERS = 24
"""Maximum numbers per text; texts with more are rejected."""

_NUMBER = re.compile(r"(?:(?<![\w.,])[-−])?(?<![\d.,])\d(?:[\d.,'’]*\d)?")
_SPACED = re.compile(r"(?:(?<![\w.,])[-−])?(?<![\d.,])\d(?:(?:[.,'’]?\d|[ \u00a0\u202f](?=\d{3}(?!\d)))*)")
"""Matches a number that may have spaces between groups of three digits."""
_PIECES = "pc"
"""Unit of piece counts, which some languages write and others omit."""
_GAP = re.compile(r"\{[a-z0-9_]*\}")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&[a-zA-Z]{2,8};|&#x?[0-9a-fA-F]{1,6};")
_CURRENCY = re.compile(r"[$€£¥₪₹]|\b(?:ILS|EUR|USD|CAD|GBP)\b|ש[\"״]ח")
_CURRENCY_NAMES = {"₪": "ILS", 'ש"ח': "ILS", "ש״ח": "ILS", "€": "EUR", "£": "GBP"}
_UNIT = re.compile(r"^[\s\u00a0\u202f]*(%|[^\W\d_]+(?:[\"״'׳][^\W\d_]*)?)")
_DOUBLED = re.compile(r"\b([^\W\d_]{2,})\s+\1\b", re.IGNORECASE)
_DEGREES = re.compile("\\d[\\s\u00a0\u202f]?°")
_ISOLATED = re.compile("[\u2066-\u2068]([^\u2066-\u2069]*)\u2069")
_ENDS = ".!?:;…"


def findings(
    source: str,
    text: str,
    language: str,
    keep: Collection[str] = (),
    limit: int = 300,
    terms: Collection[TermPair] = (),
) -> tuple[Finding, ...]:
    """The findings on `text` as a translation of `source`, hard ones first. `keep`: words such as brands that must be
    kept if the source has them; `limit`: the field's length in characters; `terms`: the glossary's translations.
    """
    if not text.strip():
        return ("empty",)
    found: list[Finding] = []
    if len(text) > limit:
        found.append("too_long")
    if has_control(_without_isolates(text.replace("\n", ""))):
        found.append("control")
    if source.count("\n") != text.count("\n"):
        found.append("lines")
    if sorted(_GAP.findall(source)) != sorted(_GAP.findall(text)):
        found.append("gaps")
    if _MARKUP.search(text):
        found.append("markup")
    found += _of_numbers(_GAP.sub(" ", source), _GAP.sub(" ", text))
    if "sizes" not in found and len(_DEGREES.findall(source)) != len(_DEGREES.findall(text)):
        found.append("sizes")
    if _currencies(source) != _currencies(text):
        found.append("currency")
    if any(has_word(source, word) and not has_word(text, word) for word in keep):
        found.append("keep")
    return (*found, *_soft(source, text, language, keep), *term_findings(source, text, terms))


def _without_isolates(text: str) -> str:
    """Remove paired directional isolates (UAX #9), which surround numbers and Latin names in Hebrew
    text."""
    while (plain := _ISOLATED.sub(r"\1", text)) != text:
        text = plain
    return text


def term_findings(source: str, text: str, terms: Collection[TermPair]) -> Iterable[SoftFinding]:
    """Yield a finding if a term of the source isn't translated by the glossary, and one if a forbidden translation is
    used.

    Translations match parts of words, as some languages add prefixes and suffixes.
    """
    said, found = as_compared(text), terms_in(source, terms)
    if any(not any(as_compared(one) in said for one in (term.ours, *term.also)) for term in found):
        yield "glossary"
    if any(has_word(_without(text, (term.ours, *term.also)), word) for term in found for word in term.avoid):
        yield "avoided"


def _without(text: str, words: Iterable[str]) -> str:
    """The text without these words. An allowed translation can contain a forbidden one ("olive oil", "oil")."""
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(re.escape(word), " ", text, flags=re.IGNORECASE)
    return text


def is_hard(found: Iterable[str]) -> bool:
    """Whether any finding is hard."""
    return not HARD.isdisjoint(found)


def _soft(source: str, text: str, language: str, keep: Collection[str]) -> Iterable[Finding]:
    rest = text
    for kept in keep:
        rest = re.sub(rf"(?<!\w){re.escape(kept)}(?!\w)", " ", rest, flags=re.IGNORECASE)
    free = [word for word in re.findall(r"[^\W\d_]{2,}", rest) if not size_of("1", plain(word))]
    if source.strip() == text.strip() and free:
        yield "same"
    if (_DOUBLED.search(text) is not None) > (_DOUBLED.search(source) is not None):
        yield "doubled_word"
    if _end(source) != _end(text):
        yield "end_mark"
    if len(text) > LONG * len(source) + LONG_CHARS:
        yield "long"
    if free and not any(_script(letter) == _script_of(language) for word in free for letter in word[:1]):
        yield "script"


def _of_numbers(source: str, text: str) -> Iterable[Finding]:
    """Yield a finding if numbers and sizes differ under every reading of spaces as digit grouping."""
    if max(len(_NUMBER.findall(one)) for one in (source, text)) > MOST_NUMBERS:
        return ["numbers"]
    ways = [
        (_numbers_with_units(source, theirs), _numbers_with_units(text, ours))
        for theirs in (_SPACED, _NUMBER)
        for ours in (_SPACED, _NUMBER)
    ]
    agreed = [way for way in ways if _can_pair(*([values for values, _ in side] for side in way))]
    if not agreed:
        return ["numbers"]
    return [] if any(_can_pair(*map(_sizes, way)) for way in agreed) else ["sizes"]


def _numbers_with_units(text: str, pattern: re.Pattern[str]) -> list[tuple[frozenset[Decimal], str]]:
    """Each number with its possible values, and the unit after it ("": none)."""
    found = []
    for number in pattern.finditer(text):
        unit = _UNIT.match(text[number.end() : number.end() + 24])
        name = plain(unit[1]) if unit else ""
        measures = name and (size_of("1", name) or _PIECES).endswith(_PIECES) is False
        found.append((_values(number[0]), name if measures else ""))
    return found


def _sizes(side: list[tuple[frozenset[Decimal], str]]) -> list[frozenset[str]]:
    measured = [[size_of(f"{value:f}", unit) for value in values] for values, unit in side if unit]
    return [frozenset(filter(None, one)) for one in measured]


def _values(number: str) -> frozenset[Decimal]:
    """The possible values of a number: a comma or point before three digits may be a grouping or a decimal mark."""
    sign = -1 if number[0] in "-−" else 1
    digits = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in number.lstrip("-−"))
    digits = re.sub(r"[\s\u00a0\u202f'’]", "", digits)
    marks = [one for one in digits if one in ".,"]
    bare = digits.replace(",", "").replace(".", "")
    if not marks:
        return frozenset((sign * Decimal(bare),))
    last = max(digits.rfind(","), digits.rfind("."))
    behind = len(digits) - last - 1
    divided = Decimal(f"{digits[:last].replace(',', '').replace('.', '')}.{digits[last + 1 :]}")
    if len(set(marks)) == 2:
        return frozenset((sign * divided,))
    if len(marks) > 1:
        return frozenset((sign * Decimal(bare),))
    return frozenset((sign * divided, sign * Decimal(bare))) if behind == 3 else frozenset((sign * divided,))


def _can_pair(theirs: list[frozenset[T]], ours: list[frozenset[T]]) -> bool:
    """Whether the numbers of both sides can be paired by equal possible values."""
    if len(theirs) != len(ours):
        return False
    left = sorted(ours, key=len)
    for values in sorted(theirs, key=len):
        match = next((one for one in left if one & values), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _currencies(text: str) -> Counter[str]:
    return Counter(_CURRENCY_NAMES.get(one, one) for one in _CURRENCY.findall(text))


def _end(text: str) -> str:
    last = text.rstrip()[-1:]
    return last if last in _ENDS else ""


@cache
def _script_of(language: str) -> str:
    return _script(own_name(language)[0])


def _script(letter: str) -> str:
    """The script of a letter, by its Unicode name."""
    return unicodedata.name(letter, "").split(" ")[0]
