"""Reprice a receipt from the journal with the till's own rules, in the actual or a hypothetical world.

No price is calculated here: lines go through `edge/counter/till/lines/pricing.py` like an open basket, totals through
`edge/counter/basket`, returns through `till/rules/refund.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import msgspec

from edge.analytics.whatif.scenario import CouponRule, TaxRule
from edge.analytics.whatif.worlds import World
from edge.core.messages import RecordedEvent, Refusal
from edge.counter.basket.basket import Basket, BasketLine, from_recorded, recorded_lines
from edge.counter.basket.event_structs import RecordedLine, Returned, ReturnedGoods, SaleCoupon, Tender
from edge.counter.basket.taxed_total import Taxation, less, worth
from edge.counter.basket.totals import returned_worth
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.lines.pricing import is_final, price_basket, priced_for
from edge.counter.till.rules.refund import AlreadyRefunded, RefundMethod, ReturnRequest, exchange_goods, refund
from edge.counter.till.settings import TillSettings
from edge.lib.tax.rules import Rate, TaxClass, TaxTable

_replace = msgspec.structs.replace
Back = TypeVar("Back", SaleRefunded, ReturnedGoods)
Receipt = tuple[str, int]
"""A register, and the number of one of its receipts."""


class Rules(msgspec.Struct, frozen=True):
    """Changed rules other than promotions and prices. `touched`: products whose price changes. `deposits`: by product;
    "": all products with a deposit. `fee`: replaces a delivery fee in a basket.
    """

    touched: frozenset[str] = frozenset()
    coupons: tuple[CouponRule, ...] = ()
    taxes: tuple[TaxRule, ...] = ()
    deposits: Mapping[str, int] = {}
    fee: Callable[[RecordedEvent, Basket], Basket] | None = None


AS_IT_WAS = Rules()


class Unpriceable(Exception):
    """The till's rules no longer reproduce a receipt, because data it depends on is gone."""


class Repriced:
    """Receipts repriced in one world, in journal order."""

    def __init__(self, world: World, settings: TillSettings, rules: Rules = AS_IT_WAS) -> None:
        self._world, self._settings, self._rules = world, settings, rules
        self._sales: dict[Receipt, SaleCompleted] = {}
        self._back: dict[Receipt, AlreadyRefunded] = {}

    def sale(self, fact: RecordedEvent, sale: SaleCompleted, at_us: int) -> SaleCompleted:
        """A sale under the rules that apply at a time. Raises `Unpriceable`."""
        table, rules = sale.tax or self._settings.tax, self._rules
        moment = self._world.at(at_us, fact.business_date)
        lines = from_recorded(sale.lines)
        basket = Basket(
            fact.register,
            lines=self._price_again(lines, sale.price_list, at_us) if rules.touched else lines,
            price_list=sale.price_list,
            promotions=sale.promotions,
            customer=sale.customer,
            discount=sale.discount,
            coupons=tuple(_coupon(one, rules.coupons) for one in sale.coupons) if rules.coupons else sale.coupons,
            returns=tuple(self._exchange_again(fact.register, sale, one) for one in sale.returns),
        )
        if rules.deposits:
            basket = _replace(basket, lines=tuple(_with_deposit(line, rules.deposits) for line in basket.lines))
        basket = price_basket(moment, basket, self._settings)
        if rules.fee:
            basket = rules.fee(fact, basket)
        taxed = _with_taxes(table, rules.taxes) if rules.taxes else table
        try:
            sums = worth(basket.sold_lines, Taxation(taxed, sale.tax_ahead))
        except KeyError:
            raise Unpriceable from None
        for goods in basket.returns:
            sums = less(sums, returned_worth(goods))
        return _replace(
            sale,
            lines=recorded_lines(basket.lines),
            taxes=sums.taxes,
            net_minor=sums.net_minor,
            total_minor=sums.total_minor,
            deposit_minor=sums.deposit_minor,
            tax=taxed,
            promotions=basket.promotions,
            coupons=basket.coupons,
            returns=basket.returns,
        )

    def remember(self, register: str, sale: SaleCompleted) -> None:
        """Remember a sale for later returns. It counts as fully paid with a single payment."""
        paid = _replace(sale, tenders=(Tender("cash", max(0, sale.total_minor)),), change_minor=0, back=())
        self._sales[register, sale.number] = paid

    def refund(self, event: SaleRefunded) -> SaleRefunded | None:
        """A refund based on the repriced sale; None if the sale isn't in the period. Raises `Unpriceable`."""
        by = partial(refund, back=RefundMethod(), settings=self._settings)
        found = self._give_back((event.sale_register, event.sale), event.lines, by)
        return found and _replace(found, number=event.number, sale_register=event.sale_register, sale=event.sale)

    def _give_back(self, receipt: Receipt, lines: tuple[Returned, ...], by: Callable[..., Back]) -> Back | None:
        """Return goods of a receipt by the till's rules; None if the receipt isn't in the period. Raises
        `Unpriceable`.
        """
        sale, before = self._sales.get(receipt), self._back.get(receipt, AlreadyRefunded())
        if sale is None:
            return None
        asked = tuple(ReturnRequest(line.id, line.quantity, line.damaged) for line in lines)
        try:
            found = by(sale, wanted=asked, before=before)
        except Refusal:
            raise Unpriceable from None
        self._note(receipt, found.lines, found.total_minor)
        return found

    def _note(self, receipt: Receipt, lines: tuple[RecordedLine, ...], minor: int) -> None:
        before = self._back.get(receipt, AlreadyRefunded())
        quantities = dict(before.quantities)
        for line in lines:
            quantities[line.id] = quantities.get(line.id, 0) + line.quantity
        self._back[receipt] = AlreadyRefunded(quantities, before.minor + minor)

    def _exchange_again(self, register: str, sale: SaleCompleted, goods: ReturnedGoods) -> ReturnedGoods:
        by = partial(exchange_goods, register=goods.register, settings=self._settings)
        found = self._give_back((goods.register, goods.sale), goods.lines, by)
        return _replace(found, left=goods.left, back=goods.back) if found else goods

    def _price_again(self, lines: tuple[BasketLine, ...], price_list: str, at_us: int) -> tuple[BasketLine, ...]:
        """The lines with the scenario's prices, for products whose price the scenario changes."""
        asked = [line for line in lines if can_cost_otherwise(line) and line.sku in self._rules.touched]
        if not asked:
            return lines
        moment = self._world.at(at_us, "")
        found = {line.id: line for line in priced_for(moment, Basket("", lines=tuple(asked)), price_list).lines}
        return tuple(found.get(line.id, line) for line in lines)

    def lists(self, sale: SaleCompleted, at_us: int, touched: frozenset[str]) -> bool:
        """Whether these products' prices in this world equal those in the sale, ignoring typed prices."""
        asked = tuple(line for line in from_recorded(sale.lines) if can_cost_otherwise(line) and line.sku in touched)
        return (
            not asked or priced_for(self._world.at(at_us, ""), Basket("", lines=asked), sale.price_list).lines == asked
        )


def can_cost_otherwise(line: BasketLine) -> bool:
    """Whether a line's price comes from the catalogue."""
    return line.kind == "goods" and not (line.voided or line.reason or line.total_minor is not None or is_final(line))


def as_taken(made: SaleCompleted, taken: SaleCompleted) -> bool:
    """Whether a repriced sale equals the original in every line, tax, coupon and total."""
    return (
        made.lines == taken.lines
        and (made.net_minor, made.total_minor, made.deposit_minor)
        == (taken.net_minor, taken.total_minor, taken.deposit_minor)
        and made.taxes == taken.taxes
        and made.coupons == taken.coupons
    )


def _coupon(coupon: SaleCoupon, rules: tuple[CouponRule, ...]) -> SaleCoupon:
    own = next((rule for rule in rules if rule.series == coupon.series), None)
    rule = own or next((rule for rule in rules if rule.series is None), None)
    return coupon if rule is None else _replace(coupon, share=rule.share, sum_minor=rule.sum_minor)


def _with_deposit(line: BasketLine, deposits: Mapping[str, int]) -> BasketLine:
    minor = deposits.get(line.sku)
    if minor is None and line.deposit_minor:
        minor = deposits.get("")
    return line if minor is None or line.kind != "goods" else _replace(line, deposit_minor=minor)


def _with_taxes(table: TaxTable, rules: tuple[TaxRule, ...]) -> TaxTable:
    rates = {rule.tax_class: rule.rates for rule in rules}
    return _replace(table, classes=tuple(_with_rates(one, rates.get(one.id)) for one in table.classes))


def _with_rates(known: TaxClass, rates: tuple[int, ...] | None) -> TaxClass:
    """A tax class at other rates, with its original names."""
    if rates is None:
        return known
    names = [rate.name for rate in known.rates] or [known.id]
    named = (*names, *(f"{names[-1]} {place}" for place in range(len(names) + 1, len(rates) + 1)))
    return TaxClass(known.id, tuple(Rate(name, rate) for name, rate in zip(named, rates, strict=False)))
