"""A sentence cut into pieces by the tagger's tags: what the assembly of readings takes from either reader.

A tag chooses words, and never says what they mean: numbers, units and names are read by the same parsers as the
grammar's, from those words. What the tagger is not sure of is a word that nobody owns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.reading.model import Owner
from edge.shop.understanding.reading.piece_words import OWNERS, STOPS, Piece, PieceWords
from edge.shop.understanding.reading.pieces import Cut

if TYPE_CHECKING:
    from models.kinds import Tagged

SURE_FILLER = 0.98
"""So sure the tagger has to be that a word says nothing, of one that no vocabulary knows."""
SURE_SLOT = 0.8
_ACT = "act_"
_KNOWN = frozenset("oiwanuh")
"""Marks of words that say something, whatever the tagger thinks of them."""


class UncertainTags(Exception):
    """Nothing is read of a sentence so tagged."""


class TaggedPieces(PieceWords):
    """One sentence, read from its beginning to its end."""

    def __init__(self, words: Sequence[str], linker: CatalogueLinker, language: str, tagged: Tagged) -> None:
        super().__init__(words, linker, language)
        self._tags, self._scores = tagged.tags, tagged.scores
        self._marks = marks_of(words, language, lambda word: bool(linker.naming(word)))

    def cut(self) -> Cut:
        """All of it. UncertainTags where it denies or corrects, or a number or a word of what happened has no owner."""
        at = 0
        while at < len(self._words):
            piece = self._piece(at)
            owner: Owner = OWNERS[piece.kind]
            if owner:
                self.owners.take(piece.begin, piece.end, owner)
            self.pieces.append(piece)
            at = piece.end
        return Cut(self._words, tuple(self.pieces), self.owners, self.language)

    def _piece(self, at: int) -> Piece:
        word, slot = self._words[at], self._slot(at)
        if word in STOPS:
            return Piece("stop", at, at + 1)
        end = self._end(at)
        if slot in ("negation", "correction"):
            raise UncertainTags(slot)
        if slot in ("amount", "unit"):
            return self._counted_piece(at)
        if slot and min(self._scores[at:end]) < SURE_SLOT:
            return self._plain(at)
        if slot.startswith(_ACT):
            return Piece("act", at, end, self._kind(at, end, slot.removeprefix(_ACT)))
        if slot == "product":
            if any(self._number_at(one) and not self._is_goods(one) for one in range(at, end)):
                raise UncertainTags("a number that no name has")
            return Piece("goods", at, end)
        if slot == "context":
            return Piece("context", at, end)
        return Piece("reference", at, end) if slot == "reference" else self._plain(at)

    def _slot(self, at: int) -> str:
        return self._tags[at][2:]

    def _end(self, at: int) -> int:
        """Where the words of the same slot end."""
        end = at + 1
        while end < len(self._tags) and self._tags[end] == f"I-{self._slot(at)}":
            end += 1
        return end

    def _kind(self, begin: int, end: int, kind: str) -> str:
        """What an act says. A word that the vocabularies know says what they have, or nothing at all."""
        known = {one for at in range(begin, end) for one in self._marks[at] if one in "oiwa"}
        if known and kind[0] not in known:
            raise UncertainTags("two readers read an act otherwise")
        return kind

    def _counted_piece(self, at: int) -> Piece:
        amount = self._amount_of(at)
        if amount is not None:
            strange = [one for one in range(at, amount.end) if self._slot(one) not in ("amount", "unit", "")]
            if strange:
                raise UncertainTags("an amount in other words")
            return Piece("amount", at, amount.end, amount=amount)
        if form := self._form_behind(at):
            return Piece("unit", at, at + form[0], form=form[1])
        return self._plain(at)

    def _plain(self, at: int) -> Piece:
        """A word that is in no slot: what the vocabularies know it to be, else a filler where the tagger is sure."""
        if self._number_at(at) or any(one in "oiwanh" for one in self._marks[at]):
            little = self._filler(at)
            if little is None or (self._number_at(at) and self._words[at][0].isdigit()):
                raise UncertainTags("a word that says something has no owner")
            return little
        if found := self._joint(at) or self._filler(at):
            return found
        sure = self._slot(at) == "" and self._scores[at] >= SURE_FILLER and not self._is_goods(at)
        if sure and not any(one in _KNOWN for one in self._marks[at]):
            return Piece("filler", at, at + 1)
        return Piece("word", at, at + 1)
