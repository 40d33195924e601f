"""A paper's net sales by product group. Pure.

Each line's net is computed separately, as in product reports. The rounding difference from the paper's net goes to the
largest group.
"""

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
"""Returns a product's categories from the top down; empty if it has none."""


def no_groups(_sku: str) -> Group:
    """All products in one group."""
    return ()


def apart_minor(lines: Iterable[RecordedLine]) -> int:
    """The total of lines that aren't revenue."""
    return sum(line.amount_minor for line in lines if not line.is_revenue)


def takings_by_group(sale: SaleCompleted, net_minor: int, groups: Groups) -> dict[Group, int]:
    """Split `net_minor`, the sale's revenue without taxes, by group. Goods returned in an exchange are deducted from
    their group at their original price."""
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
    """Split `net_minor`, a refund's revenue without taxes, by the group of the returned goods."""
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
    """The included tax rate by class, for a paper without a tax table. It's the rate of the tax row whose total equals
    the class's lines; for unmatched classes, the mean of the remaining rows, if any."""
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
