"""Figures of a day that was compared with another till. The key: the till, its place and the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from edge.backoffice.other_tills.events import PosDayReconciled
from edge.core.figure import Figure
from edge.core.journal.browse import first_row_of_day
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import day_of

_DAY = "FROM pos_day WHERE pos = ?1 AND location = ?2 AND day = ?3"
_COMPARED = (PosDayReconciled.__name__,)
Count = Callable[[PosDayReconciled], int]


def _parts(count: Count, db: Connection, registry: Registry, *key: str) -> Iterator[tuple[int, int]]:
    """The last comparison of the day, which replaces those before."""
    day, last = key[2], None
    first = first_row_of_day(db, day) if day_of(day) else read_head(db).seq + 1
    for fact in facts_of_types(db, registry, _COMPARED, first, read_head(db).seq):
        event = fact.event
        if isinstance(event, PosDayReconciled) and (event.pos, event.location, event.day) == key:
            last = fact.seq, count(event)
    if last:
        yield last


def _figure(name: str, field: str, count: Count) -> Figure:
    shown = f"SELECT {field} {_DAY}"
    return Figure(f"other_tills.{name}", "count", shown, partial(_parts, count), "/manager/other-tills", keys=3)


FIGURES = (
    _figure("day_sales", "sales", lambda day: day.sales),
    _figure("day_received", "taken", lambda day: day.taken),
    _figure("day_differences", "json_array_length(differences)", lambda day: len(day.differences)),
)
