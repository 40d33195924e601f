"""Checks an invoice's totals to the cent: rules BR-CO-10 to 17 of EN 16931-1. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from edge.lib.einvoice.document import EInvoice, EInvoiceLine

CENT = Decimal("0.01")
LINE_SLACK = Decimal("0.02")
"""Accepted difference between a line's total and its quantity times its price, which are both rounded."""
NOTHING = Decimal(0)


class SumFault(msgspec.Struct, frozen=True):
    """A failed check: `code`, the line ("": the document), the expected and the stated value."""

    code: str
    line: str = ""
    expected: str = ""
    said: str = ""


def check(paper: EInvoice, slack: Decimal = NOTHING) -> tuple[SumFault, ...]:
    """Return all failed checks. `slack`: tolerance per total, and per line in the grand total; 0 for machine-written
    documents."""
    return (*_missing(paper), *_sums(paper, slack), *_taxes(paper), *_lines(paper))


def _missing(paper: EInvoice) -> Iterator[SumFault]:
    for name in ("number", "date", "currency", "seller", "total"):
        if getattr(paper, name) in ("", None):
            yield SumFault("missing_field", said=name)
    if not paper.lines:
        yield SumFault("no_lines")


def _sums(paper: EInvoice, slack: Decimal) -> Iterator[SumFault]:
    allowances, charges = paper.allowances_sum or NOTHING, paper.charges_sum or NOTHING
    if paper.lines and paper.lines_sum is not None:
        lines = sum((one.total for one in paper.lines), NOTHING)
        yield from _equal("lines_sum", lines, paper.lines_sum, slack * len(paper.lines))
    yield from _equal("allowances_sum", sum((one.amount for one in paper.allowances), NOTHING), allowances)
    yield from _equal("charges_sum", sum((one.amount for one in paper.charges), NOTHING), charges)
    if paper.net is not None and paper.lines_sum is not None:
        yield from _equal("net_sum", paper.lines_sum - allowances + charges, paper.net, slack)
    if paper.total is not None and paper.net is not None:
        yield from _equal("total_sum", paper.net + (paper.tax or NOTHING), paper.total, slack)
    if paper.payable is not None and paper.total is not None:
        left = paper.total - (paper.paid or NOTHING) + (paper.rounding or NOTHING)
        yield from _equal("due_sum", left, paper.payable, slack)


def _taxes(paper: EInvoice) -> Iterator[SumFault]:
    if len(paper.taxes) > 1:
        yield SumFault("tax_sum", expected="1", said=str(len(paper.taxes)))
    elif paper.tax is not None and (paper.vat or paper.lines):  # the MINIMUM profile has no rates
        yield from _equal("tax_sum", sum((one.tax for one in paper.vat), NOTHING), paper.tax)
    for row in paper.vat:
        if row.rate is None:
            continue
        lines = sum(one.rate == row.rate for one in paper.lines)
        tax = (row.base * row.rate / 100).quantize(CENT, ROUND_HALF_UP)
        if abs(tax - row.tax) > CENT * max(1, lines):
            yield SumFault("tax_rate", expected=str(tax), said=str(row.tax))


def _lines(paper: EInvoice) -> Iterator[SumFault]:
    for line in paper.lines:
        if (worth := worth_of(line)) is not None and abs(worth - line.total) > LINE_SLACK:
            yield SumFault("line_amount", line.id, str(worth.quantize(CENT, ROUND_HALF_UP)), str(line.total))


def worth_of(line: EInvoiceLine) -> Decimal | None:
    """Return quantity times price with the line's allowances and charges; None without a price."""
    if line.price is None or line.per == 0:
        return None
    return line.quantity * line.price / (line.per or Decimal(1)) - line.allowances + line.charges


def _equal(code: str, expected: Decimal, said: Decimal, slack: Decimal = NOTHING) -> Iterator[SumFault]:
    if abs(expected - said) > slack:
        yield SumFault(code, expected=str(expected), said=str(said))
