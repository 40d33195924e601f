"""Figures of one receipt, and the events that made them: its total, and what was refunded of it. The key: the
register and the receipt's number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from edge.core.figure import Amounts, Figure
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figures import is_paper_number
from edge.counter.reports.queries import BEHIND
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.queries import Receipt, read_receipt

_TOTALS = tuple(one.__name__ for one in (SaleCompleted, SaleVoided, SaleRefunded))
_CORRECTED = (TenderCorrected.__name__,)


def _receipt(db: Connection, register: str, number: str) -> Receipt | None:
    return read_receipt(db, register, int(number)) if is_paper_number(number) else None


def _total_minor(db: Connection, registry: Registry, register: str, number: str) -> int | None:
    found = _receipt(db, register, number)
    return found.total_minor if found else None


def _refunded_minor(db: Connection, registry: Registry, register: str, number: str) -> int | None:
    found = _receipt(db, register, number)
    return found.refunded_minor if found else None


def _total_parts(db: Connection, registry: Registry, register: str, number: str) -> Iterator[tuple[int, int]]:
    """The receipt itself, and later corrections of how it was paid, which round cash differently."""
    if found := _receipt(db, register, number):
        for fact in facts_of_types(db, registry, _TOTALS, found.seq, found.seq):
            yield fact.seq, _minor_of(fact.event)
        for fact in facts_of_types(db, registry, _CORRECTED, found.seq, read_head(db).seq):
            if isinstance(fact.event, TenderCorrected) and (fact.register, fact.event.sale) == (register, int(number)):
                yield fact.seq, fact.event.more_minor


def _minor_of(event: Any) -> int:
    match event:
        case SaleCompleted():
            return event.total_minor + event.rounding_minor
        case SaleVoided():
            return -event.total_minor
        case SaleRefunded():
            return -event.paid_minor
    raise LookupError(f"no receipt: {type(event).__name__}")


def _refunded_parts(db: Connection, registry: Registry, register: str, number: str) -> Iterator[tuple[int, int]]:
    """Refunds, exchanges, and voids of either."""
    if found := _receipt(db, register, number):
        number = str(found.number)
        sale, said = (register, int(number)), f'"sale":{number}'.encode()
        for fact in facts_of_types(db, registry, _TOTALS, found.seq + 1, read_head(db).seq, said):
            yield fact.seq, sum(_given_back(fact, sale))


def _given_back(fact: RecordedEvent, sale: tuple[str, int]) -> Iterator[int]:
    match fact.event:
        case SaleCompleted(returns=returns):
            yield from (goods.paid_minor for goods in returns if (goods.register, goods.sale) == sale)
        case SaleRefunded(sale_register=register, sale=number, paid_minor=minor) if (register, number) == sale:
            yield minor
        case SaleVoided(refunds=refunds):
            yield from (-one.minor for one in refunds if (one.sale_register, one.sale) == sale)


def _figure(name: str, shown: Callable[..., int | None], parts: Callable[..., Amounts]) -> Figure:
    page = "/manager/sale?register={0}&number={1}"
    return Figure(f"reports.{name}", "minor", shown, parts, page, "receipt", BEHIND, 2)


FIGURES = (
    _figure("receipt_total", _total_minor, _total_parts),
    _figure("receipt_refunded", _refunded_minor, _refunded_parts),
)
