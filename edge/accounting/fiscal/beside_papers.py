"""Papers beside the till's: what is practised, and bills before they are paid. As authorities see them. Pure.

Nothing of them is in the till's journal, so the fact that they were signed holds what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.accounting.fiscal.events import BesideLine, BesidePaper, PaperSigned
from edge.accounting.fiscal.fiscal_paper import FiscalLine, FiscalPaper, FiscalTender, PaperId, paper_of
from edge.core.messages import RecordedEvent
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.tax.rules import Taxed, TaxTable

_PRACTISED: dict[str, tuple[str, type[Any]]] = {
    "till/sale": ("sale", SaleCompleted),
    "till/refund": ("refund", SaleRefunded),
    "till/void": ("void", SaleVoided),
}
"""Where in a paper's block stands what it is of."""
MOST_LINES = 200


class AsMade(msgspec.Struct, frozen=True):
    """Where and when a paper beside the till's is made, and what it is taxed by."""

    register: str
    operator: str
    day: str
    at_us: int
    zone: ZoneInfo
    table: TaxTable
    language: str

    def fact(self, event: Any) -> RecordedEvent:
        """As if it were one of the till's."""
        return RecordedEvent(0, 0, b"", self.register, self.operator, "", self.day, self.at_us, event)


def practice_paper(document: Document, made: AsMade) -> FiscalPaper | None:
    """The paper that somebody practised; None: it is none that has a sum."""
    blocks = (row for row in document.rows if isinstance(row, TemplateBlock) and row.template in _PRACTISED)
    block = next(blocks, None)
    if block is None:
        return None
    name, kind = _PRACTISED[block.template]
    fact = made.fact(_read(block.data[name], kind))
    undone = made.fact(_read(sale, SaleCompleted)) if (sale := block.data.get("sale")) else None
    try:
        return paper_of(fact, lambda register, number: undone, made.zone, made.table, made.language)
    except LookupError:  # the void of a practised refund: what it undid stands nowhere
        return None


def bill_before_payment(sale: SaleCompleted, made: AsMade) -> FiscalPaper:
    """What a basket comes to before it is paid, as the sale that it would be."""
    return paper_of(made.fact(sale), lambda register, number: None, made.zone, made.table, made.language)


def paper_fact(paper: FiscalPaper) -> BesidePaper:
    """What the fact holds of it."""
    lines = (
        BesideLine(line.kind, line.label[:120], line.quantity_thousandths, line.rate, line.gross_minor, line.net_minor)
        for line in paper.lines[:MOST_LINES]
    )
    taxes = tuple((row.rate, row.net_minor, row.tax_minor) for row in paper.taxes)
    return BesidePaper(tuple(lines), taxes, tuple(one.kind for one in paper.tenders), paper.operator)


def again(register: str, event: PaperSigned) -> FiscalPaper:
    """The paper, out of the fact that it was signed."""
    assert event.beside is not None, "it is a paper of the till"
    return FiscalPaper(
        id=PaperId(register, event.number),
        seq=0,
        kind="sale",
        day=event.day,
        at=datetime.fromisoformat(event.at),
        operator=event.beside.operator,
        currency="",
        lines=tuple(_lines(event.beside.lines)),
        taxes=tuple(Taxed("", rate, net_minor, tax_minor) for rate, net_minor, tax_minor in event.beside.taxes),
        tenders=tuple(FiscalTender(kind, 1) for kind in event.beside.means),
    )


def _read(data: Any, kind: type[Any]) -> Any:
    """An event out of a paper's block, which comes back of the queue as dicts and lists."""
    return msgspec.convert(msgspec.to_builtins(data), kind, strict=False)


def _lines(lines: Iterable[BesideLine]) -> Iterable[FiscalLine]:
    return (
        FiscalLine(
            kind=line.kind,
            article="",
            label=line.label,
            quantity_thousandths=line.quantity_thousandths,
            unit="",
            rate=line.rate,
            gross_minor=line.gross_minor,
            net_minor=line.net_minor,
            listed_minor=line.gross_minor,
        )
        for line in lines
    )
