"""Quantities in sentences: numbers with units, and the choice among several. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from edge.conversation.understanding.lexicon import CountingWord, Vocabulary
from edge.conversation.understanding.numerals import (
    DECIMAL_SIGN,
    SpeltNumber,
    and_a_fraction,
    grams_behind,
    read_number,
)
from edge.goods.search.query.sizes import is_unit

Doubt = Literal["", "negative", "numbers", "too_many"]
MINUS = frozenset("-−–")
MONEY_SIGNS = "€₪$£"
JOINED = "&"
"""Stands for an attached Hebrew "and"."""
SHORTEST_UNIT = 3
"""Minimum letters of a counting word with another word attached. A shorter remainder may be part of any word."""


def without_fillers(words: Sequence[str], known: Vocabulary) -> list[str]:
    """The words without filler."""
    kept, at = [], 0
    while at < len(words):
        length = known.match(known.fillers, words, at)
        if not length:
            kept.append(words[at])
        at += length or 1
    return kept


class SpokenAmount(msgspec.Struct, frozen=True):
    """A number with its counting word, from word `at` to `end`. `grouped`: see `SpeltNumber`."""

    at: int
    end: int
    value: int | None
    unit: str
    container: str
    doubt: Doubt
    number_end: int
    grouped: bool = False


def trim_filler(words: Sequence[str], known: Vocabulary) -> list[str]:
    """Return the words without leading filler and without words of haste before the number."""
    begins = at = 0
    while at < len(words) and words[at] not in known.numbers:
        filler = 1 if words[at] == JOINED else known.match(known.fillers, words, at)
        length = filler or known.match(known.hurried, words, at)
        if not length:
            break
        begins += length if filler and begins == at else 0
        at += length
    return list(words[at if read_number(known, words, at) else begins :])


def amounts_in(words: list[str], known: Vocabulary) -> list[SpokenAmount]:
    """All possible quantities."""
    found: list[SpokenAmount] = []
    at = 0
    while at < len(words):
        one = amount_at(words, at, known)
        if one is None:
            at += 1
            continue
        found.append(one)
        at = one.end
    return found


def amount_at(words: list[str], at: int, known: Vocabulary) -> SpokenAmount | None:
    if known.match(known.fillers, words, at) > 1 and words[at] in known.numbers:
        return None  # "a few" gives no number
    negative = words[at] in MINUS
    start = at + negative
    number = read_number(known, words, start)
    end = start + (number.length if number else 0)
    if number is None:
        length = known.match(known.counted, words, at)
        form = _counting_word(words, at, length, known)
        length = max(length, 1)
        part, more = _part_behind(words, at + length, form, known) if form and form.single else (0, 0)
        if form is None or (at and (at + length + (more if form.unit == "kg" else 0) < len(words) or form.container)):
            return None
        if form.container and known.language != "he" and length < len(words):
            return None  # except in Hebrew, one of them needs an article: "glass cleaner" counts nothing
        if form.single and at + length < len(words) and known.numbers.get(words[at + length]) == 1:
            length += 1  # Hebrew says "box one" for "a box"
            part, more = _part_behind(words, at + length, form, known)
        value = 1000 + part if form.single else None
        return SpokenAmount(at, at + length + more, value, form.unit, form.container, "", at)
    while end < len(words) and (gap := known.match(known.fillers, words, end)) and _counts(words, end + gap, known):
        end += gap
    length = known.match(known.counted, words, end)
    form = _counting_word(words, end, length, known)
    if form and form.unit == "unit" and not form.container:  # "thirty loose tins"
        more = known.match(known.counted, words, end + length)
        of = known.counted[tuple(words[end + length : end + length + more])] if more else form
        form, length = (of, length + more) if of.container else (form, length)
    if form is None and end < len(words) and (is_unit(words[end]) or words[end] == "%"):
        return None  # a size is part of the name: "330 ml"
    unit, container = (form.unit, form.container) if form else ("", "")
    value, unsure = _in_thousandths(words[start], number, unit, known)
    behind = end + length if form else start + number.length
    part, more = _part_behind(words, behind, form, known) if form else (0, 0)
    value, behind = value + part, behind + more
    doubt: Doubt = "negative" if negative else "numbers" if number.doubt or unsure else ""
    grouped = number.grouped and not unit
    return SpokenAmount(at, behind, value, unit, container, doubt, start + number.length, grouped)


def _in_thousandths(written: str, number: SpeltNumber, unit: str, known: Vocabulary) -> tuple[int, bool]:
    """Return a number in thousandths of its unit, and whether it's ambiguous.

    Kilos and litres may have three decimals with the language's separator ("1.250 kg"), so the user is asked whether a
    thousand or one is meant.
    """
    if unit not in ("kg", "litre") or not number.grouped:
        return number.value, False
    own = DECIMAL_SIGN[known.language] in written and not written.endswith("000")
    return (number.value // 1000, False) if own else (number.value, True)


def _part_behind(words: Sequence[str], at: int, form: CountingWord, known: Vocabulary) -> tuple[int, int]:
    """The fraction added after a counting word, in thousandths, and its length in words."""
    half = and_a_fraction(known, words, at)
    return half if half[1] or form.unit != "kg" else grams_behind(known, words, at)


def _counts(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    return at < len(words) and bool(known.match(known.counted, words, at))


def _counting_word(words: Sequence[str], at: int, length: int, known: Vocabulary) -> CountingWord | None:
    if length:
        return known.counted[tuple(words[at : at + length])]
    if at < len(words):
        for bare in known.bare(words[at]):
            if len(bare) >= SHORTEST_UNIT and (bare,) in known.counted:
                return known.counted[(bare,)]
    return None


def best_of(amounts: list[SpokenAmount], words: list[str], known: Vocabulary) -> SpokenAmount | None:
    """Return the intended quantity: the first with a counting word, else the one that begins or ends the words.

    None if there is neither. In doubt if another number may be meant.
    """
    counted = [one for one in amounts if one.unit in ("box", "unit") and one.value is not None]
    edge = [one for one in amounts if one.at == 0] or [one for one in amounts if one.end == len(words)]
    plain_ones = counted or edge
    if not plain_ones:
        return None
    best = plain_ones[0]
    numbers = [one for one in (counted or amounts) if one.value is not None and one is not best]
    if len(counted) > 1 or (best.at == 0 and numbers and numbers[0].at == best.end):
        return msgspec.structs.replace(best, doubt="numbers")
    return best


def is_minus(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether a dash is a minus sign; after a counted item it's a pause."""
    counted = at > 0 and (words[at - 1] in known.numbers or bool(known.match(known.counted, words[:at], at - 1)))
    return words[at] in MINUS and at + 1 < len(words) and words[at + 1][0].isdigit() and not counted


def counts_behind(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether another count follows a pause; if not, a dash belongs to a name."""
    at += known.match(known.joiners, words, at)
    return bool(read_number(known, words, at) or known.match(known.counted, words, at))
