"""What a paper's goods came to without their taxes, by their groups: a line's net is worked out by itself, as the
figures by product are, and what the paper's own net leaves over by rounding stands with the largest. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.rules.day_totals import RecordedLine
from edge.lib.tax.rules import Taxed, TaxTable
from edge.lib.units.money import divide_half_up

FULL = 100_000
Group = tuple[str, ...]
Groups = Callable[[str], Group]
"""A product's categories, from the top; none of one that has none."""


def no_groups(_sku: str) -> Group:
    """All goods are together."""
    return ()


def apart_minor(lines: Iterable[RecordedLine]) -> int:
    """What of lines is no revenue."""
    return sum(line.amount_minor for line in lines if not line.is_revenue)


def takings_by_group(sale: SaleCompleted, net_minor: int, groups: Groups) -> dict[Group, int]:
    """`net_minor`, what the sale's goods earned without their taxes, by group; what came back in an exchange, at what
    it had cost then, is taken off its own."""
    sums: Counter[Group] = Counter()
    for goods in sale.returns:
        back_minor = goods.net_minor - goods.deposit_minor - apart_minor(goods.lines)
        rates = _rates_met(goods.lines, goods.taxes) if sale.taxes_included else {}
        sums.subtract(_by_group(goods.lines, back_minor, rates, groups))
        net_minor += back_minor
    rates = {}
    if sale.taxes_included:
        rates = _rates_said(sale.tax) if sale.tax else _rates_met(sale.lines, sale.taxes)
    sums.update(_by_group(sale.lines, net_minor, rates, groups))
    return {group: minor for group, minor in sums.items() if minor}


def refunds_by_group(refund: SaleRefunded, net_minor: int, groups: Groups) -> dict[Group, int]:
    """`net_minor`, what of earnings went back without taxes, by the group of the goods that came back."""
    rates = _rates_met(refund.lines, refund.taxes) if refund.taxes_included else {}
    return {group: minor for group, minor in _by_group(refund.lines, net_minor, rates, groups).items() if minor}


def _by_group(
    lines: Iterable[RecordedLine], net_minor: int, rates: Mapping[str, int], groups: Groups
) -> Counter[Group]:
    sums: Counter[Group] = Counter()
    for line in lines:
        if not line.voided and line.is_revenue:
            worth = divide_half_up(line.amount_minor * FULL, FULL + rates.get(line.tax_class, 0))
            sums[groups(line.sku)] += worth
    where = max(sums, key=lambda group: (abs(sums[group]), group), default=())
    sums[where] += net_minor - sums.total()
    return sums


def _rates_said(table: TaxTable) -> dict[str, int]:
    return {one.id: sum(rate.rate for rate in one.rates) for one in table.classes}


def _rates_met(lines: Collection[RecordedLine], taxes: Sequence[Taxed]) -> dict[str, int]:
    """By class what prices contain, of a paper that has no table: the rate of the row which comes to what the lines of
    that class cost; of classes that no row comes to, the mean of the rows that are left, and nothing where none is."""
    cost: Counter[str] = Counter()
    for line in lines:
        if not line.voided and line.is_revenue:
            cost[line.tax_class] += line.amount_minor
    left, rates = list(taxes), dict[str, int]()
    for tax_class, minor in cost.items():
        row = next((row for row in left if abs(row.net_minor + row.tax_minor - minor) <= len(lines)), None)
        if row:
            rates[tax_class] = row.rate
            left.remove(row)
    net_minor = sum(row.net_minor for row in left)
    mean = FULL * sum(row.tax_minor for row in left) // net_minor if net_minor else 0
    return {tax_class: rates.get(tax_class, mean) for tax_class in cost}
