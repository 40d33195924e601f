"""Read numbers in digits and in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from edge.conversation.understanding.lexicon import Vocabulary
from edge.goods.search.query.sizes import is_unit

_SIGNS = {"½": 500, "¼": 250, "¾": 750, "⅛": 125, "⅜": 375, "⅝": 625, "⅞": 875}
DIGITS = 12
"""A longer number isn't an amount."""
QUATRE_VINGT = (4, 20)
DIX_SEPT = (7, 8, 9)
DECIMAL_SIGN = {"en": ".", "fr": ",", "he": "."}
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?P<sign>[.,])[0-9]{3})(?:(?P=sign)[0-9]{3})*(?P<rest>[.,][0-9]+)?")
_GROUP = re.compile(r"[0-9]{3}")
GRAMS = 1000
HUNDREDS = range(1, 10)
"""After a spoken kilo these are hundreds of grams: "un kilo deux"."""

DECIMALS, TEN = 3, 10
_MEASURED = frozenset({"kg", "g", "litre", "livre"})


class SpeltNumber(NamedTuple):
    """A number: its `value` in thousandths and length in words.

    `doubt`: it's ambiguous, because two numbers touch. `grouped`: written as a thousand ("1.000", "1,250"), it may be a
    decimal for weighed goods.
    """

    value: int
    length: int
    doubt: bool = False
    grouped: bool = False


def read_number(known: Vocabulary, words: Sequence[str], at: int) -> SpeltNumber | None:
    """Return the number at a word; None if there is none."""
    if at >= len(words):
        return None
    first = words[at]
    if first in _SIGNS:
        return SpeltNumber(_SIGNS[first], 1)
    if first[0].isdecimal():
        return _digits(known, words, at)
    if dozen := known.dozens.get(first):
        return SpeltNumber(dozen * 1000, 1)
    if fraction := known.fractions.get(first):
        return _fraction(known, words, at, fraction)
    behind = words[at + 1] if at + 1 < len(words) else ""
    if known.numbers.get(first) == 1 and (fraction := known.fractions.get(behind)):
        half = _fraction(known, words, at + 1, fraction)  # "a half kilo", "un demi kilo"
        return SpeltNumber(half.value, half.length + 1)
    spelt = _spelt(known, words, at) or _begin_at_point(known, words, at)
    return _with_decimals(known, words, at, spelt) if spelt else None


def _begin_at_point(known: Vocabulary, words: Sequence[str], at: int) -> SpeltNumber | None:
    """Return a zero before a leading decimal point: "point five kilos"."""
    if (words[at],) not in known.points:
        return None
    said = _with_decimals(known, words, at, SpeltNumber(0, 0))
    length = known.match(known.counted, words, at + said.length) if said.length else 0
    form = known.counted[tuple(words[at + said.length : at + said.length + length])] if length else None
    return SpeltNumber(0, 0) if form is not None and form.unit in _MEASURED else None


def _with_decimals(known: Vocabulary, words: Sequence[str], at: int, whole: SpeltNumber) -> SpeltNumber:
    """A number with spoken decimals: "two point two five"."""
    place = at + whole.length
    if whole.value % 1000 or words[place : place + 1] == [] or (words[place],) not in known.points:
        return whole
    behind = words[place + 1 : place + 1 + DECIMALS]
    figures = [
        str(known.numbers[word]) for word in takewhile(lambda one: 0 <= known.numbers.get(one, -1) < TEN, behind)
    ]
    if behind and behind[0].isdigit() and len(behind[0]) <= DECIMALS:
        figures = [behind[0]]
    if not figures:
        return whole
    return SpeltNumber(whole.value + int("".join(figures).ljust(DECIMALS, "0")), whole.length + 1 + len(figures))


def _digits(known: Vocabulary, words: Sequence[str], at: int) -> SpeltNumber | None:
    text, used, grouped = _ungroup_number(known, words, at)
    if len(text) > DIGITS:
        return SpeltNumber(10**12, 1)
    value, length = int(Decimal(text) * 1000), used
    following = words[at + used] if at + used < len(words) else ""
    if following in _SIGNS:
        return SpeltNumber(value + _SIGNS[following], length + 1)
    if following in known.dozens:
        return SpeltNumber(value * known.dozens[following], length + 1)
    if (scale := known.numbers.get(following, 0)) >= 100:
        return SpeltNumber(value * scale, length + 1)
    if following in known.parts:
        return _of_parts(known, words, at, at + length, value)
    if text.isdigit():  # "2 and a half"
        fraction, more = and_a_fraction(known, words, at + length)
        value, length = value + fraction, length + more
    return SpeltNumber(value, length, grouped=grouped)


def _ungroup_number(known: Vocabulary, words: Sequence[str], at: int) -> tuple[str, int, bool]:
    """Return a number for parsing, its length, and whether it may also be a decimal.

    Thousands may be separated by points or commas in any language ("1.200", "1,200"), or by spaces ("1 000", in French
    also "1 200", but not "2 330 ml").
    """
    text = words[at]
    if found := _GROUPED.fullmatch(text):
        sign, rest = found["sign"], found["rest"] or ""
        if rest.startswith(sign):
            return text.replace(",", "."), 1, False  # "1,234,5" isn't a valid number
        once = text.count(sign) == 1 and not rest
        whole = text.removesuffix(rest).replace(sign, "")
        return whole + rest.replace(",", "."), 1, once
    end = at + 1
    if text.isdigit() and len(text) <= 3 and not text.startswith("0"):
        while end < len(words) and _GROUP.fullmatch(words[end]) and (known.language == "fr" or words[end] == "000"):
            end += 1
        measured = end < len(words) and (is_unit(words[end]) or bool(known.match(known.counted, words, end)))
        end = at + 1 if measured else end
    return "".join(words[at:end]).replace(",", "."), end - at, end - at == 2


def grams_behind(known: Vocabulary, words: Sequence[str], at: int) -> tuple[int, int]:
    """Return the part of a weight after its kilos, in thousandths of a kilo, and its length in words; (0, 0) if none.

    Examples are "2 kg 300", "un kilo deux", "a kilo and two hundred", "two kilos and fifty grams". A small number after
    "and" is another item ("a kilo and two milks").
    """
    joined = at < len(words) and (words[at] == "&" or (words[at],) in known.joiners)
    begin = at + joined
    number = read_number(known, words, begin)
    if number is None or number.doubt or number.value % 1000 or not 0 < number.value < GRAMS * 1000:
        return 0, 0
    grams, end = number.value // 1000, begin + number.length
    if length := known.match(known.counted, words, end):
        weighed = known.counted[tuple(words[end : end + length])].unit == "g"
        return (grams, end + length - at) if weighed else (0, 0)
    if end < len(words) and (is_unit(words[end]) or words[end] == "%"):
        return 0, 0
    if grams in HUNDREDS and words[at - 1] != "kg":
        grams *= 100
        return (0, 0) if joined else (grams, end - at)
    return (0, 0) if grams < (100 if joined else 10) else (grams, end - at)


def _of_parts(known: Vocabulary, words: Sequence[str], begin: int, at: int, count: int) -> SpeltNumber:
    """A number from word `begin`: `count` (thousandths) times the fraction at word `at`, with a following "of a"."""
    end = at + 1
    behind = end + (1 if known.match(known.fillers, words, end) == 1 else 0)
    behind += 1 if behind < len(words) and known.numbers.get(words[behind]) == 1 else 0
    end = behind if known.match(known.counted, words, behind) else end
    return SpeltNumber(count * known.parts[words[at]] // 1000, end - begin)


def _fraction(known: Vocabulary, words: Sequence[str], at: int, fraction: int) -> SpeltNumber:
    """Read "half", "half a", "half a dozen". For a fraction after a whole number see `_spelt`."""
    length = 1
    if at + 1 < len(words) and known.numbers.get(words[at + 1]) == 1 and known.language == "en":
        length = 2
    if of_a := _of_a_measure(known, words, at + length):
        return SpeltNumber(fraction, length + of_a)
    behind = words[at + length] if at + length < len(words) else ""
    if dozen := known.dozens.get(behind):
        return SpeltNumber(fraction * dozen, length + 1)
    return SpeltNumber(fraction, length)


def _of_a_measure(known: Vocabulary, words: Sequence[str], at: int) -> int:
    """Return the length of "of a" before a measure ("half of a kilo"); 0 if no measure follows."""
    if known.match(known.fillers, words, at) != 1 or at + 2 >= len(words) or known.numbers.get(words[at + 1]) != 1:
        return 0
    counted = known.counted.get((words[at + 2],))
    return 2 if counted and counted.unit not in ("box", "unit") else 0


def _spelt(known: Vocabulary, words: Sequence[str], at: int) -> SpeltNumber | None:
    total = current = length = 0
    last = 10**9
    doubt = False
    place = at
    while place < len(words):
        step = _step(known, words, place, length)
        if step is None:
            break
        value, used = step
        if value == 100 and current in range(1, 100) and length:
            current *= 100
        elif value >= 1000:
            total, current = total + max(1, current) * value, 0
        elif known.language == "fr" and value == 20 and current % 100 == QUATRE_VINGT[0]:
            current += 76
        elif known.language == "fr" and value in DIX_SEPT and current % 100 == 10 and last == 10:
            current += value
        elif known.language == "he" and value == 10 and 0 < current % 100 < 10 and length:
            current += 10
        elif not length or (value < last and (_fits(current, value) or (total and not current))):
            current += value
        elif known.language == "en" and words[at] in ("a", "an") and length == 1:
            current = value  # "a couple"
        else:
            doubt = True
            break
        last = value
        length = place - at + used
        place += used
    if not length:
        return None
    value = (total + current) * 1000
    behind = words[at + length] if at + length < len(words) else ""
    if behind in known.parts:
        return _of_parts(known, words, at, at + length, value)
    if dozen := known.dozens.get(behind):
        return SpeltNumber(value * dozen, length + 1)
    fraction, more = and_a_fraction(known, words, at + length)
    return SpeltNumber(value + fraction, length + more) if more else SpeltNumber(value, length, doubt)


def and_a_fraction(known: Vocabulary, words: Sequence[str], at: int) -> tuple[int, int]:
    """The fraction in "and a half" after a number, in thousandths, and its length; (0, 0) if there is none."""
    tail = list(words[at : at + 3])
    if len(tail) > 1 and (tail[0] == "&" or (tail[0],) in known.joiners):
        half = 1 if known.fractions.get(tail[1]) else 2 if known.numbers.get(tail[1]) == 1 else 0
        if half and half < len(tail) and (fraction := known.fractions.get(tail[half])):
            return fraction, half + 1
    return 0, 0


def _step(known: Vocabulary, words: Sequence[str], place: int, length: int) -> tuple[int, int] | None:
    """The next word of a number, possibly after "and", and the length of both."""
    word = words[place]
    if word in known.numbers:
        return known.numbers[word], 1
    joined = length and (word == "&" or (word,) in known.joiners) and place + 1 < len(words)
    smaller = joined and known.numbers.get(words[place + 1], 10**9) < known.numbers.get(words[place - 1], 0)
    if smaller:
        return known.numbers[words[place + 1]], 2
    return None


def _fits(current: int, value: int) -> bool:
    """Whether a number can continue with a smaller one: "twenty" with "three", "hundred" with "twenty"."""
    rest = current % 100
    if value >= 10 and value < 20 and rest in (60, 80):
        return True  # soixante-dix, quatre-vingt-onze
    return (rest == 0 and current > 0) or (rest >= 20 and rest % 10 == 0 and value < 10)
