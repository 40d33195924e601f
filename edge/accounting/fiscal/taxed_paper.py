"""A paper as taxed in France and Austria: an order's advance is taxed at once, at the order's rates. Pure.

The order's sale is taxed on the rest (CGI art. 269, 2 a bis; UStG par. 19, 2): the amounts already taxed are deducted
by rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from edge.accounting.fiscal.events import AdvanceTaxed, PaperKind, VatSum
from edge.accounting.fiscal.fiscal_paper import FiscalKind, FiscalLine, FiscalPaper, FiscalTender
from edge.counter.basket.event_structs import RecordedLine
from edge.lib.tax.rules import FULL, Taxed, TaxTable
from edge.lib.units.money import divide_half_up
from edge.money.tenders.tender import ADVANCE

AUSTRIAN_RATES = {2000: 0, 1000: 1, 1300: 2, 0: 3, 1900: 4}
"""The index of a rate's total in a receipt: normal, reduced 1 and 2, zero, special."""
PER_BASIS_POINT = 10
"""Thousandths of a percent per basis point."""
KINDS: Mapping[FiscalKind, PaperKind] = {
    "sale": "VENTE",
    "refund": "REMBOURSEMENT",
    "void": "ANNULATION",
    "exchange": "ECHANGE",
}
Sums = tuple[VatSum, ...]
AdvanceSums = Callable[[str, int, bool], Sums]
"""Returns an order's advance by tax rate. Arguments: the order, an amount, and whether it's used or refunded."""


class TaxedPaper(msgspec.Struct, frozen=True):
    """The data to sign. `vat`: sums with tax by ascending rate, adding up to `total_minor`. `lines` and `tenders` add
    up to that plus the amounts that aren't revenue; `taxes`: net and tax by rate."""

    kind: PaperKind
    vat: Sums
    taxes: tuple[Taxed, ...]
    lines: tuple[FiscalLine, ...]
    tenders: tuple[FiscalTender, ...]
    apart_minor: int
    advances: tuple[AdvanceTaxed, ...]

    @property
    def total_minor(self) -> int:
        return sum(row.gross_minor for row in self.vat)


def tax_advances(paper: FiscalPaper, sums_of: AdvanceSums) -> TaxedPaper:
    """The paper with its advances taxed by `sums_of`."""
    return with_advances(paper, tuple(_advances(paper, sums_of)))


def with_advances(paper: FiscalPaper, advances: tuple[AdvanceTaxed, ...]) -> TaxedPaper:
    """The paper with these taxed advances."""
    taxes = dict[int, Taxed]()
    for tax in paper.taxes:
        had = taxes.get(tax.rate, Taxed("", tax.rate, 0, 0))
        taxes[tax.rate] = Taxed("", tax.rate, had.net_minor + tax.net_minor, had.tax_minor + tax.tax_minor)
    for row in (row for advance in advances for row in advance.vat):
        rate = row.rate * PER_BASIS_POINT
        taxes[rate] = _more(taxes.get(rate, Taxed("", rate, 0, 0)), row.gross_minor)
    lines = tuple(_lines(paper, advances))
    total_minor = sum(line.gross_minor for line in lines if not line.apart)
    gross = {rate // PER_BASIS_POINT: row.net_minor + row.tax_minor for rate, row in taxes.items() if rate}
    if untaxed_minor := total_minor - sum(gross.values()):
        gross[0] = untaxed_minor
        taxes[0] = Taxed("", 0, untaxed_minor, 0)
    else:
        taxes.pop(0, None)
    vat = tuple(VatSum(rate, gross[rate]) for rate in sorted(gross) if gross[rate])
    return TaxedPaper(
        KINDS[paper.kind],
        vat,
        tuple(taxes[rate] for rate in sorted(taxes) if taxes[rate].net_minor or taxes[rate].tax_minor),
        lines,
        tuple(
            one
            for one in paper.tenders
            if one.kind != ADVANCE or not one.order or not _has_advance(advances, one.order)
        ),
        sum(line.gross_minor for line in lines if line.apart),
        advances,
    )


def share_by_rate(by: Mapping[int, int], minor: int) -> Sums:
    """Split a sum over rates in proportion, including rounding remainders.

    >>> share_by_rate({2000: 100, 550: 50}, 100)
    (VatSum(rate=550, gross_minor=33), VatSum(rate=2000, gross_minor=67))
    """
    whole, passed, given, found = sum(by.values()), 0, 0, []
    for rate in sorted(by):
        passed += by[rate]
        due = divide_half_up(minor * passed, whole) if whole else 0
        found.append(VatSum(rate, due - given))
        given = due
    return tuple(row for row in found if row.gross_minor)


def gross_by_rate(lines: Iterable[RecordedLine], table: TaxTable) -> dict[int, int]:
    """The total of an order's lines by rate in hundredths of a percent; deposits are untaxed."""
    found: dict[int, int] = {}
    for line in lines:
        if line.voided or not line.is_revenue:
            continue
        tax_class = table.find(line.tax_class)
        rate = sum(one.rate for one in tax_class.rates) if tax_class else 0
        minor = line.amount_minor
        minor = minor if table.inclusive else minor + divide_half_up(minor * rate, FULL)
        found[rate // PER_BASIS_POINT] = found.get(rate // PER_BASIS_POINT, 0) + minor
        found[0] = found.get(0, 0) + line.deposits_minor
    return {rate: minor for rate, minor in found.items() if minor}


def _advances(paper: FiscalPaper, sums_of: AdvanceSums) -> Iterator[AdvanceTaxed]:
    """Advances of orders: positive if received, negative if used or refunded."""
    for line in paper.lines:
        if line.kind == "advance" and (sums := sums_of(line.article, line.gross_minor, line.gross_minor < 0)):
            yield AdvanceTaxed(line.article, sums)
    for one in paper.tenders:
        if one.kind == ADVANCE and one.order and (sums := sums_of(one.order, -one.amount_minor, one.amount_minor > 0)):
            yield AdvanceTaxed(one.order, sums)


def _has_advance(advances: Iterable[AdvanceTaxed], order: str) -> bool:
    return any(one.order == order for one in advances)


def _lines(paper: FiscalPaper, advances: tuple[AdvanceTaxed, ...]) -> Iterator[FiscalLine]:
    """Lines for each advance, one per rate, replacing amounts that aren't revenue. If an advance was paid before the
    law applied, it pays more than was taxed; the rest stays a payment without tax."""
    for line in paper.lines:
        if line.kind != "advance" or not _has_advance(advances, line.article):
            yield line
    for advance in advances:
        for row in advance.vat:
            yield FiscalLine(
                kind="advance",
                article=advance.order,
                label="",
                quantity_thousandths=1000 if row.gross_minor > 0 else -1000,
                unit="piece",
                rate=row.rate * PER_BASIS_POINT,
                gross_minor=row.gross_minor,
                net_minor=row.gross_minor - _tax_in(row.rate * PER_BASIS_POINT, row.gross_minor),
                listed_minor=row.gross_minor,
            )


def _more(had: Taxed, gross_minor: int) -> Taxed:
    tax_minor = _tax_in(had.rate, gross_minor)
    return Taxed("", had.rate, had.net_minor + gross_minor - tax_minor, had.tax_minor + tax_minor)


def _tax_in(rate: int, gross_minor: int) -> int:
    return divide_half_up(gross_minor * rate, FULL + rate)


def austrian_sums(whole: TaxedPaper) -> tuple[int, int, int, int, int]:
    """A paper's totals at each of the five rates."""
    sums = [0, 0, 0, 0, 0]
    for row in whole.vat:
        sums[AUSTRIAN_RATES.get(row.rate, 3)] += row.gross_minor
    sums[3] += whole.apart_minor
    return (sums[0], sums[1], sums[2], sums[3], sums[4])
