"""A register's totals since its last Z report, or a drawer's since its shift began: updated with every paper, so that a
report reads one row.

Pure: takes a day and its next event, returns the new day. Totals: `sums.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

import msgspec

from edge.counter.basket.discounts import spread
from edge.counter.basket.event_structs import GivenBack, RecordedLine, ReturnedGoods, Tender, TenderKind
from edge.counter.basket.sums import Counts, DaySums, Sum, Taken
from edge.counter.till.events import (
    BasketAbandoned,
    ReceiptReprinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
    TrainingEnded,
)
from edge.foundation.printing.events import PrintCopied
from edge.lib.identity_cache import IdentityCache
from edge.lib.tax.rules import merge_taxes
from edge.money.tenders.tender import ADVANCE

__all__ = ["Counts", "DaySums", "RecordedLine", "ReturnedGoods", "Sum", "Taken", "Tender", "TenderKind"]
"""Names that readers of reports import from this module."""

DAY_VERSION = 1
"""Increase this when the same papers would give a different `Day`; tables that store days are then rebuilt."""


class Day(msgspec.Struct, frozen=True):
    """A register's papers so far. `newest`: the effect of the newest paper, the only one that can be voided."""

    sales: Sum = Sum(0, 0)
    voids: Sum = Sum(0, 0)
    refunds: Sum = Sum(0, 0)
    taken: Taken = Taken()
    newest: Taken = Taken()
    first: int = 0
    last: int = 0
    counts: Counts = Counts()


class Period(msgspec.Struct, frozen=True):
    """A register's period since its last Z report: `z` is that report's number (0: none), `since_us` its time and
    `since_seq` its journal row. `grand_minor`: the total of all periods before."""

    z: int = 0
    since_us: int = 0
    since_seq: int = 0
    grand_minor: int = 0
    day: Day = Day()

    def next_period(self, z: int, at_us: int, seq: int) -> Period:
        """Return the period that begins after a Z report. Old reports had no number, so `z` is 0 for them."""
        grand_minor = self.grand_minor + sums(self.day).total_minor
        return Period(z or self.z, at_us, seq, grand_minor, Day(newest=self.day.newest))


Paper = SaleCompleted | SaleVoided | SaleRefunded
Copied = ReceiptReprinted | PrintCopied | ReportReprinted


SALES_REMEMBERED = 100
"""Number of sales whose effect is cached: one writer turn's sales, because each changes a period, a drawer and a day.
"""


class _SaleEffect(msgspec.Struct, frozen=True, gc=False):
    """A sale's effect on any day. `counts`: whether it changes the counts in addition to the sums."""

    taken: Taken
    minor: int
    sells: bool
    counts: bool


def _effect_of(sale: SaleCompleted) -> _SaleEffect:
    minor = sale.total_minor + sale.rounding_minor
    if sale.returns:
        minor += sale.goods_back_minor
    counts = bool(sale.discount or sale.coupons) or any(
        line.voided or line.listed_minor is not None or line.discount or line.kind == "open" for line in sale.lines
    )
    return _SaleEffect(_sale_effect(sale), minor, sells(sale), counts)


_EFFECTS: IdentityCache[SaleCompleted, _SaleEffect] = IdentityCache(_effect_of, SALES_REMEMBERED)


def with_paper(day: Day, paper: Paper) -> Day:
    """Return the day with its next paper. A void must follow its sale; it reverses sums, but not counts."""
    change: dict[str, object] = {"first": day.first or paper.number, "last": paper.number, "newest": Taken()}
    match paper:
        case SaleCompleted():
            effect = _EFFECTS.of(paper)
            if paper.returns:  # one paper for a sale and a refund
                change["refunds"] = _more(day.refunds, -paper.goods_back_minor)
            sales, taken = _more(day.sales, effect.minor, effect.sells), effect.taken
            change |= {"sales": sales, "taken": _sum(day.taken, taken, 1), "newest": taken}
            if effect.counts:
                counts = _with_manual_discounts(_with_lines(day.counts, paper.lines), paper)
                change["counts"] = _with_open(_with_coupons(counts, paper), paper)
        case SaleVoided():
            change |= {"voids": _more(day.voids, -paper.total_minor), "taken": _sum(day.taken, day.newest, -1)}
        case SaleRefunded():
            taken = _refund_effect(paper)
            change |= {"refunds": _more(day.refunds, -paper.paid_minor), "taken": _sum(day.taken, taken, 1)}
            change["newest"] = taken
    return msgspec.structs.replace(day, **change)


def with_correction(day: Day, event: TenderCorrected) -> Day:
    """Return the day with a sale's tenders corrected.

    Changes the sums, and the newest sale's effect if it was that sale.
    """
    was = _money_effect(event.was_rounding_minor, _tenders(event.was, event.was_change_minor), event)
    now = _money_effect(event.rounding_minor, _tenders(event.tenders, 0), event)
    sales = Sum(day.sales.count, day.sales.minor + event.more_minor)
    newest = _sum(_sum(day.newest, was, -1), now, 1) if day.last == event.sale else day.newest
    return msgspec.structs.replace(day, sales=sales, taken=_sum(_sum(day.taken, was, -1), now, 1), newest=newest)


def with_cleared(day: Day, cleared: BasketAbandoned) -> Day:
    """Return the day with a cleared basket counted."""
    counts = _with_lines(day.counts, cleared.lines)
    more = msgspec.structs.replace(counts, cleared=_more(counts.cleared, cleared.total_minor))
    return msgspec.structs.replace(day, counts=more)


def with_copy(day: Day) -> Day:
    """Return the day with a reprinted paper counted."""
    counts = msgspec.structs.replace(day.counts, copies=day.counts.copies + 1)
    return msgspec.structs.replace(day, counts=counts)


def with_training(day: Day, event: TrainingEnded) -> Day:
    """Return the day with a practice session counted; nothing else changes."""
    counts = day.counts
    more = msgspec.structs.replace(
        counts, trainings=counts.trainings + 1, training_papers=counts.training_papers + event.papers
    )
    return msgspec.structs.replace(day, counts=more)


def sums_of(papers: Iterable[Paper]) -> DaySums:
    """The sums over a day's papers, in order."""
    return sums(reduce(with_paper, papers, Day()))


def together(days: Iterable[Day]) -> Day:
    """Several registers' days combined into one, without receipt numbers."""
    return reduce(_both, days, Day())


def sums(day: Day) -> DaySums:
    """The day's sums, as on a report."""
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
        overridden=day.counts.overridden,
        voided_lines=day.counts.voided_lines,
        discount_minor=taken.discount_minor,
        first=day.first,
        last=day.last,
        cleared=day.counts.cleared,
        copies=day.counts.copies,
        given=day.counts.given,
        givers=day.counts.givers,
        foreign=taken.foreign,
        apart=taken.apart,
        trainings=day.counts.trainings,
        training_papers=day.counts.training_papers,
        coupons=day.counts.coupons,
        open=day.counts.open,
        tips=taken.tips,
        tips_to=taken.tips_to,
    )


def _sale_effect(sale: SaleCompleted) -> Taken:
    paid = _tenders(sale.tenders, sale.change_minor)
    apart = _combine_amounts(_apart(sale.lines), _apart(sale.returned_lines), -1)
    theirs = _combine_amounts(_theirs(sale.lines), _theirs(sale.returned_lines), -1)
    by = paid or _tenders(sale.back or (one for goods in sale.returns for one in goods.left), 0)
    return Taken(
        sale.rounding_minor,
        sale.taxes,
        _less_back(dict(paid), sale.back),
        sum(line.promotion_minor for line in sale.lines),
        _foreign(sale.tenders),
        apart,
        _tips(apart.get("tip", 0), by),
        {person: _tips(minor, by) for person, minor in theirs.items()},
        receipt_of(sale),
    )


def receipt_of(sale: SaleCompleted) -> Sum:
    """Return the sale as one receipt with its revenue; zero for a sale without revenue, such as of gift cards only."""
    if not earns(sale):
        return Sum(0, 0)
    paid_minor = sale.total_minor + sale.rounding_minor + sale.goods_back_minor
    return Sum(1, paid_minor - sum(_apart(sale.lines).values()))


def _money_effect(rounding_minor: int, tenders: dict[str, Sum], event: TenderCorrected) -> Taken:
    tips = _tips(event.tip_minor, tenders)
    to = {event.tip_to: tips} if event.tip_to else {}
    return Taken(rounding_minor, (), tenders, tips=tips, tips_to=to, receipts=Sum(0, rounding_minor))


def tip_in(tenders: Iterable[Tender], change_minor: int, minor: int) -> dict[str, int]:
    """Split a tip by tender."""
    return _tips(minor, _tenders(tenders, change_minor))


def _tips(minor: int, tenders: Mapping[str, Sum]) -> dict[str, int]:
    """Split a tip by tender, in proportion to the amounts paid.

    An advance pays for goods first, so a tip at the door belongs to the tenders used there.
    """
    if not minor:
        return {}
    paid = {kind: max(0, entry.minor) for kind, entry in tenders.items()}
    ahead_minor = paid.pop(ADVANCE, 0)
    now_minor = min(abs(minor), sum(paid.values())) if ahead_minor else abs(minor)
    parts = dict(zip(paid, spread(now_minor, paid.values()), strict=True))
    if ahead_minor:
        parts[ADVANCE] = abs(minor) - now_minor
    sign = 1 if minor > 0 else -1
    return {kind: sign * part for kind, part in parts.items() if part}


def _less_back(tenders: dict[str, Sum], back: Iterable[GivenBack]) -> dict[str, Sum]:
    """Subtract the refunds of an exchange from the tenders, and count them."""
    for one in back:
        had = tenders.get(one.kind, Sum(0, 0))
        tenders[one.kind] = Sum(had.count + 1, had.minor - one.amount_minor)
    return tenders


def _refund_effect(refund: SaleRefunded) -> Taken:
    taxes = tuple(row.reversed_row for row in refund.taxes)
    tenders = {kind: Sum(entry.count, -entry.minor) for kind, entry in _tenders(refund.tenders, 0).items()}
    apart = {kind: -minor for kind, minor in _apart(refund.lines).items()}
    by = _tenders(refund.tenders, 0)
    theirs = {person: _tips(-minor, by) for person, minor in _theirs(refund.lines).items()}
    tips = _tips(apart.get("tip", 0), by)
    return Taken(-refund.rounding_minor, taxes, tenders, apart=apart, tips=tips, tips_to=theirs)


def _foreign(tenders: Iterable[Tender]) -> dict[str, int]:
    """Foreign cash by tender."""
    sums: dict[str, int] = {}
    for tender in tenders:
        if tender.foreign_minor:
            sums[tender.kind] = sums.get(tender.kind, 0) + tender.foreign_minor
    return sums


def _apart(lines: Iterable[RecordedLine]) -> dict[str, int]:
    """Amounts that aren't revenue, by kind of line."""
    sums: dict[str, int] = {}
    for line in lines:
        if not line.is_revenue:
            sums[line.kind] = sums.get(line.kind, 0) + line.amount_minor
    return sums


def _theirs(lines: Iterable[RecordedLine]) -> dict[str, int]:
    """Tips of individual users, by user."""
    sums: dict[str, int] = {}
    for line in lines:
        if line.tip_to:
            sums[line.tip_to] = sums.get(line.tip_to, 0) + line.amount_minor
    return sums


def _tenders(tenders: Iterable[Tender], change_minor: int) -> dict[str, Sum]:
    """Sum the tenders by kind; change is subtracted from cash."""
    sums: dict[str, Sum] = {}
    for tender in tenders:
        sums[tender.kind] = _more(sums.get(tender.kind, Sum(0, 0)), tender.amount_minor)
    if change_minor:
        cash = sums.get("cash", Sum(0, 0))
        sums["cash"] = Sum(cash.count, cash.minor - change_minor)
    return sums


def _with_lines(counts: Counts, lines: Iterable[RecordedLine]) -> Counts:
    lines = tuple(lines)
    voided = sum(line.voided for line in lines)
    overridden = sum(line.listed_minor is not None for line in lines)
    if not voided and not overridden:
        return counts
    return msgspec.structs.replace(
        counts, voided_lines=counts.voided_lines + voided, overridden=counts.overridden + overridden
    )


def _with_manual_discounts(counts: Counts, sale: SaleCompleted) -> Counts:
    """Return the counts with a sale's manual discounts, on lines and on the whole sale."""
    taken = [(line.discount, line.off_minor) for line in sale.lines if line.discount and line.off_minor]
    if sale.discount:
        taken.append((sale.discount, sum(line.share_minor for line in sale.lines)))
    given, givers = dict(counts.given), dict(counts.givers)
    for discount, minor in taken:
        given[discount.reason] = _more(given.get(discount.reason, Sum(0, 0)), minor)
        givers[discount.by] = _more(givers.get(discount.by, Sum(0, 0)), minor)
    return msgspec.structs.replace(counts, given=given, givers=givers) if taken else counts


def _with_coupons(counts: Counts, sale: SaleCompleted) -> Counts:
    coupons = dict(counts.coupons)
    for coupon in sale.coupons:
        name = coupon.name or coupon.tail
        coupons[name] = _add_sums(coupons.get(name, Sum(0, 0)), Sum(int(not coupon.counted), coupon.minor))
    return msgspec.structs.replace(counts, coupons=coupons) if sale.coupons else counts


def _with_open(counts: Counts, sale: SaleCompleted) -> Counts:
    amounts = [line.amount_minor for line in sale.lines if line.kind == "open" and not line.voided]
    open_ = Sum(counts.open.count + len(amounts), counts.open.minor + sum(amounts))
    return msgspec.structs.replace(counts, open=open_) if amounts else counts


def _both(one: Day, other: Day) -> Day:
    counts = Counts(
        one.counts.voided_lines + other.counts.voided_lines,
        one.counts.overridden + other.counts.overridden,
        _add_sums(one.counts.cleared, other.counts.cleared),
        one.counts.copies + other.counts.copies,
        _each(one.counts.given, other.counts.given),
        _each(one.counts.givers, other.counts.givers),
        one.counts.trainings + other.counts.trainings,
        one.counts.training_papers + other.counts.training_papers,
        _each(one.counts.coupons, other.counts.coupons),
        _add_sums(one.counts.open, other.counts.open),
    )
    return Day(
        _add_sums(one.sales, other.sales),
        _add_sums(one.voids, other.voids),
        _add_sums(one.refunds, other.refunds),
        _sum(one.taken, other.taken, 1),
        counts=counts,
    )


def _each(one: Mapping[str, Sum], other: Mapping[str, Sum]) -> dict[str, Sum]:
    return {key: _add_sums(one.get(key, Sum(0, 0)), other.get(key, Sum(0, 0))) for key in sorted({*one, *other})}


def _combine_amounts(one: Mapping[str, int], other: Mapping[str, int], sign: int) -> dict[str, int]:
    if not one and not other:
        return {}
    both = {key: one.get(key, 0) + sign * other.get(key, 0) for key in sorted({*one, *other})}
    return {key: value for key, value in both.items() if value}


def _signed_each(
    one: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]], sign: int
) -> dict[str, dict[str, int]]:
    if not one and not other:
        return {}
    both = {key: _combine_amounts(one.get(key, {}), other.get(key, {}), sign) for key in sorted({*one, *other})}
    return {key: value for key, value in both.items() if value}


def _add_sums(one: Sum, other: Sum) -> Sum:
    return Sum(one.count + other.count, one.minor + other.minor)


def _more(sum: Sum, minor: int, counts: bool = True) -> Sum:
    return Sum(sum.count + counts, sum.minor + minor)


def sells(sale: SaleCompleted) -> bool:
    """Whether a paper is a sale. Taking money only for an order or a gift card, which the shop then owes, isn't one."""
    return bool(sale.returns) or earns(sale)


def earns(sale: SaleCompleted) -> bool:
    """Whether the sale contains any revenue."""
    return any(line.is_revenue and not line.voided for line in sale.lines)


def _sum(one: Taken, other: Taken, sign: int) -> Taken:
    """Add two sums, or (`sign` -1) subtract the second; zeros are dropped."""
    taxes = merge_taxes((*one.taxes, *(row if sign > 0 else row.reversed_row for row in other.taxes)))
    tenders = dict(one.tenders)
    for kind, entry in other.tenders.items():
        before = tenders.get(kind, Sum(0, 0))
        tenders[kind] = Sum(before.count + max(0, sign) * entry.count, before.minor + sign * entry.minor)
    return Taken(
        one.rounding_minor + sign * other.rounding_minor,
        tuple(sorted(taxes, key=lambda row: (-row.rate, row.name))),
        {kind: entry for kind, entry in sorted(tenders.items()) if entry != Sum(0, 0)},
        one.discount_minor + sign * other.discount_minor,
        _combine_amounts(one.foreign, other.foreign, sign),
        _combine_amounts(one.apart, other.apart, sign),
        _combine_amounts(one.tips, other.tips, sign),
        _signed_each(one.tips_to, other.tips_to, sign),
        Sum(one.receipts.count + sign * other.receipts.count, one.receipts.minor + sign * other.receipts.minor),
    )
