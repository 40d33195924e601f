"""Sells a whole basket in one command, by the same rules as line by line.

The register's current basket isn't touched.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.asking import Ask, ask_nobody
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket import basket_lines, totals
from edge.counter.basket.basket import BASKET_BYTES, Basket, from_recorded
from edge.counter.kitchen.queries import read_order
from edge.counter.till.commands import LineSold, Pay, SellBasket, SellPriced, TenderGiven
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines import item_entry
from edge.counter.till.lines.basket_changes import over_discount
from edge.counter.till.lines.basket_names import kept_reason
from edge.counter.till.lines.pricing import for_customer, hold_prices, list_denied, price_basket
from edge.counter.till.paying.payments import complete, take_payment
from edge.counter.till.rules import payment, plausibility
from edge.counter.till.sales import Sale, sale_of
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import DISCOUNT, OVERRIDE

_encode = msgspec.json.Encoder().encode
_replace = msgspec.structs.replace


class BasketSales:
    """Sells whole baskets at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def sell_basket(self, tx: Transaction, command: SellBasket) -> Sale:
        if self._settings.slips and (order := read_order(tx.db, tx.actor.register)).open:
            raise Refusal("order_open", {"number": order.number})
        basket = self._build_basket(tx, command)
        sale = self._take_tenders(tx, basket, command.tenders, tx.ask)
        return self._complete_sale(tx, sale, command)

    def sell_priced(self, tx: Transaction, command: SellPriced) -> Sale:
        if command.taxes_included and not self._settings.tax.inclusive:
            table, advance = _replace(self._settings.tax, inclusive=True), command.advance
            if advance:
                paid = tuple(_replace(one, tax=one.tax and _replace(one.tax, inclusive=True)) for one in advance.paid)
                command = _replace(command, advance=_replace(advance, paid=paid))
            return BasketSales(_replace(self._settings, tax=table)).sell_priced(tx, command)
        basket = Basket(
            tx.actor.register,
            opened_us=command.opened_us or tx.at_us,
            lines=from_recorded(command.lines),
            age_checked=command.age_checked,
            price_list=command.price_list,
            promotions=command.promotions,
            customer=command.customer,
            part=command.part,
            coupons=command.coupons,
            discount=command.discount,
            advance=command.advance,
            delivered_to=command.delivered_to,
        )
        sale = self._take_tenders(tx, basket, command.tenders, ask_nobody)
        return self._complete_sale(tx, sale, command)

    def _complete_sale(self, tx: Transaction, sale: SaleCompleted, command: SellBasket | SellPriced) -> Sale:
        ordered = [one.id for one in command.coupons] if isinstance(command, SellPriced) else []
        slips = not isinstance(command, SellPriced) or command.slips
        fact = complete(tx, sale, self._settings, command.print, command.note, slips, ordered)
        return sale_of(tx.db, fact)

    def _build_basket(self, tx: Transaction, command: SellBasket) -> Basket:
        list_denied(tx, command.price_list, SellBasket.__name__)
        basket = Basket(tx.actor.register, opened_us=tx.at_us, price_list=command.price_list)
        if command.customer:
            basket = for_customer(tx, basket, command.customer)
        skus = [line.sku for line in command.lines if line.sku]
        known = item_entry.find_together(tx, skus, basket.price_list, self._settings)
        for number, line in enumerate(command.lines, 1):
            try:
                basket = self._with_line(tx, basket, line, command, known)
            except Refusal as refusal:
                raise refusal.beside(line=number) from None
        basket = price_basket(tx, basket, self._settings)
        if len(_encode(basket)) > BASKET_BYTES:
            raise Refusal("basket_full", {"limit": len(basket.lines) - 1})
        return basket

    def _with_line(
        self, tx: Transaction, basket: Basket, line: LineSold, command: SellBasket, known: item_entry.KnownProducts
    ) -> Basket:
        found = item_entry.find(tx, line, basket.price_list, self._settings, known)
        if isinstance(found, item_entry.MemberCode):
            raise Refusal("code_is_member", {"number": found.number[:40]})
        if isinstance(found, item_entry.CouponRead):
            raise Refusal("code_is_signed_coupon", {"tail": found.code.tail})
        found = item_entry.settle_modifiers(tx, found)
        if basket.age_checked < found.least_age <= command.age_checked:
            basket = _replace(basket, age_checked=found.least_age)
        apart = line.price_minor is not None
        after = item_entry.add(tx, basket, found, line.price_minor, apart)
        while after.questions:
            found = item_entry.answer_question(tx, found, after.questions[0])
            after = item_entry.add(tx, basket, found, line.price_minor, apart)
        if line.quantity is not None:
            plausibility.line_asked(basket, after, self._settings, tx.ask)
        if line.price_minor is None or after.lines[-1].reason == "entered":
            return after
        return self._overridden(tx, hold_prices(tx, after, self._settings), line.price_minor, line.reason)

    def _overridden(self, tx: Transaction, basket: Basket, price_minor: int, reason: str) -> Basket:
        """Return the basket with the last line's price overridden."""
        if not (tx.actor.may(OVERRIDE) or tx.actor.may(DISCOUNT)):
            raise Refusal("right_denied", {"command": SellBasket.__name__, "right": OVERRIDE})
        why = kept_reason(tx, reason, basket.customer, self._settings)
        after = basket_lines.override_price(basket, basket.lines[-1].id, price_minor, why)
        over_discount(tx.actor, basket, after)
        plausibility.line_asked(basket, after, self._settings, tx.ask)
        return after

    def _is_paid(self, basket: Basket) -> bool:
        try:
            return not totals.totals(basket, self._settings).due_minor
        except KeyError as missing:  # the taxes changed after it was prepaid
            raise payment.no_tax_refusal(basket, missing) from None

    def _take_tenders(self, tx: Transaction, basket: Basket, tenders: Iterable[TenderGiven], ask: Ask) -> SaleCompleted:
        decision: Basket | SaleCompleted = basket
        given = tuple(tenders)
        if not given and self._is_paid(basket):
            given = (TenderGiven("cash"),)  # a payment of 0 in cash, which every store accepts
        for tender in given:
            if isinstance(decision, SaleCompleted):
                raise Refusal("tender_not_due", {"given_minor": tender.amount_minor or 0})
            pay = Pay(tender.kind, tender.amount_minor, tender.reference)
            decision = take_payment(tx, decision, pay, self._settings, ask)
        if isinstance(decision, SaleCompleted):
            return decision
        raise Refusal("not_all_paid", {"due_minor": totals.totals(decision, self._settings).due_minor})
