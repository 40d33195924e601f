"""Advances for orders at the till.

An advance is a line that isn't revenue, and a tender once the order is handed over. The orders capability knows which
order it belongs to, and how much of it is left.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import BasketLine
from edge.counter.basket.event_structs import GivenBack, TenderKind
from edge.counter.basket.money_back import brought_by_tender, remaining_by_tender
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.commands import Minor, Reason
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.queries import read_receipt, refunded_before
from edge.counter.till.rules.refund import RefundMethod
from edge.lib.i18n import in_all_languages, name_values
from edge.lib.units.quantity import ONE
from edge.money.tenders.tender import ADVANCE


class PayBackAdvance(Command, frozen=True):
    """Pay back part of a receipt's advance to its tenders. `kind`, `reference` and `reason` as in `RefundSale`.

    Another capability runs this inside its own command, because it knows how much is left.
    """

    personal = ("reason",)

    register: Annotated[str, msgspec.Meta(max_length=64)]
    number: Number
    minor: Minor
    kind: TenderKind | None = None
    reference: Reason = ""
    reason: Reason = ""

    @property
    def back(self) -> RefundMethod:
        return RefundMethod(self.kind, self.reference, self.reason)


def advance_line(order: str, said: str, minor: int) -> BasketLine:
    """An advance as a basket line."""
    names = in_all_languages("counter.line_advance", said=said)
    return BasketLine(1, "", order, names, "piece", ONE, minor, "", kind="advance")


def refundable_by_tender(tx: Transaction, register: str, number: int) -> tuple[GivenBack, ...]:
    """The amount that can still be refunded to each tender of an advance's receipt."""
    receipt = read_receipt(tx.db, register, number)
    assert receipt is not None
    sale = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)).event
    assert isinstance(sale, SaleCompleted)
    return remaining_by_tender(
        brought_by_tender(sale.tenders, sale.change_minor), refunded_before(tx.db, receipt).tenders
    )


def moves_advance(paper: SaleCompleted | SaleRefunded) -> None:
    """Raise `Refusal` for a void of a paper whose advance was received, refunded, or is still owed.

    A sale that an advance paid for can be voided.
    """
    line = next((line for line in paper.lines if line.kind == "advance"), None)
    if line is not None and isinstance(paper, SaleCompleted):
        raise Refusal("advance_back_first", name_values(line.names))
    back = paper.back if isinstance(paper, SaleCompleted) else paper.tenders
    if line or any(one.kind == ADVANCE for one in back):
        raise Refusal("advance_final")
