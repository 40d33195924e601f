"""What lines come to with their taxes, also where some of it was paid on a day that had others. Pure.

What is paid ahead for an order keeps the taxes of the day on which it was paid (`edge/ordering/orders/README.md`).
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
    """So much money was paid ahead, when these taxes held; None: nobody knows any more, and it is taxed as the rest."""

    minor: int
    tax: TaxTable | None


class TaxedTotal(msgspec.Struct, frozen=True):
    """What lines come to; deposits, and what is no revenue, are in `net_minor`, for they are not taxed."""

    net_minor: int
    taxes: tuple[Taxed, ...]
    total_minor: int
    deposit_minor: int = 0


class Taxation(msgspec.Struct, frozen=True):
    """How lines are taxed: shares of each as `ahead` says, and the rest by `table`."""

    table: TaxTable
    ahead: tuple[TaxedAhead, ...] = ()


def worth(lines: Iterable[RecordedLine], by: Taxation) -> TaxedTotal:
    """What lines, none of them voided, come to. `KeyError`: a line's tax class is not in a table."""
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
    rows = taxes(by.table, amounts) if not by.ahead else _by_several(amounts, by)
    tax = sum(map(_TAX, rows))
    total = (minor if by.table.inclusive else minor + tax) + deposit + apart
    return TaxedTotal(total - tax, rows, total, deposit)


def less(one: TaxedTotal, other: TaxedTotal) -> TaxedTotal:
    """The one without the other; a tax that only the other has is below 0."""
    return TaxedTotal(
        one.net_minor - other.net_minor,
        merge_taxes((*one.taxes, *(row.negated for row in other.taxes))),
        one.total_minor - other.total_minor,
        one.deposit_minor - other.deposit_minor,
    )


def table_of(lines: Iterable[RecordedLine], table: TaxTable) -> TaxTable:
    """Of a table, what these lines were taxed by; all of it where they are money for an order, which is taxed by it
    once that is handed over."""
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
    """How lines are taxed, or of `lines` those that are not `left`, where money was paid ahead for them, the oldest
    first. It pays for what is taxed before all else; `table` is of what is not paid yet."""
    sold = (tuple(lines), tuple(left))
    of_minor = _revenue(sold[0]) - _revenue(sold[1])
    table_used, ahead, money, rest = table_of(lines, table), list[TaxedAhead](), 0, of_minor
    for minor, then in _together(paid, sold[0], table):
        if then.inclusive != table.inclusive and (ahead or minor < _goods_minor(sold, Taxation(then))):
            then = table_used
        money += minor
        if money >= _goods_minor(sold, Taxation(then, tuple(ahead))):
            return _without(ahead, then)
        share = min(rest, divide_half_up(of_minor * minor, _goods_minor(sold, Taxation(then))))
        ahead.append(TaxedAhead(then, share, of_minor))
        rest -= share
    return _without(ahead, table_used) if ahead else Taxation(table)


def beyond(paid: Iterable[PaidAhead], minor: int) -> tuple[PaidAhead, ...]:
    """What is left of money that was paid ahead when so much of it is used, the oldest first."""
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
    """What was paid under the same taxes of these lines, as one sum. Classes that the shop did not have then are those
    of `table`."""
    for then, group in groupby(paid, lambda one: table_of(lines, _with_missing_classes(one.tax or table, table))):
        yield sum(one.minor for one in group), then


def _with_missing_classes(then: TaxTable, table: TaxTable) -> TaxTable:
    """A table with the classes of another that it does not have."""
    new = tuple(entry for entry in table.classes if then.find(entry.id) is None)
    return _replace(then, classes=(*then.classes, *new))


def _without(ahead: Iterable[TaxedAhead], table: TaxTable) -> Taxation:
    """What is taxed by the same table as the rest is no share of its own."""
    return Taxation(table, tuple(one for one in ahead if one.minor and one.tax != table))


def _goods_minor(sold: tuple[Sequence[RecordedLine], Sequence[RecordedLine]], by: Taxation) -> int:
    """What of lines, but for those that are left, is taxed comes to with its taxes."""
    return _taxed_minor(sold[0], by) - _taxed_minor(sold[1], by)


def _taxed_minor(lines: Iterable[RecordedLine], by: Taxation) -> int:
    goods = [_replace(line, deposit_minor=0) for line in lines if line.is_revenue]
    return worth(goods, by).total_minor


def _revenue(lines: Iterable[RecordedLine]) -> int:
    return sum(line.amount_minor for line in lines if line.is_revenue)


def _by_several(amounts: list[tuple[str, int]], by: Taxation) -> tuple[Taxed, ...]:
    """The taxes of amounts of which a part was paid ahead."""
    return merge_taxes(row for table, part in _shares_by_table(amounts, by) for row in taxes(table, part))


def _shares_by_table(amounts: list[tuple[str, int]], by: Taxation) -> Iterator[tuple[TaxTable, list[tuple[str, int]]]]:
    """The amounts by table: of each class, or of each line where taxes are rounded by line, its share. So what comes
    back of it is never below 0 in any of them."""
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
