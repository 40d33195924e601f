"""Show a customer's basket change first; only a confirmation makes it."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.kiosk.shopping_modifiers import ShoppingModifiers
from edge.conversation.assistant.phrasing import full_name, say, say_amount, unit_of
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import Asked, yes_or_no
from edge.conversation.assistant.turns.dialogue import CartChange, OpenQuestion, TalkState, WantedItem
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.reading.basket_words import says_more, says_total
from edge.conversation.understanding.reading.correction import begins_to_correct
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.tokens import all_tokens
from edge.core.messages import Refusal


class ShoppingOffer(ShoppingModifiers):
    """The part of a turn that shows changes first."""

    def _ask(self, asked: Asked) -> None:
        """Ask a question. If this turn's changes are shown first, so is the effect of the answer."""
        clause = msgspec.structs.replace(asked.item.clause, unsure=asked.item.clause.unsure or self.shows_first)
        asked = msgspec.structs.replace(asked, item=msgspec.structs.replace(asked.item, clause=clause))
        number = self.state.questions + 1
        now = self._now()
        id = f"{self._command.session[-8:]}-{self._command.turn[-12:]}-{number}"
        question = OpenQuestion(id, asked.state, asked.text, asked.options, now, further=asked.further)
        self.lines.append(asked.text)
        self.state = msgspec.structs.replace(
            self.state, name=asked.state, item=asked.item, question=question, product=asked.item.sku
        )

    def _offer(self, before: TalkState) -> None:
        """Show the collected changes and store them for confirmation. Questions about other items come later."""
        offered, self.put = tuple(self.put), []
        asked = self.state.question.text if self.state.question else ""
        self.lines = [one for one in self.lines if one not in (*self._done_lines, asked)]
        later = self.state.item.clause.text if self.state.question and self.state.item else ""
        self.state = msgspec.structs.replace(before, offered=offered, question=None, item=None)
        comes = ", ".join(self._amount_of(one) for one in offered if one.after > one.before)
        goes = ", ".join(self._amount_of(one) for one in offered if one.after < one.before)
        parts = [("offer_in", comes), ("offer_out", goes)]
        told = [say(self._language, f"shop_{key}", what=what) for key, what in parts if what]
        item = WantedItem(Clause(), sku=before.product)
        text = " ".join([*told, say(self._language, "shop_offer")])
        self._ask(yes_or_no(self._language, item, "confirming", text))
        if later:
            self._say("later", text=later)

    def _in_place(self, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        """Return the items wanted.

        After a correction ("sorry, grapes! half a kilo") they replace the items just added, once confirmed.
        """
        words = all_tokens(self._command.text)
        put = self.state.put[0] if len(self.state.put) == 1 else None
        if len(clauses) != 1 or put is None or put.after <= put.before:
            return clauses
        products, sure = self._products(clauses[0])
        other = len(products) == 1 and sure and products[0].sku != put.sku
        if not other or not begins_to_correct(words, self._language) or says_more(words, self._language):
            return clauses
        self.shows_first = True
        if not self._put_right(None):
            self.shows_first = self._command.propose
        return clauses

    def _says_total(self) -> bool:
        """Whether the number is a total ("actually 4 bagels", "one will do") and not an addition."""
        words, change = all_tokens(self._command.text), self._command.basket
        corrects = begins_to_correct(words, self._language) and not says_more(words, self._language)
        return change is None and (corrects or says_total(words, self._language))

    def _amount_of(self, change: CartChange) -> str:
        """The amount added or removed."""
        product = self._known_products((change.sku,))[0]
        much = say_amount(abs(change.after - change.before), unit_of(product), self._language)
        return f"{much} {full_name(product, self._language)}"

    def _offer_answered(self, said: Sentence) -> bool:
        """Whether the answer to the offer was handled: yes, no, or words without products.

        Naming products is a new request.
        """
        option = self._command.option
        offered = self.state.offered
        named = said.kind in ("other", "act") and any(
            self._find_products(one.text).kind == "all" for one in said.clauses
        )
        if named and not option and self._command.basket is None:
            self.state = msgspec.structs.replace(self.state, name="idle", question=None, item=None, offered=())
            return False
        if option == "no" or said.kind in ("no", "cancel", "stop"):
            self.state = msgspec.structs.replace(self.state, name="cancelled", question=None, item=None, offered=())
            self._say("never_mind")
        elif option == "yes" or said.kind == "yes":
            self.state = msgspec.structs.replace(self.state, name="done", question=None, item=None, offered=())
            self._do_offered(offered)
        elif self.state.question:
            self.lines.append(say(self._language, "choose_one", question=self.state.question.text))
        return True

    def _do_offered(self, offered: tuple[CartChange, ...]) -> None:
        """Make exactly the changes shown; nothing if the basket changed meanwhile."""
        if any(self._quantity_of(one.sku, one.modifiers) != one.before for one in offered):
            return self._say("offer_over")
        self.shows_first = False
        for one in offered:
            try:
                self._set(one.sku, one.after, one.modifiers)
            except Refusal as refusal:
                self.lines.append(stock_actions.refusal(refusal.refused, self._language))
                continue
            self.put.append(one)
            came = one.after > one.before
            self._say("added" if came else "removed", **{"what" if came else "name": self._amount_of(one)})
            self.state = msgspec.structs.replace(self.state, product=one.sku, added=came)
        return self._sum()
