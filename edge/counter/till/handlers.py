"""Commands of the till, inside the transaction: load, apply the rules, save."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket import basket_lines, money_back, totals
from edge.counter.basket.basket import Basket, Question, recorded_lines
from edge.counter.basket.discounts import with_coupon
from edge.counter.basket.event_structs import Weighed
from edge.counter.till import commands
from edge.counter.till.after_sale import receipts
from edge.counter.till.after_sale.receipt_links import proof_of
from edge.counter.till.events import BasketAbandoned, GiftReceiptPrinted, ReceiptReprinted, SaleCompleted
from edge.counter.till.lines import item_entry
from edge.counter.till.lines.basket_changes import load, price_and_save, within_open
from edge.counter.till.lines.basket_names import kept_reason
from edge.counter.till.lines.courses import sent_courses
from edge.counter.till.lines.pricing import for_customer, for_member, list_denied, priced_for, with_scanned_coupon
from edge.counter.till.lines.wished_products import WishedBasket, with_wishes
from edge.counter.till.paying.card_money import back_to_cards, let_go, require_no_open_payment
from edge.counter.till.paying.coupon_money import AddCoupon, coupon_over
from edge.counter.till.paying.payments import complete, take_payment
from edge.counter.till.queries import read_basket, read_receipt
from edge.counter.till.rules.weighing import tare_of
from edge.counter.till.sale_effects import open_drawer, pin_first, save, tell_slips, today, with_notices
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.goods.catalog.least_age import least_age
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.lib.units.receipt_number import shown_number
from edge.money.gift_cards.commands import ReleaseHolds


class Till:
    """Handles the till's commands for a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add_line(self, tx: Transaction, command: commands.AddLine) -> Basket:
        basket = load(tx)
        found = item_entry.find(tx, command, basket.price_list, self._settings)
        if isinstance(found, item_entry.MemberCode):
            decided = for_member(tx, basket, found.number)
        elif isinstance(found, item_entry.CouponRead):
            decided = with_scanned_coupon(tx, basket, found.code, self._settings.currency)
        else:
            by_hand = Weighed("hand") if command.quantity is not None else None
            decided = item_entry.add(tx, basket, found, weighed=by_hand)
            if command.modifiers is not None:
                decided = basket_lines.keeping_modifiers(basket, decided, command.modifiers)
        return price_and_save(tx, self._settings, basket, decided, typed=command.quantity is not None)

    def answer_question(self, tx: Transaction, command: commands.AnswerQuestion) -> Basket:
        basket = load(tx)
        question = basket.question(command.question)
        if question is None:
            raise Refusal("no_such_question", {"question": command.question})
        if not command.yes:
            return price_and_save(tx, self._settings, basket, basket.without_question(question.id))
        product = self._asked_about(tx, basket, question)
        by_hand = Weighed("hand") if command.quantity is not None or question.quantity else None
        given = command.quantity, command.price_minor
        age = least_age(tx.db, product, self._settings.place) if product else 0
        said = _chosen_modifiers(question, command.modifiers)
        choice = item_entry.choose_modifiers(tx, product, question.label, said)
        age = item_entry.minimum_age_with_modifiers(tx, age, choice, self._settings)
        decided = basket_lines.answer(basket, question, product, age, *given, today(tx), by_hand, choice)
        decided = basket_lines.keeping_modifiers(basket, decided, said)
        return price_and_save(tx, self._settings, basket, decided, typed=True)

    def weigh_goods(self, tx: Transaction, command: commands.WeighGoods) -> Basket:
        basket = load(tx)
        question = basket.question(command.question)
        if question is None or question.kind != "measure" or question.unit != "kg":
            raise Refusal("no_such_question", {"question": command.question})
        product = self._asked_about(tx, basket, question)
        if product is None:
            raise Refusal("unknown_code", {"code": question.code})
        tare_g = command.tare_g or tare_of(product.attributes or {})
        net_g = command.gross_g - tare_g
        if net_g <= 0:
            raise Refusal("weight_not_positive")
        age, by = least_age(tx.db, product, self._settings.place), Weighed("scale", tare_g)
        choice = item_entry.choose_modifiers(tx, product, question.label, question.modifiers)
        age = item_entry.minimum_age_with_modifiers(tx, age, choice, self._settings)
        decided = basket_lines.answer(basket, question, product, age, net_g, None, today(tx), by, choice)
        return price_and_save(tx, self._settings, basket, decided)

    def add_coupon(self, tx: Transaction, command: AddCoupon) -> Basket:
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, with_coupon(basket, command.coupon))

    def drop_coupon(self, tx: Transaction, command: commands.DropCoupon) -> Basket:
        basket = load(tx)
        left = tuple(one for one in basket.coupons if one.id != command.coupon)
        if left == basket.coupons:
            raise Refusal("no_such_coupon")
        return price_and_save(tx, self._settings, basket, basket.with_changes(coupons=left))

    def set_quantity(self, tx: Transaction, command: commands.SetQuantity) -> Basket:
        basket = load(tx)
        line = basket.line(command.line)
        if line is not None and line.sku and command.quantity > line.quantity:
            product = find_by_sku(tx.db, line.sku, tx.at_us)
            if product is not None:  # if discontinued since parking, the quantity can't increase
                item_entry.sellable(tx, product, self._settings)
        decided = basket_lines.set_quantity(basket, command.line, command.quantity)
        decided = within_open(tx.actor, decided, command.line, self._settings)
        return price_and_save(tx, self._settings, basket, decided, typed=True)

    def void_line(self, tx: Transaction, command: commands.VoidLine) -> Basket:
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, basket_lines.void_line(basket, command.line))

    def override_price(self, tx: Transaction, command: commands.OverridePrice) -> Basket:
        basket = load(tx)
        why = kept_reason(tx, command.reason, basket.customer, self._settings)
        decided = basket_lines.override_price(basket, command.line, command.price_minor, why)
        decided = within_open(tx.actor, decided, command.line, self._settings)
        return price_and_save(tx, self._settings, basket, decided, typed=True, priced_by_hand=True)

    def use_customer(self, tx: Transaction, command: commands.UseCustomer) -> Basket:
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, for_customer(tx, basket, command.customer))

    def take_wishes(self, tx: Transaction, command: commands.TakeWishes) -> Basket:
        basket = load(tx)
        if not basket.customer:
            raise Refusal("no_customer_in_basket")
        filled, left = with_wishes(tx, basket, self._settings)
        if filled == basket:
            raise Refusal("nothing_to_wish_for")
        saved = price_and_save(tx, self._settings, basket, filled)
        return WishedBasket(**msgspec.structs.asdict(saved), left=left)

    def use_price_list(self, tx: Transaction, command: commands.UsePriceList) -> Basket:
        list_denied(tx, command.price_list, "UsePriceList")
        basket = load(tx)
        return price_and_save(tx, self._settings, basket, priced_for(tx, basket, command.price_list))

    def pay(self, tx: Transaction, command: commands.Pay) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.coupons:
            coupon_over(tx, basket)
        command = require_no_open_payment(tx, basket, command, self._settings)
        decision = take_payment(tx, basket, command, self._settings, tx.ask)
        if isinstance(decision, Basket):
            return save(tx, decision)
        up = basket.up
        note = up.called if up and not up.parked else command.note  # an order keeps its name
        complete(tx, decision, self._settings, note=note, ordered=basket.ordered)
        if basket.payment:
            let_go(tx, basket)
        return save(tx, basket.next_basket())

    def abandon_basket(self, tx: Transaction, command: commands.AbandonBasket) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.lines:
            pin_first(tx.actor, "clear_basket", self._settings)
        if basket.lines:
            back = money_back.undone_by_tender(basket.tenders)
            total_minor = totals.total_minor(basket, self._settings)
            cleared = BasketAbandoned(
                recorded_lines(basket.lines), basket.opened_us, basket.paid_minor, back, total_minor, basket.steps
            )
            fact = tx.append(cleared)
            open_drawer(tx, back)
            back_to_cards(tx, back)
            let_go(tx, basket)
            if any(tender.card for tender in basket.tenders):
                tx.do(ReleaseHolds())
            if back:
                tx.do(QueuePrint("receipt", receipts.of_cleared(cleared, fact, self._settings)))
            tell_slips(tx, self._settings, "cleared", basket.lines)
        return basket if basket.empty and not basket.customer else save(tx, basket.next_basket())

    def lay_basket(self, tx: Transaction, command: commands.LayBasket) -> Basket:
        there = read_basket(tx.db, tx.actor.register)
        if command.basket is None:
            return save(tx, there.next_basket())
        return save(tx, msgspec.structs.replace(command.basket, register=there.register, revision=there.revision + 1))

    def send_to_kitchen(self, tx: Transaction, command: commands.SendToKitchen) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.questions:
            raise Refusal("answer_first", {"waiting": len(basket.questions)})
        return sent_courses(tx, self._settings, basket, basket.fired, command.note)

    def reprint_receipt(self, tx: Transaction, command: commands.ReprintReceipt) -> None:
        receipt = read_receipt(tx.db, tx.actor.register, command.number)
        if receipt is None:
            raise Refusal("no_such_receipt", {"number": shown_number(tx.actor.register, command.number)})
        fact = tx.read(receipt.seq)
        reprinted = ReceiptReprinted(receipt.number, receipt.copies + 1)
        tx.append(reprinted)
        settings = with_notices(tx, self._settings) if receipt.kind == "sale" else self._settings
        proves = receipt.kind == "sale" and self._settings.proof_at
        proof = proof_of(tx.db, self._settings, tx.actor.register, receipt.number) if proves else ""
        document = receipts.of_fact(fact, lambda number: self._sale(tx, number), settings, reprinted.copy, proof)
        tx.do(QueuePrint("receipt", document, receipt=receipt.number))

    def print_gift_receipt(self, tx: Transaction, command: commands.PrintGiftReceipt) -> None:
        receipt = read_receipt(tx.db, tx.actor.register, command.number)
        if receipt is None or receipt.kind != "sale":
            raise Refusal("no_such_receipt", {"number": shown_number(tx.actor.register, command.number)})
        fact = tx.read(receipt.seq)
        assert isinstance(fact.event, SaleCompleted)
        tx.append(GiftReceiptPrinted(receipt.number))
        tx.do(QueuePrint("receipt", receipts.of_gift(fact.event, fact, with_notices(tx, self._settings))))

    def _asked_about(self, tx: Transaction, basket: Basket, question: Question) -> CatalogProduct | None:
        product = _asked_about(tx, basket, question) if question.sku else None
        return item_entry.sellable(tx, product, self._settings) if product else None

    def _sale(self, tx: Transaction, number: int) -> SaleCompleted | None:
        receipt = read_receipt(tx.db, tx.actor.register, number)
        event = tx.read(receipt.seq).event if receipt else None
        return event if isinstance(event, SaleCompleted) else None


def _asked_about(tx: Transaction, basket: Basket, question: Question) -> CatalogProduct | None:
    """The product that a question is about.

    It's found by the code, which may be a case's, or by SKU if the code doesn't lead to it. None if it's gone.
    """
    found = find_by_code(tx.db, question.code, tx.at_us, basket.price_list) if question.code else None
    if found is None or found.sku != question.sku:
        found = find_by_sku(tx.db, question.sku, tx.at_us, basket.price_list)
    return found


def _chosen_modifiers(question: Question, modifiers: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The modifiers chosen now or before. If the question asked for them, no answer means none."""
    if modifiers is None:
        modifiers = () if question.kind == "modifiers" else question.modifiers
    return modifiers
