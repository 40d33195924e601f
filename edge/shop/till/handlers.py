"""Commands of the till, inside the transaction: load, decide by the rules, save."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.receipt_number import shown_number
from edge.shop.access.rights import OVERRIDE
from edge.shop.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.shop.gift_cards.commands import ReleaseHolds
from edge.shop.printing.commands import QueuePrint
from edge.shop.till import commands, item_entry, receipts
from edge.shop.till.basket_changes import load, price_and_save, within_discount, within_open
from edge.shop.till.coupon_money import coupon_over
from edge.shop.till.events import BasketAbandoned, GiftReceiptPrinted, ReceiptReprinted, SaleCompleted
from edge.shop.till.payments import complete, paid
from edge.shop.till.pricing import for_customer, for_member, list_denied, priced_for, with_scanned_coupon
from edge.shop.till.queries import read_basket, read_receipt
from edge.shop.till.rules import basket_lines, money_back, payment
from edge.shop.till.rules.basket import Basket, Question, as_recorded
from edge.shop.till.rules.event_structs import Weighed
from edge.shop.till.rules.weighing import tare_of
from edge.shop.till.sale_effects import open_drawer, save, tell_slips, today, with_notices
from edge.shop.till.settings import TillSettings
from edge.shop.till.wished_products import WishedBasket, with_wishes


class Till:
    """The till's commands for a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add_line(self, tx: Transaction, command: commands.AddLine) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        found = item_entry.find(tx, command, basket.price_list, self._settings)
        if isinstance(found, item_entry.MemberCode):
            decided = for_member(tx, basket, found.number)
        elif isinstance(found, item_entry.CouponRead):
            decided = with_scanned_coupon(tx, basket, found.code)
        else:
            by_hand = Weighed("hand") if command.quantity is not None else None
            decided = found if isinstance(found, Refused) else item_entry.add(tx, basket, found, weighed=by_hand)
        ask = command.quantity is not None and not command.confirmed
        return price_and_save(tx, self._settings, basket, decided, ask)

    def answer_question(self, tx: Transaction, command: commands.AnswerQuestion) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        question = basket.question(command.question)
        if question is None:
            return Refused("no_such_question", {"question": command.question})
        if not command.yes:
            return price_and_save(tx, self._settings, basket, basket.without_question(question.id))
        product = self._asked_about(tx, basket, question)
        if isinstance(product, Refused):
            return product
        by_hand = Weighed("hand") if command.quantity is not None or question.quantity else None
        given = command.quantity, command.price_minor
        decided = basket_lines.answer(basket, question, product, *given, today(tx), by_hand)
        return price_and_save(tx, self._settings, basket, decided, ask=not command.confirmed)

    def weigh_goods(self, tx: Transaction, command: commands.WeighGoods) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        question = basket.question(command.question)
        if question is None or question.kind != "measure" or question.unit != "kg":
            return Refused("no_such_question", {"question": command.question})
        product = self._asked_about(tx, basket, question)
        if product is None or isinstance(product, Refused):
            return product or Refused("unknown_code", {"code": question.code})
        tare_g = command.tare_g or tare_of(product.attributes or {})
        net_g = command.gross_g - tare_g
        if net_g <= 0:
            return Refused("weight_not_positive")
        decided = basket_lines.answer(basket, question, product, net_g, None, today(tx), Weighed("scale", tare_g))
        return price_and_save(tx, self._settings, basket, decided)

    def drop_coupon(self, tx: Transaction, command: commands.DropCoupon) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        left = tuple(one for one in basket.coupons if one.id != command.coupon)
        if left == basket.coupons:
            return Refused("no_such_coupon")
        return price_and_save(tx, self._settings, basket, basket.changed(coupons=left))

    def set_quantity(self, tx: Transaction, command: commands.SetQuantity) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        decided = basket_lines.set_quantity(basket, command.line, command.quantity)
        decided = within_open(tx.actor, decided, command.line, self._settings)
        return price_and_save(tx, self._settings, basket, decided, ask=not command.confirmed)

    def void_line(self, tx: Transaction, command: commands.VoidLine) -> Basket | Refused:
        if refused := self._pin_first(tx, "void_line"):
            return refused
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        return price_and_save(tx, self._settings, basket, basket_lines.void_line(basket, command.line))

    def override_price(self, tx: Transaction, command: commands.OverridePrice) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        decided = basket_lines.override_price(basket, command.line, command.price_minor, command.reason)
        decided = within_open(tx.actor, within_discount(tx.actor, basket, decided), command.line, self._settings)
        sure = command.confirmed
        return price_and_save(tx, self._settings, basket, decided, ask=not sure, ask_cost=not sure)

    def use_customer(self, tx: Transaction, command: commands.UseCustomer) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        return price_and_save(tx, self._settings, basket, for_customer(tx, basket, command.customer))

    def take_wishes(self, tx: Transaction, command: commands.TakeWishes) -> Basket | Refused:
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        if not basket.customer:
            return Refused("no_customer_in_basket")
        filled, left = with_wishes(tx, basket, self._settings)
        decided = filled if filled != basket else Refused("nothing_to_wish_for")
        saved = price_and_save(tx, self._settings, basket, decided)
        return WishedBasket(**msgspec.structs.asdict(saved), left=left) if isinstance(saved, Basket) else saved

    def use_price_list(self, tx: Transaction, command: commands.UsePriceList) -> Basket | Refused:
        if refused := list_denied(tx, command.price_list, "UsePriceList"):
            return refused
        basket = load(tx)
        if isinstance(basket, Refused):
            return basket
        return price_and_save(tx, self._settings, basket, priced_for(tx, basket, command.price_list))

    def pay(self, tx: Transaction, command: commands.Pay) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        if refused := coupon_over(tx, basket):
            return refused
        decision = paid(tx, basket, command, self._settings)
        if isinstance(decision, Refused):
            return decision
        if isinstance(decision, Basket):
            return save(tx, decision)
        fact = complete(tx, decision, self._settings, note=command.note, ordered=basket.ordered)
        if isinstance(fact, Refused):
            return fact
        return save(tx, basket.closed())

    def abandon_basket(self, tx: Transaction, command: commands.AbandonBasket) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.lines and (refused := self._pin_first(tx, "clear_basket")):
            return refused
        if basket.lines:
            back = money_back.undone(basket.tenders)
            total_minor = payment.total_minor(basket, self._settings)
            cleared = BasketAbandoned(as_recorded(basket.lines), basket.opened_us, basket.paid_minor, back, total_minor)
            fact = tx.append(cleared)
            open_drawer(tx, back)
            if any(tender.card for tender in basket.tenders):
                tx.do(ReleaseHolds())
            if back:
                tx.do(QueuePrint("receipt", receipts.of_cleared(cleared, fact, self._settings)))
            tell_slips(tx, self._settings, "cleared", basket.lines)
        return basket if basket.empty and not basket.customer else save(tx, basket.closed())

    def lay_basket(self, tx: Transaction, command: commands.LayBasket) -> Basket:
        there = read_basket(tx.db, tx.actor.register)
        if command.basket is None:
            return save(tx, there.closed())
        return save(tx, msgspec.structs.replace(command.basket, register=there.register, revision=there.revision + 1))

    def send_to_kitchen(self, tx: Transaction, command: commands.SendToKitchen) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.questions:
            return Refused("answer_first", {"waiting": len(basket.questions)})
        if not tell_slips(tx, self._settings, "sent", basket.lines, command.note):
            return Refused("nothing_to_send")
        return basket

    def reprint_receipt(self, tx: Transaction, command: commands.ReprintReceipt) -> Refused | None:
        receipt = read_receipt(tx.db, tx.actor.register, command.number)
        if receipt is None:
            return Refused("no_such_receipt", {"number": shown_number(tx.actor.register, command.number)})
        fact = tx.read(receipt.seq)
        reprinted = ReceiptReprinted(receipt.number, receipt.copies + 1)
        tx.append(reprinted)
        settings = with_notices(tx, self._settings) if receipt.kind == "sale" else self._settings
        document = receipts.of_fact(fact, lambda number: self._sale(tx, number), settings, reprinted.copy)
        tx.do(QueuePrint("receipt", document, receipt=receipt.number))
        return None

    def print_gift_receipt(self, tx: Transaction, command: commands.PrintGiftReceipt) -> Refused | None:
        receipt = read_receipt(tx.db, tx.actor.register, command.number)
        if receipt is None or receipt.kind != "sale":
            return Refused("no_such_receipt", {"number": shown_number(tx.actor.register, command.number)})
        fact = tx.read(receipt.seq)
        assert isinstance(fact.event, SaleCompleted)
        tx.append(GiftReceiptPrinted(receipt.number))
        tx.do(QueuePrint("receipt", receipts.of_gift(fact.event, fact, with_notices(tx, self._settings))))
        return None

    def _pin_first(self, tx: Transaction, act: str) -> Refused | None:
        """Why a cashier may not do it alone, where the shop says so. At a kiosk it is the customer's own basket."""
        alone = tx.actor.may(OVERRIDE) or tx.actor.surface == "kiosk" or act not in self._settings.pin_for
        return None if alone else Refused("confirm_pin")

    def _asked_about(self, tx: Transaction, basket: Basket, question: Question) -> CatalogProduct | Refused | None:
        product = _asked_about(tx, basket, question) if question.sku else None
        return item_entry.sellable(product, self._settings) if product else None

    def _sale(self, tx: Transaction, number: int) -> SaleCompleted | None:
        receipt = read_receipt(tx.db, tx.actor.register, number)
        event = tx.read(receipt.seq).event if receipt else None
        return event if isinstance(event, SaleCompleted) else None


def _asked_about(tx: Transaction, basket: Basket, question: Question) -> CatalogProduct | None:
    """What a question is about: by its code, which may be a case's, or by its number where the code says more."""
    found = find_by_code(tx.db, question.code, tx.at_us, basket.price_list) if question.code else None
    if found is None or found.sku != question.sku:
        found = find_by_sku(tx.db, question.sku, tx.at_us, basket.price_list)
    return found
