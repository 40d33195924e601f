"""Effects of a till's receipts on a day's figures: in total, by product, tender and promotion, with costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

import msgspec

from edge.core.journal.rows import read_rows
from edge.core.storage.database import Connection
from edge.counter.basket.taxed_total import Taxation, worth
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_receipt
from edge.counter.till.rules.day_totals import RecordedLine, Tender, earns
from edge.goods.catalog.product import BundlePart
from edge.goods.catalog.queries import json_text
from edge.goods.stock.moving.costs import MICRO
from edge.lib.tax.rules import Taxed, TaxTable
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import THOUSANDTHS

FULL = 100_000
_COSTS = """
    SELECT c.sku, coalesce(c.average_micro, c.cost_minor * 1000000)
    FROM json_each(?) j JOIN figure_cost c ON c.sku = j.value
"""


class DayFigures(msgspec.Struct, frozen=True, array_like=True):
    """Amounts to add to a row; see `figure_day`."""

    count: int = 0
    quantity: int = 0
    minor: int = 0
    net: int = 0
    cost: int = 0
    costed: int = 0

    def plus(self, other: DayFigures) -> DayFigures:
        return DayFigures(
            self.count + other.count,
            self.quantity + other.quantity,
            self.minor + other.minor,
            self.net + other.net,
            self.cost + other.cost,
            self.costed + other.costed,
        )

    @property
    def negative(self) -> DayFigures:
        """The reversed amounts; the number of events isn't reversed."""
        return DayFigures(0, *(-value for value in self.values[1:]))

    @property
    def values(self) -> tuple[int, int, int, int, int, int]:
        return self.count, self.quantity, self.minor, self.net, self.cost, self.costed


class _Sale(msgspec.Struct):
    """The taxes of a stored sale."""

    tax: TaxTable | None = None


_sale = msgspec.json.Decoder(_Sale).decode


class SaleEffect(msgspec.Struct, frozen=True, array_like=True):
    """A receipt's effect: in total, by product, tender and promotion.

    `apart`: amounts that aren't revenue, with a count of 1 if the receipt has nothing else; `returned`: goods returned
    in an exchange; `number`: the receipt number.
    """

    whole: DayFigures
    products: dict[str, DayFigures]
    tenders: dict[str, DayFigures]
    promotions: dict[str, DayFigures]
    apart: DayFigures = DayFigures()
    number: int = 0
    returned: int = 0


def together(one: SaleEffect, other: SaleEffect) -> SaleEffect:
    """The sum of two effects, with the number and `apart` of the first."""
    return msgspec.structs.replace(
        one,
        whole=one.whole.plus(other.whole),
        products=each_plus(one.products, other.products),
        tenders=each_plus(one.tenders, other.tenders),
        promotions=each_plus(one.promotions, other.promotions),
    )


def each_plus(one: Mapping[str, DayFigures], other: Mapping[str, DayFigures]) -> dict[str, DayFigures]:
    return {key: one.get(key, DayFigures()).plus(other.get(key, DayFigures())) for key in {**one, **other}}


def reversed_effect(effect: SaleEffect) -> SaleEffect:
    def turn(figures: dict[str, DayFigures]) -> dict[str, DayFigures]:
        return {key: one.negative for key, one in figures.items()}

    return SaleEffect(effect.whole.negative, turn(effect.products), turn(effect.tenders), turn(effect.promotions))


def _no_revenue(lines: Iterable[RecordedLine]) -> int:
    """The sum of lines that aren't revenue: tips, gift card loads, advance payments."""
    return sum(line.amount_minor for line in lines if not line.is_revenue)


class Costs:
    """Current unit costs of products, in millionths of a minor unit, each read once: the average of receipts with a
    cost, else the catalogue's cost.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.known: dict[str, int | None] = {}

    def of(self, sku: str) -> int | None:
        """A product's cost; None if unknown."""
        if sku not in self.known:
            self.load((sku,))
        return self.known[sku]

    def load(self, skus: Iterable[str]) -> None:
        """Read the costs of several products together."""
        if missing := {sku for sku in skus if sku not in self.known}:
            self.known.update(dict.fromkeys(missing))
            self.known.update(self._db.execute(_COSTS, (json_text(missing),)).fetchall())

    def forget(self, sku: str) -> None:
        """Forget a product's cost because it changed; it is read again when needed."""
        self.known.pop(sku, None)


def sale_effect(costs: Costs, event: SaleCompleted) -> SaleEffect:
    """The effect of a sale, including goods paid for with returned goods.

    Net is calculated per line. The total uses the receipt's net, without amounts that aren't revenue.
    """
    apart_minor = _no_revenue(event.lines)
    net_minor = event.net_minor + sum(goods.net_minor for goods in event.returns) - apart_minor
    rates = _rates_of(event.tax) if event.tax else _mean_rate(event.taxes)
    tenders = by_tender(event.tenders, event.change_minor)
    back = {kind: one.negative for kind, one in by_tender(event.back).items()}
    by = Taxation(event.tax, event.tax_ahead) if event.tax and event.tax_ahead else None
    lines = _line_effects(costs, event.lines, event.taxes_included, rates, by)
    minor = event.total_minor + event.rounding_minor + event.goods_back_minor
    effect = _whole(lines, minor, net_minor, each_plus(tenders, back))
    return msgspec.structs.replace(effect, apart=DayFigures(int(not earns(event)), 0, apart_minor))


def returned_effect(db: Connection, costs: Costs, event: SaleCompleted) -> SaleEffect:
    """The effect of goods returned in an exchange, signed like a refund; the money is part of the sale."""
    effect = SaleEffect(DayFigures(), {}, {}, {})
    for goods in event.returns:
        rates = _rates_of_sale(db, goods.register, goods.sale) or _mean_rate(goods.taxes)
        lines = _line_effects(costs, goods.lines, event.taxes_included, rates)
        net_minor = goods.net_minor - _no_revenue(goods.lines)
        effect = together(effect, reversed_effect(_whole(lines, goods.total_minor, net_minor, {})))
    return effect


def refund_effect(db: Connection, costs: Costs, event: SaleRefunded) -> SaleEffect:
    """The effect of a refund, negative."""
    net_minor = event.net_minor - _no_revenue(event.lines)
    rates = _rates_of_sale(db, event.sale_register, event.sale) or _mean_rate(event.taxes)
    lines = _line_effects(costs, event.lines, event.taxes_included, rates)
    return reversed_effect(_whole(lines, event.paid_minor, net_minor, by_tender(event.tenders)))


def _rates_of(table: TaxTable) -> dict[str, int]:
    return {one.id: sum(rate.rate for rate in one.rates) for one in table.classes}


def _rates_of_sale(db: Connection, register: str, number: int) -> dict[str, int]:
    """The tax rates of the original sale's lines; empty if that sale isn't stored here."""
    sale = read_receipt(db, register, number) if number else None
    rows = read_rows(db, sale.seq, 1) if sale else []
    table = next((_sale(row.body).tax for row in rows), None)
    return _rates_of(table) if table else {}


def _mean_rate(taxes: Iterable[Taxed]) -> dict[str, int]:
    """The average rate that splits a receipt's lines into net and tax if it doesn't state one per line."""
    net_minor = sum(tax.net_minor for tax in taxes)
    return {"": FULL * sum(tax.tax_minor for tax in taxes) // net_minor if net_minor else 0}


def by_tender(tenders: Iterable[Tender], change_minor: int = 0) -> dict[str, DayFigures]:
    sums: dict[str, DayFigures] = defaultdict(DayFigures)
    for tender in tenders:
        sums[tender.kind] = sums[tender.kind].plus(DayFigures(1, 0, tender.amount_minor))
    if change_minor:
        sums["cash"] = sums["cash"].plus(DayFigures(0, 0, -change_minor))
    return dict(sums)


def _whole(
    lines: tuple[DayFigures, dict[str, DayFigures], dict[str, DayFigures]],
    minor: int,
    net_minor: int,
    tenders: dict[str, DayFigures],
) -> SaleEffect:
    """A receipt's effect from its lines, with costs, by product and by promotion."""
    costs, products, promotions = lines
    return SaleEffect(DayFigures(1, 0, minor, net_minor, costs.cost, costs.costed), products, tenders, promotions)


def _line_effects(
    known: Costs,
    sold: Iterable[RecordedLine],
    taxes_included: bool,
    rates: Mapping[str, int],
    by: Taxation | None = None,
) -> tuple[DayFigures, dict[str, DayFigures], dict[str, DayFigures]]:
    products: dict[str, DayFigures] = {}
    promotions: dict[str, DayFigures] = defaultdict(DayFigures)
    cost = costed = 0
    sold = tuple(sold)
    known.load([line.sku for line in sold])
    for line in sold:
        if line.voided or not line.is_revenue:
            continue
        sku, goods, minor = line.sku, line.goods, line.amount_minor
        if by is not None:
            net = worth((msgspec.structs.replace(line, deposit_minor=0),), by).net_minor
        else:
            rate = rates.get(line.tax_class, rates.get("", 0)) if taxes_included else 0
            net = divide_half_up(minor * FULL, FULL + rate)
        paid = worth_of(known.of(sku), goods)
        if line.modifiers or (paid is None and line.parts):
            paid = _cost_of_parts(known, line.stock_taken, goods)
        of_line = DayFigures(1, goods, minor, net, paid or 0, 0 if paid is None else net)
        products[sku] = products[sku].plus(of_line) if sku in products else of_line
        cost, costed = cost + of_line.cost, costed + of_line.costed
        for off in line.discounts:
            promotions[off.promotion] = promotions[off.promotion].plus(DayFigures(1, goods, off.minor))
    return DayFigures(cost=cost, costed=costed), products, dict(promotions)


def worth_of(micro: int | None, quantity: int) -> int | None:
    """The value of a quantity at a cost in millionths; None if unknown."""
    return None if micro is None else divide_half_up(micro * quantity, THOUSANDTHS * MICRO)


def _cost_of_parts(known: Costs, parts: tuple[BundlePart, ...], quantity: int) -> int | None:
    """The cost of a bundle from the costs of its parts; None if a part's cost is unknown."""
    total = Fraction(0)
    for part in parts:
        micro = known.of(part.sku)
        if micro is None or not part.whole:
            return None
        total += Fraction(micro * part.quantity * quantity, part.whole * THOUSANDTHS * MICRO)
    return divide_half_up(total.numerator, total.denominator)
