"""Pieces of a sentence put together to things, each with its act: what a reading says."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.shop.search.query.text import with_final_letters
from edge.shop.understanding.amounts import SpokenAmount
from edge.shop.understanding.clause import AMOUNT_LIMIT, Clause
from edge.shop.understanding.lexicon import vocabulary
from edge.shop.understanding.product_matching import of_size
from edge.shop.understanding.reading.acts import acts_of_things, implied_way
from edge.shop.understanding.reading.linking import CatalogueLinker, comes_by_itself
from edge.shop.understanding.reading.model import Mention, Reading, SaidAct, SaidAmount, SaidBy
from edge.shop.understanding.reading.name_forms import bare_forms
from edge.shop.understanding.reading.piece_words import Piece
from edge.shop.understanding.reading.pieces import Cut
from edge.shop.understanding.reading.sizes import UNITS
from edge.shop.understanding.reading.statement_thing import (
    StatementThing,
    as_size,
    counted_in,
    in_name,
    is_headed,
    may_be_in_name,
    same_weight,
)
from edge.shop.understanding.reading.statement_words import biggest_by, languages_first, length_at, statement_words
from edge.shop.understanding.reading.ways import OPEN, is_brought_by, is_handed_to, is_served, turned_way

MOST = 4
STRANGE = 3
"""So many words that nobody owns may stand beside goods of which no word says what happened: their effect is shown."""
FEW = 3
"""So many goods may be meant by what they are counted in."""
MANY = ("ימ", "ות")
"""How Hebrew words for several end, in plain spelling."""
CONTEXT_CHARS = 80
_BEHIND_NAMES = frozenset({"goods", "word", "filler", "", "stop", "joint", "unit", "act", "particle"})
"""What may stand behind a word that was counted, and is of a name then: "3 challa gone"."""


class Assembly:
    """Pieces put together to things, each with its act."""

    def __init__(self, cut: Cut, linker: CatalogueLinker) -> None:
        self._cut, self._linker = cut, linker
        self._things: list[StatementThing] = [StatementThing()]
        self._acts: list[SaidAct] = []
        self._unknown: list[str] = []
        self._context: list[str] = []
        self._carried: SaidBy | None = None
        self._parted = self._joined = self._unsure = self._either = False

    def reading(self) -> Reading | None:
        """All of it; None where it says nothing that can be shown."""
        things = self._put_together()
        spoken_of = bool(self._acts) and not self._unknown  # "took two": of what was spoken of last
        if (
            not things
            or len(things) > MOST
            or any(one.mention is None and not (one.them or spoken_of) for one in things)
        ):
            return None
        if not self._acts and (len(self._unknown) > STRANGE or all(one.amount is None for one in things)):
            return None
        kinds = self._kinds(things)
        if kinds is None or any(self._counts_loosely(one.mention) for one in things if one.mention):
            return None
        links: dict[str, tuple[str, ...]] = {}
        clauses = [self._clause(one, kind, links) for one, kind in zip(things, kinds, strict=True)]
        served = not self._acts and kinds == ("out",) * len(things) and not self._unsure
        sure = (bool(self._acts) or served) and not (self._unknown or self._unsure or self._either)
        plain = map(self._is_plain, self._acts)
        same = len({one.kind for one in self._acts}) == 1  # "mice got into": both say the same
        sure = sure and (any(plain) if same else all(plain)) and self._carried is None
        context = " ".join(self._context)[:CONTEXT_CHARS]
        owners = self._cut.owners.all()
        unowned = tuple(dict.fromkeys(self._unknown))
        told = bool(self._acts) or self._carried is not None
        waits = bool(self._acts) and self._carried is not None
        said = (self._cut.language, tuple(clauses), links, owners, unowned, context)
        return Reading(*said, told, sure, self._either, waits)

    def wished(self, verb: str) -> Reading | None:
        """The same of a wish, whose words for what happens say nothing; None where it names no goods."""
        self._cut = msgspec.structs.replace(
            self._cut, pieces=tuple(one for one in self._cut.pieces if one.kind not in ("act", "particle", "carried"))
        )
        things = self._put_together()
        if not things or len(things) > MOST or any(one.mention is None for one in things):
            return None
        links: dict[str, tuple[str, ...]] = {}
        clauses = tuple(self._clause(one, verb, links) for one in things)
        unowned = tuple(dict.fromkeys(self._unknown))
        return Reading(self._cut.language, clauses, links, self._cut.owners.all(), unowned)

    def _put_together(self) -> list[StatementThing]:
        """What is named or counted, one thing after the other."""
        for piece in self._cut.pieces:
            self._take(piece)
        named: Mention | None = None
        for one in self._things:
            if one.size is not None and one.mention is None:
                one.mention = named  # "one big milk and two little ones"
            named = one.mention or named
            self._sized(one)
        things = [one for one in self._things if not one.empty]
        things = [one for one in things if one.mention is not None or one.amount is not None]
        self._name_by_container(things)
        return things

    def _name_by_container(self, things: list[StatementThing]) -> None:
        """What is only counted is what few goods of the shop are counted in: "received 4 kegs"."""
        only = things[0] if len(things) == 1 else None
        if only is None or only.mention is not None or only.amount is None or not only.amount.word or not self._acts:
            return
        linked = self._linker.link((only.amount.word,)).skus
        if 0 < len(linked) <= FEW:
            only.mention = Mention((only.amount.word,), linked, only.amount.source)

    def _words(self, piece: Piece) -> tuple[str, ...]:
        return self._cut.words[piece.begin : piece.end]

    def _source(self, piece: Piece) -> SaidBy:
        return SaidBy(piece.begin, piece.end)

    def _take(self, piece: Piece) -> None:
        match piece.kind:
            case "particle" if self._carried is not None:
                self._acts.append(SaidAct(piece.said, self._carried))
                self._carried = None
            case "act" | "particle":
                self._acts.append(SaidAct(piece.said, self._source(piece)))
            case "carried":
                self._carried = self._source(piece)
            case "amount" if piece.amount is not None:
                self._take_amount(piece, piece.amount)
            case "unit":
                self._take_unit(piece)
            case "goods":
                self._take_goods(piece)
            case "reference":
                self._take_reference(piece)
            case "word":
                self._take_word(piece)
            case "context" if piece.with_goods and self._goes_on_name(piece):
                thing = self._things[-1]
                assert thing.mention is not None
                thing.mention = Mention((*thing.mention.words, *self._words(piece)), (), thing.mention.source)
            case "context":
                self._context.append(" ".join(map(with_final_letters, self._words(piece))))
                self._unsure |= piece.with_goods
            case "joint":
                self._joined = True
                return
            case "stop":
                self._parted = True
                return
            case _:
                return
        self._joined = self._parted = False

    def _goes_on_name(self, piece: Piece) -> bool:
        """Whether "with orange" behind goods is of their name, so that no product of the shop is meant."""
        at = self._cut.pieces.index(piece)
        touching = at and self._cut.pieces[at - 1].kind == "goods" and self._things[-1].mention is not None
        return bool(touching) and bool(length_at(statement_words(self._cut.language).toward, self._words(piece), 0))

    def _new(self) -> StatementThing:
        if not self._things[-1].empty:
            self._things.append(StatementThing())
        return self._things[-1]

    def _take_amount(self, piece: Piece, said: SpokenAmount) -> None:
        thing = self._things[-1]
        word = self._words(piece)[-1] if said.unit else ""
        doubted = bool(said.doubt) or (said.value or 0) > AMOUNT_LIMIT
        amount = SaidAmount(said.value, said.unit, said.container, word, self._source(piece), said.grouped, doubted)
        if self._chooses(thing, amount):
            return
        before = thing.amount
        if thing.mention is not None and (before is not None or self._joined) and self._names_more(piece):
            self._new().amount = amount
        elif before is None:
            thing.amount = amount
        elif before.value is None and amount.value is not None and not amount.unit:
            thing.amount = counted_in(amount, before)
        elif {before.unit, amount.unit} == {"box", "unit"} and thing.loose is None:
            thing.amount, thing.loose = (before, amount) if before.unit == "box" else (amount, before)
        elif same_weight(before, amount):
            thing.amount = amount
        elif before.value == amount.value and (not before.unit or not amount.unit or before.unit == amount.unit):
            thing.amount = before if before.unit else amount  # "one bottle of it, one"
        else:
            thing.doubted, thing.second = True, None if thing.doubted else amount

    def _names_more(self, piece: Piece) -> bool:
        """Whether goods of its own stand behind a number, or "of them"."""
        at = self._cut.pieces.index(piece) + 1
        while at < len(self._cut.pieces) and self._cut.pieces[at].kind in ("filler", "unit"):
            at += 1
        return at < len(self._cut.pieces) and self._cut.pieces[at].kind in ("goods", "word", "reference")

    def _chooses(self, thing: StatementThing, amount: SaidAmount) -> bool:
        """Whether a number tells which of the goods that were named: "the two litre one", "la 38"."""
        if thing.mention is None or amount.value is None or len(thing.mention.skus) < 2:
            return False
        if amount.value == 1000 and not self._cut.words[amount.source.begin][0].isdigit() and not amount.unit:
            return False  # "one", which counts
        for size in as_size(amount):
            if linked := self._linker.link((*thing.mention.words, *size)).skus:
                words = (*thing.mention.words, *size)
                thing.mention = Mention(words, linked, thing.mention.source)
                return True
        return False

    def _take_unit(self, piece: Piece) -> None:
        thing, form = self._things[-1], piece.form
        assert form is not None
        word = self._words(piece)[-1]
        if thing.mention is not None and self._joined:
            thing = self._new()
        if thing.amount is None:
            counted = piece.begin > 0 and self._cut.words[piece.begin - 1][0].isdigit()
            value = 1000 if form.single and not counted else None  # a number that is another's leaves it open
            thing.amount = SaidAmount(value, form.unit, form.container, word, self._source(piece))
        elif not thing.amount.unit:
            thing.amount = msgspec.structs.replace(thing.amount, unit=form.unit, container=form.container, word=word)
        elif not thing.amount.container:
            thing.amount = msgspec.structs.replace(thing.amount, container=form.container)

    def _take_goods(self, piece: Piece) -> None:
        thing, words = self._things[-1], self._words(piece)
        source = self._source(piece)
        if thing.mention is not None:
            both = (*thing.mention.words, *words)
            if not self._joined and (linked := self._linker.link(both).skus):
                thing.mention = Mention(both, linked, thing.mention.source)
                return
            if (
                self._joined
                and (linked := self._linker.link(both).skus)
                and thing.mention.source.end + 1 == piece.begin
            ):
                thing.mention = Mention(both, linked, thing.mention.source)
                return
            if not (self._joined or self._parted):
                self._unsure |= bool(thing.mention.skus)  # a word that no product has is of a name that none has
                thing.mention = Mention(both, (), thing.mention.source)
                return
            thing = self._new()
        thing.mention = Mention(words, self._linker.link(words).skus, source)

    def _take_reference(self, piece: Piece) -> None:
        thing = self._things[-1]
        if thing.mention is not None and thing.amount is not None and thing.amount.source.end == piece.begin:
            return  # "the lettuce went off, three of them"
        before = next((one.mention for one in reversed(self._things) if one.mention), None)
        if thing.mention is not None and (thing.amount is not None or before is not thing.mention):
            thing = self._new()
        thing.them = True
        thing.mention = thing.mention or before

    def _take_word(self, piece: Piece) -> None:
        """A word that nobody owns. One that touches a name is of the name: no product has it."""
        thing, word = self._things[-1], self._cut.words[piece.begin]
        at = self._cut.pieces.index(piece)
        before = self._cut.pieces[at - 1].kind if at else ""
        behind = self._cut.pieces[at + 1].kind if at + 1 < len(self._cut.pieces) else ""
        counted = thing.amount is not None and thing.mention is None and before in ("amount", "unit", "filler", "word")
        if (biggest := biggest_by(word, self._cut.language)) is not None and thing.size is None:
            thing.size = (word, biggest)
            return
        if before == "goods" or (counted and behind in _BEHIND_NAMES):
            old = thing.mention
            words = (*(old.words if old else ()), word)
            thing.mention = Mention(words, (), old.source if old else self._source(piece))
            return
        self._unknown.append(word)

    def _sized(self, thing: StatementThing) -> None:
        """A size that was said before the name is the name's, where goods of that name are counted in pieces; "big" is
        of those that differ by their size alone, and else a word that nobody owns."""
        if thing.size is not None:
            products = self._linker.link(thing.mention.words).products if thing.mention else ()
            if thing.mention and (sized := of_size(products, thing.size[1])):
                words = (*thing.mention.words, thing.size[0])
                thing.mention = Mention(words, tuple(one.sku for one in sized), thing.mention.source)
            else:
                self._unknown.append(thing.size[0])
        amount, mention = thing.amount, thing.mention
        if amount and mention and amount.unit in UNITS and amount.value is not None:
            for size in as_size(amount):
                if linked := self._linker.link((*mention.words, *size)).skus:
                    thing.mention, thing.amount = Mention((*mention.words, *size), linked, mention.source), None

    def _kinds(self, things: Sequence[StatementThing]) -> tuple[str, ...] | None:
        """What happened to each thing; None where two things are said of one, or nothing of where it was put."""
        self._acts = self._without_existence(things[0].begin)
        if self._acts:
            kinds = acts_of_things([one.begin for one in things], self._acts, things[-1].them)
            turned = turned_way(self._cut, self._acts) if kinds and len({*kinds}) == 1 else ""
            strange_count = kinds is not None and set(kinds) == {"adjust"} and bool(self._unknown)
            turned = turned or (OPEN if strange_count else "")  # "found 3 all black"
            self._either = bool(turned)
            return ("" if turned == OPEN else turned,) * len(things) if turned else kinds
        self._unsure = True
        if all(one.amount is not None and one.amount.value == 0 for one in things):
            return ("adjust",) * len(things)
        if self._carried is not None:
            way = self._put()
            return None if way is None else (way,) * len(things)
        self._either = True
        if all(one.loose and is_headed(one) for one in things):
            return ("adjust",) * len(things)  # "sardines: a case and 3 single ones"
        counted = all(one.amount is not None and one.mention is not None and not one.loose for one in things)
        if counted and is_served(self._cut):
            self._unsure = self._either = False
            return ("out",) * len(things)
        counts = any(one.loose for one in things)  # "a case and 3 bottles" may be what is there
        return ("" if counts else implied_way(self._cut),) * len(things)

    def _without_existence(self, begin: int) -> list[SaidAct]:
        """What happened without the "there are" before it: "there's two lettuces gone to the restaurant"."""
        said, words = statement_words(self._cut.language), self._cut.words
        first, others = next(iter(self._acts), None), self._acts[1:]
        if first is None or not others or any(one.kind == "adjust" for one in others) or first.source.begin > begin:
            return self._acts
        there = words[first.source.begin : first.source.end] in said.existence
        return others if there and others[0].source.begin > begin else self._acts

    def _is_plain(self, act: SaidAct) -> bool:
        """Whether a word for what happened says that and nothing else; of others the effect is shown."""
        phrase, behind = self._cut.words[act.source.begin : act.source.end], self._cut.words[act.source.end :]
        languages = languages_first(self._cut.language)
        tables = map(statement_words, languages)
        if any(phrase in said.certain and act.kind in said.ways_of(phrase, behind) for said in tables):
            return True
        if is_brought_by(self._cut, act) or is_handed_to(self._cut, act):
            return True
        verbs = (vocabulary(one).verbs.get(phrase) for one in languages)
        return next((verb == act.kind for verb in verbs if verb), False)

    def _put(self) -> str | None:
        """Which way it was put: into where goods lie, it came in; None: nobody says where."""
        said = statement_words(self._cut.language)
        words = self._cut.words
        self._either = True
        stored = next((at for at in range(len(words)) if length_at(said.storage, words, at)), -1)
        if stored > 0 and any((one,) in said.fetched_from for one in words[max(0, stored - 2) : stored]):
            return "out"  # "got a jar from the back"
        if stored >= 0:
            moved = self._carried and self._cut.words[self._carried.begin : self._carried.end] in said.moved
            return None if moved else "in"
        if any((bare,) in said.suppliers for word in words for bare in bare_forms(word)):
            return "in"  # "got 3 boxes from the supplier"
        if self._context:
            return "out"
        got = self._carried and self._cut.words[self._carried.begin : self._carried.end] in said.obtained
        return "in" if got else None

    def _clause(self, thing: StatementThing, verb: str, links: dict[str, tuple[str, ...]]) -> Clause:
        if thing.mention and len(thing.mention.skus) == 1 and may_be_in_name(thing):
            in_name(thing, self._linker.numbers_in(thing.mention.words), self._cut.words)
        mention, amount = thing.mention, thing.amount
        text = mention.text if mention else ""
        if mention:
            links[text] = mention.skus
        if amount is None and mention and self._is_one(mention):
            self._unsure = True
            return Clause(verb, 1000, "unit", text=text, numbered=True)
        if amount is None:
            return Clause(verb, text=text)
        doubt = "numbers" if thing.doubted or amount.doubted else ""
        loose = (thing.loose.value or 0) if thing.loose else 0
        said = (amount.value, amount.unit, amount.container, text)
        return Clause(
            verb,
            *said,
            numbered=amount.value is not None,
            doubt=doubt,  # type: ignore[arg-type]
            loose=loose,
            grouped=amount.grouped,
            counted_as=amount.word,
            cause="",
        )

    def _counts_loosely(self, mention: Mention) -> bool:
        """Whether what no product is called says that nobody counted: "three out of the five"."""
        said = statement_words(self._cut.language)
        return not mention.skus and any((word,) in said.inexact for word in mention.words)

    def _is_one(self, mention: Mention) -> bool:
        """Whether goods are one of them, as Hebrew has no word for "a": what comes by itself, not said as many."""
        many = mention.words[-1].endswith(MANY)
        products = self._linker.link(mention.words).products if self._cut.language == "he" and not many else ()
        return len(products) == 1 and comes_by_itself(products[0])
