"""Figures of a purchase order, and the draft and receipts they are calculated from."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.figure import Figure, key_number
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.purchasing.events import GoodsReturned, PurchaseDrafted, PurchaseReceiptCorrected, PurchaseReceived
from edge.goods.purchasing.queries import read_purchase
from edge.goods.purchasing.rules import cost_of

_PAGE = "/manager/purchase?id={0}"
_CURRENCY = "SELECT s.currency FROM purchase_order o JOIN supplier s ON s.id = o.supplier WHERE o.number = ?1"
_FEE = "SELECT s.seq, s.fee_minor FROM purchase_order o JOIN supplier s ON s.id = o.supplier WHERE o.number = ?1"
_FEE_SHOWN = _FEE.replace("s.seq, ", "")
_LINE = "SELECT quantity, unit_cost_minor FROM purchase_line WHERE number = ? AND sku = ?"
_RECEIVED = "SELECT received FROM purchase_line WHERE number = ?1 AND sku = ?2"
_OF_RECEIPT = """
    FROM purchase_receipt WHERE CAST(number AS TEXT) = ?1 AND CAST(movement AS TEXT) = ?2 AND sku = ?3
"""
_ARRIVED = tuple(kind.__name__ for kind in (PurchaseReceived, PurchaseReceiptCorrected, GoodsReturned))
_ORDERED = "SELECT quantity FROM purchase_line WHERE number = ?1 AND sku = ?2"


def _total(db: Connection, registry: Registry, number: str) -> int | None:
    found = read_purchase(db, key_number(number))
    return found.total_minor if found else None


def _newest_draft(db: Connection, registry: Registry, number: str) -> RecordedEvent | None:
    """The newest content of an order."""
    of_all = facts_of_types(db, registry, [PurchaseDrafted.__name__], 1, read_head(db).seq)
    return max((one for one in of_all if str(_draft(one).number) == number), key=lambda one: one.seq, default=None)


def _draft(fact: RecordedEvent) -> PurchaseDrafted:
    assert isinstance(fact.event, PurchaseDrafted)
    return fact.event


def _costs(db: Connection, registry: Registry, number: str) -> Iterator[tuple[int, int]]:
    if found := _newest_draft(db, registry, number):
        yield found.seq, sum(cost_of(line.quantity, line.unit_cost_minor) for line in _draft(found).lines)
    yield from db.execute(_FEE, (number,)).fetchall()


def _ordered_rows(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    if found := _newest_draft(db, registry, number):
        yield found.seq, sum(line.quantity for line in _draft(found).lines if line.sku == sku)


def _line_total(db: Connection, registry: Registry, number: str, sku: str) -> int | None:
    found = db.execute(_LINE, (number, sku)).fetchone()
    return cost_of(*found) if found else None


def _line_costs(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    if found := _newest_draft(db, registry, number):
        lines = (line for line in _draft(found).lines if line.sku == sku)
        yield found.seq, sum(cost_of(line.quantity, line.unit_cost_minor) for line in lines)


def _arrivals(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    """Yield each journal row's change to the received quantity: by a receipt, a correction, or a return for
    replacement.
    """
    yield from ((seq, quantity) for seq, _, quantity in _changes(db, registry, number, sku))


def _of_receipt(db: Connection, registry: Registry, number: str, movement: str, sku: str) -> Iterator[tuple[int, int]]:
    """Yield each journal row's change to the quantity of one receipt, given by its movement's row."""
    found = db.execute(f"SELECT supplier, delivery_note, n {_OF_RECEIPT}", (number, movement, sku)).fetchone()
    yield from ((seq, quantity) for seq, line, quantity in _changes(db, registry, number, sku) if line == tuple(found))


def _changes(
    db: Connection, registry: Registry, number: str, sku: str
) -> Iterator[tuple[int, tuple[str, str, int] | None, int]]:
    """Yield each event's journal row, the receipt line it concerns (None: a return), and its change to the received
    quantity.
    """
    received = dict[tuple[str, str, int], int]()
    for fact in facts_of_types(db, registry, _ARRIVED, 1, read_head(db).seq):
        match fact.event:
            case PurchaseReceived(number=of, supplier=supplier, delivery_note=note, lines=lines) if str(of) == number:
                for n, line in enumerate(lines):
                    if line.sku == sku:
                        received[supplier, note, n] = line.quantity
                        yield fact.seq, (supplier, note, n), line.quantity
            case PurchaseReceiptCorrected(sku=of) as corrected if of == sku and str(corrected.number) == number:
                line_of = corrected.supplier, corrected.delivery_note, corrected.n
                yield fact.seq, line_of, corrected.quantity - received.get(line_of, 0)
                received[line_of] = corrected.quantity
            case GoodsReturned(number=of, lines=back, replaced=True) if str(of) == number:
                yield fact.seq, None, -sum(line.quantity for line in back if line.sku == sku)


FIGURES = (
    Figure("purchasing.total", "minor", _total, _costs, _PAGE, currency=_CURRENCY),
    Figure("purchasing.ordered", "quantity", _ORDERED, _ordered_rows, _PAGE, keys=2),
    Figure("purchasing.received", "quantity", _RECEIVED, _arrivals, _PAGE, keys=2),
    Figure("purchasing.came", "quantity", f"SELECT quantity {_OF_RECEIPT}", _of_receipt, _PAGE, keys=3),
    Figure("purchasing.sum", "minor", _line_total, _line_costs, _PAGE, keys=2, currency=_CURRENCY),
    Figure("purchasing.fee", "minor", _FEE_SHOWN, _FEE, _PAGE, currency=_CURRENCY),
)
