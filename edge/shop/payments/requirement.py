"""What is paid by card is not touched meanwhile."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Requirement, Transaction
from edge.core.storage.database import Connection
from edge.shop.access.requirements import PAYMENT_IDLE
from edge.shop.payments.queries import open_payment


def require_idle(db: Connection, register: str) -> None:
    """`Refusal`: a payment of the register's basket is not over."""
    if payment := open_payment(db, register):
        raise Refusal("payment_open" if payment.runs else "payment_unknown")


def _idle(tx: Transaction) -> None:
    require_idle(tx.db, tx.actor.register)


payment_idle = Requirement(PAYMENT_IDLE, _idle)
