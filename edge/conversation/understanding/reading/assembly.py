"""Assemble pieces of a sentence into items with their acts: a reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from edge.conversation.understanding.clause import Clause, counted_together
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.product_matching import is_sold_in_packs
from edge.conversation.understanding.reading.acts import acts_of_things, has_strange_words, implied_way
from edge.conversation.understanding.reading.doer import is_own_act
from edge.conversation.understanding.reading.linking import comes_by_itself, whole_number
from edge.conversation.understanding.reading.model import Mention, Reading, SaidAct, SaidAmount
from edge.conversation.understanding.reading.name_forms import has_any
from edge.conversation.understanding.reading.piece_words import STOPS
from edge.conversation.understanding.reading.statement_thing import (
    StatementThing,
    in_name,
    is_headed,
    may_be_in_name,
    take_weight,
)
from edge.conversation.understanding.reading.statement_words import languages_first, length_at, statement_words
from edge.conversation.understanding.reading.thing_builder import ThingBuilder
from edge.conversation.understanding.reading.ways import (
    OPEN,
    is_brought_by,
    is_handed_to,
    is_seat_served,
    is_served,
    turned_way,
)

MOST = 4
STRANGE = 3
"""Unknown words tolerated with goods without a verb, whose effect is shown first."""
CONTEXT_CHARS = 80
SUBJECT = 2
"""Words before an act that its phrase may begin with."""


class Assembly(ThingBuilder):
    """Assembles pieces into items with their acts."""

    def reading(self) -> Reading | None:
        """The reading; None if there is nothing to show."""
        things = self._put_together()
        spoken_of = bool(self._acts) and not self._unknown  # "took two" refers to the product mentioned last
        if (
            not things
            or len(things) > MOST
            or any(one.mention is None and not (one.them or spoken_of) for one in things)
        ):
            return None
        if self._unknown and not any(one.mention for one in things):
            return None  # an action on an unknown product doesn't refer to those mentioned
        if not self._acts and (len(self._unknown) > STRANGE or all(one.amount is None for one in things)):
            return None
        kinds = self._kinds(things)
        if kinds is not None:
            things, kinds = self._without_parts(things, kinds)
        if kinds is None or any(self._counts_loosely(one.mention) for one in things if one.mention):
            return None
        links: dict[str, tuple[str, ...]] = {}
        said_of: list[Clause] = []
        for one, kind in zip(things, kinds, strict=True):
            said_of.append(self._clause(one, kind, links))
            self._counted |= one.amount is not None
        clauses = counted_together(said_of, lambda last, one: links.get(last.text) == links.get(one.text))
        seated = is_seat_served(self._cut, self._acts)
        served = not self._acts and kinds == ("out",) * len(things) and not self._unsure
        sure = (bool(self._acts) or served or seated) and not (self._unknown or self._unsure or self._either)
        plain = map(self._is_plain, self._acts)
        same = len({one.kind for one in self._acts}) == 1  # "mice got into": one clear verb is enough
        counted_twice = same and len(self._acts) > 1 and self._acts[0].kind == "adjust"  # "il y a 5 kilos en tout"
        sure = sure and (seated or counted_twice or (any(plain) if same else all(plain)))
        agrees = self._carried is None or kinds == (self._put_way(),) * len(kinds)  # "put on the shelf, just arrived"
        sure = sure and (seated or agrees)
        context = " ".join(self._context)[:CONTEXT_CHARS]
        owners = self._cut.owners.all()
        unowned = tuple(dict.fromkeys(self._unknown))
        told = bool(self._acts) or self._carried is not None
        waits = bool(self._acts) and not agrees and not seated
        said = (self._cut.language, clauses, links, owners, unowned, context)
        return Reading(*said, told, sure, self._either, waits)

    def assemble_wish(self, verb: str) -> Reading | None:
        """Return the reading of a request, in which verbs of movement don't count; None if it names no products."""
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

    def _kinds(self, things: Sequence[StatementThing]) -> tuple[str, ...] | None:
        """The act of each item; None if an item has two, or goods were put somewhere unknown."""
        if self._stays_here():
            return None
        if is_seat_served(self._cut, self._acts):
            return ("out",) * len(things)
        self._acts = self._without_existence(things[0].begin)
        if self._acts:
            breaks = [one.begin for one in self._cut.pieces if one.kind in ("joint", "stop")]
            kinds = acts_of_things([one.begin for one in things], self._acts, things[-1].them, breaks)
            if kinds is None and (why := self._supplier_returns()):
                self._acts, self._unsure = why, True
                kinds = acts_of_things([one.begin for one in things], self._acts, things[-1].them)
            turned = turned_way(self._cut, self._acts) if kinds and len({*kinds}) == 1 else ""
            if kinds is not None and set(kinds) == {"adjust"} and self._unknown and not self._counts_surely():
                turned = turned or OPEN  # "found 3 all black"
            self._either = bool(turned)
            return ("" if turned == OPEN else turned,) * len(things) if turned else kinds
        self._unsure = True
        if all(one.amount is not None and one.amount.value == 0 for one in things):
            return ("adjust",) * len(things)
        if self._carried is not None:
            self._either, way = True, self._put_way()
            return None if way is None else (way,) * len(things)
        self._either = True
        if all(one.loose and is_headed(one) for one in things):
            return ("adjust",) * len(things)  # "sardines: a case and 3 single ones"
        counted = all(one.amount is not None and one.mention is not None and not one.loose for one in things)
        if counted and is_served(self._cut):
            self._unsure = self._either = False
            return ("out",) * len(things)
        counts = any(one.loose for one in things)  # "a case and 3 bottles" may be the stock level
        return ("" if counts else implied_way(self._cut),) * len(things)

    def _without_parts(
        self, things: Sequence[StatementThing], kinds: tuple[str, ...]
    ) -> tuple[list[StatementThing], tuple[str, ...]]:
        """The items without a last one that only tells something of goods counted before: "20 bagels came, 3 of them
        were small" brings 20."""
        last, before = things[-1], next((one for one in reversed(things[:-1]) if one.amount and one.mention), None)
        part, whole = last.amount, before.amount if before else None
        if before is None or whole is None or part is None or not last.them:
            return [*things], kinds
        begin = part.source.begin
        follows = begin > 0 and self._cut.words[begin - 1] in STOPS
        same = before.mention == last.mention and len(set(kinds)) == 1 and part.unit in ("", whole.unit)
        if not (follows and same and (part.value or 0) < (whole.value or 0)):
            return [*things], kinds
        self._unsure = True
        return [*things[:-1]], kinds[:-1]

    def _counts_surely(self) -> bool:
        """Whether a counting verb is reliable despite unknown words, because these are in another part."""
        said, words = statement_words(self._cut.language), self._cut.words
        phrases = [words[one.source.begin : one.source.end] for one in self._acts]
        verbs = vocabulary(self._cut.language).verbs
        strong = any(len(one) > 1 or one in said.formed or one in said.certain or one in verbs for one in phrases)
        return strong and not has_strange_words(self._cut)

    def _supplier_returns(self) -> list[SaidAct]:
        """The acts for goods returned to a supplier, without their defects ("all cracked")."""
        said, words = statement_words(self._cut.language), self._cut.words
        supplied = has_any(words, said.suppliers)
        first = [one for one in self._acts if one.kind != "waste"]
        behind = first and all(one.source.begin > first[-1].source.begin for one in self._acts if one.kind == "waste")
        return first if supplied and behind else []

    def _stays_here(self) -> bool:
        """Whether goods were moved within or between storage places, which leaves the shop's stock unchanged."""
        said, words = statement_words(self._cut.language), self._cut.words
        sources = [*(one.source for one in self._acts), *([self._carried] if self._carried else [])]
        moved = any(words[one.begin : one.end] in said.moved for one in sources)
        return moved and has_any(words, said.storage)

    def _without_existence(self, begin: int) -> list[SaidAct]:
        """The acts without a leading "there are": "there's two lettuces gone to the restaurant"."""
        said, words = statement_words(self._cut.language), self._cut.words
        first, others = next(iter(self._acts), None), self._acts[1:]
        if first is None or not others or any(one.kind == "adjust" for one in others) or first.source.begin > begin:
            return self._acts
        there = words[first.source.begin : first.source.end] in said.existence
        return others if there and others[0].source.begin > begin else self._acts

    def _is_plain(self, act: SaidAct) -> bool:
        """Whether a verb is unambiguous; for others the effect is shown."""
        phrase, behind = self._cut.words[act.source.begin : act.source.end], self._cut.words[act.source.end :]
        languages = languages_first(self._cut.language)
        tables = [statement_words(one) for one in languages]
        if any(phrase in said.certain and act.kind in said.ways_of(phrase, behind) for said in tables):
            return True
        heads = [phrase[:length] for length in range(1, len(phrase))]  # "pris pour" is as certain as "pris"
        if any(one in said.certain and said.acts.get(one) == act.kind for one in heads for said in tables):
            return True
        if act.kind == "adjust" and act.source.begin == 0 and self._is_set_to():
            return True
        if act.source.begin == 0 and any(phrase in said.signs for said in tables):
            return True  # "minus two baguettes"
        if act.kind == "out" and not behind and any(said.particles.get(phrase) == "out" for said in tables):
            return True  # "seven bagels less"
        if act.kind == "in" and any(phrase in said.obtained for said in tables):
            return True  # "got 4 kilos of tomatoes in"; "got" alone would be ambiguous
        if is_brought_by(self._cut, act) or is_handed_to(self._cut, act):
            return True
        verbs = (vocabulary(one).verbs.get(said) for one in languages for said in self._with_its_subject(act))
        return next((verb == act.kind for verb in verbs if verb), is_own_act(self._cut, act))

    def _is_set_to(self) -> bool:
        """Whether the only amount ends the sentence behind "to": "set parsley to 20"."""
        amounts = [one for one in self._cut.pieces if one.kind == "amount"]
        ends = len(amounts) == 1 and amounts[0].end == len(self._cut.words)
        return ends and (self._cut.words[amounts[0].begin - 1],) in statement_words(self._cut.language).set_to

    def _with_its_subject(self, act: SaidAct) -> Iterator[tuple[str, ...]]:
        """An act's words, also without the subject ("we used"); then with those before it, as verbs may be listed with
        who acts: "j'ai compté"."""
        begin, end = act.source.begin, act.source.end
        if self._cut.words[begin] in ("i", "we") and act.kind in ("out", "waste"):
            yield self._cut.words[begin + 1 : end]
        yield from (self._cut.words[at:end] for at in range(begin, max(0, begin - SUBJECT) - 1, -1))

    def _put_way(self) -> str | None:
        """The direction of "put" and "got": in, if to storage or from a supplier; out, if from storage or in a context.

        None if it's unknown.
        """
        said = statement_words(self._cut.language)
        words = self._cut.words
        stored = next((at for at in range(len(words)) if length_at(said.storage, words, at)), -1)
        if stored > 0 and any((one,) in said.fetched_from for one in words[max(0, stored - 2) : stored]):
            return "out"  # "got a jar from the back"
        if stored >= 0:
            return "in"
        if has_any(words, said.suppliers):
            return "in"  # "got 3 boxes from the supplier"
        if self._context:
            return "out"
        got = self._carried and self._cut.words[self._carried.begin : self._carried.end] in said.obtained
        return "in" if got else None

    def _clause(self, thing: StatementThing, verb: str, links: dict[str, tuple[str, ...]]) -> Clause:
        only = thing.mention is not None and len(thing.mention.skus) == 1 and may_be_in_name(thing)
        linked = self._linker.link(thing.mention.words).products if only and thing.mention else ()
        if linked and thing.mention:  # empty if only a size such as "big" decided which one
            product = linked[0]
            if not take_weight(thing, product.unit == "kg"):
                in_name(thing, self._linker.numbers_in(thing.mention.words), self._cut.words)
        mention, amount = thing.mention, thing.amount
        text = mention.text if mention else ""
        if mention:
            links[text] = mention.skus
        if amount is not None and mention is not None and self._is_of_name(amount, mention):
            return Clause(verb, text=text)
        if amount is None and mention and not self._counted and self._is_one(mention):
            self._unsure = True
            return Clause(verb, 1000, "unit", text=text, numbered=True)
        if amount is None:
            return Clause(verb, text=text)
        amount = self._counted_as_named(amount, mention)
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

    def _is_of_name(self, amount: SaidAmount, mention: Mention) -> bool:
        """Whether a number right before a name may be part of it and no count: "seven grain loaf".

        For the number of a pack ("12 eggs"), the user is asked.
        """
        named = self._linker.link(mention.words).products
        first = self._cut.words[amount.source.begin]
        touches = amount.source.end == mention.source.begin and whole_number(first) > 1
        if not touches or any(map(is_sold_in_packs, named)):
            return False
        length = self._linker.run_at(self._cut.words, amount.source.begin, named)
        return length > amount.source.end - amount.source.begin

    def _counted_as_named(self, amount: SaidAmount, mention: Mention | None) -> SaidAmount:
        """Return the amount in the product's own unit, if its name begins or ends with that unit next to the number.

        Examples are "ginger ale can, one" and "3 packs of 6 candles".
        """
        if mention is None or not mention.skus or amount.unit or len(mention.words) < 2:
            return amount
        word = mention.words[-1 if mention.source.end <= amount.source.begin else 0]
        form = vocabulary(self._cut.language).counted.get((word,))
        if form is None or form.unit != "unit" or not form.container:
            return amount
        return msgspec.structs.replace(amount, unit="unit", container=form.container, word=word)

    def _counts_loosely(self, mention: Mention) -> bool:
        """Whether unmatched words show that the number isn't an exact count: "three out of the five"."""
        said = statement_words(self._cut.language)
        return not mention.skus and any((word,) in said.inexact for word in mention.words)

    def _is_one(self, mention: Mention) -> bool:
        """Whether a product without a number is one item, as Hebrew has no indefinite article: a singular piece
        item."""
        said, words = statement_words(self._cut.language), self._cut.words
        if any(word in said.few or (word,) in said.loosely for word in words):
            return False  # "a few rolls", "a heap of rolls"
        many = mention.words[-1].endswith(vocabulary(self._cut.language).plurals)
        products = self._linker.link(mention.words).products if self._cut.language == "he" and not many else ()
        return len(products) == 1 and comes_by_itself(products[0])
