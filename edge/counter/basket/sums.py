"""Structs of a till's sums. Pure."""

from __future__ import annotations

import msgspec

from edge.lib.tax.rules import Taxed


class Sum(msgspec.Struct, frozen=True):
    """A count and an amount."""

    count: int
    minor: int


class Taken(msgspec.Struct, frozen=True):
    """Amounts taken, by tax and tender. Amounts paid out are negative.

    `discount_minor`: promotions' discounts on goods sold and not voided. The number of uses of a tender only grows.
    `foreign`: foreign cash, in its own minor units. `apart`: amounts that aren't revenue, by kind of line; `tips`: the
    tips among them by kind of tender, and `tips_to` by the user they belong to. `receipts`: the number of sales with
    revenue, and that revenue without `apart`; goods returned in them aren't deducted.
    """

    rounding_minor: int = 0
    taxes: tuple[Taxed, ...] = ()
    tenders: dict[str, Sum] = {}
    discount_minor: int = 0
    foreign: dict[str, int] = {}
    apart: dict[str, int] = {}
    tips: dict[str, int] = {}
    tips_to: dict[str, dict[str, int]] = {}
    receipts: Sum = Sum(0, 0)


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Figures that help find missing money. They only grow, even if something is voided later.

    `cleared`: baskets cleared unpaid, and their total. `copies`: reprinted receipts. `given`: discounts by people, by
    reason; `givers`: the same by person. `trainings`: practice sessions; `training_papers`: the number of their
    receipts. `coupons`: their discounts, by name of the series. `open`: goods sold at an open price.
    """

    voided_lines: int = 0
    overridden: int = 0
    cleared: Sum = Sum(0, 0)
    copies: int = 0
    given: dict[str, Sum] = {}
    givers: dict[str, Sum] = {}
    trainings: int = 0
    training_papers: int = 0
    coupons: dict[str, Sum] = {}
    open: Sum = Sum(0, 0)


class DaySums(msgspec.Struct, frozen=True):
    """Totals of a day.

    `sales` as paid (including rounding), `voids` of them, `refunds` (of these or earlier sales), and `total_minor`, the
    remainder. Receipts that only took money the shop owes, for orders or gift cards, are in the amounts (`apart`) but
    aren't counted as sales. `taxes` and `tenders` are of the remainder; `drawer_minor` is the cash that all of this
    left in the drawer. Other fields are as in `Counts`; `first` and `last` are receipt numbers, 0 if there were none.
    """

    sales: Sum
    voids: Sum
    refunds: Sum
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    tenders: dict[str, Sum]
    drawer_minor: int
    overridden: int
    voided_lines: int
    discount_minor: int
    first: int
    last: int
    cleared: Sum = Sum(0, 0)
    copies: int = 0
    given: dict[str, Sum] = {}
    givers: dict[str, Sum] = {}
    foreign: dict[str, int] = {}
    apart: dict[str, int] = {}
    trainings: int = 0
    training_papers: int = 0
    coupons: dict[str, Sum] = {}
    open: Sum = Sum(0, 0)
    tips: dict[str, int] = {}
    tips_to: dict[str, dict[str, int]] = {}

    @property
    def sold_minor(self) -> int:
        """The part of the total that was sold, without tips and liabilities."""
        return self.total_minor - sum(self.apart.values())
