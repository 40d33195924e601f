"""Reads of kitchen screens."""

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
"""Tickets on a screen at once; how many more there are is said."""
BUMPED_SHOWN = 8
"""Those that can be recalled by a tap."""
_FIELDS = "station, ticket, register, number, note, opened_us, bumped_us, seq, lines"
_OPEN = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND bumped_us = 0 ORDER BY opened_us, ticket"
_BUMPED = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND bumped_us > 0 ORDER BY bumped_us DESC LIMIT ?"
_ONE = f"SELECT {_FIELDS} FROM kitchen_ticket WHERE station = ? AND ticket = ?"
_decode = msgspec.json.Decoder(tuple[TicketLine, ...]).decode


class KitchenTicket(msgspec.Struct, frozen=True):
    """A ticket of a station: order `number` of a register (0: it has none), what it is called besides, since when it
    stands there (`opened_us`), when it was bumped (0: it was not). `version` is told when it is bumped."""

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
    """How much of a product is still to be made at a station, in thousandths."""

    sku: str
    names: dict[str, str]
    unit: str
    quantity: int


class StationScreen(msgspec.Struct, frozen=True):
    """What a station's screen shows: what is to be made, the oldest first; of how many `more` tickets there is no room;
    what all open ones come to, by product; and what was made last."""

    station: KitchenStation
    tickets: tuple[KitchenTicket, ...]
    more: int
    all_day: tuple[AllDay, ...]
    bumped: tuple[KitchenTicket, ...]


class RunOut(msgspec.Struct, frozen=True):
    """A product that ran out today, since when."""

    sku: str
    at_us: int


def read_stations(db: Connection) -> tuple[KitchenStation, ...]:
    """The stations of the shop, by id."""
    return STATIONS.read(db)


def any_station(db: Connection) -> bool:
    """Whether the shop has a kitchen screen."""
    return db.execute("SELECT 1 FROM kitchen_station LIMIT 1").fetchone() is not None


def screen_routes(db: Connection) -> list[tuple[str, tuple[str, ...], Any]]:
    """What the kitchen's tickets are told of for screens: printer, categories, when (`kitchen.rules.Route`)."""
    return [(SCREEN + one.id, one.categories, one.when) for one in STATIONS.read(db)]


def categories_of_stations(db: Connection) -> set[str]:
    """The categories that some station names."""
    return {id for station in STATIONS.read(db) for id in station.categories}


def find_ticket(db: Connection, station: str, ticket: str) -> KitchenTicket | None:
    """A ticket, its note as it is kept; None: there is none."""
    row = db.execute(_ONE, (station, ticket)).fetchone()
    return _ticket(row) if row else None


def kitchen_screen(db: Connection, station: str) -> StationScreen | None:
    """What a station's screen shows; None: there is no such station."""
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
    """What ran out on a day of business, the newest first."""
    rows = db.execute(
        "SELECT sku, at_us FROM run_out WHERE business_date = ? ORDER BY at_us DESC, sku", (business_date,)
    )
    return [RunOut(*row) for row in rows]


def ran_out(db: Connection, business_date: str) -> dict[str, int]:
    """How much there is of what ran out on a day of business: none."""
    return {one.sku: 0 for one in read_run_out(db, business_date)}


def has_run_out(db: Connection, sku: str, business_date: str) -> bool:
    """Whether a product ran out on a day of business."""
    found = db.execute("SELECT 1 FROM run_out WHERE sku = ? AND business_date = ?", (sku, business_date))
    return found.fetchone() is not None


OUT: Memo[frozenset[tuple[str, str]]] = Memo(
    lambda db: frozenset(db.execute("SELECT sku, business_date FROM run_out")), "run_out"
)
"""What ran out on which day of business, for whoever asks inside a transaction."""


def _all_day(tickets: Iterable[KitchenTicket]) -> list[AllDay]:
    found: dict[str, AllDay] = {}
    for line in (line for ticket in tickets for line in ticket.lines if line.left):
        known = found.get(line.sku)
        found[line.sku] = AllDay(line.sku, line.names, line.unit, (known.quantity if known else 0) + line.left)
    return sorted(found.values(), key=lambda one: (-one.quantity, one.sku))


def _ticket(row: tuple[Any, ...]) -> KitchenTicket:
    station, ticket, register, number, note, opened_us, bumped_us, seq, lines = row
    return KitchenTicket(station, ticket, register, number, note, opened_us, bumped_us, seq, _decode(lines))


def _readable(db: Connection, ticket: KitchenTicket) -> KitchenTicket:
    return msgspec.structs.replace(ticket, note=read_remark(db, ticket.note))
