"""Commands of tenders, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.tenders.commands import EndTender, SetRate, SetTender
from edge.shop.tenders.events import RateSet, TenderEnded, TenderSet
from edge.shop.tenders.queries import read_rates, read_tenders
from edge.shop.tenders.tender import ADVANCE, OWN, TENDERS_MOST, is_foreign


def set_tender(tx: Transaction, command: SetTender) -> Refused | None:
    wanted = command.tender
    if wanted.id in (*OWN, ADVANCE) or is_foreign(wanted.id):
        return Refused("tender_reserved", {"tender": wanted.id})
    known = read_tenders(tx.db)
    if wanted in known:
        return None
    if len(known) >= TENDERS_MOST and wanted.id not in {one.id for one in known}:
        return Refused("too_many_kinds", {"limit": TENDERS_MOST})
    tx.append(TenderSet(wanted))
    return None


def end_tender(tx: Transaction, command: EndTender) -> Refused | None:
    if command.id not in {one.id for one in read_tenders(tx.db)}:
        return Refused("tender_unknown", {"tender": command.id})
    tx.append(TenderEnded(command.id))
    return None


def set_rate(tx: Transaction, command: SetRate) -> Refused | None:
    known = {one.currency: one for one in read_rates(tx.db)}
    now = known.get(command.currency)
    if now and (now.rate, now.business_date) == (command.rate, tx.business_date):
        return None
    if now is None and len(known) >= TENDERS_MOST:
        return Refused("too_many_kinds", {"limit": TENDERS_MOST})
    tx.append(RateSet(command.currency, command.rate))
    return None
