"""The slip of a card refund, printed at its terminal's register once the money is returned."""

from __future__ import annotations

from typing import Any

from edge.core.registry import Transaction
from edge.counter.till.after_sale.receipts import of_card_refund
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.money.payments.commands import MoveCardRefund
from edge.money.payments.events import ONLINE
from edge.money.payments.payment import CardRefund
from edge.money.payments.queries import find_payment

_NO_PAPER = frozenset({"trial", "external"})
"""Reasons for refunds made without a person at the register."""


class CardRefundSlips:
    """Prints slips at the tills of a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def after_move(self, tx: Transaction, command: MoveCardRefund, back: Any) -> Any:
        """Print a refund's slip once, after the refund is completed."""
        if not isinstance(back, CardRefund) or command.to != "done" or not back.done_seq:
            return back
        if back.register in ("", ONLINE) or back.why in _NO_PAPER or back.lowers:
            return back
        if tx.read(back.done_seq).command_id != tx.command_id:
            return back  # done by an earlier command, which printed the slip
        paid = find_payment(tx.db, back.payment)
        if paid is not None:
            tx.do(QueuePrint("card_refund", of_card_refund(back, paid, tx.at_us, self._settings)))
        return back
