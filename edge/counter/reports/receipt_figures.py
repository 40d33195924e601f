"""Figures of one receipt, and the events behind them: its total, its refunds, and each amount on it.

Keys: the register and the receipt's number; for an amount also its path in the receipt, such as `lines.0.amount_minor`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

from edge.core.figure import Amounts, Figure, key_number
from edge.core.journal.rows import facts_of_types, read_fact, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figures import is_paper_number
from edge.counter.reports.queries import BEHIND
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.queries import Receipt, read_receipt
from edge.counter.till.sales import paper_event

_TOTALS = tuple(one.__name__ for one in (SaleCompleted, SaleVoided, SaleRefunded))
_PAGE = "/manager/sale?register={0}&number={1}"
_CORRECTED = (TenderCorrected.__name__,)


_ON_PAPER = frozenset(
    {
        *("lines", "returns", "tenders", "back", "taxes", "quantity", "price_minor", "amount_minor", "total_minor"),
        *("typed_minor", "coupon_minor", "deposits_minor", "net_minor", "tax_minor", "change_minor", "rounding_minor"),
    }
)
"""Names that may be in the path of an amount."""
_TAKEN_OFF = ("typed_minor", "coupon_minor")


def _receipt(db: Connection, register: str, number: str) -> Receipt | None:
    return read_receipt(db, register, int(number)) if is_paper_number(number) else None


def _total_minor(db: Connection, registry: Registry, register: str, number: str) -> int | None:
    found = _receipt(db, register, number)
    return found.total_minor if found else None


def _refunded_minor(db: Connection, registry: Registry, register: str, number: str) -> int | None:
    found = _receipt(db, register, number)
    return found.refunded_minor if found else None


def _total_parts(db: Connection, registry: Registry, register: str, number: str) -> Iterator[tuple[int, int]]:
    """The receipt, and later corrections of how it was paid, because those can round cash differently."""
    if found := _receipt(db, register, number):
        for fact in facts_of_types(db, registry, _TOTALS, found.seq, found.seq):
            yield fact.seq, _minor_of(fact.event)
        yield from ((fact.seq, event.more_minor) for fact, event in _corrections(db, registry, found))


def _corrections(db: Connection, registry: Registry, of: Receipt) -> Iterator[tuple[RecordedEvent, TenderCorrected]]:
    """The later corrections of how a receipt was paid."""
    for fact in facts_of_types(db, registry, _CORRECTED, of.seq, read_head(db).seq):
        if isinstance(fact.event, TenderCorrected) and (fact.register, fact.event.sale) == (of.register, of.number):
            yield fact, fact.event


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
    """The receipt's refunds and exchanges, and voids of them."""
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


def _on_paper(event: Any, path: str) -> int | None:
    """An amount or quantity on a receipt, with its displayed sign; None if the path has none."""
    found, name = event, ""
    for name in path.split("."):
        if isinstance(found, tuple):
            at = key_number(name)
            found = found[at] if 0 <= at < len(found) else None
        else:
            found = getattr(found, name, None) if name in _ON_PAPER else None
    if not isinstance(found, int):
        return None
    back = path.startswith("returns.") and name != "price_minor"
    return -found if back or name in _TAKEN_OFF else found


def _amount(is_quantity: bool, db: Connection, registry: Registry, register: str, number: str, path: str) -> int | None:
    found = _receipt(db, register, number)
    fits = path.endswith("quantity") == is_quantity
    return _on_paper(paper_event(db, registry, found.seq), path) if found and fits else None


def _amount_parts(
    db: Connection, registry: Registry, register: str, number: str, path: str
) -> Iterator[tuple[int, int]]:
    """The receipt as recorded, and the newest correction of how it was paid, if it changed the amount."""
    if found := _receipt(db, register, number):
        recorded = _on_paper(read_fact(db, registry, found.seq).event, path) or 0
        yield found.seq, recorded
        if changed := (_on_paper(paper_event(db, registry, found.seq), path) or 0) - recorded:
            corrected = [fact.seq for fact, _ in _corrections(db, registry, found)]
            yield from ((seq, changed) for seq in corrected[-1:])


def _figure(name: str, shown: Callable[..., int | None], parts: Callable[..., Amounts]) -> Figure:
    return Figure(f"reports.{name}", "minor", shown, parts, _PAGE, "receipt", BEHIND, 2)


def _of_paper(name: str, is_quantity: bool) -> Figure:
    unit: Literal["quantity", "minor"] = "quantity" if is_quantity else "minor"
    shown = partial(_amount, is_quantity)
    return Figure(f"reports.{name}", unit, shown, _amount_parts, _PAGE, "receipt", BEHIND, 3)


FIGURES = (
    _figure("receipt_total", _total_minor, _total_parts),
    _figure("receipt_refunded", _refunded_minor, _refunded_parts),
    _of_paper("receipt_amount", is_quantity=False),
    _of_paper("receipt_quantity", is_quantity=True),
)
