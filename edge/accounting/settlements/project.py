"""Projects settlement events to rows."""

from __future__ import annotations

import msgspec

from edge.accounting.settlements import events
from edge.accounting.settlements.batch import JudgedLine
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_json = msgspec.json.Encoder().encode
_TAKE = """
    INSERT INTO settlement_batch
        (provider, batch, currency, first_day, last_day, paid_on, gross_minor, charged_back_minor, fees_minor,
         net_minor, lines, digest, agreed_fees_minor, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_JUDGE = """
    INSERT INTO settlement_line (provider, batch, number, verdict, payment, refund, body) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (provider, batch, number) DO UPDATE SET
        verdict = excluded.verdict, payment = excluded.payment, refund = excluded.refund, body = excluded.body
"""
_DIFFER = "UPDATE settlement_batch SET differing = ?, difference_minor = ? WHERE provider = ? AND batch = ?"
_DIFFERING = "SELECT body FROM settlement_line WHERE provider = ? AND batch = ? AND verdict != 'matched'"
_line = msgspec.json.Decoder(JudgedLine).decode


def _insert_batch(db: Connection, fact: RecordedEvent, event: events.BatchTaken) -> None:
    values = [getattr(event, name) for name in event.__struct_fields__]
    db.execute(_TAKE, (*values, fact.seq))


def _save_lines(db: Connection, fact: RecordedEvent, event: events.BatchJudged) -> None:
    rows = [(event.provider, event.batch, line.number, line.verdict, *_pays_out(line)) for line in event.lines]
    bodies = [_json(line).decode() for line in event.lines]
    values = [(*row, body) for row, body in zip(rows, bodies, strict=True)]
    db.executemany(_JUDGE, values)
    of = (event.provider, event.batch)
    differing = [_line(body) for (body,) in db.execute(_DIFFERING, of)]
    db.execute(_DIFFER, (len(differing), sum(line.difference_minor for line in differing), *of))


def _pays_out(line: JudgedLine) -> tuple[str, int]:
    """The payment or refund that a line pays out; empty if it was paid out before or is a chargeback."""
    pays = line.kind in ("payment", "refund") and line.our_minor
    return (line.payment, line.refund) if pays else ("", 0)


def _close_batch(db: Connection, fact: RecordedEvent, event: events.BatchClosed) -> None:
    sql = "UPDATE settlement_batch SET closed = ? WHERE provider = ? AND batch = ?"
    db.execute(sql, (event.why, event.provider, event.batch))


def _receive_payout(db: Connection, fact: RecordedEvent, event: events.PayoutReceived) -> None:
    sql = "UPDATE settlement_batch SET received_on = ? WHERE provider = ? AND batch = ?"
    db.execute(sql, (event.day, event.provider, event.batch))
    values = (event.credit, event.day, event.currency, event.amount_minor, event.provider, event.batch, "[]", fact.seq)
    db.execute(
        "INSERT OR REPLACE INTO settlement_credit (credit, day, currency, amount_minor, provider, batch,"
        " batches, seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _insert_open_credit(db: Connection, fact: RecordedEvent, event: events.PayoutAsked) -> None:
    batches = _json(event.batches).decode()
    values = (event.credit, event.day, event.currency, event.amount_minor, "", "", batches, fact.seq)
    db.execute(
        "INSERT INTO settlement_credit (credit, day, currency, amount_minor, provider, batch, batches, seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )


def _open_dispute(db: Connection, fact: RecordedEvent, event: events.DisputeOpened) -> None:
    values = (event.id, event.payment, event.reason, event.amount_minor, event.currency, event.answer_by)
    db.execute(
        "INSERT OR REPLACE INTO card_dispute (id, payment, reason, amount_minor, currency, answer_by, state,"
        " seq)"
        " VALUES (?, ?, ?, ?, ?, ?, 'opened', ?)",
        (*values, fact.seq),
    )


def _answer_dispute(db: Connection, fact: RecordedEvent, event: events.DisputeAnswered) -> None:
    db.execute("UPDATE card_dispute SET state = 'answered' WHERE id = ?", (event.id,))


def _end_dispute(db: Connection, fact: RecordedEvent, event: events.DisputeEnded) -> None:
    db.execute("UPDATE card_dispute SET state = ? WHERE id = ?", (event.how, event.id))


projector = Projector(
    name="settlements",
    version=1,
    tables=("settlement_batch", "settlement_line", "settlement_credit", "card_dispute"),
    on={
        events.BatchTaken: _insert_batch,
        events.BatchJudged: _save_lines,
        events.BatchClosed: _close_batch,
        events.PayoutReceived: _receive_payout,
        events.PayoutAsked: _insert_open_credit,
        events.DisputeOpened: _open_dispute,
        events.DisputeAnswered: _answer_dispute,
        events.DisputeEnded: _end_dispute,
    },
)
