"""The pieces of a statement that state the event, its time, and the earlier items it refers to."""

from __future__ import annotations

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.reading.name_forms import has_any
from edge.conversation.understanding.reading.piece_words import STOPS, Piece, PieceWords
from edge.conversation.understanding.reading.statement_words import (
    StatementWords,
    languages_first,
    length_at,
    misspelt_act,
)
from edge.conversation.understanding.reading.words import own_words


class ActPieces(PieceWords):
    """Acts, particles and references."""

    def _particle(self, at: int) -> Piece | None:
        for _, said in self._vocabularies_at(at):
            if length := length_at(said.particles, self._words, at):
                kind, behind = said.particles[tuple(self._words[at : at + length])], at + length
                ends = behind >= len(self._words) or self._words[behind] in STOPS or self._words[behind] == JOINED
                when = length_at(said.before, self._words, behind) or length_at(said.times, self._words, behind)
                ends = ends or bool(when or length_at(said.but, self._words, behind)) or kind == "out"
                follows = any(one.kind in ("amount", "goods", "unit") for one in self.pieces)
                heads = not self.pieces and behind < len(self._words) and self._words[behind] in STOPS  # "in: 3 cases"
                if heads or (ends and follows):
                    return Piece("particle", at, behind, kind)
        return None

    def _act(self, at: int) -> Piece | None:
        is_known = any(self._words[at] in own_words(one) for one in languages_first(self.language)) or self._is_goods(
            at
        )
        begins = not any(one.kind not in ("filler", "stop", "context", "word") for one in self.pieces)
        tables = self._vocabularies_at(at)
        for _, said in tables:
            if said is not tables[0][1] and (self._words[at],) in tables[0][1].served | tables[0][1].occasions:
                break  # English "reception" isn't the French word for goods received
            sign = length_at(said.signs, self._words, at)
            longer = length_at(said.acts, self._words, at) > sign  # "plus que 3"
            if sign and not longer and (begins or self._is_taken_off(at + sign)):
                return Piece("act", at, at + sign, said.signs[tuple(self._words[at : at + sign])])
            if begins and (kind := said.asked.get((self._words[at],), "")) and self._begins_amount(at + 1):
                return Piece("act", at, at + 1, kind)
            act, carried = length_at(said.acts, self._words, at), length_at(said.carried, self._words, at)
            people = (said.suppliers, said.served, said.occasions, said.storage, said.people)
            if max(act, carried) and length_at(said.occasions, self._words, at) > max(act, carried):
                continue  # "the set menu"
            is_known = is_known or any((self._words[at],) in one for one in people)
            if not (act or carried or is_known) and (kind := misspelt_act(self._words[at], said)):
                return Piece("act", at, at + 1, kind)
            if act == 1 and self._words[at] == "left" and not self._has_named_piece:
                continue  # "left 3 at the bar" doesn't state a remainder
            if act == 1 and (self._words[at],) in said.formed and self._is_goods(at):
                continue  # "grated" may be cheese
            if act == 1 and self._is_place(at, said):
                continue  # "pour la cuisine": without its accent, "cuisiné" looks the same
            if act and self._tells_who(at):
                return Piece("context", at, at + act)
            if act and self._helps(at, act, said):
                return Piece("filler", at, at + act)
            if act and act >= carried:
                phrase = tuple(self._words[at : at + act])
                kind = "out" if self._is_fetched_back(phrase, said) else said.acts[phrase]
                return Piece("act", at, at + act, kind)
            if carried:
                return Piece("carried", at, at + carried)
        return None

    def _is_fetched_back(self, phrase: tuple[str, ...], said: StatementWords) -> bool:
        """Whether a supplier takes back some of the goods received: "reçu 24 bagels et le boulanger en a repris 2"."""
        came = next((n for n, one in enumerate(self.pieces) if one.kind == "act" and one.said == "in"), -1)
        if phrase not in said.fetched_back or came < 0:
            return False
        between = (self._words[at] for one in self.pieces[came:] for at in range(one.begin, one.end))
        return has_any(between, said.suppliers)

    def _is_place(self, at: int, said: StatementWords) -> bool:
        """Whether a French word after "for the", "to the" or "in" is a place."""
        led = self._words[max(0, at - 2) : at]
        behind = led[-1:] == ("en",) or (led[-1:] == ("la",) and (led[0],) in said.before | said.fetched_from)
        return self.language == "fr" and behind and (self._words[at],) in said.served | said.occasions

    def _tells_who(self, at: int) -> bool:
        """Whether a Hebrew verb with attached "that" describes a person: "for the guys that came at nine"."""
        last = self._last_piece
        acted = any(one.kind == "act" for one in self.pieces)
        written_on = self.language == "he" and self._words[at][0] == "ש"
        return written_on and acted and last is not None and last.kind == "context"

    def _helps(self, at: int, length: int, said: StatementWords) -> bool:
        """Whether "j'en ai" is only an auxiliary: "j'en ai mis 4"."""
        phrase, behind = tuple(self._words[at : at + length]), at + length
        if phrase not in said.auxiliary or behind >= len(self._words):
            return False
        return bool(length_at(said.acts, self._words, behind) or length_at(said.carried, self._words, behind))

    def _begins_amount(self, at: int) -> bool:
        """Whether a quantity begins here after function words, so that the words before it may be a request."""
        while at < len(self._words) and not self._number_at(at) and (little := self._filler(at)):
            at = little.end
        return at < len(self._words) and self._number_at(at)

    def _is_taken_off(self, at: int) -> bool:
        """Whether a number here is subtracted from uncounted goods: "croissants minus five"."""
        kinds = {one.kind for one in self.pieces}
        return "goods" in kinds and not kinds & {"act", "amount"} and at < len(self._words) and self._number_at(at)

    def _ago(self, at: int) -> Piece | None:
        """How long ago: "il y a 2 jours"."""
        for _, said in self._vocabularies_at(at):
            length = length_at(said.ago, self._words, at)
            amount = self._amount_of(at + length) if length and at + length < len(self._words) else None
            measured = length_at(said.measured, self._words, amount.number_end) if amount else 0
            if amount and measured:
                return Piece("context", at, amount.number_end + measured)
        return None

    def _reference(self, at: int) -> Piece | None:
        counted = bool(self.pieces) and self.pieces[-1].kind == "amount"
        for _, said in self._vocabularies_at(at):
            if length := length_at(said.them, self._words, at):
                ahead = at + length < len(self._words) and self._number_at(at + length)
                if counted or (ahead and (not self.pieces or any(one.kind == "goods" for one in self.pieces))):
                    return Piece("reference", at, at + length)
        return None
