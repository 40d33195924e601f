"""A printed invoice as stored, checked and corrected by a person. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, get_args

import msgspec

from edge.goods.supplier_invoices.paper import Amount, Paper, PaperFault, PaperField, PaperLine, ReadHow
from edge.lib.einvoice import EInvoice, EInvoiceLine, VatRow, check
from edge.lib.printed_invoice import PrintedInvoice, PrintedLine

SLACK = Decimal("0.01")
"""Rounding tolerance of a sum; totals get it once per line."""
AMOUNTS = frozenset({"net", "tax", "total"})
DAYS = frozenset({"date", "due"})
CorrectedName = Literal[
    "number", "date", "due", "order", "despatch", "net", "tax", "total", "seller", "seller_vat", "account", "currency"
]
CORRECTED: tuple[CorrectedName, ...] = get_args(CorrectedName)
SURE_LINE_PERCENT = 97
UNSURE_LINE_PERCENT = 60
_CHARS = 300


def paper_of_printed(found: PrintedInvoice, how: ReadHow) -> Paper:
    """The stored form of an invoice that was read from paper."""
    net, tax, total = found.value_of("net"), found.value_of("tax"), found.value_of("total")
    places = (
        PaperField(
            one.name,
            round(one.sure * 100),
            one.source,
            *(one.box.page, one.box.left, one.box.top, one.box.right, one.box.bottom),
        )
        for one in found.fields
    )
    kept = Paper(
        found.value_of("number"),
        found.value_of("date"),
        found.currency,
        found.value_of("seller"),
        credit=total.startswith("-"),
        due=found.value_of("due"),
        seller_vat=found.value_of("seller_vat"),
        order=found.value_of("order"),
        despatch=found.value_of("despatch"),
        lines=tuple(_line(at, line) for at, line in enumerate(found.lines, 1)),
        net=net,
        tax=tax,
        total=total,
        how=how,
        fields=tuple(places),
        account=found.value_of("account"),
    )
    return check_sums(kept)


def _line(at: int, line: PrintedLine) -> PaperLine:
    return PaperLine(
        str(at),
        f"{line.quantity:f}",
        line.unit or "C62",
        f"{line.total:f}",
        f"{line.price:f}",
        name=line.name[:_CHARS],
        code=line.code,
        gtin=line.gtin,
        rate="" if line.rate is None else f"{line.rate:f}",
        sure_percent=SURE_LINE_PERCENT if line.is_sure else UNSURE_LINE_PERCENT,
    )


def check_sums(paper: Paper) -> Paper:
    """A printed invoice with its incorrect totals. Its net total is the sum of its lines, as no other is stated."""
    net = _number(paper.net)
    if net is None and paper.total and not paper.tax:
        net = Decimal(paper.total)
    tax = _number(paper.tax)
    document = EInvoice(
        syntax=paper.how,
        type=paper.type,
        number=paper.number,
        date=paper.date,
        currency=paper.currency,
        seller=paper.seller,
        lines=tuple(_document_line(line) for line in paper.lines),
        vat=() if tax is None or net is None else (VatRow(net, tax, None),),
        lines_sum=net,
        net=net,
        taxes=() if tax is None or net is None else (tax,),
        total=_number(paper.total),
    )
    faults = tuple(PaperFault(one.code, one.line, one.expected, one.said) for one in check(document, SLACK))
    lines_sum = "" if net is None else f"{net:f}"
    return msgspec.structs.replace(paper, faults=faults, lines_sum=lines_sum)


def _document_line(line: PaperLine) -> EInvoiceLine:
    return EInvoiceLine(
        line.id, Decimal(line.quantity or 0), line.unit, Decimal(line.total or 0), _number(line.price), name=line.name
    )


def _number(text: Amount) -> Decimal | None:
    return Decimal(text) if text else None


def correct_paper(paper: Paper, said: Mapping[str, str], lines: Sequence[PaperLine] | None) -> Paper:
    """A printed invoice with a person's corrections; corrected and confirmed fields count as certain."""
    places = {one.name: one for one in paper.fields}
    for name in said:
        place = places.get(name, PaperField(name, 100, "person"))
        places[name] = msgspec.structs.replace(place, sure_percent=100, source="person")
    kept = tuple(
        msgspec.structs.replace(line, id=str(at), sure_percent=100)
        for at, line in enumerate(paper.lines if lines is None else lines, 1)
    )
    changed = msgspec.structs.replace(
        paper, **said, lines=paper.lines if lines is None else kept, fields=tuple(places.values())
    )
    return check_sums(msgspec.structs.replace(changed, credit=changed.total.startswith("-")))
