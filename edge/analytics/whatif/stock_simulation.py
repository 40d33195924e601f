"""Simulates a product's stock day by day under ordering rules, for many draws of its demand at once. Pure, numpy.

Each row of the arrays is one draw. The first is the actual period. The others draw its whole weeks with replacement (a
block bootstrap), so that weekdays, and products sold together, stay together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Generator = np.random.Generator
DRAWS = 100
WEEK = 7
EMPTY = 1e-6
SHELF_MOST = 120
"""Shelf life in days above which spoilage is too late to affect ordering."""


class OrderRule(NamedTuple):
    """At or below `reorder`, order up to `up_to` and at least `quantity`, in whole packs, never beyond `maximum` (0: no
    limit). Deliveries arrive after `lead_days`, on one of `weekdays` (0 is Monday; empty: any day).
    """

    reorder: float
    up_to: float
    quantity: float = 0.0
    maximum: float = 0.0
    pack: float = 0.0
    lead_days: int = 1
    weekdays: frozenset[int] = frozenset()


class Spoilage(NamedTuple):
    """The spoilage of products: `shelf_days` after delivery, or a `share` of the stock each day.

    `lots`: units of the opening stock by days until expiry.
    """

    shelf_days: int = 0
    share: float = 0.0
    lots: tuple[tuple[int, float], ...] = ()


class StockCourse(NamedTuple):
    """Results of each draw: days that ended out of stock, units not sold because of that, average stock, and units
    wasted; `came`: days of deliveries, as draws by days.
    """

    out_days: Vector
    lost: Vector
    stock: Vector
    wasted: Vector
    came: npt.NDArray[np.bool_]


def draw_weeks(days: int, generator: Generator, draws: int = DRAWS) -> npt.NDArray[np.int64]:
    """The recorded day used for each day of the period, as draws by days; the first draw is the period itself."""
    weeks = -(-days // WEEK)
    whole = days // WEEK
    chosen = generator.integers(0, whole, size=(draws, weeks))
    found = (chosen[:, :, None] * WEEK + np.arange(WEEK)[None, None, :]).reshape(draws, -1)[:, :days]
    found[0] = np.arange(days)
    return found


def fill_censored(
    sold: Vector, censored: npt.NDArray[np.bool_], weekdays: Sequence[int], generator: Generator, draws: int = DRAWS
) -> Matrix:
    """Demand by draw and day. On days out of stock, demand is unknown.

    The first draw then uses the mean of the same weekday's other days. Each other draw uses one of these days, but
    never less than was sold.
    """
    found = np.repeat(sold[None, :], draws, axis=0)
    if not censored.any() or censored.all():
        return found
    by_weekday = np.asarray(weekdays)
    for weekday in range(WEEK):
        gone = np.flatnonzero(censored & (by_weekday == weekday))
        like = sold[~censored & (by_weekday == weekday)]
        if not len(gone):
            continue
        if not len(like):
            like = sold[~censored]
        drawn = generator.choice(like, size=(draws, len(gone)))
        drawn[0] = like.mean()
        found[:, gone] = np.maximum(found[:, gone], drawn)
    return found


def simulate(
    demand: Matrix, other: Matrix, start: float, rule: OrderRule | None, first_weekday: int, spoilage: Spoilage
) -> StockCourse:
    """Simulate a product's stock over the period. `other`: other arrivals and departures by day, as draws by days."""
    draws, days = demand.shape
    arriving = np.zeros((draws, days + (max(1, rule.lead_days) + WEEK if rule else 0)))
    came = np.zeros((draws, days), dtype=bool)
    keeping = _Lots(draws, days, start, spoilage) if spoilage.shelf_days else _Heap(draws, start, spoilage.share)
    on_order = np.zeros(draws)
    out, lost, held, wasted = np.zeros(draws), np.zeros(draws), np.zeros(draws), np.zeros(draws)
    for day in range(days):
        came[:, day] = arriving[:, day] > EMPTY
        on_order -= arriving[:, day]
        keeping.receive(day, arriving[:, day] + np.maximum(other[:, day], 0))
        taken = keeping.take(day, demand[:, day])
        lost += demand[:, day] - taken
        keeping.take(day, np.maximum(-other[:, day], 0))
        wasted += keeping.spoil(day)
        on_hand = keeping.on_hand()
        out += on_hand <= EMPTY
        held += on_hand
        if rule is not None:
            ordered = _order_quantity(rule, on_hand + on_order)
            arriving[:, arrival(day, rule, first_weekday)] += ordered
            on_order += ordered
    return StockCourse(out, lost, held / days, wasted, came)


def arrival(day: int, rule: OrderRule, first_weekday: int) -> int:
    """The delivery day of an order."""
    comes = day + max(1, rule.lead_days)
    while rule.weekdays and (first_weekday + comes) % WEEK not in rule.weekdays:
        comes += 1
    return comes


def _order_quantity(rule: OrderRule, position: Vector) -> Vector:
    wanted = np.where(position <= rule.reorder + EMPTY, np.maximum(rule.up_to - position, rule.quantity), 0.0)
    if rule.pack > 0:
        wanted = np.ceil(wanted / rule.pack - EMPTY) * rule.pack
    if rule.maximum > 0:
        wanted = np.minimum(wanted, np.maximum(rule.maximum - position, 0.0))
    return np.asarray(np.maximum(wanted, 0.0))


class _Heap:
    """Products without expiry; a share of them is wasted each day."""

    def __init__(self, draws: int, start: float, share: float) -> None:
        self._held, self._share = np.full(draws, max(0.0, start)), share

    def receive(self, day: int, units: Vector) -> None:
        self._held = self._held + units

    def take(self, day: int, units: Vector) -> Vector:
        taken = np.asarray(np.minimum(self._held, units))
        self._held = self._held - taken
        return taken

    def spoil(self, day: int) -> Vector:
        wasted = self._held * self._share
        self._held = self._held - wasted
        return wasted

    def on_hand(self) -> Vector:
        return self._held


class _Lots:
    """Stock by expiry day, sold in that order; stock left on its expiry day is wasted."""

    def __init__(self, draws: int, days: int, start: float, spoilage: Spoilage) -> None:
        self._shelf = spoilage.shelf_days
        self._lots = np.zeros((draws, days + self._shelf + 1))
        left = max(0.0, start)
        for ahead, units in spoilage.lots:
            there = min(left, units)
            self._lots[:, min(max(0, ahead), self._shelf)] += there
            left -= there
        self._lots[:, self._shelf] += left

    def receive(self, day: int, units: Vector) -> None:
        self._lots[:, day + self._shelf] += units

    def take(self, day: int, units: Vector) -> Vector:
        window = self._lots[:, day : day + self._shelf + 1]
        before = np.cumsum(window, axis=1) - window
        taken = np.clip(units[:, None] - before, 0.0, window)
        window -= taken
        return np.asarray(taken.sum(axis=1))

    def spoil(self, day: int) -> Vector:
        wasted = self._lots[:, day].copy()
        self._lots[:, day] = 0.0
        return wasted

    def on_hand(self) -> Vector:
        return np.asarray(self._lots.sum(axis=1))


def infer_rule(
    on_hand: Vector, received: Vector, first_weekday: int, lead_days: int, pack: float = 0.0
) -> OrderRule | None:
    """Infer a product's ordering rule from its deliveries: the usual stock when they were ordered, and the usual stock
    including them. None if there were no deliveries. `on_hand`: stock at the end of each day.
    """
    days = np.flatnonzero(received > EMPTY)
    if not len(days):
        return None
    at = np.maximum(0, days - max(1, lead_days))
    position = np.maximum(0.0, on_hand[at])
    weekdays = usual_weekdays(((first_weekday + int(day)) % WEEK for day in days), len(days))
    reorder, up_to = float(np.median(position)), float(np.median(position + received[days]))
    return OrderRule(reorder, max(up_to, reorder), pack=pack, lead_days=lead_days, weekdays=weekdays)


def usual_weekdays(found: Any, count: int) -> frozenset[int]:
    """The weekdays of deliveries, if there are few; empty: any day."""
    each: list[int] = list(found)
    usual = frozenset(day for day in range(WEEK) if each.count(day) * 10 >= count)
    return usual if count >= 4 and len(usual) <= 3 else frozenset()


def range_of(values: Vector) -> tuple[float, float, float]:
    """The value of the first draw, and the range of 80 % of the draws."""
    low, high = np.quantile(values[1:], (0.1, 0.9))
    return float(values[0]), min(float(low), float(values[0])), max(float(high), float(values[0]))


def any_came(courses: Collection[StockCourse]) -> Vector:
    """A supplier's number of deliveries by draw: days on which any of its products arrived."""
    together = np.logical_or.reduce([one.came for one in courses])
    return np.asarray(together.sum(axis=1), dtype=float)
