"""Assemble the pieces of a statement into items in order: a name and a quantity each."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from edge.conversation.understanding.amounts import SpokenAmount
from edge.conversation.understanding.clause import AMOUNT_LIMIT
from edge.conversation.understanding.lexicon import in_any_language
from edge.conversation.understanding.product_matching import narrowed_by_container, of_size
from edge.conversation.understanding.reading.linking import CatalogueLinker, whole_number
from edge.conversation.understanding.reading.model import Mention, SaidAct, SaidAmount, SaidBy
from edge.conversation.understanding.reading.piece_words import Piece
from edge.conversation.understanding.reading.pieces import Cut
from edge.conversation.understanding.reading.sizes import UNITS
from edge.conversation.understanding.reading.statement_thing import (
    StatementThing,
    as_size,
    counted_in,
    is_elliptic,
    same_weight,
)
from edge.conversation.understanding.reading.statement_words import biggest_by, length_at, statement_words
from edge.conversation.understanding.reading.uncounted import Uncounted
from edge.conversation.understanding.reading.verb_forms import is_prepared
from edge.goods.search.query.text import with_final_letters

ONE = 1000
FEW = 3
"""Maximum number of products that a counting word may mean."""
_BEHIND_NAMES = frozenset({"goods", "word", "filler", "", "stop", "joint", "unit", "act", "particle"})
"""Kinds of pieces that may follow a counted word that belongs to a name: "3 challa gone"."""


def _with_those(things: Iterable[StatementThing]) -> list[StatementThing]:
    """Return the items, with a bare name and a following "15 of them" combined."""
    found: list[StatementThing] = []
    for one in things:
        last = found[-1] if found else None
        if (
            last
            and last.mention
            and not last.amount
            and one.them
            and one.amount
            and one.mention in (None, last.mention)
        ):
            last.amount, last.them, last.doubted = one.amount, False, one.doubted
        else:
            found.append(one)
    return found


class ThingBuilder:
    """The pieces of a statement, and the items built from them."""

    def __init__(self, cut: Cut, linker: CatalogueLinker) -> None:
        self._cut, self._linker = Uncounted(cut, linker).apart(), linker
        self._things: list[StatementThing] = [StatementThing()]
        self._acts: list[SaidAct] = []
        self._unknown: list[str] = []
        self._context: list[str] = []
        self._carried: SaidBy | None = None
        self._parted = self._joined = self._unsure = self._either = self._counted = False

    def _put_together(self) -> list[StatementThing]:
        """Return the named or counted items, in order."""
        for piece in self._cut.pieces:
            self._take(piece)
        named: Mention | None = None
        for one in self._things:
            if one.size is not None and one.mention is None:
                one.mention = named  # "one big milk and two little ones"
            named = one.mention or named
            self._take_size(one)
        for last, one in pairwise(self._things):
            if one.them and one.amount and last.mention and (words := self._with_own_number(last)):
                last.mention, last.amount = msgspec.structs.replace(last.mention, words=words), None
                one.mention = last.mention
        things = _with_those(one for one in self._things if not one.empty)
        things = [one for one in things if one.mention is not None or one.amount is not None]
        self._name_by_container(things)
        self._share_units(things)
        counted = {one.mention.skus for one in things if one.mention and one.amount and len(one.mention.skus) == 1}
        return [one for one in things if one.amount or not one.mention or one.mention.skus not in counted]

    def _with_own_number(self, thing: StatementThing) -> tuple[str, ...]:
        """Return a name's words with the number before it, if the number belongs to the name; () if it's a count.

        An example is "twelve grain bread, eight of them".
        """
        amount, mention = thing.amount, thing.mention
        if amount is None or mention is None or amount.source.end != mention.source.begin:
            return ()
        if amount.unit and amount.source.end > amount.source.begin + 1:
            return ()  # "seven loaves grain" is a count; in "seven grain loaf" the unit follows the name
        own = (amount.value or 0) // 1000 in self._linker.numbers_in(mention.words)
        return (*self._cut.words[amount.source.begin : amount.source.end], *mention.words) if own else ()

    def _name_by_container(self, things: list[StatementThing]) -> None:
        """Name an uncounted item by its container, if few products have it: "received 4 kegs"."""
        if not self._acts or self._unknown:
            return  # "3 cartons of nappies": the counted goods are named, but there is no such product
        before: set[str] = set()
        for one in things:
            if one.mention is None and one.amount is not None and one.amount.word and not one.them:
                linked = self._linker.link((one.amount.word,)).skus
                if 0 < len(linked) <= FEW and before.isdisjoint(linked):
                    one.mention = Mention((one.amount.word,), linked, one.amount.source)
                    self._unsure |= bool(before)
            before |= {*one.mention.skus} if one.mention else set()

    def _share_units(self, things: list[StatementThing]) -> None:
        """Give a number followed by "of" the unit of the item before."""
        for last, one in pairwise(things):
            if last.amount is not None and last.amount.unit and one.amount and is_elliptic(one, self._cut.words):
                one.amount = counted_in(one.amount, last.amount)

    def _leaves_out(self, thing: StatementThing) -> bool:
        """Whether a number lacks a unit, so that a unit after its name selects a product.

        An example is "two crates of beer and one of cola in cans".
        """
        last = self._things[-2] if len(self._things) > 1 else None
        return bool(last and last.amount and last.amount.unit) and is_elliptic(thing, self._cut.words)

    def _words(self, piece: Piece) -> tuple[str, ...]:
        return piece.named or self._cut.words[piece.begin : piece.end]

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
            case "filler" if self._things[-1].size is None and self._is_size(piece):
                self._take_word(piece)
            case "context" if piece.with_goods and self._goes_on_name(piece):
                thing = self._things[-1]
                assert thing.mention is not None
                thing.mention = Mention((*thing.mention.words, *self._words(piece)), (), thing.mention.source)
            case "context":
                self._context.append(" ".join(map(with_final_letters, self._words(piece))))
                last = self._things[-1]
                self._unsure |= piece.with_goods and not (self._acts and last.mention and last.amount)
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
        """Whether "with orange" after a product is part of a name, which then matches no product."""
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
        elif before is not None and (others := self._named_by(amount, thing)):
            other = self._new()
            other.mention, other.amount = Mention((word,), others, amount.source), amount
            self._unsure = True
        elif before is not None and self._is_of_same(thing, before, amount, piece):
            of_them = self._new()
            of_them.mention, of_them.amount, of_them.them = thing.mention, amount, True
            self._unsure = True
        elif before is None:
            thing.amount = amount
        elif thing.mention is not None and self._words(piece) in statement_words(self._cut.language).as_new:
            return  # French "neuf" behind what is counted: new, not nine
        elif before.implied and before.unit == "unit" and amount.unit == "box" and not self._joined:
            thing.amount = amount  # "tin of tuna, one crate"
        elif self._acts and self._joined and not amount.unit and self._is_for_another(piece, before, amount):
            again = self._new()  # "one bottle smashed and one for the lounge"
            again.mention, again.amount, again.them = thing.mention, counted_in(amount, before), True
            self._unsure = True
        elif before.value is None and amount.value is not None and not amount.unit:
            thing.amount = counted_in(amount, before)
        elif before.unit == "box" and self._joined and 0 < (amount.value or 0) < ONE and amount.unit in ("", "unit"):
            value = (ONE if before.value is None else before.value) + (amount.value or 0)
            thing.amount = msgspec.structs.replace(before, value=value, implied=False)  # "a case and a half (cans)"
        elif {before.unit, amount.unit} == {"box", "unit"} and thing.loose is None:
            thing.amount, thing.loose = (before, amount) if before.unit == "box" else (amount, before)
        elif before.unit and self._joined and not amount.unit and 0 < (amount.value or 0) < ONE:
            value = (ONE if before.value is None else before.value) + (amount.value or 0)
            thing.amount = msgspec.structs.replace(before, value=value, implied=False)  # "a kilo and a half"
        elif before.unit == "box" and self._joined and not amount.unit and thing.loose is None:
            thing.loose = msgspec.structs.replace(amount, unit="unit")  # "a case and five"
            self._unsure |= not self._acts or self._acts[-1].kind != "adjust"
        elif same_weight(before, amount):
            thing.amount = amount
        elif before.value == amount.value and (not before.unit or not amount.unit or before.unit == amount.unit):
            thing.amount = before if before.unit else amount  # "one bottle of it, one"
        else:
            thing.doubted, thing.second = True, None if thing.doubted else amount

    def _named_by(self, amount: SaidAmount, thing: StatementThing) -> tuple[str, ...]:
        """Return the few products named by a container, unless the product before is one of them.

        "4 crates of lager and a keg" doesn't mean 4 crates and one keg of lager.
        """
        if not (amount.container and thing.mention and thing.mention.skus):
            return ()
        linked = self._linker.link((amount.word,)).skus
        return linked if len(linked) <= FEW and not {*linked} & {*thing.mention.skus} else ()

    def _is_of_same(self, thing: StatementThing, before: SaidAmount, amount: SaidAmount, piece: Piece) -> bool:
        """Whether a number after another act refers to the same product: "received 20 bagels and binned 4"."""
        kinds = {one.said for one in self._cut.pieces if one.kind in ("act", "particle")}
        begin = max(before.source.end, thing.mention.source.end) if thing.mention else 0
        acted = any(one.source.begin >= begin for one in self._acts) or self._is_acted_on(piece)
        return bool(begin) and acted and len(kinds) > 1 and before.value is not None and amount.value is not None

    def _is_for_another(self, piece: Piece, before: SaidAmount, amount: SaidAmount) -> bool:
        """Whether a number counts more of the same, for someone else: "twelve for the buffet and two for me"."""
        if before.value == amount.value == ONE:
            return True
        at = self._cut.pieces.index(piece)
        between = [one.kind for one in self._cut.pieces[:at] if one.begin >= before.source.end]
        behind = [one.kind for one in self._cut.pieces[at + 1 :]]
        return "context" in between and behind == ["context"] and None not in (before.value, amount.value)

    def _is_acted_on(self, piece: Piece) -> bool:
        """Whether another act directly follows a number, as in "received 20 bagels, 4 binned"."""
        behind = (one for one in self._cut.pieces if one.begin >= piece.end and one.kind != "filler")
        act = next(behind, None)
        if act is None or act.kind != "act" or act.said == "adjust":
            return False  # "5 tomatoes, 1.2 kg in all" is one thing
        return bool(self._acts) and self._acts[-1].kind != act.said

    def _names_more(self, piece: Piece) -> bool:
        """Whether a number is followed by a product or "of them"."""
        at = self._cut.pieces.index(piece) + 1
        while at < len(self._cut.pieces) and self._cut.pieces[at].kind in ("filler", "unit"):
            at += 1
        return at < len(self._cut.pieces) and self._cut.pieces[at].kind in ("goods", "word", "reference")

    def _is_of(self, amount: SaidAmount) -> bool:
        """Whether a number after "of" may be a size: "one bottle of 330"."""
        at = next(n for n, one in enumerate(self._cut.pieces) if one.begin == amount.source.begin)
        before = self._cut.pieces[at - 1] if at else None
        led = before is not None and before.kind == "filler" and self._words(before)[-1] in in_any_language("of")
        return led and not amount.unit and not self._names_more(self._cut.pieces[at])

    def _chooses(self, thing: StatementThing, amount: SaidAmount) -> bool:
        """Whether a number selects one of the products named: "the two litre one", "la 38"."""
        if thing.mention is None or amount.value is None or not thing.mention.skus:
            return False
        if len(thing.mention.skus) == 1 and not (thing.amount and self._is_of(amount)):
            return False
        if amount.value == 1000 and not self._cut.words[amount.source.begin][0].isdigit() and not amount.unit:
            return False  # a bare "one" is a count
        spelt = self._cut.words[amount.source.begin : amount.source.end]
        sizes = as_size(amount)
        if not amount.unit and all(word.isalpha() for word in spelt):
            sizes.append(spelt)  # "coca zero"
        for size in sizes:
            if linked := self._linker.link((*thing.mention.words, *size)).skus:
                words = (*thing.mention.words, *size)
                thing.mention = Mention(words, linked, thing.mention.source)
                return True
        return False

    def _take_unit(self, piece: Piece) -> None:
        thing, form = self._things[-1], piece.form
        assert form is not None
        word = self._words(piece)[-1]
        if thing.mention is not None and (self._joined or self._begins_another(thing, piece)):
            thing = self._new()
        if thing.mention and len(thing.mention.skus) > 1 and (thing.amount is None or self._leaves_out(thing)):
            of_these = self._linker.link((*thing.mention.words, word)).skus
            if 0 < len(of_these) < len(thing.mention.skus):  # "heineken bottles, one crate and three": which one
                thing.mention = Mention((*thing.mention.words, word), of_these, thing.mention.source)
                if self._is_counted_behind(piece):  # "heineken, bottle one"
                    thing.amount = SaidAmount(None, form.unit, form.container, word, self._source(piece))
                return
        if self._leaves_out(thing) or self._ends_name(thing, piece, word):
            return
        if thing.amount is not None and thing.amount.implied and {thing.amount.unit, form.unit} == {"unit", "box"}:
            thing.amount = None  # "tin of tuna, crate one": the unit that counts follows
        if thing.amount is None:
            before = piece.begin - 1
            counted = piece.begin > 0 and self._cut.words[before][0].isdigit()
            counted = counted and self._cut.owners.of(before) != "context"  # "to table 3 a can"
            value = 1000 if form.single and not counted else None  # open if the number before belongs elsewhere
            implied = value is not None
            thing.amount = SaidAmount(value, form.unit, form.container, word, self._source(piece), implied=implied)
        elif not thing.amount.unit:
            thing.amount = msgspec.structs.replace(thing.amount, unit=form.unit, container=form.container, word=word)
        elif not thing.amount.container:
            thing.amount = msgspec.structs.replace(thing.amount, container=form.container)

    def _begins_another(self, thing: StatementThing, piece: Piece) -> bool:
        """Whether a unit after a comma belongs to the product after it: "2 boxes of flour, box of honey"."""
        counted = thing.amount is not None and thing.amount.value is not None
        return self._parted and counted and self._names_more(piece) and bool(piece.form and piece.form.single)

    def _ends_name(self, thing: StatementThing, piece: Piece, word: str) -> bool:
        """Whether a singular container directly after a counted name is part of the name: "3 small cola can".

        The unit then remains unknown, if such goods also come in boxes.
        """
        touches = thing.mention is not None and thing.mention.source.end == piece.begin
        counted = thing.amount is not None and not thing.amount.unit and thing.amount.value is not None
        if not (thing.mention and touches and counted and piece.form and piece.form.single and piece.form.container):
            return False
        of_these = self._linker.link((*thing.mention.words, word)).skus
        if of_these:
            source = SaidBy(thing.mention.source.begin, piece.end)
            thing.mention = Mention((*thing.mention.words, word), of_these, source)
        return bool(of_these)

    def _is_counted_behind(self, piece: Piece) -> bool:
        """Whether a plain number directly follows an item."""
        at = self._cut.pieces.index(piece) + 1
        amount = self._cut.pieces[at].amount if at < len(self._cut.pieces) else None
        return amount is not None and not amount.unit

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
            if not (self._joined or self._parted) and self._counts_this(thing, piece):
                self._unknown += thing.mention.words  # "the coffee machine, 1 bag of espresso beans"
                thing.mention = Mention(words, self._linker.link(words).skus, source)
                return
            if not (self._joined or self._parted):
                self._unsure |= bool(thing.mention.skus)  # with this word, the name matches no product
                thing.mention = Mention(both, (), thing.mention.source)
                return
            thing = self._new()
        thing.mention = Mention(words, self._linker.link(words).skus, source)
        if thing.amount and thing.mention.skus and thing.amount.source.end == piece.begin and whole_number(words[0]):
            thing.amount = msgspec.structs.replace(thing.amount, doubted=False)  # "two twelve grain loaves"

    def _counts_this(self, thing: StatementThing, piece: Piece) -> bool:
        """Whether a product directly follows a number with its unit, and the name before matches none."""
        amount, mention = thing.amount, thing.mention
        if amount is None or mention is None or mention.skus or not amount.unit:
            return False
        between = self._cut.pieces[: self._cut.pieces.index(piece)]
        near = all(one.kind == "filler" for one in between if one.begin >= amount.source.end)
        return near and mention.source.end <= amount.source.begin and bool(self._linker.link(self._words(piece)).skus)

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
        """Add an unknown word. If it's next to a name, it becomes part of the name, which then matches nothing."""
        thing, word = self._things[-1], self._cut.words[piece.begin]
        at = self._cut.pieces.index(piece)
        before = self._cut.pieces[at - 1].kind if at else ""
        behind = self._cut.pieces[at + 1].kind if at + 1 < len(self._cut.pieces) else ""
        counted = thing.amount is not None and thing.mention is None and before in ("amount", "unit", "filler", "word")
        if (biggest := biggest_by(word, self._cut.language)) is not None and thing.size is None:
            thing.size = None if self._is_of_box(piece) else (word, biggest)
            return
        prepared = thing.mention is not None and bool(thing.mention.skus) and is_prepared(word, self._cut.language)
        if (before == "goods" and not prepared) or (counted and behind in _BEHIND_NAMES):
            old = thing.mention
            words = (*(old.words if old else ()), word)
            thing.mention = Mention(words, (), old.source if old else self._source(piece))
            return
        self._unknown.append(word)

    def _is_size(self, piece: Piece) -> bool:
        """Whether "big" is next to a product or container and so may select one.

        Examples are "2 big bottles of" and "iced tea, the big one". Next to a box it selects nothing.
        """
        if piece.end > piece.begin + 1 or biggest_by(self._cut.words[piece.begin], self._cut.language) is None:
            return False
        at = self._cut.pieces.index(piece)
        rest = [one for one in self._cut.pieces[at + 1 :] if one.kind != "filler"]
        behind = rest[0] if rest else None
        if behind is not None and behind.kind in ("unit", "goods"):
            return not self._is_of_box(piece)
        before = next((one for one in reversed(self._cut.pieces[:at]) if one.kind not in ("filler", "stop")), None)
        ends = behind is None or behind.kind in ("stop", "amount", "joint")
        return before is not None and before.kind == "goods" and ends

    def _says_nothing(self, word: str) -> bool:
        said = statement_words(self._cut.language)
        return (word,) in said.states or (word,) in said.little

    def _is_of_box(self, piece: Piece) -> bool:
        """Whether a word directly precedes a word for a box."""
        at = self._cut.pieces.index(piece) + 1
        form = self._cut.pieces[at].form if at < len(self._cut.pieces) else None
        return form is not None and form.unit == "box"

    def _take_size(self, thing: StatementThing) -> None:
        """Add a size before the name to the name, if such products are counted in pieces.

        "Big" selects among products that differ only in size; otherwise it's an unknown word.
        """
        if thing.size is not None:
            named = self._linker.link(thing.mention.words).products if thing.mention else ()
            products = narrowed_by_container(named, thing.amount.container if thing.amount else "")
            if thing.mention and (sized := of_size(products, thing.size[1])):
                words = (*thing.mention.words, thing.size[0])
                thing.mention = Mention(words, tuple(one.sku for one in sized), thing.mention.source)
            elif not self._says_nothing(thing.size[0]):
                self._unknown.append(thing.size[0])
        amount, mention = thing.amount, thing.mention
        if amount and mention and amount.unit in UNITS and amount.value is not None:
            for size in as_size(amount):
                if linked := self._linker.link((*mention.words, *size)).skus:
                    thing.mention, thing.amount = Mention((*mention.words, *size), linked, mention.source), None
