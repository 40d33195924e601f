"""Possible roles of each word of a statement, by vocabulary and catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from edge.conversation.understanding.amounts import JOINED, SpokenAmount, amount_at
from edge.conversation.understanding.lexicon import CountingWord, Vocabulary, vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import Owner, Owners
from edge.conversation.understanding.reading.statement_words import (
    StatementWords,
    languages_first,
    length_at,
    statement_words,
)
from edge.conversation.understanding.reading.words import own_words
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.sizes import is_unit

Kind = Literal[
    "act", "particle", "carried", "amount", "unit", "goods", "word", "joint", "stop", "context", "filler", "reference"
]
STOPS = frozenset(",;.\n!?")
MEASURED = frozenset({"kg", "g", "livre", "litre"})
NAME_DIGITS = 3
"""A number with this many digits may be a name ("1664")."""
OWNERS: dict[Kind, Owner] = {
    "act": "act",
    "particle": "act",
    "carried": "act",
    "amount": "amount",
    "unit": "unit",
    "goods": "product",
    "word": "",
    "joint": "filler",
    "stop": "filler",
    "context": "context",
    "filler": "filler",
    "reference": "reference",
}


class Piece(msgspec.Struct, frozen=True):
    """A piece of a statement: words with one role.

    `said`: the meaning of an act or particle. `with_goods`: a context that also names products. `named`: its words as
    spelt in names, if different.
    """

    kind: Kind
    begin: int
    end: int
    said: str = ""
    amount: SpokenAmount | None = None
    form: CountingWord | None = None
    with_goods: bool = False
    named: tuple[str, ...] = ()


class PieceWords:
    """The words of a statement and the pieces found so far."""

    def __init__(self, words: Sequence[str], linker: CatalogueLinker, language: str, names_first: bool = False) -> None:
        self._words, self._linker, self.language = tuple(words), linker, language
        self._seeds = self._found_names(names_first)
        self.owners = Owners(len(words))
        self.pieces: list[Piece] = []

    def _found_names(self, names_first: bool) -> list[CatalogProduct]:
        met: dict[str, CatalogProduct] = {}
        for at, word in enumerate(self._words):
            if self._may_name(word) or (names_first and word.isalpha()) or self._is_behind_figure(at):
                met |= {one.sku: one for one in self._linker.naming(word)}
        return list(met.values())

    def _is_behind_figure(self, at: int) -> bool:
        """Whether a name may begin with the figure before a word: "7 up"."""
        figure, word = self._words[max(0, at - 1)], self._words[at]
        if not (at and figure.isdigit() and word.isalpha()) or is_unit(word):
            return False  # "1 kg" is also a part of a bag's name
        return any(word in name and figure in name for name in self._linker.names_with(word))

    def _may_name(self, word: str) -> bool:
        if word.isdigit():
            return len(word) > NAME_DIGITS
        return word.isalpha() and word not in own_words(self.language)

    def _vocabularies_at(self, at: int) -> list[tuple[Vocabulary, StatementWords]]:
        """The vocabularies for a word: only the sentence's own if it has the word."""
        own = self._words[at] in own_words(self.language)
        languages = (self.language,) if own else languages_first(self.language)
        return [(vocabulary(one), statement_words(one)) for one in languages]

    def _is_goods(self, at: int) -> bool:
        return bool(self._linker.naming(self._words[at]))

    def _number_at(self, at: int) -> bool:
        amount = self._amount_of(at)
        return amount is not None and amount.value is not None

    def _counting(self, at: int) -> CountingWord | None:
        for known, _ in self._vocabularies_at(at):
            if (self._words[at],) in known.counted:
                return known.counted[(self._words[at],)]
        return None

    @property
    def _last_piece(self) -> Piece | None:
        """The last piece that isn't a filler."""
        return next((one for one in reversed(self.pieces) if one.kind != "filler"), None)

    @property
    def _has_named_piece(self) -> bool:
        return any(one.kind in ("amount", "goods", "unit") for one in self.pieces)

    @property
    def _has_amount(self) -> bool:
        return any(one.kind == "amount" for one in self.pieces)

    def _amount_of(self, at: int) -> SpokenAmount | None:
        rest = list(self._words[at:])
        found = [amount_at(rest, 0, known) for known, _ in self._vocabularies_at(at)]
        said = [one for one in found if one and one.value is not None and (one.number_end or self._is_measure(at, one))]
        best = max(said, key=lambda one: one.end, default=None)
        if best is None:
            return None
        if best.unit == "kg" and (joint := self._joint_within(at, best)):
            best = amount_at(rest[:joint], 0, vocabulary(self.language)) or best
        return msgspec.structs.replace(best, at=at, end=best.end + at, number_end=best.number_end + at)

    def _joint_within(self, at: int, said: SpokenAmount) -> int:
        """Return the position of an "and" in a weight whose second number counts other goods.

        An example is "tomatoes 1 kg and 200 rolls".
        """
        end = at + said.end
        other = end < len(self._words) and self._is_goods(end) and not self._is_own(end)
        if not (other and any(one.kind == "goods" for one in self.pieces)):
            return 0
        return next((one for one in range(1, said.end) if self._joint(at + one)), 0)

    def _is_measure(self, at: int, said: SpokenAmount) -> bool:
        """Whether a measure alone means one: "kilo bananas". A single letter is an article instead ("l'hôtel")."""
        return said.unit in MEASURED and len(self._words[at]) > 1 and not self._is_counted(at)

    def _is_counted(self, at: int) -> bool:
        """Whether a number directly precedes a word."""
        if at == 0:
            return False
        before = self._words[at - 1]
        return before[0].isdigit() or any(before in known.numbers for known, _ in self._vocabularies_at(at - 1))

    def _form_behind(self, at: int) -> tuple[int, CountingWord] | None:
        if at >= len(self._words):
            return None
        for known, _ in self._vocabularies_at(at):
            if length := known.match(known.counted, self._words, at):
                return length, known.counted[tuple(self._words[at : at + length])]
        return None

    def _is_room(self, at: int) -> bool:
        """Whether a counting word is a place served instead ("the bar").

        No number precedes it, and no product or "of" follows.
        """
        if not any((self._words[at],) in said.served for _, said in self._vocabularies_at(at)):
            return False
        behind = at + 1
        named = behind < len(self._words) and (self._is_goods(behind) or self._words[behind] == "of")
        named = named and not self._words[behind].isdigit()  # "gave the bar 2 bottles"
        return not (named or self._is_counted(at))

    def _is_own(self, at: int) -> bool:
        return self._words[at] in own_words(self.language)

    def _filler(self, at: int) -> Piece | None:
        for known, said in self._vocabularies_at(at):
            length = max(length_at(said.little, self._words, at), known.match(known.fillers, self._words, at))
            length = length or length_at(said.polite, self._words, at)
            bare = self._words[at][1:]
            if not length and known.language == "he" and self._words[at][0] == "ה" and (bare,) in said.little:
                length = 1  # "the last ones"
            if length:
                return Piece("filler", at, at + length)
        return None

    def _joint(self, at: int) -> Piece | None:
        if self._words[at] == JOINED:
            return Piece("joint", at, at + 1)
        for known, _ in self._vocabularies_at(at):
            if length := known.match(known.joiners, self._words, at):
                return Piece("joint", at, at + length)
        return None

    def _size(self, at: int) -> Piece | None:
        """A size that products aren't counted in: "330 ml", "15 %"."""
        words = self._words
        unit = words[at + 1] if at + 1 < len(words) else ""
        if words[at][0].isdigit() and unit and (unit == "%" or is_unit(unit)) and not self._counting(at + 1):
            return Piece("goods", at, at + 2)
        return None
