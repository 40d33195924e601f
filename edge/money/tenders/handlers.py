"""Commands of foreign cash, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.shop.tenders.commands import SetRate
from edge.shop.tenders.events import RateSet
from edge.shop.tenders.queries import read_rates
from edge.shop.tenders.tender import TENDERS_MOST


def set_rate(tx: Transaction, command: SetRate) -> None:
    known = {one.currency: one for one in read_rates(tx.db)}
    now = known.get(command.currency)
    if now and (now.rate, now.business_date) == (command.rate, tx.business_date):
        return
    if now is None and len(known) >= TENDERS_MOST:
        raise Refusal("too_many_kinds", {"limit": TENDERS_MOST})
    tx.append(RateSet(command.currency, command.rate))
