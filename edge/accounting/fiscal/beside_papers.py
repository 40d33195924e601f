"""Papers that aren't till receipts, as tax authorities see them: practice papers, and bills before payment. Pure.

They aren't in the till's journal, so their signing event contains their content.
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
"""The key of a practice paper's content in its block, and its type."""
MOST_LINES = 200


class AsMade(msgspec.Struct, frozen=True):
    """The place and time at which a practice paper or bill was made, and its tax table."""

    register: str
    operator: str
    day: str
    at_us: int
    zone: ZoneInfo
    table: TaxTable
    language: str

    def fact(self, event: Any) -> RecordedEvent:
        """Wrap an event as if it were the till's."""
        return RecordedEvent(0, 0, b"", self.register, self.operator, "", self.day, self.at_us, event)


def practice_paper(document: Document, made: AsMade) -> FiscalPaper | None:
    """A practice paper; None if it has no total."""
    blocks = (row for row in document.rows if isinstance(row, TemplateBlock) and row.template in _PRACTISED)
    block = next(blocks, None)
    if block is None:
        return None
    name, kind = _PRACTISED[block.template]
    fact = made.fact(_read(block.data[name], kind))
    undone = made.fact(_read(sale, SaleCompleted)) if (sale := block.data.get("sale")) else None
    try:
        return paper_of(fact, lambda register, number: undone, made.zone, made.table, made.language)
    except LookupError:  # the void of a practice refund: the refund itself isn't stored
        return None


def bill_before_payment(sale: SaleCompleted, made: AsMade) -> FiscalPaper:
    """A basket's bill before payment, as the sale that it would become."""
    return paper_of(made.fact(sale), lambda register, number: None, made.zone, made.table, made.language)


def paper_fact(paper: FiscalPaper) -> BesidePaper:
    """The content stored in the event."""
    lines = (
        BesideLine(line.kind, line.label[:120], line.quantity_thousandths, line.rate, line.gross_minor, line.net_minor)
        for line in paper.lines[:MOST_LINES]
    )
    taxes = tuple((row.rate, row.net_minor, row.tax_minor) for row in paper.taxes)
    return BesidePaper(tuple(lines), taxes, tuple(one.kind for one in paper.tenders), paper.operator)


def again(register: str, event: PaperSigned) -> FiscalPaper:
    """Restore a paper from its signing event."""
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
    """Decode an event from a paper's block. Print queues return it as dicts and lists."""
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
