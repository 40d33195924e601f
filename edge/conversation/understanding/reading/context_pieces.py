"""The pieces of a statement kept as context: for whom, where to, when."""

from __future__ import annotations

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import in_any_language
from edge.conversation.understanding.reading.act_pieces import ActPieces
from edge.conversation.understanding.reading.piece_words import MEASURED, STOPS, Piece
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import INSEPARABLE

HOURS = 12
_WHO = frozenset(("on", "il", "elle", "qui", "y", "l", "m", "t", "nous", "vous", "ca", "livreur", "fournisseur"))
"""After these a French "a" is a verb."""


class ContextPieces(ActPieces):
    """Context pieces, and numbers that aren't counts."""

    def _context(self, at: int) -> Piece | None:
        """Remarks on the recipient, destination or time; kept as a note and never counted."""
        if self.language == "fr" and self._words[at] == "a" and at and self._words[at - 1] in _WHO:
            return Piece("filler", at, at + 1)  # "on a touché": the verb "a", not "à"
        end = self._numbered_end(at)
        if end or self._is_called_by_number(at):
            return Piece("context", at, self._goes_on(end or at + 1))
        begin = at
        for _, said in self._vocabularies_at(at):
            at += length_at(said.before, self._words, at) if begin == at else 0
        if begin == at:
            word = self._words[at]
            if not (len(word) > 2 and word[0] in INSEPARABLE and not self._is_goods(at) and not self._is_own(at)):
                return None
            if self._is_of_name(at):
                return None
            at += 1
        elif (
            at < len(self._words)
            and (self._words[begin],) in statement_words(self.language).during
            and (act := self._act(at))
        ):
            at = act.end  # "while unloading" says when it happened
        elif form := self._counted_in(begin, at):
            return form
        elif self._set_to(at) or self._set_in(at) or self._is_counted_for(at):
            return Piece("filler", begin, at)
        elif at < len(self._words) and (self._counts_goods(at) or self._size(at) or self._tells_apart(at)):
            return Piece("filler", begin, at)  # "with six jars", "to 20 bunches", "lemonade in glass"
        end = self._goes_on(at)
        if end == at and begin == at - 1:
            return Piece("filler", begin, end) if self._is_own(begin) else Piece("context", begin, end)
        return self._as_context(begin, end)

    def _as_context(self, begin: int, end: int) -> Piece:
        named = (one for one in range(begin, end) if not self._words[one][0].isdigit())  # "table 4" isn't a pack of 4
        goods = any(self._is_goods(one) and not self._is_own(one) for one in named)
        return Piece("context", begin, end, with_goods=goods)

    def _set_to(self, at: int) -> bool:
        """Whether a number ends a phrase for the actual stock: "correct the challahs to 12"."""
        number = self._amount_of(at) if at < len(self._words) else None
        if number is None or number.end != len(self._words) or self._has_amount:
            return False
        if any(one.kind == "act" and one.said == "adjust" for one in self.pieces):
            return True
        place = next((n for n, one in enumerate(self.pieces) if one.kind == "carried"), None)
        if place is None or not any(one.kind == "goods" for one in self.pieces):
            return False
        put = self.pieces[place]
        self.pieces[place] = Piece("act", put.begin, put.end, "adjust")  # "mets les carottes à 12 kilos"
        return True

    def _is_counted_for(self, at: int) -> bool:
        """Whether the goods that a count is of follow: "the real figure for the carrots is 15 kilos"."""
        while at < len(self._words) and self._filler(at):
            at += 1
        counts = bool(self.pieces) and self.pieces[-1].kind == "act" and self.pieces[-1].said == "adjust"
        return counts and at < len(self._words) and self._is_goods(at) and not self._is_own(at)

    def _counted_in(self, begin: int, at: int) -> Piece | None:
        """The unit of goods just counted: "3 colas in boxes"."""
        found, said = self._form_behind(at), statement_words(self.language)
        if found is None or tuple(self._words[begin:at]) not in said.packed_in or not self._has_amount:
            return None
        length, form = found
        ends = at + length == len(self._words) or self._words[at + length] in STOPS
        counts = ends and self.pieces[-1].kind == "goods" and form.unit in ("box", "unit") and not form.single
        return Piece("unit", begin, at + length, form=form) if counts else None

    def _set_in(self, at: int) -> bool:
        """Whether the actual stock is stated in a counting unit: "correct the challahs to a case and three"."""
        counts = any(one.kind == "act" and one.said == "adjust" for one in self.pieces) and not self._has_amount
        return counts and any(one.kind == "goods" for one in self.pieces) and self._form_behind(at) is not None

    def _tells_apart(self, at: int) -> bool:
        """Whether a word selects among the products before it: "limonade en verre"."""
        last = self.pieces[-1] if self.pieces else None
        if last is None or last.kind != "goods" or self._filler(at) or not self._is_goods(at):
            return False
        begin = max((one.end for one in self.pieces if one.kind not in ("goods", "filler")), default=0)
        named = [
            word
            for one in self.pieces
            if one.kind == "goods" and one.begin >= begin
            for word in self._words[one.begin : one.end]
        ]
        several, told = self._linker.link(named).skus, self._linker.link((*named, self._words[at])).skus
        return 0 < len(told) < len(several)

    def _is_of_name(self, at: int) -> bool:
        """Whether a word with a possible prefix belongs to a name: between a number and a product, or after a product
        if the prefix can't mean "from the"."""
        last = self._last_piece
        behind = last.kind if last else ""
        named = any(one.kind == "goods" for one in self.pieces)
        joined = len(self.pieces) > 1 and self.pieces[-1].kind == "amount" and self.pieces[-2].kind == "joint"
        named &= not joined  # "two tonics and three ..."
        counted = behind in ("amount", "unit") and (not named or (at + 1 < len(self._words) and self._is_goods(at + 1)))
        return counted or (behind == "goods" and self._words[at][0] == "מ" and self._words[at][1] != "ה")

    def _context_number(self, at: int) -> Piece | None:
        """A number that isn't a count, tried before amounts."""
        return self._context(at) if self._numbered_end(at) or self._is_called_by_number(at) else None

    def _is_called_by_number(self, at: int) -> bool:
        """Whether a number identifies a person, such as the guest of a room: "la 214"."""
        before = self._words[at - 1] if at else ""
        named = any(one.kind == "goods" for one in self.pieces)
        return before in ("la", "le") and self._words[at].isdigit() and not named and not self._counts_goods(at)

    def _numbered_end(self, at: int) -> int:
        """The end of a number that isn't a count: "table 6", "9 o'clock", "20 guests"; 0 if there is none."""
        for _, said in self._vocabularies_at(at):
            for bare in (0, 1) if self.language == "he" else (0,):
                if bare and (self._words[at],) in said.little:
                    continue  # Hebrew "today" isn't "the day" with a number
                words = (self._words[at][bare:], *self._words[at + 1 : at + 4])
                length = length_at(said.numbered, words, 0)
                while length and at + length < len(self._words) and length_at(said.numbered, self._words, at + length):
                    length += 1
                joint = self._words[at + length : at + length + 1]
                if length and joint and joint[0] in in_any_language("of"):
                    length += 2  # "bon de livraison 88"
                if length and at + length < len(self._words) and self._words[at + length][0].isdigit():
                    hall = length_at(said.halls, words, 0) and not self._has_amount
                    weighed = self._form_behind(at + length + 1)
                    if weighed and weighed[1].unit in MEASURED and len(self._words[at + length + 1]) > 1:
                        return 0  # "today 5 kilos"
                    return 0 if hall and self._counts_at(at + length) else self._end_of_list(at + length + 1)
        if self.language == "he" and (end := self._hour(at)):
            return end
        if self._words[at][0].isdigit() or self._number_at(at):
            number = self._amount_of(at)
            behind = number.number_end if number else at + 1
            for _, said in self._vocabularies_at(min(behind, len(self._words) - 1)):
                if length := length_at(said.measured, self._words, behind):
                    return behind + length + self._per_unit(behind + length)
                if at and length_at(said.before, self._words, at - 1) and (length := self._per_unit(behind)):
                    return behind + length  # "at 6.90 a kilo"
        return 0

    def _hour(self, at: int) -> int:
        """The end of a time in words ("half past four" as said in Hebrew); 0 if there is none."""
        known, words = self._vocabularies_at(at)[0][0], (*self._words[at : at + 3], "", "")
        hour = known.numbers.get(words[0][1:], 0) if words[0][0] == "ב" else 0
        if not 0 < hour <= HOURS or words[1] != JOINED or words[2] not in known.fractions:
            return 0
        behind = at + 3
        return 0 if behind < len(self._words) and (self._form_behind(behind) or self._is_goods(behind)) else behind

    def _per_unit(self, at: int) -> int:
        """The length of the unit a price is for: "a kilo", "per bottle"."""
        words = [*self._words[at : at + 2], "", ""]
        hebrew = self.language == "he" and words[0][:1] == "ל"
        for known, said in self._vocabularies_at(at) if at < len(self._words) else ():
            if hebrew and (words[0][1:],) in known.counted:
                return 1
            if (words[0],) in said.per and (words[1],) in known.counted:
                return 2
        return 0

    def _end_of_list(self, at: int) -> int:
        """The end of a list of numbers that ends its part: "rooms 4 and 9"."""
        words = [*self._words, "."]
        while at + 2 < len(words) and words[at + 1].isdigit() and words[at + 2] in STOPS:
            if words[at] != JOINED and not self._joint(at):
                break
            at += 2
        return at

    def _counts_at(self, at: int) -> bool:
        """Whether a product or counting unit directly follows a number."""
        behind = at + 1
        return behind < len(self._words) and bool(self._is_goods(behind) or self._form_behind(behind))

    def _counts_goods(self, at: int) -> bool:
        """Whether a number with a product or unit begins here, so it isn't context."""
        if at >= len(self._words) or self._numbered_end(at):
            return False
        amount = self._amount_of(at)
        if amount is None:
            return False
        behind = amount.end
        while behind < len(self._words) and self._filler(behind):
            behind += 1
        named = behind < len(self._words) and (self._is_goods(behind) or self._form_behind(behind) is not None)
        return bool(amount.unit) or named

    def _goes_on(self, at: int) -> int:
        """The end of a context: at punctuation, "and", an act, or something counted."""
        begin = at
        while at < len(self._words):
            word = self._words[at]
            if word in STOPS or word == JOINED or self._act(at) or (self._joint(at) and at > begin):
                break
            named = any(one.kind == "goods" for one in self.pieces)
            counts = self._form_behind(at) and not self._is_room(at)
            if not named and (counts or (self.language == "he" and self._is_goods(at))):
                break
            if numbered := self._numbered_end(at):
                at = numbered
                continue
            if self._number_at(at) and not self._is_article_of(at) and self._counts_goods(at):
                break
            at += 1
        return at

    def _is_article_of(self, at: int) -> bool:
        return (
            any(known.numbers.get(self._words[at]) == 1 for known, _ in self._vocabularies_at(at))
            and self.language != "he"
        )
