"""Converts a spoken or typed rule to a scenario, of receipts or of stock."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from edge.analytics.insight.rules import DaySpan
from edge.analytics.whatif.scenario import CouponRule, DepositRule, PriceRule, Scenario, TaxRule
from edge.analytics.whatif.stock_scenario import DAYS_LEAST, StockRule, StockScenario
from edge.core.storage.database import Connection
from edge.counter.loyalty.queries import earn_rules
from edge.foundation.opening_hours.rules import DAY_MIN, OpenSpan
from edge.goods.promotions.promotion import BuyGet, Deal, Goods, PercentOff, Promotion, SeveralFor
from edge.goods.promotions.queries import read_promotions
from edge.lib.i18n import translate
from edge.lib.tax.rules import TaxTable
from edge.lib.units.dates import after
from edge.lib.units.money import exponent
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone

PROMOTION = "what-if-1"
PROMOTIONS_MOST = 500
"""Maximum current, and maximum past promotions that "without promotions" excludes."""
POINTS_MOST = 1_000_000
QUARTER_DAYS = 91
NIGHT, MORNING, NOON = 5 * 60, 8 * 60, 12 * 60
"""Limits for closing times, in minutes of the day.

A shop that closes before five closes at night; one that closes before noon closes in the evening.
"""
OF_STOCK = frozenset({"reorder_more", "reorder_less", "reorder_at", "up_to", "lead_days", "supplier"})
OF_ZONES = {
    "delivery_fee": "fee_minor",
    "free_delivery": "fee_minor",
    "free_from": "free_from_minor",
    "minimum_order": "least_minor",
}
OF_POINTS = frozenset({"double_points", "points_times", "no_points"})
OF_HOURS = frozenset({"closed_on", "closes_at", "opens_at"})
OF_COUPONS = frozenset({"coupons_share", "coupons_sum", "no_coupons"})
OF_SHOP = frozenset({*OF_ZONES, *OF_POINTS, *OF_HOURS, *OF_COUPONS, "no_promotions", "tax"})
"""Rules of the whole shop, independent of its products."""


class SaidRule(NamedTuple):
    """A rule as stated: its kind, and its numbers by placeholder, in thousandths."""

    kind: str
    numbers: dict[str, int]

    def number(self, name: str) -> int:
        """A whole number."""
        return self.numbers[name] // 1000

    def minor(self, currency: str) -> int:
        """An amount, in minor units."""
        return int(self.numbers["money"] * 10 ** exponent(currency) // 1000)


class NotThere(Exception):
    """The shop has nothing that the rule would change. The value is the text key of the explanation."""


def stock_span(span: DaySpan | None, today: str) -> DaySpan | None:
    """The days to simulate stock over: `span` until yesterday; without one, the last quarter. None: too short."""
    if span is None:
        return DaySpan(after(today, -QUARTER_DAYS), after(today, -1))
    found = DaySpan(span.first, min(span.last, after(today, -1)))
    return found if found.days >= DAYS_LEAST else None


def stock_scenario(rule: SaidRule, goods: Goods, supplier: str, span: DaySpan) -> StockScenario:
    """A past period with another ordering rule."""
    match rule.kind:
        case "reorder_more" | "reorder_less":
            percent = rule.number("p") * (1 if rule.kind == "reorder_more" else -1)
            found = StockRule(goods, reorder_percent=percent)
        case "reorder_at":
            found = StockRule(goods, reorder=rule.numbers["n"])
        case "up_to":
            found = StockRule(goods, up_to=rule.numbers["n"])
        case "lead_days":
            found = StockRule(goods, lead_days=rule.number("n"))
        case _:
            found = StockRule(goods, supplier=supplier)
    return StockScenario(span.first, span.last, (found,))


class RuleContext(NamedTuple):
    """The context for reading a rule: the time, the currency, the tax class meant by "the tax" ("": none), and the
    language."""

    at_us: int
    currency: str
    tax_class: str
    language: str


def scenario_of(db: Connection, rule: SaidRule, goods: Goods, plain: Scenario, now: RuleContext) -> Scenario:
    """A past period (`plain`) under another rule. Raises `NotThere`."""
    replace = msgspec.structs.replace
    if rule.kind in OF_ZONES:
        return replace(plain, zones=_zones(db, rule, now.currency))
    if rule.kind in OF_HOURS:
        return replace(plain, weekly=_week(rule))
    if rule.kind in OF_POINTS:
        return _with_points(db, rule, plain)
    match rule.kind:
        case "less" | "more":
            sign = -1 if rule.kind == "less" else 1
            return replace(plain, prices=(PriceRule(goods, percent=sign * rule.numbers["p"]),))
        case "price":
            return replace(plain, prices=(PriceRule(goods, price_minor=rule.minor(now.currency)),))
        case "coupons_share" | "coupons_sum" | "no_coupons":
            return replace(plain, coupons=(_coupon(rule, now.currency),))
        case "no_promotions":
            return replace(plain, without=_all_promotions(db, now.at_us))
        case "tax":
            if not now.tax_class:
                raise NotThere("whatif_no_tax")
            return replace(plain, taxes=(TaxRule(now.tax_class, (rule.numbers["p"],)),))
        case "deposit" | "no_deposit":
            minor = 0 if rule.kind == "no_deposit" else rule.minor(now.currency)
            return replace(plain, deposits=(DepositRule(goods, minor),))
    deal = _deal(rule, now.currency)
    names = {now.language: translate(now.language, f"promotion.{type(deal).__struct_config__.tag}")}
    return replace(plain, promotions=(Promotion(PROMOTION, names, deal, goods, priority=100),))


def standard_class(taxes: TaxTable) -> str:
    """The class with the highest single rate, which people call "the tax"; "" if there is none."""
    rated = [one for one in taxes.classes if len(one.rates) == 1]
    return max(rated, key=lambda one: one.rates[0].rate).id if rated else ""


def closing_min(minute: int) -> int:
    """The closing time meant by a minute of the day without "am": "at 8" is in the evening, "at 2" at night.

    >>> closing_min(8 * 60), closing_min(2 * 60), closing_min(22 * 60)
    (1200, 1560, 1320)
    """
    return minute + DAY_MIN if minute < NIGHT else minute + NOON if minute < NOON else minute


def _week(rule: SaidRule) -> tuple[tuple[OpenSpan, ...], ...]:
    if rule.kind == "closed_on":
        return tuple(() if day == rule.number("day") else (OpenSpan(0, DAY_MIN),) for day in range(1, 8))
    minute = rule.number("hour")
    span = OpenSpan(0, minute) if rule.kind == "closes_at" else OpenSpan(minute, DAY_MIN)
    return ((span,),) * 7


def _zones(db: Connection, rule: SaidRule, currency: str) -> tuple[DeliveryZone, ...]:
    minor = 0 if rule.kind == "free_delivery" else rule.minor(currency)
    zones = tuple(msgspec.structs.replace(one, **{OF_ZONES[rule.kind]: minor}) for one in read_zones(db))
    if not zones:
        raise NotThere("whatif_no_zones")
    return zones


def _with_points(db: Connection, rule: SaidRule, plain: Scenario) -> Scenario:
    known = earn_rules(db)
    if not known:
        raise NotThere("whatif_no_points_rules")
    if rule.kind == "no_points":
        return msgspec.structs.replace(plain, without_earn=tuple(one.id for one in known))
    times = 2 if rule.kind == "double_points" else rule.number("n")
    return msgspec.structs.replace(
        plain, earn=tuple(msgspec.structs.replace(one, points=min(POINTS_MOST, one.points * times)) for one in known)
    )


def _coupon(rule: SaidRule, currency: str) -> CouponRule:
    match rule.kind:
        case "coupons_share":
            return CouponRule(share=rule.numbers["p"])
        case "coupons_sum":
            return CouponRule(sum_minor=rule.minor(currency))
    return CouponRule()


def _all_promotions(db: Connection, at_us: int) -> tuple[str, ...]:
    running = read_promotions(db, at_us, limit=PROMOTIONS_MOST)
    known = [*running, *read_promotions(db, at_us, over=True, limit=PROMOTIONS_MOST)]
    return tuple(dict.fromkeys(one.promotion.id for one in known))


def _deal(rule: SaidRule, currency: str) -> Deal:
    match rule.kind:
        case "several":
            return BuyGet(rule.number("m"), rule.number("n") - rule.number("m"))
        case "buy_get":
            return BuyGet(rule.number("n"), rule.number("m"))
        case "several_for":
            return SeveralFor(rule.number("n"), rule.minor(currency))
    return PercentOff(rule.numbers["p"])
