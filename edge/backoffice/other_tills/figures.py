"""Figures of a day compared with another till, and of that till's sales.

Keys: the till, its location and the day; for a difference also its position in the list and the side; for a sale the
till, the kind of document and its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from edge.backoffice.other_tills.events import PosDayReconciled
from edge.core.figure import Figure, Unit, key_number
from edge.core.journal.browse import first_row_of_day
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.dates import day_of

_DAY = "FROM pos_day WHERE pos = ?1 AND location = ?2 AND day = ?3"
_COMPARED = (PosDayReconciled.__name__,)
_SIDE = """
    SELECT CASE ?5 WHEN 'theirs' THEN d.value ->> '$.theirs' WHEN 'ours' THEN d.value ->> '$.ours' END
    FROM pos_day, json_each(differences) d WHERE pos = ?1 AND location = ?2 AND day = ?3
    AND CAST(d.key AS TEXT) = ?4 AND d.value ->> '$.code' = '{}'
"""
_SALE = "FROM pos_sale WHERE pos = ?1 AND document = ?2 AND number = ?3"
Count = Callable[..., int]
"""Reads a figure from a comparison and the parts of its key after the day."""


def _parts(count: Count, db: Connection, registry: Registry, *key: str) -> Iterator[tuple[int, int]]:
    """Yield the figure from the day's last comparison, which replaces earlier ones, with its journal row."""
    (_, _, day), last = key[:3], None
    first = first_row_of_day(db, day) if day_of(day) else read_head(db).seq + 1
    for fact in facts_of_types(db, registry, _COMPARED, first, read_head(db).seq):
        event = fact.event
        if isinstance(event, PosDayReconciled) and (event.pos, event.location, event.day) == key[:3]:
            last = fact.seq, event
    if last:
        yield last[0], count(last[1], *key[3:])


def _figure(name: str, field: str, count: Count) -> Figure:
    shown = f"SELECT {field} {_DAY}"
    return Figure(f"other_tills.{name}", "count", shown, partial(_parts, count), "/manager/other-tills", keys=3)


def _on_side(day: PosDayReconciled, place: str, side: str) -> int:
    difference = day.differences[key_number(place)]
    return difference.theirs if side == "theirs" else difference.ours


def _difference(code: str, unit: Unit) -> Figure:
    """Define the figure for one side of a difference of this kind."""
    name, parts = f"other_tills.code_{code}", partial(_parts, _on_side)
    return Figure(name, unit, _SIDE.format(code), parts, "/manager/other-tills", keys=5)


def _currency(db: Connection, *key: str) -> str:
    found = db.execute(f"SELECT currency {_SALE}", key).fetchone()
    return str(found[0]) if found else ""


def _sale(kind: str) -> Figure:
    """Define the figure for a sale's total, with the journal row of its newest version."""
    shown, parts = f"SELECT total_minor {_SALE} AND kind = '{kind}'", f"SELECT seq, total_minor {_SALE}"
    name = f"other_tills.sale_{kind}"
    return Figure(name, "minor", shown, parts, "/manager/other-tills", keys=3, currency=_currency)


FIGURES = (
    _figure("day_sales", "sales", lambda day: day.sales),
    _figure("day_received", "taken", lambda day: day.taken),
    _figure("day_differences", "json_array_length(differences)", lambda day: len(day.differences)),
    *(_difference(code, "count") for code in ("missing_here", "missing_there", "version_differs")),
    *(_difference(code, "quantity") for code in ("quantity_differs", "count_differs")),
    _difference("amount_differs", "minor"),
    *(_sale(kind) for kind in ("sale", "void", "refund")),
)
