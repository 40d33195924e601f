"""Random histories of a workshop beside a plain model of it: bills set and refused, goods received, planned, begun,
changed, reported in parts with scrap, closed and cancelled; behind each step the same is there, at the same cost.

    ./run bench production
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from fractions import Fraction
from math import ceil
from pathlib import Path

from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.checks import production_stock_check
from edge.analytics.production.commands import CancelWork, PlanWork, ReportWork, SetBom, StartWork
from edge.analytics.production.products import MadeGoods
from edge.analytics.production.queries import production_can_make, production_needs, read_work
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import average_cost_micro, read_stock
from edge.lib.units.quantity import LIMIT
from tests.shop_fixture import SYSTEM, answered, done, open_shop

TODAY = "2027-01-15"
PIECES = frozenset({"s2", "s5", "s8"})
KITS = {"kit": ("s6", "s7")}
"""By what they are called behind the name of their history (`7-s2`)."""


def bare(sku: str) -> str:
    return sku.rpartition("-")[2]


def opened(sku: str) -> tuple[str, ...]:
    """A kit's parts, or the product itself."""
    name = bare(sku)
    return tuple(f"{sku.removesuffix(name)}{part}" for part in KITS[name]) if name in KITS else (sku,)


def skus_of(name: str = "") -> tuple[str, ...]:
    """The products of a history but for its kit; `name` tells them from those of others in the same shop."""
    return tuple(f"{name}s{n}" for n in range(10))


def products_of(name: str = "") -> tuple[Product, ...]:
    kit = f"{name}kit"
    return (
        *(Product(sku, {"en": sku}, unit="piece" if bare(sku) in PIECES else "kg") for sku in skus_of(name)),
        Product(kit, {"en": kit}, parts=tuple(BundlePart(part, 2_000) for part in opened(kit))),
    )


BEGINS = 5
"""Times that something comes and a bill is written before a short history begins."""
QUARTER = 250
"""Thousandths of a minor unit by which a value may be off, of all the roundings behind it."""


class Model:
    """What a careful person would write down: on hand, averages in minor units for a unit, bills and orders."""

    def __init__(self) -> None:
        self.there: Counter[str] = Counter()
        self.average: dict[str, Fraction] = {}
        self.bills: dict[str, Bom] = {}
        self.orders: dict[int, Order] = {}

    def parts(self, bom: Bom) -> dict[str, Fraction]:
        """Units of each component for a unit, kits as their parts."""
        found: dict[str, Fraction] = {}
        for line in bom.lines:
            one = Fraction(line.quantity, bom.makes) * 1000 / bom.yield_permille
            for sku in opened(line.sku):
                found[sku] = found.get(sku, Fraction(0)) + (2 * one if sku != line.sku else one)
        return found

    def needs(self, bom: Bom, quantity: int) -> dict[str, int]:
        return {sku: up(sku, amount * quantity) for sku, amount in self.parts(bom).items()}

    def circles(self, bom: Bom) -> bool:
        """Whether something would be made of itself."""
        edges = {sku: set(self.parts(one)) for sku, one in {**self.bills, bom.sku: bom}.items()}
        seen, edge = set[str](), {bom.sku}
        while edge:
            edge = {part for sku in edge for part in edges.get(sku, ())} - seen
            seen |= edge
        return bom.sku in seen

    def all_needs(self, sku: str, quantity: int, free: dict[str, int]) -> dict[str, int]:
        """What has to be bought to make so much, with what is free first."""
        left, lacking, wanted = dict(free), dict[str, int](), Counter({sku: quantity})
        left[sku] = 0
        below = {one: set(self.parts(bom)) for one, bom in self.bills.items()}
        while wanted:
            # next comes what is in nothing else that is still wanted
            deep = {part for one in wanted for part in reached(below, one)}
            one = min(set(wanted) - deep)
            short = up(one, max(0, wanted.pop(one) - max(0, left.get(one, 0))))
            if short and one in self.bills:
                wanted.update(self.needs(self.bills[one], short))
            elif short:
                lacking[one] = short
        return lacking


class Order:
    """A work order as it is written down: `held` of each component, and what that is worth in minor units."""

    def __init__(self, bom: Bom, quantity: int, need: dict[str, int]) -> None:
        self.bom, self.quantity, self.need = bom, quantity, need
        self.state, self.good, self.scrap = "planned", 0, 0
        self.held: Counter[str] = Counter()
        self.worth: dict[str, Fraction] = {}
        self.taken = self.brought = Fraction(0)

    @property
    def done(self) -> int:
        return self.good + self.scrap


def up(sku: str, amount: Fraction | int) -> int:
    step = 1000 if bare(sku) in PIECES else 1
    return ceil(Fraction(amount) / step) * step


def reached(below: dict[str, set[str]], sku: str) -> set[str]:
    found, edge = set[str](), set(below.get(sku, ()))
    while edge:
        found |= edge
        edge = {part for one in edge for part in below.get(one, ())} - found
    return found


class History:
    """One shop and its model. `name`: of its goods, where the shop has those of other histories too."""

    def __init__(self, shop: CommandBus, seed: int, name: str = "") -> None:
        self.name, self.skus = name, skus_of(name)
        self.shop, self.model, self.random = shop, Model(), random.Random(seed)
        self.differences: list[str] = []
        self.codes: Counter[str] = Counter()

    def differs(self, what: str, ours: object, model: object) -> None:
        if ours != model:
            self.differences.append(f"{what}: {ours}, by the model {model}")

    async def step(self) -> None:
        kinds = (self.receive, self.receive, self.set_bill, self.plan, self.plan, self.start, self.report, self.report)
        await self.random.choice((*kinds, self.report, self.replan, self.close, self.cancel))()
        for sku in self.skus:
            self.differs(f"on hand of {sku}", read_stock(self.shop.reader, sku), self.model.there[sku])
            ours, model = average_cost_micro(self.shop.reader, sku) or 0, self.model.average.get(sku, Fraction(0))
            if abs(Fraction(ours, 1_000_000) - model) * self.model.there[sku] > QUARTER:
                self.differences.append(f"average of {sku}: {ours / 1e6}, by the model {float(model)}")

    async def receive(self) -> None:
        sku, cost = self.random.choice(self.skus), self.random.randrange(1, 500)
        quantity = self.random.randrange(1, 200) * 1000 + (0 if bare(sku) in PIECES else self.random.randrange(1000))
        await done(self.shop, RecordMovement(sku, "in", units=quantity, unit_cost_minor=cost), SYSTEM)
        self._in(sku, quantity, Fraction(cost * quantity, 1000))

    def _in(self, sku: str, quantity: int, worth: Fraction) -> None:
        was = self.model.there[sku]
        known = self.model.average.get(sku, Fraction(0)) * was / 1000
        self.model.there[sku] += quantity
        self.model.average[sku] = (known + worth) * 1000 / (was + quantity)

    async def set_bill(self) -> None:
        some = self.random.sample((*self.skus, f"{self.name}kit"), self.random.randrange(1, 4))
        lines = tuple(BomLine(sku, self.random.randrange(1, 3_000)) for sku in some)
        sku, makes = self.random.choice(self.skus[:6]), self.random.choice((1_000, 3_000, 7_000))
        bom = Bom(sku, sku, lines, makes, self.random.choice((1_000, 970, 333)), self.random.choice((0, 7)))
        outcome = await self.shop.do(SetBom(bom), SYSTEM)
        circles = self.model.circles(bom)
        self.differs(f"circle of {bom}", isinstance(outcome, Refused), circles)
        if not circles:
            self.model.bills[sku] = bom

    async def plan(self) -> None:
        sku = self.random.choice(self.skus)
        quantity = up(sku, self.random.randrange(1, 9_000))
        outcome = await self.shop.do(PlanWork(sku, quantity), SYSTEM)
        bom = self.model.bills.get(sku)
        if bom is None:
            self.differs(f"plan of {sku}", outcome, Refused("no_bom", {"sku": sku}))
            return
        assert isinstance(outcome, Done), outcome
        self.model.orders[outcome.result.number] = Order(bom, quantity, self.model.needs(bom, quantity))
        self.looked_at(sku)

    async def replan(self) -> None:
        """More or less of an order, also of one that is begun: by the bill that it was planned by."""
        if not (found := self.some_order()):
            return
        number, order = found
        sku = order.bom.sku
        quantity = up(sku, self.random.randrange(1, 9_000))
        outcome = await self.shop.do(PlanWork(sku, quantity, number=number), SYSTEM)
        may = order.state in ("planned", "in_progress") and quantity >= order.done
        self.differs(f"replan of {number} to {quantity}", isinstance(outcome, Done), may)
        if may:
            order.quantity, order.need = quantity, self.model.needs(order.bom, quantity)

    def looked_at(self, sku: str) -> None:
        """How much could be made, and what has to be bought, against trying it."""
        find = MadeGoods(self.shop.reader, TODAY)
        free = {one: max(0, find.there(one)) for one in self.skus}
        most = production_can_make(self.shop.reader, sku, TODAY)
        for quantity, enough in ((most, True), (up(sku, most + 1), False)):
            needs = self.model.needs(self.model.bills[sku], quantity)
            there = all(free[one] >= need for one, need in needs.items())
            self.differs(f"{quantity} of {sku} can be made", enough, there)
        most = production_can_make(self.shop.reader, sku, TODAY, in_all=True)
        for quantity, enough in ((most, True), (up(sku, most + 1), False))[: 1 if most + 1 > LIMIT else 2]:
            lacking = self.model.all_needs(sku, quantity, free)
            self.differs(f"{quantity} of {sku} can be made in all", enough, not lacking)
        found = production_needs(self.shop.reader, sku, TODAY, 5_000)
        self.differs(f"to buy for {sku}", found and found.buy, self.model.all_needs(sku, 5_000, free))

    def some_order(self) -> tuple[int, Order] | None:
        return self.random.choice(list(self.model.orders.items())) if self.model.orders else None

    async def start(self) -> None:
        if not (found := self.some_order()):
            return
        number, order = found
        outcome = await answered(self.shop, StartWork(number), SYSTEM)
        if order.state != "planned":
            self.differs(f"start of {number}", isinstance(outcome, Refused), True)
            return
        enough = all(self.model.there[sku] >= need for sku, need in order.need.items())
        self.differs(f"start of {number}", isinstance(outcome, Done), enough)
        if enough:
            self._begun(order)

    def _begun(self, order: Order) -> None:
        order.state = "in_progress"
        for sku, need in order.need.items():
            self._taken(order, sku, need)

    def _taken(self, order: Order, sku: str, quantity: int) -> None:
        self.model.there[sku] -= quantity
        order.held[sku] += quantity
        worth = self.model.average.get(sku, Fraction(0)) * quantity / 1000
        order.worth[sku] = order.worth.get(sku, Fraction(0)) + worth

    async def report(self) -> None:
        if not (found := self.some_order()):
            return
        number, order = found
        good = self.random.choice((0, up(order.bom.sku, self.random.randrange(1, order.quantity + 1))))
        scrap = self.random.choice((0, 0, up(order.bom.sku, order.quantity // 10)))
        outcome = await answered(self.shop, ReportWork(number, good, scrap), SYSTEM)
        code = self._refused(order, good, scrap)
        self.differs(f"report of {number}", getattr(outcome, "code", ""), code)
        self.codes[code] += 1
        if code:
            return
        if order.state == "planned":
            self._begun(order)
        worth = Fraction(order.bom.extra_cost_minor * (good + scrap), 1000)
        for sku, need in order.need.items():
            after = up(sku, Fraction(need * (order.done + good + scrap), order.quantity))
            took = after - up(sku, Fraction(need * order.done, order.quantity))
            if took > order.held[sku]:
                self._taken(order, sku, took - order.held[sku])
            if took:
                share = order.worth[sku] * took / order.held[sku]
                worth += share
                order.worth[sku] -= share
                order.held[sku] -= took
        order.good, order.scrap = order.good + good, order.scrap + scrap
        brought = self._cost(number, order, worth)
        if good:
            self._in(order.bom.sku, good, brought)
        if order.done >= order.quantity:
            self._back(order, "completed")

    def _cost(self, number: int, order: Order, worth: Fraction) -> Fraction:
        """What the goods came in at: to the minor unit what the model says that went into them."""
        ours = read_work(self.shop.reader, number)
        assert ours is not None
        taken, brought = Fraction(ours.taken_milli, 1000), Fraction(ours.brought_milli, 1000)
        taken, brought = taken - order.taken, brought - order.brought
        order.taken, order.brought = order.taken + taken, order.brought + brought
        if abs(taken - worth) * 1000 > QUARTER or abs(brought - taken) > Fraction(1, 2):
            self.differences.append(f"cost of {number}: {float(taken)}, {float(brought)}, by the model {float(worth)}")
        return brought

    def _refused(self, order: Order, good: int, scrap: int) -> str:
        """The code with which the model refuses a report; "": it takes it."""
        if order.state not in ("planned", "in_progress"):
            return f"work_{order.state}"
        if not good + scrap:
            return "quantity_zero"
        made = order.done + good + scrap
        if made > 2 * order.quantity:
            return "more_than_double"
        left, held = dict(self.model.there), dict(order.held)
        for sku, need in order.need.items():
            if order.state == "planned":
                if left[sku] < need if sku in left else need:
                    return "components_short"
                left[sku] = left.get(sku, 0) - need
                held[sku] = need
            took = up(sku, Fraction(need * made, order.quantity)) - up(sku, Fraction(need * order.done, order.quantity))
            if took - held.get(sku, 0) > left.get(sku, 0):
                return "components_short"
        return ""

    def _back(self, order: Order, state: str) -> None:
        for sku, quantity in order.held.items():
            self.model.there[sku] += quantity
        order.held, order.worth, order.state = Counter(), {}, state

    async def close(self) -> None:
        if not (found := self.some_order()):
            return
        number, order = found
        outcome = await answered(self.shop, ReportWork(number, 0, close=True), SYSTEM)
        self.differs(f"close of {number}", isinstance(outcome, Done), order.state == "in_progress")
        if order.state == "in_progress":
            self._back(order, "completed")

    async def cancel(self) -> None:
        if not (found := self.some_order()):
            return
        number, order = found
        outcome = await self.shop.do(CancelWork(number), SYSTEM)
        may = order.state in ("planned", "in_progress") and not order.done
        self.differs(f"cancel of {number}", isinstance(outcome, Done), may)
        if may:
            self._back(order, "cancelled")

    def end(self) -> None:
        """What is looked at once, behind all of it."""
        for number, order in self.model.orders.items():
            ours = read_work(self.shop.reader, number)
            assert ours is not None
            self.differs(f"order {number}", (ours.state, ours.good, ours.scrap), (order.state, order.good, order.scrap))
            self.differs(
                f"held by {number}",
                {one.sku: one.held_quantity for one in ours.components if one.held_quantity},
                +order.held,
            )


def looked_through(shop: CommandBus) -> list[str]:
    """What a shop says of itself that is not as it should be, behind all that was lived in it."""
    found = [f"check: {one}" for one in production_stock_check(shop.reader, 0)]
    return [*found, *(f"verify: {one}" for one in verify(shop.reader, shop.registry).faults)]


async def begun(shop: CommandBus, seed: int, name: str = "", begins: int = 10) -> History:
    """A workshop with goods and bills, of which nothing is made yet."""
    await done(shop, SetProducts(products_of(name)), SYSTEM)
    history = History(shop, seed, name)
    for _ in range(begins):
        await history.receive()
        await history.set_bill()
    return history


async def live(seed: int, steps: int) -> History:
    """A history of so many steps; what differs is in it."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            history = await begun(shop, seed)
            for _ in range(steps):
                await history.step()
            history.end()
            history.differences += looked_through(shop)
    return history


async def live_together(seeds: range, steps: int) -> tuple[list[str], Counter[str]]:
    """A history a seed, one behind the other in one shop, each with goods of its own: what differs, with whose it is,
    and what became of reports. A shop of its own for each takes longer to open than it lives."""
    found, codes = list[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        async with open_shop(Path(folder)) as shop:
            for seed in seeds:
                history = await begun(shop, seed, f"{seed}-", BEGINS)
                for _ in range(steps):
                    await history.step()
                history.end()
                found += [f"seed {seed}: {one}" for one in history.differences]
                codes += history.codes
            found += [f"seeds {seeds[0]} to {seeds[-1]}: {one}" for one in looked_through(shop)]
    return found, codes
