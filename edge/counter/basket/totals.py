"""The sums of a basket. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import RecordedLine, ReturnedGoods
from edge.counter.basket.taxed_total import Taxation, TaxedTotal, less, net_revenue_minor, taxation, worth
from edge.counter.basket.terms import SaleTerms
from edge.lib.tax.rules import Taxed

_replace = msgspec.structs.replace


class Totals(msgspec.Struct, frozen=True):
    """The sums of a basket.

    `due_minor`: the amount still due; `due_cash_minor`: the same, rounded to coins. `advance_minor`: the amount
    prepaid.
    """

    net_minor: int
    taxes: tuple[Taxed, ...]
    total_minor: int
    paid_minor: int
    due_minor: int
    due_cash_minor: int
    deposit_minor: int = 0
    advance_minor: int = 0

    @property
    def surplus_minor(self) -> int:
        """The amount paid beyond the total, also if the total rounds down in coins."""
        return max(0, self.paid_minor - max(0, self.total_minor - self.advance_minor)) if self.paid_minor else 0


def totals(basket: Basket, settings: SaleTerms) -> Totals:
    """The sums of a basket. Raises `KeyError` if a line's tax class isn't in the table (see `require_tax_class`)."""
    part, paid, by = basket.part, basket.paid_minor, taxation_of(basket, settings)
    sums = less(worth(part.whole, by), worth(part.left, by)) if part else worth(basket.sold_lines, by)
    for goods in basket.returns:
        sums = less(sums, returned_worth(goods))
    ahead = min(basket.advance.minor, max(0, sums.total_minor)) if basket.advance else 0
    due = max(0, sums.total_minor - ahead - paid)
    cash = max(0, settings.coins.nearest(due))
    return Totals(sums.net_minor, sums.taxes, sums.total_minor, paid, due, cash, sums.deposit_minor, ahead)


def taxes_on_top(basket: Basket, settings: SaleTerms) -> tuple[Taxed, ...]:
    """The taxes added to a basket's prices, by rate; empty if prices include tax. Raises `KeyError` as
    `totals` does."""
    by = taxation_of(basket, settings)
    return () if by.table.inclusive else totals(basket, settings).taxes


def taxation_of(basket: Basket, settings: SaleTerms) -> Taxation:
    """How to tax a basket: by today's taxes at its destination, except for prepaid shares.

    Raises `KeyError` as `totals` does.
    """
    paid = basket.advance.paid if basket.advance else ()
    table = settings.tax
    if basket.delivered_to:
        net_minor = basket.worth_minor or net_revenue_minor(basket.sold_lines, Taxation(table))
        table = settings.tax_at(basket.delivered_to, net_minor)
    if not paid:
        return Taxation(table)
    part = basket.part
    return taxation(part.whole if part else basket.sold_lines, part.left if part else (), paid, table)


def saved_minor(basket: Basket, settings: SaleTerms) -> int:
    """The customer's total savings, including tax if tax is added to marked prices."""
    return saved_of(basket.lines, taxation_of(basket, settings))


def saved_of(lines: Iterable[RecordedLine], by: Taxation) -> int:
    """The amount saved on lines, given how they are taxed."""
    sold = [line for line in lines if not line.voided]
    off_minor = sum(line.discount_minor for line in sold)
    if by.table.inclusive or not off_minor:
        return off_minor
    full = [_replace(line, discounts=(), off_minor=0, share_minor=0, coupon_minor=0) for line in sold]
    return worth(full, by).total_minor - worth(sold, by).total_minor


def returned_worth(goods: ReturnedGoods) -> TaxedTotal:
    """The sums of goods returned in an exchange."""
    return TaxedTotal(goods.net_minor, goods.taxes, goods.total_minor, goods.deposit_minor)


def total_minor(basket: Basket, settings: SaleTerms) -> int:
    """A basket's total with taxes. If the tax table lacks a class, taxes that would be added are left out."""
    try:
        return worth(basket.sold_lines, taxation_of(basket, settings)).total_minor
    except KeyError:
        return basket.total_minor


def knows_tax_class(tax_class: str, settings: SaleTerms) -> bool:
    """Whether the store has a tax class."""
    return bool(settings.tax.find(tax_class))


def require_tax_class(tax_class: str, settings: SaleTerms) -> None:
    """Raises `Refusal` if the store doesn't have the tax class. A sale is never assumed to be exempt."""
    if settings.tax.find(tax_class) is None:
        raise Refusal("no_tax_class", {"tax_class": tax_class})
