"""A whole basket sold by one command, by the rules of one that grows line by line, and beside the register's own."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.access.rights import DISCOUNT, OVERRIDE, within
from edge.shop.kitchen.queries import read_order
from edge.shop.till import item_entry
from edge.shop.till.commands import LineSold, Pay, SellBasket, SellPriced, TenderGiven
from edge.shop.till.events import SaleCompleted
from edge.shop.till.payments import complete, paid
from edge.shop.till.pricing import for_customer, held, list_denied, priced
from edge.shop.till.rules import basket_lines, payment, plausibility
from edge.shop.till.rules.basket import BASKET_BYTES, Basket, from_recorded
from edge.shop.till.sale_effects import today
from edge.shop.till.sales import Sale, sale_of
from edge.shop.till.settings import TillSettings

_encode = msgspec.json.Encoder().encode
_replace = msgspec.structs.replace


class BasketSales:
    """Whole baskets, sold at the tills of a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def sell_basket(self, tx: Transaction, command: SellBasket) -> Sale | Refused:
        if self._settings.slips and (order := read_order(tx.db, tx.actor.register)).open:
            return Refused("order_open", {"number": order.number})
        basket = self._filled(tx, command)
        if isinstance(basket, Refused):
            return basket
        sale = self._paid(tx, basket, command.tenders, command.confirmed)
        if isinstance(sale, Refused):
            return sale
        return self._completed(tx, sale, command)

    def sell_priced(self, tx: Transaction, command: SellPriced) -> Sale | Refused:
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
        )
        sale = self._paid(tx, basket, command.tenders, confirmed=True)
        if isinstance(sale, Refused):
            return sale
        return self._completed(tx, sale, command)

    def _completed(self, tx: Transaction, sale: SaleCompleted, command: SellBasket | SellPriced) -> Sale | Refused:
        ordered = [one.id for one in command.coupons] if isinstance(command, SellPriced) else []
        slips = not isinstance(command, SellPriced) or command.slips
        fact = complete(tx, sale, self._settings, command.print, command.note, slips, ordered)
        return fact if isinstance(fact, Refused) else sale_of(fact)

    def _filled(self, tx: Transaction, command: SellBasket) -> Basket | Refused:
        if refused := list_denied(tx, command.price_list, SellBasket.__name__):
            return refused
        basket = Basket(tx.actor.register, opened_us=tx.at_us, price_list=command.price_list)
        if command.customer:
            theirs = for_customer(tx, basket, command.customer)
            if isinstance(theirs, Refused):
                return theirs
            basket = theirs
        for number, line in enumerate(command.lines, 1):
            after = self._with_line(tx, basket, line, command)
            if isinstance(after, Refused):
                return Refused(after.code, {**after.values, "line": number})
            basket = after
        basket = priced(tx, basket, self._settings)
        if len(_encode(basket)) > BASKET_BYTES:
            return Refused("basket_full", {"limit": len(basket.lines) - 1})
        return basket

    def _with_line(self, tx: Transaction, basket: Basket, line: LineSold, command: SellBasket) -> Basket | Refused:
        found = item_entry.find(tx, line, basket.price_list, self._settings)
        if isinstance(found, item_entry.MemberCode):
            return Refused("code_is_member", {"number": found.number[:40]})
        if isinstance(found, item_entry.CouponRead):
            return Refused("code_is_signed_coupon", {"tail": found.code.tail})
        if isinstance(found, Refused):
            return found
        if found.product and basket.age_checked < found.product.min_age <= command.age_checked:
            basket = _replace(basket, age_checked=found.product.min_age)
        if command.confirmed and found.label and found.label.is_expired(today(tx)):
            found = _replace(found, label=_replace(found.label, sold_expired=True))
        after = item_entry.add(tx, basket, found, line.price_minor, apart=line.price_minor is not None)
        if isinstance(after, Refused):
            return after
        if after.questions:
            return item_entry.unanswered(after.questions[0])
        asks = not command.confirmed
        if asks and line.quantity is not None and (refused := plausibility.line_asked(basket, after, self._settings)):
            return refused
        if line.price_minor is None or after.lines[-1].reason == "entered":
            return after
        return self._overridden(tx, held(tx, after, self._settings), line.price_minor, line.reason, asks)

    def _overridden(
        self, tx: Transaction, basket: Basket, price_minor: int, reason: str, asks: bool
    ) -> Basket | Refused:
        """The basket with another price on its last line."""
        if not (tx.actor.may(OVERRIDE) or tx.actor.may(DISCOUNT)):
            return Refused("right_denied", {"command": SellBasket.__name__, "right": OVERRIDE})
        after = basket_lines.override_price(basket, basket.lines[-1].id, price_minor, reason)
        if isinstance(after, Refused):
            return after
        if refused := within(tx.actor, DISCOUNT, basket.total_minor - after.total_minor):
            return refused
        return (plausibility.line_asked(basket, after, self._settings) if asks else None) or after

    def _paid(
        self, tx: Transaction, basket: Basket, tenders: Iterable[TenderGiven], confirmed: bool
    ) -> SaleCompleted | Refused:
        decision: Basket | SaleCompleted = basket
        given = tuple(tenders)
        if not given and not payment.totals(basket, self._settings).due_minor:
            given = (TenderGiven("cash"),)  # nothing, of what there is everywhere
        for tender in given:
            if isinstance(decision, SaleCompleted):
                return Refused("tender_not_due", {"given_minor": tender.amount_minor or 0})
            pay = Pay(tender.kind, tender.amount_minor, tender.reference, confirmed)
            after = paid(tx, decision, pay, self._settings)
            if isinstance(after, Refused):
                return after
            decision = after
        if isinstance(decision, SaleCompleted):
            return decision
        return Refused("not_all_paid", {"due_minor": payment.totals(decision, self._settings).due_minor})
