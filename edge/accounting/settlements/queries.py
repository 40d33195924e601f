"""Queries of settlements: batches, lines, unpaid payments, and disputes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from edge.accounting.settlements.batch import JudgedLine, payout_of_part
from edge.accounting.settlements.events import BatchEnd, DisputeEnd, DisputeReason
from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection
from edge.money.payments.payment import Payment

PAGE_LIMIT = 200
UNSETTLED_DAYS = 3
"""Days after which a payment without a batch is reported."""
UNSETTLED_SHOWN_DAYS = 90
PAYOUT_DAYS = 5
"""Days within which a batch's payout should arrive."""
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
"""Selects payments not yet paid out."""
_MISSING_THERE = f"""
    FROM payment WHERE provider = ? AND business_date BETWEEN ? AND ? AND taken_seq > ? {_PAID_OUT_BY_NONE}
    ORDER BY taken_seq LIMIT ?
"""


class KeptBatch(msgspec.Struct, frozen=True):
    """A batch's current state.

    `differing` lines differ from ours, by `difference_minor` in total. `received_on`: when the bank received it ("":
    not yet). `agreed_fees_minor`: the contractual fees (None: unknown). `missing`: payments of its days that are
    neither in it nor in its provider's next batch, once that batch has arrived.
    """

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
        """Fees above the contractual ones; negative if they're lower."""
        return 0 if self.agreed_fees_minor is None else self.fees_minor - self.agreed_fees_minor

    @property
    def state(self) -> BatchState:
        return "closed" if self.closed else "differs" if self.differing or self.missing else "balanced"


class AskedCredit(msgspec.Struct, frozen=True):
    """A bank credit that matches several batches, or that shares its batch with another credit."""

    credit: str
    day: str
    currency: str
    amount_minor: int
    batches: tuple[tuple[str, str], ...]


class Dispute(msgspec.Struct, frozen=True):
    """A dispute's current state; `answer_by`: the deadline ("": unknown)."""

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
    """A batch, or None."""
    row = db.execute(_BATCH + " WHERE provider = ? AND batch = ?", (provider, batch)).fetchone()
    return _with_missing(db, KeptBatch(*row)) if row else None


def read_batches(db: Connection, before: Number | None = None, limit: Number = PAGE_LIMIT) -> tuple[KeptBatch, ...]:
    """Batches, the newest first, imported before a journal row."""
    most = (2**62 if before is None else before, min(limit, PAGE_LIMIT))
    rows = db.execute(_BATCH + " WHERE seq < ? ORDER BY seq DESC LIMIT ?", most).fetchall()
    return tuple(_with_missing(db, KeptBatch(*row)) for row in rows)


def _with_missing(db: Connection, batch: KeptBatch) -> KeptBatch:
    """The batch with its missing payments. There are none until the next batch arrives, as it often has a day's last
    payments."""
    next_one = "SELECT 1 FROM settlement_batch WHERE provider = ? AND seq > ? AND last_day >= ? LIMIT 1"
    if batch.closed or db.execute(next_one, (batch.provider, batch.seq, batch.last_day)).fetchone() is None:
        return batch
    said = (batch.provider, *_days_of(db, batch.provider, batch.batch), 0, PAGE_LIMIT)
    (missing,) = db.execute(f"SELECT count(*) FROM (SELECT 1 {_MISSING_THERE})", said).fetchone()
    return msgspec.structs.replace(batch, missing=missing)


def read_batch_lines(db: Connection, provider: str, batch: str, after: Number = 0) -> tuple[JudgedLine, ...]:
    """A batch's lines, differing ones first, then by number."""
    rows = db.execute(
        "SELECT body FROM settlement_line WHERE provider = ? AND batch = ? AND number > ?"
        " ORDER BY verdict = 'matched', number LIMIT ?",
        (provider, batch, after, PAGE_LIMIT),
    )
    return tuple(_line(body) for (body,) in rows)


def missing_lines(db: Connection, provider: str, batch: str) -> tuple[JudgedLine, ...]:
    """A batch's lines without a matching payment."""
    rows = db.execute(
        "SELECT body FROM settlement_line WHERE provider = ? AND batch = ? AND verdict = 'missing_here'"
        " ORDER BY number",
        (provider, batch),
    )
    return tuple(_line(body) for (body,) in rows)


def read_missing_payments(db: Connection, provider: str, batch: str, after: Number = 0) -> tuple[Payment, ...]:
    """Our payments on a batch's days that are in no batch, by journal row, after row `after`. The last ones may be in
    the provider's next batch."""
    said = (provider, *_days_of(db, provider, batch), max(after, 0), PAGE_LIMIT)
    return tuple(_payment(body) for (body,) in db.execute(f"SELECT body {_MISSING_THERE}", said))


def _days_of(db: Connection, provider: str, batch: str) -> tuple[str, str]:
    """The first and last of our business days with payments in a batch; without any, the provider's days. Ignores older
    chargebacks. Both are empty if there are no days."""
    row = db.execute(
        "SELECT min(day), max(day) FROM (SELECT coalesce(p.business_date, json_extract(l.body, '$.day')) AS day"
        " FROM settlement_line l LEFT JOIN payment p ON p.id = l.payment"
        " WHERE l.provider = ? AND l.batch = ? AND json_extract(l.body, '$.kind') = 'payment')",
        (provider, batch),
    ).fetchone()
    return row[0] or "", row[1] or ""


def differing_batches(db: Connection) -> tuple[KeptBatch, ...]:
    """Differing batches not closed yet."""
    rows = db.execute(_BATCH + " WHERE differing > 0 AND closed = '' ORDER BY seq LIMIT ?", (PAGE_LIMIT,))
    return tuple(KeptBatch(*row) for row in rows)


def newest_batches(db: Connection) -> tuple[KeptBatch, ...]:
    """The newest batch of each provider."""
    sql = _BATCH + " WHERE seq IN (SELECT max(seq) FROM settlement_batch GROUP BY provider) ORDER BY provider"
    return tuple(KeptBatch(*row) for row in db.execute(sql))


def due_batches(db: Connection, currency: str, net_minor: int) -> tuple[KeptBatch, ...]:
    """Batches of this amount that the bank hasn't received yet, and the first parts of payouts of this amount."""
    sql = _BATCH + " WHERE received_on = '' AND currency = ? AND net_minor = ? ORDER BY paid_on LIMIT ?"
    found = [KeptBatch(*row) for row in db.execute(sql, (currency, net_minor, PAGE_LIMIT))]
    sql = _BATCH + " WHERE received_on = '' AND currency = ? AND batch LIKE '%--1' ORDER BY paid_on LIMIT ?"
    firsts = [KeptBatch(*row) for row in db.execute(sql, (currency, PAGE_LIMIT))]
    found = [one for one in found if not payout_of_part(one.batch)]
    return (*found, *(one for one in firsts if sum(part.net_minor for part in payout_parts(db, one)) == net_minor))


def payout_parts(db: Connection, batch: KeptBatch) -> tuple[KeptBatch, ...]:
    """All parts of a batch's payout; just the batch if it is a whole payout."""
    payout = payout_of_part(batch.batch)
    if not payout:
        return (batch,)
    sql = _BATCH + " WHERE provider = ? AND batch >= ? AND batch < ? ORDER BY seq"
    rows = db.execute(sql, (batch.provider, f"{payout}--", f"{payout}-."))
    return tuple(one for row in rows if payout_of_part((one := KeptBatch(*row)).batch) == payout)


def late_payouts(db: Connection, business_date: str) -> tuple[KeptBatch, ...]:
    """Batches whose payout is overdue; empty if no statement was ever imported."""
    if db.execute("SELECT 1 FROM settlement_credit LIMIT 1").fetchone() is None:
        return ()
    sql = _BATCH + " WHERE received_on = '' AND net_minor > 0 AND paid_on < ? ORDER BY paid_on LIMIT ?"
    due = days_before(business_date, PAYOUT_DAYS)
    return tuple(KeptBatch(*row) for row in db.execute(sql, (due, PAGE_LIMIT)))


def read_unsettled(db: Connection, business_date: IsoDate) -> tuple[Payment, ...]:
    """Payments that are some days old on a business date and in no batch. For providers with batches, payments before
    the first batch are left out."""
    rows = db.execute(
        "SELECT body FROM payment WHERE business_date BETWEEN ? AND ?"
        " AND business_date >= coalesce((SELECT min(first_day) FROM settlement_batch"
        " WHERE provider = payment.provider), '')" + _PAID_OUT_BY_NONE + " ORDER BY business_date, began_seq LIMIT ?",
        (days_before(business_date, UNSETTLED_SHOWN_DAYS), days_before(business_date, UNSETTLED_DAYS), PAGE_LIMIT),
    )
    return tuple(_payment(body) for (body,) in rows)


def paying_out(db: Connection) -> frozenset[str]:
    """Providers that have imported batches."""
    return frozenset(provider for (provider,) in db.execute("SELECT DISTINCT provider FROM settlement_batch"))


def is_settled(db: Connection, payment: str, refund: int) -> bool:
    """Whether a batch contains a payment (`refund` 0), or its refund with this number."""
    row = db.execute("SELECT 1 FROM settlement_line WHERE payment = ? AND refund = ?", (payment, refund)).fetchone()
    return row is not None


def find_credit(db: Connection, credit: str) -> AskedCredit | None:
    """A stored credit, or None if unknown. Its batches are empty if it certainly belongs to one."""
    sql = "SELECT credit, day, currency, amount_minor, batches FROM settlement_credit WHERE credit = ?"
    row = db.execute(sql, (credit,)).fetchone()
    return AskedCredit(row[0], row[1], row[2], row[3], _batches(row[4])) if row else None


def asked_credits(db: Connection) -> tuple[AskedCredit, ...]:
    """Ambiguous credits, each with its unpaid batches."""
    rows = db.execute(
        "SELECT credit, day, asked.currency, amount_minor, json_group_array(json_array(one.provider, one.batch))"
        " FROM settlement_credit AS asked, json_each(asked.batches) AS said JOIN settlement_batch AS one"
        " ON one.provider = said.value ->> 0 AND one.batch = said.value ->> 1 AND one.received_on = ''"
        " WHERE asked.batch = '' GROUP BY credit ORDER BY min(asked.seq) LIMIT ?",
        (PAGE_LIMIT,),
    )
    return tuple(AskedCredit(row[0], row[1], row[2], row[3], _batches(row[4])) for row in rows)


def read_disputes(db: Connection, limit: Number = PAGE_LIMIT) -> tuple[Dispute, ...]:
    """Disputes: open ones first, by deadline; then the newest."""
    rows = db.execute(
        "SELECT * FROM card_dispute ORDER BY state NOT IN ('opened', 'answered'),"
        " CASE WHEN state = 'opened' THEN answer_by END, seq DESC LIMIT ?",
        (min(limit, PAGE_LIMIT),),
    )
    return tuple(Dispute(*row) for row in rows)


def overdue_disputes(db: Connection, business_date: str) -> tuple[Dispute, ...]:
    """Unanswered disputes past their deadline."""
    sql = "SELECT * FROM card_dispute WHERE state = 'opened' AND answer_by != '' AND answer_by < ? LIMIT ?"
    return tuple(Dispute(*row) for row in db.execute(sql, (business_date, PAGE_LIMIT)))


def find_dispute(db: Connection, id: str) -> Dispute | None:
    """A dispute, or None."""
    row = db.execute("SELECT * FROM card_dispute WHERE id = ?", (id,)).fetchone()
    return Dispute(*row) if row else None


def disputes_of(db: Connection, payment: str) -> tuple[Dispute, ...]:
    """The disputes of a payment, the oldest first."""
    rows = db.execute("SELECT * FROM card_dispute WHERE payment = ? ORDER BY seq", (payment,))
    return tuple(Dispute(*row) for row in rows)


def days_before(day: str, days: int) -> str:
    """The day a number of days before another; after it if the number is negative."""
    return (date.fromisoformat(day) - timedelta(days)).isoformat()


class PayoutsAsked(msgspec.Struct, frozen=True):
    """A provider's fetch state: the position in its payouts, the last fetch (UTC microseconds), and why it stopped.
    `fault` is "" if complete; otherwise it stopped at `batch`."""

    provider: str
    cursor: str
    asked_us: int
    fault: str
    batch: str


def read_payout_fetch(db: Connection, provider: str) -> PayoutsAsked | None:
    """A provider's fetch state; None if never fetched."""
    query = "SELECT provider, cursor, asked_us, fault, batch FROM payouts_asked WHERE provider = ?"
    row = db.execute(query, (provider,)).fetchone()
    return PayoutsAsked(*row) if row else None


def all_payouts_asked(db: Connection) -> tuple[PayoutsAsked, ...]:
    """Fetch states of all providers."""
    query = "SELECT provider, cursor, asked_us, fault, batch FROM payouts_asked ORDER BY provider"
    return tuple(PayoutsAsked(*row) for row in db.execute(query))
