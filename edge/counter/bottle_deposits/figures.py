"""Figures of a return of bottles: the sum paid, and the pieces of a product. The key: its number; and the product."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.figure import Figure, key_number
from edge.core.journal.browse import facts_of_day
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.bottle_deposits.events import BottlesTaken
from edge.counter.bottle_deposits.queries import TakenBottles, find_bottles

_PAGE = "/manager/bottle-deposits"
_CURRENCY = "SELECT currency FROM bottles_taken WHERE number = ?1"


def _bottles(db: Connection, number: str) -> TakenBottles | None:
    return find_bottles(db, key_number(number))


def _pieces(found: TakenBottles | BottlesTaken, sku: str) -> int:
    return sum(line.pieces for line in found.lines if line.sku == sku)


def _paid_minor(db: Connection, registry: Registry, number: str) -> int | None:
    found = _bottles(db, number)
    return found.paid_minor if found else None


def _pieces_shown(db: Connection, registry: Registry, number: str, sku: str) -> int | None:
    found = _bottles(db, number)
    return _pieces(found, sku) if found else None


def _find_event(db: Connection, registry: Registry, number: str) -> Iterator[tuple[int, BottlesTaken]]:
    """The event of a return."""
    if found := _bottles(db, number):
        named, said = (BottlesTaken.__name__,), f'"number":{found.number},'.encode()
        for fact in facts_of_day(db, registry, named, found.business_date, said):
            if isinstance(fact.event, BottlesTaken) and fact.event.number == found.number:
                yield fact.seq, fact.event


def _paid_parts(db: Connection, registry: Registry, number: str) -> Iterator[tuple[int, int]]:
    for seq, event in _find_event(db, registry, number):
        yield seq, sum(line.minor for line in event.lines) + event.rounding_minor


def _piece_parts(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    for seq, event in _find_event(db, registry, number):
        yield seq, _pieces(event, sku)


FIGURES = (
    Figure("bottle_deposits.given", "minor", _paid_minor, _paid_parts, _PAGE, currency=_CURRENCY),
    Figure("bottle_deposits.bottles", "count", _pieces_shown, _piece_parts, _PAGE, keys=2),
)
