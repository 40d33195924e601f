"""Sums of a basket for programs, as on a till's screen, in addition to the basket's JSON. Pure."""

from __future__ import annotations

import msgspec

from edge.counter.basket.basket import Basket
from edge.counter.basket.terms import SaleTerms
from edge.counter.basket.totals import Totals, saved_minor, totals


class LineSums(msgspec.Struct, frozen=True):
    """Sums of a line by its `id`: `amount_minor` is its price, which is `gross_minor` less
    `discount_minor` (promotions, discounts and coupons); `deposits_minor` are added. A voided line is
    0. In minor units of the store's currency, with tax if prices include it."""

    id: int
    gross_minor: int
    discount_minor: int
    amount_minor: int
    deposits_minor: int


class BasketSums(Totals, frozen=True, kw_only=True):
    """Sums of a basket, in minor units of the store's currency.

    `net_minor` and the tax by rate (`taxes`; the rate in thousandths of a percent) add up to `total_minor`;
    `taxes_included`: whether prices include tax. `deposit_minor` of it is untaxed. `saved_minor`: the customer's
    total savings. `paid_minor` and `advance_minor` (prepaid) are received, and `due_minor` is left; in cash
    it's `due_cash_minor`, rounded to coins, and `rounding_minor` is the difference. `change_minor`: the
    change, in coins; `back_minor`: the refund if returned goods are worth more. The sums of a paid sale are
    in its `SaleCompleted`.
    """

    lines: tuple[LineSums, ...]
    taxes_included: bool
    saved_minor: int
    rounding_minor: int
    change_minor: int
    back_minor: int


def basket_sums(basket: Basket, settings: SaleTerms) -> BasketSums | None:
    """The sums of a basket; None if a line's tax class isn't in today's table, so that it can't be paid."""
    try:
        sums, saved = totals(basket, settings), saved_minor(basket, settings)
    except KeyError:
        return None
    return BasketSums(
        **msgspec.structs.asdict(sums),
        lines=tuple(
            LineSums(line.id, line.gross_minor, line.discount_minor, line.amount_minor, line.deposits_minor)
            for line in basket.lines
        ),
        taxes_included=settings.tax.inclusive,
        saved_minor=saved,
        rounding_minor=sums.due_cash_minor - sums.due_minor,
        change_minor=settings.coins.nearest(sums.surplus_minor),
        back_minor=max(0, -sums.total_minor),
    )
