"""Read an answer to "how many" or "boxes or single units". Pure.

"Bottles, not crates", "no, single ones", "two full cases and three cans", "the second". An unrelated word makes the
answer unreadable, as it may be another wish.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.amounts import JOINED, Doubt
from edge.conversation.understanding.lexicon import CountingWord, Vocabulary, place_said, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.statement_words import languages_first, length_at, statement_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.conversation.understanding.tokens import all_tokens

KINDS = frozenset({"box", "unit"})
ONE = 1000
_SIZES = frozenset({"ml", "cl", "dl", "oz"})


class AmountAnswer(msgspec.Struct, frozen=True):
    """The quantity in an answer.

    `amount`: thousandths of `unit` ("" if not stated); None if only the unit is stated. `loose`: thousandths besides
    boxes. `article`: one, stated as "a". `place`: the position of the chosen option. `doubt` and `grouped` as in
    `Clause`.
    """

    amount: int | None = None
    unit: str = ""
    counted_as: str = ""
    loose: int = 0
    article: bool = False
    place: int = 0
    doubt: Doubt = ""
    grouped: bool = False


def read_amount_answer(text: str, language: str) -> AmountAnswer | None:
    """Read a whole answer in one language; None if it says something else or is unclear."""
    if place := place_said(text):
        return AmountAnswer(place=place)
    found = (_Reader(text, one).read() for one in languages_first(language))
    return next((one for one in found if one is not None), None)


class _Counted(msgspec.Struct):
    """A counting word with its number."""

    form: CountingWord
    word: str
    amount: int | None
    article: bool


class _Reader:
    """Reads an answer in one language."""

    def __init__(self, text: str, language: str) -> None:
        self._known, self._said = vocabulary(language), statement_words(language)
        self._words = _apart(self._known.written_out(all_tokens(text)), self._known)
        self._counted: list[_Counted] = []
        self._not: set[str] = set()
        self._numbers: list[tuple[int, bool]] = []

    def read(self) -> AmountAnswer | None:
        at, denies = 0, False
        while at < len(self._words):
            word = self._words[at]
            if word in STOPS or word == JOINED:
                at, denies = at + 1, False
                continue
            if (word,) in self._said.denies:
                at, denies = at + 1, not (at == 0 and self._only(at + 1))
                continue
            length = self._amount(at, denies) or self._little(at)
            if not length:
                return None
            at += length
        return self._answer()

    def _only(self, at: int) -> bool:
        """Whether "only" and a number follow: "no, only one" doesn't mean "not one"."""
        behind = at + self._little(at) if at < len(self._words) else at
        return at < behind < len(self._words) and read_number(self._known, self._words, behind) is not None

    def _amount(self, at: int, denies: bool) -> int:
        """Read a number, a counting word, or both; returns the position after it."""
        number = read_number(self._known, self._words, at)
        behind = at + (number.length if number else 0)
        if number and _is_size(self._words, behind):
            return 0
        while number and (filler := self._known.match(self._known.fillers, self._words, behind)):
            behind += filler
        length, form = self._form_at(behind)
        if form is None:
            if number is None or denies or number.doubt:
                return 0
            self._numbers.append((number.value, self._is_article(at, number.length)))
            return number.length
        more, inner = self._form_at(behind + length)
        if inner is not None and inner.unit == form.unit:  # "individual cans"
            length, form = length + more, inner
        if denies:
            self._not.add(form.unit)
        elif number is not None and number.doubt:
            return 0
        else:
            word, value = self._words[behind + length - 1], number.value if number else None
            self._counted.append(_Counted(form, word, value, bool(number) and self._is_article(at, 1)))
        return behind + length - at

    def _form_at(self, at: int) -> tuple[int, CountingWord | None]:
        if at >= len(self._words):
            return 0, None
        if length := self._known.match(self._known.counted, self._words, at):
            return length, self._known.counted[tuple(self._words[at : at + length])]
        bare = next((one for one in self._known.bare(self._words[at]) if (one,) in self._known.counted), "")
        return (1, self._known.counted[(bare,)]) if bare else (0, None)

    def _is_article(self, at: int, length: int) -> bool:
        """Whether this is the article "a", which may or may not mean one."""
        return length == 1 and self._known.language != "he" and (self._words[at],) in self._said.articles

    def _little(self, at: int) -> int:
        said = self._said
        lengths = [length_at(one, self._words, at) for one in (said.pointing, said.little, said.plainly, said.polite)]
        return max(*lengths, self._known.match(self._known.fillers, self._words, at))

    def _answer(self) -> AmountAnswer | None:
        units = {one.form.unit for one in self._counted}
        if not units and len(self._not & KINDS) == 1 and not self._numbers:
            return AmountAnswer(unit=next(iter(KINDS - self._not)))
        if units & self._not or len(self._numbers) + len(units) > 2 or (self._numbers and len(units) > 1):
            return None
        if units == KINDS:
            return self._both()
        if len(units) > 1 or (not units and len(self._numbers) != 1):
            return None
        if not units:
            value, article = self._numbers[0]
            return AmountAnswer(value, article=article)
        last = self._counted[-1]
        said = {one.amount for one in self._counted if one.amount is not None} | {one for one, _ in self._numbers}
        if len(said) > 1:
            return None
        article = any(one.article for one in self._counted) and not self._numbers
        return AmountAnswer(next(iter(said), None), last.form.unit, last.word, article=article)

    def _both(self) -> AmountAnswer | None:
        """Boxes and single units, each with a number."""
        if len(self._counted) != 2 or any(one.amount is None for one in self._counted):
            return None
        boxes, loose = sorted(self._counted, key=lambda one: one.form.unit != "box")
        return AmountAnswer(boxes.amount, "box", boxes.word, loose=loose.amount or 0)


def _is_size(words: Sequence[str], at: int) -> bool:
    """Whether the number before is a percentage or a size in product names."""
    return at < len(words) and (words[at] == "%" or words[at] in _SIZES)


def _apart(words: Sequence[str], known: Vocabulary) -> list[str]:
    """The words; in Hebrew, "and not" and "that single ones" without their prefix."""
    if known.language != "he":
        return list(words)
    found: list[str] = []
    for word in words:
        bare = word[1:]
        counts = (bare,) in known.counted or bare in known.numbers or bare == "לא"
        found += [JOINED, bare] if word[0] in "וש" and counts and len(word) > 2 else [word]
    return found
