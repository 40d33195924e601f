"""Simulate each product's stock over a period, with the original settings and with other settings, and total both.

It reads the ledger in a separate process (`stock_simulator.py`). Both simulations use the same demand draws, so the
range of their difference comes only from the settings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from itertools import accumulate, pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from edge.analytics.forecast.history.imported_days import has_imported_days
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.waste import read_waste
from edge.analytics.whatif.scenario import days_between
from edge.analytics.whatif.stock_scenario import (
    FigureName,
    StockComparison,
    StockEstimate,
    StockFigure,
    StockPolicy,
    StockProduct,
    StockProgress,
    StockRule,
    StockScenario,
    StockShare,
)
from edge.analytics.whatif.stock_simulation import (
    EMPTY,
    SHELF_MOST,
    WEEK,
    Matrix,
    OrderRule,
    Spoilage,
    StockCourse,
    Vector,
    any_came,
    draw_weeks,
    fill_censored,
    infer_rule,
    range_of,
    simulate,
    usual_weekdays,
)
from edge.analytics.whatif.worlds import goods_skus
from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import MICRO
from edge.lib.units.dates import after

PRODUCTS_MOST = 500
PRODUCTS_SHOWN = 100
NAMED = 20
BATCH = 5
LEAD_DAYS = 1
"""Assumed days from order to delivery if the lead time is unknown."""
UNKEPT_SHARE = 10
"""A product counts as not tracked if its stock is negative on more than one day in this many."""
SEED = 20
THOUSANDTHS = 1_000
_BUSY = """
    SELECT sku FROM demand_day WHERE business_date BETWEEN ?1 AND ?2
    GROUP BY sku ORDER BY sum(minor) DESC, sum(used + elsewhere) DESC, sku LIMIT ?3
"""
_DEMAND = """
    SELECT business_date, max(0, sold + elsewhere + used - returned), received, wasted, minor FROM demand_day
    WHERE sku = ? AND business_date BETWEEN ? AND ?
"""
_STOCK = """
    SELECT business_date, location, on_hand FROM stock_day WHERE sku = ? AND business_date <= ? ORDER BY business_date
"""
_OPEN = "SELECT business_date FROM demand_open WHERE business_date BETWEEN ? AND ?"
_LEVEL = "SELECT reorder, par, quantity, maximum FROM stock_level WHERE sku = ? AND location = ?"
_COST = """
    SELECT average_micro FROM stock_average_day WHERE sku = ? AND business_date <= ? ORDER BY business_date DESC LIMIT 1
"""
_RECEIPTS = """
    SELECT business_date, quantity, expiry FROM stock_receipt
    WHERE sku = ? AND business_date < ? AND quantity > 0 ORDER BY seq DESC LIMIT 50
"""
_SHELF = """
    SELECT julianday(expiry) - julianday(business_date) FROM stock_receipt
    WHERE sku = ? AND expiry <> '' AND quantity > 0 ORDER BY 1
"""
_SUPPLIER = "SELECT lead_time_days, delivery_days FROM supplier WHERE id = ?"

Tell = Callable[[StockProgress], None]


class _Goods(NamedTuple):
    """The known data of a product in the period, in units."""

    sku: str
    product: Product
    sold: Vector
    received: Vector
    wasted: Vector
    on_hand: Vector
    start: float
    price: float
    cost: float | None
    spoilage: Spoilage | None
    supplier: str
    base: OrderRule | None
    told: bool
    begins: int
    """Index of the first simulated day; stock before it is unknown."""

    @property
    def other(self) -> Vector:
        """Other arrivals and departures by day: counts, transfers, corrections.

        Waste is excluded if its cause is simulated.
        """
        before = np.concatenate(([self.start], self.on_hand[:-1]))
        other = self.on_hand - before - self.received + self.sold
        if self.spoilage:
            other += self.wasted
        other[: self.begins] = 0.0
        return other

    @property
    def opening_stock(self) -> float:
        """The stock before the first simulated day."""
        return max(0.0, float(self.on_hand[self.begins - 1])) if self.begins else self.start


def compare_stock(db: Connection, scenario: StockScenario, tell: Tell = lambda progress: None) -> StockComparison:
    """Compare a period's actual stock with simulations of it under the original and the other rules."""
    return _Simulating(db, scenario).run(tell)


class _Share(NamedTuple):
    """A product's or supplier's part of a figure, before rounding."""

    key: str
    names: dict[str, str]
    base: float
    would: float


class _Simulating:
    """Simulates products one by one and adds up their figures by draw."""

    def __init__(self, db: Connection, scenario: StockScenario) -> None:
        self._db, self._scenario = db, scenario
        self._days = days_between(scenario.first, scenario.last)
        self._weekdays = [date.fromisoformat(day).weekday() for day in self._days]
        self._places = {day: at for at, day in enumerate(self._days)}
        opened = {day for (day,) in db.execute(_OPEN, (scenario.first, scenario.last))}
        self._open = np.array([day in opened for day in self._days])
        self._generator = np.random.default_rng(SEED)
        self._order = draw_weeks(len(self._days), self._generator)
        self._rules = _rules_by_product(db, scenario)
        self._happened: dict[FigureName, float] = defaultdict(float)
        self._base: dict[FigureName, Vector] = {}
        self._would: dict[FigureName, Vector] = {}
        self._courses: dict[tuple[str, bool], list[StockCourse]] = defaultdict(list)
        self._came: dict[str, set[str]] = defaultdict(set)
        self._shares: dict[FigureName, list[_Share]] = defaultdict(list)
        self._products: list[StockProduct] = []
        self._censored = self._inferred = self._unordered = self._unkept = self._uncosted = self._shelf_unknown = 0
        self._unknown_suppliers = set[str]()

    def run(self, tell: Tell) -> StockComparison:
        skus = [sku for (sku,) in self._db.execute(_BUSY, (self._scenario.first, self._scenario.last, PRODUCTS_MOST))]
        known = read_products(self._db, skus)
        offers = offers_of(self._db, skus, self._scenario.last)
        found = list[_Goods]()
        for sku in skus:
            if sku in known and not known[sku][1].parts and known[sku][1].unit != "service":
                usual = next((one for one in offers.get(sku, ()) if one.usual), None)
                offer = usual or next(iter(offers.get(sku, ())), None)
                pack = offer.pack / THOUSANDTHS if offer else 0.0
                goods = self._read(sku, known[sku][1], offer.supplier if offer else "", pack)
                if goods is None:
                    self._unkept += 1
                else:
                    found.append(goods)
        for done, goods in enumerate(found):
            self._add(goods._replace(base=self._on_days_of_supplier(goods)))
            if done % BATCH == 0:
                tell(StockProgress(done, len(found)))
        return self._result({goods.sku for goods in found})

    def _on_days_of_supplier(self, goods: _Goods) -> OrderRule | None:
        """A product's ordering rule, limited to its supplier's delivery days if there are few.

        The product's own deliveries may be too rare to show these days.
        """
        if goods.base is None or self._terms(goods.supplier)[1]:
            return goods.base
        return goods.base._replace(weekdays=self._days_of(goods.supplier) or goods.base.weekdays)

    def _days_of(self, supplier: str) -> frozenset[int]:
        """The weekdays on which the supplier usually delivered any goods."""
        days = self._came.get(supplier, ())
        return usual_weekdays((date.fromisoformat(day).weekday() for day in days), len(days))

    def _read(self, sku: str, product: Product, supplier: str, pack: float) -> _Goods | None:
        """A product's data; None if its stock isn't tracked."""
        path, begins = self._path(sku)
        if path is None or (path[1:] < -EMPTY).sum() * UNKEPT_SHARE > len(self._days):
            return None
        sold, received, wasted = (np.zeros(len(self._days)) for _ in range(3))
        taken = 0
        for day, quantity, came, lost, minor in self._db.execute(
            _DEMAND, (sku, self._scenario.first, self._scenario.last)
        ):
            at = self._places[day]
            sold[at], received[at], wasted[at] = (one / THOUSANDTHS for one in (quantity, came, lost))
            taken += minor
            if came > 0:
                self._came[supplier].add(day)
        base, told = self._base_rule(sku, product, supplier, pack, path[1:], received)
        cost = self._db.execute(_COST, (sku, self._scenario.last)).fetchone()
        each = cost[0] / MICRO if cost else product.cost_minor
        price = taken / sold.sum() if sold.sum() > 0 else 0.0
        spoilage = self._spoilage(sku, product, wasted, path, self._days[begins])
        return _Goods(
            *(sku, product, sold, received, wasted, path[1:], max(0.0, float(path[0])), price),
            *(None if each is None else float(each), spoilage, supplier, base, told, begins),
        )

    def _path(self, sku: str) -> tuple[Vector | None, int]:
        """Stock before the period and at the end of each of its days, and the index of the first day with known stock.

        None: never known, or for less than a week.
        """
        places: dict[str, int] = {}
        begins = -1
        by_day: dict[str, int] = {}
        for day, place, on_hand in self._db.execute(_STOCK, (sku, self._scenario.last)):
            if begins < 0:
                begins = self._places[day] + 1 if day >= self._scenario.first else 0
            places[place] = on_hand
            by_day[max(day, after(self._scenario.first, -1))] = sum(places.values())
        if begins < 0 or len(self._days) - begins < WEEK:
            return None, 0
        days = (after(self._scenario.first, -1), *self._days)
        found = accumulate(days, lambda held, day: by_day.get(day, held), initial=0)
        return np.array(list(found)[1:]) / THOUSANDTHS, begins

    def _base_rule(
        self, sku: str, product: Product, supplier: str, pack: float, on_hand: Vector, received: Vector
    ) -> tuple[OrderRule | None, bool]:
        """A product's ordering rule, and whether people set it."""
        lead, weekdays = self._terms(supplier)
        level = self._db.execute(_LEVEL, (sku, MAIN)).fetchone()
        reorder, up_to, quantity, maximum = (one / THOUSANDTHS for one in level) if level else (0.0,) * 4
        if not reorder and product.minimum:
            reorder = up_to = product.minimum / THOUSANDTHS
        inferred = infer_rule(on_hand, received, self._weekdays[0], lead, pack)
        if not reorder:
            return inferred, False
        if inferred is not None:
            up_to = max(up_to, reorder + inferred.up_to - inferred.reorder) if up_to <= reorder else up_to
            weekdays = weekdays or inferred.weekdays
        return OrderRule(reorder, max(up_to, reorder), quantity, maximum, pack, lead, weekdays), True

    def _terms(self, supplier: str) -> tuple[int, frozenset[int]]:
        row = self._db.execute(_SUPPLIER, (supplier,)).fetchone()
        if row is None:
            return LEAD_DAYS, frozenset()
        return int(row[0]), frozenset(day - 1 for day in msgspec.json.decode(row[1], type=list[int]))

    def _spoilage(self, sku: str, product: Product, wasted: Vector, path: Vector, begins: str) -> Spoilage | None:
        """The spoilage of a product: by its shelf life, its lots' expiry dates, or else its recorded waste; None if
        unknown. `begins`: lots received before this day are included.
        """
        lots = [days for (days,) in self._db.execute(_SHELF, (sku,)) if days > 0]
        shelf = product.expiry_days or (int(lots[len(lots) // 2]) if lots else 0)
        if 0 < shelf <= SHELF_MOST:
            begin = []
            for day, quantity, expiry in self._db.execute(_RECEIPTS, (sku, begins)):
                until = date.fromisoformat(expiry or after(day, shelf))
                begin.append(((until - date.fromisoformat(begins)).days, quantity / THOUSANDTHS))
            return Spoilage(shelf, lots=tuple(begin))
        if shelf:
            return Spoilage()
        held = float(np.maximum(path[1:], 0).sum())
        return Spoilage(share=min(0.5, float(wasted.sum()) / held)) if wasted.any() and held > 0 else None

    def _other_rule(self, base: OrderRule | None, rule: StockRule) -> OrderRule | None:
        """A product's ordering rule with the settings of another rule applied."""
        if base is None and rule.reorder is None:
            return None
        found = base or OrderRule(0.0, 0.0, lead_days=LEAD_DAYS)
        gap = found.up_to - found.reorder
        reorder = found.reorder * (100 + rule.reorder_percent) / 100
        if rule.reorder is not None:
            reorder = rule.reorder / THOUSANDTHS
        up_to = reorder + gap if rule.up_to is None else max(reorder, rule.up_to / THOUSANDTHS)
        quantity = found.quantity if rule.quantity is None else rule.quantity / THOUSANDTHS
        lead, weekdays = found.lead_days, found.weekdays
        if rule.lead_days is not None:
            lead = rule.lead_days
        elif rule.supplier is not None:
            if self._db.execute(_SUPPLIER, (rule.supplier,)).fetchone() is None:
                self._unknown_suppliers.add(rule.supplier)
            else:
                lead, weekdays = self._terms(rule.supplier)
                weekdays = weekdays or self._days_of(rule.supplier)
        return found._replace(reorder=reorder, up_to=up_to, quantity=quantity, lead_days=lead, weekdays=weekdays)

    def _course(self, goods: _Goods, demand: Matrix, rule: OrderRule | None) -> StockCourse:
        """A product's simulated stock from the first day with known stock, with the deliveries of all days."""
        since = goods.begins
        draws = np.arange(len(demand))[:, None]
        drawn, moved = demand[draws, self._order], goods.other[self._order]
        weekday, spoilage = self._weekdays[since], goods.spoilage or Spoilage()
        course = simulate(drawn[:, since:], moved[:, since:], goods.opening_stock, rule, weekday, spoilage)
        return course._replace(came=np.pad(course.came, ((0, 0), (since, 0))))

    def _add(self, goods: _Goods) -> None:
        rule = self._rules.get(goods.sku)
        other = goods.base if rule is None else self._other_rule(goods.base, rule)
        empty, absent = goods.on_hand <= EMPTY, np.arange(len(self._days)) < goods.begins
        gone = empty & self._open & ~absent
        demand = fill_censored(goods.sold, gone | absent, self._weekdays, self._generator)
        was = self._course(goods, demand, goods.base)
        would = was if other == goods.base else self._course(goods, demand, other)
        supplier = goods.supplier if rule is None or rule.supplier is None else rule.supplier
        self._courses[goods.supplier, False].append(was)
        self._courses[supplier, True].append(would)
        self._censored += int(gone.sum())
        self._inferred += goods.base is not None and not goods.told
        self._unordered += goods.base is None
        self._uncosted += goods.cost is None
        self._shelf_unknown += goods.spoilage is None
        cost, out = goods.cost or 0.0, int(empty[goods.begins :].sum())
        held = float(np.maximum(goods.on_hand[goods.begins :], 0).mean())
        self._happened["out_days"] += out
        self._happened["stock"] += held * cost
        parts: list[tuple[FigureName, Vector, Vector]] = [
            ("out_days", was.out_days, would.out_days),
            ("lost", was.lost * goods.price, would.lost * goods.price),
            ("stock", was.stock * cost, would.stock * cost),
        ]
        if goods.spoilage is not None:
            parts.append(("waste", was.wasted * cost, would.wasted * cost))
        for name, base, changed in parts:
            self._add_part(name, _Share(goods.sku, goods.product.names or {}, float(base[0]), float(changed[0])))
            _add_to(self._base, name, base)
            _add_to(self._would, name, changed)
        self._products.append(
            StockProduct(
                goods.sku,
                goods.product.names or {},
                _policy(goods.base, goods.told),
                _policy(other, goods.told or rule is not None),
                out,
                _estimate(was.out_days),
                _estimate(would.out_days),
                round(held * THOUSANDTHS),
                round(float(was.stock[0]) * THOUSANDTHS),
                round(float(would.stock[0]) * THOUSANDTHS),
            )
        )

    def _add_part(self, name: FigureName, share: _Share) -> None:
        if share.base or share.would:
            self._shares[name].append(share)

    def _add_deliveries(self) -> None:
        suppliers = defaultdict[str, list[float]](lambda: [0.0, 0.0])
        for (supplier, is_other), courses in self._courses.items():
            came = any_came(courses)
            suppliers[supplier][is_other] = float(came[0])
            _add_to(self._would if is_other else self._base, "deliveries", came)
        names = dict(self._db.execute("SELECT id, names FROM supplier").fetchall())
        for supplier, (base, would) in suppliers.items():
            called = msgspec.json.decode(names.get(supplier, "{}"), type=dict[str, str])
            self._add_part("deliveries", _Share(supplier, called, base, would))

    def _result(self, stocked: set[str]) -> StockComparison:
        self._add_deliveries()
        self._happened["deliveries"] = sum(len(days) for days in self._came.values())
        waste = read_waste(self._db, DaySpan(self._scenario.first, self._scenario.last), None)
        self._happened["waste"] = sum(one.cost_minor or 0 for one in waste if one.sku in stocked)
        named = tuple(dict.fromkeys(sku for rule in self._scenario.rules for sku in rule.goods.skus))
        known = read_products(self._db, named)
        ranked = sorted(self._products, key=_difference, reverse=True)
        names: tuple[FigureName, ...] = ("out_days", "lost", "stock", "waste", "deliveries")
        return StockComparison(
            self._scenario,
            tuple(self._figure(name) for name in names),
            tuple(ranked[:PRODUCTS_SHOWN]),
            len(self._products),
            len(self._days) // 7,
            *(self._censored, self._inferred, self._unordered, self._unkept, self._uncosted, self._shelf_unknown),
            int((~self._open).sum()),
            tuple(sku for sku in named if sku not in known)[:NAMED],
            tuple(sku for sku in named if sku in known and sku not in stocked)[:NAMED],
            tuple(sorted(self._unknown_suppliers))[:NAMED],
            {name: _parts_of(shares) for name, shares in self._shares.items()},
            imported=has_imported_days(self._db, self._scenario.first, self._scenario.last),
        )

    def _figure(self, name: FigureName) -> StockFigure:
        happened = self._happened[name] if name != "lost" else None
        was, would = self._base.get(name), self._would.get(name)
        if was is None or would is None:
            return StockFigure(name, happened)
        return StockFigure(name, happened, _estimate(was), _estimate(would), _estimate(would - was))


def _rules_by_product(db: Connection, scenario: StockScenario) -> Mapping[str, StockRule]:
    return {sku: rule for rule in scenario.rules for sku in goods_skus(db, rule.goods)}


def _add_to(sums: dict[FigureName, Vector], name: FigureName, values: Vector) -> None:
    sums[name] = sums[name] + values if name in sums else values.astype(float)


def _estimate(values: Vector) -> StockEstimate:
    return StockEstimate(*range_of(values))


def _parts_of(shares: list[_Share]) -> tuple[StockShare, ...]:
    """The parts that differ most, and all others combined, in whole numbers that add up to the rounded figure."""
    ranked = sorted(shares, key=lambda one: (-abs(one.would - one.base), -one.base, one.key))
    base, would = (_round_together(values) for values in ([one.base for one in ranked], [one.would for one in ranked]))
    whole = [StockShare(one.key, one.names, *sides) for one, *sides in zip(ranked, base, would, strict=True)]
    rest = whole[PRODUCTS_SHOWN:]
    others = StockShare("*", {}, sum(one.base for one in rest), sum(one.would for one in rest))
    return (*whole[:PRODUCTS_SHOWN], *([others] if rest else []))


def _round_together(values: list[float]) -> list[int]:
    """Round numbers so that they add up to the rounded total."""
    upto = [0, *(round(one) for one in accumulate(values))]
    return [after - before for before, after in pairwise(upto)]


def _policy(rule: OrderRule | None, told: bool) -> StockPolicy | None:
    if rule is None:
        return None
    return StockPolicy(round(rule.reorder * THOUSANDTHS), round(rule.up_to * THOUSANDTHS), rule.lead_days, told)


def _difference(one: StockProduct) -> tuple[bool, float, float]:
    return (one.was != one.would, abs(one.out_would.value - one.out_base.value), one.out_happened)
