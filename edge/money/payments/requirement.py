"""Requirement that no card payment of the register's basket is open."""

from __future__ import annotations

from edge.core.messages import Command
from edge.core.registry import Requirement, Transaction
from edge.foundation.access.requirements import PAYMENT_IDLE
from edge.money.payments.queries import UNFINISHED, require_idle


def _idle(tx: Transaction, command: Command) -> None:
    if tx.actor.register in UNFINISHED.of(tx):
        require_idle(tx.db, tx.actor.register)


payment_idle = Requirement(PAYMENT_IDLE, _idle)
