"""Reads of settlements: batches, their lines, what is not paid out yet, and disputes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from edge.accounting.settlements.batch import JudgedLine
from edge.accounting.settlements.events import BatchEnd, DisputeEnd, DisputeReason
from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection
from edge.money.payments.payment import Payment

PAGE_LIMIT = 200
UNSETTLED_DAYS = 3
"""After so many days a payment that no batch has is named."""
UNSETTLED_SHOWN_DAYS = 90
PAYOUT_DAYS = 5
"""Within so many days of a batch's the bank has what it pays."""
BatchState = Literal["balanced", "differs", "closed"]
DisputeState = Literal["opened", "answered"] | DisputeEnd
_line = msgspec.json.Decoder(JudgedLine).decode
_payment = msgspec.json.Decoder(Payment).decode
_batches = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
_BATCH = """
    SELECT provider, batch, currency, first_day, last_day, paid_on, gross_minor, charged_back_minor, fees_minor,
           net_minor, lines, differing, difference_minor, closed, received_on, digest, agreed_fees_minor, seq
    FROM settlement_batch
"""


_PAID_OUT_BY_NONE = """
    AND state IN ('captured', 'stored', 'partly_refunded') AND purpose IN ('sale', 'order', 'account')
    AND NOT EXISTS (SELECT 1 FROM settlement_line WHERE payment = payment.id AND refund = 0)
"""
"""Of a payment: its provider has yet to pay it out."""
_MISSING_THERE = f"""
    FROM payment WHERE provider = ? AND business_date BETWEEN ? AND ? AND taken_seq > ? {_PAID_OUT_BY_NONE}
    ORDER BY taken_seq LIMIT ?
"""


class KeptBatch(msgspec.Struct, frozen=True):
    """A batch as it is now. `differing`: how many of its lines are not what we have, by `difference_minor` together;
    `received_on`: the day on which the bank had it ("": not yet); `agreed_fees_minor`: by contract (None: unknown).
    `missing`: payments of its days that neither it has nor its provider's next one, where that has come."""

    provider: str
    batch: str
    currency: str
    first_day: str
    last_day: str
    paid_on: str
    gross_minor: int
    charged_back_minor: int
    fees_minor: int
    net_minor: int
    lines: int
    differing: int
    difference_minor: int
    closed: BatchEnd | Literal[""]
    received_on: str
    digest: str
    agreed_fees_minor: int | None
    seq: int
    missing: int = 0

    @property
    def fees_over_minor(self) -> int:
        """What the provider took more than its contract says; below zero: less."""
        return 0 if self.agreed_fees_minor is None else self.fees_minor - self.agreed_fees_minor

    @property
    def state(self) -> BatchState:
        return "closed" if self.closed else "differs" if self.differing or self.missing else "balanced"


class AskedCredit(msgspec.Struct, frozen=True):
    """A credit of a bank that may be of several batches, or of one that another credit fits as well."""

    credit: str
    day: str
    currency: str
    amount_minor: int
    batches: tuple[tuple[str, str], ...]


class Dispute(msgspec.Struct, frozen=True):
    """A dispute as it is now; `answer_by`: the last day of an answer ("": not known)."""

    id: str
    payment: str
    reason: DisputeReason
    amount_minor: int
    currency: str
    answer_by: str
    state: DisputeState
    seq: int

    @property
    def is_open(self) -> bool:
        return self.state in ("opened", "answered")


def find_batch(db: Connection, provider: str, batch: str) -> KeptBatch | None:
    """A batch; None: there is none."""
    row = db.execute(_BATCH + " WHERE provider = ? AND batch = ?", (provider, batch)).fetchone()
    return _with_missing(db, KeptBatch(*row)) if row else None


def read_batches(db: Connection, before: Number | None = None, limit: Number = PAGE_LIMIT) -> tuple[KeptBatch, ...]:
    """Batches, the newest first, those taken before a row of the journal."""
    most = (2**62 if before is None else before, min(limit, PAGE_LIMIT))
    rows = db.execute(_BATCH + " WHERE seq < ? ORDER BY seq DESC LIMIT ?", most).fetchall()
    return tuple(_with_missing(db, KeptBatch(*row)) for row in rows)


def _with_missing(db: Connection, batch: KeptBatch) -> KeptBatch:
    """The last payments of a day are often in the next batch, so that nothing is missing before that came."""
    next_one = "SELECT 1 FROM settlement_batch WHERE provider = ? AND seq > ? AND last_day >= ? LIMIT 1"
    if batch.closed or db.execute(next_one, (batch.provider, batch.seq, batch.last_day)).fetchone() is None:
        return batch
    said = (batch.provider, *_days_of(db, batch.provider, batch.batch), 0, PAGE_LIMIT)
    (missing,) = db.execute(f"SELECT count(*) FROM (SELECT 1 {_MISSING_THERE})", said).fetchone()
    return msgspec.structs.replace(batch, missing=missing)


def read_batch_lines(db: Connection, provider: str, batch: str, after: Number = 0) -> tuple[JudgedLine, ...]:
    """Lines of a batch, those that differ first, then by their number."""
    rows = db.execute(
        "SELECT body FROM settlement_line WHERE provider = ? AND batch = ? AND number > ?"
        " ORDER BY verdict = 'matched', number LIMIT ?",
        (provider, batch, after, PAGE_LIMIT),
    )
    return tuple(_line(body) for (body,) in rows)


def missing_lines(db: Connection, provider: str, batch: str) -> tuple[JudgedLine, ...]:
    """Lines of a batch of which nothing of ours is known."""
    rows = db.execute(
        "SELECT body FROM settlement_line WHERE provider = ? AND batch = ? AND verdict = 'missing_here'"
        " ORDER BY number",
        (provider, batch),
    )
    return tuple(_line(body) for (body,) in rows)


def read_missing_there(db: Connection, provider: str, batch: str, after: Number = 0) -> tuple[Payment, ...]:
    """What we took on the days of a batch's payments and no batch has, by the row of the journal that says so, from
    behind row `after`. Its last ones may be in its provider's next batch."""
    said = (provider, *_days_of(db, provider, batch), max(after, 0), PAGE_LIMIT)
    return tuple(_payment(body) for (body,) in db.execute(f"SELECT body {_MISSING_THERE}", said))


def _days_of(db: Connection, provider: str, batch: str) -> tuple[str, str]:
    """The first and the last of our days on which payments of a batch were taken, else of its provider's; chargebacks
    are of older ones. Two empty texts, where it has none."""
    row = db.execute(
        "SELECT min(day), max(day) FROM (SELECT coalesce(p.business_date, json_extract(l.body, '$.day')) AS day"
        " FROM settlement_line l LEFT JOIN payment p ON p.id = l.payment"
        " WHERE l.provider = ? AND l.batch = ? AND json_extract(l.body, '$.kind') = 'payment')",
        (provider, batch),
    ).fetchone()
    return row[0] or "", row[1] or ""


def differing_batches(db: Connection) -> tuple[KeptBatch, ...]:
    """Batches that differ, and that nobody let be."""
    rows = db.execute(_BATCH + " WHERE differing > 0 AND closed = '' ORDER BY seq LIMIT ?", (PAGE_LIMIT,))
    return tuple(KeptBatch(*row) for row in rows)


def newest_batches(db: Connection) -> tuple[KeptBatch, ...]:
    """The newest batch of each provider."""
    sql = _BATCH + " WHERE seq IN (SELECT max(seq) FROM settlement_batch GROUP BY provider) ORDER BY provider"
    return tuple(KeptBatch(*row) for row in db.execute(sql))


def due_batches(db: Connection, currency: str, net_minor: int) -> tuple[KeptBatch, ...]:
    """Batches that pay so much and of which the bank has nothing yet."""
    sql = _BATCH + " WHERE received_on = '' AND currency = ? AND net_minor = ? ORDER BY paid_on LIMIT ?"
    return tuple(KeptBatch(*row) for row in db.execute(sql, (currency, net_minor, PAGE_LIMIT)))


def late_payouts(db: Connection, business_date: str) -> tuple[KeptBatch, ...]:
    """Batches whose money the bank should have by now; none, where no statement was ever brought."""
    if db.execute("SELECT 1 FROM settlement_credit LIMIT 1").fetchone() is None:
        return ()
    sql = _BATCH + " WHERE received_on = '' AND net_minor > 0 AND paid_on < ? ORDER BY paid_on LIMIT ?"
    due = days_before(business_date, PAYOUT_DAYS)
    return tuple(KeptBatch(*row) for row in db.execute(sql, (due, PAGE_LIMIT)))


def read_unsettled(db: Connection, business_date: IsoDate) -> tuple[Payment, ...]:
    """What was taken some days before a business date and no batch has; of a provider that sends batches what is not
    older than its first one."""
    rows = db.execute(
        "SELECT body FROM payment WHERE business_date BETWEEN ? AND ?"
        " AND business_date >= coalesce((SELECT min(first_day) FROM settlement_batch"
        " WHERE provider = payment.provider), '')" + _PAID_OUT_BY_NONE + " ORDER BY business_date, began_seq LIMIT ?",
        (days_before(business_date, UNSETTLED_SHOWN_DAYS), days_before(business_date, UNSETTLED_DAYS), PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def paying_out(db: Connection) -> frozenset[str]:
    """The providers of which a batch was taken in."""
    return frozenset(provider for (provider,) in db.execute("SELECT DISTINCT provider FROM settlement_batch"))


def is_settled(db: Connection, payment: str, refund: int) -> bool:
    """Whether a batch has a payment (0), or a refund of it by its number."""
    row = db.execute("SELECT 1 FROM settlement_line WHERE payment = ? AND refund = ?", (payment, refund)).fetchone()
    return row is not None


def find_credit(db: Connection, credit: str) -> AskedCredit | None:
    """A credit that was kept; its batches are empty where it is of one for sure. None: there is none."""
    sql = "SELECT credit, day, currency, amount_minor, batches FROM settlement_credit WHERE credit = ?"
    row = db.execute(sql, (credit,)).fetchone()
    return AskedCredit(row[0], row[1], row[2], row[3], _batches(row[4])) if row else None


def asked_credits(db: Connection) -> tuple[AskedCredit, ...]:
    """Credits of which a person is asked which batch they are of, each with those that the bank has not paid yet."""
    rows = db.execute(
        "SELECT credit, day, asked.currency, amount_minor, json_group_array(json_array(one.provider, one.batch))"
        " FROM settlement_credit AS asked, json_each(asked.batches) AS said JOIN settlement_batch AS one"
        " ON one.provider = said.value ->> 0 AND one.batch = said.value ->> 1 AND one.received_on = ''"
        " WHERE asked.batch = '' GROUP BY credit ORDER BY min(asked.seq) LIMIT ?",
        (PAGE_LIMIT,),
    )
    return tuple(AskedCredit(row[0], row[1], row[2], row[3], _batches(row[4])) for row in rows)


def read_disputes(db: Connection, limit: Number = PAGE_LIMIT) -> tuple[Dispute, ...]:
    """Disputes: those that are not over first, by the last day of an answer; then the newest."""
    rows = db.execute(
        "SELECT * FROM card_dispute ORDER BY state NOT IN ('opened', 'answered'),"
        " CASE WHEN state = 'opened' THEN answer_by END, seq DESC LIMIT ?",
        (min(limit, PAGE_LIMIT),),
    )
    return tuple(Dispute(*row) for row in rows)


def overdue_disputes(db: Connection, business_date: str) -> tuple[Dispute, ...]:
    """Disputes that nobody answered until their last day."""
    sql = "SELECT * FROM card_dispute WHERE state = 'opened' AND answer_by != '' AND answer_by < ? LIMIT ?"
    return tuple(Dispute(*row) for row in db.execute(sql, (business_date, PAGE_LIMIT)))


def find_dispute(db: Connection, id: str) -> Dispute | None:
    """A dispute; None: there is none."""
    row = db.execute("SELECT * FROM card_dispute WHERE id = ?", (id,)).fetchone()
    return Dispute(*row) if row else None


def disputes_of(db: Connection, payment: str) -> tuple[Dispute, ...]:
    """The disputes of a payment, the oldest first."""
    rows = db.execute("SELECT * FROM card_dispute WHERE payment = ? ORDER BY seq", (payment,))
    return tuple(Dispute(*row) for row in rows)


def days_before(day: str, days: int) -> str:
    """A day some days before another; behind it, where they are below zero."""
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


class PayoutsAsked(msgspec.Struct, frozen=True):
    """How far a provider was asked for what it pays out, when last (UTC microseconds), and why no further: `fault`,
    "" where it was asked to the end, at `batch`."""

    provider: str
    cursor: str
    asked_us: int
    fault: str
    batch: str


def read_payouts_asked(db: Connection, provider: str) -> PayoutsAsked | None:
    """Of a provider; None: it was never asked."""
    query = "SELECT provider, cursor, asked_us, fault, batch FROM payouts_asked WHERE provider = ?"
    row = db.execute(query, (provider,)).fetchone()
    return PayoutsAsked(*row) if row else None


def all_payouts_asked(db: Connection) -> tuple[PayoutsAsked, ...]:
    """Of all that were asked."""
    query = "SELECT provider, cursor, asked_us, fault, batch FROM payouts_asked ORDER BY provider"
    return tuple(PayoutsAsked(*row) for row in db.execute(query))
