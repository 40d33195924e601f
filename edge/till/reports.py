"""The sums of a register's day, as an X or Z report says them. Pure: its sales, voids and refunds in, sums out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from edge.tax.rules import Taxed
from edge.till.events import SaleCompleted, SaleRefunded, SaleVoided


class Sum(msgspec.Struct, frozen=True):
    """How often, and how much in all."""

    count: int
    minor: int


class DaySums(msgspec.Struct, frozen=True):
    """`sales` as they were paid (rounding within), `voids` what of them was undone, `refunds` what came back (of
    these or earlier sales), `total_minor` what is left.

    `taxes` and `tenders` are of what is left; `drawer_minor` is the cash that all this left in the drawer.
    """

    sales: Sum
    voids: Sum
    refunds: Sum
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    tenders: dict[str, Sum]
    drawer_minor: int
    overridden: int
    voided_lines: int
    first: int
    last: int


def sums_of(events: Iterable[SaleCompleted | SaleVoided | SaleRefunded]) -> DaySums:
    """The sums over a day's receipts, in any order. A void of a sale of another day counts by its total alone."""
    papers = list(events)
    voids = [paper for paper in papers if isinstance(paper, SaleVoided)]
    sales = [paper for paper in papers if isinstance(paper, SaleCompleted)]
    refunds = [paper for paper in papers if isinstance(paper, SaleRefunded)]
    undone = {void.sale for void in voids}
    kept = [sale for sale in sales if sale.number not in undone]
    sold = Sum(len(sales), sum(sale.total_minor + sale.rounding_minor for sale in sales))
    back = Sum(len(voids), -sum(void.total_minor for void in voids))
    refunded = Sum(len(refunds), -sum(refund.paid_minor for refund in refunds))
    tenders = _tenders(kept, refunds)
    numbers = [paper.number for paper in papers]
    return DaySums(
        sales=sold,
        voids=back,
        refunds=refunded,
        total_minor=sold.minor + back.minor + refunded.minor,
        rounding_minor=sum(sale.rounding_minor for sale in kept) - sum(refund.rounding_minor for refund in refunds),
        taxes=_taxes(kept, refunds),
        tenders=tenders,
        drawer_minor=tenders["cash"].minor if "cash" in tenders else 0,
        overridden=sum(line.listed_minor is not None for sale in kept for line in sale.lines),
        voided_lines=sum(line.voided for sale in kept for line in sale.lines),
        first=min(numbers, default=0),
        last=max(numbers, default=0),
    )


def _taxes(sales: Iterable[SaleCompleted], refunds: Iterable[SaleRefunded]) -> tuple[Taxed, ...]:
    nets: dict[tuple[str, int], int] = defaultdict(int)
    taxes: dict[tuple[str, int], int] = defaultdict(int)
    rows = [(1, row) for sale in sales for row in sale.taxes]
    rows += [(-1, row) for refund in refunds for row in refund.taxes]
    for sign, row in rows:
        nets[row.name, row.rate] += sign * row.net_minor
        taxes[row.name, row.rate] += sign * row.tax_minor
    summed = (Taxed(name, rate, net, taxes[name, rate]) for (name, rate), net in nets.items())
    return tuple(sorted(summed, key=lambda row: (-row.rate, row.name)))


def _tenders(sales: Iterable[SaleCompleted], refunds: Iterable[SaleRefunded]) -> dict[str, Sum]:
    """By kind; change was given back in cash."""
    sums: dict[str, Sum] = {}

    def add(kind: str, count: int, minor: int) -> None:
        before = sums.get(kind, Sum(0, 0))
        sums[kind] = Sum(before.count + count, before.minor + minor)

    for sale in sales:
        for tender in sale.tenders:
            add(tender.kind, 1, tender.amount_minor)
        if sale.change_minor:
            add("cash", 0, -sale.change_minor)
    for tender in (tender for refund in refunds for tender in refund.tenders):
        add(tender.kind, 1, -tender.amount_minor)
    return dict(sorted(sums.items()))
