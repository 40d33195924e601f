"""What a basket comes to, as programs read it beside its JSON: what a till's screen shows of it. Pure."""

from __future__ import annotations

import msgspec

from edge.counter.basket.basket import Basket
from edge.counter.basket.terms import SaleTerms
from edge.counter.basket.totals import Totals, saved_minor, totals


class LineSums(msgspec.Struct, frozen=True):
    """What a line of a basket comes to, by its `id`: `amount_minor` is paid for it, which is `gross_minor` less
    `discount_minor` (promotions, people's discounts and coupons); `deposits_minor` come on top. A voided one counts
    nothing. In minor units of the store's currency, with tax where prices have it within."""

    id: int
    gross_minor: int
    discount_minor: int
    amount_minor: int
    deposits_minor: int


class BasketSums(Totals, frozen=True, kw_only=True):
    """What a basket comes to, in minor units of the store's currency.

    `net_minor` and the tax by rate (`taxes`; the rate in thousandths of a percent) are `total_minor`;
    `taxes_included`: whether prices have it within. `deposit_minor` of it is untaxed. `saved_minor`: what all discounts
    save the customer. `paid_minor` and `advance_minor` (paid ahead) are there already, and `due_minor` is left; in cash
    that is `due_cash_minor`, as there are coins, and `rounding_minor` the difference. `change_minor`: what was given
    too much, in coins; `back_minor`: what goes back where goods that come back are worth more. What a sale came to once
    it is paid, with its change, stands in its `SaleCompleted`.
    """

    lines: tuple[LineSums, ...]
    taxes_included: bool
    saved_minor: int
    rounding_minor: int
    change_minor: int
    back_minor: int


def basket_sums(basket: Basket, settings: SaleTerms) -> BasketSums | None:
    """The sums of a basket; None: a line's tax class is none of today's, so that nothing can be paid."""
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
