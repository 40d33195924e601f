"""Projects fiscal events to rows."""

from __future__ import annotations

import msgspec

from edge.accounting.fiscal import events
from edge.accounting.fiscal.events import VatSum
from edge.accounting.fiscal.queries import KeptClosing, OpenDay, chain_end, open_day
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.lib.fiscal.france.chains import rate_sums

_encode = msgspec.json.Encoder().encode
ZERO = frozenset({"START", "MONTH", "YEAR", "OUTAGE", "REPRODUCTION", "TRAINING", "BILL", "LEFT"})
"""Kinds of papers that aren't made by the till."""
_CHAIN = """
    INSERT INTO fiscal_chain (regime, chain, register, place, signature) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT (regime, chain, register) DO UPDATE SET place = place + 1, signature = excluded.signature
"""
_REGISTER = """
    INSERT INTO fiscal_register (regime, register, number, perpetual_minor, absolute_minor, out_since)
    VALUES (?1, ?2, ?3, ?4, abs(?4), ?5)
    ON CONFLICT (regime, register) DO UPDATE SET number = max(number, excluded.number),
        perpetual_minor = perpetual_minor + excluded.perpetual_minor,
        absolute_minor = absolute_minor + excluded.absolute_minor,
        out_since = CASE WHEN excluded.out_since <> '' AND out_since <> '' THEN out_since ELSE excluded.out_since END
    RETURNING perpetual_minor, absolute_minor
"""
_DAY = "INSERT OR REPLACE INTO fiscal_day (regime, register, day, body) VALUES (?, ?, ?, ?)"
_ADVANCE = """
    INSERT INTO fiscal_advance (order_id, rate, gross_minor) VALUES (?, ?, ?)
    ON CONFLICT (order_id, rate) DO UPDATE SET gross_minor = gross_minor + excluded.gross_minor
"""
_TRANSACTION = """
    INSERT INTO fiscal_transaction (register, place, paper, kind, basket_us, seq, at_us) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ANSWERED = """
    UPDATE fiscal_transaction SET state = ?, service_number = ?, service_at = ?, why = ?
    WHERE register = ? AND place = ?
"""
_FILE = """
    INSERT INTO fiscal_file (seq, regime, kind, of_register, since, until_date, identifier, at, sha256, records, lost,
        through, place, signature, template, layout, identity)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _start_regime(db: Connection, fact: RecordedEvent, event: events.RegimeStarted) -> None:
    values = (event.regime, event.since, event.tax_number, event.company_number, event.key, fact.seq)
    db.execute(
        "INSERT OR REPLACE INTO fiscal_regime (regime, since, tax_number, company_number, key, seq)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    _save_key(db, fact, event.regime, event.key)


def _end_regime(db: Connection, fact: RecordedEvent, event: events.RegimeEnded) -> None:
    db.execute("UPDATE fiscal_regime SET until_date = ? WHERE regime = ?", (event.until, event.regime))


def _key(db: Connection, fact: RecordedEvent, event: events.SigningKeyChanged) -> None:
    db.execute("UPDATE fiscal_regime SET key = ? WHERE regime = ?", (event.key, event.regime))
    _save_key(db, fact, event.regime, event.key)


def _save_key(db: Connection, fact: RecordedEvent, regime: str, key: str) -> None:
    """Append a signing key if it's new."""
    newest = "SELECT key FROM fiscal_key WHERE regime = ? ORDER BY seq DESC LIMIT 1"
    if key and db.execute(newest, (regime,)).fetchone() != (key,):
        db.execute("INSERT INTO fiscal_key (regime, seq, key) VALUES (?, ?, ?)", (regime, fact.seq, key))


def _save_paper(db: Connection, fact: RecordedEvent, event: events.PaperSigned) -> None:
    regime, register, zero = event.regime, fact.register, event.kind in ZERO
    db.execute(_CHAIN, (regime, "ticket", register, event.signature))
    about = (regime, register, 0 if zero else event.number, event.total_minor, fact.business_date if event.out else "")
    ((perpetual_minor, absolute_minor),) = db.execute(_REGISTER, about).fetchall()
    db.execute(
        "INSERT INTO fiscal_paper (regime, register, number, zero, day, seq) VALUES (?, ?, ?, ?, ?, ?)",
        (regime, register, event.number, zero, event.day, fact.seq),
    )
    if regime == "ca-qc":
        place, _ = chain_end(db, regime, "ticket", register)
        beside = event.beside is not None or event.kind == "LEFT"
        values = (register, place, 0 if beside else event.of or event.number, event.kind, event.basket_us)
        db.execute(_TRANSACTION, (*values, fact.seq, fact.at_us))
    for advance in event.advances:
        db.executemany(_ADVANCE, [(advance.order, one.rate, one.gross_minor) for one in advance.vat])
    if zero:
        return
    known = open_day(db, regime, register, event.day) or OpenDay()
    changed = msgspec.structs.replace(
        known,
        first=known.first or event.number,
        last=event.number,
        papers=known.papers + 1,
        vat=_plus(known.vat, event.vat),
        total_minor=known.total_minor + event.total_minor,
        perpetual_minor=perpetual_minor,
        absolute_minor=absolute_minor,
    )
    db.execute(_DAY, (regime, register, event.day, _encode(changed)))


def _plus(one: tuple[VatSum, ...], other: tuple[VatSum, ...]) -> tuple[VatSum, ...]:
    return tuple(
        VatSum(row.rate, row.gross_minor) for row in rate_sums((sum_.rate, sum_.gross_minor) for sum_ in (*one, *other))
    )


def _answer_transaction(db: Connection, fact: RecordedEvent, event: events.TransactionAnswered) -> None:
    state = "taken" if event.taken else "refused"
    said = (state, event.service_number, event.service_at, f"{event.codes} {event.why}".strip())
    db.execute(_ANSWERED, (*said, event.of_register, event.place))


def _save_copy(db: Connection, fact: RecordedEvent, event: events.CopySigned) -> None:
    db.execute(_CHAIN, ("fr", "copy", fact.register, event.signature))
    db.execute(
        "INSERT INTO fiscal_copy (register, copy, number, times, day, seq) VALUES (?, ?, ?, ?, ?, ?)",
        (fact.register, event.copy, event.number, event.times, fact.business_date, fact.seq),
    )


def _close_period(db: Connection, fact: RecordedEvent, event: events.PeriodClosed) -> None:
    db.execute(_CHAIN, (event.regime, "total", event.of_register, event.signature))
    fields = {name: getattr(event, name) for name in KeptClosing.__struct_fields__ if name != "seq"}
    db.execute(
        "INSERT INTO fiscal_closing (regime, register, kind, period, seq, body) VALUES (?, ?, ?, ?, ?, ?)",
        (event.regime, event.of_register, event.kind, event.period, fact.seq, _encode(KeptClosing(fact.seq, **fields))),
    )
    if event.kind == "day":
        db.execute(
            "UPDATE fiscal_day SET closed = 1 WHERE regime = ? AND register = ? AND day = ?",
            (event.regime, event.of_register, event.period),
        )


def _save_log(db: Connection, fact: RecordedEvent, event: events.LogSigned) -> None:
    for n, entry in enumerate(event.entries):
        db.execute(_CHAIN, ("fr", "event", entry.register, entry.signature))
        db.execute(
            "INSERT INTO fiscal_log (register, place, day, seq, n) VALUES (?, ?, ?, ?, ?)",
            (entry.register, entry.place, entry.day, fact.seq, n),
        )
    db.execute("INSERT OR REPLACE INTO fiscal_log_end (one, through) VALUES (1, ?)", (event.through,))


def _began(db: Connection, fact: RecordedEvent, event: events.ApplianceStarted) -> None:
    values = (event.software, event.fiscal_version, event.taxes)
    db.execute("INSERT OR REPLACE INTO fiscal_start (one, software, fiscal_version, taxes) VALUES (1, ?, ?, ?)", values)


def _save_note(db: Connection, fact: RecordedEvent, event: events.NoteSigned) -> None:
    db.execute(_CHAIN, ("fr", "note", fact.register, event.signature))
    values = (fact.register, event.note, fact.business_date, fact.seq)
    db.execute("INSERT INTO fiscal_note (register, note, day, seq) VALUES (?, ?, ?, ?)", values)


def _save_file(db: Connection, fact: RecordedEvent, event: events.FiscalFileMade) -> None:
    about = (event.regime, event.kind, event.of_register, event.since, event.until, event.identifier, event.at)
    result = (event.sha256, event.records, event.lost, event.seq, event.place, event.signature)
    identity = _encode(event.identity) if event.identity else None
    db.execute(_FILE, (fact.seq, *about, *result, event.template, event.layout, identity))
    if event.kind == "archive":
        db.execute(_CHAIN, (event.regime, "archive", "", event.signature))


def _device(db: Connection, fact: RecordedEvent, event: events.SecurityDeviceNamed) -> None:
    values = (event.serial, fact.seq, _encode(event))
    db.execute("INSERT OR IGNORE INTO fiscal_device (serial, seq, body) VALUES (?, ?, ?)", values)


def _note_signature(db: Connection, fact: RecordedEvent, event: events.DeviceSigned) -> None:
    values = (event.of_seq, fact.seq, fact.at_us, event.fault, _encode(event))
    db.execute("INSERT INTO fiscal_device_signed (of_seq, seq, at_us, fault, body) VALUES (?, ?, ?, ?, ?)", values)


def _save_allocation(db: Connection, fact: RecordedEvent, event: events.AllocationRecorded) -> None:
    _answer(db, event.invoice, event.allocation, "", fact.seq)


def _refuse_allocation(db: Connection, fact: RecordedEvent, event: events.AllocationRefused) -> None:
    _answer(db, event.invoice, "", event.why, fact.seq)


def _answer(db: Connection, *values: str | int) -> None:
    db.execute("INSERT OR REPLACE INTO invoice_allocation (invoice, allocation, why, seq) VALUES (?, ?, ?, ?)", values)


regimes = Projector(
    name="fiscal_regimes",
    version=2,
    tables=("fiscal_regime", "fiscal_key"),
    on={
        events.RegimeStarted: _start_regime,
        events.RegimeEnded: _end_regime,
        events.SigningKeyChanged: _key,
    },
)
"""A separate projector, so that papers don't invalidate its cached reads."""
projector = Projector(
    name="fiscal",
    version=2,
    tables=(
        *("fiscal_chain", "fiscal_register", "fiscal_paper", "fiscal_copy", "fiscal_day"),
        *("fiscal_closing", "fiscal_log", "fiscal_log_end", "fiscal_advance", "fiscal_file", "invoice_allocation"),
        *("fiscal_transaction", "fiscal_start", "fiscal_note", "fiscal_device", "fiscal_device_signed"),
    ),
    on={
        events.PaperSigned: _save_paper,
        events.CopySigned: _save_copy,
        events.PeriodClosed: _close_period,
        events.LogSigned: _save_log,
        events.ApplianceStarted: _began,
        events.NoteSigned: _save_note,
        events.FiscalFileMade: _save_file,
        events.AllocationRecorded: _save_allocation,
        events.AllocationRefused: _refuse_allocation,
        events.TransactionAnswered: _answer_transaction,
        events.SecurityDeviceNamed: _device,
        events.DeviceSigned: _note_signature,
    },
)
