"""Split a question into phrases, shop names and numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from edge.conversation.copilot.meaning.names import ShopName
from edge.conversation.copilot.meaning.vocabulary import PhraseMatch, SaidTime


class SentencePiece(NamedTuple):
    """A span of words that form one unit: its possible meanings, likeliest first, or a name."""

    begin: int
    end: int
    matches: tuple[PhraseMatch, ...] = ()
    name: ShopName | None = None

    def key(self, kind: str) -> str:
        """Return the key of the piece's phrase of this kind; "" if it has none."""
        return next((one.entry.key for one in self.matches if one.entry.kind == kind), "")

    def values(self, kind: str) -> tuple[object, ...]:
        """The values in the gaps of its phrase of this kind."""
        return next((one.values for one in self.matches if one.entry.kind == kind), ())

    def is_a(self, kind: str) -> bool:
        return any(one.entry.kind == kind for one in self.matches)

    @property
    def time(self) -> SaidTime | None:
        return SaidTime(self.key("times"), self.values("times")) if self.is_a("times") else None


class SaidPieces(msgspec.Struct, frozen=True):
    """The pieces of a question in order.

    `numbers`: free-standing ones by position. `joined`: its first word has an attached "and".
    """

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
        """Whether the question states its measure."""
        if any(self.has(kind) for kind in ("measures", "sold", "left")):
            return True
        return self.has("order") and (bool(self.names) or self.has("dimensions"))

    @property
    def is_whole(self) -> bool:
        """Whether the question is complete without a measure.

        Examples are "who did best this month" and "compare yesterday with Friday".
        """
        asks = self.asks_who or any(one.key("which") for one in self.of("which"))
        if self.has("order") and (self.has("times") or asks):
            return True
        return self.has("compare") and sum(1 for _ in self.of("times")) > 1

    @property
    def asks_who(self) -> bool:
        """Whether the question asks for a person. A "qui" after goods doesn't: "les produits qui se vendent"."""
        goods = {one.end for one in self.pieces if one.name and one.name.dimension != "person"}
        goods |= {one.end for one in self.of("dimensions") if one.key("dimensions") != "person"}
        return any(one.begin not in goods for one in self.of("who"))

    @property
    def follows(self) -> bool:
        """Whether the question follows up on the previous one: "and last week?", "same for cheese"."""
        first = self.pieces[0] if self.pieces else None
        return self.joined or bool(first and (first.is_a("follow") or first.is_a("joiners")))

    def behind(self, piece: SentencePiece, kind: str) -> SentencePiece | None:
        """Return the next piece of a kind after `piece`, skipping filler words."""
        for one in self.pieces:
            if one.begin >= piece.end:
                if one.is_a(kind) or (kind == "name" and one.name):
                    return one
                if not one.is_a("little"):
                    return None
        return None

    def next_to(self, piece: SentencePiece) -> SentencePiece | None:
        """Return the piece directly after `piece`, skipping filler words."""
        return next((one for one in self.pieces if one.begin >= piece.end and not one.is_a("little")), None)
