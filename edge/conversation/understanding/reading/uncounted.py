"""Find numbers next to a real count that aren't counts.

They are a size in a name ("a 2 litre peach iced tea", "espresso beans, the 1 kg"), or a time written as a decimal (",
11.30").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.amounts import SpokenAmount
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.basket_words import basket_words
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.piece_words import Piece
from edge.conversation.understanding.reading.pieces import Cut
from edge.conversation.understanding.reading.sizes import UNITS, bottle_sizes, figure_of
from edge.conversation.understanding.reading.statement_thing import WEIGHTS
from edge.conversation.understanding.tokens import percent_at

_CLOCK = re.compile(r"(?:[01]?\d|2[0-3])\.[0-5]\d")


def with_percents(words: Sequence[str], language: str) -> list[str]:
    """The words with percentages as written in names: "five percent" becomes "5 %"."""
    found: list[str] = []
    at = 0
    while at < len(words):
        number = read_number(vocabulary(language), words, at)
        length = percent_at(words, at + number.length) if number else 0
        if number and length:
            found += [figure_of(number.value), "%"]
            at += number.length + length
        else:
            found.append(words[at])
            at += 1
    return found


class Uncounted:
    """Reclassifies numbers of a statement that aren't counts."""

    def __init__(self, cut: Cut, linker: CatalogueLinker) -> None:
        self._cut, self._linker = cut, linker
        self._pieces = list(cut.pieces)

    def apart(self) -> Cut:
        """Return the statement with such numbers as part of a name or as context."""
        counts = [at for at, one in enumerate(self._pieces) if one.amount is not None and one.amount.value is not None]
        for at in counts if len(counts) > 1 else ():
            self._pieces[at] = self._as_size(at) or self._as_time(at) or self._pieces[at]
        return msgspec.structs.replace(self._cut, pieces=tuple(self._pieces))

    def _as_size(self, at: int) -> Piece | None:
        piece = self._pieces[at]
        said = piece.amount
        assert said is not None
        goods = self._goods(at, 1)
        begin = at
        if not goods:
            goods = self._goods(at, -1)
            begin -= self._apart(at, -1) + len(goods)
        other = self._amount_before(begin)
        if not goods or other is None or other.unit in WEIGHTS or other.doubt:
            return None
        words = tuple(word for one in goods for word in (one.named or self._cut.words[one.begin : one.end]))
        for size in self._sizes(at, said):
            if self._linker.link((*words, *size)).skus:
                return Piece("goods", piece.begin, piece.end, named=size)
        return None

    def _sizes(self, at: int, said: SpokenAmount) -> list[tuple[str, ...]]:
        """Return a number as written in names.

        A number without a unit counts only after "the", with another number before.

        An example is "3 of the 38 creams".
        """
        figure = figure_of(said.value or 0)
        if said.unit in UNITS:
            return [(figure, UNITS[said.unit])]
        before = self._cut.words[: self._pieces[at].begin]
        led = before[-1:] in basket_words(self._cut.language)["definite"]
        if said.unit:
            return []
        return [(figure, "%"), (figure,)] if led else bottle_sizes(said.value or 0)

    def _goods(self, at: int, step: int) -> list[Piece]:
        """The products next to a piece, after (1) or before it (-1), in sentence order."""
        found: list[Piece] = []
        place = at + step * (1 + self._apart(at, step))
        while 0 <= place < len(self._pieces) and self._pieces[place].kind == "goods":
            found.append(self._pieces[place])
            place += step
        return found[::step]

    def _apart(self, at: int, step: int) -> int:
        """Return the number of pieces between a number and its name: filler and, after a name, a comma."""
        kinds = ("filler",) if step > 0 else ("filler", "stop")
        count = 0
        place = at + step
        while 0 <= place < len(self._pieces) and self._pieces[place].kind in kinds:
            count, place = count + 1, place + step
        return count

    def _amount_before(self, at: int) -> SpokenAmount | None:
        """The number directly before a piece, which counts it."""
        place = at - 1 - self._apart(at, -1)
        return self._pieces[place].amount if place >= 0 else None

    def _as_time(self, at: int) -> Piece | None:
        """A time after a comma, at the end of a part."""
        piece, words = self._pieces[at], self._cut.words
        before = self._pieces[at - 1].kind if at else ""
        ends = at + 1 == len(self._pieces) or self._pieces[at + 1].kind == "stop"
        timed = piece.end == piece.begin + 1 and _CLOCK.fullmatch(words[piece.begin])
        return Piece("context", piece.begin, piece.end) if before == "stop" and ends and timed else None
