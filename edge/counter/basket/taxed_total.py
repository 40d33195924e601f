"""Sums of lines with taxes, including lines partly prepaid under earlier tax rates. Pure.

An order's prepayment keeps the taxes of its day (`edge/ordering/orders/README.md`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from edge.counter.basket.event_structs import RecordedLine, TaxedAhead
from edge.lib.tax.rules import Taxed, TaxTable, merge_taxes, taxes
from edge.lib.units.money import divide_half_up

_replace = msgspec.structs.replace
_TAX = attrgetter("tax_minor")


class PaidAhead(msgspec.Struct, frozen=True):
    """A prepaid sum and the tax table in force at that time. None: unknown, so it's taxed like the rest."""

    minor: int
    tax: TaxTable | None


class TaxedTotal(msgspec.Struct, frozen=True):
    """Sums of lines. `net_minor` includes deposits and lines that aren't revenue, because they're untaxed."""

    net_minor: int
    taxes: tuple[Taxed, ...]
    total_minor: int
    deposit_minor: int = 0


class Taxation(msgspec.Struct, frozen=True):
    """How lines are taxed: the shares in `ahead` by their own tables, and the rest by `table`."""

    table: TaxTable
    ahead: tuple[TaxedAhead, ...] = ()


def worth(lines: Iterable[RecordedLine], by: Taxation) -> TaxedTotal:
    """The sums of lines, none of them voided. Raises `KeyError` if a line's tax class isn't in a table."""
    amounts, minor, deposit, apart = [], 0, 0, 0
    for line in lines:
        if line.is_revenue:
            amount = line.amount_minor
            amounts.append((line.tax_class, amount))
            minor += amount
        else:
            apart += line.amount_minor
        if line.deposit_minor:
            deposit += line.deposits_minor
    rows = taxes(by.table, amounts) if not by.ahead else _combine_taxes(amounts, by)
    tax = sum(map(_TAX, rows))
    total = (minor if by.table.inclusive else minor + tax) + deposit + apart
    return TaxedTotal(total - tax, rows, total, deposit)


def net_revenue_minor(lines: Iterable[RecordedLine], by: Taxation) -> int:
    """The revenue of lines without taxes.

    Excludes deposits, tips, advances and gift cards. Raises `KeyError` as `worth` does.
    """
    sums = worth([line for line in lines if line.is_revenue], by)
    return sums.net_minor - sums.deposit_minor


def less(one: TaxedTotal, other: TaxedTotal) -> TaxedTotal:
    """The difference of two sums. A tax that only the second sum has is negative."""
    return TaxedTotal(
        one.net_minor - other.net_minor,
        merge_taxes((*one.taxes, *(row.reversed_row for row in other.taxes))),
        one.total_minor - other.total_minor,
        one.deposit_minor - other.deposit_minor,
    )


def table_of(lines: Iterable[RecordedLine], table: TaxTable) -> TaxTable:
    """The part of a tax table that these lines use.

    For an advance, it's the whole table, which applies at hand-over.
    """
    used = set[str]()
    for line in lines:
        if line.kind == "advance":
            return table
        if line.is_revenue:
            used.add(line.tax_class)
    classes = tuple([entry for entry in table.classes if entry.id in used])
    return table if len(classes) == len(table.classes) else _replace(table, classes=classes)


def taxation(
    lines: Sequence[RecordedLine], left: Sequence[RecordedLine], paid: Iterable[PaidAhead], table: TaxTable
) -> Taxation:
    """How to tax lines, or `lines` without those `left`, given prepaid money with the oldest first.

    Prepaid money covers taxed lines first; `table` applies to the unpaid rest.
    """
    sold = (tuple(lines), tuple(left))
    of_minor = _revenue(sold[0]) - _revenue(sold[1])
    table_used, ahead, money, rest = table_of(lines, table), list[TaxedAhead](), 0, of_minor
    for minor, then in _together(paid, sold[0], table):
        if then.inclusive != table.inclusive and (ahead or minor < _goods_minor(sold, Taxation(then))):
            then = table_used
        money += minor
        if money >= _goods_minor(sold, Taxation(then, tuple(ahead))):
            return _merge_same_table(ahead, then)
        share = min(rest, divide_half_up(of_minor * minor, _goods_minor(sold, Taxation(then))))
        ahead.append(TaxedAhead(then, share, of_minor))
        rest -= share
    return _merge_same_table(ahead, table_used) if ahead else Taxation(table)


def beyond(paid: Iterable[PaidAhead], minor: int) -> tuple[PaidAhead, ...]:
    """The prepaid money left after using `minor` of it, the oldest first."""
    left = []
    for one in paid:
        used = min(minor, one.minor)
        minor -= used
        if used < one.minor:
            left.append(PaidAhead(one.minor - used, one.tax))
    return tuple(left)


def _together(
    paid: Iterable[PaidAhead], lines: Sequence[RecordedLine], table: TaxTable
) -> Iterator[tuple[int, TaxTable]]:
    """Prepaid amounts, summed by the tax table that applied to these lines.

    Tax classes that a table lacks are taken from `table`.
    """
    for then, group in groupby(paid, lambda one: table_of(lines, _with_missing_classes(one.tax or table, table))):
        yield sum(one.minor for one in group), then


def _with_missing_classes(then: TaxTable, table: TaxTable) -> TaxTable:
    """The first table, plus the classes that only the second one has."""
    new = tuple(entry for entry in table.classes if then.find(entry.id) is None)
    return _replace(then, classes=(*then.classes, *new))


def _merge_same_table(ahead: Iterable[TaxedAhead], table: TaxTable) -> Taxation:
    """Drop prepaid shares that are taxed by the same table as the rest."""
    return Taxation(table, tuple(one for one in ahead if one.minor and one.tax != table))


def _goods_minor(sold: tuple[Sequence[RecordedLine], Sequence[RecordedLine]], by: Taxation) -> int:
    """The taxed part of the first lines less that of the second, including taxes."""
    return _taxed_minor(sold[0], by) - _taxed_minor(sold[1], by)


def _taxed_minor(lines: Iterable[RecordedLine], by: Taxation) -> int:
    goods = [_replace(line, deposit_minor=0) for line in lines if line.is_revenue]
    return worth(goods, by).total_minor


def _revenue(lines: Iterable[RecordedLine]) -> int:
    return sum(line.amount_minor for line in lines if line.is_revenue)


def _combine_taxes(amounts: list[tuple[str, int]], by: Taxation) -> tuple[Taxed, ...]:
    """The taxes of amounts with prepaid shares."""
    return merge_taxes(row for table, part in _shares_by_table(amounts, by) for row in taxes(table, part))


def _shares_by_table(amounts: list[tuple[str, int]], by: Taxation) -> Iterator[tuple[TaxTable, list[tuple[str, int]]]]:
    """The amounts by tax table, per class, or per line if taxes are rounded by line.

    This ensures that a later return is never negative in any table.
    """
    if by.table.rounding == "total":
        sums = Counter[str]()
        for tax_class, minor in amounts:
            sums[tax_class] += minor
        amounts = list(sums.items())
    of_minor = by.ahead[0].of_minor
    for one in by.ahead:
        part = [(tax_class, divide_half_up(minor * one.minor, of_minor)) for tax_class, minor in amounts]
        yield one.tax, part
        amounts = [(tax_class, minor - share) for (tax_class, minor), (_, share) in zip(amounts, part, strict=True)]
        of_minor -= one.minor
    yield by.table, amounts
