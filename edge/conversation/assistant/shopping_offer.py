"""What a customer's turn would change of the basket, shown before it is changed: a yes does it, and nothing else."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant import stock_actions
from edge.conversation.assistant.clarification import Asked, yes_or_no
from edge.conversation.assistant.dialogue import CartChange, OpenQuestion, TalkState, WantedItem
from edge.conversation.assistant.phrasing import full_name, say, say_amount, unit_of
from edge.conversation.assistant.shopping_modifiers import ShoppingModifiers
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.reading.basket_words import says_more, says_total
from edge.conversation.understanding.reading.correction import begins_to_correct
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.tokens import all_tokens
from edge.core.messages import Refusal


class ShoppingOffer(ShoppingModifiers):
    """One turn, as far as it shows first what it would change."""

    def _ask(self, asked: Asked) -> None:
        number = self.state.questions + 1
        now = self._now()
        id = f"{self._command.session[-8:]}-{self._command.turn[-12:]}-{number}"
        question = OpenQuestion(id, asked.state, asked.text, asked.options, now, further=asked.further)
        self.lines.append(asked.text)
        self.state = msgspec.structs.replace(
            self.state, name=asked.state, item=asked.item, question=question, product=asked.item.sku
        )

    def _offer(self, before: TalkState) -> None:
        """Show what was noted, and note it for a yes; what was to be asked of other goods comes later."""
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
        """What is wished for; behind a word that takes back what was put in just now ("sorry, grapes! half a kilo") it
        comes in the place of that, once it was shown."""
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
        """Whether so many are wanted in all ("actually 4 bagels", "one will do"), and not beside what lies there."""
        words, change = all_tokens(self._command.text), self._command.basket
        corrects = begins_to_correct(words, self._language) and not says_more(words, self._language)
        return change is None and (corrects or says_total(words, self._language))

    def _amount_of(self, change: CartChange) -> str:
        """How much of what comes or goes."""
        product = self._known_products((change.sku,))[0]
        much = say_amount(abs(change.after - change.before), unit_of(product), self._language)
        return f"{much} {full_name(product, self._language)}"

    def _offer_answered(self, said: Sentence) -> bool:
        """Whether the answer to what was shown was taken: a yes, a no, or what is neither and names nothing. Goods
        that are named anew are another wish."""
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
        """Just what was shown; where the basket was changed meanwhile, nothing."""
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
