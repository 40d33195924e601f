"""Corrections of a sale's tenders, and the sale as corrected."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import Tender
from edge.counter.basket.money_back import brought_by_tender
from edge.counter.basket.tips import tip_minor, tip_to
from edge.counter.till.after_sale import receipts
from edge.counter.till.commands import CorrectTender
from edge.counter.till.events import SaleCompleted, TenderCorrected
from edge.counter.till.queries import read_period, read_receipt
from edge.counter.till.sale_effects import open_drawer
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.lib.units.receipt_number import shown_number

_SEQ = "SELECT seq FROM corrected_sale WHERE register = ? AND number = ?"


class Corrections:
    """Corrects tenders at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def correct_tender(self, tx: Transaction, command: CorrectTender) -> None:
        shown = shown_number(tx.actor.register, command.number)
        receipt = read_receipt(tx.db, tx.actor.register, command.number)
        fact = with_corrected_tenders(tx.db, tx.read, tx.read(receipt.seq)) if receipt else None
        sale = fact.event if fact else None
        if receipt is None or not isinstance(sale, SaleCompleted):
            raise Refusal("no_sale_to_refund", {"number": shown})
        if receipt.voided_by is not None:
            raise Refusal("sale_is_void", {"number": shown})
        if read_period(tx.db, receipt.register).since_seq > receipt.seq:
            raise Refusal("sale_in_z", {"number": shown})
        fixed = any(one.card or one.order or one.payment or one.foreign_minor for one in sale.tenders)
        fixed |= any(line.kind == "surplus" for line in sale.lines)  # a surplus depends on the original tender
        if receipt.refunded_minor or sale.returns or fixed:
            raise Refusal("tender_fixed", {"number": shown})
        if command.kind not in {"cash", "card", *(own.id for own in self._settings.tenders)}:
            raise Refusal("tender_unknown", {"tender": command.kind})
        tenders, rounding_minor = self._tenders(sale, command)
        was = (sale.tenders, sale.change_minor, sale.rounding_minor)
        tip = (tip_minor(sale.lines), tip_to(sale.lines))
        event = TenderCorrected(sale.number, sale.currency, *was, tenders, rounding_minor, *tip)
        corrected = tx.append(event)
        open_drawer(tx, (*event.was, *tenders), event.was_change_minor)
        tx.do(QueuePrint("receipt", receipts.of_correction(event, corrected, self._settings)))

    def _tenders(self, sale: SaleCompleted, command: CorrectTender) -> tuple[tuple[Tender, ...], int]:
        """The corrected tenders, and the cash rounding, which applies only to the part in cash."""
        paid = brought_by_tender(sale.tenders, sale.change_minor)
        if command.was and command.was not in [one.kind for one in paid]:
            raise Refusal("tender_unknown", {"tender": command.was})
        stay = [
            Tender(one.kind, one.amount_minor, one.reference) for one in paid if command.was not in (None, one.kind)
        ]
        cash_minor = sum(one.amount_minor for one in stay if one.kind == "cash")
        rest_minor = sale.total_minor - sum(one.amount_minor for one in stay if one.kind != "cash")
        rounding_minor = sale.rounding_minor if cash_minor else 0
        if command.kind == "cash":
            rounding_minor = self._settings.coins.nearest(rest_minor) - rest_minor
        minor = rest_minor + rounding_minor - cash_minor
        new = (Tender(command.kind, minor, command.reference),) if minor else ()
        return (*stay, *new), rounding_minor


def with_corrected_tenders(db: Connection, read: Callable[[int], RecordedEvent], fact: RecordedEvent) -> RecordedEvent:
    """Return a sale's event with its corrected tenders; other events are unchanged.

    `read` returns the event at a row.
    """
    if not isinstance(fact.event, SaleCompleted):
        return fact
    found = db.execute(_SEQ, (fact.register, fact.event.number)).fetchone()
    if found is None:
        return fact
    correction = read(found[0]).event
    assert isinstance(correction, TenderCorrected)
    money = {"tenders": correction.tenders, "change_minor": 0, "rounding_minor": correction.rounding_minor}
    return msgspec.structs.replace(fact, event=msgspec.structs.replace(fact.event, **money))
