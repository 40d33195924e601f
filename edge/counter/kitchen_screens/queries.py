"""Queries of kitchen screens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge.core.memo import Memo
from edge.core.people.remarks import read_remark
from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.entities import STATIONS
from edge.counter.kitchen_screens.station import SCREEN, KitchenStation, TicketLine

SHOWN = 40
"""Maximum tickets shown on a screen. Further tickets are only counted."""
BUMPED_SHOWN = 8
"""Number of bumped tickets that can be recalled with a tap."""
_FIELDS = "station, ticket, register, number, note, opened_us, bumped_us, seq, lines"
_OPEN = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND bumped_us = 0 ORDER BY opened_us, ticket"
_BUMPED = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND bumped_us > 0 ORDER BY bumped_us DESC LIMIT ?"
_ONE = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND ticket = ?"
_decode = msgspec.json.Decoder(tuple[TicketLine, ...]).decode


class KitchenTicket(msgspec.Struct, frozen=True):
    """A station's ticket, with its note.

    `number`: the register's order number (0: none). `opened_us`: when it appeared; `bumped_us`: when it was bumped (0:
    not yet). Commands that bump it send `version` back.
    """

    station: str
    ticket: str
    register: str
    number: int
    note: str
    opened_us: int
    bumped_us: int
    version: int
    lines: tuple[TicketLine, ...]


class AllDay(msgspec.Struct, frozen=True):
    """The quantity of a product still to be made at a station, in thousandths."""

    sku: str
    names: dict[str, str]
    unit: str
    quantity: int


class StationScreen(msgspec.Struct, frozen=True):
    """A station's screen: open tickets, the oldest first, and the tickets bumped last.

    `more`: the number of tickets that don't fit. The totals by product cover all open tickets.
    """

    station: KitchenStation
    tickets: tuple[KitchenTicket, ...]
    more: int
    all_day: tuple[AllDay, ...]
    bumped: tuple[KitchenTicket, ...]


class RunOut(msgspec.Struct, frozen=True):
    """A product sold out on a business day, and the time when it was marked (UTC microseconds)."""

    sku: str
    at_us: int


def read_stations(db: Connection) -> tuple[KitchenStation, ...]:
    """The shop's stations by id."""
    return STATIONS.read(db)


def any_station(db: Connection) -> bool:
    """Whether the shop has a kitchen station."""
    return db.execute("SELECT 1 FROM kitchen_station LIMIT 1").fetchone() is not None


def screen_routes(db: Connection) -> list[tuple[str, tuple[str, ...], Any]]:
    """Routes that send kitchen tickets to screens: name, categories, time of sending (`kitchen.rules.Route`)."""
    return [(SCREEN + one.id, one.categories, one.when) for one in STATIONS.read(db)]


def categories_of_stations(db: Connection) -> set[str]:
    """Categories used by any station."""
    return {id for station in STATIONS.read(db) for id in station.categories}


def find_ticket(db: Connection, station: str, ticket: str) -> KitchenTicket | None:
    """A ticket with its note as stored; None if there is no such ticket."""
    row = db.execute(_ONE, (station, ticket)).fetchone()
    return _ticket(row) if row else None


def kitchen_screen(db: Connection, station: str) -> StationScreen | None:
    """A station's screen, or None if there is no such station."""
    known = STATIONS.find(db, station)
    if known is None:
        return None
    tickets = [_ticket(row) for row in db.execute(_OPEN, (station,))]
    bumped = [_ticket(row) for row in db.execute(_BUMPED, (station, BUMPED_SHOWN))]
    return StationScreen(
        known,
        tuple(_readable(db, one) for one in tickets[:SHOWN]),
        max(0, len(tickets) - SHOWN),
        tuple(_all_day(tickets)),
        tuple(_readable(db, one) for one in bumped),
    )


def read_run_out(db: Connection, business_date: str) -> list[RunOut]:
    """Products sold out on a business day, the newest first."""
    rows = db.execute(
        "SELECT sku, at_us FROM run_out WHERE business_date = ? ORDER BY at_us DESC, sku", (business_date,)
    )
    return [RunOut(*row) for row in rows]


def ran_out(db: Connection, business_date: str) -> dict[str, int]:
    """Products sold out on a business day, each mapped to a stock of 0."""
    return {one.sku: 0 for one in read_run_out(db, business_date)}


def has_run_out(db: Connection, sku: str, business_date: str) -> bool:
    """Whether a product is sold out on a business day."""
    found = db.execute("SELECT 1 FROM run_out WHERE sku = ? AND business_date = ?", (sku, business_date))
    return found.fetchone() is not None


OUT: Memo[frozenset[tuple[str, str]]] = Memo(
    lambda db: frozenset(db.execute("SELECT sku, business_date FROM run_out")), "run_out"
)
"""Sold-out products as (sku, business day), cached for reads inside a transaction."""


def _all_day(tickets: Iterable[KitchenTicket]) -> list[AllDay]:
    found: dict[str, AllDay] = {}
    for line in (line for ticket in tickets for line in ticket.lines if line.open_quantity):
        known = found.get(line.sku)
        found[line.sku] = AllDay(line.sku, line.names, line.unit, (known.quantity if known else 0) + line.open_quantity)
    return sorted(found.values(), key=lambda one: (-one.quantity, one.sku))


def _ticket(row: tuple[Any, ...]) -> KitchenTicket:
    station, ticket, register, number, note, opened_us, bumped_us, seq, lines = row
    return KitchenTicket(station, ticket, register, number, note, opened_us, bumped_us, seq, _decode(lines))


def _readable(db: Connection, ticket: KitchenTicket) -> KitchenTicket:
    return msgspec.structs.replace(ticket, note=read_remark(db, ticket.note))
