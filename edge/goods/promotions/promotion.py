"""Promotions: their deal, products, times and customers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from edge.goods.catalog.product import CategoryId, Price, Sku
from edge.lib.tax.rules import FULL

COUNT_LIMIT = 1_000
"""Maximum pieces in a deal, uses per basket, and SKUs in a promotion."""

Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=60)]], msgspec.Meta(min_length=1, max_length=10)
]
"""Names by language, short enough for a receipt line and for a sale that lists all its promotions."""
Minor = Annotated[int, msgspec.Meta(gt=0, le=10**12)]
Share = Annotated[int, msgspec.Meta(gt=0, le=FULL)]
"""Thousandths of a percent, like tax rates: 10,000 is ten percent, 100,000 is the whole price."""
Count = Annotated[int, msgspec.Meta(ge=1, le=COUNT_LIMIT)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Minute = Annotated[int, msgspec.Meta(ge=0, le=24 * 60)]
PromotionId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$(?!\n)")]
ListName = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]


class _Deal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class PercentOff(_Deal, frozen=True, tag="percent_off"):
    """A percentage off each item."""

    share: Share


class AmountOff(_Deal, frozen=True, tag="amount_off"):
    """An amount off each unit, never below zero."""

    off_minor: Minor


class FixedPrice(_Deal, frozen=True, tag="fixed_price"):
    """A fixed unit price, if lower."""

    price_minor: Price


class SeveralFor(_Deal, frozen=True, tag="several_for"):
    """`count` items for a total price, in any combination."""

    count: Annotated[int, msgspec.Meta(ge=2, le=COUNT_LIMIT)]
    price_minor: Price


class BuyGet(_Deal, frozen=True, tag="buy_get"):
    """Buy some, get the cheapest for less: of `buy` + `get` items, the `get` cheapest at `share` off."""

    buy: Count
    get: Count = 1
    share: Share = FULL


class SpendShare(_Deal, frozen=True, tag="spend_share"):
    """A percentage off the goods' total from `spend_minor`."""

    spend_minor: Minor
    share: Share


class SpendAmount(_Deal, frozen=True, tag="spend_amount"):
    """An amount off for each full `spend_minor` of the goods' total."""

    spend_minor: Minor
    off_minor: Minor


Deal = PercentOff | AmountOff | FixedPrice | SeveralFor | BuyGet | SpendShare | SpendAmount


class Goods(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Products by SKU, category (including subcategories) or brand; one match suffices. Empty: all products."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=COUNT_LIMIT)] = ()
    categories: Annotated[tuple[CategoryId, ...], msgspec.Meta(max_length=100)] = ()
    brands: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=200)], ...], msgspec.Meta(max_length=100)
    ] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Lookup keys of the goods; empty for all goods."""
        return keys_of(self.skus, self.categories, self.brands)


FOREVER_US = 2**53
"""Represents the end of a promotion without an end."""
ALL_PRODUCTS = "*"
"""A key that every product has, in addition to its own."""


def keys_of(skus: Iterable[str], categories: Iterable[str], brands: Iterable[str]) -> tuple[str, ...]:
    """Lookup keys of goods: a promotion's, or (with all categories) a product's."""
    return (
        *(f"s:{sku}" for sku in skus),
        *(f"c:{category}" for category in categories),
        *(f"b:{brand.casefold()}" for brand in brands if brand),
    )


class Promotion(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A promotion.

    names         by language, shown to customers and cashiers
    goods, but    the goods it applies to, and exceptions
    list          the price list to whose customers it applies (`member`); "": everyone
    from_us, until_us   start (None: the moment it is set) and end (None: until it is ended by hand)
    weekdays      1 is Monday, 7 Sunday; empty: every day
    from_min, until_min   minutes of the day in the shop's time zone; past midnight if the end is before the start;
                  equal: all day
    times         maximum uses per basket, in groups (deals on several pieces) or pieces; 0: unlimited
    priority      higher priorities are applied first, to pieces that no other promotion has used
    """

    id: PromotionId
    names: Names
    deal: Deal
    goods: Goods = Goods()
    but: Goods = Goods()
    list: ListName = ""
    from_us: Moment | None = None
    until_us: Moment | None = None
    weekdays: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...], msgspec.Meta(max_length=7)] = ()
    from_min: Minute = 0
    until_min: Minute = 0
    times: Annotated[int, msgspec.Meta(ge=0, le=COUNT_LIMIT)] = 0
    priority: Annotated[int, msgspec.Meta(ge=-100, le=100)] = 0

    def holds(self, weekday: int, minute: int, price_list: str) -> bool:
        """Whether the promotion applies to customers of a price list, at a minute of a weekday in the shop's time zone.

        Hours past midnight belong to the day on which they began.
        """
        if self.list not in ("", price_list):
            return False
        if self.from_min > self.until_min and minute < self.until_min:
            weekday, minute = (weekday - 2) % 7 + 1, minute + 24 * 60
        if self.weekdays and weekday not in self.weekdays:
            return False
        end = self.until_min + (24 * 60 if self.from_min > self.until_min else 0)
        return self.from_min == self.until_min or self.from_min <= minute < end
