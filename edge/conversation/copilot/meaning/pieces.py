"""A question cut into what its words are: phrases, names of the shop, numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from edge.conversation.copilot.meaning.names import ShopName
from edge.conversation.copilot.meaning.vocabulary import PhraseMatch, SaidTime


class SentencePiece(NamedTuple):
    """So many words of a sentence that are one thing: all that they may be, the likeliest first; or a name."""

    begin: int
    end: int
    matches: tuple[PhraseMatch, ...] = ()
    name: ShopName | None = None

    def key(self, kind: str) -> str:
        """What it is as a word of this kind; "": it is none."""
        return next((one.entry.key for one in self.matches if one.entry.kind == kind), "")

    def values(self, kind: str) -> tuple[object, ...]:
        """What stood in its gaps as a phrase of this kind."""
        return next((one.values for one in self.matches if one.entry.kind == kind), ())

    def is_a(self, kind: str) -> bool:
        return any(one.entry.kind == kind for one in self.matches)

    @property
    def time(self) -> SaidTime | None:
        return SaidTime(self.key("times"), self.values("times")) if self.is_a("times") else None


class SaidPieces(msgspec.Struct, frozen=True):
    """The pieces of one question, in their order; `numbers`: those that stand alone, by their place. `joined`: it
    begins with an "and" that is written onto its first word."""

    pieces: tuple[SentencePiece, ...]
    numbers: Mapping[int, int] = {}
    joined: bool = False

    def of(self, kind: str) -> Iterator[SentencePiece]:
        """The pieces that may be of a kind."""
        return (piece for piece in self.pieces if piece.is_a(kind))

    def has(self, kind: str, key: str = "") -> bool:
        return any(not key or piece.key(kind) == key for piece in self.of(kind))

    @property
    def names(self) -> tuple[SentencePiece, ...]:
        return tuple(piece for piece in self.pieces if piece.name)

    @property
    def has_measure(self) -> bool:
        """Whether it says itself what it asks for."""
        if any(self.has(kind) for kind in ("measures", "sold", "left")):
            return True
        return self.has("order") and (bool(self.names) or self.has("dimensions"))

    @property
    def is_whole(self) -> bool:
        """Whether it is a question by itself though it names no measure: "who did best this month", "compare yesterday
        with Friday"."""
        asks = self.has("who") or any(one.key("which") for one in self.of("which"))
        if self.has("order") and (self.has("times") or asks):
            return True
        return self.has("compare") and sum(1 for _ in self.of("times")) > 1

    @property
    def follows(self) -> bool:
        """Whether it goes on with what was asked before: "and last week?", "same for cheese"."""
        first = self.pieces[0] if self.pieces else None
        return self.joined or bool(first and (first.is_a("follow") or first.is_a("joiners")))

    def behind(self, piece: SentencePiece, kind: str) -> SentencePiece | None:
        """The next piece of a kind behind one, but for little words."""
        for one in self.pieces:
            if one.begin >= piece.end:
                if one.is_a(kind) or (kind == "name" and one.name):
                    return one
                if not one.is_a("little"):
                    return None
        return None

    def next_to(self, piece: SentencePiece) -> SentencePiece | None:
        """The piece behind one, but for little words."""
        return next((one for one in self.pieces if one.begin >= piece.end and not one.is_a("little")), None)
