"""The stock keeper's conversation: what is clear is done at once, what is not is asked, one thing at a time.

Inside the transaction: it looks at what is there when it acts. An answer names the question it belongs to; a question
is good for one answer, and for ten minutes.
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.quantity import THOUSANDTHS, parse_quantity
from edge.shop.assistant import product_matching, stock_actions
from edge.shop.assistant.answer_matching import Chosen, answered
from edge.shop.assistant.clarification import Asked, ask_amount, ask_product, yes_or_no
from edge.shop.assistant.commands import FoundProducts, TakeTurn
from edge.shop.assistant.dialogue import (
    STOCK_US,
    TRIES,
    ClockMark,
    Deed,
    OpenQuestion,
    TalkState,
    WantedItem,
)
from edge.shop.assistant.phrasing import full_name, moved, say, stocked
from edge.shop.assistant.sentence import CLAUSES, Clause, Sentence
from edge.shop.assistant.stock_actions import item_of
from edge.shop.assistant.stock_lists import informed
from edge.shop.assistant.whereabouts import Whereabouts
from edge.shop.catalog.queries import StockedProduct, find_by_sku

VOICE_LIMIT = 20 * THOUSANDTHS
"""What moves more than this by a sentence that was heard waits for a yes."""


class StockTalk:
    """One turn: `state` as it will be, `lines` to be said, `deeds` that were done."""

    def __init__(
        self,
        tx: Transaction,
        command: TakeTurn,
        state: TalkState,
        language: str,
        tools: frozenset[str],
        where: Whereabouts,
    ) -> None:
        self._tx = tx
        self._where = where
        self._tools = tools
        self._command = command
        self._language = language
        self._now = ClockMark(tx.mono_us, tx.boot_id.hex(), tx.at_us)
        self.state = state
        self.lines: list[str] = []
        self.deeds: list[Deed] = []
        self.undone: tuple[Deed, ...] = ()
        self._refused: Refused | None = None

    def take(self, said: Sentence) -> Refused | None:
        """Take a turn. A refusal changes nothing."""
        question = self.state.question
        named = self._command.question or self._command.option
        if named and (question is None or self._command.question not in ("", question.id)):
            return self._over()
        if question and question.asked.age_us(self._now) > STOCK_US:
            if said.kind not in ("act", "stock", "low", "expiring", "help", "language") or self._command.option:
                return self._over()
            self.state = msgspec.structs.replace(self.state, name="over", question=None, item=None, waiting=())
            question = None
        self._turn(said, question)
        return self._refused

    def _over(self) -> Refused:
        return Refused("question_over", {"chosen": self.state.settled_as})

    def _turn(self, said: Sentence, question: OpenQuestion | None) -> None:
        if question and (self._command.option or self._completes(said)):
            return self._answer(question, said)
        if said.kind in ("other", "empty") and self._where.said:
            return self._about_lot()
        match said.kind:
            case "act":
                self._begin(said)
            case "stock" | "low" | "expiring" | "help":
                self._inform(said)
                self._repeat()
            case "cancel":
                self._cancel()
            case "language":
                self._say("language_is")
                self._repeat()
            case "held":
                self._say("held")
                self._repeat()
            case _ if question:
                self._answer(question, said)
            case "correct":
                self._correct(said.clauses[0])
            case _:
                self._say("not_understood")

    def _completes(self, said: Sentence) -> bool:
        """Whether a sentence with a verb only says how much of what is asked about: "took four"."""
        item = self.state.item
        if said.kind != "act" or item is None or len(said.clauses) != 1:
            return False
        return said.clauses[0].verb == item.clause.verb and not said.clauses[0].text

    def _say(self, key: str, **values: object) -> None:
        self.lines.append(say(self._language, key, **values))

    def _repeat(self) -> None:
        if self.state.question:
            self.lines.append(self.state.question.text)

    def _begin(self, said: Sentence) -> None:
        """A new wish. One that was open is left, and that is said."""
        if self.state.item:
            self._leave(self.state.item)
        self.state = msgspec.structs.replace(
            self.state, name="idle", item=None, question=None, waiting=(), ends=(), stale=True
        )
        if len(said.clauses) > CLAUSES:
            return self._say("too_many_items", most=CLAUSES)
        if any(clause.verb not in self._tools for clause in said.clauses):
            return self._say("not_mine")
        if why := next((why for one in said.clauses if (why := stock_actions.may_move(self._tx, one.verb))), ""):
            return self._say(why)
        if why := self._where.fault([clause.verb for clause in said.clauses]):
            return self._say(why)
        items = [self._item(clause) for clause in said.clauses]
        self._go_on(tuple(items))

    def _leave(self, item: WantedItem) -> None:
        product = find_by_sku(self._tx.db, item.sku or next(iter(item.skus), ""))
        if product:
            self._say("left_alone", name=full_name(product, self._language))

    def _item(self, clause: Clause) -> WantedItem:
        """A thing with the products that its words mean. What has a number in its name takes its words first."""
        if not clause.text:
            return WantedItem(clause, (self.state.product,) if self.state.product else (), where=self._where)
        plain = self._found(clause.text)
        whole = self._found(f"={clause.whole}") if clause.whole else FoundProducts("", "none")
        if whole.kind == "all":
            unsure = msgspec.structs.replace(clause, amount=None, text=clause.whole)
            return WantedItem(unsure, whole.skus, where=self._where)
        skus = plain.skus if plain.kind != "none" else ()
        return WantedItem(clause, skus, near=plain.kind == "near", where=self._where)

    def _found(self, text: str) -> FoundProducts:
        return next((one for one in self._command.found if one.text == text), FoundProducts(text, "none"))

    def _go_on(self, items: tuple[WantedItem, ...]) -> None:
        """Do what is clear, in the order said, then ask about the first thing that is not."""
        waiting: list[tuple[WantedItem, Asked]] = []
        for item in items:
            asked = self._advance(item)
            if asked:
                waiting.append((asked.item, asked))
        self.lines += self.state.ends
        if not waiting:
            did = self.state.deeds and not self.state.stale
            name = "done" if did else "cancelled" if items else "idle"
            self.state = msgspec.structs.replace(self.state, name=name, item=None, question=None, waiting=(), ends=())
            return
        item, asked = waiting[0]
        self._ask(item, asked, tuple(one for one, _ in waiting[1:]))

    def _ask(self, item: WantedItem, asked: Asked, waiting: tuple[WantedItem, ...], tries: int = 1) -> None:
        number = self.state.questions + 1
        id = f"{self._command.session[-8:]}-{number}"
        question = OpenQuestion(
            id, asked.state, asked.text, asked.options, self._now, asked.figure, tries, further=asked.further
        )
        self.lines.append(asked.text)
        self.state = msgspec.structs.replace(
            self.state,
            name=asked.state,
            item=item,
            question=question,
            waiting=waiting,
            questions=number,
            product=item.sku or self.state.product,
        )

    def _advance(self, item: WantedItem) -> Asked | None:
        """A thing one step further: done, given up with a line that says why, or a question."""
        asked = self._which(item)
        if isinstance(asked, Asked) or asked is None:
            return asked
        item, product = asked
        amount = ask_amount(item, product, self._language)
        if isinstance(amount, Asked):
            return amount
        if isinstance(amount, str):
            self._end(amount)
            return None
        boxes, units = amount
        total = boxes * (product.box or 0) * THOUSANDTHS + units
        asks = self._command.propose or (self._command.spoken and total > VOICE_LIMIT)
        if asks and not item.confirmed and not item.down_to_zero:
            sign = -1 if item.clause.verb in ("out", "waste") and not item.where.target else 1
            source, target = item.where.ways(item.clause.verb)
            where = msgspec.structs.replace(item.where, at=source, target=target)
            what = moved(product, sign * boxes, sign * units, self._language)
            what = stock_actions.placed(self._tx, what, where, self._language)
            return yes_or_no(self._language, item, "confirming", say(self._language, "confirm", what=what))
        return self._do(item, product, boxes, units)

    def _which(self, item: WantedItem) -> Asked | tuple[WantedItem, StockedProduct] | None:
        """The product that is meant, or the question for it."""
        if not item.sku:
            products = [one for sku in item.skus if (one := find_by_sku(self._tx.db, sku))]
            wanted = product_matching.of_container(products, item.clause.container)
            sure = len(wanted) == 1 and not (item.near and self._command.spoken)
            if not sure:
                nearest = self._found(item.clause.text)
                asked = ask_product(self._tx.db, item, wanted, nearest, self._language)
                if isinstance(asked, str):
                    self._end(asked)
                    return None
                return asked
            item = msgspec.structs.replace(item, sku=wanted[0].sku)
        product = find_by_sku(self._tx.db, item.sku)
        if product is None:
            self._end(say(self._language, "not_found", text=item.sku))
            return None
        return item, product

    def _end(self, line: str) -> None:
        self.state = msgspec.structs.replace(self.state, ends=(*self.state.ends, line))

    def _do(self, item: WantedItem, product: StockedProduct, boxes: int, units: int) -> Asked | None:
        wanted, target = stock_actions.wanted(item, product, boxes, units)
        done = stock_actions.carry(self._tx, wanted, target) if target else stock_actions.perform(self._tx, wanted)
        name = full_name(product, self._language)
        if isinstance(done, Deed):
            self._did(product, done)
            return None
        if done.code == "stock_short" and not target:
            there = parse_quantity(str(done.values["on_hand"]))
            if there <= 0:
                self._end(say(self._language, "short_none", name=name))
                return None
            n = stocked(product, 0, there, self._language).partition(" ")[0]
            there = item_of(self._tx, product.sku).on_hand
            return yes_or_no(self._language, item, "confirming_short", say(self._language, "short", n=n), there)
        if done.code in stock_actions.ASKS and not item.confirmed:
            why = stock_actions.refusal(done, self._language)
            return yes_or_no(self._language, item, "confirming", say(self._language, "confirm_refused", why=why))
        self._end(f"{name}: {stock_actions.refusal(done, self._language)}")
        return None

    def _did(self, product: StockedProduct, deed: Deed) -> None:
        self.deeds.append(deed)
        what = stock_actions.told(self._tx, product, deed, self._language)
        after = stocked(product, deed.boxes_after, deed.units_after, self._language)
        key = "done" if deed.change or deed.target else "already_so"
        if deed.type == "adjust":
            what = say(self._language, "counted", name=full_name(product, self._language), stock=after)
        self._end(say(self._language, key, what=what))
        item = item_of(self._tx, product.sku)
        if deed.change < 0 and stock_actions.low(item):
            left = stocked(product, item.boxes, item.units, self._language)
            self._end(say(self._language, "low_now", name=full_name(product, self._language), stock=left))
        self.state = msgspec.structs.replace(
            self.state,
            deeds=(*(() if self.state.stale else self.state.deeds), deed),
            stale=False,
            done=self._now,
            undone=False,
            product=product.sku,
        )

    def _answer(self, question: OpenQuestion, said: Sentence) -> None:
        """What was said to the open question."""
        item = self.state.item
        assert item is not None
        chosen = answered(self._tx.db, question, item, said, self._command.option, self._language)
        settled = msgspec.structs.replace(self.state, settled=question.id, settled_as=chosen.label, question=None)
        match chosen:
            case Chosen(item=None, asks=None) if chosen.no:
                self.state = settled
                self._end(say(self._language, "cancelled"))
                self._go_on(self.state.waiting)
            case Chosen(item=None, asks=None):
                self._not_understood(question, item)
            case Chosen(asks=Asked() as asked):
                self._ask(asked.item, asked, self.state.waiting)
            case _:
                assert chosen.item is not None
                if question.state == "confirming_short" and self._changed(chosen.item, question):
                    return
                self.state = settled
                self._go_on((chosen.item, *self.state.waiting))

    def _changed(self, item: WantedItem, question: OpenQuestion) -> bool:
        """Whether a sale came between: then what is there now is asked about."""
        there = item_of(self._tx, item.sku).on_hand
        if not item.down_to_zero or there == question.figure:
            return False
        again = msgspec.structs.replace(item, down_to_zero=False)
        self._go_on((again, *self.state.waiting))
        return True

    def _not_understood(self, question: OpenQuestion, item: WantedItem) -> None:
        if question.tries >= TRIES:
            self.state = msgspec.structs.replace(self.state, question=None)
            self._end(say(self._language, "given_up"))
            return self._go_on(self.state.waiting)
        again = msgspec.structs.replace(question, tries=question.tries + 1)
        self.state = msgspec.structs.replace(self.state, question=again)
        self._say("choose_one", question=question.text)

    def _cancel(self) -> None:
        """End the open question, or take back what this conversation did last."""
        if self.state.question:
            settled, name = self.state.question.id, say(self._language, "cancelled")
            ends = self.state.ends
            self.state = msgspec.structs.replace(
                self.state, name="cancelled", question=None, item=None, waiting=(), ends=(), settled=settled
            )
            self.lines += [*ends, name]
            return
        if not self.state.deeds or self.state.undone or self.state.done is None:
            return self._say("nothing_to_cancel")
        if self.state.done.age_us(self._now) > STOCK_US:
            return self._say("undo_over")
        if self._take_back():
            self.state = msgspec.structs.replace(self.state, name="cancelled", undone=True)

    def _take_back(self) -> bool:
        """Whether the newest sentence's movements were undone."""
        back = stock_actions.take_back(self._tx, self.state.deeds, self._language)
        if isinstance(back, Refused):
            self._refused = back
            return False
        if isinstance(back, str):
            self.lines.append(back)
            return False
        self.lines += back
        self.undone = self.state.deeds
        return True

    def _correct(self, clause: Clause) -> None:
        """ "No, four": undo and do anew, in one commit."""
        done = self.state.done
        fresh = done is not None and done.age_us(self._now) <= STOCK_US and not self.state.undone
        if len(self.state.deeds) != 1 or not fresh:
            return self._say("correct_nothing")
        deed = self.state.deeds[0]
        if not self._take_back():
            return None
        unit = clause.unit or stock_actions.unit_of(self._tx, deed)
        amended = Clause(deed.type, clause.amount, unit, numbered=True)
        self._anew(deed, amended, Whereabouts("", deed.target, deed.location, deed.lot, deed.expiry))
        return None

    def _anew(self, deed: Deed, clause: Clause, where: Whereabouts) -> None:
        if deed.target:
            where = msgspec.structs.replace(where, source=where.at, at="")
        self.state = msgspec.structs.replace(self.state, product=deed.sku, stale=True)
        self._go_on((WantedItem(clause, (deed.sku,), deed.sku, where=where),))

    def _about_lot(self) -> None:
        """Of which lot it was, and until when that keeps, said behind what came in: that is done anew, with it."""
        done = self.state.done
        fresh = done is not None and done.age_us(self._now) <= STOCK_US and not self.state.undone
        deed = self.state.deeds[0] if fresh and len(self.state.deeds) == 1 else None
        if deed is None or deed.type != "in" or not (self._where.lot or self._where.expiry) or self.state.question:
            self._say("lot_with_what")
            return self._repeat()
        if not self._take_back():
            return None
        where = msgspec.structs.replace(self._where, at=deed.location)
        if deed.boxes:
            total = Clause("in", deed.boxes * THOUSANDTHS, "box", numbered=True, loose=deed.units)
        else:
            total = Clause("in", deed.units, stock_actions.unit_of(self._tx, deed), numbered=True)
        self._anew(deed, total, where)
        return None

    def _inform(self, said: Sentence) -> None:
        """Answer a question about the stock, from what its queries say."""
        if not (self._tx.actor.may("manage") or self._tx.actor.may("stock")):
            return self._say("not_allowed")
        if said.kind not in (*self._tools, "help"):
            return self._say("not_mine")
        text = said.clauses[0].text if said.clauses else ""
        found = self._found(text) if text else FoundProducts("", "all", (self.state.product,))
        lines, product = informed(self._tx, said.kind, found, self._where.place, self._language)
        self.lines += lines
        self.state = msgspec.structs.replace(self.state, product=product or self.state.product)
        return None
