"""The sums of a register's day, as an X or Z report says them. Pure: its sales and voids in, sums out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from edge.tax.rules import Taxed
from edge.till.events import SaleCompleted, SaleVoided


class Sum(msgspec.Struct, frozen=True):
    """How often, and how much in all."""

    count: int
    minor: int


class DaySums(msgspec.Struct, frozen=True):
    """`sales` as they were paid (rounding within), `voids` what of them was undone, `total_minor` what is left.

    `taxes` and `tenders` are of what is left; `drawer_minor` is the cash that these sales left in the drawer.
    """

    sales: Sum
    voids: Sum
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    tenders: dict[str, Sum]
    drawer_minor: int
    overridden: int
    voided_lines: int
    first: int
    last: int


def sums_of(events: Iterable[SaleCompleted | SaleVoided]) -> DaySums:
    """The sums over a day's receipts, in any order. A void of a sale of another day counts by its total alone."""
    papers = list(events)
    voids = [paper for paper in papers if isinstance(paper, SaleVoided)]
    sales = [paper for paper in papers if isinstance(paper, SaleCompleted)]
    undone = {void.sale for void in voids}
    kept = [sale for sale in sales if sale.number not in undone]
    sold = Sum(len(sales), sum(sale.total_minor + sale.rounding_minor for sale in sales))
    back = Sum(len(voids), -sum(void.total_minor for void in voids))
    tenders = _tenders(kept)
    numbers = [paper.number for paper in papers]
    return DaySums(
        sales=sold,
        voids=back,
        total_minor=sold.minor + back.minor,
        rounding_minor=sum(sale.rounding_minor for sale in kept),
        taxes=_taxes(kept),
        tenders=tenders,
        drawer_minor=tenders["cash"].minor if "cash" in tenders else 0,
        overridden=sum(line.listed_minor is not None for sale in kept for line in sale.lines),
        voided_lines=sum(line.voided for sale in kept for line in sale.lines),
        first=min(numbers, default=0),
        last=max(numbers, default=0),
    )


def _taxes(sales: Iterable[SaleCompleted]) -> tuple[Taxed, ...]:
    nets: dict[tuple[str, int], int] = defaultdict(int)
    taxes: dict[tuple[str, int], int] = defaultdict(int)
    for row in (row for sale in sales for row in sale.taxes):
        nets[row.name, row.rate] += row.net_minor
        taxes[row.name, row.rate] += row.tax_minor
    rows = (Taxed(name, rate, net, taxes[name, rate]) for (name, rate), net in nets.items())
    return tuple(sorted(rows, key=lambda row: (-row.rate, row.name)))


def _tenders(sales: Iterable[SaleCompleted]) -> dict[str, Sum]:
    """By kind; change was given back in cash."""
    sums: dict[str, Sum] = {}
    for sale in sales:
        for tender in sale.tenders:
            before = sums.get(tender.kind, Sum(0, 0))
            sums[tender.kind] = Sum(before.count + 1, before.minor + tender.amount_minor)
        if sale.change_minor:
            before = sums.get("cash", Sum(0, 0))
            sums["cash"] = Sum(before.count, before.minor - sale.change_minor)
    return dict(sorted(sums.items()))
