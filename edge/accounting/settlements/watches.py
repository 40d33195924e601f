"""Alerts about settlements and disputes."""

from __future__ import annotations

from collections.abc import Iterator

from edge.accounting.settlements.queries import (
    Dispute,
    days_before,
    differing_batches,
    late_payouts,
    newest_batches,
    paying_out,
    read_disputes,
    read_unsettled,
)
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

DUE_DAYS = 3
"""Days before an answer's deadline at which it becomes urgent."""
_SLOW_S = 300


def _differs(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Batches whose lines differ from ours."""
    for one in differing_batches(db):
        values: dict[str, str | int] = {"batch": one.batch, "provider": one.provider, "lines": one.differing}
        yield Condition(f"{one.provider} {one.batch}", values, cause_seq=one.seq)


def _unsettled_payments(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Old card payments in no batch. For a provider that never sent a batch, only the oldest is reported."""
    told = set[str]()
    paying = paying_out(db)
    for one in read_unsettled(db, business_date):
        if one.provider in told:
            continue
        if one.provider not in paying:
            told.add(one.provider)
        values: dict[str, str | int] = {"register": one.register, "sum_minor": one.taken_minor}
        yield Condition(one.id, {**values, "currency": one.currency, "day": one.business_date}, cause_seq=one.taken_seq)


def _payout_late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Batches whose payout hasn't arrived."""
    for one in late_payouts(db, business_date):
        values: dict[str, str | int] = {"batch": one.batch, "provider": one.provider, "sum_minor": one.net_minor}
        yield Condition(f"{one.provider} {one.batch}", {**values, "currency": one.currency}, cause_seq=one.seq)


def _fees(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Providers whose newest batch has fees above the contractual ones."""
    for one in newest_batches(db):
        if one.fees_over_minor > 0:
            of: dict[str, str | int] = {"batch": one.batch, "provider": one.provider, "currency": one.currency}
            yield Condition(one.provider, {**of, "sum_minor": one.fees_over_minor}, cause_seq=one.seq)


def _open_disputes(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Unanswered disputes."""
    for one in _unanswered_disputes(db):
        yield Condition(one.id, _values(one), cause_seq=one.seq)


def _due(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Disputes near or past their deadline."""
    for one in _unanswered_disputes(db):
        if one.answer_by and days_before(one.answer_by, DUE_DAYS) <= business_date:
            yield Condition(one.id, {**_values(one), "day": one.answer_by}, cause_seq=one.seq)


def _unanswered_disputes(db: Connection) -> Iterator[Dispute]:
    return (one for one in read_disputes(db) if one.state == "opened")


def _values(one: Dispute) -> dict[str, str | int]:
    return {"sum_minor": one.amount_minor, "currency": one.currency}


WATCHES: tuple[Watch, ...] = (
    Watch("batch_differs", "high", _differs, every_s=_SLOW_S),
    Watch("payment_unsettled", "medium", _unsettled_payments, every_s=_SLOW_S),
    Watch("payout_late", "medium", _payout_late, every_s=_SLOW_S),
    Watch("fees_over", "medium", _fees, every_s=_SLOW_S),
    Watch("dispute", "high", _open_disputes, every_s=_SLOW_S),
    Watch("dispute_due", "high", _due, every_s=_SLOW_S),
)
