"""Structs of a till's sums. Pure."""

from __future__ import annotations

import msgspec

from edge.lib.tax.rules import Taxed


class Sum(msgspec.Struct, frozen=True):
    """A count and a sum."""

    count: int
    minor: int


class Taken(msgspec.Struct, frozen=True):
    """Receipts by tax and tender; outgoing sums are negative.

    `discount_minor`: what promotions took off what was sold and not voided. How often a tender was used only grows.
    `foreign`: cash of other currencies, in their own minor units. `apart`: sums that aren't revenue, by kind of line,
    and `tips` of it by the kind of tender that brought them; `tips_to`: the same by the user they belong to.
    `receipts`: sales that earned something, and what, without that; goods that came back in them are not taken off.
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
    """Figures for finding missing money: they only grow, whatever is voided later.

    `cleared`: baskets cleared unpaid, and their sum. `copies`: receipts printed again.
    `given`: discounts by people, by reason, and `givers` by person. `trainings`: the number of practice sessions, and
    `training_papers` their receipts' sum. `coupons`: their discounts, by name of the series. `open`:
    goods sold at an open price.
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
    """`sales` as they were paid (rounding within), `voids` what of them was undone, `refunds` what came back (of
    these or earlier sales), `total_minor` what is left. Papers that only took what the shop owes, as money for orders
    and for gift cards, are in the sums (`apart`) and no sales: they are not counted.

    `taxes` and `tenders` are of what is left; `drawer_minor` is the cash that all this left in the drawer. The rest as
    in `Counts`; `first` and `last` are receipt numbers, 0 where there was none.
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
        """The part of the total that was sold: without tips and liabilities."""
        return self.total_minor - sum(self.apart.values())
