"""A trial of a promotion or other prices for some weeks, alternating with usual weeks. Pure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from edge.goods.catalog.product import Price, Sku
from edge.goods.promotions.promotion import Promotion
from edge.lib.units.dates import after
from edge.lib.units.money import LIMIT_MINOR

PRICES_LIMIT = 20
PRODUCTS_LIMIT = 1_000
WEEK_DAYS = 7
Weeks = Annotated[int, msgspec.Meta(ge=1, le=8)]
Rounds = Annotated[int, msgspec.Meta(ge=1, le=6)]
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=LIMIT_MINOR)]
Measure = Literal["margin", "revenue"]
"""The criterion of a trial: margin if the cost of its products is known, else revenue."""


class TrialPrice(msgspec.Struct, frozen=True):
    """The price of a product in the trial's weeks, and its usual price."""

    sku: Sku
    price_minor: Price
    was_minor: Price


class Trial(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `promotion` or `prices` for `weeks_on` weeks from the business day `first`, then `weeks_off` weeks without,
    `rounds` times.

    `skus`: the products it is measured by (empty: the whole shop). The trial stops once they have earned
    `stop_at_minor` less than expected. `time_zone`, `turn_min`: the shop's time zone and the minute at which its
    business day began when the trial was planned; its promotions and prices were set for these. None: the shop's
    current values.
    """

    number: int
    first: Day
    weeks_on: Weeks
    weeks_off: Weeks
    rounds: Rounds
    stop_at_minor: Limit
    measure: Measure = "margin"
    promotion: Promotion | None = None
    prices: Annotated[tuple[TrialPrice, ...], msgspec.Meta(max_length=PRICES_LIMIT)] = ()
    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=PRODUCTS_LIMIT)] = ()
    time_zone: str | None = None
    turn_min: int | None = None

    @property
    def last(self) -> str:
        """The trial's last business day."""
        return after(self.first, (self.weeks_on + self.weeks_off) * self.rounds * WEEK_DAYS - 1)

    @property
    def phases(self) -> list[TrialPhase]:
        """The weeks with and without the tried change, in order."""
        found, first = list[TrialPhase](), self.first
        for n in range(1, self.rounds + 1):
            for is_on, weeks in ((True, self.weeks_on), (False, self.weeks_off)):
                found.append(TrialPhase(n, is_on, first, after(first, weeks * WEEK_DAYS - 1)))
                first = after(first, weeks * WEEK_DAYS)
        return found

    @property
    def phases_on(self) -> list[TrialPhase]:
        """The weeks with the tried change."""
        return [phase for phase in self.phases if phase.is_on]

    def of_shop(self, zone: str, turn_min: int) -> Trial:
        """The trial with the shop's `zone` and start of day (`turn_min`), unless it was planned with others."""
        kept_min = turn_min if self.turn_min is None else self.turn_min
        return msgspec.structs.replace(self, time_zone=self.time_zone or zone, turn_min=kept_min)

    def span_us(self, phase: TrialPhase) -> tuple[int, int]:
        """Begin and end of a phase in microseconds. The trial's zone must be set (`of_shop`)."""
        assert self.time_zone is not None and self.turn_min is not None
        begins, ends = phase.first, after(phase.last, 1)
        return begins_us(begins, self.time_zone, self.turn_min), begins_us(ends, self.time_zone, self.turn_min)

    def promotion_in(self, phase: TrialPhase) -> Promotion:
        """The promotion's definition for a phase."""
        assert self.promotion is not None
        from_us, until_us = self.span_us(phase)
        id = f"trial-{self.number}-{phase.n}"
        return msgspec.structs.replace(self.promotion, id=id, from_us=from_us, until_us=until_us)


class TrialPhase(NamedTuple):
    """Weeks of a trial with the tried change (`is_on`) or without it, in its `n`-th round."""

    n: int
    is_on: bool
    first: str
    last: str


def begins_us(day: str, zone: str, turn_min: int) -> int:
    """The start of a business day."""
    midnight = datetime.combine(date.fromisoformat(day), time(), ZoneInfo(zone))
    return round((midnight + timedelta(minutes=turn_min)).timestamp() * 1e6)
