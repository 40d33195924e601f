"""Bills of materials: components needed, costs, and quantities that can be made. Pure and exact.

Amounts are fractions: thousandths of a component per thousandth of product. They're rounded up once, when an order is
planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal

import msgspec

from edge.analytics.production.bom import WHOLE_PERMILLE, Bom
from edge.core.messages import Refusal
from edge.goods.catalog.product import Product, content_of
from edge.goods.stock.moving.costs import MICRO
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

DEPTH_MOST = 8
"""Maximum nesting depth of bills of material."""
State = Literal["planned", "in_progress", "completed", "cancelled"]
OPEN: tuple[State, ...] = ("planned", "in_progress")
NEAR = 1e-9
"""The relative difference up to which two amounts are equal."""
OFF_PERCENT = 10
"""Deviation of a component from its bill, in percent, above which confirmation is requested."""


class MakeableProduct(msgspec.Struct, frozen=True):
    """A product for production: `whole` if counted in pieces, and its current `bom`, if any."""

    product: Product
    whole: bool = False
    retired: bool = False
    bom: Bom | None = None

    @property
    def step(self) -> int:
        """The smallest quantity, in thousandths."""
        return THOUSANDTHS if self.whole else 1

    @property
    def is_made(self) -> bool:
        """Whether it's made from a bill of materials; a kit never is."""
        return self.bom is not None and not self.product.parts


Find = Callable[[str], MakeableProduct | None]
Amounts = dict[str, Fraction]


def round_up(amount: Fraction | int, step: int) -> int:
    """Thousandths rounded up to the next `step`.

    >>> round_up(Fraction(2_500, 3), 1), round_up(Fraction(2_500, 3), 1000)
    (834, 1000)
    """
    return -(-amount // step) * step


def components(bom: Bom, find: Find) -> Amounts:
    """The components of one thousandth of a product, with kits expanded and duplicates added.

    Raises `Refusal` if a component is unusable.
    """
    found: Amounts = {}
    share = Fraction(WHOLE_PERMILLE, bom.makes * bom.yield_permille)
    for line in bom.lines:
        goods = _require_product(find, line.sku)
        amount = share * line.quantity
        if line.measure:
            content = content_of(goods.product, line.measure)
            if not content:
                raise Refusal("no_size", {"sku": line.sku, "measure": line.measure})
            amount = amount * THOUSANDTHS / content
        _add(found, goods, amount, find, 0)
    return found


def _add(found: Amounts, goods: MakeableProduct, amount: Fraction, find: Find, depth: int) -> None:
    """Add a component, or a kit's parts instead of it."""
    if depth > DEPTH_MOST:
        raise Refusal("bom_deep", {"sku": goods.product.sku, "most": DEPTH_MOST})
    if not goods.product.parts:
        if goods.retired:
            raise Refusal("bom_retired", {"sku": goods.product.sku})
        found[goods.product.sku] = found.get(goods.product.sku, Fraction(0)) + amount
        return
    for part in goods.product.parts:
        inner = _require_product(find, part.sku)
        whole = content_of(inner.product, part.measure) if part.measure else THOUSANDTHS
        if not whole:
            raise Refusal("no_size", {"sku": part.sku, "measure": part.measure})
        _add(found, inner, amount * part.gross / whole, find, depth + 1)


def parts_of(goods: MakeableProduct, find: Find) -> Amounts:
    """The parts taken from stock for one unit of a product that is assembled when sold, with kits expanded. Raises
    `Refusal` if a part is retired, unknown or without a size.
    """
    found: Amounts = {}
    _add(found, goods, Fraction(1), find, 0)
    return found


def _require_product(find: Find, sku: str) -> MakeableProduct:
    goods = find(sku)
    if goods is None:
        raise Refusal("unknown_sku", {"sku": sku})
    return goods


def require_tree(sku: str, edges: Mapping[str, Iterable[str]]) -> None:
    """Raise `Refusal` if a product contains itself at any level, or is nested too deeply.

    `edges`: every product's components.
    """
    above: dict[str, set[str]] = {}
    for parent, children in edges.items():
        for child in children:
            above.setdefault(child, set()).add(parent)
    deep = _height(sku, edges, sku, set(), {}) + _height(sku, above, sku, set(), {})
    if deep > DEPTH_MOST:
        raise Refusal("bom_deep", {"sku": sku, "most": DEPTH_MOST})


def _height(sku: str, edges: Mapping[str, Iterable[str]], asked: str, open: set[str], known: dict[str, int]) -> int:
    """The number of levels below a product. Raises `Refusal` if the product contains itself."""
    if sku in open:
        raise Refusal("bom_circle", {"sku": asked, "by": sku})
    if sku not in known:
        open.add(sku)
        known[sku] = max((1 + _height(child, edges, asked, open, known) for child in edges.get(sku, ())), default=0)
        open.remove(sku)
    return known[sku]


Part = tuple[str, int, int]
"""A component and its quantity per quantity made: (SKU, component thousandths, product thousandths)."""


class Structure(msgspec.Struct, frozen=True):
    """The components of some products.

    Each product comes after the products that use it, with its components (if made) and its smallest quantity.
    """

    parts: Mapping[str, tuple[Part, ...]]
    step: dict[str, int]

    def needs(self, wanted: Mapping[str, int], there: Callable[[str], int]) -> tuple[dict[str, int], dict[str, int]]:
        """The quantity needed of each product, and the shortage. Stock of the wanted products counts only for their use
        in other products. Each order is rounded once.
        """
        needs, lacking = dict(wanted), dict[str, int]()
        for sku, step in self.step.items():
            asked = wanted.get(sku, 0)
            beyond = needs.get(sku, 0) - asked
            short = round_up(asked + (max(0, beyond - max(0, there(sku))) if beyond else 0), step)
            if short:
                lacking[sku] = short
                for part, amount, of in self.parts.get(sku, ()):
                    least = self.step[part]
                    needs[part] = needs.get(part, 0) - (-amount * short // (of * least)) * least
        return needs, lacking

    def near(self, sku: str, there: Callable[[str], int], most: int) -> float:
        """Estimate how much of a product can be made, up to `most`; exact without rounding.

        As shortages grow at least linearly, Newton's method from above terminates.
        """
        amount = float(most)
        while True:
            fits = min(self._fits(sku, there, amount), default=amount)
            if fits >= amount * (1 - NEAR) or fits < 1:
                return max(0.0, fits)
            amount = fits

    def _fits(self, sku: str, there: Callable[[str], int], amount: float) -> Iterator[float]:
        """Yield, for each bought product in shortage, an estimate of the quantity that can be made, assuming constant
        growth.
        """
        needs, growth = {sku: amount}, {sku: 1.0}
        for one in self.step:
            short = needs.get(one, 0.0) - (max(0, there(one)) if one != sku else 0)
            if short <= 0:
                continue
            if one not in self.parts:
                yield amount - short / growth[one]
            for part, takes, of in self.parts.get(one, ()):
                needs[part] = needs.get(part, 0.0) + short * takes / of
                growth[part] = growth.get(part, 0.0) + growth[one] * takes / of


class Structures:
    """Component structures for queries about one moment, each built once."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._parts: dict[str, tuple[Part, ...]] = {}

    def of(self, wanted: Iterable[str]) -> Structure:
        """The structure of these products down to bought ones. Raises `Refusal` for a circle, excessive depth or a
        missing product."""
        parts: dict[str, tuple[Part, ...]] = {}
        done: dict[str, int] = {}
        open: set[str] = set()

        def visit(sku: str, depth: int) -> None:
            if sku in done:
                return
            if sku in open:
                raise Refusal("bom_circle", {"sku": sku, "by": sku})
            if depth > DEPTH_MOST:
                raise Refusal("bom_deep", {"sku": sku, "most": DEPTH_MOST})
            goods = _require_product(self._find, sku)
            if goods.is_made and goods.bom:
                open.add(sku)
                parts[sku] = self._parts_of(sku, goods.bom)
                for part, _, _ in parts[sku]:
                    visit(part, depth + 1)
                open.remove(sku)
            done[sku] = goods.step

        for sku in wanted:
            visit(sku, 0)
        return Structure(parts, dict(reversed(done.items())))

    def _parts_of(self, sku: str, bom: Bom) -> tuple[Part, ...]:
        if sku not in self._parts:
            amounts = components(bom, self._find).items()
            self._parts[sku] = tuple((part, amount.numerator, amount.denominator) for part, amount in amounts)
        return self._parts[sku]


class Exploded(msgspec.Struct, frozen=True):
    """All quantities needed, in thousandths.

    `gross`: needs at every level, as if nothing were in stock; `make`: quantities in order of production, including the
    requested products; `buy`: bought products that aren't in stock.
    """

    gross: dict[str, int]
    make: dict[str, int]
    buy: dict[str, int]


def explode(wanted: Mapping[str, int], find: Find, there: Callable[[str], int]) -> Exploded:
    """Everything needed to make `wanted`; components in stock are used first."""
    structure = Structures(find).of(wanted)
    gross, _ = structure.needs(wanted, lambda sku: 0)
    _, lacking = structure.needs(wanted, there)
    return Exploded(
        {sku: need - wanted.get(sku, 0) for sku, need in gross.items() if need > wanted.get(sku, 0)},
        {sku: lacking[sku] for sku in reversed(structure.step) if sku in structure.parts and sku in lacking},
        {sku: short for sku, short in lacking.items() if sku not in structure.parts},
    )


def can_make(goods: MakeableProduct, find: Find, there: Callable[[str], int]) -> int:
    """The thousandths of a product that its direct components in stock suffice for; 0 without a bill."""
    if goods.bom is None or not goods.is_made:
        return 0
    most: int | None = None
    for part, amount in components(goods.bom, find).items():
        step = _require_product(find, part).step
        of_it = max(0, there(part)) // step * step * amount.denominator // amount.numerator
        most = of_it if most is None else min(most, of_it)
    return (most or 0) // goods.step * goods.step


def can_make_in_all(
    goods: MakeableProduct, structures: Structures, there: Callable[[str], int], most: int = LIMIT
) -> int:
    """The quantity of a product, up to `most` thousandths, that can be made with its components, using their stock
    first. Searched from an estimate in doubling steps."""
    sku, step = goods.product.sku, goods.step
    if not goods.is_made:
        return 0
    structure = structures.of([sku])

    def possible(steps: int) -> bool:
        _, lacking = structure.needs({sku: steps * step}, there)
        return all(part in structure.parts for part in lacking)

    end = most // step + 1
    low = min(int(structure.near(sku, there, most) // step), end - 1)
    high, stride = low + 1, 1
    while low and not possible(low):
        low, high, stride = max(0, low - stride), low, 2 * stride
    while stride == 1 and high < end and possible(high):
        low, high = high, min(end, 2 * high - low + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if possible(middle) else (low, middle)
    return low * step


class UnitCost(msgspec.Struct, frozen=True):
    """The cost of making a unit, in millionths of a minor unit. `unknown`: components without known cost, which count
    as 0.
    """

    micro: int
    unknown: tuple[str, ...] = ()


class UnitCosts:
    """Rolled-up costs in millionths of a minor unit, each calculated once.

    A component costs its average, or its own rolled-up cost if it's made and has no average.
    """

    def __init__(self, find: Find, average: Callable[[str], int | None]) -> None:
        self._find, self._average = find, average
        self._known: dict[str, tuple[Fraction, tuple[str, ...]]] = {}

    def of(self, goods: MakeableProduct) -> UnitCost:
        """The cost of making one unit from its bill of materials."""
        micro, unknown = self._making_cost(goods, 0)
        return UnitCost(round(micro), unknown)

    def sum_of(self, parts: Mapping[str, Fraction]) -> UnitCost:
        """The total cost of these quantities."""
        total, unknown = Fraction(0), dict[str, None]()
        for part, amount in parts.items():
            cost, missing = self._part_cost(part, 1)
            total += amount * cost
            unknown.update(dict.fromkeys(missing))
        return UnitCost(round(total), tuple(unknown))

    def _making_cost(self, goods: MakeableProduct, depth: int) -> tuple[Fraction, tuple[str, ...]]:
        if goods.bom is None or not goods.is_made or depth > DEPTH_MOST:
            return Fraction(0), (goods.product.sku,)
        total, unknown = Fraction(goods.bom.extra_cost_minor * MICRO), dict[str, None]()
        for part, amount in components(goods.bom, self._find).items():
            cost, missing = self._part_cost(part, depth + 1)
            total += amount * cost
            unknown.update(dict.fromkeys(missing))
        return total, tuple(unknown)

    def _part_cost(self, sku: str, depth: int) -> tuple[Fraction, tuple[str, ...]]:
        if sku not in self._known:
            average = self._average(sku)
            made = (
                self._making_cost(_require_product(self._find, sku), depth)
                if average is None
                else (Fraction(average), ())
            )
            self._known[sku] = made
        return self._known[sku]


def due(need: int, whole: bool, done: int, quantity: int) -> int:
    """The quantity of a component for `done` of `quantity`, if the whole order needs `need`.

    >>> due(1_000, False, 1_000, 3_000), due(1_000, False, 3_000, 3_000), due(5_000, True, 1_000, 3_000)
    (334, 1000, 2000)
    """
    return round_up(Fraction(need * done, quantity), THOUSANDTHS if whole else 1)


def is_off(expected: int, said: int) -> bool:
    """Whether a component's consumption differs from the bill by more than OFF_PERCENT."""
    return abs(said - expected) * 100 > expected * OFF_PERCENT
