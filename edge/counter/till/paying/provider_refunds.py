"""Refunds listed by a payment provider: those made on its own pages are recorded, and one of ours that the card
rejected has failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drivers.terminal_outcomes import ListedRefund
from edge.core.messages import Command
from edge.core.storage.database import Connection
from edge.money.payments.commands import MoveCardRefund, NoteExternalRefund
from edge.money.payments.payment import Payment
from edge.money.payments.queries import refunds_of


def refund_commands(db: Connection, payment: Payment, listed: Sequence[ListedRefund]) -> Iterator[Command]:
    """Commands that record the listed refunds.

    If the list doesn't identify our refunds, none counts as external while one of ours has an unknown outcome, because
    it may be that one.
    """
    known = refunds_of(db, payment.id)
    by_reference = {one.approval.reference: one for one in known if one.approval}
    one_is_open = any(one.state in ("sent", "unknown") for one in known)
    for made in listed:
        ours = by_reference.get(made.reference)
        if ours is None:
            if made.state == "done" and not (one_is_open if made.ours is None else made.ours):
                yield NoteExternalRefund(payment.id, made.amount_minor, made.reference)
        elif ours.state == "done" and made.state == "failed":
            yield MoveCardRefund(ours.payment, ours.number, "failed", "look_up", code="declined")
