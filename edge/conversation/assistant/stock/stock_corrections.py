"""Corrections: undo the newest action and repeat it as corrected, in one commit."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.phrasing import say
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.stock.stock_turn import StockTurn
from edge.conversation.assistant.turns.clarification import MEASURES, offer
from edge.conversation.assistant.turns.dialogue import STOCK_US, Deed, EarlierDeeds, WantedItem
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.correction import begins_to_correct, denies_first
from edge.conversation.understanding.reading.model import StockCorrection
from edge.conversation.understanding.taking_back import movements_to_undo
from edge.conversation.understanding.tokens import all_tokens
from edge.conversation.understanding.whereabouts import Whereabouts
from edge.goods.catalog.queries import find_by_sku
from edge.lib.units.quantity import THOUSANDTHS

GRAMS_FROM = 50
"""A bare number at least this many times the previous weight is in grams."""


class StockCorrections(StockTurn):
    """The part of a turn that corrects the newest sentence's movements."""

    def _correct(self, clause: Clause) -> None:
        """ "No, four": undo and redo in one commit."""
        if not self._fresh():
            return self._say("correct_nothing")
        if len(self.state.deeds) != 1 or clause.doubt:
            return self._say("stands", what=self._newest())
        deed = self.state.deeds[0]
        unit = clause.unit or stock_actions.unit_of(self._tx, deed)
        amended = Clause(deed.type, clause.amount, unit, numbered=True)
        return self._replace_movement(deed, amended, Whereabouts("", deed.target, deed.location, deed.lot, deed.expiry))

    def _newest(self) -> str:
        """Return the newest sentence's movements in words."""
        known = [(find_by_sku(self._tx.db, deed.sku), deed) for deed in self.state.deeds]
        return ", ".join(stock_actions.say_deed(self._tx, one, deed, self._language) for one, deed in known if one)

    def _change(self, correction: StockCorrection) -> None:
        """Apply a correction. If it's ambiguous, change nothing and repeat the last action in words."""
        if correction.change == "undo":
            return self._cancel(None if correction.amount is None else correction.amount // THOUSANDTHS)
        if (both := self._denied_of_two(correction)) is not None:
            return self._one_of_two(both, correction)
        if correction.change == "instead" and correction.amount is not None and not correction.denied:
            self._turn_to_named(correction.skus)
        deed = self._referenced_movement(correction)
        before = self._before(correction) if deed is None and correction.change == "out" else None
        if before and not self._command.propose:
            return self._out_before(*before)
        if deed is None or deed.target or (self._command.propose and len(self.state.deeds) > 1):
            return self._say("stands", what=self._newest())
        said = self._amended_clause(deed, correction)
        if correction.change == "out" and self._asks_back() and len(self.state.deeds) == 1:
            return self._ask_back()
        if correction.change == "out":
            return self._out(deed)
        if correction.change == "part":
            return self._split_off(deed, said, correction)
        if said is None or (why := stock_actions.may_move(self._tx, said.verb)):
            return self._say("stands" if said is None else why, what=self._newest())
        if self._spoils_part(deed, said, correction):
            return (
                self._besides(deed, said, correction) if deed.type == "in" else self._say("stands", what=self._newest())
            )
        where = Whereabouts("", deed.target, deed.location, deed.lot, deed.expiry)
        if correction.change in ("more", "again"):
            return self._besides(deed, said, correction)
        skus = tuple(one for one in correction.skus if one != deed.sku) or (deed.sku,)
        if len(self.state.deeds) == 1 and skus == (deed.sku,):
            return self._replace_movement(deed, said, where)
        if len(skus) > 1:
            return self._which_instead(deed, said, skus)
        return self._replace_deed(deed, WantedItem(said, skus, where=where))

    def _referenced_movement(self, correction: StockCorrection) -> Deed | None:
        """Return the movement of the newest sentence that the correction refers to; None if ambiguous."""
        deeds = self.state.deeds
        for skus in (correction.denied, correction.skus):
            named = [one for one in deeds if one.sku in skus]
            if len(named) == 1:
                return named[0]
            if skus is correction.denied and skus:
                return None
        return deeds[0] if len(deeds) == 1 else deeds[-1] if correction.change == "more" and correction.skus else None

    def _turn_to_named(self, skus: tuple[str, ...]) -> None:
        """Correct an older sentence if it was the only one to move the goods given a new number.

        "Make the baguettes seven" after a challah is an example. "No, seven baguettes" might replace the challah
        instead.
        """
        if any(one.sku in skus for one in self.state.deeds) or self.state.done is None or self.state.undone:
            return
        if self._command.propose or denies_first(all_tokens(self._command.text), self._language):
            return
        fresh = [one for one in self.state.earlier if one.done.age_us(self._now) <= STOCK_US]
        named = [one for one in fresh if any(deed.sku in skus for deed in one.deeds)]
        if len(named) != 1 or len(named[0].deeds) > 1:
            return
        rest = tuple(one for one in self.state.earlier if one is not named[0])
        newest = EarlierDeeds(self.state.deeds, self.state.done)
        self.state = msgspec.structs.replace(
            self.state, deeds=named[0].deeds, done=named[0].done, earlier=(*rest, newest)
        )

    def _denied_of_two(self, correction: StockCorrection) -> Deed | None:
        """Return the denied movement, if the newest sentence also made the one to keep.

        An example is "two oils and no vinegar" after one of each.
        """
        if correction.change != "instead" or self._command.propose or self._command.spoken:
            return None
        denied = [one for one in self.state.deeds if one.sku in correction.denied]
        stays = [one for one in self.state.deeds if one.sku in correction.skus]
        return denied[0] if len(denied) == len(stays) == 1 and not denied[0].target else None

    def _spoils_part(self, deed: Deed, said: Clause, correction: StockCorrection) -> bool:
        """Whether the correction only says that part of the goods spoiled.

        An example is "two of those were stale", after ten came in.
        """
        product = find_by_sku(self._tx.db, deed.sku)
        pieces = (product.box or 1) if product and said.unit == "box" else 1
        part = correction.amount is not None and correction.amount * pieces < abs(deed.change)
        other = said.verb == "waste" != deed.type and deed.type in ("in", "out")
        plain = not correction.denied and {*correction.skus} <= {deed.sku}
        corrects = begins_to_correct(all_tokens(self._command.text), self._language)
        return correction.change == "instead" and part and other and plain and not corrects

    def _one_of_two(self, denied: Deed, correction: StockCorrection) -> None:
        """Undo the denied movement, and change the other one if the correction says something about it."""
        self._out(denied)
        if not self.state.undone and (correction.amount is not None or correction.unit or correction.verb):
            self._change(msgspec.structs.replace(correction, denied=()))

    def _split_off(self, deed: Deed, said: Clause | None, correction: StockCorrection) -> None:
        """Move part of a movement's quantity to another product: "one was lentils, not penne"."""
        less = self._amended_clause(deed, msgspec.structs.replace(correction, change="less", skus=(), text=""))
        sku = correction.skus[0] if len(correction.skus) == 1 else ""
        if not (said and less and sku) or sku == deed.sku or self._command.propose or self._command.spoken:
            return self._say("stands", what=self._newest())
        where = Whereabouts("", deed.target, deed.location, deed.lot, deed.expiry)
        stays = WantedItem(msgspec.structs.replace(less, text=""), (deed.sku,), deed.sku, where=where)
        if not self._take_back(deed):
            return None
        rest = tuple(one for one in self.state.deeds if one is not deed)
        self.state = msgspec.structs.replace(self.state, deeds=rest, product=deed.sku, stale=not rest)
        return self._go_on((stays, WantedItem(said, (sku,), sku, where=Whereabouts("", "", deed.location))))

    def _before(self, correction: StockCorrection) -> tuple[EarlierDeeds, Deed] | None:
        """Return the only earlier movement that fits; None if there are several or it's too long ago."""
        if any(one.sku in correction.denied for one in self.state.deeds):
            return None
        fresh = (one for one in self.state.earlier if one.done.age_us(self._now) <= STOCK_US)
        named = [(one, deed) for one in fresh for deed in one.deeds if deed.sku in correction.denied]
        return named[0] if len(named) == 1 and not named[0][1].target else None

    def _out_before(self, sentence: EarlierDeeds, deed: Deed) -> None:
        """Undo an earlier sentence's movement and keep its others."""
        if not self._take_back(deed):
            return None
        rest = msgspec.structs.replace(sentence, deeds=tuple(one for one in sentence.deeds if one is not deed))
        kept = tuple(rest if one is sentence else one for one in self.state.earlier)
        self.state = msgspec.structs.replace(self.state, earlier=tuple(one for one in kept if one.deeds))
        return None

    def _amended_clause(self, deed: Deed, correction: StockCorrection) -> Clause | None:
        """The corrected movement; None if it's impossible."""
        unit = correction.unit or stock_actions.unit_of(self._tx, deed)
        boxes = unit == "box"
        before = deed.boxes * THOUSANDTHS if deed.boxes and (boxes or not deed.units) else deed.units
        same = (unit == "box") == bool(deed.boxes and not deed.units)
        amount = correction.amount
        if correction.change == "again":
            amount = before if amount is None else amount
        if correction.change == "times":
            amount = before * (amount or 0) // THOUSANDTHS
            if (deed.boxes and deed.units) or not self._is_whole(deed, amount):
                return None
        if correction.change == "less":
            if not same or deed.type == "adjust" or before - (amount or 0) <= 0:
                return None
            amount = before - (amount or 0)
        if correction.change == "more" and deed.type == "adjust":
            return None
        loose = deed.units if deed.boxes and deed.units and amount is None else 0
        said = before if amount is None else amount
        if loose:
            said, unit = deed.boxes * THOUSANDTHS, "box"
        verb = deed.type if correction.change == "less" else correction.verb or deed.type
        if correction.change == "other_way":
            if deed.type == "adjust":
                return None
            verb = "out" if deed.type == "in" else "in"
        product = find_by_sku(self._tx.db, correction.skus[0] if len(correction.skus) == 1 else deed.sku)
        if product and product.unit != "piece" and not correction.unit:
            meant = find_by_sku(self._tx.db, deed.sku) if correction.amount is None else None
            unit = product.unit if meant and meant.unit == product.unit else ""  # "no, pears": the same number of kilos
            if product.unit == "kg" and correction.amount and correction.amount > GRAMS_FROM * deed.units:
                unit = "g"  # "800 g" earlier, so "600" is grams too
        elif product and not product.box and unit == "box" and not correction.unit:
            unit = "unit"
        text, counted_as = correction.text, correction.counted_as
        return Clause(verb, said, unit, text=text, numbered=True, loose=loose, counted_as=counted_as)

    def _is_whole(self, deed: Deed, amount: int) -> bool:
        """Whether the quantity is possible: no half of a piece item."""
        product = find_by_sku(self._tx.db, deed.sku)
        return product is not None and (product.unit != "piece" or amount % THOUSANDTHS == 0)

    def _out(self, deed: Deed) -> None:
        """Undo one of several movements."""
        if not self._take_back(deed):
            return None
        rest = tuple(one for one in self.state.deeds if one is not deed)
        undone = self.state.undone or not rest
        name = self.state.name if rest else "cancelled"
        self.state = msgspec.structs.replace(self.state, name=name, deeds=rest or self.state.deeds, undone=undone)
        return None

    def _besides(self, deed: Deed, said: Clause, correction: StockCorrection) -> None:
        """Add to a movement or repeat it; the original movement stays."""
        skus = correction.skus or (deed.sku,)
        counts = correction.unit or said.unit in MEASURES or correction.change == "again"  # "and the same of vinegar"
        if skus != (deed.sku,) and not counts:
            said = msgspec.structs.replace(said, unit="")
        sku = skus[0] if len(skus) == 1 else ""
        where = Whereabouts("", "", deed.location)
        self.state = msgspec.structs.replace(self.state, stale=True)
        return self._go_on((WantedItem(said, skus, sku, where=where),))

    def _which_instead(self, deed: Deed, said: Clause, skus: tuple[str, ...]) -> None:
        """Ask which replacement product is meant before undoing anything.

        If the sentence made several movements, the last is repeated instead.
        """
        if len(self.state.deeds) > 1:
            return self._say("stands", what=self._newest())
        products = [one for sku in skus if (one := find_by_sku(self._tx.db, sku))]
        asked = offer(WantedItem(said, skus, undoes=True), products, "which_kind", self._language)
        return self._ask(asked.item, asked, ())

    def _replace_deed(self, deed: Deed, item: WantedItem) -> None:
        """Replace one movement by another; its sentence's other movements stay."""
        sku = item.skus[0]
        item = msgspec.structs.replace(item, sku=sku)
        if self._command.propose or self._command.spoken:
            item = msgspec.structs.replace(item, undoes=True)
            if len(self.state.deeds) > 1:
                return self._say("stands", what=self._newest())
            return self._ask(item, self._undo_question(item), ())
        if not self._take_back(deed):
            return None
        rest = tuple(one for one in self.state.deeds if one is not deed)
        self.state = msgspec.structs.replace(self.state, deeds=rest, product=sku, stale=not rest)
        return self._go_on((item,))

    def _cancel(self, many: int | None = -1) -> None:
        """Cancel the open question, or undo this conversation's last movements.

        `many`: how many entries; None: all that can still be undone; -1: as many as the words name.
        """
        if self.state.question:
            settled, name = self.state.question.id, say(self._language, "cancelled")
            ends = self.state.ends
            self.state = msgspec.structs.replace(
                self.state, name="cancelled", question=None, item=None, waiting=(), ends=(), settled=settled
            )
            self.lines += [*ends, name]
            return
        errand = self.state.errand
        if errand is not None and errand.done.age_us(self._now) <= STOCK_US:
            if errand.back is None:
                return self._say("errand_stays", what=errand.what)
            return self._go_on((errand.back,))
        if not self.state.deeds or self.state.undone or self.state.done is None:
            return self._say("nothing_to_cancel")
        if self.state.done.age_us(self._now) > STOCK_US:
            return self._say("undo_over")
        named = movements_to_undo(all_tokens(self._command.text), vocabulary(self._language)) if many == -1 else many
        if why := self._reach_back(named):
            return self._say(why, what=self._newest())
        if self._asks_back():
            return self._ask_back()
        if self._take_back():
            self.state = msgspec.structs.replace(self.state, name="cancelled", undone=True)

    def _ask_back(self) -> None:
        """Ask before undoing the newest movements."""
        item = WantedItem(Clause(), undoes=True)
        self._ask(item, self._undo_question(item), ())

    def _reach_back(self, many: int | None) -> str:
        """Extend the undo to earlier sentences until it covers `many` movements (None: all).

        Returns the reason if it can't.
        """
        deeds = self.state.deeds
        earlier = list(self.state.earlier)
        while (many is None or len(deeds) < many) and earlier and earlier[-1].done.age_us(self._now) <= STOCK_US:
            deeds = (*earlier.pop().deeds, *deeds)
        if many and len(deeds) != many:
            return "undo_other"
        self.state = msgspec.structs.replace(self.state, deeds=deeds, earlier=tuple(earlier))
        return ""

    def _stop(self) -> None:
        """ "Stop" ends an open question; past movements stay, and the answer says how to undo them."""
        if self.state.question:
            return self._cancel()
        done = self.state.done and self.state.deeds and not self.state.undone
        self._say("stop_nothing" if done else "nothing_to_cancel")
        return None
