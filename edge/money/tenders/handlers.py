"""Commands of foreign cash, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.money.tenders.commands import SetRate
from edge.money.tenders.events import RateSet
from edge.money.tenders.queries import read_rates
from edge.money.tenders.tender import TENDERS_MOST


def set_rate(tx: Transaction, command: SetRate) -> None:
    known = {one.currency: one for one in read_rates(tx.db)}
    now = known.get(command.currency)
    if now and (now.rate, now.business_date) == (command.rate, tx.business_date):
        return
    if now is None and len(known) >= TENDERS_MOST:
        raise Refusal("too_many_kinds", {"limit": TENDERS_MOST})
    tx.append(RateSet(command.currency, command.rate))
