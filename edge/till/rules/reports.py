"""The sums of a register's day, as an X or Z report says them: kept with every paper, so that a report reads one row.

Pure: a day and its next sale, void or refund in, the day behind it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import msgspec

from edge.tax.rules import Taxed
from edge.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.till.rules.basket import Tender

DAY_VERSION = 2
"""Grows when the same papers come to another `Day`: the tables that keep one are then made anew."""


class Sum(msgspec.Struct, frozen=True):
    """How often, and how much in all."""

    count: int
    minor: int


class Taken(msgspec.Struct, frozen=True):
    """What papers brought in, by tax and by kind of tender; what went out counts below zero.

    `discount_minor`: what promotions took off what was sold and not voided.
    """

    rounding_minor: int = 0
    taxes: tuple[Taxed, ...] = ()
    tenders: dict[str, Sum] = {}
    overridden: int = 0
    voided_lines: int = 0
    discount_minor: int = 0


class Day(msgspec.Struct, frozen=True):
    """A register's day so far. `newest` is what its newest sale brought: no other can be undone."""

    sales: Sum = Sum(0, 0)
    voids: Sum = Sum(0, 0)
    refunds: Sum = Sum(0, 0)
    taken: Taken = Taken()
    newest: Taken = Taken()
    first: int = 0
    last: int = 0


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
    discount_minor: int
    first: int
    last: int


Paper = SaleCompleted | SaleVoided | SaleRefunded


def with_paper(day: Day, paper: Paper) -> Day:
    """The day with its next paper. A void follows the sale that it undoes."""
    change: dict[str, object] = {"first": day.first or paper.number, "last": paper.number, "newest": Taken()}
    match paper:
        case SaleCompleted():
            taken = _of_sale(paper)
            minor = paper.total_minor + paper.rounding_minor
            change |= {"sales": _more(day.sales, minor), "taken": _sum(day.taken, taken, 1), "newest": taken}
        case SaleVoided():
            change |= {"voids": _more(day.voids, -paper.total_minor), "taken": _sum(day.taken, day.newest, -1)}
        case SaleRefunded():
            change |= {"refunds": _more(day.refunds, -paper.paid_minor), "taken": _sum(day.taken, _of_refund(paper), 1)}
    return msgspec.structs.replace(day, **change)


def sums_of(papers: Iterable[Paper]) -> DaySums:
    """The sums over a day's papers, in their order."""
    return sums(reduce(with_paper, papers, Day()))


def sums(day: Day) -> DaySums:
    """The day as a report says it."""
    taken = day.taken
    return DaySums(
        sales=day.sales,
        voids=day.voids,
        refunds=day.refunds,
        total_minor=day.sales.minor + day.voids.minor + day.refunds.minor,
        rounding_minor=taken.rounding_minor,
        taxes=taken.taxes,
        tenders=taken.tenders,
        drawer_minor=taken.tenders["cash"].minor if "cash" in taken.tenders else 0,
        overridden=taken.overridden,
        voided_lines=taken.voided_lines,
        discount_minor=taken.discount_minor,
        first=day.first,
        last=day.last,
    )


def _of_sale(sale: SaleCompleted) -> Taken:
    return Taken(
        sale.rounding_minor,
        sale.taxes,
        _tenders(sale.tenders, sale.change_minor),
        sum(line.listed_minor is not None for line in sale.lines),
        sum(line.voided for line in sale.lines),
        sum(line.discount_minor for line in sale.lines),
    )


def _of_refund(refund: SaleRefunded) -> Taken:
    taxes = tuple(Taxed(row.name, row.rate, -row.net_minor, -row.tax_minor) for row in refund.taxes)
    tenders = {kind: Sum(entry.count, -entry.minor) for kind, entry in _tenders(refund.tenders, 0).items()}
    return Taken(-refund.rounding_minor, taxes, tenders)


def _tenders(tenders: Iterable[Tender], change_minor: int) -> dict[str, Sum]:
    """By kind; change was given back in cash."""
    sums: dict[str, Sum] = {}
    for tender in tenders:
        sums[tender.kind] = _more(sums.get(tender.kind, Sum(0, 0)), tender.amount_minor)
    if change_minor:
        cash = sums.get("cash", Sum(0, 0))
        sums["cash"] = Sum(cash.count, cash.minor - change_minor)
    return sums


def _more(sum: Sum, minor: int) -> Sum:
    return Sum(sum.count + 1, sum.minor + minor)


def _sum(one: Taken, other: Taken, sign: int) -> Taken:
    """Both together, or the one without the other; what comes to nothing is left out."""
    taxes = {(row.name, row.rate): row for row in one.taxes}
    for row in other.taxes:
        had = taxes.get((row.name, row.rate), Taxed(row.name, row.rate, 0, 0))
        net_minor, tax_minor = had.net_minor + sign * row.net_minor, had.tax_minor + sign * row.tax_minor
        taxes[row.name, row.rate] = Taxed(row.name, row.rate, net_minor, tax_minor)
    tenders = dict(one.tenders)
    for kind, entry in other.tenders.items():
        before = tenders.get(kind, Sum(0, 0))
        tenders[kind] = Sum(before.count + sign * entry.count, before.minor + sign * entry.minor)
    kept = (row for row in taxes.values() if row.net_minor or row.tax_minor)
    return Taken(
        one.rounding_minor + sign * other.rounding_minor,
        tuple(sorted(kept, key=lambda row: (-row.rate, row.name))),
        {kind: entry for kind, entry in sorted(tenders.items()) if entry != Sum(0, 0)},
        one.overridden + sign * other.overridden,
        one.voided_lines + sign * other.voided_lines,
        one.discount_minor + sign * other.discount_minor,
    )
