"""A statement cut into pieces, each with the owner of its words: acts, amounts, units, names, context, little words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from edge.shop.assistant.amounts import JOINED, SpokenAmount, amount_at
from edge.shop.assistant.lexicon import CountingWord, Vocabulary, vocabulary
from edge.shop.assistant.reading.linking import CatalogueLinker
from edge.shop.assistant.reading.model import Owner, Owners
from edge.shop.assistant.reading.name_forms import bare_forms
from edge.shop.assistant.reading.statement_words import (
    StatementWords,
    languages_first,
    length_at,
    misspelt_act,
    statement_words,
)
from edge.shop.assistant.reading.words import own_words
from edge.shop.catalog.queries import CatalogProduct
from edge.shop.search.query.sizes import is_unit

Kind = Literal[
    "act", "particle", "carried", "amount", "unit", "goods", "word", "joint", "stop", "context", "filler", "reference"
]
STOPS = frozenset(",;.\n!?")
INSEPARABLE = "לבמ"
"""To, in and from, as Hebrew writes them onto a word."""
MEASURED = frozenset({"kg", "g", "livre", "litre"})
DURING = frozenset({"while", "when", "תוך", "בזמן", "pendant"})
NAME_DIGITS = 3
"""A number of so many digits may be a name by itself ("1664")."""
_OWNERS: dict[Kind, Owner] = {
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
    """Words of one owner. `said`: what an act or a particle says; `with_goods`: a context that names goods, too."""

    kind: Kind
    begin: int
    end: int
    said: str = ""
    amount: SpokenAmount | None = None
    form: CountingWord | None = None
    with_goods: bool = False


class Cut(msgspec.Struct, frozen=True):
    """A statement's words and pieces, and who owns each word."""

    words: tuple[str, ...]
    pieces: tuple[Piece, ...]
    owners: Owners
    language: str


class Cutter:
    """One statement, read from its beginning to its end."""

    def __init__(self, words: Sequence[str], linker: CatalogueLinker, language: str, names_first: bool = False) -> None:
        self._words, self._linker, self.language = tuple(words), linker, language
        self._seeds = self._found_names(names_first)
        self.owners = Owners(len(words))
        self.pieces: list[Piece] = []

    def _found_names(self, names_first: bool) -> list[CatalogProduct]:
        met: dict[str, CatalogProduct] = {}
        for word in self._words:
            if self._may_name(word) or (names_first and word.isalpha()):
                met |= {one.sku: one for one in self._linker.naming(word)}
        return list(met.values())

    def _may_name(self, word: str) -> bool:
        if word.isdigit():
            return len(word) > NAME_DIGITS
        return word.isalpha() and word not in own_words(self.language)

    def _known(self, at: int) -> list[tuple[Vocabulary, StatementWords]]:
        """The vocabularies that may say what a word is: the sentence's own alone, where it has it."""
        own = self._words[at] in own_words(self.language)
        languages = (self.language,) if own else languages_first(self.language)
        return [(vocabulary(one), statement_words(one)) for one in languages]

    def cut(self) -> Cut:
        """All of it."""
        at = 0
        while at < len(self._words):
            piece = self._piece(at)
            if owner := _OWNERS[piece.kind]:
                self.owners.take(piece.begin, piece.end, owner)
            self.pieces.append(piece)
            at = piece.end
        self._take_heading()
        return Cut(self._words, tuple(self.pieces), self.owners, self.language)

    def _take_heading(self) -> None:
        """What stands before goods as a heading ("brunch: 18 croissants") says what they were for."""
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
            self._called,
            self._amount,
            self._unit,
            self._context,
            self._joint,
            self._filler,
        )
        for read in readers:
            if piece := read(at):
                return piece
        if self._is_goods(at):
            return Piece("goods", at, at + 1)
        if any(
            (bare,) in said.occasions or (bare,) in said.storage
            for _, said in self._known(at)
            for bare in bare_forms(self._words[at])
        ):
            return Piece("context", at, at + 1)
        if any((self._words[at],) in said.states for _, said in self._known(at)):
            return Piece("filler", at, at + 1)
        return Piece("word", at, at + 1)

    def _is_goods(self, at: int) -> bool:
        return bool(self._linker.naming(self._words[at]))

    def _name_run(self, at: int) -> Piece | None:
        length = 0 if self._filler(at) else self._linker.run_at(self._words, at, self._seeds)
        while length and self._counting(at + length - 1):
            length -= 1  # "lemonade cans": what it is counted in stays
        begin_counts = self._counting(at)
        if length < 2 or begin_counts or (self._number_at(at) and not self._behind_amount()):
            alone = self._words[at].isdigit() and len(self._words[at]) > NAME_DIGITS and self._is_goods(at)
            return Piece("goods", at, at + 1) if alone else None
        return Piece("goods", at, at + length)

    def _number_at(self, at: int) -> bool:
        amount = self._amount_of(at)
        return amount is not None and amount.value is not None

    def _behind_amount(self) -> bool:
        last = next((one for one in reversed(self.pieces) if one.kind != "filler"), None)
        return last is not None and last.kind in ("amount", "goods", "unit")

    def _counting(self, at: int) -> CountingWord | None:
        for known, _ in self._known(at):
            if (self._words[at],) in known.counted:
                return known.counted[(self._words[at],)]
        return None

    def _particle(self, at: int) -> Piece | None:
        for _, said in self._known(at):
            if length := length_at(said.particles, self._words, at):
                kind, behind = said.particles[tuple(self._words[at : at + length])], at + length
                ends = behind >= len(self._words) or self._words[behind] in STOPS or self._words[behind] == JOINED
                ends = ends or bool(length_at(said.before, self._words, behind)) or kind == "out"
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
        for _, said in self._known(at):
            sign = length_at(said.signs, self._words, at)
            longer = length_at(said.acts, self._words, at) > sign  # "plus que 3"
            if sign and not longer and (begins or self._is_taken_off(at + sign)):
                return Piece("act", at, at + sign, said.signs[tuple(self._words[at : at + sign])])
            act, carried = length_at(said.acts, self._words, at), length_at(said.carried, self._words, at)
            people = said.suppliers | said.served | said.occasions | said.storage
            is_known = is_known or (self._words[at],) in people
            if not (act or carried or is_known) and (kind := misspelt_act(self._words[at], said)):
                return Piece("act", at, at + 1, kind)
            if act == 1 and self._words[at] == "left" and not self._named:
                continue  # "left 3 at the bar" does not say what is left
            if act == 1 and (self._words[at],) in said.formed and self._is_goods(at):
                continue  # "grated" may be cheese
            if act and act >= carried:
                return Piece("act", at, at + act, said.acts[tuple(self._words[at : at + act])])
            if carried:
                return Piece("carried", at, at + carried)
        return None

    def _is_taken_off(self, at: int) -> bool:
        """Whether a number stands here, and goods that nobody counted before: "croissants minus five"."""
        kinds = {one.kind for one in self.pieces}
        return "goods" in kinds and not kinds & {"act", "amount"} and at < len(self._words) and self._number_at(at)

    @property
    def _named(self) -> bool:
        return any(one.kind in ("amount", "goods", "unit") for one in self.pieces)

    def _ago(self, at: int) -> Piece | None:
        """How long ago it was: "il y a 2 jours"."""
        for _, said in self._known(at):
            length = length_at(said.ago, self._words, at)
            amount = self._amount_of(at + length) if length and at + length < len(self._words) else None
            measured = length_at(said.measured, self._words, amount.number_end) if amount else 0
            if amount and measured:
                return Piece("context", at, amount.number_end + measured)
        return None

    def _reference(self, at: int) -> Piece | None:
        counted = bool(self.pieces) and self.pieces[-1].kind == "amount"
        for _, said in self._known(at):
            if length := length_at(said.them, self._words, at):
                ahead = at + length < len(self._words) and self._number_at(at + length)
                if counted or (ahead and (not self.pieces or any(one.kind == "goods" for one in self.pieces))):
                    return Piece("reference", at, at + length)
        return None

    def _size(self, at: int) -> Piece | None:
        """A size that goods are not counted in: "330 ml", "15 %"."""
        words = self._words
        unit = words[at + 1] if at + 1 < len(words) else ""
        if words[at][0].isdigit() and unit and (unit == "%" or is_unit(unit)) and not self._counting(at + 1):
            return Piece("goods", at, at + 2)
        return None

    def _amount_of(self, at: int) -> SpokenAmount | None:
        rest = list(self._words[at:])
        found = [amount_at(rest, 0, known) for known, _ in self._known(at)]
        said = [one for one in found if one and one.value is not None and (one.number_end or self._is_measure(at, one))]
        best = max(said, key=lambda one: one.end, default=None)
        if best is None:
            return None
        return msgspec.structs.replace(best, at=at, end=best.end + at, number_end=best.number_end + at)

    def _is_measure(self, at: int, said: SpokenAmount) -> bool:
        """Whether a measure alone is one of it: "kilo bananas"; a letter is an article ("l'hôtel")."""
        counted = at > 0 and (self._words[at - 1][0].isdigit() or self._number_before(at))
        return said.unit in MEASURED and len(self._words[at]) > 1 and not counted

    def _number_before(self, at: int) -> bool:
        return any(self._words[at - 1] in known.numbers for known, _ in self._known(at - 1))

    def _amount(self, at: int) -> Piece | None:
        amount = self._amount_of(at)
        if amount is None:
            return None
        if not amount.unit and (form := self._form_behind(amount.end)):  # a number of one language, a unit of another
            length, counted = form
            amount = msgspec.structs.replace(
                amount, end=amount.end + length, unit=counted.unit, container=counted.container
            )
        if amount.end == at + 1 and not amount.unit and self._is_article(at):
            return Piece("filler", at, at + 1)
        return Piece("amount", at, amount.end, amount=amount)

    def _form_behind(self, at: int) -> tuple[int, CountingWord] | None:
        if at >= len(self._words):
            return None
        for known, _ in self._known(at):
            if length := known.match(known.counted, self._words, at):
                return length, known.counted[tuple(self._words[at : at + length])]
        return None

    def _is_article(self, at: int) -> bool:
        """Whether "a" counts nothing here: no goods stand behind it, nor before, as Hebrew says "one"."""
        if self._words[at][0].isdigit() or not any(
            known.numbers.get(self._words[at]) == 1 for known, _ in self._known(at)
        ):
            return False
        if self.language == "he":
            return False
        behind = at + 1
        while behind < len(self._words) and self._filler(behind):
            behind += 1
        return behind >= len(self._words) or not (
            self._is_goods(behind) or self._linker.run_at(self._words, behind, self._seeds)
        )

    def _unit(self, at: int) -> Piece | None:
        if form := self._form_behind(at):
            return Piece("unit", at, at + form[0], form=form[1])
        return None

    def _joint(self, at: int) -> Piece | None:
        if self._words[at] == JOINED:
            return Piece("joint", at, at + 1)
        for known, _ in self._known(at):
            if length := known.match(known.joiners, self._words, at):
                return Piece("joint", at, at + length)
        return None

    def _filler(self, at: int) -> Piece | None:
        for known, said in self._known(at):
            length = max(length_at(said.little, self._words, at), known.match(known.fillers, self._words, at))
            length = length or length_at(said.polite, self._words, at)
            bare = self._words[at][1:]
            if not length and known.language == "he" and self._words[at][0] == "ה" and (bare,) in said.little:
                length = 1  # "the last ones"
            if length:
                return Piece("filler", at, at + length)
        return None

    def _context(self, at: int) -> Piece | None:
        """Whom it was for, where it went, when: kept, and never an amount."""
        end = self._numbered(at)
        if end or self._is_called_by_number(at):
            return Piece("context", at, self._goes_on(end or at + 1))
        begin = at
        for _, said in self._known(at):
            at += length_at(said.before, self._words, at) if begin == at else 0
        if begin == at:
            word = self._words[at]
            if not (len(word) > 2 and word[0] in INSEPARABLE and not self._is_goods(at) and not self._is_own(at)):
                return None
            if self._is_of_name(at):
                return None
            at += 1
        elif at < len(self._words) and self._words[begin] in DURING and (act := self._act(at)):
            at = act.end  # "while unloading" is when it happened
        elif self._set_to(at):
            return Piece("filler", begin, at)
        elif at < len(self._words) and (self._counts_goods(at) or self._size(at)):
            return Piece("filler", begin, at)  # "with six jars", "to 20 bunches"
        end = self._goes_on(at)
        if end == at and begin == at - 1 and self._words[begin] not in self._words[at:at]:
            return Piece("filler", begin, end) if self._is_own(begin) else Piece("context", begin, end)
        goods = any(self._is_goods(one) and not self._is_own(one) for one in range(begin, end))
        return Piece("context", begin, end, with_goods=goods)

    def _set_to(self, at: int) -> bool:
        """Whether a number ends what says what is there: "correct the challahs to 12"."""
        number = self._amount_of(at) if at < len(self._words) else None
        counts = any(one.kind == "act" and one.said == "adjust" for one in self.pieces)
        return number is not None and number.end == len(self._words) and counts and not self._counted

    def _is_of_name(self, at: int) -> bool:
        """Whether a word that may have a little one written onto it is of a name: it stands between a number and goods,
        or behind goods with what may be no "from the" ("oil", and a motor)."""
        behind = next((one.kind for one in reversed(self.pieces) if one.kind != "filler"), "")
        named = any(one.kind == "goods" for one in self.pieces)
        joined = len(self.pieces) > 1 and self.pieces[-1].kind == "amount" and self.pieces[-2].kind == "joint"
        named &= not joined  # "two tonics and three ..."
        counted = behind in ("amount", "unit") and (not named or (at + 1 < len(self._words) and self._is_goods(at + 1)))
        return counted or (behind == "goods" and self._words[at][0] == "מ" and self._words[at][1] != "ה")

    def _called(self, at: int) -> Piece | None:
        """A number that counts nothing, before it is taken for an amount."""
        return self._context(at) if self._numbered(at) or self._is_called_by_number(at) else None

    def _is_called_by_number(self, at: int) -> bool:
        """Whether somebody is called by a number, as the guest of a room: "la 214"."""
        before = self._words[at - 1] if at else ""
        named = any(one.kind == "goods" for one in self.pieces)
        return before in ("la", "le") and self._words[at].isdigit() and not named and not self._counts_goods(at)

    def _is_own(self, at: int) -> bool:
        return self._words[at] in own_words(self.language)

    def _numbered(self, at: int) -> int:
        """Where a number of its own ends that counts nothing: "table 6", "9 o'clock", "20 guests"; 0: there is none."""
        for _, said in self._known(at):
            for bare in (0, 1) if self.language == "he" else (0,):
                if bare and (self._words[at],) in said.little:
                    continue  # "today" is no day of a number
                words = (self._words[at][bare:], *self._words[at + 1 : at + 4])
                length = length_at(said.numbered, words, 0)
                while length and at + length < len(self._words) and length_at(said.numbered, self._words, at + length):
                    length += 1
                if length and at + length < len(self._words) and self._words[at + length][0].isdigit():
                    hall = length_at(said.halls, words, 0) and not self._counted
                    weighed = self._form_behind(at + length + 1)
                    if weighed and weighed[1].unit in MEASURED and len(self._words[at + length + 1]) > 1:
                        return 0  # "today 5 kilos"
                    return 0 if hall and self._counts_at(at + length) else at + length + 1
        if self._words[at][0].isdigit() or self._number_at(at):
            number = self._amount_of(at)
            behind = number.number_end if number else at + 1
            for _, said in self._known(min(behind, len(self._words) - 1)):
                if length := length_at(said.measured, self._words, behind):
                    return behind + length
        return 0

    @property
    def _counted(self) -> bool:
        return any(one.kind == "amount" for one in self.pieces)

    def _counts_at(self, at: int) -> bool:
        """Whether goods, or what they are counted in, stand right behind a number."""
        behind = at + 1
        return behind < len(self._words) and bool(self._is_goods(behind) or self._form_behind(behind))

    def _counts_goods(self, at: int) -> bool:
        """Whether a number with goods or a unit stands here: that is no context."""
        if at >= len(self._words) or self._numbered(at):
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
        """Where a context ends that has begun: at a stop, an "and", an act, or what is counted."""
        begin = at
        while at < len(self._words):
            word = self._words[at]
            if word in STOPS or word == JOINED or self._act(at) or (self._joint(at) and at > begin):
                break
            named = any(one.kind == "goods" for one in self.pieces)
            if not named and (self._form_behind(at) or (self.language == "he" and self._is_goods(at))):
                break
            if numbered := self._numbered(at):
                at = numbered
                continue
            if self._number_at(at) and not self._is_article_of(at) and self._counts_goods(at):
                break
            at += 1
        return at

    def _is_article_of(self, at: int) -> bool:
        return any(known.numbers.get(self._words[at]) == 1 for known, _ in self._known(at)) and self.language != "he"
