"""Projects kitchen screen events to rows.

A screen depends only on kitchen tickets, so a screen that reconnects, or a second one, shows the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.kitchen.events import Entry, SlipsPrinted
from edge.counter.kitchen_screens.entities import STATIONS
from edge.counter.kitchen_screens.events import (
    KitchenStationEnded,
    ProductBack,
    ProductRanOut,
    TicketBumped,
    TicketRecalled,
)
from edge.counter.kitchen_screens.station import SCREEN, TicketLine

KEPT_US = 48 * 3600 * 1_000_000
"""How long an untouched ticket is kept (microseconds)."""
_SAVE = """
    INSERT INTO kitchen_ticket (station, ticket, register, number, note, opened_us, changed_us, bumped_us, seq, lines)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, ?7, ?8)
    ON CONFLICT (station, ticket) DO UPDATE SET note = excluded.note, changed_us = excluded.changed_us, bumped_us = 0,
        opened_us = iif(bumped_us, excluded.opened_us, opened_us), seq = excluded.seq, lines = excluded.lines
"""
_LINES = "SELECT lines FROM kitchen_ticket WHERE station = ? AND ticket = ?"
_TOUCH = "UPDATE kitchen_ticket SET lines = ?, bumped_us = ?, changed_us = ? WHERE station = ? AND ticket = ?"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[TicketLine, ...]).decode
_replace = msgspec.structs.replace


def _save_tickets(db: Connection, fact: RecordedEvent, event: SlipsPrinted) -> None:
    if not event.ticket:
        return
    told = [slip for slip in event.slips if slip.printer.startswith(SCREEN)]
    for slip in told:
        station = slip.printer.removeprefix(SCREEN)
        row = db.execute(_LINES, (station, event.ticket)).fetchone()
        lines = _encode(_merge_lines(_decode(row[0]) if row else (), slip.entries))
        about = (station, event.ticket, fact.register, event.order, event.note)
        db.execute(_SAVE, (*about, fact.at_us, fact.seq, lines))
    if told:
        db.execute("DELETE FROM kitchen_ticket WHERE changed_us < ?", (fact.at_us - KEPT_US,))


def _merge_lines(lines: Iterable[TicketLine], entries: Iterable[Entry]) -> tuple[TicketLine, ...]:
    """A ticket's lines merged with new entries."""
    of = {line.line: line for line in lines}
    for entry in entries:
        known = of.get(entry.line)
        about = (entry.line, entry.sku, entry.names, entry.unit, entry.quantity)
        of[entry.line] = TicketLine(*about, known.done if known else 0, entry.modifiers, entry.was, entry.course)
    return tuple(of.values())


def _bump_ticket(db: Connection, fact: RecordedEvent, event: TicketBumped) -> None:
    lines = tuple(_replace(line, done=line.quantity, was=0) for line in _of(db, event) if line.quantity)
    _touch(db, fact, event, lines, fact.at_us)


def _recall_ticket(db: Connection, fact: RecordedEvent, event: TicketRecalled) -> None:
    _touch(db, fact, event, tuple(_replace(line, done=0) for line in _of(db, event)), 0)


def _of(db: Connection, event: TicketBumped | TicketRecalled) -> tuple[TicketLine, ...]:
    row = db.execute(_LINES, (event.station, event.ticket)).fetchone()
    return _decode(row[0]) if row else ()


def _touch(
    db: Connection,
    fact: RecordedEvent,
    event: TicketBumped | TicketRecalled,
    lines: tuple[TicketLine, ...],
    bumped_us: int,
) -> None:
    db.execute(_TOUCH, (_encode(lines), bumped_us, fact.at_us, event.station, event.ticket))


def _end_station(db: Connection, fact: RecordedEvent, event: KitchenStationEnded) -> None:
    STATIONS.on[KitchenStationEnded](db, fact, event)
    db.execute("DELETE FROM kitchen_ticket WHERE station = ?", (event.id,))


def _ran_out(db: Connection, fact: RecordedEvent, event: ProductRanOut) -> None:
    values = (event.sku, fact.business_date, fact.at_us)
    db.execute("INSERT OR REPLACE INTO run_out (sku, business_date, at_us) VALUES (?, ?, ?)", values)


def _back(db: Connection, fact: RecordedEvent, event: ProductBack) -> None:
    db.execute("DELETE FROM run_out WHERE sku = ?", (event.sku,))


projector = Projector(
    name="kitchen_screens",
    version=1,
    tables=(STATIONS.table, "kitchen_ticket", "run_out"),
    on={
        **STATIONS.on,
        KitchenStationEnded: _end_station,
        SlipsPrinted: _save_tickets,
        TicketBumped: _bump_ticket,
        TicketRecalled: _recall_ticket,
        ProductRanOut: _ran_out,
        ProductBack: _back,
    },
)
