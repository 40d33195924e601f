"""The stock conversation: interprets a sentence in context (`stock_turn.py` carries it out).

An answer names its question; a question accepts one answer, within ten minutes.
"""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.counter import counter_answer
from edge.conversation.assistant.errands.asking import takes_any_text, with_answer
from edge.conversation.assistant.errands.shelf_places import places_sentence
from edge.conversation.assistant.kiosk.shopping_facts import SHOWN
from edge.conversation.assistant.phrasing import full_name, say, say_amount
from edge.conversation.assistant.small_talk import SmallTalk, polite_turn
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.stock.stock_actions import item_of
from edge.conversation.assistant.stock.stock_corrections import StockCorrections
from edge.conversation.assistant.stock.stock_lists import answer_stock_question, in_boxes
from edge.conversation.assistant.stock.told_figures import ToldFigures
from edge.conversation.assistant.turns.answer_matching import Chosen, amount_answered, match_answer, says_zero
from edge.conversation.assistant.turns.clarification import Asked, ask_amount
from edge.conversation.assistant.turns.dialogue import (
    MINUTE_US,
    STOCK_US,
    TRIES,
    OpenQuestion,
    WantedItem,
    more_patient,
)
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lexicon import wants_another
from edge.conversation.understanding.listed_names import each_of
from edge.conversation.understanding.reading.correction import begins_to_correct
from edge.conversation.understanding.reading.model import StockCorrection
from edge.conversation.understanding.reading.options import choose_options
from edge.conversation.understanding.sentence import CLAUSES, Sentence
from edge.conversation.understanding.shopping import RANKED
from edge.conversation.understanding.tokens import all_tokens
from edge.core.messages import Refusal
from edge.goods.catalog.queries import find_by_sku
from edge.lib.units.quantity import THOUSANDTHS

ASIDE = ("cancel", "stop", "language", "help", "wait")
"""Sentences that don't answer an errand's open question."""


class StockTalk(StockCorrections):
    """One turn, from sentence to action."""

    def take(self, said: Sentence) -> None:
        """Take a turn. A refusal changes nothing."""
        question = self.state.question
        named = self._command.question or self._command.option
        if named and (question is None or self._command.question not in ("", question.id)):
            raise self._over()
        age_us = question.asked.age_us(self._now) - self._command.still_us if question else 0
        if question and age_us > STOCK_US * self.state.patience:
            if said.kind not in ("act", "stock", "low", "expiring", "help", "language") or self._command.option:
                raise self._over()
            self.state = msgspec.structs.replace(self.state, name="over", question=None, item=None, waiting=())
            question = None
        self._turn(said, question)

    def _over(self) -> Refusal:
        return Refusal("question_over", {"chosen": self.state.settled_as})

    def _turn(self, said: Sentence, question: OpenQuestion | None) -> None:
        if question and question.state == "asking_slot" and said.kind not in ASIDE:
            return self._answer_slot(question, said)
        another = question is not None and bool(question.further) and wants_another(self._command.text)
        if question and (self._command.option or another or self._completes(said) or self._picks(question, said)):
            return self._answer(question, said)
        if polite := self._is_polite(said):
            self._say(f"talk_{polite}")
            return self._repeat()
        wish = self._command.errand
        if wish is not None and wish.errand.kind == "where":
            self._tell_where(wish.skus)
            return self._repeat()
        if self._command.figures is not None and question is None:
            return self._tell_figures(self._command.figures)
        if wish is not None and wish.errand.kind == "figures":
            told = said.kind == "fact" and said.clauses[0].verb not in ("compare", "recommend")
            if question is None and not told and said.kind in ("other", "held", "stock", "act", "fact"):
                return self._say("figures_elsewhere" if self._keeps_stock() else "errand_not_allowed")
        elif wish is not None and (question is None or self._is_errand(said)):
            self.state = msgspec.structs.replace(self.state, question=None, item=None)
            return self._go_on((WantedItem(wish.clause, wish.skus, errand=wish.errand), *self.state.waiting))
        if correction := self._corrects(question, said):
            return self._change(correction)
        if said.kind in ("other", "empty") and self._where.is_stated:
            return self._about_lot()
        match said.kind:
            case "act":
                self._begin(said)
            case "fact":
                self._tell(said)
                self._repeat()
            case "stock" | "low" | "expiring" | "help":
                self._inform(said)
                self._repeat()
            case "cancel":
                self._cancel()
            case "stop":
                self._stop()
            case "language":
                self._say("language_is")
                self._repeat()
            case "wait":
                self._wait()
                self._repeat()
            case "held":
                self._say("held")
                self._repeat()
            case _ if question:
                self._answer(question, said)
            case "correct":
                self._correct(said.clauses[0])
            case _ if self._stands():
                self.end = "not_understood"
                self._say("stands", what=self._newest())
            case _:
                self.end = "not_understood"
                self._say("not_understood" if self._keeps_stock() else "counter_help")

    def _is_errand(self, said: Sentence) -> bool:
        """Whether the open item is an errand that the new sentence ends; yes and no answer it instead."""
        item = self.state.item
        return item is not None and item.errand is not None and said.kind not in ("yes", "no", "cancel", "stop")

    def _answer_slot(self, question: OpenQuestion, said: Sentence) -> None:
        """Handle the answer to a question about an errand's missing part. Another request ends the errand."""
        item, wish = self.state.item, self._command.errand
        assert item is not None
        if said.kind == "no":
            return self._cancel()
        begins = wish is not None and wish.errand.kind not in ("where", "figures")
        told = None
        if not (begins and takes_any_text(item)):  # "receipt 1" could begin an errand, but is an answer here
            options = self._command.option, self._find_products
            told = with_answer(self._tx, self._facts, item, said, self._command.text, *options)
        if told is None and wish is not None and begins:
            told = WantedItem(wish.clause, wish.skus, errand=wish.errand)
        if told is not None:
            self.state = msgspec.structs.replace(self.state, question=None, item=None, settled=question.id)
            return self._go_on((told, *self.state.waiting))
        return self._begin(said) if said.kind == "act" else self._not_understood(question, item)

    def _is_polite(self, said: Sentence) -> SmallTalk | None:
        """The small talk in a sentence that is nothing else."""
        told = said.kind == "act" and any(one.amount is not None for one in said.clauses)
        may_be = not told and said.kind in ("other", "empty", "held", "act")
        return polite_turn(self._command, self._language) if may_be else None

    def _tell_figures(self, told: ToldFigures) -> None:
        """Give the answer to a manager's question; the next question may follow up on it."""
        self._asked.append("figures")
        self.lines.append(told.text)
        self.state = msgspec.structs.replace(self.state, figures=told.about)

    def _tell_where(self, skus: tuple[str, ...]) -> None:
        """State where products are; allowed during an open question, as nothing moves."""
        meant = skus or ((self.state.product,) if self.state.product else ())
        products = [one for sku in meant if (one := find_by_sku(self._tx.db, sku, self._tx.at_us))]
        if not products:
            return self._say("no_name")
        self.lines += [
            places_sentence(self._tx.db, one, self._tx.business_date, self._language) for one in products[:SHOWN]
        ]
        if len(products) > SHOWN:
            self.lines.append(say(self._language, "more_of_them", n=len(products) - SHOWN))
        if len(products) == 1:
            self.state = msgspec.structs.replace(self.state, product=products[0].sku)
        return None

    def _corrects(self, question: OpenQuestion | None, said: Sentence) -> StockCorrection | None:
        """The correction of the newest action; None if a question is open or nothing was done."""
        mine = self._command.correction
        if mine is None or question is not None or not self.state.deeds or not self._fresh():
            return None
        told = said.kind == "act" and any(
            one.verb
            and not one.either
            and one.text
            and one.amount is not None
            and self._find_products(one.text).kind != "none"
            for one in said.clauses
        )
        return None if told and mine.change not in ("instead", "part") else mine

    def _stands(self) -> bool:
        """Whether the sentence rejects the newest action without saying how to change it."""
        words = all_tokens(self._command.text)
        return bool(self.state.deeds) and self._fresh() and begins_to_correct(words, self._language)

    def _wait(self) -> None:
        """Double the time limits for a person who asked for more time."""
        self.state = more_patient(self.state)
        self._say("more_time", minutes=STOCK_US * self.state.patience // MINUTE_US)

    def _completes(self, said: Sentence) -> bool:
        """Whether a sentence with a verb only gives the missing amount: "took four"."""
        item = self.state.item
        if said.kind != "act" or item is None or len(said.clauses) != 1:
            return False
        return (item.clause.either or item.clause.verb in ("", said.clauses[0].verb)) and not said.clauses[0].text

    def _picks(self, question: OpenQuestion, said: Sentence) -> bool:
        """Whether a sentence that looks like a question picks one of the options: "the cheaper one"."""
        if question.state in ("choosing_unit", "asking_quantity") and said.kind not in (
            "act",
            "yes",
            "no",
            "cancel",
            "stop",
        ):
            return amount_answered(said, self._command.text, self._language) is not None
        if question.state == "confirming_short":
            named = any(self._find_products(one.text).kind == "all" for one in said.clauses if one.text)
            return not named and said.kind not in ("no", "cancel") and says_zero(self._command.text, self._language)
        if question.state != "choosing_product" or self.state.item is None or said.kind not in ("fact", "low"):
            return False
        products = [one for sku in self.state.item.skus if (one := find_by_sku(self._tx.db, sku))]
        return bool(choose_options(products, [one.id for one in question.options], self._command.text).products)

    def _repeat(self) -> None:
        if self.state.question:
            self.lines.append(self.state.question.text)

    def _begin(self, said: Sentence) -> None:
        """Start a new request; an open one is dropped, and the answer says so."""
        if self.state.item:
            self._leave(self.state.item)
        self.state = msgspec.structs.replace(
            self.state, name="idle", item=None, question=None, waiting=(), ends=(), stale=True
        )
        if len(said.clauses) > CLAUSES:
            return self._say("too_many_items", most=CLAUSES)
        if any(clause.verb and clause.verb not in self._tools for clause in said.clauses):
            return self._say("not_mine")
        if why := next((why for one in said.clauses if (why := stock_actions.may_move(self._tx, one.verb))), ""):
            return self._say(why)
        if why := self._where.fault([clause.verb for clause in said.clauses]):
            return self._say(why)
        clauses = said.clauses
        if self._command.propose:  # their effects stay to be confirmed after any questions
            clauses = tuple(msgspec.structs.replace(one, unsure=True) for one in clauses)
        self._go_on(tuple(map(self._item, clauses)))

    def _leave(self, item: WantedItem) -> None:
        product = find_by_sku(self._tx.db, item.sku or next(iter(item.skus), ""))
        if product:
            self._say("left_alone", name=full_name(product, self._language))

    def _answer(self, question: OpenQuestion, said: Sentence) -> None:
        """Handle the answer to the open question."""
        item = self.state.item
        assert item is not None
        chosen = match_answer(
            self._tx.db, question, item, said, self._command.text, self._command.option, self._language
        )
        settled = msgspec.structs.replace(self.state, settled=question.id, settled_as=chosen.label, question=None)
        match chosen:
            case Chosen(item=None, asks=None) if chosen.no:
                self.state = settled
                self._end(say(self._language, "cancelled"))
                self._go_on(self.state.waiting[question.together - 1 :])
            case Chosen(item=None, asks=None):
                self._not_understood(question, item)
            case Chosen(asks=Asked() as asked):
                self._ask(asked.item, asked, self.state.waiting)
            case _:
                assert chosen.item is not None
                if question.state == "confirming_short" and self._has_stock_changed(chosen.item, question):
                    return
                if question.state == "confirming" and not chosen.item.errand and self._differs(chosen.item, question):
                    return
                self.state = settled
                waiting = self.state.waiting
                if chosen.item.confirmed:  # one yes confirms all effects that were shown together
                    shown = waiting[: question.together - 1]
                    waiting = (*(msgspec.structs.replace(one, confirmed=True) for one in shown), *waiting[len(shown) :])
                self._go_on((chosen.item, *waiting))

    def _has_stock_changed(self, item: WantedItem, question: OpenQuestion) -> bool:
        """Whether the stock changed since the question, so that it must be asked again."""
        there = item_of(self._tx, item.sku).on_hand
        if not item.down_to_zero or there == question.figure:
            return False
        again = msgspec.structs.replace(item, down_to_zero=False)
        self._go_on((again, *self.state.waiting))
        return True

    def _differs(self, item: WantedItem, question: OpenQuestion) -> bool:
        """Whether confirming now would have a different effect than shown; then ask again with both figures."""
        product = find_by_sku(self._tx.db, item.sku)
        if not (item.confirmed and question.figure and product):
            return False
        amount = ask_amount(item, product, self._language)
        if not isinstance(amount, tuple):
            return False
        asked = self._confirmation(msgspec.structs.replace(item, confirmed=False), product, *amount)
        same = asked.what in question.text if question.together > 1 else asked.text == question.text
        if same and asked.figure == question.figure:
            return False
        was, now = (say_amount(one, "unit", self._language) for one in (question.figure, asked.figure))
        self._say("changed_since", was=was, now=now)
        self._ask(asked.item, asked, self.state.waiting)
        return True

    def _not_understood(self, question: OpenQuestion, item: WantedItem) -> None:
        if question.tries >= TRIES:
            self.state = msgspec.structs.replace(self.state, question=None)
            self.end = "given_up"
            self._end(say(self._language, "given_up"))
            return self._go_on(self.state.waiting)
        again = msgspec.structs.replace(question, tries=question.tries + 1)
        self.state = msgspec.structs.replace(self.state, question=again)
        self._say("choose_one", question=question.text)

    def _about_lot(self) -> None:
        """Redo an incoming movement with a lot or expiry date mentioned afterwards."""
        deed = self.state.deeds[0] if self._fresh() and len(self.state.deeds) == 1 else None
        if deed is None or deed.type != "in" or not (self._where.lot or self._where.expiry) or self.state.question:
            self._say("lot_with_what")
            return self._repeat()
        where = msgspec.structs.replace(self._where, at=deed.location)
        if deed.boxes:
            total = Clause("in", deed.boxes * THOUSANDTHS, "box", numbered=True, loose=deed.units)
        else:
            total = Clause("in", deed.units, stock_actions.unit_of(self._tx, deed), numbered=True)
        return self._replace_movement(deed, total, where)

    def _keeps_stock(self) -> bool:
        return self._tx.actor.may("manage") or self._tx.actor.may("stock")

    def _tell(self, said: Sentence) -> None:
        """Answer a question open to everyone who may sell, from the shop's queries."""
        verb = said.clauses[0].verb
        if verb == "in_stock" and self._keeps_stock():
            return self._inform(msgspec.structs.replace(said, kind="stock"))
        if ("price" if verb in RANKED else verb) not in self._tools:
            return self._say("not_mine")
        self._asked.append(verb)
        lines, product = counter_answer(
            self._facts,
            said,
            self._command.text,
            self._find_products,
            self.state.product,
            self._command.modifiers.said if self._command.modifiers else (),
        )
        self.lines += lines
        self.state = msgspec.structs.replace(self.state, product=product or self.state.product)
        return None

    def _inform(self, said: Sentence) -> None:
        """Answer a stock question from the stock queries."""
        if said.kind not in (*self._tools, "help"):
            return self._say("not_mine")
        if said.kind == "help" and not self._keeps_stock():
            return self._say("counter_help")
        if not self._keeps_stock():
            asked = Sentence("fact", said.language, tuple(Clause("in_stock", text=one.text) for one in said.clauses))
            return self._tell(asked) if asked.clauses else self._say("not_yours")
        self._asked.append(said.kind)
        named = [one.text for clause in said.clauses for one in each_of(clause, self._find_products)]
        for text in named or [""]:
            found = self._find_products(text) if text else FoundProducts("", "all", (self.state.product,))
            if boxed := in_boxes(self._tx, found, self._command.text, self._language):
                self.lines += boxed
                continue
            lines, product = answer_stock_question(self._tx, said.kind, found, self._where.place, self._language)
            self.lines += lines
            self.state = msgspec.structs.replace(self.state, product=product or self.state.product)
        return None
