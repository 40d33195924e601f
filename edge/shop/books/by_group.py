"""What a sale took, by the groups of its goods: a line's net is worked out by itself, as the figures by product are,
and what the paper's own net leaves over by rounding stands with the largest. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edge.lib.tax.rules import Taxed
from edge.lib.units.money import divide_half_up
from edge.shop.till.events import SaleCompleted

FULL = 100_000
Group = tuple[str, ...]
Groups = Callable[[str], Group]
"""A product's categories, from the top; none of one that has none."""


def no_groups(_sku: str) -> Group:
    """All goods are together."""
    return ()


def takings_by_group(sale: SaleCompleted, net_minor: int, groups: Groups) -> dict[Group, int]:
    """`net_minor`, what the sale's goods earned without their taxes, by group. What came back in an exchange, at what
    it had cost then, stands with what has no group."""
    sums: dict[Group, int] = {}
    rates = {one.id: sum(rate.rate for rate in one.rates) for one in sale.tax.classes} if sale.tax else {}
    mean = _mean_rate(sale.taxes)
    for line in sale.lines:
        if line.voided or not line.is_revenue:
            continue
        rate = rates.get(line.tax_class, mean) if sale.taxes_included else 0
        group = groups(line.sku)
        sums[group] = sums.get(group, 0) + divide_half_up(line.amount_minor * FULL, FULL + rate)
    rest = net_minor - sum(sums.values())
    where = () if sale.returns or not sums else max(sums, key=lambda group: (abs(sums[group]), group))
    sums[where] = sums.get(where, 0) + rest
    return {group: minor for group, minor in sums.items() if minor}


def _mean_rate(taxes: Iterable[Taxed]) -> int:
    rows = tuple(taxes)
    net_minor = sum(tax.net_minor for tax in rows)
    return FULL * sum(tax.tax_minor for tax in rows) // net_minor if net_minor else 0
