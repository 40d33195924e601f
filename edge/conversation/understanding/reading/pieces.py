"""Split a statement into pieces by role: acts, amounts, units, names, context, filler."""

from __future__ import annotations

import msgspec

from edge.conversation.understanding.amounts import SpokenAmount
from edge.conversation.understanding.lexicon import in_any_language
from edge.conversation.understanding.reading.context_pieces import ContextPieces
from edge.conversation.understanding.reading.model import Owners
from edge.conversation.understanding.reading.name_forms import bare_forms, is_said
from edge.conversation.understanding.reading.piece_words import NAME_DIGITS, OWNERS, STOPS, Piece
from edge.conversation.understanding.reading.sizes import UNITS
from edge.conversation.understanding.reading.statement_words import biggest_by, length_at

ARTICLES = frozenset({"a", "an"})

LEAST_RUN = 2
"""Minimum words of a name that begins with a function word."""


class Cut(msgspec.Struct, frozen=True):
    """A statement's words and pieces, and the role of each word."""

    words: tuple[str, ...]
    pieces: tuple[Piece, ...]
    owners: Owners
    language: str


class Cutter(ContextPieces):
    """Splits a statement from beginning to end."""

    def cut(self) -> Cut:
        """Split the whole statement."""
        at = 0
        while at < len(self._words):
            piece = self._piece(at)
            if owner := OWNERS[piece.kind]:
                self.owners.take(piece.begin, piece.end, owner)
            self.pieces.append(piece)
            at = piece.end
        self._take_heading()
        return Cut(self._words, tuple(self.pieces), self.owners, self.language)

    def _take_heading(self) -> None:
        """Treat a heading before products as their purpose: "brunch: 18 croissants"."""
        stop = next((n for n, one in enumerate(self.pieces) if self._words[one.begin] == ";"), 0)
        head = self.pieces[:stop]
        if not head or {one.kind for one in head} - {"word", "filler", "context"}:
            return
        for place, one in enumerate(head):
            if one.kind == "word":
                self.owners.take(one.begin, one.end, "context")
                self.pieces[place] = Piece("context", one.begin, one.end)

    def _piece(self, at: int) -> Piece:
        word = self._words[at]
        if word in STOPS:
            return Piece("stop", at, at + 1)
        readers = (
            self._name_run,
            self._particle,
            self._ago,
            self._act,
            self._reference,
            self._size,
            self._context_number,
            self._amount,
            self._unit,
            self._in_container,
            self._inside_name,
            self._context,
            self._joint,
            self._filler,
        )
        for read in readers:
            if piece := read(at):
                return piece
        if self._is_goods(at):
            return Piece("context" if self._is_purpose(at) else "goods", at, at + 1)
        if not self._is_before_name(at) and any(
            (bare,) in said.occasions
            or (bare,) in said.people
            or (bare,) in said.storage
            or (bare,) in said.suppliers
            or (bare,) in said.served
            for _, said in self._vocabularies_at(at)
            for bare in bare_forms(self._words[at])
        ):
            return Piece("context", at, at + 1)
        if self._is_behind_taking(at):
            return Piece("context", at, at + 1)
        if self._is_of_last_act(at):
            return Piece("filler", at, at + 1)
        if biggest_by(word, self.language) is not None:
            return Piece("word", at, at + 1)
        if any((word,) in said.states or (word,) in said.relative for _, said in self._vocabularies_at(at)):
            return Piece("filler", at, at + 1)
        if self._is_led_to(at):
            return self._as_context(at, max(at + 1, self._goes_on(at)))
        last = self._last_piece
        if self.language == "he" and word[0] == "ל" and len(word) > NAME_DIGITS and last and last.kind == "goods":
            return Piece("context", at, at + 1)  # "for the oven", though the word occurs in a phrase
        return Piece("word", at, at + 1)

    def _is_behind_taking(self, at: int) -> bool:
        """Whether "back" follows the goods taken: "the baker took 2 back"."""
        last = self._last_piece
        returned = any((self._words[at],) in said.returning for _, said in self._vocabularies_at(at))
        return returned and last is not None and last.kind in ("amount", "unit", "goods", "act")

    def _is_of_last_act(self, at: int) -> bool:
        """Whether a word belongs to the last act across its object: "threw it away"."""
        act = next((one for one in reversed(self.pieces) if one.kind == "act"), None)
        if act is None or any(one.kind in ("stop", "joint") and one.begin > act.begin for one in self.pieces):
            return False
        phrase = (*self._words[act.begin : act.end], self._words[at])
        return any(said.acts.get(phrase) == act.said for _, said in self._vocabularies_at(act.begin))

    def _is_before_name(self, at: int) -> bool:
        """Whether a word is between a number and a product and so part of the name ("2 kilos of regular potatoes")."""
        last = self._last_piece
        counted = last is not None and last.kind in ("amount", "unit")
        return counted and self.language != "he" and at + 1 < len(self._words) and self._is_goods(at + 1)

    def _is_led_to(self, at: int) -> bool:
        """Whether an act after products ends with a destination: "went to the school"."""
        last = self._last_piece
        if last is None or last.kind != "act" or not any(one.kind == "goods" for one in self.pieces):
            return False
        end = (self._words[last.end - 1],)
        leads = any(end in said.before or end in said.giving for _, said in self._vocabularies_at(at))
        return last.end - last.begin > 1 and leads

    def _name_run(self, at: int) -> Piece | None:
        length = self._linker.run_at(self._words, at, self._seeds)
        length = 0 if length and self._filler(at) and not self._begins_name(at, length) else length
        while length and self._counting(at + length - 1) and not self._words[at + max(0, length - 2)][0].isdigit():
            length -= 1  # "lemonade cans": "cans" is a unit, unless a size before it makes it part of the name
        if length and self._number_at(at) and not self._goes_on_with(at, length):
            length = 0  # "pears 1 kg" beside bags of "flour 1 kg"
        begin_counts = self._counting(at) and not self._pack_run(at)
        behind = self._words[at + length : at + length + 1]
        heads = not self.pieces and bool(behind) and behind[0] in STOPS  # "7 Up: one case"
        heads |= length > 1 and all(self._filler(at + place) for place in range(1, length))  # "took 7 up"
        if length < 2 or begin_counts or (self._number_at(at) and not (heads or self._behind_amount())):
            alone = self._words[at].isdigit() and len(self._words[at]) > NAME_DIGITS and self._is_goods(at)
            return Piece("goods", at, at + 1) if alone else None
        return Piece("goods", at, at + length)

    def _begins_name(self, at: int, length: int) -> bool:
        """Whether words that begin with a function word begin a product's name: "whole milk", "thé à la menthe"."""
        run = self._words[at : at + length]
        if length < LEAST_RUN or all(self._filler(at + place) for place in range(length)):
            return False
        names = (name for name in self._linker.names_with(run[-1]) if len(name) >= length)
        return any(all(is_said(*pair) for pair in zip(run, name, strict=False)) for name in names)

    def _goes_on_with(self, at: int, length: int) -> bool:
        """Whether words after a name belong to the same product; without a name before them they may."""
        named: list[str] = []
        for one in reversed(self.pieces):
            if one.kind != "goods":
                break
            named[:0] = self._words[one.begin : one.end]
        return not named or bool(self._linker.link((*named, *self._words[at : at + length])).skus)

    def _pack_run(self, at: int) -> int:
        """Return the number of words here that name a pack with its number, as in a product's name: "tray of 30".

        In Hebrew the pack itself is counted.
        """
        length = self._linker.run_at(self._words, at, self._seeds) if self.language != "he" else 0
        return length if any(one.isdigit() for one in self._words[at + 1 : at + length]) else 0

    def _is_purpose(self, at: int) -> bool:
        """Whether a Hebrew word with the prefix "to" is a purpose: "oranges for juices".

        It then isn't part of the name, even if other products have such a name.
        """
        word = self._words[at]
        if self.language != "he" or word[0] != "ל" or self._linker.has_word(word):
            return False
        named: list[str] = []
        for one in reversed(self.pieces):
            if one.kind != "goods":
                break
            named[:0] = self._words[one.begin : one.end]
        return bool(self._linker.link(named).skus) and not self._linker.link((*named, word)).skus

    def _behind_amount(self) -> bool:
        last = self._last_piece
        return last is not None and last.kind in ("amount", "goods", "unit")

    def _amount(self, at: int) -> Piece | None:
        amount = self._amount_of(at) or self._attached_amount(at)
        if amount is None:
            return None
        if amount.unit and amount.number_end < amount.end and self._pack_run(amount.end - 1):
            amount = msgspec.structs.replace(amount, end=amount.number_end, unit="", container="")
        elif not amount.unit and (form := self._form_behind(amount.end)):  # number and unit in different languages
            length, counted = form
            amount = msgspec.structs.replace(
                amount, end=amount.end + length, unit=counted.unit, container=counted.container
            )
        if amount.end == at + 1 and not amount.unit and self._is_article(at):
            return Piece("filler", at, at + 1)
        return Piece("amount", at, amount.end, amount=amount)

    def _attached_amount(self, at: int) -> SpokenAmount | None:
        """Return a Hebrew number with the prefix "in", before a product.

        It must be confirmed, as "at four" looks the same.
        """
        known, bare = self._vocabularies_at(at)[0][0], self._words[at][1:]
        counts = self.language == "he" and self._words[at][0] == "ב" and known.numbers.get(bare, 0)
        if not counts or at + 1 >= len(self._words) or not self._is_goods(at + 1):
            return None
        return SpokenAmount(at, at + 1, counts * 1000, "", "", "numbers", at + 1)

    def _is_article(self, at: int) -> bool:
        """Whether "a" isn't a count here: no product follows, or precedes it, as Hebrew says "one"."""
        if self._words[at][0].isdigit() or not any(
            known.numbers.get(self._words[at]) == 1 for known, _ in self._vocabularies_at(at)
        ):
            return False
        if self.language == "he":
            return False
        behind = at + 1
        if behind >= len(self._words) and self._has_amount and self.pieces[-1].kind == "act":
            return False  # "... et jeté un"
        joined = bool(self.pieces) and self.pieces[-1].kind == "joint" and self._has_amount
        if joined and self._words[at] not in ARTICLES and behind < len(self._words) and self._context(behind):
            return False  # "and one for the lounge"
        while behind < len(self._words) and (self._filler(behind) or self._says_size(behind)):
            behind += 1
        if behind >= len(self._words) or (self._words[behind - 1] in in_any_language("of") and self._act(behind)):
            return behind >= len(self._words)  # "une de cassée" counts one
        return not (self._is_goods(behind) or self._linker.run_at(self._words, behind, self._seeds))

    def _says_size(self, at: int) -> bool:
        """Whether a word is a size, as in "a large iced tea"."""
        return biggest_by(self._words[at], self.language) is not None

    def _in_container(self, at: int) -> Piece | None:
        """Return a preposition before a container that selects the goods: "2 lagers in bottles"."""
        form = self._form_behind(at + 1) if self._words[at] in ("in", "en") else None
        behind = at + 1 + (form[0] if form else 0)
        ends = behind >= len(self._words) or self._words[behind] in STOPS or self._joint(behind) is not None
        ends = ends or any(length_at(said.before, self._words, behind) for _, said in self._vocabularies_at(behind))
        named = bool(self.pieces) and self.pieces[-1].kind == "goods"
        return Piece("filler", at, at + 1) if form and form[1].container and named and ends else None

    def _inside_name(self, at: int) -> Piece | None:
        """Return a preposition within a name, such as that of beans: "deux paquets d'espresso en grains"."""
        last, behind = self._last_piece, at + 1
        if last is None or last.kind != "goods" or last.end != at or behind >= len(self._words):
            return None
        leads = any((self._words[at],) in said.before - said.giving for _, said in self._vocabularies_at(at))
        if not leads or not self._is_goods(behind) or self._number_at(behind):
            return None
        named = self._words[last.begin : last.end]
        together = self._linker.link((*named, self._words[at], self._words[behind])).skus
        return Piece("filler", at, behind) if together else None

    def _unit(self, at: int) -> Piece | None:
        form = self._form_behind(at)
        if form is not None and self._is_room(at):
            return None  # "the bar used 5 tonics"
        if form is None or (len(self._words[at]) == 1 and form[1].unit in UNITS and not self._is_counted(at)):
            return None  # "l'équipe": an article, as no number precedes it
        if form[1].unit == "box" and {*self._words[max(0, at - 2) : at]} & in_any_language("inside"):
            return Piece("filler", at, at + form[0])  # "in the crate of rum two were broken"
        return Piece("unit", at, at + form[0], form=form[1])
