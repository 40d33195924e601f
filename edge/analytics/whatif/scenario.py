"""A what-if scenario: a period, and changed rules. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

import msgspec

from edge.core.messages import Refusal
from edge.counter.loyalty.loyalty import EarnRule, LoyaltyId
from edge.foundation.opening_hours.rules import SPANS_MOST, OpenSpan, StoreHours, fault_of
from edge.goods.catalog.product import Price
from edge.goods.promotions.promotion import Goods, Promotion, PromotionId
from edge.lib.tax.rules import FULL
from edge.lib.units.money import LIMIT_MINOR
from edge.ordering.delivery.zones import DeliveryZone

DAYS_MOST = 400
CHANGES_MOST = 50
Percent = Annotated[int, msgspec.Meta(ge=-FULL, le=10 * FULL)]
"""A change in thousandths of a percent; negative: less."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Most = msgspec.Meta(max_length=CHANGES_MOST)


class PriceRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A price change by `percent` (negative: cheaper) in every list, or a unit price `price_minor` in
    the store's list.
    """

    goods: Goods = Goods()
    percent: Percent = 0
    price_minor: Price | None = None


class DepositRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The deposit per unit of products."""

    goods: Goods
    deposit_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]


class TaxRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other rates for a tax class, in thousandths of a percent, in the order of the class's current rates; empty:
    exempt.
    """

    tax_class: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    rates: Annotated[tuple[Annotated[int, msgspec.Meta(ge=0, le=FULL)], ...], msgspec.Meta(max_length=5)]


class CouponRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Coupons of a `series` (None: all; 0: loyalty rewards) give a percentage or an amount off;
    neither: no discount.
    """

    series: Annotated[int, msgspec.Meta(ge=0)] | None = None
    share: Annotated[int, msgspec.Meta(ge=0, le=FULL)] = 0
    sum_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)] = 0


class Scenario(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A period of business days, `first` through `last`, under other rules.

    `promotions`: active throughout, replacing those with the same ids; `without`: promotions that never ran. `earn`:
    rules for earning points; `without_earn`: rules that don't apply. `weekly`: opening hours from Monday (empty:
    unchanged). `zones`: delivery zones, replacing those with the same ids.
    """

    first: Day
    last: Day
    prices: Annotated[tuple[PriceRule, ...], Most] = ()
    promotions: Annotated[tuple[Promotion, ...], Most] = ()
    without: Annotated[tuple[PromotionId, ...], msgspec.Meta(max_length=1000)] = ()
    coupons: Annotated[tuple[CouponRule, ...], Most] = ()
    earn: Annotated[tuple[EarnRule, ...], Most] = ()
    without_earn: Annotated[tuple[LoyaltyId, ...], Most] = ()
    taxes: Annotated[tuple[TaxRule, ...], Most] = ()
    deposits: Annotated[tuple[DepositRule, ...], Most] = ()
    weekly: Annotated[
        tuple[Annotated[tuple[OpenSpan, ...], msgspec.Meta(max_length=SPANS_MOST)], ...], msgspec.Meta(max_length=7)
    ] = ()
    zones: Annotated[tuple[DeliveryZone, ...], Most] = ()

    @property
    def hours(self) -> StoreHours | None:
        """The opening hours; None: unchanged."""
        return StoreHours(self.weekly) if self.weekly else None

    @property
    def skus(self) -> tuple[str, ...]:
        """The products named in its rules, each once."""
        goods = [*(one.goods for one in self.prices), *(one.goods for one in self.deposits)]
        goods += [one.goods for one in self.promotions]
        return tuple(dict.fromkeys(sku for one in goods for sku in one.skus))


def days_between(first: str, last: str) -> list[str]:
    """Each day of a period, in order."""
    begin = date.fromisoformat(first)
    return [(begin + timedelta(n)).isoformat() for n in range((date.fromisoformat(last) - begin).days + 1)]


def require_sound(scenario: Scenario, today: str) -> None:
    """Raise `Refusal` if the scenario is invalid in itself."""
    try:
        first, last = date.fromisoformat(scenario.first), date.fromisoformat(scenario.last)
    except ValueError:
        raise Refusal("whatif_period", {"days": DAYS_MOST}) from None
    if not first <= last <= first + timedelta(DAYS_MOST - 1):
        raise Refusal("whatif_period", {"days": DAYS_MOST})
    if scenario.last > today:
        raise Refusal("whatif_future", {"day": scenario.last})
    if any(bool(rule.percent) == (rule.price_minor is not None) for rule in scenario.prices):
        raise Refusal("whatif_price", {})
    if any(rule.price_minor is not None and not rule.goods.skus for rule in scenario.prices):
        raise Refusal("whatif_price_for", {})
    if any(rule.percent <= -FULL for rule in scenario.prices):
        raise Refusal("whatif_below_zero", {})
    if any(rule.share and rule.sum_minor for rule in scenario.coupons):
        raise Refusal("whatif_coupon", {})
    if scenario.weekly and len(scenario.weekly) != 7:
        raise Refusal("whatif_week", {})
    if scenario.hours and (wrong := fault_of(scenario.hours)):
        raise Refusal(wrong, {})
