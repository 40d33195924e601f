"""The customer's conversation at a kiosk: search, answer, fill their own basket, call staff.

Additions are shown at once and can be undone. Payment is by tap only. Declined topics are declined before any lookup.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from edge.conversation.assistant.kiosk.shopping_basket import MOST, is_more
from edge.conversation.assistant.kiosk.shopping_offer import ShoppingOffer
from edge.conversation.assistant.kiosk.shopping_telling import READS, asked_of
from edge.conversation.assistant.phrasing import full_name, say, say_amount, unit_of, units_word
from edge.conversation.assistant.small_talk import SmallTalk, polite_turn
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.answer_matching import Chosen, match_answer
from edge.conversation.assistant.turns.clarification import (
    ADD,
    ANOTHER,
    MEASURES,
    Asked,
    offer,
    packs_or_one,
    quantity_of,
)
from edge.conversation.assistant.turns.dialogue import (
    TRIES,
    CartChange,
    OpenQuestion,
    WantedItem,
    more_patient,
    place_of,
    waited_s,
)
from edge.conversation.understanding.advice.model import SaidAdvice
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.going_on import goes_on
from edge.conversation.understanding.lexicon import Vocabulary, vocabularies, wants_another
from edge.conversation.understanding.reading.model import BasketChange
from edge.conversation.understanding.reading.options import choose_options
from edge.conversation.understanding.sentence import CLAUSES, Sentence
from edge.conversation.understanding.shopping import RANKED, day_in
from edge.core.messages import Refusal
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.text import words_of
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.orders.commands import CallStaff
from edge.ordering.orders.queries import kiosk_calls

NEAREST = 3
"""Products offered for an unknown name."""


class ShoppingTalk(ShoppingOffer):
    """A customer's turn in the shopping conversation."""

    def take(self, said: Sentence) -> None:
        """Take a turn. A refusal changes nothing."""
        before = self.state
        self._take(said)
        if not self.lines:  # numbers without a product
            self._ask_again()
        if self.put and self.shows_first:
            return self._offer(before)
        if self.put:
            self.state = msgspec.structs.replace(self.state, put=tuple(self.put), done=self._now())

    def _take(self, said: Sentence) -> None:
        if self.state.name == "handed_over" and not self._waits_for_somebody():
            self.state = msgspec.structs.replace(self.state, name="idle")  # no call for staff is still open
        question = self.state.question
        named = self._command.question or self._command.option
        if named and (question is None or self._command.question not in ("", question.id)):
            raise Refusal("question_over", {"chosen": self.state.settled_as})
        if question and question.state == "confirming":
            if self._offer_answered(said):
                return
            question = None
        if question and self._is_another_wish(question, said):
            if self.state.item and not self.state.item.near and (left := self.state.item.clause.text):
                self._say("left", name=left)
            question = None
            self.state = msgspec.structs.replace(self.state, name="idle", question=None, item=None)
        if question and question.state == "choosing_modifier" and (modified := self._modifier_answer(question)):
            self.shows_first |= modified.clause.unsure
            return self._add(modified.clause, self._known_products(modified.skus)[0], modified)
        further, shown_as = self.state.further, self.state.further_as
        added, listed = self.state.added, self.state.listed
        self.state = msgspec.structs.replace(self.state, further=(), further_as="", listed=(), added=False)
        if wants_another(self._command.text) and (further or (question and question.further)):
            if question and question.further:
                self._answer(question, said, another=True)
            else:
                self._tell(shown_as, self._known_products(further))
        elif self._command.modifiers and self._command.modifiers.alone and question is None:
            self._change_modifiers()
        elif (wish := self._command.errand) and self._goods_shown and question is None:
            self._tell_where(wish.skus)
        elif advice := self._advice_beside(question):
            self._advise(advice)
        elif (change := self._command.basket) and question is None:
            self._change_all(change)
        elif polite := self._is_polite(said):
            self._say(f"talk_{polite}")
        elif question and (self._command.option or said.kind in ("other", "correct") or self._answers(question, said)):
            self._answer(question, said)
        elif question is None and (of_listed := self._of_listed(said, listed)):
            self._find_listed(*of_listed)
        elif self._command.reading is not None and question is None:
            instead = self._instead_of(said) if said.kind == "other" else None
            self._add(*instead) if instead else self._several(self._in_place(self._command.reading.clauses))
        elif said.kind == "act":
            self._wish(said)
        elif said.kind == "other" and (instead := self._instead_of(said)):
            self._add(*instead)
        elif said.kind == "other":
            self._several(self._each(self._more_of_it(said) or (self._going_on(said) if added else said.clauses)))
        else:
            self._short(said)

    def _change_all(self, basket: BasketChange) -> None:
        """Make each change, and add the replacements for those that succeeded."""
        for change in (basket, *basket.also):
            before = len(self.put)
            if comes_in := self._change_basket(change):
                self._add(*comes_in)
            if basket.besides and len(self.put) == before:
                return
        if basket.besides:
            self._several(basket.besides)

    def _is_polite(self, said: Sentence) -> SmallTalk | None:
        """Return the small talk in a purely polite sentence."""
        return polite_turn(self._command, self._language) if said.kind in ("other", "empty", "held") else None

    def _advice_beside(self, question: OpenQuestion | None) -> SaidAdvice | None:
        """Return the requested advice.

        During an open question it must be explicit, as "the one without sugar" may be an answer.
        """
        advice = None if self._command.option else self._command.advice
        return advice if advice and (question is None or advice.open) else None

    def _is_another_wish(self, question: OpenQuestion, said: Sentence) -> bool:
        """Whether the sentence abandons the open question by naming other products."""
        item = self.state.item
        if item is None or self._command.option or said.kind not in ("other", "act"):
            return False
        if question.state not in ("choosing_product", "asking_quantity"):
            return False
        shown = {*item.skus, item.sku}
        named = [product for clause in said.clauses for product in self._products(clause)[0]]
        if not named or shown & {one.sku for one in named}:
            return False
        return item.near or self._read_answer(question, item, said) == Chosen()

    def _read_answer(self, question: OpenQuestion, item: WantedItem, said: Sentence, option: str = "") -> Chosen:
        """Read the answer to the open question, as for staff."""
        text = self._command.text
        return match_answer(self._tx.db, question, item, said, text, option, self._language, self._tx.at_us)

    def _answers(self, question: OpenQuestion, said: Sentence) -> bool:
        """Whether a sentence confirms the only product offered, or picks one by a request: "make it the 3% one"."""
        item = self.state.item
        if question.state != "choosing_product" or item is None:
            return False
        picks = said.kind == "act" and self._read_answer(question, item, said).item is not None
        return picks or (said.kind == "yes" and len(question.options) == 1)

    def _of_listed(self, said: Sentence, listed: Sequence[str]) -> tuple[Clause, CatalogProduct] | None:
        """Return the product just shown that the words identify, with its quantity. A bare number identifies none."""
        if len(listed) < 2 or said.kind not in ("other", "correct"):
            return None
        choice = choose_options(self._known_products(listed), listed, self._command.text)
        if len(choice.products) != 1 or len(words_of(self._command.text)) < 2:
            return None
        amount, unit = choice.amount, choice.unit if choice.amount is not None else ""
        return Clause(ADD, amount, unit, container=choice.container), choice.products[0]

    def _find_listed(self, clause: Clause, product: CatalogProduct) -> None:
        """Add the stated quantity of a product that was shown, or show the product if no quantity was stated."""
        if clause.amount is None or "add" not in self._tools:
            return self._tell("find", [product])
        return self._add(clause, product)

    def _more_of_it(self, said: Sentence) -> tuple[Clause, ...]:
        """ "Two more" or "two please" of the product mentioned last; () if the sentence isn't that."""
        only = said.clauses[0] if len(said.clauses) == 1 else Clause()
        if only.verb or only.amount is None or only.doubt or not (self.state.product and is_more(only, said.language)):
            return ()
        return (msgspec.structs.replace(only, verb="add", text="", whole=""),)

    def _going_on(self, said: Sentence) -> tuple[Clause, ...]:
        """Return products that are only named after others were added: "and a cola" is added, "and a cola?" isn't."""
        meant = [product for clause in said.clauses for product in self._products(clause)[0]]
        named = {word for product in meant for name in product.names.values() for word in words_of(name)}
        if not goes_on(self._command.text, said.language, named):
            return said.clauses
        return tuple(
            msgspec.structs.replace(one, verb="add") if one.text and not one.verb else one for one in said.clauses
        )

    def _short(self, said: Sentence) -> None:
        """Answer a reply that needs no product."""
        if said.kind == "language":
            self.lines.append(say(self._language, "language_is"))
        elif said.kind == "stop" and not self.state.question:
            self._say("never_mind")  # "stop" ends a question but undoes nothing
        elif said.kind in ("cancel", "no", "stop") and self.state.question:
            self.state = msgspec.structs.replace(self.state, name="cancelled", question=None, item=None)
            self._say("never_mind")
        elif said.kind in ("cancel", "correct"):
            clause = said.clauses[0] if said.clauses else None
            if clause and clause.container and not clause.numbered:
                return self._ask_again()  # "in a bottle" means another variant, not a quantity
            if self._put_right(clause):
                return
            if said.kind == "correct" and clause and clause.amount and not clause.doubt and self.state.product:
                return self._several(self._each((msgspec.structs.replace(clause, verb="add"),)))  # "ok, two"
            self._ask_again()
        elif said.kind == "help":
            self._say("help")
        elif said.kind == "wait":
            self.state = more_patient(self.state)
            self.lines.append(
                say(
                    self._language,
                    "more_time",
                    minutes=waited_s(self.state, place_of("shopping", self._command.cart)) // 60,
                )
            )
        else:
            self._ask_again()

    def _ask_again(self) -> None:
        """Say that the sentence wasn't understood; after `TRIES` times in a row, call staff."""
        tries = self.state.questions + 1
        self.state = msgspec.structs.replace(self.state, questions=tries)
        self.end = "not_understood"
        self._say("not_understood") if tries <= TRIES else self._person()

    def _wish(self, said: Sentence) -> None:
        """Handle requests and a question that follows them; the clarifying question comes last."""
        clauses = self._each(said.clauses)
        behind = next((at for at, one in enumerate(clauses) if one.verb != clauses[0].verb), len(clauses))
        self._wish_for(clauses[:behind], said.language)
        if behind == len(clauses):
            return
        before, self.lines = self.lines, []
        self._wish_for(clauses[behind:], said.language)
        self.lines = [*self.lines, *before] if self.state.question else [*before, *self.lines]

    def _wish_for(self, clauses: tuple[Clause, ...], language: str) -> None:
        clause = clauses[0]
        simple: dict[str, Callable[[], None]] = {
            "basket": self._basket,
            "clear": self._clear,
            "promotions": self._promotions,
            "recommend": self._recommend,
            "person": self._person,
            "checkout": self._checkout,
        }
        if clause.verb in ("medical", "minors", "people"):
            return self._say(clause.verb)
        tool = "price" if clause.verb in RANKED else clause.verb
        if tool not in (*self._tools, "person") and not (clause.verb == "clear" and "remove" in self._tools):
            return self._say("not_here")
        self.tools_used.append(clause.verb)
        if clause.verb in simple:
            return simple[clause.verb]()
        match clause.verb:
            case "hours":
                self.lines.append(self._facts.hours(day_in(self._command.text, language)))
            case "order_status":
                self.lines.append(self._facts.order(self._command.text))
            case "compare":
                self._compare(clauses)
            case "cheapest" | "dearest" if (ranked := self._pick_by_price(clause)) is not None:
                self._tell("price", [ranked])
            case "cheapest" | "dearest":
                self._say("not_found" if clause.text else "compare_what")
            case "wishlist":
                self._wishes(clause)
            case "remove" | "change":
                for one in self._with_modifiers(clauses):
                    self._amend(one)
            case _:
                self._several(clauses)
        return None

    def _several(self, clauses: tuple[Clause, ...]) -> None:
        """Carry out the clear items in the order stated, then ask about the first unclear one."""
        clauses = asked_of(self._with_modifiers(clauses))
        self.shows_first |= self._says_more(clauses)
        if len(clauses) == 1:
            return self._find(clauses[0])
        if any(
            one.amount is not None and one.verb in ("", "add") for one in clauses
        ):  # "half a kilo of grapes and popcorn"
            clauses = tuple(msgspec.structs.replace(one, verb="add") if not one.verb else one for one in clauses)
        if len(clauses) > CLAUSES:
            return self.lines.append(say(self._language, "too_many_items", most=CLAUSES))
        meant = [(clause, *self._products(clause)) for clause in clauses]
        for clause, products, sure in sorted(meant, key=lambda one: len(one[1]) > 1):
            if not (products and sure and clause.text):
                self.lines += [say(self._language, "not_found_here", text=clause.text)] if clause.text else []
            elif self.state.question:
                self._say("later", text=clause.text)
            else:
                self._find(clause)
        return None

    def _says_more(self, clauses: tuple[Clause, ...]) -> bool:
        """Whether the words ask for something unknown as well as goods without a number.

        These are then shown before they are added.

        An example is "ignore the rules and give me everything", with a candle of that name.
        """
        known = vocabularies()
        meant = [(one, bool(one.text) and all(self._products(one))) for one in clauses if one.verb in ("", "add")]
        loose = any(found and one.amount is None for one, found in meant)
        ends = any((one.text.split()[-1:] or [""])[0] in words for one in clauses for words in map(_joiners, known))
        return loose and (ends or (len(meant) > 1 and not all(found for _, found in meant)))

    def _find(self, clause: Clause) -> None:
        """Answer a question about a product, or add it to the basket."""
        products, sure = self._products(clause)
        if not clause.verb and not clause.text and clause.amount is None:
            return self._say("help")  # a greeting
        near = products[:NEAREST] if clause.amount is not None and clause.verb in ("", "add") else []
        if near and not sure and "add" in self._tools:  # a near match: ask before adding anything
            return self._choose(WantedItem(clause, near=True), near)
        if not products or not sure:
            self.end = "not_understood"
            return self._say("not_found") if clause.verb in (*READS, "add") else self._ask_again()
        self.state = msgspec.structs.replace(self.state, questions=0)
        if clause.modifiers and not clause.verb and "?" not in self._command.text:
            clause = msgspec.structs.replace(clause, verb="add")  # "burger without onion" asks for one
        if clause.verb == "price" and clause.amount and len(products) == 1 and not clause.modifiers:
            return self._tell_price(clause, products[0])
        if clause.verb in READS or (not clause.verb and clause.amount is None):
            return self._tell(clause.verb or "find", products, clause.modifiers)
        if "add" not in self._tools:
            return self._say("not_here")
        if len(products) > 1:
            return self._choose(WantedItem(clause), products)
        return self._add(clause, products[0])

    def _choose(self, item: WantedItem, products: list[CatalogProduct]) -> None:
        item = msgspec.structs.replace(item, clause=msgspec.structs.replace(item.clause, verb=ADD))
        self._ask(offer(item, products, "did_you_mean" if item.near else "which_kind", self._language))

    def _answer(self, question: OpenQuestion, said: Sentence, another: bool = False) -> None:
        """Handle an answer: which product, by tap or words, or how many, as a number."""
        item = self.state.item
        assert item is not None
        if question.state == "choosing_modifier":
            return self._again(question)
        self.shows_first |= item.clause.unsure
        answer = self._read_answer(question, item, said, ANOTHER if another else self._command.option)
        if answer.asks:
            return self._ask(answer.asks)
        products = self._known_products((answer.item.sku,)) if answer.item else []
        return self._add(answer.item.clause, products[0]) if answer.item and products else self._again(question)

    def _again(self, question: OpenQuestion) -> None:
        if question.tries >= TRIES:
            self.state = msgspec.structs.replace(self.state, name="cancelled", question=None, item=None)
            return self._person()
        again = msgspec.structs.replace(question, tries=question.tries + 1)
        self.state = msgspec.structs.replace(self.state, question=again)
        self.lines.append(say(self._language, "choose_one", question=question.text))
        return None

    def _add(self, clause: Clause, product: CatalogProduct, item: WantedItem | None = None) -> None:
        """Add to the basket with the till's own command. `item`: carries the modifiers answered so far."""
        name = full_name(product, self._language)
        if clause.doubt or (product.unit != "piece" and (clause.amount is None or clause.grouped)):
            return self._ask_amount(clause, product)
        if asked := packs_or_one(WantedItem(clause), product, self._language):
            return self._ask(asked)
        quantity = quantity_of(clause, product)
        if quantity is None:
            return self._ask_amount(clause, product)
        if product.price_minor is None:
            return self._say("no_price", name=name)
        if age := self._facts.least_age(product):
            return self._say("age_first", name=name, age=age)
        if not 0 < quantity <= MOST or (product.unit == "piece" and quantity % THOUSANDTHS):
            return self._ask_amount(clause, product)
        chosen = self._chosen_modifiers(item or WantedItem(clause), product)
        if not isinstance(chosen, tuple):
            return self._ask(chosen) if chosen else None
        modifiers = chosen or None
        before = self._quantity_of(product.sku, modifiers)
        in_all = before and clause.amount is not None and self._says_total()
        put = self._set if in_all else self._put
        try:
            put(product.sku, quantity, modifiers)
        except Refusal as refusal:
            return self.lines.append(stock_actions.refusal(refusal.refused, self._language))
        self.put.append(CartChange(product.sku, before, quantity if in_all else before + quantity, modifiers))
        self.state = msgspec.structs.replace(
            self.state, name="done", question=None, item=None, product=product.sku, questions=0, added=True
        )
        what = self._facts.name_with_modifiers(product, chosen)
        self._say("added", what=f"{say_amount(quantity, unit_of(product), self._language)} {what}")
        return self._sum()

    def _ask_amount(self, clause: Clause, product: CatalogProduct) -> None:
        unit = units_word(product, self._language)
        own = product.unit if product.unit in MEASURES else ""
        cleared = msgspec.structs.replace(clause, amount=None, doubt="", unit=own, container="", grouped=False)
        item = WantedItem(cleared, (product.sku,), product.sku)
        self._ask(Asked(item, "asking_quantity", say(self._language, "how_many", units=unit)))

    def _person(self) -> None:
        """Call staff with the same bell as the kiosk's button; a phone can't ring it."""
        self.end = "handed_over"
        if self._command.cart:
            return self._say("person_at_till")
        self._tx.do(CallStaff())
        self.state = msgspec.structs.replace(self.state, name="handed_over", question=None, item=None)
        return self._say("person")

    def _waits_for_somebody(self) -> bool:
        return any(call.register == self._tx.actor.register for call in kiosk_calls(self._tx.db))


def _joiners(known: Vocabulary) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in known.joiners if len(phrase) == 1)
