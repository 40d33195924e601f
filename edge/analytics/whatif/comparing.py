"""Reprice all receipts of a period under the actual and under other rules, and total both.

Reads the ledger in a separate process (`repricer.py`).
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edge.analytics.whatif.comparison import (
    BASKETS_SHOWN,
    LINES_SHOWN,
    NAMED,
    ROWS_MOST,
    ChangedBasket,
    ChangedLine,
    Outside,
    WasAndWould,
    WhatifComparison,
    WhatifGroup,
    WhatifProgress,
    WhatifSums,
)
from edge.analytics.whatif.delivery import deliveries
from edge.analytics.whatif.demand import responses
from edge.analytics.whatif.repricing import Repriced, Rules, Unpriceable, as_taken
from edge.analytics.whatif.scenario import Scenario, days_between
from edge.analytics.whatif.worlds import World, goods_skus, other_world, promotion_facts
from edge.core.journal.rows import fact_of, facts_of_types, read_rows, read_rows_at
from edge.core.messages import RecordedEvent
from edge.core.registry import Capability, Registry
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.loyalty import events as loyalty
from edge.counter.loyalty.loyalty import EarnRule, Tier
from edge.counter.loyalty.queries import goods_of_rules, tiers
from edge.counter.loyalty.rules import points_earned
from edge.counter.till import events as till
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.settings import TillSettings
from edge.foundation.opening_hours.rules import is_open
from edge.goods.catalog.prices import price_history
from edge.goods.catalog.queries import read_products
from edge.goods.promotions import events as promotions
from edge.lib.tax.rules import TaxTable, net_of, taxes

BATCH = 25
"""Number of receipts between two checks of whether a till is in use."""
_PAPERS = """
    SELECT seq, kind, voided_by IS NOT NULL, refunded_minor <> 0 FROM receipt
    WHERE business_date BETWEEN ? AND ? AND kind IN ('sale', 'refund') ORDER BY seq
"""
_SOLD_DAYS = "SELECT DISTINCT business_date FROM receipt WHERE kind = 'sale' AND business_date BETWEEN ? AND ?"
_COSTS = """
    SELECT business_date, key, cost_minor, quantity FROM figure_day
    WHERE kind = 'product' AND business_date BETWEEN ? AND ? AND costed_minor <> 0 AND quantity > 0
"""
_EARNED = """
    SELECT purse, sum(points) FROM loyalty_move WHERE paper_register = ? AND paper = ? AND why = 'earned' GROUP BY purse
"""
_RULES = (loyalty.EarnRuleSet.__name__, loyalty.EarnRuleEnded.__name__)

Tell = Callable[[WhatifProgress], None]


def event_registry() -> Registry:
    """The registry of events needed here."""
    listed = (("till", till.EVENTS), ("promotions", promotions.EVENTS), ("loyalty", loyalty.EVENTS))
    return Registry(Capability(name=name, events=events) for name, events in listed)


def compare(
    was: Connection, would: Connection, scenario: Scenario, settings: TillSettings, tell: Tell = lambda progress: None
) -> WhatifComparison:
    """Compare a period's actual totals with totals under other rules.

    `was` and `would` must be separate readers of the same ledger.
    """
    comparing = _Comparing(was, would, scenario, settings)
    papers = was.execute(_PAPERS, (scenario.first, scenario.last)).fetchall()
    comparing.begin(papers[-1][0] if papers else 0)
    done = 0
    for some in (papers[at : at + BATCH] for at in range(0, len(papers), BATCH)):
        facts = _facts_at(was, comparing.registry, [row[0] for row in some])
        for seq, kind, voided, came_back in some:
            if voided:
                comparing.voided += 1
            elif kind == "sale":
                comparing.take_sale(facts[seq], came_back)
            else:
                comparing.take_refund(facts[seq])
        done += len(some)
        tell(WhatifProgress(done, len(papers)))
    return comparing.result(len(papers))


def _facts_at(db: Connection, registry: Registry, seqs: list[int]) -> dict[int, RecordedEvent]:
    rows = {row.seq: row for row in read_rows_at(db, seqs)}
    for seq in seqs:
        if seq not in rows:
            rows[seq] = read_rows(db, seq, 1)[0]
    return {seq: fact_of(registry, row) for seq, row in rows.items()}


class _Comparing:
    """The running totals."""

    def __init__(self, was: Connection, would: Connection, scenario: Scenario, settings: TillSettings) -> None:
        self._scenario, self._settings, self.registry = scenario, settings, event_registry()
        self._db = was
        self._was_world = World(was)
        self._would_world, touched = other_world(would, scenario)
        self._touched = touched
        self._deliveries = deliveries(was, scenario.zones)
        rules = Rules(touched, scenario.coupons, scenario.taxes, _deposits(was, scenario), self._deliveries.fee)
        self._was = Repriced(self._was_world, settings)
        self._would = Repriced(self._would_world, settings, rules)
        self._zone = ZoneInfo(settings.zone)
        self._changes: Iterator[RecordedEvent] = iter(())
        self._next: RecordedEvent | None = None
        self._points = _Points(was, scenario)
        self._costs = _UnitCosts(was, scenario)
        self._sums, self._taken_minor = WasAndWould(), 0
        self._products: dict[str, WasAndWould] = defaultdict(WasAndWould)
        self._hours: dict[str, WasAndWould] = defaultdict(WasAndWould)
        self._customers: dict[str, WasAndWould] = defaultdict(WasAndWould)
        self._names: dict[str, dict[str, str]] = {}
        self._shown: list[tuple[int, int, ChangedBasket]] = []
        self._order = count()
        self._unsure: list[int] = []
        self.voided = self._changed = self._ahead = self._negative = self._typed = self._unsure_count = 0
        self._closed, self._small = [0, 0], [0, 0]

    def begin(self, through: int) -> None:
        """Follow changes of promotions and points up to this journal row."""
        self._changes = promotion_facts(self._db, self.registry, through)
        self._next = next(self._changes, None)
        self._points.begin(facts_of_types(self._db, self.registry, _RULES, 1, through) if self._points.used else ())

    def _follow(self, seq: int) -> None:
        while self._next is not None and self._next.seq < seq:
            self._was_world.follow(self._next)
            self._would_world.follow(self._next)
            self._next = next(self._changes, None)

    def take_sale(self, fact: RecordedEvent, came_back: bool) -> None:
        self._follow(fact.seq)
        assert isinstance(fact.event, SaleCompleted)
        taken = fact.event
        would = self._price_again(fact, taken)
        if came_back:
            self._was.remember(fact.register, taken)
            self._would.remember(fact.register, would)
        self._typed += sum(line.reason != "" and not line.voided for line in taken.lines)
        if would.total_minor < 0 <= taken.total_minor:
            self._negative += 1
        points = self._points.of_sale(fact, taken, would)
        pair = WasAndWould(self._sums_of(fact, taken), self._sums_of(fact, would), 1)
        pair.was.points, pair.would.points = points
        self._add(fact, taken.price_list if taken.customer else "", pair)
        self._add_lines(fact, taken.lines, would.lines, (taken, would))
        self._taken_minor += taken.total_minor
        if self._scenario.hours and not is_open(self._scenario.hours, self._zone, fact.at_us):
            self._closed[0] += 1
            self._closed[1] += would.total_minor
        if self._deliveries.is_small(fact, would):
            self._small[0] += 1
            self._small[1] += would.total_minor
        if pair.was != pair.would:
            lines = _changed_lines(taken, would)
            self._show(fact, "sale", taken.number, (taken.total_minor, would.total_minor), points, lines)

    def take_refund(self, fact: RecordedEvent) -> None:
        self._follow(fact.seq)
        assert isinstance(fact.event, SaleRefunded)
        taken = fact.event
        would = taken
        try:
            again, other = self._was.refund(taken), self._would.refund(taken)
            if again is not None and other is not None:
                if (again.total_minor, again.net_minor) != (taken.total_minor, taken.net_minor):
                    raise Unpriceable
                would = other
        except Unpriceable:
            self._note_unsure(fact.seq)
        pair = WasAndWould(self._refund_sums(fact, taken), self._refund_sums(fact, would), 1)
        self._add(fact, taken.price_list if taken.customer else "", pair)
        for line, would_be in zip(taken.lines, would.lines, strict=True):
            if line.sku:
                mine = self._products[line.sku]
                self._names.setdefault(line.sku, line.names)
                for of, back in ((mine.was, line), (mine.would, would_be)):
                    self._add_line(of, back, self._settings.tax, -1)
                    self._cost(of, fact.business_date, back, None, -1)
                mine.quantity -= line.goods
        self._taken_minor -= taken.total_minor
        if pair.was != pair.would:
            sums = (-taken.total_minor, -would.total_minor)
            self._show(fact, "refund", taken.number, sums, (0, 0), _changed_lines(taken, would))

    def _price_again(self, fact: RecordedEvent, taken: SaleCompleted) -> SaleCompleted:
        """The sale under the other rules; unchanged if the till's rules no longer reproduce the original."""
        if taken.tax_ahead:
            self._ahead += 1
            return taken
        for at_us in dict.fromkeys((fact.at_us, taken.opened_us or fact.at_us)):
            try:
                known = as_taken(self._was.sale(fact, taken, at_us), taken)
                if known and (not self._touched or self._was.lists(taken, at_us, self._touched)):
                    return self._would.sale(fact, taken, at_us)
            except Unpriceable:
                continue
        self._note_unsure(fact.seq)
        return taken

    def _note_unsure(self, seq: int) -> None:
        self._unsure_count += 1
        if len(self._unsure) < NAMED:
            self._unsure.append(seq)

    def _sums_of(self, fact: RecordedEvent, sale: SaleCompleted) -> WhatifSums:
        sold = [line for line in sale.lines if not line.voided]
        apart = sum(line.amount_minor for line in sold if not line.is_revenue)
        off = sum(line.discount_minor for line in sold)
        net = sale.net_minor - sale.deposit_minor - apart
        tax = sum(row.tax_minor for row in sale.taxes)
        sums = WhatifSums(sale.total_minor, net, tax, off, sale.deposit_minor)
        for line in sold:
            self._cost(sums, fact.business_date, line, sale)
        for goods in sale.returns:
            for line in goods.lines:
                self._cost(sums, fact.business_date, line, sale, -1)
        return sums

    def _refund_sums(self, fact: RecordedEvent, event: SaleRefunded) -> WhatifSums:
        apart = sum(line.amount_minor for line in event.lines if not line.is_revenue)
        tax = sum(row.tax_minor for row in event.taxes)
        net = event.net_minor - event.deposit_minor - apart
        sums = WhatifSums(-event.total_minor, -net, -tax, 0, -event.deposit_minor)
        for line in event.lines:
            self._cost(sums, fact.business_date, line, None, -1)
        return sums

    def _cost(
        self,
        sums: WhatifSums,
        day: str,
        line: RecordedLine,
        sale: SaleCompleted | None,
        sign: int = 1,
    ) -> None:
        cost = self._costs.of(day, line.sku, line.goods) if line.kind == "goods" else None
        if cost is None:
            return
        tax = sale.tax or self._settings.tax if sale else self._settings.tax
        sums.cost += sign * cost.minor
        less, more = cost.minor - cost.low, cost.high - cost.minor
        sums.cost_less += less if sign > 0 else more
        sums.cost_more += more if sign > 0 else less
        sums.costed += sign * net_of(tax, line.tax_class, line.amount_minor)

    def _add(self, fact: RecordedEvent, customers: str, pair: WasAndWould) -> None:
        hour = datetime.fromtimestamp(fact.at_us / 1e6, tz=self._zone).hour
        self._sums.add(pair)
        self._hours[f"{hour:02}"].add(pair)
        self._customers[customers].add(pair)

    def _add_lines(
        self,
        fact: RecordedEvent,
        taken: tuple[RecordedLine, ...],
        would: tuple[RecordedLine, ...],
        sales: tuple[SaleCompleted, SaleCompleted],
    ) -> None:
        for one, other in zip(taken, would, strict=True):
            if one.voided or not one.sku or one.kind != "goods":
                continue
            mine = self._products[one.sku]
            self._names.setdefault(one.sku, one.names)
            mine.count += 1
            mine.quantity += one.goods
            for sums, line, sale in ((mine.was, one, sales[0]), (mine.would, other, sales[1])):
                sums.discount += line.discount_minor
                self._add_line(sums, line, sale.tax or self._settings.tax)
                self._cost(sums, fact.business_date, line, sale)

    @staticmethod
    def _add_line(sums: WhatifSums, line: RecordedLine, table: TaxTable, sign: int = 1) -> None:
        """Add a line's revenue and tax to `sums`.

        If the receipt rounds its tax once, the line's tax is accurate to a cent.
        """
        minor = line.amount_minor
        net = net_of(table, line.tax_class, minor)
        tax = minor - net
        if not table.inclusive and table.find(line.tax_class):
            tax = sum(row.tax_minor for row in taxes(table, ((line.tax_class, minor),)))
        sums.total += sign * minor
        sums.net += sign * net
        sums.tax += sign * tax

    def _show(
        self,
        fact: RecordedEvent,
        kind: str,
        number: int,
        minor: tuple[int, int],
        points: tuple[int, int],
        lines: tuple[ChangedLine, ...],
    ) -> None:
        self._changed += 1
        shown = ChangedBasket(fact.seq, kind, fact.register, number, fact.at_us, *minor, *points, lines)  # type: ignore[arg-type]
        weight = (abs(minor[1] - minor[0]), -next(self._order), shown)
        if len(self._shown) < BASKETS_SHOWN:
            heapq.heappush(self._shown, weight)
        else:
            heapq.heappushpop(self._shown, weight)

    def result(self, papers: int) -> WhatifComparison:
        scenario = self._scenario
        sold_days = {day for (day,) in self._db.execute(_SOLD_DAYS, (scenario.first, scenario.last))}
        known = read_products(self._db, scenario.skus)
        later = [sku for sku in scenario.skus if sku in known and self._is_priced_later(sku)]
        return WhatifComparison(
            scenario,
            self._taken_minor,
            papers - self.voided,
            self._sums,
            _product_groups(self._products, self._names),
            _groups(self._hours),
            _groups(self._customers),
            self._changed,
            tuple(shown for *_, shown in sorted(self._shown, key=lambda one: one[:2], reverse=True)),
            voided=self.voided,
            unsure=self._unsure_count,
            unsure_seqs=tuple(self._unsure),
            ahead=self._ahead,
            negative=self._negative,
            typed=self._typed,
            gaps=tuple(day for day in days_between(scenario.first, scenario.last) if day not in sold_days),
            unknown=tuple(sku for sku in scenario.skus if sku not in known)[:NAMED],
            later=tuple(later)[:NAMED],
            unsold=tuple(
                sku for sku in scenario.skus if sku in known and sku not in later and sku not in self._products
            )[:NAMED],
            closed=Outside(*self._closed),
            small=Outside(*self._small),
            responses=responses(self._db, scenario, self._products, self._names),
        )

    def _is_priced_later(self, sku: str) -> bool:
        """Whether a product had no price yet at the end of the period."""
        begun = [entry.from_us for entry in price_history(self._db, sku)]
        if not begun or sku in self._products:
            return False
        return str(datetime.fromtimestamp(min(begun) / 1e6, tz=self._zone).date()) > self._scenario.last


class _Points:
    """Points earned on members' sales under the actual and other rules.

    Sales without points count as non-members' sales.
    """

    def __init__(self, db: Connection, scenario: Scenario) -> None:
        self._db, self._scenario = db, scenario
        self.used = bool(scenario.earn) or db.execute("SELECT EXISTS (SELECT 1 FROM loyalty_move)").fetchone()[0] == 1
        self._changes: list[RecordedEvent] = []
        self._rules: list[dict[str, EarnRule]] = [{}]
        self._tiers = (None, *tiers(db)) if self.used else (None,)

    def begin(self, facts: Iterable[RecordedEvent]) -> None:
        for fact in facts:
            rules = dict(self._rules[-1])
            match fact.event:
                case loyalty.EarnRuleSet(rule):
                    rules[rule.id] = rule
                case loyalty.EarnRuleEnded(id):
                    rules.pop(id, None)
            self._changes.append(fact)
            self._rules.append(rules)

    def of_sale(self, fact: RecordedEvent, taken: SaleCompleted, would: SaleCompleted) -> tuple[int, int]:
        """The points that a sale earned in all programmes, and the points it would have earned."""
        if not (self.used and taken.customer):
            return 0, 0
        recorded: dict[str, int] = dict(self._db.execute(_EARNED, (fact.register, taken.number)).fetchall())
        was = sum(recorded.values())
        rules = self._rules[bisect_right(self._changes, fact.seq, key=lambda one: one.seq)]
        other = {id: rule for id, rule in rules.items() if id not in self._scenario.without_earn}
        other |= {rule.id: rule for rule in self._scenario.earn}
        if not recorded or (other == rules and taken.lines == would.lines):
            return was, was
        counts = goods_of_rules(self._db, taken.lines)

        def points_of(sale: SaleCompleted, by: Mapping[str, EarnRule], tier: Tier | None) -> dict[str, int]:
            return points_earned(sale.lines, by.values(), counts, tier)

        for tier in self._tiers:
            if points_of(taken, rules, tier) == recorded:
                return was, sum(points_of(would, other, tier).values())
        return was, was


class _Cost(NamedTuple):
    """The cost of goods, with lower and upper bounds."""

    minor: int
    low: int
    high: int


class _UnitCosts:
    """A product's unit cost on a day.

    If unknown, it is the mean of the period's known days, bounded by their lowest and highest.
    """

    def __init__(self, db: Connection, scenario: Scenario) -> None:
        self._days: dict[tuple[str, str], tuple[int, int]] = {}
        days = defaultdict[str, list[tuple[int, int]]](list)
        for day, sku, cost, quantity in db.execute(_COSTS, (scenario.first, scenario.last)):
            self._days[day, sku] = (cost, quantity)
            days[sku].append((cost, quantity))
        self._known = dict(days)

    def of(self, day: str, sku: str, quantity: int) -> _Cost | None:
        if known := self._days.get((day, sku)):
            minor = round(known[0] * quantity / known[1])
            return _Cost(minor, minor, minor)
        if not (others := self._known.get(sku)):
            return None
        each = [round(cost * quantity / units) for cost, units in others]
        mean = round(sum(cost for cost, _ in others) * quantity / sum(units for _, units in others))
        return _Cost(mean, min(*each, mean), max(*each, mean))


def _deposits(db: Connection, scenario: Scenario) -> dict[str, int]:
    found: dict[str, int] = {}
    for rule in scenario.deposits:
        keys = goods_skus(db, rule.goods) if rule.goods.keys else ("",)
        found |= dict.fromkeys(keys, rule.deposit_minor)
    return found


def _groups(found: Mapping[str, WasAndWould]) -> tuple[WhatifGroup, ...]:
    return tuple(WhatifGroup(key, {}, found[key]) for key in sorted(found))


def _product_groups(found: Mapping[str, WasAndWould], names: Mapping[str, dict[str, str]]) -> tuple[WhatifGroup, ...]:
    def differs(sku: str) -> tuple[int, int, str]:
        sums = found[sku]
        return -abs(sums.would.total - sums.was.total), -sums.was.total, sku

    ranked = sorted(found, key=differs)
    rest = WasAndWould()
    for sku in ranked[ROWS_MOST:]:
        rest.add(found[sku])
    shown = tuple(WhatifGroup(sku, names[sku], found[sku]) for sku in ranked[:ROWS_MOST])
    return (*shown, WhatifGroup("*", {}, rest)) if rest.count else shown


def _changed_lines(taken: SaleCompleted | SaleRefunded, would: SaleCompleted | SaleRefunded) -> tuple[ChangedLine, ...]:
    called = would.promotions if isinstance(would, SaleCompleted) else {}
    return tuple(
        ChangedLine(
            one.names,
            one.quantity,
            one.unit,
            one.amount_minor + one.deposits_minor,
            other.amount_minor + other.deposits_minor,
            tuple(called[off.promotion] for off in other.discounts if off.promotion in called),
        )
        for one, other in zip(taken.lines, would.lines, strict=True)
        if not one.voided
    )[:LINES_SHOWN]
