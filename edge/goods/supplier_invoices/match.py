"""Match an invoice with orders and receipts, line by line. Pure.

Approval clears findings that block or need a decision. Both price tolerances apply: a percentage, and an amount per
line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

from edge.goods.supplier_invoices.paper import SURE_ENOUGH_PERCENT, Paper, PaperLine

ODD_PERCENT = 20
PIECES = frozenset({"C62", "H87", "EA", "PCE", "NAR", "1N"})
MEASURES: Mapping[str, tuple[str, Decimal]] = {
    "KGM": ("kg", Decimal(1)),
    "GRM": ("kg", Decimal("0.001")),
    "LTR": ("litre", Decimal(1)),
    "MLT": ("litre", Decimal("0.001")),
    "MTR": ("metre", Decimal(1)),
}
PACKS = frozenset({"BX", "XBX", "CS", "XCS", "CT", "XCT", "PK", "XPK", "PA", "XPA", "BO", "XBO"})
"""Codes of boxes, cases, cartons and packs, whose number of units is defined by the order."""
UNIT_WORDS = ("C62", *MEASURES, "BX", "CS", "CT", "PK", "BO")
"""Units with a translated name, which other codes for the same unit also use."""
Kind = Literal["block", "ask", "info"]
KINDS: Mapping[str, Kind] = {
    "supplier_unknown": "ask",
    "duplicate_maybe": "ask",
    "currency": "block",
    "date_ahead": "block",
    "unsure_number": "ask",
    "unsure_date": "ask",
    "unsure_total": "ask",
    "unsure_seller": "ask",
    "line_unsure": "ask",
    "charge_unplanned": "ask",
    "total_differs": "block",
    "total_rounded": "info",
    "product_unknown": "ask",
    "product_like": "ask",
    "unit_unclear": "ask",
    "no_order": "ask",
    "not_ordered": "ask",
    "not_received": "block",
    "qty_over": "block",
    "qty_under": "info",
    "price_over": "block",
    "price_under": "info",
    "price_odd": "ask",
    "credit_over": "block",
}
"""The effect of each finding. A wrong total always blocks and can't be overruled."""


class MatchBounds(msgspec.Struct, frozen=True):
    """Tolerances, with amounts in minor units of the invoice's currency.

    A line may exceed the ordered price by `price_over_percent` and by `price_over_line_minor` in total; both limits
    apply. The invoice total may differ from the sum of its parts by `rounding_minor`.
    """

    price_over_percent: int = 2
    price_over_line_minor: int = 500
    rounding_minor: int = 5


USUAL = MatchBounds()


class MatchFinding(msgspec.Struct, frozen=True):
    """A finding: its code, and the values for its text."""

    code: str
    values: dict[str, str | int] = {}

    @property
    def kind(self) -> Kind:
        return KINDS.get(self.code, "block")


class OrderPosition(msgspec.Struct, frozen=True):
    """A product's position in an order, in thousandths; `unit_cost_minor`: as ordered. `quantity` 0: received
    without being ordered."""

    order: int
    quantity: int
    received: int
    invoiced: int
    unit_cost_minor: int
    pack: int


class Candidate(msgspec.Struct, frozen=True):
    """A possible match for a line: the product, its unit and its order; `like`: a product with a similar name, if the
    product is unknown. `is_charge`: the line is freight or a fee, not goods. `beside`: thousandths of the product on
    other lines of the invoice. `units`: units per quantity if the line's code is a case.
    """

    sku: str = ""
    unit: str = ""
    ordered: OrderPosition | None = None
    has_order: bool = False
    like: str = ""
    is_charge: bool = False
    beside: int = 0
    units: int = 1


class MatchedLine(msgspec.Struct, frozen=True):
    """A matched line: `quantity` in thousandths of the product's unit (0: unclear), the unit cost and line total
    (`net_minor`) without VAT in minor units, and the findings. `is_charge`: the line is freight or a fee, not goods.
    """

    line: int
    sku: str
    order: int
    quantity: int
    unit_cost_minor: int
    ordered: OrderPosition | None
    findings: tuple[MatchFinding, ...]
    is_charge: bool = False
    net_minor: int = 0


class InvoiceTerms(msgspec.Struct, frozen=True):
    """Terms of all lines of an invoice.

    `share`: the factor by which allowances on the whole invoice change each line's total; `digits`: decimals of the
    currency.
    """

    share: Decimal
    digits: int
    credit: bool
    bounds: MatchBounds


def match_lines(lines: Sequence[PaperLine], known: Sequence[Candidate], terms: InvoiceTerms) -> tuple[MatchedLine, ...]:
    """Match the lines of an invoice. Lines for the same product in the same order are totalled."""
    amounts = [thousandths_of(line, one) if one.ordered else 0 for line, one in zip(lines, known, strict=True)]
    sums: dict[tuple[int, str], int] = {}
    for amount, one in zip(amounts, known, strict=True):
        sums[_position(one)] = sums.get(_position(one), 0) + amount
    together = [
        msgspec.structs.replace(one, beside=sums[_position(one)] - amount)
        for amount, one in zip(amounts, known, strict=True)
    ]
    return tuple(match_line(at, line, one, terms) for at, (line, one) in enumerate(zip(lines, together, strict=True)))


def _position(one: Candidate) -> tuple[int, str]:
    return (one.ordered.order if one.ordered else 0, one.sku)


def match_line(at: int, line: PaperLine, known: Candidate, terms: InvoiceTerms) -> MatchedLine:
    """Match a line of an invoice."""
    unsure = (MatchFinding("line_unsure"),) if line.sure_percent < SURE_ENOUGH_PERCENT else ()
    if known.is_charge:
        return MatchedLine(at, "", 0, 0, 0, None, unsure, is_charge=True)
    if not known.sku:
        which = MatchFinding("product_like", {"sku": known.like}) if known.like else MatchFinding("product_unknown")
        return MatchedLine(at, "", 0, 0, 0, None, (*unsure, which))
    quantity = thousandths_of(line, known)
    ordered = known.ordered
    order = ordered.order if ordered else 0
    if not quantity:
        return MatchedLine(
            at, known.sku, order, 0, 0, ordered, (*unsure, MatchFinding("unit_unclear", {"unit": line.unit}))
        )
    net = (Decimal(line.total) * terms.share).scaleb(terms.digits)
    cost = net * 1000 / quantity
    unit_cost = int(abs(cost).quantize(Decimal(1), ROUND_HALF_UP))
    checked = _check_credit(quantity, known) if terms.credit else _check_invoice(quantity, cost, known, terms.bounds)
    net_minor = int(abs(net).quantize(Decimal(1), ROUND_HALF_UP))
    return MatchedLine(at, known.sku, order, quantity, unit_cost, ordered, (*unsure, *checked), net_minor=net_minor)


def thousandths_of(line: PaperLine, known: Candidate) -> int:
    """The quantity of a line in the product's unit, in thousandths; 0 if the line's unit can't be converted."""
    amount = Decimal(line.quantity)
    if line.unit in MEASURES:
        unit, factor = MEASURES[line.unit]
        if unit != known.unit:
            return 0
        amount *= factor
    elif line.unit in PACKS and known.units > 1:
        amount *= known.units
    elif line.unit in PACKS:
        if known.ordered is None or known.ordered.pack < 1:
            return 0
        amount *= known.ordered.pack
    elif line.unit in PIECES:
        amount *= known.units
    else:
        return 0
    return int((amount * 1000).quantize(Decimal(1), ROUND_HALF_UP))


def unit_named(unit: str) -> str:
    """The key in `UNIT_WORDS` for a unit; "" if it has none.

    >>> unit_named("EA"), unit_named("XCS"), unit_named("PA"), unit_named("ZZ")
    ('C62', 'CS', 'PK', '')
    """
    if unit in PIECES:
        return "C62"
    plain = "PK" if unit == "PA" else unit[1:] if unit in PACKS and unit.startswith("X") else unit
    return plain if plain in UNIT_WORDS else ""


def share_of(paper: Paper) -> Decimal:
    """The factor by which allowances on the whole invoice change each line's total; charges are separate."""
    lines, net = Decimal(paper.lines_sum or 0), Decimal(paper.net or 0) - Decimal(paper.charges or 0)
    return net / lines if lines and paper.net else Decimal(1)


def total_findings(paper: Paper, digits: int, bounds: MatchBounds) -> Sequence[MatchFinding]:
    """Check that the total equals lines plus charges and taxes minus allowances.

    Empty if one of the amounts is itself wrong.

    Reading a printed invoice tolerates a cent per amount or line, and missing terms. This check finds the differences
    that those tolerances let through.
    """
    if paper.faults or not paper.lines or not paper.total:
        return ()
    lines = sum((Decimal(line.total or 0) for line in paper.lines), Decimal(0))
    more = Decimal(paper.charges or 0) + Decimal(paper.tax or 0) - Decimal(paper.allowances or 0)
    off = Decimal(paper.total) - lines - more
    if not off:
        return ()
    code = "total_differs" if abs(off).scaleb(digits) > bounds.rounding_minor else "total_rounded"
    return (MatchFinding(code, {"total": paper.total, "sum": f"{lines + more:f}", "off": f"{off:f}"}),)


def _check_invoice(quantity: int, cost: Decimal, known: Candidate, bounds: MatchBounds) -> Sequence[MatchFinding]:
    ordered = known.ordered
    if ordered is None:
        return [MatchFinding("not_ordered" if known.has_order else "no_order")]
    found = [MatchFinding("not_ordered")] if not ordered.quantity else []
    now = ordered.invoiced + quantity + known.beside
    if not ordered.received:
        found.append(MatchFinding("not_received"))
    elif now > ordered.received:
        found.append(MatchFinding("qty_over", {"invoiced": _units(now), "received": _units(ordered.received)}))
    elif now < ordered.received:
        found.append(MatchFinding("qty_under", {"invoiced": _units(now), "received": _units(ordered.received)}))
    return [*found, *_check_order_price(quantity, cost, ordered, bounds)] if ordered.quantity else found


def _check_order_price(
    quantity: int, cost: Decimal, ordered: OrderPosition, bounds: MatchBounds
) -> Sequence[MatchFinding]:
    agreed = Decimal(ordered.unit_cost_minor)
    more = cost - agreed
    values: dict[str, str | int] = {
        "ordered_minor": ordered.unit_cost_minor,
        "invoiced_minor": int(cost.quantize(Decimal(1), ROUND_HALF_UP)),
    }
    above = more * 100 > agreed * bounds.price_over_percent or more * quantity / 1000 > bounds.price_over_line_minor
    if more > 0 and above:
        return [MatchFinding("price_over", values)]
    if more < 0:
        odd = -more * 100 > agreed * ODD_PERCENT
        return [MatchFinding("price_odd" if odd else "price_under", values)]
    return []


def _check_credit(quantity: int, known: Candidate) -> Sequence[MatchFinding]:
    ordered, credited = known.ordered, abs(quantity + known.beside)
    if ordered is None:
        return [MatchFinding("no_order")]
    if credited > ordered.invoiced:
        return [MatchFinding("credit_over", {"credited": _units(credited), "invoiced": _units(ordered.invoiced)})]
    return []


def _units(thousandths: int) -> str:
    return f"{Decimal(thousandths) / 1000:f}"
