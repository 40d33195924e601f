"""Commands of the till, inside the transaction: load, decide by the rules, save."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.access.rights import DISCOUNT, OVERRIDE, within
from edge.shop.catalog.queries import StockedProduct, find_by_code, find_by_sku
from edge.shop.gift_cards.commands import ReleaseHolds
from edge.shop.printing.commands import QueuePrint
from edge.shop.till import adding, commands, receipts
from edge.shop.till.basket_changes import change
from edge.shop.till.coupon_money import with_scanned_coupon
from edge.shop.till.events import BasketAbandoned, GiftReceiptPrinted, ReceiptReprinted, SaleCompleted
from edge.shop.till.paying import complete, paid
from edge.shop.till.pricing import for_customer, for_member, list_denied, priced_for
from edge.shop.till.queries import read_basket, read_receipt
from edge.shop.till.rules import basket_lines, giving_back, payment
from edge.shop.till.rules.basket import Basket, Question
from edge.shop.till.rules.numbers import shown_number
from edge.shop.till.sale_effects import open_drawer, save, tell_slips, today, with_notices
from edge.shop.till.settings import TillSettings
from edge.shop.till.wishes import WishedBasket, with_wishes


class Till:
    """The till's commands for a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def add_line(self, tx: Transaction, command: commands.AddLine) -> Basket | Refused:
        def decide(basket: Basket) -> Basket | Refused:
            found = adding.find(tx, command, basket.price_list, self._settings)
            if isinstance(found, adding.MemberCode):
                return for_member(tx, basket, found.number)
            if isinstance(found, adding.CouponRead):
                return with_scanned_coupon(tx, basket, found.code)
            return found if isinstance(found, Refused) else adding.add(tx, basket, found)

        return change(tx, self._settings, decide, ask=command.quantity is not None and not command.confirmed)

    def answer_question(self, tx: Transaction, command: commands.AnswerQuestion) -> Basket | Refused:
        def decide(basket: Basket) -> Basket | Refused:
            question = basket.question(command.question)
            if question is None:
                return Refused("no_such_question", {"question": command.question})
            if not command.yes:
                return basket.without_question(question.id)
            product = _asked_about(tx, basket, question) if question.sku else None
            taxed = adding.sellable(product, self._settings) if product else None
            if isinstance(taxed, Refused):
                return taxed
            return basket_lines.answer(basket, question, taxed, command.quantity, command.price_minor, today(tx))

        return change(tx, self._settings, decide, ask=command.yes and not command.confirmed)

    def drop_coupon(self, tx: Transaction, command: commands.DropCoupon) -> Basket | Refused:
        def decide(basket: Basket) -> Basket | Refused:
            left = tuple(one for one in basket.coupons if one.id != command.coupon)
            return basket.changed(coupons=left) if left != basket.coupons else Refused("no_such_coupon")

        return change(tx, self._settings, decide)

    def set_quantity(self, tx: Transaction, command: commands.SetQuantity) -> Basket | Refused:
        return change(
            tx,
            self._settings,
            lambda basket: basket_lines.set_quantity(basket, command.line, command.quantity),
            ask=not command.confirmed,
        )

    def void_line(self, tx: Transaction, command: commands.VoidLine) -> Basket | Refused:
        if refused := self._pin_first(tx, "void_line"):
            return refused
        return change(tx, self._settings, lambda basket: basket_lines.void_line(basket, command.line))

    def override_price(self, tx: Transaction, command: commands.OverridePrice) -> Basket | Refused:
        def decide(basket: Basket) -> Basket | Refused:
            after = basket_lines.override_price(basket, command.line, command.price_minor, command.reason)
            if isinstance(after, Refused):
                return after
            return within(tx.actor, DISCOUNT, basket.total_minor - after.total_minor) or after

        sure = command.confirmed
        return change(tx, self._settings, decide, ask=not sure, ask_cost=not sure)

    def use_customer(self, tx: Transaction, command: commands.UseCustomer) -> Basket | Refused:
        return change(tx, self._settings, lambda basket: for_customer(tx, basket, command.customer))

    def take_wishes(self, tx: Transaction, command: commands.TakeWishes) -> Basket | Refused:
        left: tuple[str, ...] = ()

        def fill(basket: Basket) -> Basket | Refused:
            nonlocal left
            if not basket.customer:
                return Refused("no_customer_in_basket")
            after, left = with_wishes(tx, basket, self._settings)
            return after if after != basket else Refused("nothing_to_wish_for")

        found = change(tx, self._settings, fill)
        return WishedBasket(**msgspec.structs.asdict(found), left=left) if isinstance(found, Basket) else found

    def use_price_list(self, tx: Transaction, command: commands.UsePriceList) -> Basket | Refused:
        if refused := list_denied(tx, command.price_list, "UsePriceList"):
            return refused
        return change(tx, self._settings, lambda basket: priced_for(tx, basket, command.price_list))

    def pay(self, tx: Transaction, command: commands.Pay) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        decision = paid(tx, basket, command, self._settings)
        if isinstance(decision, Refused):
            return decision
        if isinstance(decision, Basket):
            return save(tx, decision)
        if isinstance(refused := complete(tx, decision, self._settings), Refused):
            return refused
        return save(tx, basket.closed())

    def abandon_basket(self, tx: Transaction, command: commands.AbandonBasket) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.lines and (refused := self._pin_first(tx, "clear_basket")):
            return refused
        if basket.lines:
            back = giving_back.brought(basket.tenders)
            total_minor = payment.total_minor(basket, self._settings)
            cleared = BasketAbandoned(basket.lines, basket.opened_us, basket.paid_minor, back, total_minor)
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

    def _sale(self, tx: Transaction, number: int) -> SaleCompleted | None:
        receipt = read_receipt(tx.db, tx.actor.register, number)
        event = tx.read(receipt.seq).event if receipt else None
        return event if isinstance(event, SaleCompleted) else None


def _asked_about(tx: Transaction, basket: Basket, question: Question) -> StockedProduct | None:
    """What a question is about: by its code, which may be a case's, or by its number where the code says more."""
    found = find_by_code(tx.db, question.code, tx.at_us, basket.price_list) if question.code else None
    if found is None or found.sku != question.sku:
        found = find_by_sku(tx.db, question.sku, tx.at_us, basket.price_list)
    return found
