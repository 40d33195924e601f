"""Carry out a turn on stock: do the clear parts, ask about the rest one at a time.

It runs inside the transaction and so acts on current stock.
"""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.commands import TakeTurn
from edge.conversation.assistant.errands.asking import ask_lacking
from edge.conversation.assistant.errands.doing import is_counted, is_of_goods
from edge.conversation.assistant.errands.refund_shown import is_refund, of_sale
from edge.conversation.assistant.errands.running import run_errand
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import full_name, say, say_amount, say_movement, say_stock
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.stock.stock_actions import item_of
from edge.conversation.assistant.turns import clarification
from edge.conversation.assistant.turns.clarification import (
    Asked,
    ask_amount,
    ask_product,
    ask_way,
    or_other_way,
    say_effect,
    yes_or_no,
)
from edge.conversation.assistant.turns.dialogue import (
    EARLIER_MOST,
    STOCK_US,
    AnswerOption,
    ClockMark,
    Deed,
    EarlierDeeds,
    OpenQuestion,
    TalkState,
    WantedItem,
)
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.reading.linking import has_words
from edge.conversation.understanding.whereabouts import Whereabouts
from edge.core.messages import Refusal, Refused
from edge.core.registry import Transaction
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.query.text import with_final_letters as shown_word
from edge.lib.units.quantity import THOUSANDTHS, parse_quantity

VOICE_LIMIT = 20 * THOUSANDTHS
"""A larger movement by voice waits for confirmation."""


STRANGE = 2
"""Unknown words tolerated if only one product matches the others."""


class StockTurn:
    """A turn on stock. `state`: the new state; `lines`: the answer; `deeds`: the movements made."""

    def __init__(
        self,
        tx: Transaction,
        command: TakeTurn,
        state: TalkState,
        language: str,
        facts: ShopFacts,
        tools: frozenset[str],
        where: Whereabouts,
    ) -> None:
        self._tx = tx
        self._facts = facts
        self._where = where
        self._tools = tools
        self._command = command
        self._language = language
        self._now = ClockMark(tx.mono_us, tx.boot_id.hex(), tx.at_us)
        self.state = state
        self.lines: list[str] = []
        self.deeds: list[Deed] = []
        self.undone: tuple[Deed, ...] = ()
        self.end = "answered"
        self.offers: tuple[AnswerOption, ...] = ()
        self._asked: list[str] = []

    @property
    def tools_used(self) -> list[str]:
        """The queries and commands used in the turn, by name."""
        deeds = ("TransferStock" if deed.target else "RecordMovement" for deed in (*self.deeds, *self.undone))
        return [*self._asked, *deeds]

    def _say(self, key: str, **values: object) -> None:
        self.lines.append(say(self._language, key, **values))

    def _item(self, clause: Clause) -> WantedItem:
        """Return an item with its candidate products."""
        if not clause.text:
            return WantedItem(clause, (self.state.product,) if self.state.product else (), where=self._where)
        plain = self._find_products(clause.text)
        skus = plain.skus if plain.kind != "none" else ()
        return WantedItem(clause, skus, near=plain.kind == "near", where=self._where)

    def _find_products(self, text: str) -> FoundProducts:
        return next((one for one in self._command.found if one.text == text), FoundProducts(text, "none"))

    def _go_on(self, items: tuple[WantedItem, ...]) -> None:
        """Carry out the clear items in the order stated, then ask about the first unclear one."""
        waiting: list[tuple[WantedItem, Asked]] = []
        for item in items:
            asked = self._advance(item)
            if asked:  # suggested products don't count until one is chosen
                keeps = item if asked.state == "choosing_product" else asked.item
                waiting.append((keeps, asked))
        self.lines += self.state.ends
        if not waiting:
            did = (self.state.deeds and not self.state.stale and not self.state.undone) or self._asked
            name = "done" if did else "cancelled" if items else "idle"
            self.state = msgspec.structs.replace(self.state, name=name, item=None, question=None, waiting=(), ends=())
            return
        waiting, asked = self._together(waiting)
        item = asked.item
        product = find_by_sku(self._tx.db, item.sku) if item.sku and (len(items) > 1 or self.state.ends) else None
        if product and asked.state in ("asking_quantity", "choosing_unit"):  # with several items, say which one
            named = f"{full_name(product, self._language)}: {asked.text}"
            asked = msgspec.structs.replace(asked, text=named)
        self._ask(item, asked, tuple(one for one, _ in waiting[1:]))

    def _together(self, waiting: list[tuple[WantedItem, Asked]]) -> tuple[list[tuple[WantedItem, Asked]], Asked]:
        """Return the first question and the waiting items in order.

        Items that only need confirmation are confirmed together.
        """
        first = waiting[0][1]
        shown = [one for one in waiting if one[1].what and one[0].clause.verb] if first.what else []
        if len(shown) < 2:
            return waiting, first
        rest = [one for one in waiting if one not in shown]
        text = say(self._language, "confirm", what=", ".join(one.what for _, one in shown))
        if words := dict.fromkeys(word for item, _ in shown for word in item.clause.unowned):
            text = say(self._language, "confirm_unknown", question=text, words=", ".join(map(shown_word, words)))
        options = tuple(one for one in first.options if one.id in ("yes", "no"))
        return [*shown, *rest], msgspec.structs.replace(first, text=text, options=options, together=len(shown))

    def _ask(self, item: WantedItem, asked: Asked, waiting: tuple[WantedItem, ...], tries: int = 1) -> None:
        number = self.state.questions + 1
        id = f"{self._command.session[-8:]}-{number}"
        shown = (asked.text, asked.options, self._now, asked.figure, tries)
        question = OpenQuestion(
            id, asked.state, *shown, further=asked.further, answer=asked.answer, together=asked.together
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
        """Advance an item by one step: complete it, drop it with a reason, or return a question."""
        if item.undoes:
            return self._instead(item)
        if lacking := ask_lacking(self._tx, self._facts, item):
            return lacking
        if item.errand and not is_of_goods(item.errand, item.clause.text):
            return self._run_errand(item)
        asked = self._which(of_sale(self._tx, item) if is_refund(item) else item)
        if isinstance(asked, Asked) or asked is None:
            return asked
        item, product = asked
        if item.errand and not is_counted(item.errand):
            return self._run_errand(item, product)
        amount = ask_amount(item, product, self._language)
        if isinstance(amount, Asked):
            return amount
        if isinstance(amount, str):
            self._end(amount)
            return None
        boxes, units = amount
        if item.errand:
            return self._run_errand(item, product, boxes, units)
        total = boxes * (product.box or 0) * THOUSANDTHS + units
        if not item.clause.verb:
            return ask_way(item, product, boxes, units, self._language)
        asks = self._command.propose or item.clause.unsure or clarification.says_content(item.clause, product)
        asks |= clarification.says_other_container(item.clause, product)
        asks |= self._command.spoken and total > VOICE_LIMIT
        if asks and not item.confirmed and not item.down_to_zero:
            return self._confirmation(item, product, boxes, units)
        return self._do(item, product, boxes, units)

    def _run_errand(
        self, item: WantedItem, product: CatalogProduct | None = None, boxes: int = 0, units: int = 0
    ) -> Asked | None:
        """Show an errand, or carry it out after confirmation."""
        ran = run_errand(self._tx, self._facts, item, product, (boxes, units), self._command.text, self._now)
        if ran.asked:
            return ran.asked
        self._end(ran.line)
        self.offers = ran.offers
        if ran.command:
            self._asked.append(ran.command)
            self.state = msgspec.structs.replace(self.state, errand=ran.done)
        return None

    def _confirmation(self, item: WantedItem, product: CatalogProduct, boxes: int, units: int) -> Asked:
        """Return the confirmation question with all figures. The confirmation applies to exactly these."""
        source, target = item.where.ways(item.clause.verb)
        where = msgspec.structs.replace(item.where, at=source, target=target)
        what = say_effect(item, product, boxes, units, self._language)
        what = stock_actions.say_places(self._tx, what, where, self._language)
        total = boxes * (product.box or 0) * THOUSANDTHS + units
        text = say(self._language, "confirm", what=what)
        if words := item.clause.unowned:
            text = say(self._language, "confirm_unknown", question=text, words=", ".join(map(shown_word, words)))
        asked = yes_or_no(self._language, item, "confirming", text, total)
        asked = msgspec.structs.replace(asked, what=what)
        return or_other_way(asked, product, boxes, units, self._language) if item.clause.either else asked

    def _which(self, item: WantedItem) -> Asked | tuple[WantedItem, CatalogProduct] | None:
        """Return the product of an item, or the question for it."""
        if not item.sku:
            products = [one for sku in item.skus if (one := find_by_sku(self._tx.db, sku))]
            wanted = product_matching.narrowed_by_container(products, item.clause.container)
            near = item.near and (
                self._command.spoken
                or not any(product_matching.is_named_whole(one, item.clause.text) for one in wanted)
            )
            sure = len(wanted) == 1 and not near
            nearest = self._find_products(item.clause.text)
            if not wanted and (only := self._only_one(item, nearest)):
                return only
            if near and (only := self._nearly_named(item, wanted)):
                return only
            if not sure:
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

    def _only_one(self, item: WantedItem, nearest: FoundProducts) -> tuple[WantedItem, CatalogProduct] | None:
        """Return the only product near the name, if verb and amount were stated.

        The effect is shown with the unmatched words.
        """
        clause = item.clause
        product = find_by_sku(self._tx.db, nearest.skus[0]) if len(nearest.skus) == 1 else None
        if product is None or item.errand or not clause.verb or clause.amount is None or clause.doubt:
            return None
        words = clause.text.split()
        strange = tuple(one for one in words if not has_words(product, (one,)))
        if len(strange) > STRANGE or len(strange) == len(words):
            return None
        unowned = tuple(dict.fromkeys((*clause.unowned, *strange)))
        clause = msgspec.structs.replace(clause, unsure=True, unowned=unowned)
        return msgspec.structs.replace(item, clause=clause, sku=product.sku), product

    def _nearly_named(self, item: WantedItem, wanted: list[CatalogProduct]) -> tuple[WantedItem, CatalogProduct] | None:
        """The only product one letter away from the name, if verb and amount were stated; its effect is shown."""
        clause = item.clause
        plain = clause.verb and clause.amount is not None and not clause.doubt
        if len(wanted) != 1 or item.errand or not plain or self._command.spoken:
            return None
        clause = msgspec.structs.replace(clause, unsure=True)
        return msgspec.structs.replace(item, clause=clause, sku=wanted[0].sku), wanted[0]

    def _end(self, line: str) -> None:
        self.state = msgspec.structs.replace(self.state, ends=(*self.state.ends, line))

    def _do(self, item: WantedItem, product: CatalogProduct, boxes: int, units: int) -> Asked | None:
        wanted, target = stock_actions.movement_of(item, product, boxes, units)
        try:
            done = stock_actions.carry(self._tx, wanted, target) if target else stock_actions.perform(self._tx, wanted)
        except Refusal as refusal:
            return self._answer_refusal(item, product, refusal.refused, carried=bool(target))
        self._did(product, done)
        return None

    def _answer_refusal(
        self, item: WantedItem, product: CatalogProduct, refused: Refused, carried: bool
    ) -> Asked | None:
        """The question or message for a refusal by stock."""
        name = full_name(product, self._language)
        if refused.code == "stock_short" and not carried:
            there = parse_quantity(str(refused.values["on_hand"]))
            if there <= 0:
                self._end(say(self._language, "short_none", name=name))
                return None
            n = say_stock(product, 0, there, self._language).partition(" ")[0]
            there = item_of(self._tx, product.sku).on_hand
            return self._down_to_zero(item, product, n, there)
        if refused.answer:
            why = say(self._language, "confirm_refused", why=stock_actions.refusal(refused, self._language))
            return yes_or_no(self._language, item, "confirming", why, answer=refused.answer)
        self._end(f"{name}: {stock_actions.refusal(refused, self._language)}")
        return None

    def _down_to_zero(self, item: WantedItem, product: CatalogProduct, n: str, there: int) -> Asked:
        """Ask whether to remove all remaining stock, with the effect on the yes button.

        If the sentence was complex, the text also states the effect.
        """
        asked = yes_or_no(self._language, item, "confirming_short", say(self._language, "short", n=n), there)
        what = say_movement(product, 0, -there, self._language)
        yes, no = asked.options
        options = (msgspec.structs.replace(yes, label=f"{yes.label}: {what}"), no)
        if item.clause.unsure or item.near or self._command.spoken:
            asked = msgspec.structs.replace(asked, text=f"{what}. {asked.text}")
        return msgspec.structs.replace(asked, options=options)

    def _did(self, product: CatalogProduct, deed: Deed) -> None:
        self.deeds.append(deed)
        what = stock_actions.say_deed(self._tx, product, deed, self._language)
        after = say_stock(product, deed.boxes_after, deed.units_after, self._language)
        key = "done" if deed.change or deed.target else "already_so"
        if deed.type == "adjust":
            what = say(self._language, "counted", name=full_name(product, self._language), stock=after)
        self._end(say(self._language, key, what=what))
        item = item_of(self._tx, product.sku)
        if deed.change < 0 and stock_actions.low(item):
            left = say_stock(product, item.boxes, item.units, self._language)
            self._end(say(self._language, "low_now", name=full_name(product, self._language), stock=left))
        before, done = self.state.deeds, self.state.done
        if self.state.stale and before and done and not self.state.undone and before != self.undone:
            earlier = (*self.state.earlier, EarlierDeeds(before, done))[-EARLIER_MOST:]
            self.state = msgspec.structs.replace(self.state, earlier=earlier)
        self.state = msgspec.structs.replace(
            self.state,
            deeds=(*(() if self.state.stale else self.state.deeds), deed),
            stale=False,
            done=self._now,
            undone=False,
            product=product.sku,
            errand=None,
        )

    def _asks_back(self) -> bool:
        """Whether an undo needs confirmation: background noise may sound like "undo"."""
        return self._command.spoken or self._command.propose

    def _fresh(self) -> bool:
        """Whether the last action can still be undone."""
        done = self.state.done
        return done is not None and done.age_us(self._now) <= STOCK_US and not self.state.undone

    def _undo_question(self, item: WantedItem) -> Asked:
        """Ask before an undo, naming the movements to undo and those recorded instead."""
        products = [(find_by_sku(self._tx.db, deed.sku), deed) for deed in self.state.deeds]
        told = [stock_actions.say_deed(self._tx, one, deed, self._language) for one, deed in products if one]
        values = {"what": ", ".join(told)}
        if not item.clause.verb:
            text = say(self._language, "confirm_undo", **values)
        else:
            instead = self._in_its_place(item)
            text = say(self._language, "confirm_instead", instead=instead, **values)
        return yes_or_no(self._language, item, "confirming", text)

    def _in_its_place(self, item: WantedItem) -> str:
        """Return the replacement movement in words, with product and sign if they differ from the original."""
        amount = item.clause.amount or 0
        instead = say_amount(amount, item.clause.unit or "unit", self._language)
        product = find_by_sku(self._tx.db, item.sku)
        deed = self.state.deeds[0]
        if product is None or (item.sku == deed.sku and item.clause.verb == deed.type):
            return instead
        sign = "-" if item.clause.verb in ("out", "waste") else ""
        return f"{sign}{instead} {full_name(product, self._language)}"

    def _instead(self, item: WantedItem) -> Asked | None:
        """After confirmation, undo the newest movement and make the corrected one."""
        if not item.confirmed:
            return self._undo_question(item)
        if not self._fresh():
            self._end(say(self._language, "undo_over"))
            return None
        if not self._take_back():
            return None
        self.state = msgspec.structs.replace(self.state, undone=True)
        if not item.clause.verb:
            return None
        self.state = msgspec.structs.replace(self.state, product=item.sku, stale=True)
        return self._advance(msgspec.structs.replace(item, undoes=False))

    def _take_back(self, only: Deed | None = None) -> bool:
        """Undo the newest sentence's movements, or only one. Returns whether that succeeded."""
        deeds = (only,) if only else self.state.deeds
        back = stock_actions.take_back(self._tx, deeds, self._language)
        if isinstance(back, str):
            self.lines.append(back)
            return False
        self.lines += back
        self.undone = deeds
        return True

    def _replace_movement(self, deed: Deed, clause: Clause, where: Whereabouts) -> None:
        """Undo the newest movement and make this one instead."""
        if deed.target:
            where = msgspec.structs.replace(where, source=where.at, at="")
        item = WantedItem(clause, (deed.sku,), deed.sku, where=where)
        if self._command.propose:
            item = msgspec.structs.replace(item, undoes=True)
            return self._ask(item, self._undo_question(item), ())
        if not self._take_back():
            return None
        self.state = msgspec.structs.replace(self.state, product=deed.sku, stale=True)
        return self._go_on((item,))
